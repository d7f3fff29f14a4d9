"""Items of facts: the named crop, class, category, project, facility or threshold of a figure."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.extract.context import Hit, Scene
from tasks.extract.mentions import Quantity
from tasks.lexicon import Alias, Lexicon

if TYPE_CHECKING:
    from tasks.extract.resolve import Reading

__all__ = ["ItemFinder"]

_NOUN = r"[\u4e00-\u9fff“”\"A-Za-z]"
_PLANT = re.compile(r"(?:种植|栽种|栽植|播种|新植|补植|引种|引进|嫁接|套种|间作|推广|发展|试种|扩种|定植|落实|管护)")
_LEADING = re.compile(
    r"^(?:.*(?:种植|栽种|栽植|播种|新植|补植|引种|引进|嫁接|套种|推广|发展|试种|扩种|定植|落实|外商|优质|特色|等|的|共))"
)
_CATEGORY = re.compile(r"^(?:蔬菜|水果|药材|经果林|经济林|经济作物|特色作物|粮食作物|农作物|全乡|全镇|其中)")
_CLASS = re.compile(r"([“\"][^”\"]{2,20}[”\"]|[\u4e00-\u9fff]{2,14})(?=培训班|轮训班)")
_CLASS_VERBS = re.compile(r"^.*(?:举办|开展|组织|召开|举行|开办|承办|共办|先后)")
_BUILT = re.compile(
    r"(?:建成|新建成|新建|新改建|改扩建|建设|修建|新增|增设|建立|安装|加装|配备|打造|设置|完成|实施|改造)(?:了)?"
)
_NOT_FACILITY = re.compile(
    r"项目|制度|机制|体系|平台|队伍|组织|群|档案|台账|小组|网络|企业|公司|人|农户|合作社|班|岗|线路|品牌|问题|"
    r"活动|会议|工作$|图斑|村$|镇$|楼栋|居民|小区$|地$"
)
_PROJECT_AFTER = re.compile(
    r"^(?:元)?[，,]?(?:用于|实施|建成|新建|修建|建设|完成|改造|启动|推进|硬化|打造|改扩建|扩建)(?:了)?"
    r"(?:[一二两三]?\d*[个座处条项所家])?([\u4e00-\u9fff“”]{2,18})"
)
_PLAIN_PROJECT = re.compile(r"^(?:各类|重点|民生|全年|年度|基础设施|本年|共)*(?:项目|工程|建设)?(?:项目)?$")


_TOTALS = frozenset(
    ("agri.vegetable_area", "agri.fruit_area", "agri.herb_area", "agri.oil_area", "agri.grain_area", "agri.tea_area")
)
_FILLER = re.compile(
    r"面积|基地|产业|种植|播种|生产|以上|任务|计划|目标|保持|稳定|总|年末|新增|改造|增加|减少|提升|提质"
)


class ItemFinder:
    """Finds items; built once from the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._crops = lexicon.crops

    def item_for(self, scene: Scene, q: Quantity, alias: Alias, hit: Hit, recent: "Sequence[Reading]") -> str:
        """Return the item of a figure named by `alias`, or '' where it has none."""
        if alias.item == "=":
            return alias.words
        if alias.item:
            return alias.item
        if alias.code.startswith("party.training_"):
            return self._class(scene, q, hit, recent)
        if alias.code == "project.investment":
            return self._project(scene, q, hit)
        if alias.code == "project.count":
            return self._kind(scene, hit)
        if alias.code == "agri.bases":
            start = scene.span("clause", hit.start)[0]
            words = re.search(rf"({_NOUN}{{1,8}})$", scene.text[max(start, hit.start - 8) : hit.start])
            return _BUILT.split(words.group(1))[-1] if words else ""
        return ""

    def crop_before(self, scene: Scene, q: Quantity) -> str:
        """Return the crop whose area `q` is, when one is named right before it (种植…西葫芦120余亩)."""
        start = max(scene.span("clause", q.start)[0], q.outer_start - 24)
        words = re.split(r"[、，；。0-9 ]", scene.text[start : q.outer_start])[-1]
        words = (
            re.sub(r"(?:种植)?面积$|(?:达到?|约|共|近|超过|突破|累计|等)+$", "", words)
            .removesuffix("种植面积")
            .removesuffix("面积")
        )
        segment_start = scene.span("segment", q.start)[0]
        planted = _PLANT.search(scene.text[segment_start : q.outer_start]) is not None
        named = next(
            (self._crops[crop] for crop in sorted(self._crops, key=len, reverse=True) if words.endswith(crop)), ""
        )
        plain = _CATEGORY.sub("", _LEADING.sub("", words))
        if re.search(r"改良|改造|人均|户均|嫁接|低产", words):
            return ""
        if named:
            return plain if plain and plain.endswith(tuple(self._crops)) and len(plain) <= 10 else named
        if planted and 2 <= len(plain) <= 8 and re.fullmatch(r"[\u4e00-\u9fff]+", plain):
            return "" if re.search(r"地$|田$|面积|低产|基地|项目|林$|水面|茶园|果园", plain) else plain
        return ""

    def crop_instead(self, scene: Scene, q: Quantity, hit: Hit, code: str) -> str:
        """Return the crop that a figure is about although a total's name stands before it, or ''.

        Named between the two (种植蔬菜西葫芦120亩), or right before a figure that a name farther off would claim.
        """
        between = scene.text[hit.end : q.outer_start]
        crop = self.crop_before(scene, q)
        if re.search(r"[、，]", between):
            return crop if crop and not hit.crop else ""
        if code not in _TOTALS:
            return ""
        words = re.sub(
            r"^(?:种植|播种)?(?:总)?面积|(?:种植)?(?:面积)?(?:稳定在|发展到?|扩大到|达到?|约|近|超|共|累计|完成|为|等)*$",
            "",
            between,
        )
        return words if re.fullmatch(r"[\u4e00-\u9fff]{2,8}", words) and not _FILLER.search(words) else ""

    def crop_product(self, scene: Scene, q: Quantity) -> str:
        """Return the crop whose output (by mass) or output value (in money) `q` is, or ''."""
        if q.unit.dimension not in {"mass", "money"}:
            return ""
        start = scene.span("segment", q.start)[0]
        clause_start = scene.span("clause", q.start)[0]
        clause = scene.text[clause_start : q.outer_start]
        stated = (
            re.search(r"产量|总产|年产|产出|收购|产[^值业品]{0,6}$", clause)
            if q.unit.dimension == "mass"
            else re.search(r"产值[^，]{0,4}$", clause)
        )
        if not stated or re.search(r"户均|亩均|人均|均价|亩产", clause):
            return ""
        crops = [one for one in scene.hits_between(start, q.outer_start) if one.crop]
        return crops[-1].crop if crops else ""

    @staticmethod
    def project_kind(scene: Scene, q: Quantity) -> str:
        """Return the kind of projects counted by `q` in a breakdown (其中产业发展类13个), or ''."""
        if q.unit.unit != "个":
            return ""
        sentence = scene.text[scene.span("sentence", q.start)[0] : q.outer_start]
        match = re.search(r"(?:其中|[，；、])[:：]?([\u4e00-\u9fff]{2,8}类)$", sentence)
        return match.group(1).removeprefix("其中") if match and "项目" in sentence else ""

    def facility(self, scene: Scene, q: Quantity) -> str:
        """Return what was built, when the clause says that `q` of it were (建成2座…, 新建…86处)."""
        clause_start, clause_end = scene.span("clause", q.start)
        before = re.split(r"[、0-9]", scene.text[max(clause_start, q.outer_start - 30) : q.outer_start])
        verbs = list(_BUILT.finditer(scene.text[clause_start : q.outer_start]))
        if not verbs:
            return ""
        tail = scene.text[clause_start + verbs[-1].end() : q.outer_start] if "、" not in before[-1] else before[-1]
        tail = re.split(r"[、0-9]", tail)[-1].lstrip("了的")
        after = re.match(rf"{_NOUN}{{2,14}}", scene.text[q.outer_end : clause_end])
        if tail and re.fullmatch(rf"{_NOUN}{{2,16}}", tail):
            noun = tail
        elif not tail and after:
            noun = re.split(r"[和及并]|[已均全]", after.group())[0]
        else:
            return ""
        return "" if _NOT_FACILITY.search(noun) or len(noun) < 2 else noun

    def villages_over(self, scene: Scene, q: Quantity) -> str:
        """Return the threshold of villages counted by `q` (年收入10万元以上的村11个), or ''."""
        if q.unit.canonical != "个":
            return ""
        before = scene.text[max(0, q.outer_start - 22) : q.outer_start]
        match = re.search(
            r"(\d+(?:\.\d+)?万元)(?:以上|以下)?的?(?:行政)?村(?:[（(]社区[）)])?(?:达到?|共|有)?$", before
        )
        return match.group(1) if match and "收入" in scene.text[max(0, q.start - 40) : q.start] else ""

    @staticmethod
    def _class(scene: Scene, q: Quantity, hit: Hit, recent: "Sequence[Reading]") -> str:
        last = next((one for one in reversed(recent) if one.code == "party.training_sessions"), None)
        start = scene.span("segment", q.start)[0]
        classes = list(_CLASS.finditer(scene.text[start : q.start]))
        if classes:
            words = _CLASS_VERBS.sub("", classes[-1].group(1)).strip('“”"')
            return re.sub(r"(?:主题|专题)$", lambda match: match.group(), words)
        return last.item if last is not None else ""

    @staticmethod
    def _project(scene: Scene, q: Quantity, hit: Hit) -> str:
        clause_end = scene.span("segment", q.start)[1]
        after = _PROJECT_AFTER.match(scene.text[q.outer_end : min(clause_end, q.outer_end + 26)])
        if after and not _PLAIN_PROJECT.fullmatch(after.group(1)):
            return after.group(1)
        clause_start = scene.span("clause", q.start)[0]
        words = re.sub(r"[，、]$", "", scene.text[max(clause_start - 18, 0) : hit.start])
        before = re.search(r"([\u4e00-\u9fff]{2,14}(?:项目|工程|类))[，、]?(?:总|完成|计划)?$", words)
        named = before.group(1) if before else ""
        return "" if re.search(r"实施|各类|重点项目|个项目|争取|招商", named) else re.sub(r"^.*其中", "", named)

    @staticmethod
    def _kind(scene: Scene, hit: Hit) -> str:
        start = scene.span("clause", hit.start)[0]
        words = re.split(
            r"[、，]|实施|推进|完成|开展|争取|谋划|储备|共|了|建设", scene.text[max(start, hit.start - 16) : hit.start]
        )[-1]
        plain = re.sub(r"^(?:全年|全乡|全镇|各类|年度|重点|累计|全部|一批)+|[“”]", "", words)
        return plain if 2 <= len(plain) <= 12 and re.fullmatch(r"[\u4e00-\u9fff]+", plain) else ""
