"""Whose a named figure is: one village's, some firms', some farms' or one firm's, and not the township's."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.guards import Words, guard_of
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = [
    "is_of_one_firm", "is_of_one_site", "is_of_one_village", "is_of_some_farms", "is_of_some_firms", "is_told_of_one",
]  # fmt: skip

# What the townships total is of; a village's or its cooperative's own figure is none of them.
_TOTALS: Final = frozenset(
    {"econ.rural_total_income", "agri.output_value", "econ.gdp", "livestock.output_value", "econ.industry_output",
     "collective.income", "collective.dividends", "tourism.revenue", "fiscal.funds_won"}
)  # fmt: skip
_ONE_VILLAGE: Final = re.compile(
    r"(?:^|[，。；：\n])(?![全各每所我本该]|行政|部分|多数|贫困|示范)(?:(?!个)[\u4e00-\u9fff]){2,4}村(?:的|全年|全村|年)?$"
)
_NO_NAME: Final = (
    r"(?![全各每所该我本]|行政|部分|多数|少数|个别|有的|贫困|示范|重点|试点"
    r"|其中|两个|三个|农村|乡村|中心村|嘎查)"
)
# 花生种植7860亩，南坪村茶叶产量达800斤; 我镇李家坝村识别贫困户88户: right before what is named stands whose it is
_HELD_OR_GROWN: Final = (
    "agri.crop_", "agri.grain_", "livestock.", "pop.", "poverty.registered", "poverty.lifted",
    "income.rural", "health.family_planning_rate",
)  # fmt: skip
_ONE_VILLAGES: Final = re.compile(
    r"(?:^|[，。；：、\n]但?|我[镇乡]|其中)(?![全各每所我本该其]|行政|部分|多数|少数|个别|贫困|示范|重点|试点|中心|自然|两个|三个)"
    r"[\u4e00-\u9fff]{2,3}(?<![农个山全各查])村(?:的|全年|今年|全村|识别|现有|共有|共)*$"
)
_CROPS_OWNER: Final = re.compile(
    rf"(?:我[镇乡]|其中)?{_NO_NAME}[\u4e00-\u9fff]{{2,3}}(?<![农个山全各查])村(?:的|全年|今年|全村)*(?=(?P<item>[\u4e00-\u9fff]{{1,6}}))"
)
_OF_THEM: Final = re.compile(r"(?:其中|比如|例如)[\u4e00-\u9fff]{2,3}$")  # 其中李家村集体经济收入达86万元
# 莺歌岭村靠出租冷库，年收入突破110万元; 曲龙村奶制品加工合作社年底分红16.8万元
_ITS_WAY: Final = re.compile(
    rf"(?:^|[，。；：\n])(?:如|像|比如|其中|尤其是|特别是)?{_NO_NAME}[\u4e00-\u9fff]{{1,4}}(?:村|嘎查|社区)(?!集体(?!林场|茶场|果场|农场|企业|公司)|级|民|均|“|两委|组|庄|[、和及])"
    r"(?:[\u4e00-\u9fff]{0,10}?(?:合作社|公司|企业|基地|农场|工坊|车间|林场|茶场|果场)|仅?(?:靠|依托|通过|利用|盘活|凭|采取|走|率先|以|把|将|引进|发展|流转|入股))"
)
# 3家规模以上企业完成产值2.7亿元 is theirs, and not the output of all industry.
_SOME_FIRMS: Final = re.compile(
    r"(?<!全[镇乡])(?<!我[镇乡])(?<!全街道)(?<!辖区)(?<!现有)(?<!共有)(?<![\d到至])\d+家(?![，、；（。余])[^，。；到至]{0,16}(?:，|均|都|共|实现|完成)[^。；]{0,20}$"
)
# 小麦加工生产线9月试产，当年实现产值3400万元
_NEW_WORKS: Final = re.compile(
    r"(?:生产线|项目|工厂|车间|公司|企业|[一二三]期)[^，。；\d]{0,6}(?:\d{1,2}月(?:底|份|初)?)?(?:已|正式|顺利|建成|全面|如期)*"
    r"(?:投产|试产|达产|投入生产|试运行|点火)(?:运行)?[，、](?:当年|年内|全年|目前|已|累计|预计)*$"
)
# 两家规模企业年度工业总产值达1亿元
_THESE_FIRMS: Final = re.compile(
    r"(?<!全[镇乡])(?<![镇乡境]内)(?<!共有)(?<!\d)(?:\d+|[两三四五六])家(?:规模|规上|龙头|重点|骨干)(?:以上)?(?:工业)?企业(?:年度|全年|年)?$"
)
_BARE_OUTPUT: Final = frozenset({"产值", "实现产值", "完成产值", "总产值", "实现总产值", "完成总产值"})
_KEEPERS: Final = re.compile(r"养[\u4e00-\u9fff]{1,3}(?:户|大户|专业户)$")
_ALL_VILLAGES: Final = re.compile(r"全[镇乡县]|各村|所有村|全街道|全苏木|\d+个村|合计|累计|总计")
# A firm's figures are none of the township's: 宏达公司实现产值3.2亿元，上缴税金860万元.
_ONE_FIRM: Final = re.compile(
    r"(?:^|[，。；：、\n])[^，。；：、\d]{2,12}?(?:公司|集团|化工厂|水泥厂|酒厂|茶厂|糖厂|纸厂|酒业|牧业|药业|矿业|面业|米业|乳业|铝业|薯业|粮油|纺织|铸造|砖厂|机械厂|建材厂|建材|木业|竹业|纸业|鞋业|服饰|制衣|食品|化工|机械|饲料厂|水电站|煤矿)(?:[^，。；：、]{0,4})$"
    r"|仅[^，。；\d]{1,10}一项[^，。；\d]{0,8}$"  # 仅药材一项农民人均收入就达…
)
_FIRM_STRUCK: Final = re.compile(
    r"(?:^|[。；\n：])(?!全|我|受)[\u4e00-\u9fff]{2,8}(?<!行)(?:公司|集团|[厂业]|建材|纺织|铸造|食品|化工|机械|服饰|制衣)(?<!行业)(?<!产业)(?<!企业)(?<!工业)(?<!农业)"
    r"受[^，。；\d]{2,12}影响，$"
)
_OF_TOWN: Final = re.compile(r"全[镇乡街苏]|我[镇乡]|辖区|街道|其他")
_NO_FIRMS: Final = frozenset(
    {"econ.rural_total_income", "agri.output_value", "econ.gdp", "livestock.output_value", "econ.industry_output",
     "collective.income", "tourism.revenue", "fiscal.tax", "econ.export_value", "econ.industry_added",
     "econ.gross_output", "income.rural_per_capita", "fiscal.revenue"}
)  # fmt: skip
# 企业营业收入860万元，实现利润42万元，上缴税金31万元: what firms paid, told in a breath with what they earned.
_OF_BUILDINGS: Final = re.compile(
    r"\d[幢栋座][^。；，\d]{0,6}(?:楼宇|大厦)(?![^。]*全[镇乡街])|规上(?:工业)?企业(?:共|累计)?(?:实现|完成|上缴|缴纳)(?:入库)?$"
)
_EARNED: Final = re.compile(
    r"(?:利润|销售产值|开票销售|应税销售|营业总?收入|销售总?收入|营业额)[^。；]{0,24}$"
    # 其中东隆羽绒产值首次超10亿元，税收超3000万元: one firm by its name
    r"|其中(?![^，。；]{0,8}(?:企业|工业|产业|行业|园区|服务业|乡镇))[\u4e00-\u9fff]{2,8}?(?:总?产值|销售额?|营收)[^。；]{0,24}$"
)
_MADE_OR_PAID: Final = frozenset({"econ.industry_output", "fiscal.tax", "agri.output_value", "econ.industry_added"})
# 河湾安置点安置搬迁户126户: one place that they moved to
_ONE_SITE: Final = re.compile(
    r"(?:^|[，。；：、\n]|[镇乡]内|其中)(?![全各所我本其易集搬新三两]|跨)[\u4e00-\u9fff]{2,3}(?:集中)?安置[点区](?:一处|就|共|已)*(?:安置|搬入|入住)?了?"
    r"(?:搬迁|移民|群众|户)*$"
)
# 二期投产，新增就业120人: those whom new works took on
_TAKEN_ON: Final = re.compile(
    r"(?:投产|达产|落地|投用|投入生产|投入使用|投入运行|建成|开业)(?:运行|运营|后)?[，、](?:可|将|已|预计|当年|年内)*"
    r"(?:(?:可|将)?(?:实现)?年?(?:产值|销售收入|产能)(?:可达|达到?|约|超)?[\d.]+[万亿]?元[，、](?:可|将)?)?$"
)
_MORE_OF_IT: Final = re.compile(r"新增(?:年)?$")


# 白杨村硬化入户路3.2公里; 福兴农业公司流转土地420亩; 示范户刘玉兰种植羊肚菌15亩: whose sentence it is
# Letters and words that are in no village's name: 硬化通村路, 镇村两级, 省级示范村.
_NAME: Final = (
    r"(?:(?![化通镇乡修筑全各每本该所个农驻进入到在于]|社区|打造|贫困|行政|自然|示范|重点|试点|中心|移民|文明|旅游|生态|脱贫|城中|精品|建制|样板|嘎查"
    r"|达标|特色|传统|薄弱|后进|多数|部分|个别|少数|新增|新建|空心|其余|其他|一批)[\u4e00-\u9fff])"
)
_DOES: Final = (
    r"(?:今年|全年|年内|去年|一次性|率先|还|又|先后|自筹|筹资|投资|投入|硬化|流转|种植|[试引新改套扩补轮连]?种|养|栽|林下|发展(?![到至为])|建成|新建|建起|建|修|新修|安装|实现|依托|利用|靠|盘活"
    r"|引进|完成|打造|开展|党支部领办|党支部牵头|两委带领|承包|租|扩建|吸纳|采取|整合|组织|村民[\u4e00-\u9fff]{2,3}(?=[种养栽承流]))"
)
_OWNER: Final = re.compile(
    rf"(?:如|像|比如|例如|其中|尤其是|特别是)?(?:{_NAME}{{2,4}}(?:村|嘎查)(?={_DOES})"
    r"|(?![全各本该我]|现有|新增|发展|培育|成立|注册|组建|规范|引进|引导|依托|通过|推行|推动|支持|由|将|与|农民|专业|家庭|股份|\d|第三方|生态畜牧业|涌现|鼓励"
    r"|[^，。；]{0,4}(?:供电|电力|移动|电信|联通|水务|自来水|燃气|烟草|铁塔|环卫|保洁|物业))"
    # 农牧民专业合作社 are all there are; 兴旺种养专业合作社 is one
    r"(?!(?:[农牧渔林民业村果茶]|专业|种养|种植|养殖|新型|经济|股份|土地)+(?:合作社|公司|集团|家庭农场))"
    rf"[^，。；：、\d]{{2,10}}(?<![家个])(?<!股份)(?<!农民)(?<!农民专业)(?<!类)(?:公司|集团|合作社|家庭农场)(?={_DOES})"
    # 福源蛋鸡场存笼蛋鸡12万羽: one farm by its name
    r"|(?!规模|各|全|该|本|标准|生态|现有|新建|大型|中型|小型|家庭|一批|集体|社会|扶贫|[千百万]头|[千百万]只)(?:(?![鸡鸭鹅猪牛羊禽兔养建个户座有])[\u4e00-\u9fff]){2,4}"
    r"(?:蛋|肉|种|奶|母|仔|湖|黑|育肥|标准化|生态|良种)*(?:鸡|鸭|鹅|猪|牛|羊|禽|兔)(?:养殖)?场(?=(?:年|现|常年|目前|今年|全年)*(?:存栏|出栏|存笼|饲养))"
    r"|(?:养殖|种植|示范|专业|科技|种粮|脱贫|贫困|茶|果|农|牧|渔)(?:大户|户|农|民|能手)"
    r"(?!数|均|[、和及与，。；：\d]|等|的|通过|自愿)[\u4e00-\u9fff]{2,3}(?:一家|一户|家)?(?=就?(?:种|养|栽|承包|流转|利用|贷款|靠|今年|去年|的\d)))"
)
# 该村自筹资金52万元; 单幢税收突破5000万元; 最大的一户流转860亩; 黄金周最高峰的一天，…: one of many, not by its name
_THAT_ONE: Final = re.compile(
    r"(?:^|[，。；：、\n])(?:(?:其中|而|但|黄金周|国庆|春节|全年)*)"
    r"(?P<one>该(?:村|社|户|企业|公司|合作社|厂|基地|园区|片区|小区|社区|矿)|单[幢栋家户]|全?[镇乡]?最[\u4e00-\u9fff]{1,4}的"
    r"(?:一(?:户|家|个|处|天|块|村)|那(?:户|家|个|天)|[\u4e00-\u9fff]{2,4}(?:村|嘎查|屯|组)|[\u4e00-\u9fff]{0,6}(?:合作社|企业|公司|农场|大户|[猪牛羊鸡殖]场)))"
)
_THAT_ONE_WORDS: Final = Words(("该", "单幢", "单栋", "单家", "单户", "最"))
_ONES_FUNDS: Final = ("该村", "该社", "该户")
# 每人联系1个村、2家企业、3户贫困户: so many for each, all along the list
_EVERY_ONE: Final = re.compile(
    r"每(?:人|名|位|个|户|村|组|支部|社区|网格|名?党员|名?干部|个?村)[^，。；\d共累合总]{0,12}\d[^，。；共累合总]*、[^，。；、\d]{0,6}$"
)
_OWNER_WORDS: Final = guard_of([_OWNER.pattern])
_OWNER_REACH: Final = 24
_OF_ALL: Final = re.compile(r"全[镇乡街苏县]|我[镇乡]|辖区|各村|合计|累计|带动周边")


def is_told_of_one(scene: Scene, reading: Reading) -> bool:
    """Return whether the sentence of a figure opens with one village, firm or household, whose own it is."""
    text, begin, start = scene.text, reading.place.segment[0], reading.quantity.start
    if _is_that_one(text, begin, start, reading.code):
        return True
    if text.find("每", begin, start) >= 0 and _EVERY_ONE.search(text, reading.place.clause[0], start):
        return reading.quantity.unit.dimension in {"count", "households", "people"}
    if reading.code == "project.investment":
        return False
    if reading.code.startswith("agri.crop_") and reading.item:
        its = _CROPS_OWNER.match(text, reading.place.clause[0], start)
        if its is not None and reading.item in its["item"]:
            return True  # 花生种植7860亩，南坪村茶叶产量达800斤
    # What names an owner stands near the begin; the pattern itself is slower than to look for its words.
    owner = _OWNER.match(text, begin) if _OWNER_WORDS.stand_in(text, begin, begin + _OWNER_REACH) else None
    return owner is not None and owner.end() <= start and not _OF_ALL.search(text, owner.end(), start)


def _is_that_one(text: str, begin: int, start: int, code: str) -> bool:
    """Return whether `begin:start`, a segment up to a figure, speaks of one of many (该村, 最大的一户) that has it."""
    if not _THAT_ONE_WORDS.stand_in(text, begin, start):
        return False
    found = list(_THAT_ONE.finditer(text, max(0, begin - 1), start))
    told = found[-1] if found else None
    if told is None or _OF_ALL.search(text, told.end(), start) or text.find("，全年", told.end(), start) >= 0:
        return False  # 该村已摘掉后进帽子，全年整顿后进党支部1个
    return code != "project.investment" or told["one"] in _ONES_FUNDS


def is_of_one_village(scene: Scene, code: str, named: int) -> bool:
    """Return whether what `code` names at `named` is one village's own, where the township's is meant."""
    text = scene.text
    if code.startswith(_HELD_OR_GROWN):
        return _ONE_VILLAGES.search(text, max(0, named - 10), named) is not None
    if code not in _TOTALS:
        return False
    if _ONE_VILLAGE.search(text, max(0, named - 8), named):
        return True
    if text[named : named + 1] == "村" and _OF_THEM.search(text, max(0, named - 6), named):
        return True
    segment = scene.span("segment", named)[0]
    start = max(segment - 1, named - 60, 0)
    its = list(_ITS_WAY.finditer(text, start, named)) if "村" in text[start:named] else []
    return bool(its) and not _ALL_VILLAGES.search(text, its[-1].end(), named)


def is_of_one_site(text: str, code: str, segment: int, named: int) -> bool:
    """Return whether those who moved or found work did so at one place: 河湾安置点126户, 二期投产，新增就业120人."""
    if code.startswith("poverty.relocation_"):
        return _ONE_SITE.search(text, max(segment - 1, named - 20, 0), named) is not None
    is_any_work = code == "jobs.new_urban" and text.startswith("新增就业", named)
    return is_any_work and _TAKEN_ON.search(text, max(segment, named - 32), named) is not None


def is_of_some_firms(scene: Scene, code: str, words: str, named: int) -> bool:
    """Return whether output that is named barely (`words` at `named`) is that of so many firms told before it."""
    if code != "econ.industry_output":
        return False
    if _THESE_FIRMS.search(scene.text, max(0, named - 16), named):
        return True
    if words not in _BARE_OUTPUT:
        return False
    segment = scene.span("segment", named)[0]
    return (
        _SOME_FIRMS.search(scene.text, max(segment, named - 44), named) is not None
        or _NEW_WORKS.search(scene.text, max(segment, named - 30), named) is not None
    )


def is_of_some_farms(text: str, code: str, before: Sequence[Reading], named: int) -> bool:
    """Return whether a herd is that of the households just counted: 养牛户26户，存栏480头."""
    if not code.startswith("livestock.") or code.endswith("_value") or not before:
        return False
    last = before[-1].quantity
    if last.unit.dimension != "households":
        return False
    is_kept = _KEEPERS.search(text, max(0, last.outer_start - 8), last.outer_start) is not None
    return is_kept and text[last.outer_end : named] in {"，", "、", "，共", "，年", "，现"}


def is_of_one_firm(text: str, reading: Reading, code: str, named: int, before: Sequence[Reading]) -> bool:
    """Return whether the clause of a total names a firm, or goes on about one spoken of before."""
    clause, segment = reading.place.clause[0], reading.place.segment[0]
    if code not in _NO_FIRMS or _OF_TOWN.search(text, clause, named):
        return False
    if code == "fiscal.tax" and (
        _EARNED.search(text, segment, named) or _OF_BUILDINGS.search(text, reading.place.sentence[0], named)
    ):
        return True
    is_before = named < reading.quantity.start
    if code in _MADE_OR_PAID and _MORE_OF_IT.search(text, clause, named if is_before else reading.quantity.outer_start):
        return True  # 27个项目达产，新增规上工业产值近10亿元
    if _ONE_FIRM.search(text, max(0, min(clause, named) - 1), named):
        return True
    if text.startswith("影响，", clause - 3) and _FIRM_STRUCK.search(text, max(0, segment - 1), clause):
        return True  # 长丰建材受市场影响，产值2150万元
    return bool(before) and before[-1].reason == "of one firm" and before[-1].quantity.start >= segment
