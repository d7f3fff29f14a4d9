"""What stands among aims and is none: the size of the township, what it has now, what was done of what was planned."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.governors import Sight, begins
from tasks.extract.readings import Reading

__all__ = ["SIZES", "is_aimed_at", "is_given", "is_so_now", "tell_done_from_planned"]

_DONE_AFTER_ALL: Final = re.compile(
    r"(?:今年|全年|年内|共|已|我[镇乡]|实际|最终)(?:累计|共|已)*(?:实现|完成|达到)|实际|已(?:实现|完成|有)"
)
# In a section of aims: what the township is, what it has now.
SIZES: Final = frozenset(
    {"area.total", "area.villages", "area.communities", "area.village_groups", "pop.households", "pop.total"}
)
_NOW: Final = re.compile(r"(?:^|[，。；：\n])(?:[\u4e00-\u9fff]{0,3})?(?:现有|现剩余|现已有|目前已?有|目前已|目前共有)")
# 目前已争取到水利资金42万元; 对全乡326户618名低保对象实行动态管理
_SO_NOW: Final = re.compile(
    r"目前已(?:争取|完成|到位|落实|建成|开工|签约|筹)|(?:^|[，。；：\n])对全[镇乡街][^，。；\d]{0,4}(?:[\d,]+户、?)?$"
)
_AIMED: Final = re.compile(
    r"达|[到至](?!位)|控制|以内|力争|确保|目标|计划|保持|稳定|突破|新增|整合|撤并|完成|实现|建设|增|不少于|不低于|选|对|在"
)


def is_aimed_at(text: str, one: Reading, clause: int) -> bool:
    """Return whether the clause of `one`, from `clause` on, speaks of what is to be reached."""
    return _AIMED.search(text, clause, one.quantity.outer_end) is not None


def is_so_now(text: str, one: Reading, clause: int) -> bool:
    """Return whether `one` is told as what is so now, whatever is aimed at around it: the poor still left, 目前已…."""
    if one.code.startswith("poverty.remaining_") and one.rule in {"still_poor", "pair"}:
        return True
    return _SO_NOW.search(text, max(0, clause - 1), one.quantity.outer_start) is not None


def is_given(text: str, one: Reading, clause: int) -> bool:
    """Return whether `one` tells the size of the township (辖区面积139平方公里) or what it has now (现有党员312名)."""
    return one.code in SIZES or _NOW.search(text, max(0, clause - 1), one.quantity.start) is not None


def tell_done_from_planned(sight: Sight, readings: Sequence[Reading]) -> None:
    """Take for done what a later clause says was: 计划脱贫68户260人，按照…要求，我镇今年实现脱贫77户288人."""
    planned: dict[tuple[str, str, int], int] = {}
    done = -1
    for one in readings:
        if not one.code or one.measure != "plan" or one.rule == "target":
            continue
        clause, sentence = one.place.clause[0], one.place.sentence
        key = (one.code, one.item, sentence[0])
        if key not in planned:
            planned[key] = clause
        elif planned[key] != clause:
            start = one.quantity.start
            is_told = _DONE_AFTER_ALL.search(sight.scene.text, clause, start) is not None
            if clause == done or (is_told and not begins(sight.governing(sentence).plan, clause, start)):
                one.measure, one.rule, done = "level", one.rule.removesuffix("+plan"), clause
