"""Public things that were built, told by what is counted: 建成文化广场2座, 新建污水处理站1座."""

import re
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.guards import one_of
from tasks.extract.mentions import Quantity
from tasks.extract.names import NameFinder
from tasks.extract.scene import Scene
from tasks.extract.siblings import Generic
from tasks.lexicon import Lexicon

__all__ = ["FacilityFinder"]

_HAN: Final = r"[\u4e00-\u9fff]"
_NOUN: Final = r"[\u4e00-\u9fff“”\"A-Za-z]"
_BUILT_AFTER: Final = re.compile(r"(?:相继|陆续|全部|先后|均|已)(?:建成|投用|投入使用|竣工|完工|落成)")
_BUILDINGS: Final = frozenset(
    {"health.clinics", "edu.schools", "agri.bases", "env.public_toilets", "infra.water_people", "project.count"}
)
_NO_THINGS: Final = frozenset({"safety.inspections", "culture.events"})  # 村级活动场所 is a thing that is built
_REBUILT: Final = re.compile(r"^(?:和|及)?(?:改造|改扩建|扩建|维修|提升改造|改建)+(?=[\u4e00-\u9fff]{2})")
_OF_GROUP: Final = re.compile(r"^(?:农村)?(?:村民小组|村小组|村组|党支部|支部)(?=[\u4e00-\u9fff]{2})")  # 村民小组活动室
_OF_VILLAGES: Final = re.compile(
    r"^[\u4e00-\u9fff]{1,8}?等(?:\d*个)?(?:行政)?(?:村|社区)(?=[\u4e00-\u9fff]{2})"
)  # 沙湾等村警务室
# 覆盖6个村的供水管网, 以12个村为重点的果园: places are counted, and not what was built for them
_OF_PLACES: Final = re.compile(
    r"(?:行政|自然|中心)?(?:村|屯|社区|乡镇|村民小组)(?:为|的(?!集体))|(?:街道|乡镇|镇街|镇办)中"
)
_ADVERB: Final = re.compile(
    r"计划|预计|力争|确保|目前|全年|累计|今年|当年|年内|先后|现已|已经|同时|共计|上半年|全部|陆续"
)
_THING: Final = re.compile(r"(?:区|点|站|广场|园|馆|所|中心|院|室|池|厂|棚|库)$")
# 安装更换窨井盖82个, 拆除违章搭建6处、规范3家回收站: what was done to things that there were
_DONE_TO_IT: Final = re.compile(
    r"^(?:更换|规范|拆除|取缔|关闭|关停|清理|清洗|清除|疏通|修补|粉刷|张贴|悬挂|检查|巡查|排查|整顿|查处|查封|搬迁|撤并)"
)
_DRINKING: Final = ("人饮工程", "饮水工程", "人饮安全工程", "饮水安全工程", "人畜饮水工程")
_ASIDE_OF_ONE: Final = re.compile(r"（[\u4e00-\u9fff]{2,8}）$")

_BUILT_JUST_BEFORE: Final = re.compile(
    r"(?:^|[，。；！？\n])(?:新|改|扩|修|共)?建(?:成|起|设)?[\u4e00-\u9fff]{2,8}\d+[个座处所口间眼]，$"
)
_BARE_THING: Final = re.compile(rf"(?![改提封维修翻整拆扩]){_HAN}{{1,5}}(?:[点站园馆所院室池棚库亭台]|广场|中心)")
_NAMED_BEFORE: Final = re.compile(
    rf"[，、]?(?:其中)?(?:{_HAN}{{2,8}}、)?({_HAN}{{2,8}}?)各?(?:新增|新建|建成|新添|添置|新设|新装|新修|新盖|建起|(?<=[堂心站室屋园馆院点])新[开办])了?"
)
_TWO_LETTERS: Final = re.compile(rf"的?{_HAN}{{2}}")
_WORKS: Final = re.compile(rf"实施了?({_NOUN}{{2,14}}工程)$")
_PARTS: Final = re.compile(r"[、，（(]|以及|和(?!谐|美)|及")
_THING_AFTER: Final = re.compile(rf"{_NOUN}{{2,14}}")
_PREDICATE: Final = re.compile(r"[和及并]|[已均投]|(?<!安)全|相继|陆续|先后|建成|竣工|开工")
_WHOLE_NOUN: Final = re.compile(rf"(?:[45]G)?{_NOUN}{{2,16}}")


