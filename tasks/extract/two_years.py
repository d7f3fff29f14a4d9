"""Two years named together, and of each its figure: 2002年、2003年粮食总产量分别为9712吨、9540吨."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.extract.readings import Reading

__all__ = ["tell_two_years"]

_TWO: Final = re.compile(
    r"(?:(?P<first>(?:19|20)\d\d) ?年?[度末底]? ?[—－~、至到和与及-]{1,2} ?"
    r"(?P<second>(?:19|20)\d\d) ?两?年(?:度|末|底|两年)?"
    r"|(?:去年|上年)[、和与及](?:今年|本年))"
)
_EACH: Final = re.compile(r"分别[^，。；、\d]{0,8}$")
_BETWEEN: Final = frozenset({"、", "和", "，", "及", "与"})
_SAID: Final = frozenset({"level", "prior_level", "forecast"})


def tell_two_years(text: str, readings: Sequence[Reading], year: int | None) -> None:
    """Give each of two years its figure, in place: the first is an earlier one; `year` is the report's, where known.

    A list of two names (财政收入、税收分别为…) or of more figures than years is left as it was read.
    """
    for position, (first, second) in enumerate(pairwise(readings)):
        between = text[first.quantity.outer_end : second.quantity.outer_start].strip()
        if between not in _BETWEEN or not (first.code or second.code):
            continue
        begin = first.quantity.outer_start
        if _EACH.search(text, max(first.place.clause[0], begin - 12), begin) is None:
            continue
        if first.quantity.unit.dimension != second.quantity.unit.dimension or _has_third(text, readings, position):
            continue
        years = _TWO.search(text, first.place.sentence[0], begin)
        told = first if first.code else second
        if years is None or told.measure not in _SAID or _is_other(first, second):
            continue
        for one in (first, second):
            one.take(told.code, "prior_level", told.item, "two_years", told.confidence)
        if years["second"] is None or year is None or int(years["second"]) >= year:
            second.measure = "level"


def _has_third(text: str, readings: Sequence[Reading], position: int) -> bool:
    """Return whether a third figure goes on with the list whose first one is at `position`."""
    if position + 2 >= len(readings):
        return False
    second, third = readings[position + 1], readings[position + 2]
    return text[second.quantity.outer_end : third.quantity.outer_start].strip() in _BETWEEN - {"，"}


def _is_other(first: Reading, second: Reading) -> bool:
    """Return whether the two figures were read as of different names."""
    return bool(first.code and second.code) and (first.code, first.item) != (second.code, second.item)
