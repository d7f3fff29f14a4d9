"""Numbers that lost their unit on the way, and what they were by the words around them."""

import re
from typing import Final

from tasks.extract.quantities import STOPS

__all__ = ["is_per_mille_without_sign", "is_rate_without_sign", "is_sum_without_unit"]

_LONGEST_RATE: Final = 3  # digits before the point
# A page that lost its signs: 全镇实现生产总值6.35亿元，同比增长18.3；
_GROWTH: Final = re.compile(r"(?:增长|下降|增幅|降幅)(?:了|为|达)?$")
# 完成国内生产总值3.1亿元，占年计划的58.2，
_OF_PLAN: Final = re.compile(
    r"占(?:全年|年度|本年|年|县)?(?:计划|任务|目标)(?:任务)?的?$|占(?:全[镇乡])?(?:总人口|总户数|人口总数|总面积)的$"
)
# 人口出生率7.26，自然增长率2.68；
_OF_PEOPLE: Final = re.compile(r"(?:出生率|死亡率|自然增长率)(?:为|达)?$")
# 参合率98.5；小学入学率100，: rates that are never more than all
_OF_ALL: Final = re.compile(
    r"(?:参合|参保|计划生育|计生|入学|巩固|覆盖|普及|办结|政策|符合政策|合格|满意|调处|调解|化解|成功|整改|综合节育|计生|免疫|入户|达标)率(?:为|达到?|是)?$"
)
_ALL: Final = 100
_COMPARED: Final = re.compile(r"(?:同比|环比|比上年|较上年|比去年|较去年|同期)(?:分别)?(?:增长|下降)(?:了|为|达)?$")
# 税收360万的目标, 投资2000万的创业平台
_PAID: Final = re.compile(r"(?:投资|投入|资金|出资|耗资|筹资|斥资|筹集)(?:了|共|达|约|近)?$")
_GOES_ON: Final = frozenset("的实用")
_OF_A_SUM: Final = re.compile(r"的?(?:目标|任务|资金|投资|经费|税收)(?![^，。；]{0,4}[\d一二三四五六七八九十])")


def is_rate_without_sign(text: str, start: int, end: int) -> bool:
    """Return whether the plain number `start:end` is a rate of change whose % was lost: 同比增长18.3；."""
    whole, point, _ = text[start:end].partition(".")
    if (text[end : end + 1] not in STOPS and text[end : end + 1] != "（") or len(whole) > _LONGEST_RATE:
        return False
    if _OF_PLAN.search(text, max(0, start - 12), start):
        return True
    if text.find("率", max(0, start - 3), start) >= 0 and _OF_ALL.search(text, max(0, start - 9), start):
        return text[end : end + 1] != "（" and float(text[start:end]) <= _ALL
    return _GROWTH.search(text, max(0, start - 8), start) is not None and (
        bool(point) or _COMPARED.search(text, max(0, start - 8), start) is not None
    )


def is_per_mille_without_sign(text: str, start: int, end: int) -> bool:
    """Return whether the plain number `start:end` is a rate of births or growth whose ‰ was lost."""
    is_last = text[end : end + 1] in STOPS
    return (
        is_last and end - start <= _LONGEST_RATE + 2 and _OF_PEOPLE.search(text, max(0, start - 8), start) is not None
    )


def is_sum_without_unit(text: str, start: int, end: int) -> bool:
    """Return whether a number with 万 or 亿, `start:end`, is a sum whose 元 was left out before what it is for."""
    is_paid = text[end : end + 1] in _GOES_ON and _PAID.search(text, max(0, start - 4), start) is not None
    return is_paid or _OF_A_SUM.match(text, end) is not None
