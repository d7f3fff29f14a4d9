"""docs/checks.md holds one row per rule, and says what rules.csv says."""

from pathlib import Path

import pytest

from expectations.document import rules_table, with_table
from expectations.rules import load_rules

DOC = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_table_of_rules_is_the_rules():
    text = DOC.read_text(encoding="utf-8")
    assert text == with_table(text), "run `make rules-doc`"


def test_the_table_has_a_line_for_each_rule_with_its_bars_escaped():
    lines = rules_table().splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == list(load_rules())
    assert r"\|T − Σp\|" in rules_table()


def test_a_text_without_the_table_is_refused():
    with pytest.raises(ValueError, match="Rule"):
        with_table("# nothing here\n")
