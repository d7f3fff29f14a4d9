"""Figures that are no fact whatever they name: thresholds, what is left over, damage done."""

import re
from typing import Final

from tasks.extract.guards import Guarded, guard_of
from tasks.extract.kinds import is_still_poor
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Scene
from tasks.extract.some import reason_of_some
from tasks.lexicon import Lexicon

__all__ = ["Refusals"]

_LEFT: Final = re.compile(r"(?:尚有|仍有|还有)(?:近|约)?$|(?<![具拥享所])(?P<some>有)$")
# 尚有12户未消除返贫风险 are those still watched
_WAITS: Final = r"待(?=改造|整改|解决|化解|建设|开工|提升|整治|完善|落实|落地|修复|硬化)"
_NOT_YET: Final = re.compile(rf"未(?!消除)|没有|{_WAITS}")
_SURELY_NOT_YET: Final = re.compile(rf"[尚还仍]未|{_WAITS}")
_PER_HOUSEHOLD: Final = Guarded(r"(?:户均|每户)(?:有|至少|都有|均有|达到?|约|实现)*$")  # 户均有1人以上稳定就业
# 我本人联系5户监测户: whom one cadre looks after.
_OF_ONE_CADRE: Final = Guarded(r"(?:我|本人|书记|镇长|乡长|主任)(?:联系|包联|包保|结对|挂包|挂联|结对帮扶|帮扶)了?的?$")
# 冲毁道路3.4公里、渠道1.8公里
_WASHED_AWAY: Final = Guarded(
    r"(?<!修复)(?<!恢复)(?<!抢通)(?<!抢修)(?<!修复被)(?<!整修)(?:冲毁|冲垮|损毁|毁坏|淹没|压坏|受损)[^，。；\d]{0,10}(?:\d[\d.]*余?(?:公里|千米|米)[、和][^，。；、\d]{2,8})?$"
)
_DISASTER: Final = Guarded(
    r"(?:受灾|成灾|绝收|受旱|受损|过火|受渍|受淹|受冻)[^，。；]{0,6}$|(?:冲毁|淹没|损毁|毁坏|烧毁|砸[坏毁]|打[坏毁]|刮倒|压[垮塌]|致使|造成)[^，。；]{0,10}$"
)
_STRUCK: Final = re.compile(r"[^，。；\d]{0,8}(?:受损|受灾|受淹|绝收|受渍|被淹|受冻|受旱|倒伏|减产)")
# 总投资不低于3亿元的标准厂房三期已完成桩基 speaks of one project, 总投资超亿元的项目12个 of many.
_INVESTED: Final = re.compile(r"投[资入][^，。；\d]{0,4}$")
_SUMMED_UP: Final = ("盘子", "合计", "总计")
_ONE_PROJECT: Final = re.compile(
    r"的(?!项目|企业|工程|产业)(?![^，。；]{0,12}\d)[\u4e00-\u9fff“”]{4,16}?(?:已|正|顺利|全面|开工|建成|竣工|主体|落户|如期)"
)
# 4家投资规模1500万元的企业
_SIZE: Final = re.compile(r"(?:投资|产值|年产值)规模(?:达|在|约|近)?$")
_OF_FIRMS: Final = re.compile(r"(?:以上|左右)?的(?:大型|重点)?(?:企业|公司|工厂)")
# 5公里以上的公路6条
_LONG_ROADS: Final = re.compile(r"(?:及?以上|以下)的?[^，。；、\d]{1,8}\d+条")
_OVER: Final = re.compile(r"(?:过|上|在|超过?|突?破|达到?|不足|不到|低于)了?$")
_EVERY_ONE: Final = re.compile(
    r"(?:全部|全都|都|全)(?:超|突破|破|达|过|迈过|跨过|跨上|迈上|站上)[过到]?了?$"
    r"|个(?:行政)?村(?:（社区）)?(?:均|都|全部)(?:已|实现)*(?:超|突破|达|过)[过到]?了?$"
    r"|个(?:行政)?村(?:（社区）)?(?:全部|全都|都|均)(?:已|实现)*(?:村集体|集体)[\u4e00-\u9fff]{0,8}(?:超|突破|达|过)[过到]?了?$"
)
# 设计年出栏60万羽, 年接待能力60万人次, 项目建成后年产值可达3亿元: what could be is no fact of the period.
_CAPACITY: Final = re.compile(
    r"可容纳|可(?:保证|满足|储存|存储|贮藏|贮存|储藏|冷藏)|(?<!均)(?<!即)(?<!都)可(?:安置|解决|惠及|带动|供|吸纳|覆盖)(?!了)|投产(?:后)?可(?:新增|增加|提供|解决|安置|实现)|(?<!全)年可(?:加工|产|出栏|处理|接待|生产)|日(?:供|产|处理|加工|冷冻|屠宰|上市|销)|(?:设计|计划)年(?:产|出栏|接待|处理|加工)|设计(?:产|出栏|接待|处理|加工)|能力(?:可达|达到?|为|约)?$|(?:达产|建成|投产|投用|建成投产|达产达效)后[^，]*$|可(?:实现)?年(?:产|出栏|加工|接待)"
)
# 建成后全镇污水处理率要达到90%: what has to be is a plan
_HAS_TO_BE: Final = re.compile(r"(?<![重需主首])[要须]达到?$")
# 日处理20吨的垃圾中转站1座: the size of what is counted
_OF_THAT_SIZE: Final = re.compile(
    r"\d[^，。；\d]{1,3}(?:以上)?的[^，。；\d]{2,14}$|\d(?:万?吨|立方米?|方|头|羽|只)[^，。；\d]{0,10}(?:厂|站|车间|中心|场|塔|池)$"
)
_AMONG: Final = re.compile(
    r"[业社场户员人村]中，?(?:已|仅|只|仍)?有$|(?:企业|农户|贫困户|合作社)中$"
)  # 22家规模以上企业中有9家经营困难
_AMONG_ENDS: Final = frozenset("有中\n")
_OF_A_BASE: Final = re.compile(r"的(?:大棚|露地|设施|花卉)[^，。；、\d]{0,8}基地")  # 100亩的大棚蔬菜基地
_EVERY_SO_OFTEN: Final = Guarded(
    r"每(?:个?季度|月|周|年|半年|天|日|个月)(?:至少|不少于|都)?[^，。；]{0,8}$"
)  # 每季度至少排查1次
_VILLAGES_UNDER: Final = Guarded(
    r"\d个村[^，。；]{0,10}收入[^，。；]{0,3}(?:低于|不足|不到|在)$"
)  # 仍有5个村年收入低于2万元
_ALL_VILLAGES: Final = re.compile(
    r"(?:所有|每个|全部)(?:行政)?(?:村|嘎查)(?![^，。；]*[，。；])|各村(?:级)?(?:集体)?(?:经济|经营性)?收入(?:均|都)?(?:要|应)?(?:不低于|不少于|至少|$)"
)  # 所有村集体经济收入达到8万元以上
_COUNTED_BY_IT: Final = re.compile(
    r"(?:以上)?(?:的)?[\u4e00-\u9fff]{2,6}?(?:达到?|有|共)?\d+[个家户幢栋人]"
)  # 税收超千万元楼宇5幢
_OF_THOSE: Final = re.compile(r"的(?=[\u4e00-\u9fff])(?!速度|增长|增速|水平|目标|幅度|收入)")
_THRESHOLD: Final = re.compile(
    r"(?:且|并且?|、|和|或|及)[^，。；\d]{1,14}的(?:农户|家庭|群众|人员|行政村|村|企业|人口|户|对象)(?!\d)"
    r"|(?:（含）)?(?:及?以上|以下)的?(?=\d+[个家户]|[有共]\d)|(?:（含）)?(?:及?以上|以下)?的(?:有|共)?(?=\d+[个家户])"
    r"|(?:（含）)?(?:及?以上|以下)的(?!速度|增长|增速|水平|目标|幅度|收入)(?=[^，。；、])|(?:以上|以下|及以上)?的?(?:行政)?(?:村|社区)(?!集体|级|民|组|委)"
    r"|(?:（含）)?(?:及?以上|以下)的?(?:工业|商贸|纳税|骨干|规模|龙头|重点|产业|招商|农业)?(?:养[\u4e00-\u9fff]{1,2})?(?:家庭|企业|大户|商户|楼宇|合作社|农户|个体户|项目|规模户|养殖户|养殖场|[猪牛羊鸡鸭]场)"
)
_THRESHOLD_BEGINS: Final = frozenset("（及以的行村社且并、和或")
# 压减800亩，还剩3400亩: what there is after so much less
_AFTER_LESS: Final = Guarded(
    r"(?:减|退|少|缩|下降|萎缩)[^，。；\d]{0,8}[\d.]+[^，。；\d]{1,6}，(?:现|目前|如今)?(?:还剩下?|剩下?)$"
)
_STEP: Final = re.compile(
    r"(?:以上)?的?(?:新)?(?:台阶|大关|关口|门槛|行列|规模)"
)  # 迈上5000万元以上的台阶: it was reached
# 完成剩余128户危房改造 is what is done or to be done, and no rest.
# 排查隐患465处，除2处仍在限期治理外，全部整改
_BUT_FOR: Final = re.compile(r"[^，。；\d]{0,24}(?:以外|之外|外)[，、]")
_DOING: Final = re.compile(r"(?:完成|实施|推进|抓好|做好|改造|新建|启动|消除|搬迁|解决)了?$")
_LISTED_FOR: Final = Guarded(r"列入[^，。；\d]{0,6}(?:计划|规划)(?:解决|办理|实施)?$")  # 列入明年计划2件
# 1652户改厕正有序推进
_GOING_ON: Final = re.compile(
    r"[^，。；\d]{0,10}正在?(?:有序|稳步|加快|抓紧|全力|积极|加紧)*(?:推进|实施|进行|施工|建设|改造)"
)
# 6个项目竣工，4个即将竣工验收
_SOON: Final = re.compile(
    r"[^，。；、\d]{0,10}(?:即将|将于|将在|有望)[^，。；、\d]{0,8}(?:竣工|完工|投产|投用|建成|开工|验收|开业|投入)"
)
_ONE_OF: Final = re.compile(r"[就即便]")
# 建成年出栏5000头的标准化养猪场2个: how large a farm is.
_HERD: Final = re.compile(r"(?:出栏|存栏|饲养)(?:量|规模)?(?:达到?|超)?$")
_FARM: Final = re.compile(
    r"(?:以上|以下)?的?[^，。；、\d]{0,8}?(?:[猪牛羊鸡鸭鹅殖牧繁]场|养殖小区|[养繁][殖育]基地|大户|养殖户|项目)"
)
# 造林1100亩，超目标任务200亩
_BEYOND: Final = re.compile(
    r"(?:超|超过|超出)了?(?:年初|年度|全年|原定|既定|(?:[县市区旗州省]|上级)[级上里]?(?:政府)?(?:下达|分配|安排|分解|定)?的?)?"
    r"(?:的)?(?:目标|任务|计划|指标)(?:任务|数)?$|(?:任务|目标|计划|指标)数?超(?:出|额|过)?了?$"
)
_THAN_OTHERS: Final = re.compile(
    r"[比较](?:全[县市省区州国旗])(?:农村|农民)?(?:平均|人均)?(?:水平|收入)?的?(?:还|要|也|仍)?(?:[高低多少](?:出|了)?)?$"
)
_OF_THIS_VILLAGE: Final = re.compile(
    r"(?:^|[，。；：、\n])(?![全各每所我本该]|行政|部分|贫困|中心|自然|重点|示范)[\u4e00-\u9fff]{2,3}村的?$"
)
_OF_A_FEW: Final = re.compile(
    r"[^，。；\d]一(?:个(?:人|村|合作社|企业|农场|社区)|[户家人村])就(?!投资)[^，。；\d]{0,8}$|(?:^|[，。；])[^，。；\d]{0,6}[两三四]个村(?:的)?年?(?:总)?收入[^，。；\d]{0,6}$"
)
_FOR_ONE_ROAD: Final = re.compile(
    r"(?<!项目)(?:[路线桥]|高速|铁路|产业园|[^工]园)(?:线上|建设)?征地$|在[\u4e00-\u9fff]{2,4}村(?:连片)?流转(?:土地|耕地)?$"
)
_OF_FUNDS_WON: Final = re.compile(
    r"(?:公路|水利|交通|新农村)[^，。；\d]{0,6}资金[\d.]+万元、[^，。；]*救[灾助济][^，。；、\d]{0,4}资金$"
)
_PLOT: Final = re.compile(r"的?[^，。；、\d]{0,8}(?:示范片|示范方|攻关点|攻关田)")
_EACH_PAID: Final = re.compile(r"家(?:企业)?(?:年)?(?:纳税|税收|产值)(?:均|都)?(?:超|过|突破)?$")
_CAME_BEFORE: Final = re.compile(r"(?:引进|招引|签约|落户|落地)的$")
_CAME_FIRST: Final = re.compile(r"(?:先期|前期|此前|早先|往年|去年|上年|前年|之前)(?:引进|招引|签约|落户|落地)的$")
_FOR_EACH: Final = re.compile(r"(?<!平均)每[户人名月亩头只床](?:每?[年月])?(?:约|近)?$")
_DONE_WITH: Final = re.compile(r"全部|如期|均已|已|脱贫")
_SIZES: Final = frozenset({"money", "head", "small head", "area"})
_COUNTS: Final = frozenset({"count", "people", "households"})
_HERDS: Final = frozenset({"head", "small head"})


