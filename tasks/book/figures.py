"""A figure as the book shows it: in a cell of a table, and on a card with everything known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import polars as pl

from expectations.relations import Relation, load_relations
from expectations.rules import load_rules
from tasks.book.data import BookData, Row
from tasks.book.words import period_name, written
from tasks.decide import about_facts, words_of
from tasks.domain.decisions import FACT_KEY

__all__ = [
    "Card",
    "Cell",
    "CheckLine",
    "FindingLink",
    "VersionLink",
    "card_of",
    "cell_of",
    "finding_path",
    "shown_value",
]

_BOUND_SIGNS = {"at_least": "≥", "at_most": "≤", "approx": "≈"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table: what is shown, where it leads (from the book's folder), and its status."""

    text: str
    address: str
    status: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class FindingLink:
    """A finding where a figure or report is about it."""

    address: str
    rule: str
    title: str
    severity: str
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check that looked at a figure: `failed` where a finding came of it."""

    rule: str
    words: str
    failed: bool


@dataclass(frozen=True, slots=True)
class VersionLink:
    """The same figure in another version of the report."""

    version: int
    text: str
    address: str
    live: bool


@dataclass(frozen=True, slots=True)
class Card:
    """Everything known of a figure. `anchor` is its permanent id, `fragment` the same for links."""

    anchor: str
    fragment: str
    fact_id: str
    name: str
    measure: str
    period: str
    value: str
    unit: str
    bound: str
    stated: str
    corrected: str
    status: str
    evidence: str
    page: int | None
    block: int | None
    start: int
    end: int
    rule_id: str
    confidence: float
    ocr_confidence: float | None
    range: str
    indicator: str
    has_box: bool
    checks: tuple[CheckLine, ...]
    findings: tuple[FindingLink, ...]
    versions: tuple[VersionLink, ...]
    decisions: tuple[str, ...]


def shown_value(fact: Row, *, with_unit: bool = False) -> str:
    """Return the value that counts: the corrected one, with the sign of its bound, or a masked one as stated."""
    value = fact["corrected_value"]
    if value is not None:
        text = written(value)
    elif fact["value"] is None:
        return fact["stated_value"] or "××"
    elif fact["value_high"] is not None:
        text = f"{written(fact['value'])}—{written(fact['value_high'])}"
    else:
        text = _BOUND_SIGNS.get(fact["bound"], "") + written(fact["value"])
    return f"{text} {fact['canonical_unit']}" if with_unit else text


def cell_of(fact: Row) -> Cell:
    """Return a figure as a table shows it."""
    return Cell(shown_value(fact), fact["address"], fact["status"], fact.get("shown"))


def finding_path(finding: Row) -> str:
    """Return the place of a finding, from the book's folder."""
    return f"findings/{finding['period']}.html#{finding['finding_id']}"


def finding_link(finding: Row, data: BookData) -> FindingLink:
    """Return a finding as a figure or report names it."""
    rule = load_rules().get(finding["rule"])
    title = "" if rule is None else rule.title_zh if data.zh else rule.title_en
    return FindingLink(
        finding_path(finding), finding["rule"], title, finding["severity"], finding["status"],
        finding[f"message_{data.language}"],
    )  # fmt: skip


def fact_name(fact: Row) -> str:
    """Return what a figure is called: its indicator and item."""
    return f"{fact['indicator_name']}（{fact['item']}）" if fact["item"] else str(fact["indicator_name"])


