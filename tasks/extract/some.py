"""Figures of some and not of all: so many for each, what one village has, what some villages reach, canals kept up."""

import re
from typing import Final

from tasks.extract.guards import Guarded
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Scene

__all__ = ["reason_of_some"]

# 每个网格配备1名网格长, 每个班子成员至少要引进1个项目: how many there are in all is not said.
_FOR_EACH: Final = re.compile(
    r"(?:^|[，。；：、！？\n])(?:全[镇乡]|全街道|年内|在|年内在|平均|到(?:20)?\d\d年底?|(?:20)\d\d年|对|为|给|要求|做到|确保|力争|实现|[\u4e00-\u9fff]{0,2}(?:班子成员|干部|党员|委员|代表))?每(?:个|名|位|家|村|社区|镇|户|人|支部|单位|片区?|组|所|座)"
    r"[^，。；]{0,24}$"
)
_EACH_OF: Final = re.compile(r"\d个(?:行政)?(?:村|社区|组|支部|单位)(?:每村|每个|每组|每支部|各自)[^，。；]{0,16}$")
_IN_ALL: Final = re.compile(r"共|合计|累计|总计|平均")
_SO_MANY: Final = frozenset({"count", "people", "households"})
# 有的村拖了两个多月，参保率还不到90%
_SOME: Final = Guarded(
    r"(?:有的|个别|部分|少数|有些|一些|极少数|多数)(?:行政)?(?:村|社区|组|单位|企业|地方|支部)"
    r"(?![^，。；\d]{0,14}(?:影响|拖累|停产))"
)
_RATES: Final = frozenset({"share", "points"})
_OF_A_MONTH: Final = frozenset({"money", "mass", "share", "points", "visits"})
# 疏浚沟渠23公里: what was there before was cleaned and not built.
_KEPT_UP: Final = re.compile(r"清淤|巡查|巡护|疏浚|疏通|清理|清障|管护|维护")
_BUILT: Final = re.compile(
    r"新修|新建|修建|修筑|开挖|挖|衬砌|硬化|整修|修缮"
    r"|修复(?!水毁|灾毁|受损|损毁|破损)|改造|整治|防渗|砌|新挖|建设|配套|新增|续建"
)
_MENDED: Final = re.compile(r"(?:修复|恢复)(?:水毁|灾毁|受损|损毁|破损)|维修|修补|养护|管护|检修|清扫|保洁|维护|抢修")
_ROADS: Final = re.compile(r"路|街|巷")
# 维修加固危桥3座, 检修路灯185盏: 改造危桥 counts, and so does 维修 beside 新建.
# 平均亩产4.1吨，比上榨季高0.3吨
_MORE_OF_A_MU: Final = re.compile(
    r"(?:亩产|单产)[^，。；\d]{0,6}[\d.]+[^，。；\d]{1,3}，比(?!上年|去年|上一年|往年|前年|头年)[^，。；\d]{2,9}$"
)
_MENDED_ALONE: Final = re.compile(
    r"(?:维修|加固|检修|维护|养护|抢修|保养|清洗|清掏|保洁|管护|巡查)[\u4e00-\u9fff]{0,5}(?:桥梁?|路灯|公厕)(?:共|约|近)?$"
)
# 3天接待游客3.5万人次
_SOME_DAYS: Final = Guarded(
    r"(?:[\d一两二三四五六七八九十]天|首日|单日|日均|当[日天]|[季节]日)"
    r"[^，。；]{0,6}(?:接待|迎来|吸引)[^，。；\d]{0,8}$"
)
# 受理低保申请68户, 上报小额信贷申请73户340万元
_APPLIED: Final = re.compile(
    r"(?:已|拟)上报(?:易地|危房|低保|搬迁|改造)[^，。；\d]{0,8}(?:[\d,]+户[、，])?$|(?:受理|收到|上报|递交|提交|接收|接到)[^，。；]{0,12}申请(?:书|件|表)?(?:共|计)?(?:[\d.]+[余多]?[万千]?[户人件份个名][、]?)?$|报名[^，。；\d]{0,10}$"
)
# 表彰先进网格员16名, 评选星级网格12个, 授予“红旗党支部”称号9个
_HONOURED: Final = Guarded(
    r"(?:表彰|评选|评出|授予|选树|推选)(?!活动)[^，。；\d]{0,4}(?:先进|优秀|星级|最美|示范|红旗|五星|标兵|模范|文明|“)[^，。；、\d]{0,10}$"
)
# 清退低保户26户, 撤并学校3所: those that are no more.
_REMOVED: Final = Guarded(
    r"(?:清退|取消|注销|撤并|撤销|剔除|停发|吊销)(?!为|至|到|后|前|成)[^，。；\d]{0,14}(?:\d[\d,]*户[、，]?)?$"
)
# 平均每人年领取各类补贴75元
_EVERY_HEAD: Final = Guarded(
    r"(?:平均)?每(?:人|户|村)(?:每|一)?[年月]?[^，。；\d]{0,12}(?:补贴|补助|领取|发放|增收|收入|分红)[^，。；\d]{0,4}$"
)
# 每天清运垃圾12吨
_EVERY_DAY: Final = re.compile(r"(?:每天|每日|日均|每月|月均|每周|每年)[^，。；\d]{0,8}$")
# 完成了8个社区（村）的农家书屋建设: villages of which something is told.
_OF_VILLAGES: Final = re.compile(
    r"(?:行政村|建制村|社区|村)(?:（(?:村|社区)）)?的"
    r"(?:“|[\u4e00-\u9fff“”]{2,12}(?:建设|改造|整治|安装|硬化|建立|任务|创建|验收))"
)
_ALL_VILLAGES_OF: Final = re.compile(r"全[镇乡街]|我[镇乡]|全部|所有|辖区?|共有|现有")
# （山帽坡村6个村民组217户963人、…）: what one village has.
_HAS_ITSELF: Final = re.compile(
    r"(?:^|[（、，；。：\n和及与])(?![全各每所我本该辖等])(?:(?![个等辖至和及])[\u4e00-\u9fff]){1,5}"
    r"(?<!行政)(?<!自然)(?<!贫困)(?<!示范)(?<!重点)(?<!建制)(?<!中心)(?<!全)(?<!各)(?<!新)(?<!脱贫)(?<!试点)(?<!移民)村"
    r"(?:现?有|共有?|辖|下辖)?(?:\d+个(?:村民|居民)?小?组[、，]?)?(?:\d+户[、，]?)?$"
)
_GROUPS: Final = re.compile(r"(?:村民|居民)?小?组")
_ORDERED: Final = re.compile(r"(?:订单|合同|协议|意向)[^，。；\d]{0,4}(?:签约|约定|签订|收购)[^，。；\d]{0,10}$")
_CANAL: Final = re.compile(r"沟|渠")


