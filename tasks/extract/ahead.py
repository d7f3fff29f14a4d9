"""Figures told before what they are of: 12.6亿元，这是…生产总值; 新增7家后，全镇合作社达到63家; 多了312元：人均…."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.candidates import Candidate
from tasks.extract.measures import MeasureWords
from tasks.extract.names import NameFinder
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["named_ahead", "tell_changes_ahead"]

_SCORE: Final = 85.0
_OPENS: Final = 6  # letters that may stand before a figure that opens its sentence: 全镇完成…，这是…
_THIS_IS: Final = re.compile(r"(?:大关)?，(?:这(?:就|便|正|也)?是|是)")
# 新增213户之后，在册的…; 口袋里多了312元：人均纯收入…
_AND_THEN: Final = re.compile(r"(?:之后|以后|后)，|：")
_OF_ONE: Final = re.compile(r"(?<!全)(?<!各)(?<!行政)村(?!集体|级|均)|公司|合作社|企业|大户|基地|小区|每个")
_OF_ALL: Final = frozenset({"level"})


def named_ahead(scene: Scene, q: Quantity, sentence: int, names: NameFinder) -> Candidate | None:
    """Return what a figure that opens its sentence is said to be: 367.4万元，这是今年的财政收入."""
    text = scene.text
    if q.outer_start - sentence > _OPENS:
        return None
    told = _THIS_IS.match(text, q.outer_end)
    if told is None:
        return None
    end = scene.span("clause", told.end())[1]
    if _OF_ONE.search(text, told.end(), end):
        return None
    for hit in reversed(scene.hits_between(told.end(), end)):
        fitting = [
            one for one in hit.aliases
            if one.side != "after" and not one.is_verb and names.fits(q.unit, one.code)
            and all(any(text.find(word, sentence, end) >= 0 for word in group) for group in one.needs)
            and not any(text.find(word.lstrip("^~>"), told.end(), end) >= 0 for word in one.excludes)
        ]  # fmt: skip
        if fitting:
            return Candidate(_SCORE, min(fitting, key=lambda one: bool(one.needs)), hit, False, 0)
    return None


def tell_changes_ahead(text: str, chain: Sequence[Reading], words: MeasureWords) -> None:
    """Read, in place, an increase told before what it led to: 新增7家后，全镇农民专业合作社达到63家."""
    for position in range(len(chain) - 1):
        one, then = chain[position], chain[position + 1]
        q = one.quantity
        if one.code or one.reason != "no indicator" or not then.code or then.measure not in _OF_ALL:
            continue
        if q.unit.unit != then.quantity.unit.unit or _AND_THEN.match(text, q.outer_end) is None:
            continue
        if then.named is None or then.named.hit.start < q.outer_end or not _is_less(q, then.quantity):
            continue
        sign = words.sign(text[one.place.clause[0] : q.outer_start])
        if sign:
            one.take(then.code, "growth_abs", then.item, "ahead", 0.85)
            one.negative = sign < 0


def _is_less(q: Quantity, other: Quantity) -> bool:
    if q.value is None or other.value is None:
        return False
    mine, its = q.unit.factor, other.unit.factor
    return q.value * mine.numerator * its.denominator < other.value * its.numerator * mine.denominator
