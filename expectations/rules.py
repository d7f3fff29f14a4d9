"""The rules (审核规则) as data: what is checked and how, how severe a failure is, where the rule comes from."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Rule", "RuleError", "load_rules", "read_rules"]

COLUMNS = (
    "id", "family", "level", "severity", "rank", "effect", "formula", "missing", "threshold", "source", "title_zh",
    "title_en", "how_zh", "how_en",
)  # fmt: skip
FAMILIES = ("S", "V", "Q", "M", "K", "R", "H")
SEVERITIES = ("error", "question", "note")
EFFECTS = ("", "flag", "reject")
MISSING = ("none", "skip_if_any", "skip_if_all", "never_skip")
_ID = re.compile(r"[A-Z][A-Z0-9]*")
_TOP_LEVEL = 5


class RuleError(ValueError):
    """Raised when a row of the rules or relations is malformed; the message starts with `file:line`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `family` is S, V, Q or M of the inventory, K what masked and damaged figures are, R the rules themselves, H versions
    that are held (no check: the warehouse says it); `level` the Eurostat validation level; `thresholds` the numbers
    it works with. Of several rules that fail for one cause
    that with the lowest `rank` is the finding, the others its symptoms. `effect` is what a failure does to the facts
    it is about: nothing, flag, reject. `missing` says what a missing value does: the check is not evaluated if any, or
    only if all of its values are missing, or is evaluated all the same (a missing part of a sum counts as nothing, and
    what cannot be said without the value has failed); `none` is that of rules that compare no values which could be
    missing: they look at a text, or at statements that stand there.
    """

    id: str
    family: str
    level: int
    severity: str
    rank: int
    effect: str
    formula: str
    missing: str
    thresholds: tuple[float, ...]
    source: str
    title_zh: str
    title_en: str
    how_zh: str
    how_en: str


def read_rules(text: str, source: str) -> Mapping[str, Rule]:
    """Return the rules written in `text` by id.

    Raises:
        RuleError: a column or cell is missing or unknown, an id occurs twice, or a level, rank, severity, policy or
            threshold cannot be read.
    """
    reader = csv.DictReader(text.splitlines())
    heads = reader.fieldnames or []
    for wrong, names in (
        ("missing", [name for name in COLUMNS if name not in heads]),
        ("unknown", [name for name in heads if name not in COLUMNS]),
    ):
        if names:
            raise RuleError(f"{source}:1: columns {wrong}: {', '.join(names)}")
    rules: dict[str, Rule] = {}
    for row in reader:
        place = f"{source}:{reader.line_num}"
        rule = _rule(row, place)
        if rule.id in rules:
            raise RuleError(f"{place}: rule {rule.id} occurs twice")
        rules[rule.id] = rule
    return MappingProxyType(rules)


def _rule(row: Mapping[str, str], place: str) -> Rule:
    if None in row or None in row.values():
        raise RuleError(f"{place}: {len(COLUMNS)} cells expected")
    empty = [name for name in COLUMNS if not row[name].strip() and name not in {"effect", "threshold"}]
    if empty:
        raise RuleError(f"{place}: empty: {', '.join(empty)}")
    if not _ID.fullmatch(row["id"]):
        raise RuleError(f"{place}: id {row['id']!r} is not capital letters and digits")
    for column, known in (
        ("family", FAMILIES), ("severity", SEVERITIES), ("effect", EFFECTS), ("missing", MISSING),
    ):  # fmt: skip
        if row[column] not in known:
            raise RuleError(f"{place}: {column} {row[column]!r} is none of {', '.join(filter(None, known))}")
    try:
        level, rank = int(row["level"]), int(row["rank"])
        thresholds = tuple(float(part) for part in row["threshold"].split(";") if part)
    except ValueError as error:
        raise RuleError(f"{place}: level, rank and threshold must be numbers: {error}") from error
    if not 0 <= level <= _TOP_LEVEL:
        raise RuleError(f"{place}: level {level} is not 0 to {_TOP_LEVEL}")
    return Rule(
        row["id"], row["family"], level, row["severity"], rank, row["effect"], row["formula"], row["missing"],
        thresholds, row["source"], row["title_zh"], row["title_en"], row["how_zh"], row["how_en"],
    )  # fmt: skip


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return the rules that ship with the project, read once per process."""
    return read_rules((files("expectations") / "rules.csv").read_text(encoding="utf-8"), "expectations/rules.csv")
