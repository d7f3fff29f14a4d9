"""From readings to mentions and facts: values in the indicator's unit, intervals, evidence, places in the document."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from expectations.catalogue import Indicator
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction, Fact, Mention
from tasks.extract.candidates import Candidate
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.extract.zeros import ZeroStatement

__all__ = ["assemble"]

_PERCENT_MEASURES: Final = frozenset({"growth_pct", "share_pct", "completion_pct"})
_EVIDENCE: Final = 40
_BREAK: Final = re.compile(r"\s*[\r\n]+\s*")
# A minus right between a word and its number; between two numbers it is a range (5万元-8万元), — and – are dashes.
_SIGNED: Final = re.compile(
    r"(?<![\d〇零一二两三四五六七八九十百千万亿].)(?<![\d〇零一二两三四五六七八九十百千万亿])[\u4e00-\u9fff：:][-－−]$"
)
_RATES: Final = frozenset({"share", "points", "per mille"})


def assemble(
    document: Document,
    scene: Scene,
    readings: Sequence[Reading],
    zeros: Sequence[ZeroStatement],
    catalogue: dict[str, Indicator],
) -> Extraction:
    """Return the mentions and facts of `readings` and `zeros` in order of their place.

    A name that fitted a figure nearly as well as the one that was taken becomes a rejected fact, `Extraction.rejects`.
    """
    facts: list[tuple[int, int, Fact]] = []
    rejects: list[Fact] = []
    for number, one in enumerate(readings):
        if one.code:
            facts.append((one.quantity.start, number, _fact(document, scene, one, catalogue)))
            rejects += [_rival(facts[-1][2], rival, catalogue) for rival in one.rivals if rival.alias.code != one.code]
    facts += [(zero.start, -1, _zero_fact(document, scene, zero, catalogue)) for zero in zeros]
    facts.sort(key=lambda one: one[0])
    place = {number: position for position, (_, number, _) in enumerate(facts) if number >= 0}
    alone = [number for number, one in enumerate(readings) if one.has_mention]
    ordered = sorted(alone, key=lambda number: readings[number].quantity.start)
    mentions = tuple(
        _mention(document, scene, readings[number], place.get(number), facts) for number in ordered
    )  # fmt: skip
    return Extraction(mentions, tuple(fact for _, _, fact in facts), tuple(rejects))


def _mention(
    document: Document, scene: Scene, one: Reading, position: int | None, facts: Sequence[tuple[int, int, Fact]]
) -> Mention:
    q = one.quantity
    unit, dimension = q.unit.unit, q.unit.dimension
    if position is not None:
        fact = facts[position][2]
        start, end, block, page = fact.start, fact.end, fact.block, fact.page
        if dimension == "any":  # 人口4.26万，: the unit that the indicator has
            unit, dimension = fact.unit, ""
        reason = "; ".join([f"lost: {rival.alias.code} by {rival.alias.words}" for rival in one.rivals])
    else:
        start, end = scene.view.place(q.start, q.end)
        held = scene.block_at(start)
        block, page = (held.index, held.page) if held else (None, None)
        if dimension == "any":  # 出资20万，: a sum of money where nothing is named
            unit, dimension = "元", "money"
        reason = one.reason
    bound = _doubted(scene, q).bound if position is not None else q.bound
    value = None if q.value is None or bound == "masked" else float(q.value)
    low_end = None if bound == "at_most" else value
    high_end = None if bound == "at_least" else value if q.value_high is None or value is None else float(q.value_high)
    return Mention(
        start, end, document.text[start:end], low_end, high_end, unit, dimension, bound, block, page, position, reason
    )


# 全年冷链物流园完成投资4600万元: when and where are no part of the name
_WHOSE: Final = re.compile(r"^(?:全年|今年|当年|年内|我[镇乡]|全[镇乡]|[我全]街道|[我全]苏木|累计)+")


def _fact(document: Document, scene: Scene, one: Reading, catalogue: dict[str, Indicator]) -> Fact:
    q, measure, code = _doubted(scene, one.quantity), one.measure, one.code
    indicator = catalogue[code]
    stated = q.unit
    unit = indicator.unit
    if stated.unit == "百分点":
        unit = "百分点"
    elif stated.unit == "%" or measure in _PERCENT_MEASURES:
        unit = "%"
    factor = _ratio(stated.factor.numerator, stated.factor.denominator)
    if indicator.unit == "公斤/亩" and stated.canonical == "吨":
        factor *= 1000  # 亩产280公斤: the mass stands for mass per 亩
    if one.negative:
        factor = -factor
    value = None if q.value is None else q.value * factor
    high = None if q.value_high is None else q.value_high * factor
    if stated.dimension == "times" and measure == "growth_pct" and value is not None:
        value = (2**value - 1) * 100 if stated.unit == "番" else value * 100
    half = abs(q.step * factor) / 2
    low_end, high_end = value, value if high is None else high
    if q.bound in {"at_least", "at_most"}:
        if (q.bound == "at_least") != one.negative:
            high_end = None
        else:
            low_end = None
    start, end = scene.view.place(q.start, q.end)
    block = scene.block_at(start)
    number = None if value is None else float(value)
    is_point = high is None and not half and bool(value)
    # In the order of their fields: by name they take a third longer, and there are a hundred.
    return Fact(
        code,
        measure,
        number,
        None if low_end is None else number if is_point else float(low_end - half),
        None if high_end is None else number if is_point else float(high_end + half),
        unit,
        q.bound,
        _WHOSE.sub("", one.item) if one.item else "",
        q.stated_value,
        stated.unit,
        start,
        end,
        _evidence(document, scene, one),
        one.rule,
        one.confidence,
        None if high is None else float(high),
        "flagged" if q.bound == "damaged" else "accepted",
        block.index if block else None,
        block.page if block else None,
        one.period,
    )


def _doubted(scene: Scene, q: Quantity) -> Quantity:
    """Return `q` as damaged where a minus stands before it that may be a dash: 总人口-5人 is either 5 or a slip.

    Rates have signs of their own and are read with them (自然增长率-2.7‰).
    """
    if q.bound != "exact" or q.unit.dimension in _RATES or scene.text[q.start - 1 : q.start] not in "-－−":
        return q
    if q.start < 1 or not _SIGNED.search(scene.text, max(0, q.start - 5), q.start):
        return q
    return replace(q, start=q.start - 1, stated_value=f"-{q.stated_value}", bound="damaged")


@lru_cache(maxsize=256)
def _ratio(numerator: int, denominator: int) -> Decimal:
    return Decimal(numerator) / Decimal(denominator)


def _rival(fact: Fact, rival: Candidate, catalogue: dict[str, Indicator]) -> Fact:
    """Return the reading that lost against `fact`, as a rejected fact that says by which name it would have stood."""
    return Fact(
        indicator=rival.alias.code, measure=fact.measure, value=fact.value, value_high=fact.value_high, low=fact.low,
        high=fact.high, unit=catalogue[rival.alias.code].unit, bound=fact.bound, item=rival.item,
        stated_value=fact.stated_value, stated_unit=fact.stated_unit, start=fact.start, end=fact.end,
        evidence=fact.evidence, rule_id=f"lost:{rival.alias.words}", confidence=0.0, status="rejected",
        block=fact.block, page=fact.page, period=fact.period,
    )  # fmt: skip


def _evidence(document: Document, scene: Scene, one: Reading) -> str:
    """Return the words around a figure: its clause, or its segment where the clause begins with it, on one line."""
    start, (clause_start, clause_end) = one.quantity.start, one.place.clause
    first = clause_start if start - clause_start >= 4 else one.place.segment[0]
    first = max(first, start - _EVIDENCE)
    left, right = scene.view.place(first, max(first + 1, min(clause_end, one.quantity.outer_end + 12)))
    words = document.text[left:right]
    return (_BREAK.sub("", words) if "\n" in words or "\r" in words else words).strip()


def _zero_fact(document: Document, scene: Scene, zero: ZeroStatement, catalogue: dict[str, Indicator]) -> Fact:
    start, end = scene.view.place(zero.start, zero.end)
    block = scene.block_at(start)
    return Fact(
        indicator=zero.code,
        measure=zero.measure,
        value=0.0,
        low=0.0,
        high=0.0,
        unit=catalogue[zero.code].unit,
        bound="exact",
        item="",
        stated_value="",
        stated_unit="",
        start=start,
        end=end,
        evidence=document.text[start:end],
        rule_id="zero_statement",
        confidence=0.95,
        block=block.index if block else None,
        page=block.page if block else None,
    )