# 全长12公里的环山公路已下达投资计划: no road yet.
# 境内有县道7公里，机耕道5公里: roads that there are.
_THERE_IS: Final = re.compile(
    r"(?:(?:境内|[镇乡]内|辖区内?)(?:现|共)?有?|(?:[全我该][镇乡]|[全我]街道)(?:现|共|目前)*有)[^。；]{0,16}(?:路|道)[^。；]{0,30}$"
    r"|(?:公路|道路)(?:通车)?(?:总)?里程(?:共|达|为|有)[^。；]{0,30}$"
)
_NOT_BEGUN: Final = re.compile(
    r"(?:[，、](?:总|计划|概算)?投资[^，。；]{1,12})?的[^。；\d]{2,30}?(?:下达投资计划|前期(?:准备)?工作|(?:正在|尚在|仍在)[^，。；\d]{0,4}(?:设计|规划|勘测|可研|审批|立项)|完成(?:勘测|设计|可研|立项))"
)


# 7月当月完成投资630万元: of one month, where 1-7月 does not follow
_ONE_MONTH: Final = re.compile(r"(?<![\d—~至-])(?:\d{1,2}月(?:份)?)?当月(?!底|末)")
# 仅7月份就接待游客3.2万人次
_ONLY_IN: Final = re.compile(
    r"仅(?:\d{1,2}月(?:份)?|国庆|春节|五一|“五一”)(?:期间|假期|长假|当天)?就?[^，。；\d]{0,10}$"
)
_SINCE_JANUARY: Final = re.compile(r"累计|截[至止]|\d月?[-—~至]\d{1,2}月|今年|全年|年初|上半年")
# 其中制造业完成投资1.2亿元，技改完成投资3500万元: parts of all that was invested, and no projects.
_PART_INVESTED: Final = Guarded(
    r"(?:^|[，；。：、\n])(?:其中)?(?:技改|技术改造|制造业|服务业|农业|房地产业?|民间|[一二三]产|第[一二三]产业)(?:预计|累计|共|实际)*完成投资$"
    r"|其中[\d.]+[万亿]元(?:及?以上)的?项目(?:累计|共)?(?:完成)?投资$"
)
_PIPES: Final = re.compile(r"[^，。；、\d]{0,8}(?:管道|管网|水管|电缆|光缆|电线|线路|输水管线)")  # 46公里自来水管道建成
# 拆除建筑面积5000平方米的旧仓库: how large one thing is.
_DEMOLISHED: Final = re.compile(r"拆除[^，。；\d]{0,8}$")
_SO_LARGE: Final = re.compile(r"(?:、[^，。；]{1,14})?的(?![^，。；]{0,8}(?:违|两违|私搭|乱搭))[\u4e00-\u9fff]{2}")


