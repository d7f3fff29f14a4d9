"""What was founded, told right before how many there are: 成立渔业专业合作社2家，至年末共有9家."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from expectations.catalogue import Indicator
from tasks.extract.readings import Reading

__all__ = ["tell_new_of_all"]

_FOUNDED: Final = re.compile(
    r"(?:成立|组建|设立|创办|领办|兴办|注册|登记|发展|培育|认定|建立|开办|孵化)了?"
    r"(?:农民|农牧民|渔业|农机|专业|种植|养殖|示范|新型|市级|县级|省级|各类)*$"
)
_IN_ALL: Final = re.compile(
    r"总数|总量|总户数|累计|共有|共达|现有|已有|达到?|年末|年底|目前|全[镇乡街]|发展到|增[加至]"
)
_PART: Final = ("其中", "超额", "目标", "任务", "计划")
_REACH: Final = 10


def tell_new_of_all(text: str, readings: Sequence[Reading], catalogue: Mapping[str, Indicator]) -> None:
    """Read in place as an increase what was founded of a stock whose larger whole is told next."""
    coded = [one for one in readings if one.code]
    for one, then in pairwise(coded):
        if (
            one.code != then.code
            or one.item != then.item
            or one.measure != "level"
            or then.measure != "level"
            or one.place.segment != then.place.segment
            or catalogue[one.code].kind != "stock"
            or (one.quantity.value or 0) >= (then.quantity.value or 0)
        ):
            continue
        begin = one.quantity.outer_start
        if one.named is not None and one.named.is_before:
            begin = one.named.hit.start
        between = text[one.quantity.outer_end : then.quantity.start]
        if any(word in between for word in _PART) or not _IN_ALL.search(between):
            continue
        is_founded = _FOUNDED.search(text, max(one.place.clause[0], begin - _REACH), begin)
        if is_founded or (one.named is not None and _FOUNDED.match(one.named.hit.words)):
            one.measure, one.rule = "growth_abs", f"{one.rule}+new"