def card_of(fact: Row, data: BookData, versions: Sequence[VersionLink]) -> Card:
    """Return everything known of a fact."""
    findings = data.findings_of_fact.get(fact["fact_id"], [])
    own = fact["period"] == fact["report_period"]
    corrected = written(fact["corrected_value"])
    indicator = data.indicator_by_code.get(fact["indicator"])
    return Card(
        anchor=anchor_of(fact),
        fragment=fact["fragment"],
        fact_id=fact["fact_id"],
        name=fact_name(fact),
        measure=fact["measure"],
        period="" if own else period_name(fact["period"], data.language),
        value=shown_value({**fact, "corrected_value": None}),
        unit=fact["canonical_unit"],
        bound=fact["bound"],
        stated=f"{fact['stated_value'] or ''}{fact['stated_unit'] or ''}",
        corrected=f"{corrected} {fact['canonical_unit']}" if corrected else "",
        status=fact["status"],
        evidence=fact["evidence"] or "",
        page=fact["page"],
        block=fact["block"],
        start=fact["start"],
        end=fact["end"],
        rule_id=fact["rule_id"] or "",
        confidence=fact["confidence"],
        ocr_confidence=fact["ocr_confidence"],
        range=_range(indicator) if fact["measure"] == "level" else "",
        indicator=fact["indicator"] if indicator is not None and fact["indicator"] in data.stated else "",
        has_box=bool(fact["bbox"]) and fact["page"] is not None,
        checks=tuple(_checks(fact, findings, data)),
        findings=tuple(finding_link(one, data) for one in findings),
        versions=tuple(versions),
        decisions=tuple(words_of(decisions_about(fact, data), data.language, data.county.timezone)),
    )  # fmt: skip


def anchor_of(fact: Row) -> str:
    """Return the id of a figure in the page of its report: its fragment, decoded."""
    return unquote(fact["fragment"])


def _range(indicator: Row | None) -> str:
    if indicator is None or indicator["minimum"] is None:
        return ""
    return f"{written(indicator['minimum'])}–{written(indicator['maximum'])} {indicator['unit']}"


def relations_of(indicator: str) -> Sequence[Relation]:
    """Return the relations that hold an indicator."""
    return [one for one in load_relations() if indicator in {figure.indicator for figure in (*one.left, one.right)}]


def relation_words(relation: Relation, names: Mapping[str, str]) -> str:
    """Return a relation as people write it."""

    def name(indicator: str, item: str) -> str:
        return names.get(indicator, indicator) + (f"（{item}）" if item else "")

    left = ("×" if relation.product else " + ").join(name(one.indicator, one.item) for one in relation.left)
    factor = "" if relation.factor == 1 else f"×{relation.factor:g}"
    operator = {"<=": "≤", "<=>": "⇔"}.get(relation.operator, relation.operator)
    bounds = f" ∈ [{relation.low:g}, {relation.high:g}]" if relation.operator == "/" else ""
    return f"{left}{factor} {operator} {name(relation.right.indicator, relation.right.item)}{bounds}"


def _checks(fact: Row, findings: Sequence[Row], data: BookData) -> list[CheckLine]:
    """Return the checks that hold by definition for a level, and every rule that failed on the figure."""
    failed = {rule for one in findings for rule in (one["rule"], *(one["symptoms"] or ()))}
    rules = load_rules()
    lines: list[CheckLine] = []
    if fact["measure"] == "level":
        indicator = data.indicator_by_code.get(fact["indicator"])
        if indicator is not None:
            lines.append(CheckLine("V3", f"{'合理范围' if data.zh else 'range'} {_range(indicator)}", "V3" in failed))
        names = {code: row["name"] for code, row in data.indicator_by_code.items()}
        lines += [
            CheckLine(one.rule, relation_words(one, names), one.rule in failed)
            for one in relations_of(fact["indicator"])
        ]
    told = {one.rule for one in lines}
    for rule in sorted(failed - told):
        known = rules.get(rule)
        lines.append(CheckLine(rule, "" if known is None else known.title_zh if data.zh else known.title_en, True))
    return lines


def decisions_about(fact: Row, data: BookData) -> list[dict[str, Any]]:
    """Return every decision about a figure or a finding that names it, in order of time."""
    if data.decisions.is_empty():
        return []
    one = pl.DataFrame([{name: fact[name] for name in FACT_KEY}])
    corrections = about_facts(one, data.decisions)["decision_id"].to_list()
    findings = [row["finding_id"] for row in data.findings_of_fact.get(fact["fact_id"], [])]
    about = pl.col("decision_id").is_in(corrections) | pl.col("finding_id").is_in(findings)
    found = data.decisions.filter(about)
    withdrawals = data.decisions.filter(pl.col("target").is_in(found["decision_id"].to_list()))
    return pl.concat([found, withdrawals]).unique("decision_id", maintain_order=True).to_dicts()