def _is_of_one_month(scene: Scene, q: Quantity) -> bool:
    text = scene.text
    sentence = scene.span("sentence", q.start)[0]
    start = max(sentence, q.outer_start - 20)
    if text.find("仅", start, q.outer_start) >= 0 and _ONLY_IN.search(text, start, q.outer_start):
        return True
    place = text.rfind("当月", sentence, q.outer_start)
    if place < 0 or not _ONE_MONTH.search(text, max(sentence, place - 4), place + 3):
        return False
    return _SINCE_JANUARY.search(text, place, q.outer_start) is None


# 投资86万元，完成羊街至河湾7.6公里弹石路；投资74万元，…: a list of works, each with what it cost, is of single roads.
_ONE_OF_THE_WORKS: Final = re.compile(
    r"投[资入][\d.]+[万亿]余?元，(?:完成|改造|铺完|铺[设筑]?|修建|修通|硬化|新建|新修|实施)了?(?=[\u4e00-\u9fff])[^，；。\d]{2,16}[\d.]+余?公里"
)
# 青梅公路5.6公里已完成土方; 12公里村道栽上景观树: no road was built
_EARTHWORKS: Final = re.compile(
    r"[^，。；\d]{0,6}(?:已|正在|正)?(?:完成)?(?:土方|征地|招标|放线|勘测|设计)|(?:的)?(?:村道|公路|道路|主干道|干道)(?:两侧|两旁|沿线)?(?:栽|种|安装|绿化|亮化)"
)
# 拓宽通村路4.8公里, 铺砂石路19公里: neither new nor hardened; 拓宽改造 and 新修砂石路 are
_WIDENED: Final = re.compile(
    r"(?:^|[，。；：\n]|(?<!硬化)(?<!新建)(?<!改造)、)(?:今年|全年|共|完成)?(?:[扩拓加]宽(?!改造|硬化|改建|提升|工程)[^，。；、和及\d]{1,8}|铺筑?[砂沙]石路|[砂沙]石路改造(?:\d+条)?)$"
)
_ROADBED: Final = re.compile(r"路基[^，；。\d]{0,8}$")
_ITS_ROADBED: Final = re.compile(r"的?[^，；。、\d]{0,4}路基")
# 从双河村到镇政府的公路长5.3公里: no road was built
_FROM_TO: Final = re.compile(
    r"从?[\u4e00-\u9fff]{2,8}[到至][\u4e00-\u9fff]{2,10}的?(?:公路|道路|路|[乡村县]道)(?:全|总)?长度?(?:约|为|达)?$"
)
_WIDE: Final = re.compile(r"(?:路面|路基|路宽|宽度?|加宽)(?:由|从|为|达|到|至)*(?:原来的)?$")
# 张庄、王庄两村参保率率先达到100%
_OF_TWO_VILLAGES: Final = re.compile(
    r"(?:[、和][\u4e00-\u9fff]{1,4}[两三四五]个?村|[、和][\u4e00-\u9fff]{1,4}等?\d个村)(?:的)?[^，。；\d]{2,14}$"
)
_SO_LONG: Final = re.compile(r"(?:^|[。；\n])全长$")  # 全长41.5公里、投资1320万元的某路…
# 当场整改52条，限期整改15条: those are not yet set right.
# 当场改了186处，限期改26处; 还有2起正在调解
_SOME_IN_TIME: Final = re.compile(
    r"(?:当场|现场|已|立即|即时)[^，。；]{0,8}\d+[^，。；\d]{1,4}[，、](?:责令|其余)?限期内?(?:整?改|整治|治理)(?:的|有)?$"
)
_STILL_AT_IT: Final = re.compile(
    r"(?:还|尚|仍)?正在?(?:进行)?(?:调解|化解|办理|整改|处理|侦办|审理|处置|协调|跟进|调处)"
)
_IN_TIME: Final = re.compile(r"整改\d+[^，。；\d]{1,2}[，、](?:责令)?限期整改$")
# 申请退出的4个村贫困发生率均在3%以下
_RATE_OF_VILLAGES: Final = re.compile(r"\d个(?:贫困|行政)?村(?:的)?贫困发生率[^，。；\d]{0,6}$")
# 最苦的是高山上的3个村，人均纯收入只在480元左右
_INCOME_OF_VILLAGES: Final = re.compile(
    r"(?:^|[，。；])(?![^，。；]*[辖设共现])[^，。；]*[的、][^，。；、\d]{0,4}\d个(?:行政)?村，(?:农民|群众|村民)?人均(?:纯|可支配)?收入[^，。；\d]{0,6}$"
)
# 对辖区43个小区、11所学校（幼儿园）、28家宾馆常态化巡查: what was looked over is counted, and not what there is.
_LOOKED_OVER: Final = re.compile(
    r"[^。；，\d]{0,10}(?:、\d+[个家所处][^，。；、\d]{1,10}){0,3}(?:进行|开展|实施|逐一|常态化|全面|定期|集中|拉网式)*了?(?:巡查|检查|排查|督查|监管|消杀|消毒|抽查|走访)"
)
_OVER_THESE: Final = re.compile(r"(?:^|[，。；\n])对[^，。；]{0,40}$")
# 五年累计投入1.93亿元，硬化村社道路118公里，…; 各级扶贫资金累计投入1870万元: of no single work
_PUT_IN_ALL: Final = re.compile(
    r"(?:(?:^|(?<![个项件])[，。；、：\n年来]|资金)累计投入|[。\n]累计投资)(?:各类|各项|各级)?(?:建设|扶贫|财政|项目|基础设施建设)?(?:资金)?(?:达|共|约|近)?$"
)
_FOR_ONE_WORK: Final = re.compile(
    r"用于[^，。；、\d]{2,14}(?:建设|改造|工程)|，(?:共|先后)?(?:实施|安排|建设)[^，。；\d]{0,8}项目\d"
)
# 新包装项目17个，总投资12.86亿元: what may once be built
_ON_PAPER: Final = re.compile(
    r"(?:包装|储备|申报|策划|招引)[^，。；\d]{0,8}(?:项目)?[^，。；\d]{0,6}\d+个，?、?(?:计划|预算|概算|预计)?(?:总)?投资(?:额)?(?:约|达|近)?$"
    r"|引进项目总投资$"
)
_LAST_YEARS: Final = tuple(  # 出口增长2.4%，去年同期为下降5.9%
    f"{year}{word}{change}"
    for year in ("去年同期", "上年同期", "去年", "上年")
    for word in ("为", "是")
    for change in ("下降", "增长", "负增长")
)
_TO_FOSTER: Final = re.compile(r"(?:发展|扶持|用于发展)[\u4e00-\u9fff]")
_ASKED_FOR: Final = re.compile(r"受理(?:各类)?治安案件[^，。；\d]{0,3}$")  # 受理治安案件52起，结案47起
_ALL_OVER: Final = re.compile(r"(?:元)?(?:及?以上)?(?:的)?(?:实现|已)?全覆盖")  # 村集体经营性收入30万元以上实现全覆盖

