"""A figure that is one of several, told by the figure before it: 黄芪2900亩、党参2300亩; 面积3.2万亩，年产鲜果4万吨."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.mentions import Quantity
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.lexicon import Lexicon

__all__ = ["AREAS", "PROJECT_AFTER", "Generic", "SiblingFinder", "before_aside", "is_of_several_funds"]

# Crops that have an indicator of their own.
AREAS: Final = frozenset({"agri.tobacco_area", "agri.tea_area", "agri.vegetable_area", "agri.fruit_area"})
_HAVE_PARTS: Final = AREAS | {"agri.herb_area", "agri.crop_area"}
_LISTED: Final = frozenset({"agri.crop_area", "agri.crop_output", "agri.crop_output_value", "infra.facilities"})
_PART: Final = re.compile(r"[，、（(]其中([\u4e00-\u9fff]{2,4})")
# After 其中 these are parts of an area and no crops of their own.
_NO_CROP: Final = re.compile(
    r"育|集中|新|投产|挂果|改造|水田|旱地|露地|大棚|设施|机|流转|优质|基地|标准|连片|示范|良种|可采|幼|成片|绿色|有机"
    r"|[比增减种栽产]|面积|今年|中药|药材|果|蔬菜|粮|茶园|林$"
)
_NEXT: Final = re.compile(r"[、，和及与；]([\u4e00-\u9fff]{1,8})")
_NO_SIBLING: Final = re.compile(
    r"其中|各[类种]|其他|其它|合计|增长|下降|提升|改造|改建|续建|维修|修缮|维护|加固|清淤|施划|组建|比|受|户|元|人均|面积|共|累计|[和及与]"
)
# 新建暖棚286座，青贮池190座: the verb goes on over the comma to things of that kind.
_NEXT_THING: Final = re.compile(r"[\u4e00-\u9fff]{1,7}(?:[站场园馆所室池棚库窖桥圈井塔坝亭]|食堂|中心)")
_SORT_OF: Final = re.compile(r"^(?:良种|优质|脱毒|地膜|杂交|高产|早熟|优良|春|夏|秋|冬)+")
_NEXT_PROJECT: Final = re.compile(r"的[^，。；]{2,24}[、和]")
_PAID: Final = re.compile(
    r"[、，和及与](?P<part>其中)?(?:落实|发放|兑付|兑现)?(?P<fund>[\u4e00-\u9fff]{2,14}(?:补贴|补助|奖补|直补)(?:资金)?)"
)
_ITS_OUTPUT: Final = re.compile(
    r"[，、](?:年|全年|总|共|预计|可)*(?:产量?|总产量?|采收|采摘|收获)(?:鲜果|干果|鲜品|干品|果)?(?:达到?|约|近|共)*"
)
# 采挖虫草412斤，实现收入2163万元
_ITS_INCOME: Final = re.compile(
    r"[，、](?:全年|总|实现|创造?|带来|获得?|取得|预计|综合|群众|农户|农牧民)*(?:总?收入|产值|总产值|销售收入|销售额)(?:达到?|约|近|共)*"
)
# 粮食总产4.62万吨，其中中稻3.38万吨; 产量2.9万吨，主要品种有大葱、黄瓜等，其中大葱0.5万吨
_PART_OF_OUTPUT: Final = re.compile(
    r"(?:[，；]主要(?:品种|种类|作物|有|为|是|种植)[^，。；\d]{1,40})?"
    r"[，、；（(]?其中[:：，]?([\u4e00-\u9fff]{1,5}?)(?:总?产量?)?(?:达到?|约|近)?"
)
_TOTAL_OUTPUTS: Final = frozenset(
    {"agri.grain_output", "agri.oil_output", "agri.fruit_output", "agri.vegetable_output"}
)
_WITH_VALUE: Final = frozenset({"烤烟", "烟叶"})  # whose value has an indicator of its own
_PER_HEAD: Final = re.compile(
    r"[，、（](?:农民|农业人口)?(?:人均|人平|户均|亩均)(?:占有)?(?:产量?|有粮|面积)?(?:达到?|约|近)?"
)
# Crops whose area has an indicator of its own, and their output none: 烤烟面积2600亩，产量380吨.
_BY_NAME: Final = {"agri.tobacco_area": "烤烟", "agri.tea_area": "茶叶", "agri.herb_area": "中药材"}
_ITS_VALUE: Final = re.compile(r"[，、](?:年|全年|总|实现|预计|综合)*(?:产值|总产值)(?:达到?|约|近|共)*")
PROJECT_AFTER: Final = re.compile(
    r"(?:元)?[，,]?(?:用于|实施|建成|新建|修建|建设(?!面积|时限|工期|周期|期限|内容|规模|地点|标准)|完成(?!率)|改造|启动|推进|硬化|打造|改扩建|扩建|的)(?:了)?"
    r"(?:[等]?[一二两三]?\d*[个座处条项所家])?([\u4e00-\u9fff“”]{2,18})"
)


_FUND_BEFORE: Final = re.compile(
    r"(?:低保|五保|特困(?:供养)?|临时救助|医疗救助|优抚|孤儿)(?:金|资金|补助金|供养金|生活费|补助)?[、和及与]$"
)


@dataclass(frozen=True, slots=True)
class Generic:
    """An indicator told by the kind of thing counted rather than by a fixed name: a crop, a facility, a kind."""

    code: str
    item: str
    rule: str
    confidence: float
    score: float


def before_aside(text: str, before: Sequence[Reading]) -> Reading | None:
    """Return the reading before, or the one before a figure per head: 生产粮食1.3万吨，人均486公斤，其中小麦4640吨."""
    if len(before) < 2 or before[-1].code or not before[-2].code:
        return before[-1] if before else None
    whole, aside = before[-2].quantity, before[-1].quantity
    if _PER_HEAD.fullmatch(text, whole.outer_end, aside.outer_start) is None:
        return before[-1]
    return replace(before[-2], quantity=replace(whole, outer_end=aside.outer_end))


def is_of_several_funds(text: str, code: str, named: int) -> bool:
    """Return whether the fund named at `named` is the last of several that one sum pays: 低保金、五保金320万元."""
    return code == "social.relief_funds" and _FUND_BEFORE.search(text, max(0, named - 12), named) is not None


class SiblingFinder:
    """Reads a figure by the item and indicator of the one before it; holds only data."""

    def __init__(self, lexicon: Lexicon, no_crop_area: re.Pattern[str]) -> None:
        self._crops = lexicon.crops
        self._no_crop_area = no_crop_area
        self._built = re.compile("|".join(sorted(map(re.escape, lexicon.words["items"]["build_verbs"]), key=len)))
        self._facility_units = frozenset(lexicon.words["items"]["facility_units"])

    def sibling(self, scene: Scene, q: Quantity, zone: Zone, previous: Reading) -> Generic | None:
        """Return the item of a list that the figure before it opened: 黄芪2900亩、党参2300亩、柴胡1600亩."""
        text, kind, code = scene.text, q.unit.dimension, previous.code
        gap = text[previous.quantity.outer_end : zone.lead]
        part = _PART.fullmatch(gap) if kind == "area" and code in _HAVE_PARTS else None
        if part and not _NO_CROP.search(part[1]):
            return Generic("agri.crop_area", part[1], "sibling", 0.8, 100)  # 中药材3600亩，其中林下参2700亩
        is_cost = code == "project.investment" and kind == "money" and text.startswith("的", q.outer_end)
        if is_cost and _NEXT_PROJECT.fullmatch(gap):
            named = PROJECT_AFTER.match(text, q.outer_end)  # 总投资12亿元的产业园、5.6亿元的封装测试项目
            return Generic(code, named[1] if named else "", "sibling", 0.8, 100)
        output = _PART_OF_OUTPUT.fullmatch(gap) if kind == "mass" and code in _TOTAL_OUTPUTS else None
        if output and output[1] in self._crops:
            return Generic("agri.crop_output", self._crops[output[1]], "sibling", 0.85, 100)
        beside = (
            _NEXT.fullmatch(gap) if kind == "mass" and code in _TOTAL_OUTPUTS and previous.measure == "level" else None
        )
        if beside and beside[1] in self._crops and beside.group()[0] in "，、；":
            return Generic("agri.crop_output", self._crops[beside[1]], "sibling", 0.85, 100)  # 粮食总产3万吨，西瓜180吨
        if code == "social.subsidies_paid" and kind == "money":
            paid = _PAID.fullmatch(gap)
            is_one = paid is not None and (previous.item or paid["part"])
            return Generic(code, paid["fund"], "sibling", 0.8, 100) if paid and is_one else None
        if not previous.item or code not in _LISTED:
            return None
        if q.unit.unit != previous.quantity.unit.unit and not (
            code == "infra.facilities" and q.unit.unit in self._facility_units
        ):
            return None
        match = _NEXT.fullmatch(gap)
        if match is not None and (crop := self._crops.get(_SORT_OF.sub("", match[1]))) and code != "infra.facilities":
            return Generic(code, crop, "sibling", 0.85, 100)  # 种植玉米1600亩，良种红薯740亩
        if match is None or _NO_SIBLING.search(match[1]) or self._no_crop_area.search(match[1]):
            return None
        is_next_thing = (
            code == "infra.facilities"
            and match.group()[0] == "，"
            and _NEXT_THING.fullmatch(match[1]) is not None
            and self._built.match(match[1]) is None
        )
        if match.group()[0] in "，；" and match[1] not in self._crops and not is_next_thing:
            return None
        return Generic(code, match[1], "sibling", 0.8, 100)

    def of_same_crop(self, scene: Scene, q: Quantity, zone: Zone, previous: Reading) -> Generic | None:
        """Return output or value of a crop that no list knows, said right after its area: 面积3万亩，年产鲜果4万吨.

        What a crop brought in is told by its output too: 采挖虫草412斤，实现收入2163万元.
        """
        own = scene.text[previous.quantity.outer_end : zone.lead]
        if previous.code in _BY_NAME and q.unit.dimension == "mass" and _ITS_OUTPUT.fullmatch(own):
            return Generic("agri.crop_output", _BY_NAME[previous.code], "crop_product", 0.85, 115)
        if not previous.code.startswith("agri.crop_") or not previous.item:
            return None
        if previous.item in _WITH_VALUE:
            return None
        is_sold = q.unit.dimension == "money" and previous.code == "agri.crop_output" and previous.measure == "level"
        if is_sold and _ITS_INCOME.fullmatch(own):
            return Generic("agri.crop_output_value", previous.item, "crop_product", 0.85, 115)
        if previous.item in self._crops:
            return None
        if previous.rule == "sibling" and own.startswith(("，总产", "，总收入")):
            return None  # 蔬菜2.5万亩，其中棚菜7800亩，总产12.1万吨: of all vegetables again
        if q.unit.dimension == "mass" and _ITS_OUTPUT.fullmatch(own):
            return Generic("agri.crop_output", previous.item, "crop_product", 0.8, 115)
        if q.unit.dimension == "money" and _ITS_VALUE.fullmatch(own):
            return Generic("agri.crop_output_value", previous.item, "crop_product", 0.8, 115)
        return None