class FacilityFinder:
    """Finds what was built; built once from the lexicon."""

    def __init__(self, lexicon: Lexicon, names: NameFinder) -> None:
        self._names = names
        words = lexicon.words["items"]
        # 新建垃圾投放点46个: a verb inside the name of a thing builds nothing.
        verbs = one_of(words["build_verbs"]).replace("投放", "投放(?![点站箱柜口器])")
        # 律所及配套机构, 违法建设: no verbs there
        verbs = re.sub(r"\|配套(?=\||$)", r"|(?<![及和与])配套", verbs)
        verbs = re.sub(r"\|建设(?=\||$)", r"|(?<!违法)(?<!违章)建设", verbs)
        verbs = re.sub(r"\|搭建(?=\||$)", r"|(?<!违法)(?<!违章)(?<!违规)搭建", verbs)
        # 建档立卡8个贫困村, 建材市场, 建议: no verbs there either; 农户自建 is theirs, and 建有 says what there is
        verbs = re.sub(r"\|建(?=\||$)", r"|(?<!自)建(?![材筑档制议言有])", verbs)
        self.built = re.compile(rf"(?:{verbs})(?:了)?")
        self._no_facility = re.compile(
            one_of(words["not_facility"])
            + r"|^社(?![区会])|^(?:更新)?(?:改造|改建|扩建)$"
            + r"|^(?:整治|维修|清淤|加固)|^居委|路等?$"
            + r"|^(?:行政)?(?:村|社区)(?:委|民委|为|的|开展|实施|启动|完成|纳入|推进|开工)"
            + r"|[村组屯寨区]等$|^服务点$"
            + r"|活动$|小区$|组织$|村$|镇$|(?<!村级阵)(?<!活动阵)地$|灯(?!光)|工作$|[人次户机车船艇器仪]$"
        )

    def find(self, scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
        """Return what was built, when the clause says that `q` of it were: 建成2座…, 新建…86处."""
        text = scene.text
        if _OF_PLACES.match(text, q.outer_end) or (q.unit.unit == "件" and not text.endswith(_DRINKING, 0, zone.lead)):
            return None  # 人饮工程31件, and no 件 of another kind
        clause_start, clause_end = scene.span("clause", zone.lead)
        begin = max(clause_start, zone.start)
        own = _ASIDE_OF_ONE.sub("", text[begin : zone.lead])  # 扶贫车间（卫星工厂）3座
        whole = text[clause_start : zone.lead]
        verbs = [one for one in self.built.finditer(own) if not own.startswith("的", one.end())]
        before = _NAMED_BEFORE.fullmatch(own)
        is_named_after = _TWO_LETTERS.match(text, q.outer_end, clause_end) is not None
        if before and not is_named_after and not self._no_facility.search(before[1]) and not _ADVERB.search(before[1]):
            return Generic("infra.facilities", before[1], "facility", 0.86, 72)
        works = _WORKS.search(own) if q.unit.unit in {"处", "座"} else None
        if works:
            return Generic("infra.facilities", works[1], "facility", 0.86, 72)
        if zone.listed:
            whole += text[zone.lead : q.outer_start]  # 文化活动室、便民超市各新增5处和4家
        shared = verbs or [one for one in self.built.finditer(whole) if not whole.startswith("的", one.end())]
        if (
            not shared
            and begin == clause_start
            and _BARE_THING.fullmatch(own)
            and _BUILT_JUST_BEFORE.search(text, max(scene.span("segment", zone.lead)[0] - 1, begin - 24, 0), begin)
        ):
            return Generic("infra.facilities", own, "facility", 0.8, 72)  # 建公厕3座，垃圾池14口
        built_after = not shared and _BUILT_AFTER.search(text, zone.tail, scene.span("clause", zone.tail)[1])
        if not shared and not built_after:
            return None
        tail = own[verbs[-1].end() :] if verbs else own
        if zone.tail == q.outer_end and tail.endswith(("、", "和", "及", "等")):
            tail = ""  # 新建综合文化站、8个农家书屋: the noun of its own stands after it
        if not zone.listed and not self._names.gaps.residue(tail).strip("了的、和及与，"):
            tail = ""
        tail = _PARTS.split(tail.strip("了的、和及与，"))[-1].removesuffix("各")  # 新建村卫生室、农家书屋各6个
        if _DONE_TO_IT.match(tail):
            return None
        after = _THING_AFTER.match(text, zone.tail, clause_end)
        behind = _PREDICATE.split(after.group())[0] if after else ""
        if tail and "、" in own and _THING.search(behind):
            noun = behind  # 建成赤坑、下洋2个集中安置区: what stands before are names of places
        elif tail and _WHOLE_NOUN.fullmatch(tail):
            noun = tail
        elif not tail and after:
            noun = behind
        else:
            return None
        noun = _REBUILT.sub("", noun.removeprefix("的").removeprefix("并").removeprefix("投入使用"))
        noun = _OF_VILLAGES.sub("", _OF_GROUP.sub("", noun))
        plain = noun.removesuffix("工程").strip("“”")
        if noun.startswith(("村的", "社区的", "行政村的")):
            return None  # 涉及9个村的治理工程
        if noun[:1] == "“" and noun.find("”") == len(noun) - 1:
            noun = noun[1:-1]
        if (
            len(noun) < 2
            or self._no_facility.search(plain)
            or noun.endswith(("的", "的有", "提升", "维修", "维护", "强化", "强化建设", "加固", "交付"))
        ):
            return None  # 农家书屋提升9个: what was there before was not built
        if tail and own.endswith("工程") and not noun.endswith("工程"):
            noun += "工程"
        is_shared = zone.lead < q.outer_start or zone.tail > q.outer_end
        for hit in scene.hits_between(begin, zone.lead):
            if (
                hit.end == zone.lead
                and not {one.code for one in hit.aliases} <= _NO_THINGS
                and (is_shared or not _BUILDINGS & {one.code for one in hit.aliases})
            ):
                return None  # 背街小巷17条、6.4公里: a thing that is measured otherwise
        return Generic("infra.facilities", noun, "facility", 0.86, 72)
