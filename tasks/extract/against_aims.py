"""What was aimed at, told beside what came of it: 增长7.4%，低于年初提出的9%的预期目标."""

import re
from typing import Final

from tasks.extract.done_of_aims import is_short_of
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading

__all__ = ["set_against"]

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
