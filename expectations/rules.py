"""The rules (审核规则) as data: what is checked, how severe a failure is, what is said, where the rule comes from."""

import csv
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Rule", "RuleError", "load_rules", "read_rules"]

COLUMNS = (
    "id", "family", "level", "severity", "missing", "status", "source", "threshold",
    "title_zh", "title_en", "message_zh", "message_en", "how_zh", "how_en",
)  # fmt: skip
FAMILIES = ("S", "V", "Q", "M")
SEVERITIES = ("error", "question", "note")
MISSING = ("skip_if_any", "skip_if_all", "never_skip")
STATUSES = ("", "flagged", "rejected")
# Other relation rules have the thresholds of their meaning; these are the words a message may use.
PLACEHOLDERS = frozenset({"name", "observed", "expected"})


class RuleError(ValueError):
    """Raised when a row of the rules or relations is malformed; the message starts with `file:line`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of family S (structure), V (validity), Q (question) or M (whole submission).

    `level` is the Eurostat validation level 0 to 5. `missing` says what happens without a value: `skip_if_any` of the
    values missing, or `skip_if_all`, is not evaluated; `never_skip` takes what is there as the answer. `status` is
    what a failure makes of the facts it is about, or empty. `thresholds` are the numbers the rule works with.
    """

    id: str
    family: str
    level: int
    severity: str
    missing: str
    status: str
    source: str
    thresholds: tuple[float, ...]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    how_zh: str
    how_en: str

    def title(self, language: str) -> str:
        """Return the rule's name in `language`, `zh` or `en`."""
        return self.title_zh if language == "zh" else self.title_en

    def how(self, language: str) -> str:
        """Return how a failure is put right in `language`, `zh` or `en`."""
        return self.how_zh if language == "zh" else self.how_en


def read_rules(text: str, source: str) -> Mapping[str, Rule]:
    """Return the rules written in `text` (CSV with the columns of `COLUMNS`) by id, in their order.

    Raises:
        RuleError: a column is missing, an id occurs twice, a word is none of its list, a number cannot be read, or a
            message uses a placeholder that does not exist.
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
        _check_words(row, place)
        try:
            level = int(row["level"])
            thresholds = tuple(float(part) for part in row["threshold"].split(";") if part)
        except ValueError as error:
            raise RuleError(f"{place}: level and threshold must be numbers: {error}") from error
        rules[row["id"]] = Rule(
            level=level,
            thresholds=thresholds,
            **{name: row[name] for name in COLUMNS if name not in {"level", "threshold"}},
        )
    return MappingProxyType(rules)


def _check_words(row: Mapping[str, str], place: str) -> None:
    for column, words in (("family", FAMILIES), ("severity", SEVERITIES), ("missing", MISSING), ("status", STATUSES)):
        if row[column] not in words:
            raise RuleError(f"{place}: {column} {row[column]!r} is none of {', '.join(word or '(empty)' for word in words)}")
    for column in ("message_zh", "message_en"):
        try:
            used = {name for _, name, _, _ in string.Formatter().parse(row[column] or "") if name is not None}
        except ValueError as error:
            raise RuleError(f"{place}: {column}: {error}") from error
        if not used <= PLACEHOLDERS:
            unknown = ", ".join(sorted(used - PLACEHOLDERS))
            raise RuleError(f"{place}: {column} uses {{{unknown}}}; there are {', '.join(sorted(PLACEHOLDERS))}")


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return the rules that ship with the project, read once per process."""
    return read_rules((files("expectations") / "rules.csv").read_text(encoding="utf-8"), "expectations/rules.csv")
