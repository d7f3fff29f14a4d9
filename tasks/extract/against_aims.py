"""What was aimed at, beside what came of it: 增长7.4%，低于年初的9%的目标; 今年任务2800亩，整治完成1930亩."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.extract.done_of_aims import is_short_of
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading

__all__ = ["set_against", "tell_tasks_ahead"]

_PACE: Final = r"[，、；（]?(?:受[^，。；\d]{2,16}影响，)?(?:增[幅速]|增长速度)?"
_SET_AGAINST: Final = re.compile(
    _PACE + r"(?:但|但是|不过|可|虽|虽然|却|略|仍|还|远|也|均|就|，|只是)*"
    r"(?:低于|高于|超过了?|超出了?|好于|优于|不及|没有?达到|没能达到|未能?达到|达不到|没有?完成|没能完成|未能?完成|未能?实现|没有?实现)"
    r"(?:[^，。；\d]{0,10}(?:提出|确定|下达|定下|排定|核定|制定|要求|安排|分解|签订|定|年初|预期|既定|年度|全年|原定|增长))*的?"
)
_THE_AIM: Final = re.compile(
    r"(?:以上|左右)?的?(?:年度|全年|年初|既定|预期|增长|增速|硬|约束性|预定|工作)*(?:目标|任务|指标|计划|要求|预期)"
)
# 增幅比年初确定的8%的目标低了不少, 比计划的7%低2.9个百分点; 比年初的8% tells of another time
_COMPARED: Final = re.compile(
    _PACE + r"(?:但|但是|不过|可|仍|还|也)*(?:比|较|与|同|跟|和)"
    r"(?:(?P<set>[^，。；\d]{0,10}(?:提出|确定|下达|定下?|制定|要求|安排|计划|预期|既定|目标))|年初|年度|全年)的?"
)
_FROM_THE_AIM: Final = re.compile(
    r"(?:以上|左右)?的?(?:年度|全年|年初|既定|预期|增长|增速|硬|约束性|预定|工作)*(?P<aim>目标值?|任务|指标|计划|要求|预期)?(?:相比)?，?"
    r"(?:还|略|也|仍|要|都|尚|稍|只|整整|足足)*(?:低|高|少|多|差|快|慢|有|落后|存在)"
)
_RATES: Final = frozenset({"growth_pct", "plan"})
_TOLD: Final = frozenset({"level", "growth_abs", "growth_pct", "forecast", "completion_pct"})


def set_against(text: str, q: Quantity, own: str, last: Reading, unit: str) -> bool:
    """Return whether `q` was the aim of `last`, whose indicator has `unit`: `own` and the words behind `q` say so.

    An aim in percent is one of a growth or of a rate.
    """
    if not last.code or last.measure not in _TOLD:
        return False
    led = _COMPARED.fullmatch(own) if own[-1:] else None
    behind = _FROM_THE_AIM.match(text, q.outer_end) if led is not None else None
    if behind is not None and led is not None and (led["set"] or behind["aim"]):
        return (last.measure in _RATES or unit in {"%", "‰"}) == (q.unit.dimension == "share")
    if _THE_AIM.match(text, q.outer_end) is None:
        return False
    if _SET_AGAINST.fullmatch(own) is None and not is_short_of(text, own, q.outer_end):
        return False
    is_rate = last.measure in _RATES or unit in {"%", "‰"}
    return is_rate == (q.unit.dimension == "share")


# 今年任务2800亩，目前耕地流出整治完成1930亩: what the task is of is named only where it is told how much of it was done
_TASK: Final = re.compile(
    r"[。\s]*(?:(?:今年|全年|年度|本年|当年|年初|上级|[县市区旗州]里?|总|下达|分配|交|给|我[镇乡]|的)*)(?:任务|目标|计划)(?:数|量|面积)?(?:是|为|共|：)?"
)
_DONE_OF_IT: Final = re.compile(r"完成|整治|落实|建成|实施|已|实际")
_TASK_REACH: Final = 24


def tell_tasks_ahead(text: str, readings: Sequence[Reading]) -> None:
    """Take in place a task that says not what it is of as the aim of what the next clause says was done."""
    for task, done in pairwise(readings):
        clause, start = task.place.clause[0], task.quantity.outer_start
        if (
            done.measure not in {"level", "growth_abs"}
            or not done.code
            or done.named is None
            or task.code == done.code
            or start - clause > _TASK_REACH
            or task.quantity.unit.unit != done.quantity.unit.unit
            or task.place.sentence != done.place.sentence
            or text[task.quantity.outer_end : task.quantity.outer_end + 1] != "，"
            or not task.quantity.outer_end < done.named.hit.start < done.quantity.start
        ):
            continue
        is_next = done.place.clause[0] == task.quantity.outer_end + 1
        if is_next and _TASK.fullmatch(text, clause, start) and _DONE_OF_IT.search(text, clause, done.quantity.start):
            task.take(done.code, "plan", done.item, "target", 0.85)
