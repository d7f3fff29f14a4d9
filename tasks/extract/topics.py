"""A figure whose own clause names nothing speaks of what the clause before is about: 民宿不减反增，由26家增至33家."""

import re
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.mentions import Quantity
from tasks.extract.names import NameFinder
from tasks.extract.scene import Hit, Scene
from tasks.extract.siblings import AREAS
from tasks.lexicon import Alias, Lexicon

__all__ = ["OF_ITS_WORK", "TopicFinder"]

_OF_PLACE: Final = re.compile(r"[^我全本是在，。]{0,2}(?:镇|乡|街道|村|社区|苏木)")  # 杏花街道位于…，辖区面积28平方公里
_OF_LAND: Final = re.compile(r"辖区|国土|版图|区域|幅员")
_OBJECT: Final = 14  # letters that the name a clause ends with has at most
_REACH: Final = 48  # letters between the begin of the topic and the clause of its figure
_NEAR: Final = 16
_CROP_MEASURES: Final = {"area": "agri.crop_area", "mass": "agri.crop_output", "money": "agri.crop_output_value"}

_OF_GROUP: Final = re.compile(
    r"(?:[、和及与][\u4e00-\u9fff]{1,5}?)*?等(?:\d*[多余]?[个种]|各类|特色|优质|大宗|小)*(?P<what>油料|粮食|蔬菜|瓜菜|水果|中药材|药材)?"
)
_GROUPS: Final = {
    ("area", "油料"): "agri.oil_area", ("mass", "油料"): "agri.oil_output",
    ("area", "粮食"): "agri.grain_area", ("mass", "粮食"): "agri.grain_output",
    ("area", "蔬菜"): "agri.vegetable_area", ("mass", "蔬菜"): "agri.vegetable_output",
    ("area", "瓜菜"): "agri.vegetable_area", ("mass", "瓜菜"): "agri.vegetable_output",
    ("area", "水果"): "agri.fruit_area", ("mass", "水果"): "agri.fruit_output",
    ("area", "中药材"): "agri.herb_area", ("area", "药材"): "agri.herb_area",
}  # fmt: skip
OF_ITS_WORK: Final = re.compile(r"集中育秧|工厂化育秧|育秧|机插|病虫|统防|秸秆|良种|收购|加工|交易|市场|节|文化")
_PLANTED: Final = re.compile(r"(?:扩种|种植|栽植|栽种|推广|发展)了?$")  # 利用冬闲田扩种油菜，种植面积稳定在…
# 高标准农田建设是一号工程，县上给我镇的任务是2200亩
_OUR_TASK: Final = re.compile(
    r"(?:[县市区旗][上里级]?|上级)(?:政府|党委)?(?:给|下达给?|分配给?|交给|派给)我[镇乡]的?(?:全年|年度)?(?:硬)?(?:任务|指标|计划)(?:数|面积)?(?:是|为|共)?"
)
_OWN_NOUN: Final = re.compile(
    r"商标|[\u4e00-\u9fff、]{0,12}(?:单位|机构|部门|站所|商户)|[\u4e00-\u9fff]{1,6}的"
)  # 招商引资项目…，完成4个商标的申报: a noun of its own
# 在通组路建设上，硬化23公里; 村村通水泥路方面，…: what a clause says it speaks of stands at its end
_ABOUT: Final = re.compile(r"(?:建设|工作|治理|改造|发展|生产)?(?:上|方面|这一?块|一块|来说|来讲|而言)")


# 1.改厕。完成2340座: a label, and what is told under it first
_MARK: Final = (
    r"(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[）)、.．]|[①-⑳●■▪◆·•-]|[一二三四五六七八九十]是)?[ 　]*"
)
_LABEL: Final = re.compile(rf"\s*{_MARK}(?P<what>[\u4e00-\u9fff“”]{{2,8}}?)(?:工作|方面|情况)?[。：:\s]*")
_BLANKS: Final = " 　\n。：:"
_PLACES: Final = re.compile(r"(?:自然)?(?:屯|村|寨|湾|庄)|[\u4e00-\u9fff]{0,3}(?:小组|村民组)")