_A_MONTH: Final = re.compile(
    r"(?:^|[，、。；：\n])(?:每|按|平均每)?月(?:均)?发放(?![^，。；\d]*(?:共计|累计|合计|全年))[^，。；\d]{0,12}$"
)
_OF_SOME_FARMS: Final = re.compile(
    r"\d家[^，。；\d]{0,10}(?:养殖场|[\u4e00-\u9fff]场|合作社|企业|基地)(?:养殖|种植)?(?:面积|水面)(?:[\d.万]+(?:亩|公顷)，总?产量)?$"
)
_CLASS: Final = re.compile(r"[一二三四ABCDＡＢＣ]类$")  # 低保户：一类12户、二类34户


def reason_of_some(scene: Scene, q: Quantity) -> str:
    """Return why `q` is told of some and not of all, or ''."""
    text, kind = scene.text, q.unit.dimension
    clause = scene.span("clause", q.start)[0]
    before = text[max(0, q.outer_start - 40) : q.outer_start]
    if kind == "money" and "月" in before and _A_MONTH.search(text, max(0, q.outer_start - 20), q.outer_start):
        return "paid every month"
    reason = _of_single_things(scene, q, before) or _of_a_class(scene, q, clause, before)
    if reason:
        return reason
    if kind in _SO_MANY and "每" in text[clause : q.outer_start]:
        lead = text[max(0, clause - 1) : q.outer_start]
        if _EACH_OF.search(lead):
            return "so many for each"
        if _FOR_EACH.search(lead) and not _IN_ALL.search(lead.replace("平均每", "每")):
            return "so many for each"
    elif kind in _RATES:
        segment = scene.span("segment", q.start)[0]
        if _SOME.search(text, max(segment, q.start - 40), q.outer_start):
            return "of some"
    elif kind == "length":
        reason = _of_what_was_there(scene, q, clause)
    return reason or _of_some_counted(scene, q, clause) or _of_each_or_ordered(text, q, clause)


