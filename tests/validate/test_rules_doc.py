"""docs/checks.md holds one row per rule, and says what rules.csv says."""

import re
from pathlib import Path

from expectations.rules import load_rules

DOC = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_table_of_rules_is_the_rules():
    table = DOC.read_text(encoding="utf-8").partition("\n## ")[0]
    lines = [line for line in table.splitlines() if re.match(r"\| [A-Z]+\d+ \|", line)]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    told = {row[0]: tuple(row[1:]) for row in cells}
    assert told == {
        rule.id: (rule.severity, f"{rule.title_zh} {rule.title_en}", rule.formula,
                  " ".join(f"{one:g}" for one in rule.thresholds) or "–")
        for rule in load_rules().values()
    }  # fmt: skip