class TopicFinder:
    """Finds what a clause before is about; holds only data."""

    def __init__(self, lexicon: Lexicon, names: NameFinder) -> None:
        words = lexicon.words["topic"]
        self._names = names

        def any_of(key: str) -> str:
            return "|".join(sorted(map(re.escape, words[key]), key=len, reverse=True))

        self._verbs = re.compile(any_of("verbs"))
        self._openings = re.compile(rf"(?:{any_of('openings')})*")
        self._of_crop = {
            "area": re.compile(any_of("crop_area_verbs")), "mass": re.compile(any_of("crop_output_verbs")),
            "money": re.compile("产值"),
        }  # fmt: skip

    def find(self, scene: Scene, q: Quantity, zone: Zone) -> tuple[str, str] | None:
        """Return indicator and item of what the clause before `q` is about, when its own clause only leads to it."""
        text = scene.text
        # 整改率这块短板补上来了：去年92.4%: a clause that ends in a colon is told of what follows as well
        comma = max(text.rfind("，", zone.start, zone.lead), text.rfind("：", zone.start, zone.lead))
        own = text[comma + 1 : zone.lead]
        if comma < zone.start:
            return self._of_label(scene, q, zone)
        if (
            comma == zone.start
            or not own
            or own.startswith(("另", "带动"))
            or text.startswith(("未", "没"), zone.tail)
            or (q.unit.dimension == "count" and (_OWN_NOUN.match(text, zone.tail) or _PLACES.match(text, zone.tail)))
            or zone.lead - zone.start > _REACH + len(own)
        ):
            return None
        kind = self._of_crop.get(q.unit.dimension)
        grown = kind is not None and kind.search(own) is not None
        rest = self._rest(own)
        is_act = bool(rest) and not own.endswith("的") and self._names.gaps.tells_what_was_done(own)
        if rest and not is_act and not (kind is not None and self._only_changes(kind.sub("", own))):
            return None
        for begin in {max(zone.start, text.rfind("，", zone.start, comma) + 1): None, zone.start: None}:
            opening = self._openings.match(text, begin, comma)
            start = opening.end() if opening else begin
            hit = next((one for one in scene.hits_between(start, comma) if one.start == start), None)
            if hit is None:
                continue
            alias = self._alias(scene, q, hit, comma) if grown or is_act or not rest else None
            if alias is not None and is_act and not grown and self._names.is_stock(alias.code):
                continue
            if alias is not None and (not hit.crop or alias.code in AREAS):
                return alias.code, alias.words if alias.item == "=" else alias.item
            if hit.crop and (group := _OF_GROUP.match(text, hit.end, comma)):
                # 花生、芝麻等油料作物…，面积降至2400亩; 水稻等作物 are several crops in one figure
                code = _GROUPS.get((q.unit.dimension, group["what"] or ""))
                if code and (grown or (kind is not None and not rest)):
                    return code, ""
                continue
            if hit.crop and OF_ITS_WORK.match(text, hit.end):
                continue  # 早稻集中育秧、病虫害统防统治面积逐年扩大，播种面积2.85万亩
            if hit.crop and not _OF_PLACE.match(text, hit.end) and not _OF_LAND.search(own):
                named = kind is not None and not rest and kind.search(text, hit.end, comma)
                if grown or named:
                    return _CROP_MEASURES[q.unit.dimension], hit.crop
        about = scene.hits_between(max(zone.start, comma - _NEAR), comma)
        if about and not rest and _ABOUT.fullmatch(text, about[-1].end, comma):
            alias = self._alias(scene, q, about[-1], about[-1].end)
            if alias is not None and not about[-1].crop:
                return alias.code, alias.words if alias.item == "=" else alias.item
        told = self._object_of(scene, q, zone, comma) if not rest else None
        if told is not None:
            return told.code, told.words if told.item == "=" else told.item
        planted = [one for one in scene.hits_between(zone.start, comma) if one.crop and one.end == comma]
        if grown and planted and _PLANTED.search(text, max(zone.start, planted[-1].start - 4), planted[-1].start):
            return _CROP_MEASURES[q.unit.dimension], planted[-1].crop
        return None

    def _object_of(self, scene: Scene, q: Quantity, zone: Zone, comma: int) -> Alias | None:
        """Return the name that a clause before ends with, of a sum: 园区扩容拉动工业投资，全年投下1.36亿元."""
        if q.unit.dimension != "money":
            return None
        hits = scene.hits_between(max(zone.start, comma - _OBJECT), comma)
        return self._alias(scene, q, hits[-1], comma) if hits and hits[-1].end == comma else None

    def _of_label(self, scene: Scene, q: Quantity, zone: Zone) -> tuple[str, str] | None:
        """Return what the label says under which a sentence begins with `q`: 1.改厕。完成2340座."""
        text, start = scene.text, scene.span("sentence", q.start)[0]
        before = start
        while before and text[before - 1] in _BLANKS:
            before -= 1
        own = text[start : zone.lead].strip()
        is_act = bool(self._rest(own))
        if zone.start > start or not before or (is_act and not self._names.gaps.tells_what_was_done(own)):
            return None
        first = scene.span("sentence", before - 1)[0]
        label = _LABEL.fullmatch(text, first, start)
        if label is None:
            return None
        for hit in scene.hits_between(label.start("what"), label.end("what")):
            alias = self._alias(scene, q, hit, before) if hit.end == label.end("what") else None
            if alias is not None and not (is_act and self._names.is_stock(alias.code)):
                return alias.code, alias.words if alias.item == "=" else alias.item
        return None

    def _only_changes(self, own: str) -> bool:
        return not self._rest(own) or not self._names.gaps.residue_of_change(own)  # 面积缩减到

    def _rest(self, own: str) -> str:
        return self._verbs.sub("", self._names.gaps.residue(self._verbs.sub("", _OUR_TASK.sub("", own))))

    def _alias(self, scene: Scene, q: Quantity, hit: Hit, comma: int) -> Alias | None:
        text = scene.text
        follow = text[hit.end : hit.end + 2]
        # 农业人口占了绝大多数，有36900人: a remark that says no number shifts nothing
        if self._names.gaps.shifts(follow) and (not follow.startswith("占") or follow == "占比"):
            return None
        sentence = scene.span("sentence", hit.start)[0]
        fitting = [
            one for one in hit.aliases
            if one.side != "after" and not one.is_verb and self._names.fits(q.unit, one.code)
            and all(any(text.find(word, sentence, q.end) >= 0 for word in group) for group in one.needs)
            and not any(text.find(word.lstrip("^~"), hit.start, comma) >= 0 for word in one.excludes)
        ]  # fmt: skip
        return min(fitting, key=lambda one: bool(one.needs), default=None)
