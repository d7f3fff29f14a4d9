"""The reading engine: one pass for quantities, one for names, one reading per figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from expectations.catalogue import Catalogue
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction, Fact, Mention
from tasks.domain.periods import ReportPeriod
from tasks.extract.context import AliasIndex, Scene
from tasks.extract.mentions import MentionFinder, Quantity
from tasks.extract.numerals import MULTIPLIERS
from tasks.extract.resolve import Reading, Resolver
from tasks.extract.tables import TableCell, table_cells, unit_of
from tasks.extract.zeros import ZeroStatement, find_zero_statements
from tasks.lexicon import Lexicon

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document"]

EXTRACTOR_VERSION = "1"
_PERCENT_MEASURES = frozenset({"growth_pct", "share_pct", "completion_pct"})
_EVIDENCE = 40


@dataclass(frozen=True, slots=True)
class Reader:
    """The compiled engine; holds only data, shared by threads."""

    catalogue: Catalogue
    lexicon: Lexicon
    finder: MentionFinder
    index: AliasIndex
    resolver: Resolver


def build_reader(catalogue: Catalogue, lexicon: Lexicon) -> Reader:
    """Return the engine for `catalogue` and `lexicon`.

    Raises:
        ValueError: an alias names an indicator that the catalogue does not have.
    """
    unknown = sorted({alias.code for alias in lexicon.aliases if alias.code not in catalogue})
    if unknown:
        raise ValueError(f"tasks/lexicon/aliases.csv names indicators that the catalogue lacks: {', '.join(unknown)}")
    index = AliasIndex(lexicon)
    return Reader(catalogue, lexicon, MentionFinder(lexicon), index, Resolver(catalogue, lexicon, index))


def extract_document(document: Document, period: ReportPeriod | None, reader: Reader) -> Extraction:
    """Return every mention of `document`, and the facts in order of their place.

    A fact's confidence is the engine's own estimate: 0.95 where the name stands beside the figure, lower with
    distance or where the subject is carried over.
    """
    scene = Scene(document, reader.index)
    in_cells = [(block.start, block.end) for block in document.blocks if block.kind == "table_cell"]
    quantities = [
        one for one in reader.finder.find(document.text)
        if not any(start <= one.start < end for start, end in in_cells)
    ]  # fmt: skip
    readings = [*reader.resolver.resolve(scene, quantities), *_read_tables(document, reader)]
    zeros = [one for one in find_zero_statements(scene) if one.code in reader.catalogue]
    return _assemble(document, scene, readings, zeros, reader)


def _read_tables(document: Document, reader: Reader) -> list[Reading]:
    readings = []
    for cell in table_cells(document, reader.lexicon):
        unit = unit_of(cell.unit_words, reader.lexicon)
        if unit is None:
            continue
        multiplier, word = unit
        quantity = reader.finder.bare(document.block_text(cell.block), cell.block.start, word)
        if quantity is None or quantity.value is None:
            continue
        if multiplier:
            factor = MULTIPLIERS[multiplier]
            quantity = replace(quantity, value=quantity.value * factor, step=max(quantity.step, Decimal(1)) * factor)
        readings.append(_table_reading(cell, quantity, reader))
    return readings


def _table_reading(cell: TableCell, quantity: Quantity, reader: Reader) -> Reading:
    reading = Reading(quantity)
    label = cell.label.replace("其中：", "").replace("其中:", "").replace("#", "").strip()
    code, item = reader.resolver.code_of_label(label, quantity, is_rate=cell.measure == "growth_pct")
    if code:
        reading.code, reading.item, reading.reason = code, item, ""
        reading.measure, reading.rule, reading.confidence = cell.measure, "table", 0.9
        reading.negative = quantity.stated_value.startswith("-") and quantity.value is not None and quantity.value > 0
    return reading


def _assemble(
    document: Document, scene: Scene, readings: Sequence[Reading], zeros: Sequence[ZeroStatement], reader: Reader
) -> Extraction:
    facts: list[tuple[int, Fact]] = []
    mentions: list[tuple[Mention, Fact | None]] = []
    for one in readings:
        fact = _fact(document, scene, one, reader) if one.code else None
        mentions.append((_mention(document, one, fact), fact))
        if fact is not None:
            facts.append((fact.start, fact))
    facts += [(zero.start, _zero_fact(document, scene, zero, reader)) for zero in zeros]
    ordered = [fact for _, fact in sorted(facts, key=lambda one: one[0])]
    position = {id(fact): index for index, fact in enumerate(ordered)}
    placed = [
        replace(mention, fact=None if fact is None else position[id(fact)])
        for mention, fact in sorted(mentions, key=lambda one: one[0].start)
    ]
    return Extraction(tuple(placed), tuple(ordered))


def _mention(document: Document, one: Reading, fact: Fact | None) -> Mention:
    q = one.quantity
    block = document.block_at(q.start)
    return Mention(
        start=q.start,
        end=q.end,
        surface=document.text[q.start : q.end],
        low=None if q.low is None else float(q.low),
        high=None if q.high is None else float(q.high),
        unit=q.unit.unit,
        dimension=q.unit.dimension,
        bound=q.bound,
        block=block.index if block else None,
        page=block.page if block else None,
        reject_reason="" if fact is not None else one.reason,
    )


def _fact(document: Document, scene: Scene, one: Reading, reader: Reader) -> Fact:
    q = one.quantity
    indicator = reader.catalogue[one.code]
    is_percent = one.measure in _PERCENT_MEASURES or q.unit.unit == "%"
    unit = "百分点" if q.unit.unit == "百分点" else "%" if is_percent else indicator.unit
    factor = Decimal(q.unit.factor.numerator) / Decimal(q.unit.factor.denominator)
    if indicator.unit == "公斤/亩" and q.unit.canonical == "吨":
        factor *= 1000  # 亩产280公斤: the mass stands for mass per 亩
    sign = -1 if one.negative else 1
    value = None if q.value is None else q.value * factor * sign
    high = None if q.value_high is None else q.value_high * factor * sign
    half = q.step * factor / 2
    low_end, high_end = value, high if high is not None else value
    if (q.bound == "at_least" and sign > 0) or (q.bound == "at_most" and sign < 0):
        high_end = None
    elif q.bound in {"at_most", "at_least"}:
        low_end = None
    block = document.block_at(q.start)
    clause_start, clause_end = scene.span("clause", q.start)
    start = (
        max(clause_start, q.start - _EVIDENCE)
        if q.start - clause_start >= 4
        else max(scene.span("segment", q.start)[0], q.start - _EVIDENCE)
    )
    return Fact(
        indicator=one.code,
        measure=one.measure,
        value=None if value is None else _float(value),
        value_high=None if high is None else _float(high),
        low=None if low_end is None else _float(low_end - half),
        high=None if high_end is None else _float(high_end + half),
        unit=unit,
        bound=q.bound,
        item=one.item,
        stated_value=q.stated_value,
        stated_unit=q.unit.unit,
        start=q.start,
        end=q.end,
        evidence=document.text[start : min(clause_end, q.outer_end + 12)].strip(),
        rule_id=one.rule,
        confidence=one.confidence,
        status="flagged" if q.bound == "damaged" else "accepted",
        block=block.index if block else None,
        page=block.page if block else None,
    )


def _float(value: Decimal) -> float:
    return float(value.normalize())


def _zero_fact(document: Document, scene: Scene, zero: ZeroStatement, reader: Reader) -> Fact:
    block = document.block_at(zero.start)
    return Fact(
        indicator=zero.code,
        measure="level",
        value=0.0,
        low=0.0,
        high=0.0,
        unit=reader.catalogue[zero.code].unit,
        bound="exact",
        item="",
        stated_value="",
        stated_unit="",
        start=zero.start,
        end=zero.end,
        evidence=document.text[zero.start : zero.end],
        rule_id="zero_statement",
        confidence=0.9,
        block=block.index if block else None,
        page=block.page if block else None,
    )
