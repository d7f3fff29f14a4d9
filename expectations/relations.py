"""Relations between indicators that hold by definition, as data: parts and wholes, sums, products, ratios, pairs."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from expectations.catalogue import Catalogue, load_catalogue
from expectations.rules import Rule, RuleError, load_rules
from expectations.words import load_check_words

__all__ = ["Figure", "Relation", "load_relations", "read_data_files", "read_relations"]

COLUMNS = ("id", "rule", "left", "operator", "right", "low", "high", "tolerance", "definition")
OPERATORS = ("<=", "=", "/", "<=>")
_FIGURE = re.compile(r"([a-z0-9_]+\.[a-z0-9_]+)(?:\[([^\]]+)\])?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A level of one indicator, of one item where the indicator is broken down."""

    indicator: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of `left` to `right`.

    `left` is a sum of figures, or a product of them with `factor`. `<=` part of whole; `=` equal within the printed
    digits and `tolerance` (a share of the right side); `/` the quotient lies between `low` and `high`; `<=>` a report
    that states the one states the other.
    """

    id: str
    rule: str
    left: tuple[Figure, ...]
    product: bool
    factor: float
    operator: str
    right: Figure
    low: float
    high: float
    tolerance: float
    definition: str


def read_relations(text: str, source: str, catalogue: Catalogue, rules: Mapping[str, Rule]) -> tuple[Relation, ...]:
    """Return the relations written in `text`, in order.

    Raises:
        RuleError: a column is missing, an id occurs twice, or an indicator, rule, operator or number is unknown; the
            message starts with `file:line`.
    """
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise RuleError(f"{source}:1: columns must be {', '.join(COLUMNS)}")
    relations: dict[str, Relation] = {}
    for row in reader:
        place = f"{source}:{reader.line_num}"
        if None in row or None in row.values():
            raise RuleError(f"{place}: {len(COLUMNS)} cells expected")
        if row["id"] in relations:
            raise RuleError(f"{place}: relation {row['id']} occurs twice")
        if row["rule"] not in rules:
            raise RuleError(f"{place}: rule {row['rule']!r} is not in rules.csv")
        if row["operator"] not in OPERATORS:
            raise RuleError(f"{place}: operator {row['operator']!r} is none of {' '.join(OPERATORS)}")
        relations[row["id"]] = _relation(row, place, catalogue)
    return tuple(relations.values())


def _relation(row: Mapping[str, str], place: str, catalogue: Catalogue) -> Relation:
    product = "*" in row["left"]
    factor, left = 1.0, []
    for part in re.split(r"[*+]", row["left"]):
        if product and _NUMBER.fullmatch(part):
            factor *= float(part)
        else:
            left.append(_figure(part, place, catalogue))
    if not left or ("+" in row["left"] and product):
        raise RuleError(f"{place}: left {row['left']!r} is neither a sum nor a product of figures")
    try:
        low, high, tolerance = (float(row[name] or 0) for name in ("low", "high", "tolerance"))
    except ValueError as error:
        raise RuleError(f"{place}: low, high and tolerance must be numbers: {error}") from error
    if row["operator"] == "/" and not low < high:
        raise RuleError(f"{place}: low {low:g} is not below high {high:g}")
    right = _figure(row["right"], place, catalogue)
    return Relation(row["id"], row["rule"], tuple(left), product, factor, row["operator"], right, low, high, tolerance,
                    row["definition"])  # fmt: skip


def _figure(text: str, place: str, catalogue: Catalogue) -> Figure:
    match = _FIGURE.fullmatch(text.strip())
    if match is None or match[1] not in catalogue:
        raise RuleError(f"{place}: {text!r} is no indicator of the catalogue")
    if match[2] and not catalogue[match[1]].item:
        raise RuleError(f"{place}: {match[1]} is not broken down by item")
    return Figure(match[1], match[2] or "")


@cache
def load_relations() -> tuple[Relation, ...]:
    """Return the relations that ship with the project, read once per process."""
    text = (files("expectations") / "relations.csv").read_text(encoding="utf-8")
    return read_relations(text, "expectations/relations.csv", load_catalogue(), load_rules())


def read_data_files() -> None:
    """Read catalogue, rules, relations and words, so that an error in one is known before anything is fetched.

    Raises:
        CatalogueError: a row of indicators.csv is malformed.
        RuleError: a row of rules.csv or relations.csv, or a word of words.toml is malformed.
    """
    load_relations()
    load_check_words()
