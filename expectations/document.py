"""The table of the rules in docs/checks.md, written from `rules.csv`: `make rules-doc`."""

import sys
from pathlib import Path

from expectations.rules import load_rules

__all__ = ["rules_table", "with_table"]

_HEAD = ("| Rule | Severity | What 说明 | Holds where | Missing value | Numbers |", "|---|---|---|---|---|---|")


def rules_table() -> str:
    """Return the rules as a Markdown table, a line per rule in the order of `rules.csv`."""
    lines = [
        (
            one.id, one.severity, f"{one.title_zh} {one.title_en}", one.formula,
            one.missing.replace("none", "–").replace("_", " "),
            " ".join(f"{number:g}" for number in one.thresholds) or "–",
        )
        for one in load_rules().values()
    ]  # fmt: skip
    return "\n".join([*_HEAD, *("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)])


def with_table(text: str) -> str:
    """Return `text` with the table of the rules in the place of the one it holds.

    Raises:
        ValueError: `text` has no table with these heads.
    """
    start = text.find(_HEAD[0])
    if start < 0:
        raise ValueError(f"no line reads {_HEAD[0]}")
    end = text.find("\n\n", start)
    return text[:start] + rules_table() + (text[end:] if end >= 0 else "\n")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
