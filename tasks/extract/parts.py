"""Figures of a sentence that are parts of what the same sentence tells, and no facts of the township themselves.

有组织输出420人，自发外出2260人，合计转移2680人: the first two add up to the third.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

from tasks.extract.mentions import Quantity
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["refuse_told_parts"]

_IN_ALL: Final = re.compile(r"合计|共计|总计|一共|总共")
_LEAST_PARTS: Final = 2
# 城市低保46户61人、农村低保487户803人: two halves, of which no figure says what both are.
_HALVES: Final = (
    ("social.minimum_living_", re.compile(r"城[市镇]低保|城[市镇]最低"), re.compile(r"农村低保|农村最低")),
    ("livestock.sheep_", re.compile("绵羊"), re.compile("山羊")),
)
_BESIDE: Final = 8
_SETTLED: Final = re.compile(r"[调化][处解]率")
_SUCCEEDED: Final = re.compile(r"成功率")
# 靠产业的279户962人，搬迁的186户671人，兜底的197户402人: the poor divided by what is to help them.
_DIVIDED: Final = re.compile(r"的\d[\d,]*户")
# 其中绿色水稻1200亩 beside 水稻3350亩
_SORT: Final = re.compile(
    r"其中[：:]?(?:绿色|优质|节水|有机|富硒|订单|杂交|专用|无公害|高产|良种|新品种|机插|机播|设施|露地|地膜|覆膜)+(?:型|的)?[\u4e00-\u9fff]{1,5}$"
)
_CHANGES: Final = frozenset({"growth_pct", "growth_abs"})
_RISK_GONE: Final = re.compile(r"已消除风险|消除风险的?")
_RISK_LEFT: Final = re.compile(r"未消除风险(?:的|有)*(?:\d[\d,]*户、?)?$")
# 平均亩产386公斤，比上年多收11公斤: of one mu
_OF_A_YIELD: Final = re.compile(
    r"(?:亩产|单产)[^，。；\d]{0,6}[\d.]+[^，。；\d]{1,3}，[比较](?:上年|去年|上一年|往年)[^，。；\d]{0,6}$"
)
_FOR_THEM: Final = re.compile(r"[^，。；\d]{0,4}(?:为|给|向|帮助)")
_WAS_DONE: Final = re.compile(
    r"(?:[、，]?\d[\d,]*人)?(?:贫困(?:户|人口|群众))?(?:提供|发放|送去|购买|配备|补助|落实|办理|实施|解决|代缴|缴纳|申请|申报)"
)
_REACHES: Final = ("涉及", "惠及", "带动", "吸纳", "扶持", "受益")
_NEAR_MOVED: Final = 30  # letters: 搬迁户62户251人住进了三个安置点，其中建档立卡的55户
_OF_THE_MOVED: Final = re.compile(r"其中(?:建档立卡|脱贫|贫困)")


def refuse_told_parts(scene: Scene, readings: Sequence[Reading]) -> None:
    """Refuse, in place, what another figure of the same sentence shows to be a part."""
    for (start, _), group in groupby(readings, key=lambda one: one.place.sentence):
        held = list(group)
        coded = [one for one in held if one.code]
        if len(held) < _LEAST_PARTS or not coded:
            continue
        _refuse_summands(scene.text, held)
        _refuse_served(scene.text, coded)
        _refuse_more_of_yields(scene.text, coded)
        if len(coded) < _LEAST_PARTS:
            continue
        _refuse_halves(scene.text, coded)
        _refuse_settled(scene.text, coded)
        _refuse_other_talks(scene.text, coded)
        _refuse_divided_poor(scene.text, coded, start)
        _refuse_sorts(scene.text, coded)
        _refuse_watched_still(scene.text, coded, start)
        _refuse_moved_poor(scene.text, coded)


def _amount(q: Quantity) -> Fraction:
    return Fraction(q.value or 0) * q.unit.factor


def _refuse_summands(text: str, held: Sequence[Reading]) -> None:
    """Refuse figures that add up to the one of the same indicator that 合计 opens."""
    for position, one in enumerate(held):
        if one.measure != "level" or position < _LEAST_PARTS or not one.quantity.value:
            continue
        if _IN_ALL.search(text, held[position - 1].quantity.outer_end, one.quantity.outer_start) is None:
            continue
        total, summed, parts = _amount(one.quantity), Fraction(0), []
        for other in reversed(held[:position]):
            if other.quantity.unit.dimension != one.quantity.unit.dimension:
                continue
            parts.append(other)
            summed += _amount(other.quantity)
            if summed >= total:
                break
        if summed == total and len(parts) >= _LEAST_PARTS:
            codes = {(part.code, part.item) for part in parts}
            if not one.code and len(codes) == 1 and parts[0].code:
                _take_sum(text, one, parts[0], held[position + 1 : position + 2])
            for part in parts:
                if (part.code, part.item) == (one.code, one.item):
                    part.refuse("part of a sum")


def _take_sum(text: str, one: Reading, part: Reading, after: Sequence[Reading]) -> None:
    """Read a sum as what it sums, with its people: 城市低保24户、农村低保386户，合计410户673人."""
    one.take(part.code, part.measure, part.item, "sum", 0.85)
    people = part.code.replace("_households", "_people")
    for other in after:
        is_beside = text[one.quantity.outer_end : other.quantity.outer_start] in {"", "、"}
        if is_beside and not other.code and other.quantity.unit.dimension == "people" and people != part.code:
            other.take(people, part.measure, "", "pair", 0.85)


def _refuse_more_of_yields(text: str, coded: Sequence[Reading]) -> None:
    """Refuse what one mu bore more: 玉米平均亩产386公斤，比上年多收11公斤."""
    for one in coded:
        if one.code == "agri.crop_output" and one.measure == "growth_abs":
            start = max(one.place.sentence[0], one.quantity.outer_start - 32)
            if _OF_A_YIELD.search(text, start, one.quantity.outer_start):
                one.refuse("yield of one crop")


def _words_before(text: str, one: Reading) -> str:
    start = one.named.hit.start if one.named is not None else one.quantity.outer_start - 11
    return text[max(one.place.sentence[0], start - 3) : one.quantity.outer_start]


def _refuse_halves(text: str, coded: Sequence[Reading]) -> None:
    """Refuse both halves of what no figure tells as a whole, with the people of their households."""
    for prefix, first, second in _HALVES:
        halves: list[Reading] = []
        sides = set()
        for one in coded:
            if not one.code.startswith(prefix) or one.measure != "level":
                continue
            words = _words_before(text, one)
            side = 1 if first.search(words) else 2 if second.search(words) else 0
            if side:
                sides.add(side)
                halves.append(one)
            elif halves and one.quantity.start - halves[-1].quantity.end <= _BESIDE and one.code.endswith("_people"):
                halves.append(one)  # 城市低保户18户、低保对象24人
        if len(sides) == _LEAST_PARTS:
            for one in halves:
                one.refuse("one half of the whole")


def _refuse_settled(text: str, coded: Sequence[Reading]) -> None:
    """Refuse how many quarrels were taken up where it is said how many were settled: 调处率100%，成功率97%."""
    rates = [one for one in coded if one.code == "stability.mediation_rate" and one.named is not None]
    for one, then in pairwise(rates):
        if one.measure == then.measure and _SETTLED.search(_words_before(text, one)):
            words = _words_before(text, then)
            if _SUCCEEDED.search(words) and not _SETTLED.search(words):
                one.refuse("taken up, of which the next were settled")


def _refuse_other_talks(text: str, coded: Sequence[Reading]) -> None:
    """Refuse talks of the heart beside those about discipline: 谈心谈话40人次，廉政谈话19人次."""
    talks = [one for one in coded if one.code == "discipline.talks" and one.measure == "level"]
    if len(talks) >= _LEAST_PARTS and any("廉政" in _words_before(text, one) for one in talks):
        for one in talks:
            if "谈心谈话" in _words_before(text, one):
                one.refuse("talks of another kind")


def _refuse_served(text: str, coded: Sequence[Reading]) -> None:
    """Refuse the poor for whom something was done, of all there are: 为贫困户68户、271人提供母羊."""
    for one in coded:
        if one.code.startswith("poverty.registered_") and one.measure == "level":
            clause = one.place.clause[0]
            named = one.named.hit.start if one.named is not None else one.quantity.outer_start
            is_served = _FOR_THEM.match(text, clause) and _WAS_DONE.match(text, one.quantity.outer_end)
            if is_served or text.endswith(_REACHES, max(clause, named - 2), named):
                one.refuse("served, and not all there are")


def _refuse_divided_poor(text: str, coded: Sequence[Reading], start: int) -> None:
    divided = [
        one
        for one in coded
        if one.quantity.unit.dimension == "households"
        and one.code.startswith(("poverty.relocation_", "poverty.lifted_", "social."))
        and text[one.quantity.outer_start - 1] == "的"
    ]
    if not divided or len(_DIVIDED.findall(text[start : coded[0].place.sentence[1]])) < _LEAST_PARTS + 1:
        return
    for one in divided:
        one.refuse("part")
        for other in coded:
            if other.rule == "pair" and other.quantity.start == one.quantity.end:
                other.refuse("part")


def _refuse_sorts(text: str, coded: Sequence[Reading]) -> None:
    """Refuse what a sort has of its crop: 水稻3350亩，其中绿色水稻1200亩，比上年多400亩."""
    for position, one in enumerate(coded):
        if position == 0 or one.code != "agri.crop_area":
            continue
        before = coded[position - 1]
        sort = _SORT.search(text, max(one.place.sentence[0], one.quantity.outer_start - 14), one.quantity.outer_start)
        if sort is None or before.code != one.code or not one.item.endswith(before.item) or not before.item:
            continue
        item = one.item
        one.refuse("part")
        for other in coded[position + 1 :]:
            if (other.code, other.item) != ("agri.crop_area", item) or other.measure not in _CHANGES:
                break
            other.refuse("part")


def _refuse_watched_still(text: str, coded: Sequence[Reading], start: int) -> None:
    """Refuse those still at risk of all who are watched: 监测对象218户，已消除风险211户，未消除风险7户."""
    watched = [one for one in coded if one.code.startswith("poverty.monitored_")]
    for position, one in enumerate(watched):
        if not position:
            continue  # what stands first is no part of what is told before
        left = _RISK_LEFT.search(text, max(start, one.quantity.outer_start - 16), one.quantity.outer_start)
        gone = _RISK_GONE.search(text, start, left.start()) if left is not None else None
        if gone is not None and watched[0].quantity.start < gone.start():
            one.refuse("part")


def _refuse_moved_poor(text: str, coded: Sequence[Reading]) -> None:
    """Refuse the poor among those who moved: 易地搬迁286户1098人，其中建档立卡户231户902人."""
    moved = None
    for one in coded:
        if one.code.startswith("poverty.relocation_"):
            moved = one
        elif moved is not None and one.code.startswith("poverty.") and one.place.clause[0] > moved.quantity.end:
            clause = one.place.clause[0]
            if _OF_THE_MOVED.match(text, clause) and clause - moved.quantity.end <= _NEAR_MOVED:
                one.refuse("part")