def _of_a_class(scene: Scene, q: Quantity, clause: int, before: str) -> str:
    """Return why `q` is of some farms, a class of the poor, one month, a part of what was invested, one building."""
    text, kind = scene.text, q.unit.dimension
    if kind in {"area", "mass"} and "家" in before and _OF_SOME_FARMS.search(before):
        return "of some farms"
    if kind in {"people", "households"} and _CLASS.search(text, max(0, q.outer_start - 4), q.outer_start):
        return "a class of them"
    if kind in _OF_A_MONTH and _is_of_one_month(scene, q):
        return "of one month"
    if kind == "money" and _PART_INVESTED.search(text, max(0, q.outer_start - 16), q.outer_start):
        return "part"
    if kind == "floor" and _DEMOLISHED.search(text, clause, q.outer_start) and _SO_LARGE.match(text, q.outer_end):
        return "size of one building"
    return ""


def _of_what_was_there(scene: Scene, q: Quantity, clause: int) -> str:
    """Return why a length is of pipes, of what is not begun, or of what was there before and only kept up, or ''."""
    text = scene.text
    if _PIPES.match(text, q.outer_end):
        return "pipes and lines"
    if _NOT_BEGUN.match(text, q.outer_end):
        return "not yet begun"
    segment = scene.span("segment", q.start)[0]
    there = _THERE_IS.search(text, max(segment, q.outer_start - 48), q.outer_start)
    if there and not _BUILT.search(text, there.start(), scene.span("clause", q.end)[1]):
        return "there before, not built"
    lead = text[max(clause, q.outer_start - 14) : q.outer_start]
    if _KEPT_UP.search(lead) and _CANAL.search(lead) and not _BUILT.search(lead):
        return "kept up, not built"
    lead = text[max(clause, q.outer_start - 20) : q.outer_start]
    if _MENDED.search(lead) and _ROADS.search(lead) and not _BUILT.search(lead):
        return "kept up, not built"
    return ""


def _of_some_counted(scene: Scene, q: Quantity, clause: int) -> str:
    """Return why what `q` counts was kept up, applied for, honoured, struck off or of some days or villages, or ''."""
    text, kind = scene.text, q.unit.dimension
    if kind == "count" and q.unit.unit in {"座", "盏", "杆"}:
        lead = text[max(clause, q.outer_start - 16) : q.outer_start]
        if _MENDED_ALONE.search(lead) and not _BUILT.search(lead):
            return "kept up, not built"
    if kind in {"visits", "people"} and _SOME_DAYS.search(text, max(clause, q.outer_start - 24), q.outer_start):
        return "of some days"
    told = (
        scene.span("clause", clause - 2)[0] if kind == "people" and clause == q.outer_start and clause > 2 else clause
    )
    if kind in {"households", "money", "people", "count"} and _applied_for(text[told : q.outer_start]):
        return "applied for"
    if (
        kind == "count"
        and q.unit.unit == "个"
        and _OF_VILLAGES.match(text, q.outer_end)
        and not _ALL_VILLAGES_OF.search(text, max(clause, q.outer_start - 10), q.outer_start)
    ):
        return "of some villages"
    if kind not in _SO_MANY:
        return ""
    if (
        "村" in text[max(0, q.outer_start - 18) : q.outer_start]
        and (kind != "count" or _GROUPS.match(text, q.outer_end))
        and _HAS_ITSELF.search(text, max(0, q.outer_start - 26), q.outer_start)
    ):
        return "of one village"
    if _HONOURED.search(text, max(clause, q.outer_start - 18), q.outer_start):
        return "some that were honoured"
    if _REMOVED.search(text, max(clause, q.outer_start - 18), q.outer_start):
        return "no more"
    return ""


