"""Two figures under one name that are a whole and what was done of it: 交办的4个问题已整改3个."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from expectations.catalogue import Indicator
from tasks.extract.aims import SIZES
from tasks.extract.guards import Words
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["is_change_of_whole", "is_part_of_township", "tell_of_which"]

_NOW_DONE: Final = re.compile(r"^[\u4e00-\u9fff]{0,4}[，、]?(?:目前|现)?(?:已|均)")
_IN_ALL: Final = re.compile(r"[，、；]?(?:全[镇乡]|全街道|目前|现)?(?:累计|总数|总量|总面积|总规模)")
_NEW_ONES: Final = re.compile(r"新增|新流转|新办|新建|当年|今年|本年|培育|认定|创建|引进")
_NEW_FLOW: Final = re.compile(r"新增|新流转|当年|今年|本年")  # what a flow counts is new: 新建1.3万亩，累计建成11.2万亩
_FOUND: Final = re.compile(r"排查|摸排|受理|查出|检查|发现")
# What was done of what was found, where both are told by one name.
_FOUND_OF: Final = {
    "stability.disputes_mediated": "stability.disputes_found",
    "safety.hazards_fixed": "safety.hazards_found",
}
# 申报项目31个，批复实施17个: what was asked for is no fact where it is said what was granted.
_ASKED: Final = Words(("申报", "申请", "上报", "报批", "报送"))
_GRANTED: Final = re.compile(r"批复|获批|批准|核准|立项|下达|通过")
# 交办代表建议19件，已办结17件
_HANDED_OVER: Final = re.compile(r"交办|收到|征集|征求|承接|接收|转办")
_THEN_DONE: Final = re.compile(r"^[\u4e00-\u9fff]{0,8}，(?:已|现已|目前已|全部)?(?:办结|整改|销号|完成整改|办理)了?$")
_DEALT_WITH: Final = re.compile(r"[，、（](?:目前|现|均)?已?(?:全部)?(?:办结|办复|办理完毕|落实|答复|办理)了?$")
# “三类人员”达到46户，其中脱贫不稳定户18户: kinds of those watched, though the sentence also tells of new ones.
_RECRUITS: Final = re.compile(r"[，、](?:其中)?(?:当年|今年|年内|全年)?新?(?:发展|吸收)(?:新?党员)?")
_VALUE_OF_IT: Final = re.compile(r"[，、](?:实现|年|总)*产值(?:达到?|为|约)?")
_DUG_ANEW: Final = re.compile(r"[，、](?:新修|新建|新挖|新砌|整修|修复)")
_LIFTED: Final = frozenset({"poverty.lifted_households", "poverty.lifted_people"})
_LIFTED_BEFORE: Final = re.compile(
    r"(?:[、，]?\d+人)?(?:均|都)?已?(?:均|都)?于(?:上年|去年|前年|20\d\d年)[^，。；]{0,6}(?:脱贫|摘帽|退出)"
)
_OF_ONE_CROP: Final = frozenset({"agri.tobacco_output_value", "agri.crop_output_value"})
_TAX_ON_IT: Final = re.compile(r"[、，和](?:实现|创造?|上缴|完成|缴纳)?(?:烟叶)?(?:税收|利税|税)(?:收入)?(?:达到?|约)?")
_NEWLY_WATCHED: Final = "poverty.newly_identified_"
_WATCHED: Final = "poverty.monitored_"
_CLEARED: Final = "poverty.risk_cleared_"
_OF_THEM: Final = re.compile(r"[，（]其中[:：]?[^，。；、\d]{2,10}|[、，][^，。；、\d]{2,10}")


def is_change_of_whole(readings: Sequence[Reading], position: int, refused: Mapping[int, str]) -> bool:
    """Return whether the first of two changes is of the whole: 总产值25亿元，其中规上12亿元，分别增长5.5%和11.2%."""
    one = readings[position]
    return (
        one.rule == "list_change"
        and position >= 2
        and position - 2 not in refused
        and readings[position - 2].code == one.code
        and position + 1 < len(readings)
        and readings[position + 1].rule == "list_change"
        and readings[position + 1].code == one.code
    )


def is_part_of_township(text: str, readings: Sequence[Reading], position: int) -> bool:
    """Return whether a sentence that opens with 其中 tells a part of what the one before did: 其中山区2个村、22个组.

    After the one it divides may stand rates of it: 财政总收入1260万元，增长46%。其中地方财政收入852万元.
    """
    one = readings[position]
    start = one.place.sentence[0]
    return text.startswith("其中", start) and any(
        other.code == one.code
        and other.quantity.start < start
        and (
            one.code in SIZES
            or (other.measure in {one.measure, "prior_level"} and other.place.sentence[1] == start - 1)
        )
        for other in readings[max(0, position - 12) : position]
    )


def _is_of_the_last(scene: Scene, previous: Reading, reading: Reading) -> bool:
    """Tell what a figure that names too little is of by the one before: what a herd was sold for, canals dug anew."""
    between = scene.text[previous.quantity.outer_end : reading.quantity.outer_start]
    is_of_herd = reading.code == "econ.industry_output" and previous.code.startswith("livestock.")
    if is_of_herd and _VALUE_OF_IT.fullmatch(between):
        reading.refuse("value of one herd")  # 生猪出栏4.6万头，产值达7420万元
        return True
    if reading.code == "infra.roads_km" and _DUG_ANEW.fullmatch(between):
        before = scene.text[previous.place.clause[0] : previous.quantity.outer_start]
        if "渠" in before or "沟" in before:
            reading.code = "infra.canals_km"  # 清淤渠道22公里，新修3.8公里
            return True
    return False


def tell_of_which(scene: Scene, reading: Reading, previous: Reading | None, catalogue: dict[str, Indicator]) -> None:
    """Tell the whole from what was done of it: 交办的4个问题已整改3个; 当年新增流转5400亩，累计流转4.3万亩."""
    if (
        previous is not None
        and not previous.code
        and _RECRUITS.fullmatch(scene.text, previous.quantity.outer_end, reading.quantity.outer_start)
    ):
        clause = previous.place.clause[0]
        if scene.text[clause : previous.quantity.outer_start] == "党员":
            previous.take("party.members", "level", "", "name_before", 0.85)  # 党员327名，发展9名
            reading.take("party.members_recruited", "level", "", "new", 0.85)
    if reading.code in _LIFTED and _LIFTED_BEFORE.match(scene.text, reading.quantity.outer_end):
        reading.code = reading.code.replace(".lifted_", ".registered_")  # 建档立卡户97户438人已于上年全部脱贫
    if previous is not None and _is_of_the_last(scene, previous, reading):
        return
    if previous is not None and reading.code == "fiscal.tax" and previous.code in _OF_ONE_CROP:
        if _TAX_ON_IT.fullmatch(scene.text, previous.quantity.outer_end, reading.quantity.outer_start):
            reading.refuse("tax on one crop")  # 烤烟…实现产值1380万元、税收302万元
        return
    if previous is not None and (previous.code, reading.code) == ("discipline.cases", "governance.cases_cracked"):
        previous.refuse("cases of the police")  # 立案46起，破案38起
    is_pair = previous is not None and previous.code == reading.code == "stability.petitions"
    if is_pair and previous is not None and previous.quantity.outer_end == reading.quantity.outer_start:
        reading.refuse("second unit")  # 来信来访108批190人次
        return
    if previous is not None and (previous.code, reading.code) == ("collective.villages_over", "collective.income"):
        if previous.item.startswith(reading.quantity.stated_value):
            reading.refuse("threshold")  # 5个村集体经济积累达到5万元以上
        return
    if previous is None or previous.measure != "level":
        return
    between = scene.text[previous.quantity.outer_end : reading.quantity.outer_start]
    if previous.code.startswith(_WATCHED) and reading.item and reading.code.startswith((_NEWLY_WATCHED, _CLEARED)):
        if _OF_THEM.fullmatch(between) or not between:
            reading.code = _WATCHED + reading.code.removeprefix(_NEWLY_WATCHED).removeprefix(_CLEARED)
        return
    is_kind = reading.code == "stability.disputes_found" and previous.code.startswith("stability.disputes_")
    if is_kind and between[:3] in {"，其中", "（其中"}:
        reading.refuse("part")  # 调处各类纠纷126起，其中土地纠纷42起
        return
    if previous.code.startswith(_CLEARED) and reading.item and reading.code.startswith(_WATCHED) and between == "（":
        reading.code = _CLEARED + reading.code.removeprefix(_WATCHED)  # 已消除风险19户64人（脱贫不稳定户3户）
        return
    before = scene.text[previous.place.clause[0] : previous.quantity.outer_start]
    if reading.code == "econ.large_firms" and between.startswith("，其中") and "引进" in before:
        reading.refuse("part")  # 引进工业企业32家，其中规模以上企业4家
        return
    is_rest = not reading.code and previous.code == "governance.proposals" and _DEALT_WITH.fullmatch(between)
    if is_rest and _HANDED_OVER.search(before) and reading.quantity.unit.unit == previous.quantity.unit.unit:
        reading.take(previous.code, "level", previous.item, "reached", previous.confidence)
        previous.refuse("the whole, of which the next was done")
        return
    is_granted = _ASKED.stand_in(before) and _GRANTED.search(between)
    if is_granted and not reading.code and reading.quantity.unit.unit == previous.quantity.unit.unit:
        reading.take(previous.code, "level", "", "reached", previous.confidence)
    if not reading.code or previous.code != reading.code or reading.measure != "level":
        return
    if is_granted:
        previous.refuse("asked for, not granted")
        return
    if previous.item != reading.item:
        return
    found = _FOUND_OF.get(reading.code)
    if found and previous.named is not None and _FOUND.search(previous.named.hit.words):
        previous.code = found  # 排查调处矛盾纠纷173起，调解成功166起
    elif reading.code.endswith("_fixed") and (
        _NOW_DONE.search(between) or (_HANDED_OVER.search(before) and _THEN_DONE.search(between))
    ):
        previous.refuse("the whole, of which the next was done")
    elif _IN_ALL.match(between) and (_NEW_ONES if catalogue[reading.code].kind == "stock" else _NEW_FLOW).search(
        before
    ):
        previous.measure, previous.rule = "growth_abs", "new"
