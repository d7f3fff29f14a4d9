"""Items of facts: the named crop, class, category, project, facility or threshold of a figure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from tasks.extract.candidates import Candidate, Zone
from tasks.extract.crop_areas import new_of_crop
from tasks.extract.facilities import FacilityFinder
from tasks.extract.kinds import kind_of
from tasks.extract.mentions import Quantity
from tasks.extract.names import NameFinder
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.extract.siblings import AREAS, PROJECT_AFTER, Generic, SiblingFinder, is_of_several_funds
from tasks.extract.sized_projects import sized_projects
from tasks.extract.topics import OF_ITS_WORK
from tasks.lexicon import Lexicon

__all__ = ["ItemFinder"]

_ITS_SIZE: Final = re.compile(r"^(?:个|[百千万]?亩|公顷|余|多|以上|的)+")  # 1个1200亩的杂交水稻制种基地
_PER_ONE: Final = re.compile(r"户均|亩均|人均|均价|亩产|单产|每")
_SHOWN: Final = re.compile(
    r"[^，。；、]{0,10}(?:示范方|示范点|示范片|示范田|示范项目|研究|样板田|样板片|攻关田|核心区|全产业链|示范区|套种示范(?!基地|园))"
)  # 800亩辣椒标准化示范片
_NAMED_AS: Final = re.compile(r"^.*?(?:认定|获批|获评|评为|创建|申报|授牌)了?(?:为)?(?:国家级?|[省市县]级)?")
_SHOWN_BEFORE: Final = ("示范", "示范面积", "示范区", "示范带")
_TAKES_LAND: Final = re.compile(r"[\u4e00-\u9fff]{2,4}?占用?了?(?:永久)?(?:基本)?(?:农田|耕地)")
_OF_MANY: Final = re.compile(
    r"(?<!当家)(?<!特色)(?<!主打)(?<!主导)(?<!优势)(?<!热带)(?:水果|果品|林果|果业)|其中|粮|蔬菜|油料|等"
)
_TOGETHER: Final = re.compile(r"(?:共计|合计|总计)(?:约|近|达)?$")
_VILLAGES_OVER: Final = re.compile(
    r"(\d+(?:\.\d+)?万元?|[百千]万元?)(?:（含）)?(?:(?:及?以上)的?(?:行政)?(?:嘎查村?|村)?|的(?:行政)?(?:嘎查村?|村)?|(?:及?以上)?的?(?:集体)?(?:经济)?(?:强|达标)村|(?:行政)?村)(?:[（(]社区[）)])?"
    r"(?:要|将|力争|确保|数|达到?|可|上升到|由(?:去年|上年|年初|原来)的|共|只|仅|才|已?有|为|增至|增加到|发展到|：|由|从|去年|上年|前年|年初|是|今年|目前|现)*$"
)
_OVER_AFTER: Final = re.compile(
    r"的?(?:行政)?村(?:[（(]社区[）)])?(?:的|均|全部|都|已|实现)*(?:村级|村|集体|经济|经营性?|年|收入|收益|可支配|积累|纯){0,6}(?:均|全部|全都|都)?(?:达到?|突破|超过?|在|过|迈上|到)"
    r"(?:了|过)?(\d+(?:\.\d+)?万元?)(?!元?以[下内])"
)
_GROWN_UNDER: Final = re.compile(r"林下(?=(?!经济|种植|养殖|套种)[\u4e00-\u9fff]{1,4}$)")  # 林下天麻420亩 is a crop
_ONLINE: Final = re.compile(r"网上|线上|电商|直播")
_PRODUCED: Final = re.compile(
    r"(?:入厂|进厂|入库|砍收|采摘|入榨|产量|总产|年产|产出|收购|采收|收获|鲜果|干果|采挖|采集|交售|榨|产|挖了?|刨了?|掰了?|打[了下]|摘[了下]|采下|收(?![贮储])了?)[^，；]{0,8}$"
)
_EARNED: Final = re.compile(r"(?:产值|销售收入|销售额)[^，；]{0,5}$")
# 金柑种植面积3.2万亩: what has an area where it is planted is a crop, known or not.
_OF_ANY_CROP: Final = re.compile(
    r"(?:^|[，；：、]|全[镇乡县]|我[镇乡]|今年|全年|年内|目前)"
    r"((?:(?!落实|完成|实际|作物|粮|菜|水果|油料|林|农|烟|茶|药|经济|特色|产业|推广|标准|连片|基地|设施|订单|复种|累计|其中|总|增|减|扩|食用菌|果园|果树|[和及与等的])[\u4e00-\u9fff]){2,5})"
    r"(?:种植|栽培|栽种)(?:总)?面积(?:达到?|为|有|突破|超过|稳定在|保持在|扩大到|发展到|增加到|近|约|共)*$"
)
_MAINLY: Final = re.compile(
    r"以([\u4e00-\u9fff]{1,5})为(?:主(?:导|打)?|主?(?:种植|栽培)?(?:水果|作物|产业|品种))，(?:种植|播种)?面积(?:达到?|为|有)?$"
)  # 秋作物以玉米为主，面积4.3万亩
_BUILT_NOW: Final = re.compile(
    r"已?并网.*$|(?:已|全部|正式|顺利)?(?:建成|竣工|投用|投入使用|开工|完工|投产).*$|(?:已完成|已经)[\u4e00-\u9fff]*$"
    r"|(?:正在|正|已|尚在|仍在)(?:做|进入|建设|设计|规划|实施|施工|进行|推进|审批|立项|下达|启动|招标|紧张).*$"
)
_PAID_OUT: Final = re.compile(
    r"(?:发放|兑付|兑现|落实|拨付)(?:了|各类|各项)?((?!.*(?:残疾|高龄|救助|低保|护理|养老|特困|优抚|失业|岗位|培训|租金|租赁|住房|物价|交通|跨省))"
    r"[\u4e00-\u9fff、]{2,20}(?:补贴|直补|奖补))(?:资金)?(?:共|计|合计|约|近)*$"
)
_SUBSIDY: Final = re.compile(
    r"(?!.*(?:残疾|高龄|救助|低保|护理|养老|特困|优抚|失业|岗位|培训|租金|租赁|住房|物价|交通|跨省))[\u4e00-\u9fff]{2,14}(?:补贴|直补|奖补)(?:资金)?"
)
_COUNTED_UP: Final = re.compile(r"(?:等)?(?:共计|合计|总计|共|计|约)*$")
_THEN_PAID: Final = re.compile(
    r"(?:，|、)?(?:已|均|通过|全部|及时|足额|按时|直接)[^，。；\d]{0,16}(?:发放|兑付|兑现|打卡|拨付|到户|到位)"
)
_HAN: Final = r"[\u4e00-\u9fff]"
_NOUN: Final = r"[\u4e00-\u9fff“”\"A-Za-z]"
_CLASS: Final = re.compile(
    r"([\u4e00-\u9fff]{0,8}(?:冬春训|冬训|春训|冬春轮训)|[“\"][^”\"]{2,20}[”\"]|[\u4e00-\u9fff]{2,14})(?=(?:专题|主题)?(?:培训班|轮训班|研讨班|培训))"
)
_CLASS_VERBS: Final = re.compile(r"^.*(?:举办|开展|组织|召开|举行|开办|承办|共办|先后|了|全年|参加)")
_PROCESSED: Final = re.compile(
    r"(?:精深|深|初|粗)?加工|生产线|制品|制种|种业|交易|市场|企业|公司|集团|厂"
)  # no crop of the fields
_TOTAL: Final = re.compile(r"总产量?(?:达到?|为|约|近|共)*$")
_PARTS_OF_GRAIN: Final = re.compile(r"粮食(?:作物)?(?:播种|种植)?(?:总?面积)[^，。；]{0,14}，其中")
_OF_ANOTHER: Final = re.compile(r"[猪牛羊禽畜肉奶蛋鱼虾蟹煤茧]|水产|油料|蔬菜|瓜菜|水果|粮|药材|水泥|化肥|棉花|木材")
_SUM_OVER: Final = re.compile(r"[\d十百千]*[万亿]元及?以上")  # 其中5000万元以上项目7个
# 金龙酒业追加投资860万元: a firm's own investment has the firm as its item
_FIRM_INVESTS: Final = re.compile(
    r"(?:^|[，。；：、\n\u3000 ]|引进|其中|由)"
    r"((?![^，。；]{0,6}(?:引进|争取|协调|组织|动员|[镇乡]|家|各))[\u4e00-\u9fff]{2,10}"
    r"(?:公司|集团|酒业|牧业|药业|[酒砖药纸糖]厂|水泥厂|加工厂|养[殖猪鸡牛羊]场|合作社))(?:今年|已|累计|新增|增加|追加|计划|再|又|总)*$"
)
_NUMBERED: Final = re.compile(r"\d+(?:个|项|件|处)")
# 改造的5个村居的健身工程: whose the project is is no part of its name.
_OF_PLACES: Final = re.compile(r"^(?:个)?(?:行政村|村居|社区|村)?的(?=[\u4e00-\u9fff]{2})")
_OF_ITS_PLAN: Final = ("计划投资", "年度投资", "年度计划", "全年计划", "投资计划", "总投资的", "任务的", "目标的")
_TO_ITS_END: Final = re.compile(
    r"^(.{4,}?(?:项目|园|厂|中心|基地))(?:累计|已|今年|全年|当年)*完成投资$|^(.{4,}?项目)(?:完成|成功|顺利|申报|列入|一处|落地|入库|签约).*$"
)  # 智能工厂改造项目完成入库
_NOUN_AFTER: Final = re.compile(r"[\u4e00-\u9fff]{2}")
_PLAIN_PROJECT: Final = re.compile(r"^(?:各类|重点|民生|全年|年度|基础设施|本年|共|等)*(?:项目|工程|建设)?(?:项目)?$")


class ItemFinder:
    """Finds items; built once from the lexicon."""

    def __init__(self, lexicon: Lexicon, names: NameFinder) -> None:
        self._crops = lexicon.crops
        self._names = names
        words = lexicon.words["items"]

        def any_of(key: str) -> str:
            return "|".join(sorted(map(re.escape, words[key]), key=len, reverse=True))

        self._plant = re.compile(any_of("plant_verbs"))
        self._no_crop_area = re.compile(any_of("not_crop_area"))
        self._crop_gap = re.compile(any_of("crop_gap"))
        self._crop_fill = re.compile(any_of("crop_words"))
        self._facilities = FacilityFinder(lexicon, names)
        self._facility_units = frozenset(words["facility_units"])
        self._siblings = SiblingFinder(lexicon, self._no_crop_area)
        self._collective = re.compile(any_of("collective_words"))
        self._crop_rest = lru_cache(maxsize=4096)(lambda gap: self._crop_gap.sub("", self._names.gaps.residue(gap)))
        self._crop_change_rest = lru_cache(maxsize=4096)(
            lambda gap: self._crop_gap.sub("", self._names.gaps.residue_of_change(gap))
        )

    def beside_crop(self, gap: str) -> str:
        """Return what stands in `gap` beside words that belong to a crop (种植, 面积, 产量)."""
        return self._crop_rest(gap)

    # --- figures told by their kind -----------------------------------------------------------------------------

    def generic(
        self, scene: Scene, q: Quantity, zone: Zone, sentence: int, best: float, previous: Reading | None = None
    ) -> Generic | None:
        """Return what `q` counts when that beats a name of score `best`: a crop, a facility, villages over a sum."""
        unit = q.unit
        found = self._siblings.sibling(scene, q, zone, previous) if previous is not None and not best else None
        if found is None and previous is not None:
            found = self._siblings.of_same_crop(scene, q, zone, previous)
        if found is not None:
            return found
        if unit.dimension == "area":
            found = self.crop_area(scene, q, zone)
        elif unit.dimension in {"mass", "money"}:
            found = self.crop_product(scene, q, zone, sentence)
            if found is None and not best and unit.dimension == "money":
                found = self.subsidy(scene, zone)
        elif unit.canonical == "个":
            found = self.villages_over(scene, q) or self.project_kind(scene, q, zone) or sized_projects(scene, q, zone)
            if (
                found is None
                and not best
                and unit.unit in self._facility_units
                and (q.stated_value[:1].isdigit() or q.stated_value == "一")
            ):
                found = self._facilities.find(scene, q, zone)
        kind = kind_of(scene, q, zone)
        if kind is not None and (found is None or kind.score > found.score):
            found = kind
        return found if found is not None and found.score > best else None

    @staticmethod
    def subsidy(scene: Scene, zone: Zone) -> Generic | None:
        """Return the kind of subsidy paid out: 发放农业支持保护补贴238万元."""
        clause = max(zone.start, scene.span("clause", zone.lead)[0])
        paid = _PAID_OUT.search(scene.text[clause : zone.lead])
        if paid:
            return Generic("social.subsidies_paid", paid[1], "subsidy", 0.8, 72)
        # 良种补贴、机收补贴共67.2万元通过“一卡通”全部发放到户
        named = re.split(r"[、和及]", _COUNTED_UP.sub("", scene.text[clause : zone.lead]))
        is_paid = all(_SUBSIDY.fullmatch(one) for one in named) and _THEN_PAID.match(scene.text, zone.tail)
        item = named[0] if len(named) == 1 else ""
        return Generic("social.subsidies_paid", item, "subsidy", 0.8, 72) if is_paid else None

    def crop_area(self, scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
        """Return the crop whose area `q` is: named right before it, right after it, or planted there."""
        text = scene.text
        clause = max(zone.start, scene.span("clause", zone.lead)[0])
        label = text.rfind("：", clause, zone.lead) + 1
        clause = label if clause < label < zone.lead else clause  # 棉花：1.85万亩 is named by its label
        lead = text[clause : zone.lead]
        if self._no_crop_area.search(_GROWN_UNDER.sub("", lead)) or self._no_crop_area.match(text, zone.tail):
            return None
        if lead.endswith(_SHOWN_BEFORE) or _TAKES_LAND.match(text, zone.tail):
            return None  # 落实水稻绿色高产示范8000亩, 一万多亩苗木占了基本农田
        crops = [one for one in scene.hits_between(clause, zone.lead) if one.crop]
        if crops:
            last = crops[-1]
            gap = text[last.end : zone.lead]
            if last.start == zone.start > 0 and text[last.start - 1] in "亩顷" and _NOUN_AFTER.match(text, q.end):
                return None  # 15000亩金银花9000亩草场: the crop is that of the figure before
            if len({one.crop for one in crops}) > 1 and _TOGETHER.search(lead):
                return None  # 种植地膜玉米、脱毒马铃薯共计8700亩
            if text[last.start - 2 : last.start] in {"其他", "其它", "其余"}:
                return None
            if any(alias.code in AREAS for alias in last.aliases):
                return None  # 烤烟 has an indicator of its own
            if not self._crop_rest(gap) or not self._crop_change_rest(gap):
                if len(crops) > 1 and re.search(r"[、和及与等]", text[crops[-2].end : last.start]):
                    return None
                return None if "等" in gap else Generic("agri.crop_area", last.crop, "crop_area", 0.9, 112 - len(gap))
        new_of_it = new_of_crop(scene, lead, zone) if not crops else None
        if new_of_it is not None:
            return new_of_it
        own_crop = _OF_ANY_CROP.search(lead)
        if own_crop:
            return Generic("agri.crop_area", own_crop[1], "crop_area", 0.8, 104)
        mainly = _MAINLY.search(text, max(scene.span("segment", zone.lead)[0], zone.start), zone.lead)
        crop = self._crops.get(mainly[1]) if mainly else None
        if crop:
            return Generic("agri.crop_area", crop, "crop_area", 0.85, 106)
        following = [one for one in scene.hits_between(zone.tail, min(zone.end, zone.tail + 12)) if one.crop]
        named = scene.hits_between(zone.tail, following[0].start) if following else ()
        if following and following[0].start - zone.tail <= 4 and not any(one.aliases for one in named):
            after = text[following[0].end : following[0].end + 3]
            before = text[zone.tail : following[0].start]
            is_shown = _SHOWN.match(text, following[0].end)
            if not is_shown and not re.match(r"[、和及与等]", after) and not re.search(r"[、和，；（]", before):
                return Generic("agri.crop_area", following[0].crop, "crop_area", 0.85, 98)
        planted = list(self._plant.finditer(lead))
        if planted:
            words = self._names.gaps.residue(self._crop_fill.sub("", lead[planted[-1].end() :])).strip("“”的了优质特色")
            if (
                2 <= len(words) <= 8
                and re.fullmatch(rf"{_HAN}+", words)
                and not re.search(
                    r"[大小]春|上年|去年|往年|规模|连作|共作|轮作|模式$|技术$|养殖?$|地$|田$|低产|基地|项目|林$|水面|茶园|果园|等|作物|[和及与]|区$|园$|粮|蔬菜|水果|果树|药材|饲草|绿肥",
                    words,
                )
            ):
                return Generic("agri.crop_area", words, "crop_area", 0.75, 84)
        return None

    def crop_product(self, scene: Scene, q: Quantity, zone: Zone, sentence: int) -> Generic | None:
        """Return the crop whose output (by mass) or output value (in money) `q` is."""
        text = scene.text
        clause = scene.span("clause", zone.lead)[0]
        lead = text[max(clause, zone.start) : zone.lead]
        is_mass = q.unit.dimension == "mass"
        if _PER_ONE.search(lead[-12:]):
            return None
        stated = (_PRODUCED if is_mass else _EARNED).search(lead) or (is_mass and self._is_product(scene, lead, zone))
        sold_from = scene.span("segment", zone.lead)[0] if "销售" in lead else max(clause, zone.start)
        if not is_mass and _ONLINE.search(text, sold_from, zone.lead):
            return None
        if not stated:
            return None
        start = max(scene.span("segment", zone.lead)[0], sentence)
        # 早稻集中育秧面积逐年扩大 is no word of what early rice bore
        crops = [
            one for one in scene.hits_between(start, zone.lead)
            if one.crop and (OF_ITS_WORK.match(text, one.end) is None or one.start >= clause)
        ]  # fmt: skip
        if not crops:
            return None
        last = crops[-1]
        own = last.start >= max(clause, zone.start)
        if len(crops) > 1 and re.fullmatch(r"[、和及与]", text[crops[-2].end : last.start]):
            return None
        if (
            not own
            and is_mass
            and len(crops) > 1
            and _TOTAL.search(lead)
            and _PARTS_OF_GRAIN.search(text, start, clause)
        ):
            return None  # 粮食播种面积9.8万亩，其中玉米7万亩、水稻1.3万亩，总产量5.6万吨
        gap = text[last.end : zone.lead]
        if len(crops) > 1 and crops[-2].crop == last.crop and text[last.start - 1] == "（":
            gap = gap.removeprefix("）")  # 茶叶产量（干茶）612吨
        if own and ((self._crop_rest(gap) and self._crop_change_rest(gap)) or "等" in gap):
            return None
        if not own and ("粮" in gap or gap.startswith("项目") or _PROCESSED.match(gap)):
            return None
        if not own and text.find("油料", last.end, clause) >= 0:
            return None  # 马铃薯800亩，油料1100亩，产籽66吨: of what stands between
        if not own and text.endswith("加工", start, last.start):
            return None  # 加工小麦6万吨，产值1.2亿元
        if not own and _OF_ANOTHER.search(lead):
            return None  # 玉米产量2.1万吨，生猪产量3190吨: of something else
        if not own and gap.startswith("等"):
            return None  # 经济作物有生姜、花生等，总产量…: of all of them
        if not is_mass and last.crop in {"烤烟", "烟叶"}:
            return Generic("agri.tobacco_output_value", "", "crop_product", 0.9, 112)
        code = "agri.crop_output" if is_mass else "agri.crop_output_value"
        score = 110 if own else 106 - 0.3 * (zone.lead - last.end)
        if (
            not own
            and is_mass
            and len({one.crop for one in crops}) == 1
            and not _OF_MANY.search(text, start, zone.lead)
        ):
            score = 118  # 槟榔种植2.7万亩，鲜果产量9600吨: of the one crop spoken of, and not of all fruit
        return Generic(code, last.crop, "crop_product", 0.9, score)

    @staticmethod
    def _is_product(scene: Scene, lead: str, zone: Zone) -> bool:
        """Return whether a clause is nothing but a product of the crop spoken of: 棉花：1.85万亩，籽棉7200吨."""
        clause = scene.span("clause", zone.lead)[0]
        hits = scene.hits_between(scene.span("sentence", clause)[0], zone.lead)
        own = [one for one in hits if one.crop and one.words == lead and one.end == zone.lead]
        return bool(own) and any(one.crop == own[0].crop and one.words != lead for one in hits if one.end <= clause)

    @staticmethod
    def project_kind(scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
        """Return the kind of projects counted by `q` in a breakdown: 其中产业发展类13个."""
        if q.unit.unit not in {"个", "项"} or "类" not in scene.text[max(0, zone.lead - 4) : zone.lead]:
            return None
        sentence = scene.text[scene.span("sentence", q.start)[0] : zone.lead]
        match = re.search(r"(?:其中|[，；、。])[:：]?([\u4e00-\u9fff]{2,8}类)(?:项目)?(?:共|有)?$", sentence)
        if match is None or "项目" not in sentence or match[1].endswith("各类"):
            return None
        return Generic("project.count", match.group(1).removeprefix("其中"), "project_kind", 0.88, 115)

    def villages_over(self, scene: Scene, q: Quantity) -> Generic | None:
        """Return the threshold of villages counted by `q`: 年收入10万元以上的村11个, 11个村超过10万元."""
        text = scene.text
        before, after = text[max(0, q.outer_start - 26) : q.outer_start], text[q.outer_end : q.outer_end + 30]
        if q.unit.unit not in {"个", "村"} or not ("万" in before or "万" in after):
            return None
        match = _VILLAGES_OVER.search(before) or _OVER_AFTER.match(after)
        if match is None or after.startswith(("项目", "企业", "工程", "重点", "产业")):
            return None
        if not self._collective.search(text, scene.span("sentence", q.start)[0], q.outer_end + 30) and (
            not self._collective.search(scene.topic(q.start, scene.span("sentence", q.start)[0]))
        ):
            return None
        item = match.group(1).replace("百万", "100万").replace("千万", "1000万").removesuffix("元") + "元"
        return Generic("collective.villages_over", item, "villages_over", 0.93, 130)

    # --- items of named figures ---------------------------------------------------------------------------------

    def item_for(self, scene: Scene, q: Quantity, zone: Zone, found: Candidate, before: Sequence[Reading]) -> str:
        """Return the item of a figure named by `found`, or '' where it has none."""
        alias, hit = found.alias, found.hit
        if alias.item:
            return "" if is_of_several_funds(scene.text, alias.code, hit.start) else found.item
        if alias.code.startswith("party.training_"):
            return self._class(scene, q, before)
        if alias.code == "project.investment":
            return self._project(scene, q, found)
        if alias.code == "project.count":
            return self._kind(scene, hit.start)
        if alias.code == "agri.bases":
            start = scene.span("clause", hit.start)[0]
            words = re.search(rf"({_NOUN}{{1,8}})$", scene.text[max(start, hit.start - 8) : hit.start])
            own = self._facilities.built.split(words.group(1))[-1] if words else ""
            return _ITS_SIZE.sub("", _NAMED_AS.sub("", own))
        return ""

    @staticmethod
    def _class(scene: Scene, q: Quantity, before: Sequence[Reading]) -> str:
        last = next((one for one in reversed(before) if one.code == "party.training_sessions"), None)
        start = scene.span("segment", q.start)[0]
        classes = list(_CLASS.finditer(scene.text, start, min(scene.span("segment", q.end)[1], q.end + 16)))
        ahead = [one for one in classes if one.start() < q.start] or classes
        if ahead and (last is None or ahead[-1].start() > last.quantity.start):
            return _CLASS_VERBS.sub("", ahead[-1].group(1)).strip('“”"')
        return last.item if last is not None else ""

    @staticmethod
    def _project(scene: Scene, q: Quantity, found: Candidate) -> str:
        text = scene.text
        segment_end = scene.span("segment", q.start)[1]
        after = PROJECT_AFTER.match(text, q.outer_end, min(segment_end, q.outer_end + 28))
        if after and after[1].startswith(_OF_ITS_PLAN):
            after = None  # ，完成计划投资的65%
        if after and not _PLAIN_PROJECT.fullmatch(after.group(1)):
            named = _BUILT_NOW.sub("", after.group(1)) or after.group(1)
            named = _TO_ITS_END.sub(r"\1\2", named)
            return _OF_PLACES.sub("", named).removesuffix("等")
        clause_start = scene.span("clause", q.start)[0]
        words = re.sub(r"[，、]$", "", text[max(clause_start - 18, 0) : found.hit.start])
        before = re.search(
            r"([\u4e00-\u9fff“”]{2,16}(?:项目|工程|类))[，、（]?(?:\d{1,2}[-—~至]\d{1,2}月份?|今年|全年|累计)*"
            r"(?:总|完成|计划)?$",
            words,
        )
        firm = None if before else _FIRM_INVESTS.search(text, max(0, clause_start - 1), found.hit.start)
        named = before.group(1) if before else firm[1] if firm else ""
        return (
            ""
            if re.search(r"实施|各类|重点项目|个项目|争取|招商|^个", named)
            else re.sub(r"^.*其中|^[万亿]?元的", "", named)
        )

    @staticmethod
    def _kind(scene: Scene, position: int) -> str:
        start = scene.span("clause", position)[0]
        words = re.split(
            r"[、，]|涉及|组织|实施|推进|完成|开展|争取|谋划|储备|共|了|建设|安排|列入|其中|计划|年初|批复|获批|核准",
            scene.text[max(start, position - 16) : position],
        )[-1]
        if _SUM_OVER.fullmatch(words):
            return words
        words = _NUMBERED.split(words)[-1]  # 列入市级重点的3个项目: what stands before the number is no kind
        plain = re.sub(
            r"^(?:.*期间|我[镇乡]|我街道|新建续建|今年新?|当年新?|年内新?|全年|全乡|全镇|各类|各项|年度|重点|累计|全部|一批|民生|续建|新建)+|[“”\d]",
            "",
            words,
        )
        return plain if 2 <= len(plain) <= 12 and re.fullmatch(rf"{_HAN}+", plain) else ""