def _of_each_or_ordered(text: str, q: Quantity, clause: int) -> str:
    """Return why a sum is for each, or a mass is of one mu, of every day or only ordered, or ''."""
    kind = q.unit.dimension
    if kind == "money" and _EVERY_HEAD.search(text, max(clause, q.outer_start - 20), q.outer_start):
        return "so many for each"
    if kind != "mass":
        return ""
    if "比" in text[max(clause, q.outer_start - 10) : q.outer_start] and _MORE_OF_A_MU.search(
        text, max(0, q.outer_start - 32), q.outer_start
    ):
        return "yield of one crop"
    if _EVERY_DAY.search(text, max(clause, q.outer_start - 14), q.outer_start):
        return "so many every time"
    return "ordered, not yet grown" if _ORDERED.search(text, clause, q.outer_start) else ""


def _of_single_things(scene: Scene, q: Quantity, before: str) -> str:
    """Return why `q` is of one road, one mu, some villages or what was only looked over, or ''."""
    text, kind = scene.text, q.unit.dimension
    if kind == "length":
        if "路基" in before and _ROADBED.search(before):
            return "roadbed, no road yet"
        if text.find("路基", q.outer_end, q.outer_end + 10) >= 0 and _ITS_ROADBED.match(text, q.outer_end):
            return "roadbed, no road yet"
        if _EARTHWORKS.match(text, q.outer_end):
            return "no road that was built"
        if "长" in before[-3:] and _FROM_TO.search(before) and not _BUILT.search(before):
            return "length of one road"
        if q.unit.unit == "米" and _WIDE.search(before):
            return "how wide a road is"
        if ("宽" in before or "石路" in before) and _WIDENED.search(before):
            return "road widened or gravelled, not built"
        if before.endswith("全长") and _SO_LONG.search(before):
            return "length of one road"
        segment = scene.span("segment", q.start)
        if text.startswith("投", segment[0]) and _ONE_OF_THE_WORKS.match(text, segment[0], segment[1]):
            sentence = scene.span("sentence", q.start)
            if len(_ONE_OF_THE_WORKS.findall(text, *sentence)) > 1:
                return "length of one road"
    elif kind == "share":
        if before.endswith(_LAST_YEARS):
            return "growth of the year before"
        if "村" in before and _OF_TWO_VILLAGES.search(before):
            return "of some villages"
        if "贫困发生率" in before and _RATE_OF_VILLAGES.search(before):
            return "of some villages"
    elif kind == "money":
        if "投" in before:
            if "累计" in before and _PUT_IN_ALL.search(before) and not _FOR_ONE_WORK.match(text, q.outer_end):
                return "sum of many works"
            if _ON_PAPER.search(before):
                return "of projects on paper"
            if before.endswith("投入") and _TO_FOSTER.match(text, q.outer_end):
                return "to foster, no project"
        if "个" in before and "人均" in before and _INCOME_OF_VILLAGES.search(before):
            return "of some villages"
        if text.find("全覆盖", q.end, q.end + 8) >= 0 and _ALL_OVER.match(text, q.end):
            return "threshold"
    elif kind == "count":
        if before.endswith("限期整改") and _IN_TIME.search(before):
            return "not yet set right"
        if "限期" in before[-5:] and _SOME_IN_TIME.search(before):
            return "not yet set right"
        if "正" in text[q.outer_end : q.outer_end + 4] and _STILL_AT_IT.match(text, q.outer_end):
            return "not yet done"
        if text.startswith(("限期整改", "正在整改", "未整改"), q.outer_end):
            return "not yet set right"
        if before.endswith("的有") and "元" not in before[-8:] and text.startswith("村", q.end):
            return "of some villages"
        if "治安" in before and _ASKED_FOR.search(before):
            return "taken up, not solved"
        if "对" in before and _OVER_THESE.search(before) and _LOOKED_OVER.match(text, q.outer_end):
            return "looked over"
    return ""


def _applied_for(lead: str) -> bool:
    return ("申请" in lead or "报名" in lead or "上报" in lead) and _APPLIED.search(lead) is not None