class Refusals:
    """Knows figures that are no fact by the words right around them; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        remainder = rf"(?:{'|'.join(lexicon.words['remainder']['words'])})(?:的|有|约|近)*$"
        remainder += r"|(?:^|[（，；、])(?:尚|仅|还)?余$"  # 整改451处（余7处限期整改）
        self._remainder = re.compile(remainder)
        self._hints = guard_of([remainder, _LEFT.pattern, _CAPACITY.pattern])

    def reason(self, scene: Scene, q: Quantity) -> str:
        """Return why `q` is no fact, or ''."""
        text, kind = scene.text, q.unit.dimension
        if _is_beyond(text, q):
            return "beyond a target"
        if text[q.outer_start - 1 : q.outer_start] == "除" and _BUT_FOR.match(text, q.outer_end):
            return "remainder"
        reason = reason_of_some(scene, q) or _reason_of_one(text, q, kind)
        if reason:
            return reason
        if _is_threshold(text, q, kind):
            return "threshold"
        is_hinted = self._hints.stand_in(text, max(0, q.outer_start - 24), q.outer_start)
        if is_hinted and _could_be(scene, q):
            return "what could be"
        reason = _reason_of_part(scene, q, kind)
        if not reason and is_hinted:
            reason = self._rest(scene, q)
        return reason or _reason_of_undone(text, q, kind)

    def _rest(self, scene: Scene, q: Quantity) -> str:
        """Return `remainder` where words before `q` say that it is what is left over, or ''."""
        text = scene.text
        if text[max(0, q.outer_start - 2) : q.outer_start] in {"仅剩", "只剩"} or is_still_poor(scene, q):
            return ""
        if _AFTER_LESS.search(text, max(0, q.outer_start - 36), q.outer_start):
            return ""
        left = self._remainder.search(text, max(0, q.outer_start - 8), q.outer_start)
        if (
            left
            and not _DONE_WITH.search(text, q.outer_end, scene.span("clause", q.end)[1])
            and not _DOING.search(text, max(0, left.start() - 4), left.start())
        ):
            return "remainder"
        left = _LEFT.search(text, max(0, q.outer_start - 6), q.outer_start)
        not_yet = _SURELY_NOT_YET if left and left["some"] else _NOT_YET
        if left and not_yet.search(text, q.outer_end, scene.span("clause", q.end)[1]):
            return "remainder"
        return ""


def _is_beyond(text: str, q: Quantity) -> bool:
    """Return whether `q` is what was done beyond a target: 超目标任务200亩; 超目标任务3300人的4.8% names the target."""
    start = max(0, q.outer_start - 14)
    return (
        "超" in text[start : q.start]
        and text[q.outer_end : q.outer_end + 1] != "的"
        and (
            _BEYOND.search(text, start, q.outer_start) is not None
            or _BEYOND.search(text, start, q.start) is not None  # 比县下达任务超出200亩
        )
    )


def _reason_of_one(text: str, q: Quantity, kind: str) -> str:
    """Return why `q` is of one village, road, rank or fund, or of others, or ''."""
    start = q.outer_start
    if kind == "money" and _THAN_OTHERS.search(text, max(0, start - 12), start):
        return "background"  # 比全县平均的3615元还低637元
    if kind == "area" and _OF_THIS_VILLAGE.search(text, max(0, start - 6), start):
        return "of one village"  # 新湾村460亩连片流转项目
    few = text[max(0, start - 14) : start]
    if ("就" in few or "个村" in few) and _OF_A_FEW.search(text, max(0, start - 18), start):
        return "of some villages"  # 扎西村一个村就接待了6.8万人次
    if kind == "money":
        if _OF_FUNDS_WON.search(text, max(0, start - 40), start):
            return "part of the funds won"  # 公路资金42万元、水利资金336万元、救灾资金23万元
        if _EACH_PAID.search(text, max(0, start - 10), start):
            return "threshold"  # 2家企业纳税超千万元
        if _FOR_EACH.search(text, max(0, start - 4), start):
            return "so much for each"  # 发放优待金每户3200元
    elif kind == "area":
        if _FOR_ONE_ROAD.search(text, max(0, start - 18), start):
            return "of one project or village"  # 沿河路征地63亩, 在廖湾村流转土地600亩
        if _PLOT.match(text, q.outer_end):
            return "a plot that shows"  # 创办1600余亩中药材示范片
    elif text[start - 1 : start] == "的" and _CAME_BEFORE.search(text, max(0, start - 8), start):
        is_told_first = _CAME_FIRST.search(text, max(0, start - 8), start) is not None
        if is_told_first or (q.unit.unit == "家" and not text.startswith("项目", q.outer_end)):
            return "some that came before"  # 引进的两家养猪企业满负荷生产
    elif q.unit.unit == "位" and text[q.start - 1 : q.start] in {"前", "后"}:
        return "a rank"  # 排名后3位的村
    return ""


def _is_threshold(text: str, q: Quantity, kind: str) -> bool:
    """Return whether `q` is a size that others are counted by: 5公里以上的公路6条, 税收超千万元楼宇5幢."""
    if kind == "length":
        return _LONG_ROADS.match(text, q.end) is not None
    is_step = kind == "money" and _STEP.match(text, q.end) is not None
    if is_step and not _EVERY_ONE.search(text, max(0, q.start - 28), q.start):
        return False
    if kind == "money" and text.endswith(_SUMMED_UP, 0, q.outer_start):
        return False  # 总盘子1986.5万元的11个项目
    if kind in _SIZES and text[q.end : q.end + 1] in _THRESHOLD_BEGINS and _THRESHOLD.match(text, q.end):
        return True
    if (
        kind == "money"
        and _SIZE.search(text, max(0, q.outer_start - 6), q.outer_start)
        and _OF_FIRMS.match(text, q.end)
    ):
        return True
    return (
        kind in {"money", "people"}
        and not (_INVESTED.search(text, max(0, q.start - 8), q.start) and _ONE_PROJECT.match(text, q.outer_end))
        and _OVER.search(text, max(0, q.start - 3), q.start) is not None
        and (
            _OF_THOSE.match(text, q.end) is not None
            or (kind == "money" and _COUNTED_BY_IT.match(text, q.end) is not None)
            or _EVERY_ONE.search(text, max(0, q.start - 28), q.start) is not None
        )
    )


def _could_be(scene: Scene, q: Quantity) -> bool:
    """Return whether `q` is what something is built for: 设计年出栏60万羽."""
    first = max(scene.span("clause", q.start)[0], q.start - 24)
    could = _CAPACITY.search(scene.text, first, q.outer_start)
    if could is None or _OF_THAT_SIZE.search(scene.text, could.end(), q.outer_start):
        return False
    is_due = q.unit.dimension == "share" and _HAS_TO_BE.search(scene.text, first, q.outer_start) is not None
    return not is_due


def _reason_of_part(scene: Scene, q: Quantity, kind: str) -> str:
    """Return why `q` is a part, of each or every time, or ''."""
    text, start = scene.text, q.outer_start
    if kind in _COUNTS:
        is_among = text[start - 1 : start] in _AMONG_ENDS and _AMONG.search(text, max(0, start - 4), start)
        if is_among and not text.startswith("贫困村", q.outer_end):
            return "part"  # but not of 5个行政村中有3个贫困村
        if kind == "households" and _OF_ONE_CADRE.search(text, max(0, start - 10), start):
            return "looked after by one"
        if kind == "people" and _PER_HOUSEHOLD.search(text, max(0, start - 8), start):
            return "so many in every household"
        if kind != "count" and text.startswith("/", q.end):
            return "so many to a place"  # 人口密度64人/平方公里
        if kind == "count" and _EVERY_SO_OFTEN.search(text, max(0, q.start - 18), start):
            return "so many every time"
    elif kind == "area" and _OF_A_BASE.match(text, q.outer_end):
        return "size of a base"
    elif kind == "money" and (
        _VILLAGES_UNDER.search(text, max(0, q.start - 24), q.start)
        or (
            q.bound == "at_least"
            and _ALL_VILLAGES.search(text, max(scene.span("clause", q.start)[0], q.start - 30), q.start)
        )
    ):
        return "threshold"
    return ""


def _reason_of_undone(text: str, q: Quantity, kind: str) -> str:
    """Return why `q` is the size of a farm, one of several, not yet done or damage done, or ''."""
    if kind in _HERDS and _FARM.match(text, q.end) and _HERD.search(text, max(0, q.outer_start - 8), q.outer_start):
        return "size of a farm"
    if q.stated_value == "一" and _ONE_OF.match(text, q.outer_end):
        return "one of several"
    if kind == "households" and _GOING_ON.match(text, q.outer_end):
        return "not yet done"
    if kind == "count" and (
        _SOON.match(text, q.outer_end) or _LISTED_FOR.search(text, max(0, q.outer_start - 16), q.outer_start)
    ):
        return "not yet done"
    if kind == "length" and _WASHED_AWAY.search(text, max(0, q.outer_start - 28), q.outer_start):
        return "damage"
    if kind == "area":
        is_damage = _DISASTER.search(text, max(0, q.outer_start - 14), q.outer_start) or _STRUCK.match(
            text, q.outer_end
        )
        if is_damage:
            return "damage"
        if text[q.outer_start - 4 : q.outer_start] == "受益面积":
            return "served, not grown"
    return ""
