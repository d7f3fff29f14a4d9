"""A year that stands right before its figure decides whose it is: 财政收入2023年760万元，2024年790万元."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.domain.facts import Measure
from tasks.extract.readings import Reading

__all__ = ["by_own_year", "goes_on_in_a_year", "is_of_years_begin", "keep_register"]

_REACH: Final = 14
_STATED: Final = (
    r"(?P<year>(?:19|20)\d\d)年(?:度|末|底|年末|年底)?"
    r"(?:的|为|是|有|约|仅|达到?|完成|实现|增[加长]?[到至为]|提高到|上升到)*"
)
_BEFORE: Final = re.compile(rf"(?<![比较与同以到至]){_STATED}$")
_COME_TO: Final = re.compile(rf"[到至]{_STATED}$")  # 增加到1978年的268万元，2011年达到9515万元
_THEN_LATER: Final = re.compile(r"[，、；](?:到|至)?(?:19|20)\d\d年")
_GOES_ON: Final = re.compile(rf"[，、；（]?(?:到了?|至)?{_STATED}")


def goes_on_in_a_year(own: str) -> bool:
    """Return whether `own`, what stands between two figures, says only of which year the second is: ，2024年达到."""
    return _GOES_ON.fullmatch(own) is not None


def by_own_year(text: str, readings: Sequence[Reading], year: int) -> None:
    """Settle in place whether a figure with a year of its own is the report's, of an earlier or of a coming `year`."""
    for one in readings:
        if not one.code or one.period or one.measure not in {"level", "prior_level", "forecast"}:
            continue
        begin = one.quantity.outer_start
        lead = text[max(0, begin - _REACH) : begin]
        if "年" not in lead:
            continue
        stated = _BEFORE.search(lead)
        if stated is None and _THEN_LATER.match(text, one.quantity.outer_end):
            stated = _COME_TO.search(lead)
        if stated is None:
            continue
        said = int(stated["year"])
        if said >= year and lead[stated.start()] in "到至":
            continue
        measure: Measure = "level" if said == year else "prior_level" if said < year else "plan"
        if measure != "prior_level" and one.measure == "forecast":
            continue
        if measure == "plan" and one.measure == "prior_level":
            continue
        if measure != one.measure:
            one.measure, one.rule = measure, f"{one.rule}+own_year"


# 年初存栏19.64万头: what there was when the year began; 年初计划 and 年初以来 say something else.
_YEARS_BEGIN: Final = re.compile(
    r"(?:今年|当年)?年初(?!(?:以来|起)|[^，。；]{0,8}(?:计划|目标|任务|安排|预算|下达|确定|制定|提出|预计|部署|分解|签订|启动|识别|精准识别))"
)


def is_of_years_begin(text: str, clause: int, lead: int) -> bool:
    """Return whether a clause opens with 年初 and so tells, up to `lead`, of what there was then."""
    return _YEARS_BEGIN.match(text, clause, lead) is not None


# 建档立卡贫困户687户2563人全部脱贫 says how many there are on the register; 剩余的27户全部脱贫 how many were lifted.
_COUNTED_POOR: Final = r"(?:[、，（]?\d[\d.,]*万?余?[户人名]）?)?"
_REGISTERED: Final = r"建档立卡(?:的?(?:农村)?贫困)?(?:户|人口|群众|对象|家庭)?"
_ON_THE_REGISTER: Final = re.compile(rf"{_REGISTERED}(?:共有|共计|共|有|计|为|总数)?{_COUNTED_POOR}[、，]?$")
_REGISTERED_BEHIND: Final = re.compile(rf"{_COUNTED_POOR}的?{_REGISTERED}")
_ALL_LIFTED: Final = re.compile(
    rf"{_COUNTED_POOR}(?:的?{_REGISTERED})?[，]?(?:已|均|都|现已|于今年|今年|到今年底|按照?现行标准)*(?:如期|顺利|高质量)?(?:全部|全都|均|都|已全)"
    r"(?:已|如期|顺利|实现|稳定|高质量|达到|光荣)*(?:脱贫|摘帽|达标|退出|越线)"
)
_THOSE_LEFT: Final = re.compile(r"剩余|剩下|最后|余下|未脱贫|实现|推动|帮助|带动|年内|当年")
_BY_WORK: Final = re.compile(r"(?:实现|完成|推动|推进|帮助|助力|确保|带领|促使)(?![^，。；]{0,8}动态)")
_THEN_LIFTED: Final = re.compile(
    rf"{_COUNTED_POOR}(?:的?(?:建档立卡|农村)?贫困(?:户|人口|群众))?(?:全部|如期|顺利|稳定|高质量|按期|实现)*脱贫(?![户人攻任])"
)
_LIFTED: Final = {
    "poverty.lifted_households": "poverty.registered_households",
    "poverty.lifted_people": "poverty.registered_people",
}
_REGISTER: Final = ("poverty.registered_households", "poverty.registered_people")
# 2014年识别建档立卡贫困户412户: the poor were entered once, and the register stands.
_ENTERED: Final = re.compile(r"(?:20\d\d年年?[末底初]?|(?:今年|本年|当年)?年初)(?![^，。；]{0,10}(?:之初|初期))")


def keep_register(text: str, readings: Sequence[Reading]) -> None:
    """Take in place what a clause of an earlier year says of the register of the poor as what it holds.

    Where a figure of today stands beside it (现有建档立卡贫困户…), the earlier one stays an earlier one.
    Where all who were entered have been lifted since (建档立卡贫困户687户全部脱贫), the figure says how many those are.
    """
    for one in readings:
        if one.measure == "level" and one.code in _LIFTED and _is_of_all_entered(text, one):
            one.code = _LIFTED[one.code]
        elif one.code in _REGISTER and one.measure in {"level", "plan"} and _are_lifted(text, one):
            one.code = one.code.replace(".registered_", ".lifted_")
    entered = [one for one in readings if one.code in _REGISTER]
    stated = {one.code for one in entered if one.measure == "level"}
    is_kept = False
    for one in entered:
        if one.measure != "prior_level" or one.code in stated:
            continue
        if one.rule == "pair":
            is_its = is_kept
        else:
            is_its = one.rule.endswith("+earlier") and _ENTERED.match(text, one.place.clause[0]) is not None
        is_kept = is_its
        if is_its:
            one.measure = "level"


def _is_of_all_entered(text: str, reading: Reading) -> bool:
    q, clause = reading.quantity, reading.place.clause[0]
    if _ALL_LIFTED.match(text, q.outer_end) is None or _THOSE_LEFT.search(text, clause, q.outer_start):
        return False
    is_named = _ON_THE_REGISTER.search(text, clause, q.outer_start) is not None
    return is_named or _REGISTERED_BEHIND.match(text, q.outer_end) is not None


def _are_lifted(text: str, reading: Reading) -> bool:
    """Return whether those entered were lifted by what the clause tells of: 实现建档立卡贫困户86户263人脱贫."""
    q = reading.quantity
    is_lifted = _THEN_LIFTED.match(text, q.outer_end) is not None
    return is_lifted and _BY_WORK.search(text, reading.place.clause[0], q.outer_start) is not None
