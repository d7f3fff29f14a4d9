"""The rules (审核规则) as data: what is checked, how severe a failure is, where the rule comes from."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Rule", "RuleError", "load_rules", "read_rules"]

COLUMNS = ("id", "level", "severity", "source", "threshold", "title_zh", "title_en", "how_zh", "how_en")
SEVERITIES = ("error", "question", "note")


class RuleError(ValueError):
    """Raised when a row of the rules is malformed; the message starts with `file:line`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `level` is the Eurostat validation level, `thresholds` the numbers it works with."""

    id: str
    level: int
    severity: str
    source: str
    thresholds: tuple[float, ...]
    title_zh: str
    title_en: str
    how_zh: str
    how_en: str


def read_rules(text: str, source: str) -> Mapping[str, Rule]:
    """Return the rules written in `text` by id.

    Raises:
        RuleError: a column is missing, an id occurs twice, or a level, severity or threshold cannot be read.
    """
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise RuleError(f"{source}:1: columns missing: {', '.join(missing)}")
    rules: dict[str, Rule] = {}
    for row in reader:
        place = f"{source}:{reader.line_num}"
        if row["id"] in rules:
            raise RuleError(f"{place}: rule {row['id']} occurs twice")
        if row["severity"] not in SEVERITIES:
            raise RuleError(f"{place}: severity {row['severity']!r} is none of {', '.join(SEVERITIES)}")
        try:
            level = int(row["level"])
            thresholds = tuple(float(part) for part in row["threshold"].split(";") if part)
        except ValueError as error:
            raise RuleError(f"{place}: level and threshold must be numbers: {error}") from error
        rules[row["id"]] = Rule(
            row["id"], level, row["severity"], row["source"], thresholds,
            row["title_zh"], row["title_en"], row["how_zh"], row["how_en"],
        )  # fmt: skip
    return MappingProxyType(rules)


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return the rules that ship with the project, read once per process."""
    return read_rules((files("expectations") / "rules.csv").read_text(encoding="utf-8"), "expectations/rules.csv")
