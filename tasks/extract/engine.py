"""The reading engine: one pass for quantities, one for names, one reading per figure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from expectations.catalogue import Catalogue
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction, Fact, Mention
from tasks.domain.periods import ReportPeriod
from tasks.extract.mentions import MentionFinder
from tasks.extract.readings import Reading
from tasks.extract.resolve import Resolver
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.table_readings import TableReader
from tasks.extract.zeros import ZeroStatement, find_zero_statements
from tasks.lexicon import Lexicon

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document"]

EXTRACTOR_VERSION = "2"
_PERCENT_MEASURES = frozenset({"growth_pct", "share_pct", "completion_pct"})
_EVIDENCE = 40
_TITLE_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")


@dataclass(frozen=True, slots=True)
class Reader:
    """The compiled engine; holds only data, shared by threads."""

    catalogue: Catalogue
    lexicon: Lexicon
    finder: MentionFinder
    index: AliasIndex
    resolver: Resolver
    tables: TableReader


def build_reader(catalogue: Catalogue, lexicon: Lexicon) -> Reader:
    """Return the engine for `catalogue` and `lexicon`.

    Raises:
        ValueError: an alias names an indicator that the catalogue does not have.
    """
    unknown = sorted({f"{alias.line} {alias.code}" for alias in lexicon.aliases if alias.code not in catalogue})
    if unknown:
        raise ValueError(f"tasks/lexicon names indicators that the catalogue lacks: {', '.join(unknown)}")
    index, finder = AliasIndex(lexicon), MentionFinder(lexicon)
    resolver = Resolver(catalogue, lexicon, index)
    tables = TableReader(catalogue, lexicon, finder, index, resolver.names)
    return Reader(catalogue, lexicon, finder, index, resolver, tables)


def extract_document(document: Document, period: ReportPeriod | None, reader: Reader) -> Extraction:
    """Return every mention of `document`, and the facts in order of their place.

    `period` is what the report is about; where it is not known, the first year in the document's title stands for it.
    """
    scene = Scene(document, reader.index)
    cells = [
        scene.view_span(block.start, block.end) for block in document.blocks if block.kind == "table_cell"
    ]  # fmt: skip
    quantities = reader.finder.find(scene.text)
    if cells:
        quantities = [one for one in quantities if not any(start <= one.start < end for start, end in cells)]
    readings = reader.resolver.resolve(scene, quantities, period.year if period else _year_of(document))
    if cells:
        readings += reader.tables.read(document, scene)
    zeros = [one for one in find_zero_statements(scene) if one.code in reader.catalogue]
    return _assemble(document, scene, readings, zeros, reader)


def _year_of(document: Document) -> int | None:
    """Return the first year named in the first lines of `document`."""
    match = _TITLE_YEAR.search(document.text[:200])
    return int(match.group()) if match else None


def _assemble(
    document: Document, scene: Scene, readings: Sequence[Reading], zeros: Sequence[ZeroStatement], reader: Reader
) -> Extraction:
    facts: list[tuple[int, Fact]] = []
    mentions: list[tuple[Mention, Fact | None]] = []
    for one in readings:
        fact = _fact(document, scene, one, reader) if one.code else None
        mentions.append((_mention(document, scene, one, fact), fact))
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


def _mention(document: Document, scene: Scene, one: Reading, fact: Fact | None) -> Mention:
    q = one.quantity
    start, end = scene.view.place(q.start, q.end)
    block = document.block_at(start)
    unit, dimension = q.unit.unit, q.unit.dimension
    if dimension == "any":
        # 人口4.26万，: the unit that the indicator has; a sum of money where none is named (出资20万，).
        unit, dimension = (fact.unit, "") if fact is not None else ("元", "money")
    return Mention(
        start=start,
        end=end,
        surface=document.text[start:end],
        low=None if q.low is None else float(q.low),
        high=None if q.high is None else float(q.high),
        unit=unit,
        dimension=dimension,
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
    if q.unit.dimension == "times" and one.measure == "growth_pct" and value is not None:
        value = (2**value - 1) * 100 if q.unit.unit == "番" else value * 100
        unit = "%"
    half = q.step * factor / 2
    low_end, high_end = value, high if high is not None else value
    if (q.bound == "at_least" and sign > 0) or (q.bound == "at_most" and sign < 0):
        high_end = None
    elif q.bound in {"at_most", "at_least"}:
        low_end = None
    place = scene.view.place(q.start, q.end)
    block = document.block_at(place[0])
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
        start=place[0],
        end=place[1],
        evidence=_words(document, scene, start, min(clause_end, q.outer_end + 12)),
        rule_id=one.rule,
        confidence=one.confidence,
        status="flagged" if q.bound == "damaged" else "accepted",
        block=block.index if block else None,
        page=block.page if block else None,
    )


def _words(document: Document, scene: Scene, start: int, end: int) -> str:
    """Return the document's words for `start:end` of the view, on one line."""
    first, last = scene.view.place(start, max(start + 1, end))
    return re.sub(r"\s*[\r\n]+\s*", "", document.text[first:last]).strip()


def _float(value: Decimal) -> float:
    return float(value.normalize())


def _zero_fact(document: Document, scene: Scene, zero: ZeroStatement, reader: Reader) -> Fact:
    start, end = scene.view.place(zero.start, zero.end)
    block = document.block_at(start)
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
        start=start,
        end=end,
        evidence=document.text[start:end],
        rule_id="zero_statement",
        confidence=0.9,
        block=block.index if block else None,
        page=block.page if block else None,
    )
