"""Figures of one named body that are not the township's: 华兴纸业全年纳税680万元, 返乡青年王强承包果园120亩.

A named firm's investment is a fact of its own (`project.investment`, with the firm as item) and is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tasks.extract.guards import Words, matches_at
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["refuse_of_bodies"]

_FIRM: Final = "firm"
_SPOT: Final = "spot"
_SCHOOL: Final = "school"
_VILLAGE: Final = "village"
_WATER: Final = "reservoir"
_PERSON: Final = "person"
_HEAD: Final = "body a sentence begins with"
_KINDS: Final = {
    _FIRM: (
        "合作社", "家庭农场", "公司", "集团", "牧业", "渔业", "纸业", "药业", "酒业", "果业", "建材", "机械", "纺织",
        "电子", "化工", "食品", "养殖场", "牧场", "渔场", "农场", "水泥厂", "纸厂", "砖厂", "糖厂", "酒厂", "药厂",
        "乳业", "茶业", "蔬业", "菌业", "猪场", "鸡场", "羊场",
        "制品厂", "加工厂", "家具厂", "木材厂", "食品厂", "面粉厂", "饲料厂", "服装厂",
        "机械厂", "建材厂", "材料厂",
        "石材厂", "罐头厂", "竹木厂", "纺织厂", "鞋厂", "电子厂", "玩具厂", "造纸厂", "榨油厂", "米厂", "制衣厂",
        "基地", "矿业", "发电", "电站", "热电", "养猪场", "养鸡场", "养牛场", "养羊场", "奶牛场",
    ),
    _SCHOOL: ("小学", "中学", "幼儿园", "中心校"),
    _SPOT: ("农家乐", "民宿", "露营基地", "营地", "景区", "古镇", "度假区", "山庄", "农庄"),
    _VILLAGE: ("村", "社区", "嘎查"),
    _WATER: ("水库",),
}  # fmt: skip
_KIND_OF: Final = {word: kind for kind, words in _KINDS.items() for word in words}
_DOES: Final = (
    r"(?:：?\d{1,2}[-—~至]\d{1,2}月份?|：|上半年|前三季度|[一二三四]季度|全年|一年|义务|今年|去年|上年|前年|年内|当年|目前|现|一家|共|累计|已|“?五一”?|“?十一”?|国庆|春节|元旦|旺季|假期|黄金周|节日|期间)*(?:，|在[^，。；\d]{2,8}下|投产|达产|扩建|技改|门票|加工(?!厂|企业|业)|生产(?!线|基地)|回乡|返乡|贷款|利用|带领|牵头|创建|建起|养殖水面|旅游|卖|栽|带头|收(?!购)|就(?=养|种)|家的?|[试引改套扩]种|工业总?产值|流转|存栏|出栏|饲养|增加投资|养殖|种植|承包|年产|日产|产|纳税|缴税|上缴|投资|实现|完成|吸纳|巡[山河林]|办起|创办|开办|开起|靠|养了|种了|"
    r"为主体|为龙头|投入使用|投入运营|开园|开业|购置|新增|新建|建成|带动|接待|销售|年销售|收购|年出栏|年存栏|现有|有(?!限)|拥有|用工|安置|人均纯收入|人均可支配|修建|硬化|安装)"
)
# Both begin with plain words, by which the search skips what is none.
_KIND_WORDS: Final = Words(_KIND_OF)
_BODY: Final = re.compile(rf"(?:{'|'.join(_KIND_OF)})(?={_DOES})")
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范廖贾夏韦付邹孟熊秦邱尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤"
)
_WORKER_WORDS: Final = (
    "养羊户", "养牛户", "养猪户", "养鸡户", "养鸭户", "养蜂户", "养鱼户", "养蚕户", "专业户", "创业青年", "种菜户",
    "大户", "护林员", "老党员",
    "返乡青年", "返乡农民工", "返乡大学生", "青年农民", "种植大户", "养殖大户", "种养大户", "种粮大户", "村民",
    "致富能人", "能人", "致富带头人", "带头人", "牧民", "果农", "能手", "脱贫户", "贫困户", "低保户",
)  # fmt: skip
_WORKERS: Final = Words(_WORKER_WORDS)
_WORKER: Final = re.compile(
    rf"(?:{'|'.join(_WORKER_WORDS)})"
    rf"(?:老[\u4e00-\u9fff]|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=，|{_DOES})"
)
_ELDERS: Final = Words(("老汉", "大爷", "大娘", "大妈", "大嫂", "大叔", "大哥", "大伯"))
_ELDER: Final = re.compile(rf"[{_SURNAMES}](?:老汉|大爷|大娘|大妈|大嫂|大叔|大哥|大伯)(?=一?家|，|{_DOES})")
_FOR_EXAMPLE: Final = re.compile(
    r"(?:^|[，。；：\n])以(?![全我各本])[\u4e00-\u9fff]{2,8}?(?:村|嘎查|社区|公司|合作社|项目|农场|企业|厂)为例，"
)
# 柳沟村是全镇最大的贫困村，有…: the clause only introduces the village.
_IS_ONE: Final = re.compile(
    r"(?:村|社区|嘎查)(?=是(?:全[镇乡县]|我[镇乡]|省|市|县)[^，。；\d]{0,16}(?:村|社区|嘎查)，)[^，。；]+"
)
_POOR_OF_VILLAGE: Final = (
    "poverty.registered_", "poverty.remaining_", "poverty.lifted_", "poverty.monitored_", "poverty.incidence",
    "social.minimum_living_",
)  # fmt: skip
_OF_ITS_POOR: Final = re.compile(r"(?:其中|现有)?(?:贫困发生率|贫困人口|贫困户|建档立卡|脱贫|低保)")
# 石门村识别贫困户74户: what one village has of the poor
_ITS_POOR: Final = re.compile(
    r"(?:村|社区|嘎查)(?=(?:(?:共|现|新)?(?:识别|有|建档立卡|未脱贫|尚有|还有)[^，。；\d]{0,6})?(?:贫困|建档立卡|低保)[户人对])"
)
# 高桥村党支部有党员41名, 第三网格共有住户82户, 调解员老吴一年调解…: whom a sentence begins with, it is about.
_AT_HEAD: Final = re.compile(
    r"(?:如|像|比如|例如|其中|尤其是)?(?:"
    r"(?P<village>[\u4e00-\u9fff]{2,4}?(?:村|嘎查))(?=现|共|有|去年|今年|全村|全年|年末|党支部|党总支|低保|贫困|脱贫户|户籍|常住|总人口|总户|人均|农民|群众|辖|下辖|还|因|剩余|未|医保|养老|参保|在册|调解|排查|查|发展党员)"
    rf"|(?:村民|居民|群众|脱贫户|贫困户|低保户|学生|职工)[{_SURNAMES}]某"
    rf"|(?P<person>(?:调解员|网格员|护林员|村医|医生|教师|民警|老党员|支书|村支书|驻村干部|联络员|楼栋长|志愿者)(?:老|小|[{_SURNAMES}])[\u4e00-\u9fff])"
    r"|(?P<quarter>第[一二三四五六七八九十]{1,2}(?:网格|小区|村民小组)|(?![全各每所该老]|城镇|居民|住宅|无物业)[\u4e00-\u9fff]{2,4}小区(?=建成于|共|现|有|建于|原))"
    r"|[县市区](?!委|政府|级|里|上|镇|域|乡|内)[\u4e00-\u9fff]{2,10}(?:中心|福利院|养老院|敬老院|医院)(?=共|现|收|已|今年|全年)"
    r"|(?P<pit>(?![全各每所该对镇乡辖])[\u4e00-\u9fff]{2,4}(?:采石场|石料厂|煤矿|砖厂|加油站|加气站|化工厂|矿山|工地|木材厂|铸造厂|纸厂|鞭炮厂)(?=被|因|查|排|共|存|整|自|有|未|全年|今年))"
    r")"
)
_NO_HEAD: Final = re.compile(
    r"[全各每所该我本其个等对为由与和在把将让向从及或的了两化]|镇|乡|辖|行政|贫困|示范|重点|试点|空壳|中心|农|经济|完成|继续|加强|推进|建设|美丽|文明"
)
_OF_HEAD: Final = (
    "pop.", "party.members", "party.activists", "social.", "income.", "poverty.remaining_", "poverty.registered_",
    "poverty.lifted_", "poverty.monitored_", "poverty.incidence", "stability.", "safety.", "health.", "edu.students",
    "jobs.", "governance.",
)  # fmt: skip
_LIES: Final = re.compile(r"(?:村|社区|嘎查)(?=位于|地处|坐落)")
# 实现畜牧业产值, 各行政村, 农业公司: part of a longer word.
_PART_OF_WORD: Final = {"牧业": "畜农林", "渔业": "农林", "村": "乡农全本各该每行困"}
_NO_VILLAGE: Final = re.compile(
    r"[全各每所该我本其个等对为由与和在把将让向从及或的了两]|镇|乡|辖|行政|贫困|示范|重点|试点|空壳|中心|农|经济"
)
# What stands before 合作社 or 公司 where no single one is named: 全镇合作社, 引导合作社流转土地, 规上纺织企业.
_NO_NAME: Final = re.compile(
    r"[全各每所该我本其个家等对为由与和在把将让向以让从及或的了第种养]|镇|乡|辖|规[上模]|限上|民营|专业|龙头|农民|引[进导入]|培育|发展|新增|新建|建成|现有|重点|骨干|外来|成立"
    r"|扶持|依托|通过|支持|鼓励|推[动广进]|组织|工业|出口|招|动员|依靠|协调|督促|指导|帮助|助力|集体|国有|中小|小微|两|三|家庭$|加工|林下|联合|实体|化工|机械|实现|突破|达到|农[产副]|绿色食|肉|电商|县|市|省|^(?:中国)?(?:农?牧民|移动|电信|联通|铁塔|供电|电力|广电)$"
)
_OF_MANY: Final = re.compile(r"[全我各辖所].*的|登记|注册|新.{0,3}的|已.{0,4}的")
_TRADE: Final = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:生态|农业|林业|养殖|种植|种养|农产品|果蔬|茶叶|畜禽|水产|科技|开发|发展|实业|专业|农机|食用菌|中药材)+$"
)
_NAME: Final = re.compile(
    r"(?:“[^”]{1,4}”|国庆|春节|元旦|假日|节日)*(?:期间|假期)?(?:其中|如|像|比如|例如|仅|以)?[：:]?[“\"]?(?P<name>[\u4e00-\u9fffXx×*]{2,6})[”\"]?"
)
# 东升村脱贫户86户，全镇脱贫户1260户: a village needs no verb where the whole is told beside it.
_OF_VILLAGE: Final = re.compile(r"(?:村|社区|嘎查)(?=[\u4e00-\u9fff])(?![集级民均组和与及等])")
_VILLAGES: Final = Words(_KINDS[_VILLAGE])
# 以石桥村为例，该村…; 收入最高的石桥村，…: what goes on about one that was spoken of, or picked out
_THE_SAME: Final = re.compile(r"该(?:行政)?(?:村|社区|嘎查|合作社|公司|企业|基地|厂|农场)(?!民|级|的实际)")
_SAME: Final = "the same"
_OF_ITSELF: Final = re.compile(r"(?:村|农民|村民|群众|牧民)?(?:人均|户均|集体|村集体|年收入)")
_FOREMOST: Final = re.compile(
    r"最[\u4e00-\u9fff]{1,4}的(?P<name>[\u4e00-\u9fff]{1,4}?)(?:村|嘎查|社区)(?=，|有|达|已|年|全年|集体|人均)"
)
# What of one village is never the township's.
_OF_ALL: Final = frozenset(
    {"tourism.visitors", "tourism.revenue", "collective.income", "income.rural_per_capita", "party.members"}
)
_ALL_TOWNSHIP: Final = re.compile(r"全[镇乡街苏]")
_SIGNS: Final = "，；。：、（—\n"
# A clause that goes on about the body just named, and not about the township.
_GOES_ON: Final = re.compile(
    r"(?:年|日|每年|全年|已|现|去年|上年|今年|当年|当年底)*(?:加工|生产|养殖|种植|流转|卖|纳税|缴税|上缴|缴纳|税收|利税|利润|吸纳|带动|接待|收入|产值?|实现|门票|综合|销售|创收|获|出栏|存栏|可|用工|安置|下设|下辖|辖|有|现有|共有|购置|拥有)(?!全[镇乡])"
)
# 天然水产公司投资1200万元，在湖边流转土地4300亩: land that the firm just named took over.
_TAKES_LAND: Final = re.compile(
    r"投资|(?:在|按|以|采取|采用|通过)[^，。；]{0,24}流转|(?:已|先后|共|累计)?(?:流转|租[赁用]|承包)"
)
_WHOLE: Final = re.compile(r"全[镇乡街苏]|我[镇乡街]|辖区|各村|合计|总计|累计")
_KEPT: Final = ("project.", "econ.attracted_")
_OF_SPOT: Final = frozenset({"tourism.visitors", "tourism.revenue"})
_OF_SCHOOL: Final = frozenset({"edu.students"})
_OF_PLACE: Final = ("area.", "pop.", "land.cultivated", "party.members", "party.branches")


@dataclass(frozen=True, slots=True)
class _Body:
    kind: str
    start: int
    end: int


def refuse_of_bodies(scene: Scene, readings: Sequence[Reading]) -> None:
    """Refuse, in place, figures of which one firm, school, scenic spot, farmer or village is the subject."""
    bodies: dict[int, list[_Body]] = {}
    for position, one in enumerate(readings):
        if not one.code:
            continue
        start, end = one.place.sentence
        if start not in bodies:
            bodies[start] = _bodies(scene.text, start, end)
        for body in reversed(bodies[start]):
            if body.end <= one.quantity.start and _is_its(scene.text, body, one):
                if _is_no_fact(body, one, readings, position):
                    one.refuse(f"of one {body.kind}")
                elif body.kind == _HEAD:
                    continue  # another body of the same words may say more
                break


def _bodies(text: str, start: int, end: int) -> list[_Body]:
    found = []
    for match in matches_at(_BODY, text, _KIND_WORDS.places(text, start, end), end):
        word, at = match.group(), match.start()
        begin, kind = _name_begins(text, start, at), _KIND_OF[word]
        if _is_named(text[begin:at], word, kind):
            found.append(_Body(kind, begin, match.end()))
    for place in _ELDERS.places(text, start + 1, end):
        elder = _ELDER.match(text, place - 1, end)
        if elder is not None:
            found.append(_Body(_PERSON, elder.start(), elder.end()))
    if text.find("为例", start, end) >= 0:
        found += [_Body(_PERSON, one.start(), one.end()) for one in _FOR_EXAMPLE.finditer(text, max(0, start - 1), end)]
    workers = matches_at(_WORKER, text, _WORKERS.places(text, start, end), end)
    found += [_Body(_PERSON, match.start(), match.end()) for match in workers]
    villages = _VILLAGES.places(text, start, end)
    if villages:
        found += _villages(text, start, end, villages)
    if text.find("该", start, end) >= 0:
        found += [_Body(_SAME, one.start(), one.end()) for one in _THE_SAME.finditer(text, start, end)]
    if text.find("最", start, end) >= 0:
        found += [
            _Body(_SAME, one.start(), one.end())
            for one in _FOREMOST.finditer(text, start, end) if not _NO_VILLAGE.search(one["name"])
        ]  # fmt: skip
    head = _AT_HEAD.match(text, start, end)
    if head is not None and not (head["village"] and _NO_HEAD.search(head["village"][:-1])):
        found.append(_Body(_HEAD, start, head.end()))
    unnamed = text.find("某", start, end)
    if unnamed >= 0 and (unnamed == start or text[unnamed - 1] in _SIGNS):
        found.append(_Body("unnamed", unnamed, unnamed + 1))
    return sorted(found, key=lambda one: one.start) if len(found) > 1 else found


def _villages(text: str, start: int, end: int, places: Sequence[int]) -> list[_Body]:
    """Return the villages named in `start:end`; their kind (村, 社区) stands at `places`."""
    found = _villages_by(_IS_ONE, text, start, end, places) + _villages_by(_ITS_POOR, text, start, end, places)
    for match in matches_at(_LIES, text, places, min(end, start + 12)):
        named = _NAME.fullmatch(text, start, match.start())
        if named is not None and not _NO_NAME.search(named["name"]):
            found.append(_Body("place", start, match.end()))
    if _ALL_TOWNSHIP.search(text, start, end) is not None:
        found += _villages_by(_OF_VILLAGE, text, start, end, places)
    return found


def _villages_by(pattern: re.Pattern[str], text: str, start: int, end: int, places: Sequence[int]) -> list[_Body]:
    found = []
    for match in matches_at(pattern, text, places, end):
        begin = _name_begins(text, start, match.start())
        word = match.group()[:1] if pattern is _IS_ONE else match.group()
        if _is_named(text[begin : match.start()], word, _VILLAGE):
            found.append(_Body(_VILLAGE, begin, match.end()))
    return found


def _name_begins(text: str, start: int, at: int) -> int:
    """Return where the words begin that stand in one clause, from `start` on, before `at`."""
    while at > start and text[at - 1] not in _SIGNS:
        at -= 1
    return at


def _is_named(before: str, word: str, kind: str) -> bool:
    """Return whether `before`, from the begin of a clause, is the name of one `word` and not a kind of them."""
    if before[-1:] and before[-1] in _PART_OF_WORD.get(word, ""):
        return False
    if kind == _SCHOOL and before.endswith("中心"):
        return before.removesuffix("中心") in {"", "镇", "乡"} or _NAME.fullmatch(before) is not None
    if kind == _VILLAGE or (kind == _FIRM and not _OF_MANY.search(before)):
        before = before.rpartition("的")[2]  # 位于沙坪村的恒丰米厂; 工作队帮扶的石桥村有贫困户46户
    if kind == _FIRM and word != "基地":
        before = _TRADE.sub("", before)  # 牧源养殖公司: what it does is no part of the name
    named = _NAME.fullmatch(before)
    if named is None or (word == "基地" and len(named["name"]) < 4):
        return False
    return (_NO_VILLAGE if kind == _VILLAGE else _NO_NAME).search(named["name"]) is None


def _is_its(text: str, body: _Body, one: Reading) -> bool:
    """Return whether the body is the subject of the clause of `one`, or of those before that it goes on with."""
    between = text[body.end : one.quantity.start]
    if _WHOLE.search(between) or "；" in between:
        return False
    clauses = between.split("，")
    if body.kind == _VILLAGE and one.code.startswith(_POOR_OF_VILLAGE):
        return all(_GOES_ON.match(clause) or _OF_ITS_POOR.match(clause) for clause in clauses[1:])
    if body.kind == _SAME:
        return all(_GOES_ON.match(clause) or _OF_ITSELF.match(clause) for clause in clauses[1:])
    if body.kind == _FIRM and one.code == "land.transferred":
        return all(_GOES_ON.match(clause) or _TAKES_LAND.match(clause) for clause in clauses[1:])
    return body.kind in {"place", _PERSON, _HEAD} or all(_GOES_ON.match(clause) for clause in clauses[1:])


def _is_no_fact(body: _Body, one: Reading, readings: Sequence[Reading], position: int) -> bool:
    if body.kind == _SPOT:
        return one.code in _OF_SPOT
    if body.kind == _WATER:
        return one.code.startswith("agri.aquatic_")
    if body.kind == _SCHOOL:
        return one.code in _OF_SCHOOL
    if body.kind == _HEAD:
        return one.code.startswith(_OF_HEAD)
    if body.kind == "place":
        return one.code.startswith(_OF_PLACE)
    if one.code.startswith(_KEPT) and body.kind != "unnamed":
        return False
    if body.kind == _VILLAGE and one.code.startswith(_POOR_OF_VILLAGE):
        return True
    if body.kind == _VILLAGE and one.code in _OF_ALL:
        return True
    if body.kind == _VILLAGE:
        return one.measure == "level" and any(
            other.code == one.code and other.item == one.item and other.place.sentence == one.place.sentence
            for other in readings[position + 1 :]
        )
    return True
