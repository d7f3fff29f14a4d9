"""Figures alone in brackets behind words that say what they were: 比上年同期（5181万元）增长, 目标（900万元）的95%."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.domain.facts import Measure
from tasks.extract.readings import Reading

__all__ = ["tell_in_brackets"]

_REACH: Final = 14
_THEN: Final = re.compile(r"[比较与](?:上年|去年|上一年|前年|(?:19|20)\d\d年)(?:同期|全年|水平|年?末|年?底)*$")
_AIM: Final = re.compile(
    r"(?:完成|占|为|达到?|超)[^，。；（）\d]{0,8}(?:目标|任务|计划|指标|预算)(?:任务|目标|数|值|总数)?$"
)
_OPENS: Final = "（"
_CLOSES: Final = "）"


def tell_in_brackets(text: str, readings: Sequence[Reading]) -> None:
    """Read, in place, an earlier level or an aim of the figure before it that stands alone in brackets."""
    told: Reading | None = None  # the last level of its sentence
    for last, one in pairwise(readings):
        if last.code and last.measure == "level":
            told = last
        begin, end = one.quantity.outer_start, one.quantity.outer_end
        if one.code or text[begin - 1 : begin] != _OPENS or text[end : end + 1] != _CLOSES:
            continue
        if told is None or told.place.sentence != one.place.sentence:
            continue
        if told.quantity.unit.dimension != one.quantity.unit.dimension:
            continue
        begin -= 1
        measure: Measure = "prior_level"
        if _THEN.search(text, max(0, begin - _REACH), begin) is None:
            if _AIM.search(text, max(0, begin - _REACH), begin) is None:
                continue
            measure = "plan"
        one.take(told.code, measure, told.item, "in_brackets", 0.85)
