"""What was founded, told right before how many there are: 成立渔业专业合作社2家，至年末共有9家."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from expectations.catalogue import Indicator
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading

__all__ = ["SAID_NEW", "is_new_of_it", "tell_new_of_all"]

_FOUNDED: Final = re.compile(
    r"(?:成立|组建|设立|创办|领办|兴办|注册|登记|发展|培育|认定|建立|开办|孵化)了?"
    r"(?:农民|农牧民|渔业|农机|专业|种植|养殖|示范|新型|市级|县级|省级|各类)*$"
)
_IN_ALL: Final = re.compile(
    r"总数|总量|总户数|累计|共有|共达|现有|已有|达到?|年末|年底|目前|全[镇乡街]|发展到|增[加至]"
)
_PART: Final = ("其中", "超额", "目标", "任务", "计划")
_REACH: Final = 10
# 花椒2800亩系今年新栽; 规上企业12家，其中2家是今年新入规的
SAID_NEW: Final = re.compile(
    r"(?:[系是为属]|都是|均为)(?:今年|当年|本年|年内|去冬今春|今春)?新(?:栽|植|种|发展|建|增|成立|办|培育|入规|升规|纳统|认定|引进|登记|上|造|开)"
)
_OF_IT: Final = re.compile(r"[，、（；]?(?:其中|其中有|有)?(?:的)?")


def is_new_of_it(text: str, q: Quantity, own: str, last: Reading, is_counted_new: bool) -> bool:
    """Return whether `q` is told behind it as what is new of `last`: 核桃1.1万亩，其中1200亩为今年新栽."""
    return (
        last.measure in {"level", "growth_abs"}
        and is_counted_new
        and q.unit.dimension == last.quantity.unit.dimension
        and _OF_IT.fullmatch(own) is not None
        and SAID_NEW.match(text, q.outer_end) is not None
    )


def tell_new_of_all(text: str, readings: Sequence[Reading], catalogue: Mapping[str, Indicator]) -> None:
    """Read in place as an increase what was founded of a stock whose larger whole is told next."""
    coded = [one for one in readings if one.code]
    for one in coded:
        kind = catalogue[one.code].kind
        if (
            one.measure == "level"
            and (kind == "stock" or one.code == "agri.crop_area")
            and SAID_NEW.match(text, one.quantity.outer_end)
        ):
            one.measure, one.rule = "growth_abs", "new"
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
