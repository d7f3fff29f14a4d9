"""Figures told by the words on both sides of them: 2个村脱贫出列, 剩余的179户贫困人口, 公路3.8公里贯通."""

import re
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.guards import Guarded
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Scene
from tasks.extract.siblings import Generic

__all__ = ["is_still_poor", "kind_of"]

_LIFTED: Final = re.compile(
    r"(?:[省市县国]定|(?:国家|[省市县区])级|深度|重点|建档立卡|一般)*(?:贫困)?(?:行政)?(?:村|嘎查)(?:（社区）)?(?![^，。；、\d]{0,6}(?:未|没有?)(?:能|如期)*(?:出列|摘帽|退出|达到))[^，。；、\d]{0,8}?"
    r"(?:出列|摘帽|销号|(?:摘|甩)(?:掉|去|除|下)?了?“?贫困(?:村|落后)?的?”?帽子?|退出(?!机制|标准)|达到退出标准|达标退出|通过[^，。；、\d]{0,8}(?:验收|评估)|达到脱贫标准|达到摘帽标准)"
)
_LIFTED_ARE: Final = re.compile(r"(?:出列|摘帽)的(?:是|有|为)[^，。；\d]{0,16}$")  # 出列的是茶亭、石鼓两个村
_LIFTED_ENDS: Final = ("退出", "出列", "摘帽")  # 今年计划脱贫210户803人、退出2村
_BY_NOW: Final = re.compile(r"至此|迄今|历年")
# 10个村集体经济收入合计216万元: all the villages there are, where the sum is theirs together.
_EARN_TOGETHER: Final = re.compile(
    r"(?:行政)?(?:村|嘎查)(?:我|都|也|全部|逐一|挨个)*(?:走|跑|转|走访|跑遍|走遍)了?(?:个|一)?遍"
    r"|(?:行政)?(?:村|嘎查)(?:我|都|也|全部)*(?:走遍|跑遍)"
    r"|(?:行政村|建制村|嘎查)[\u4e00-\u9fff]{2,12}(?:实现)?全覆盖"
    r"|(?:行政)?(?:村|嘎查)(?:级|村)?集体(?:经济)?(?:经营性|可支配)?总?收入(?:年)?(?:合计|总计|总额|共计|共|累计|总共|总量|达到?|完成|实现|为)?\d"
)
_SOME_OF_THEM: Final = re.compile(r"[等有中余]$|其中|仍|还|另|示范|贫困|试点|重点")
_OF_POVERTY: Final = re.compile(r"贫困|脱贫|出列|摘帽")
# 剩余的179户544人贫困人口, 还有12户贫困户未脱贫: the poor who are left.
_LEFT: Final = re.compile(
    r"(?:剩余|余下|剩下|尚未脱贫|未脱贫|仍有|还有|尚有|尚余|[还仅只]剩|现有)的?(?:最后)?的?(?:[\d,]+户)?$"
)
_STILL_POOR: Final = re.compile(
    r"(?:、?\d[\d.,]*万?余?[人名])?(?:(?:尚|还|仍)?未脱贫)?的?(?:建档立卡|农村)?贫困(?:户|人口|群众|家庭)(?!危|住房|学生|劳动力|村)"
    r"|(?:、?\d[\d.,]*万?余?[人名])?(?:[^，。；\d]{0,2}贫困(?:人口|户|群众))?(?:(?:尚|还|仍)?未(?:能|实现|稳定)?|(?:还|仍)?没有?(?:实现|能够)?)脱贫"
)
# 上年底剩余的45户156人全部达到脱贫标准: those who were left then
_LEFT_THEN: Final = Guarded(
    r"(?:上年|去年|上一年|20\d\d年)年?[底末](?:剩余|未脱贫|剩下)的?(?:贫困户)?(?:[\d,]+户、?)?$"
)
_ALL_LIFTED: Final = re.compile(
    r"(?:、?[\d,]+人)?(?:贫困(?:户|人口|群众))?(?:已|均|也|都|如期|按期|实现)*(?:全部|全都|均|都)(?:如期|实现|稳定|顺利|已)*"
    r"(?:达到脱贫标准|脱贫|退出|清零|越线)"
)
_SINCE_LIFTED: Final = Guarded(
    r"(?:脱贫|减贫)[^。；\d]{0,6}[\d,]+户[、，]?[\d,]+人，(?:现|还|目前|仅|尚|仍)*(?:剩余|剩下|余下|剩|余)(?:的|有)*(?:[\d,]+户[、，]?)?$"
)
# 今年脱贫368户，…，全镇贫困发生率为1.18%，剩余86户326人: the poor who are left, in a clause of its own
_LEFT_ALONE: Final = Guarded(
    r"(?:^|[，；。\n])(?:截[至止]|到)?(?P<year>年初|20\d\d年|去年|上年)?年?(?:目前|现|还|尚|仍|仅|只|全镇|全乡|[底末])*(?:剩余|剩下|余下|剩)的?(?:最后)?的?"
    r"(?:贫困户|贫困人口)?(?:[\d,]+户[、，]?(?:贫困人口)?)?$"
)
_HOUSES_AND_PEOPLE: Final = re.compile(r"[、，]?(?:贫困人口|人口)?[\d,]+人")
_NO_POOR: Final = re.compile(r"危房|改厕|厕所|搬迁户|拆迁|签约|征地")
_ALL_CLEARED: Final = re.compile(
    r"(?:[、，]?[\d,]+人)?(?:贫困(?:户|人口|群众))?(?:要|将|须|当年)?(?:全部|全都|如期)(?:实现)?(?:脱贫|清零|退出|摘帽)"
)
# 今年识别监测对象31户89人 are new ones; 累计识别… are all there have been.
_IDENTIFIED: Final = Guarded(
    r"(?<!累计)(?<!共)识别(?:并?纳入)?(?:防返贫|“?三类”?)?(?:监测)?(?:帮扶)?(?:对象|户|人员)(?:共|有|为)*$"
)
_THIS_YEAR: Final = re.compile(r"(?:全年|今年|年内|当年|本年度?|上半年|季度|20\d\d年)(?!(?:以来)?累计)(?!.*累计)")
_NOT_LEFT: Final = re.compile(r"[^，。；]{0,8}(?<!未)(?<!未能)(?:实现|如期|全部|稳定|顺利)脱贫")
# 清理低保，退出74户163人，新纳21户48人，现有398户812人
_ON_REGISTER: Final = re.compile(
    r"低保[^。；]{0,40}(?:退出|取消|清退|停发|新纳|新增|核减)[^。；]{0,48}[，、](?:目前|年末|现在|最终|年底)?(?:现有|在册|在保|实有|尚有|共有)$"
)
_REGISTER_ENDS: Final = frozenset("有册保")
# 高标准农田项目顺利完工，涉及刘楼、前张等9个村1.5万亩
_HIGH_STANDARD: Final = re.compile(
    r"高标准(?:基本)?农田(?:建设|改造提升)?(?:项目|工程)[^，。；\d]{0,10}，(?:涉及|惠及|覆盖)[^，。；\d]{0,12}[\d,]+个(?:行政)?村[，、]?(?:面积)?$"
)
# 疏港路延伸段3.8公里全线贯通: a road that the clause says was built.
_ROAD: Final = re.compile(
    r"(?:公路|大道|道路|[县乡村省国]道[\u4e00-\u9fff]{0,6}|[\u4e00-\u9fff]{2}路|[\u4e00-\u9fff]{2}街|环线|连接线)"
    r"(?:[\u4e00-\u9fff]{0,3}段|[一二三四]期|延伸线|支线|改扩?建|扩建|改造|新建|拓宽|提升|升级|硬化|建设|通畅|工程|项目|白改黑|加宽)*"
    r"(?:（[^（）\d]{1,12}）)?(?:全长|总长|长|共|约|近|，|工程)*$"
)
_BUILT_ROAD: Final = re.compile(r"贯通|通车|建成|完工|竣工|完成|新建|改造|硬化|修建|拓宽|铺设|改建|扩建|打通|实施|升级")
_NO_ROAD: Final = re.compile(
    r"[管渠缆距巡]|沟渠|水沟|边沟|盖板沟|线路|铁路|高铁|高速|电网|绿道|路灯|河|供水|供电|电力|千伏|燃气|天然气|路基|护栏|绿化|养护|管护|清扫|保洁|现有|通车里程|总里程"
    r"|欠账|缺口|水毁|损毁|冲毁|规划|前期|思路|出路|套路|路径|路线|防线|一带一路"
)

# 争取1700万元水利“最后一公里”项目资金
_WON: Final = re.compile(r"(?:^|[，。；：、\n]|成功|积极|先后|累计|共)争取(?:到|了|到位|上级)*$")
# 争取县水利局支持28万元
_WON_FROM: Final = re.compile(
    r"争取(?:到|了)?(?:[省市县区州]|上级|国家|中央)[^，。；、\d企]{0,10}(?:支持|扶持|拨款|补助)$"
)
_FUNDS: Final = re.compile(
    r"的?(?!贷款|社会|招商)[^，。；、\d]{0,14}?(?:项目|专项|补助|扶持|建设|奖补|衔接|债券|治理|帮扶)资金"
)
# 中央环保督察反馈问题5个，已全部整改销号
_FED_BACK: Final = re.compile(
    r"督[察查](?!组)[^，。；\d]{0,16}?(?:问题|信访件|案件|事项|转办件|交办件|线索|任务|意见|件)(?:共|有|计|共计)?$"
)
_SETTLED: Final = re.compile(
    r"(?:问题|信访件|案件|事项)?[，、]?(?:目前|现|已|均|全部|按期|按时|如期|都)*(?:完成)?(?:整改|销号|办结|整治到位|落实到位)(?!方案|措施|中)"
)
# 12个村集体经济收入都在10万元以上，全镇合计318万元: theirs together, behind what each has at least
_TOGETHER_EARNED: Final = re.compile(
    r"集体(?:经济)?(?:经营性)?总?收入(?:均|都|全部)[^。；，]{0,16}，(?:全[镇乡]|全街道)?(?:合计|总计|共计|总额|加起来|合起来)(?:达到?|为|有|约|近)*$"
)
# 培训渔民船员680人次, 培训返乡青年和退役军人215人: those of a trade, who learn one
_TRAINED: Final = re.compile(
    r"培训了?(?![^，。；]{0,8}(?:党|干部|书记|网格|代表|教师|老师|村医|医生|医务|两委|委员|骨干|安全|队|联络|信息员|宣传|调解|护林|消防|技术人员|农技|志愿|学生|辅导|监督|统计))"
    r"[\u4e00-\u9fff、“”和及与]{1,14}(?:船员|矿工|[木瓦电焊钳绣技女民]工|工人|职工|农民工|移民|青年|军人|妇女|月嫂|厨师|保安|司机|驾驶员|护工|护理员|育婴员"
    r"|保洁员|服务员|从业人员|返乡人员|失业人员|劳动力|劳力|渔民|牧民|绣娘|匠|主播|创业者|毕业生|能手|待业人员|新型农民|脱贫群众|搬迁群众)等?(?:各类人员|共|各类人才)?$"
)


def kind_of(scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
    """Return what `q` is by the words around it: villages lifted, people still poor, findings settled, a road."""
    unit = q.unit
    if unit.unit in {"个", "村"}:
        return _villages_lifted(scene, q) or _all_villages(scene, q) or _settled(scene, q)
    if unit.unit in {"项", "件", "条", "起"}:
        return _settled(scene, q)
    if unit.dimension in {"households", "people", "visits"}:
        if unit.dimension == "households" and (kept := _on_register(scene, q)) is not None:
            return kept
        return _still_poor(scene, q) or _newly_identified(scene, q) or _trained(scene.text, q)
    if unit.dimension == "area":
        first = max(scene.span("segment", q.start)[0], q.start - 56)
        built = _HIGH_STANDARD.search(scene.text, first, q.outer_start)
        return Generic("land.high_standard", "", "high_standard", 0.85, 90) if built else None
    if unit.dimension == "money":
        return _funds_won(scene.text, q) or _earned_together(scene, q)
    return _road(scene, q, zone) if unit.dimension == "length" else None


def _funds_won(text: str, q: Quantity) -> Generic | None:
    won = _WON.search(text, max(0, q.outer_start - 8), q.outer_start)
    if text.endswith(("支持", "扶持", "拨款", "补助"), 0, q.outer_start) and _WON_FROM.search(
        text, max(0, q.outer_start - 20), q.outer_start
    ):
        return Generic("fiscal.funds_won", "", "funds_won", 0.85, 90)
    if won is None or not _FUNDS.match(text, q.outer_end):
        return None
    return Generic("fiscal.funds_won", "", "funds_won", 0.85, 76)


def is_still_poor(scene: Scene, q: Quantity) -> bool:
    """Return whether words around `q` say that it counts the poor who are left, a figure of its own."""
    text = scene.text
    if _LEFT_ALONE.search(text, max(0, q.outer_start - 28), q.outer_start) and (
        _is_left_of_poor(scene, q) or _ALL_CLEARED.match(text, q.outer_end)
    ):
        return True
    is_since = _SINCE_LIFTED.search(text, max(0, q.outer_start - 36), q.outer_start)
    return is_since is not None or _STILL_POOR.match(text, q.outer_end) is not None


def _villages_lifted(scene: Scene, q: Quantity) -> Generic | None:
    text = scene.text
    if q.unit.unit == "村" and text.endswith(_LIFTED_ENDS, 0, q.outer_start):
        sentence = scene.span("sentence", q.start)[0]
        is_of_poverty = _OF_POVERTY.search(text, sentence, q.start) is not None
        return Generic("poverty.villages_lifted", "", "villages_lifted", 0.93, 126) if is_of_poverty else None
    if "的" in text[max(0, q.outer_start - 18) : q.outer_start] and _LIFTED_ARE.search(
        text, max(scene.span("clause", q.start)[0], q.outer_start - 22), q.outer_start
    ):
        return Generic("poverty.villages_lifted", "", "villages_lifted", 0.9, 126)
    match = _LIFTED.match(text, q.outer_end)
    if match is None or not _OF_POVERTY.search(text, scene.span("sentence", q.start)[0], match.end()):
        return None
    # 至此全镇11个贫困村全部退出: all there were, in the years before too
    code = "poor_villages" if _BY_NOW.search(text, max(0, q.outer_start - 10), q.outer_start) else "villages_lifted"
    return Generic(f"poverty.{code}", "", "villages_lifted", 0.93, 126)


def _settled(scene: Scene, q: Quantity) -> Generic | None:
    text = scene.text
    first = scene.span("clause", q.start)[0]
    if not _SETTLED.match(text, q.outer_end) or not _FED_BACK.search(text, first, q.outer_start):
        return None
    return Generic("eco.inspections_fixed", "", "settled", 0.9, 122)


def _all_villages(scene: Scene, q: Quantity) -> Generic | None:
    text = scene.text
    if not _EARN_TOGETHER.match(text, q.outer_end) or _SOME_OF_THEM.search(
        text, max(0, q.outer_start - 8), q.outer_start
    ):
        return None
    return Generic("area.villages", "", "all_villages", 0.88, 112)


def _still_poor(scene: Scene, q: Quantity) -> Generic | None:
    text = scene.text
    follow = _STILL_POOR.match(text, q.outer_end)
    code = "poverty.remaining_households" if q.unit.dimension == "households" else "poverty.remaining_people"
    if _SINCE_LIFTED.search(text, max(0, q.outer_start - 36), q.outer_start):
        return Generic(code, "", "still_poor", 0.9, 126)
    if _LEFT_THEN.search(text, max(0, q.outer_start - 20), q.outer_start) and _ALL_LIFTED.match(text, q.outer_end):
        return Generic(code, "", "still_poor", 0.85, 126)
    alone = _LEFT_ALONE.search(text, max(0, q.outer_start - 28), q.outer_start)
    is_cleared = alone is not None and _ALL_CLEARED.match(text, q.outer_end) is not None
    if alone is not None and (is_cleared or _is_left_of_poor(scene, q)):
        if is_cleared:
            return Generic(code.replace("remaining", "lifted"), "", "still_poor", 0.85, 126)
        return Generic(code, "", "still_poor", 0.85, 126)
    if (
        follow is None
        or not _LEFT.search(text, max(0, q.outer_start - 12), q.outer_start)
        or _NOT_LEFT.match(text, follow.end())
    ):
        return None
    return Generic(code, "", "still_poor", 0.9, 126)


def _is_left_of_poor(scene: Scene, q: Quantity) -> bool:
    """Return whether the sentence speaks of the poor, and `q` counts households with their people, or the people."""
    text = scene.text
    sentence = scene.span("sentence", q.start)
    if not _OF_POVERTY.search(text, *sentence) or _NO_POOR.search(text, max(sentence[0], q.start - 40), sentence[1]):
        return False
    if q.unit.dimension == "households":
        return _HOUSES_AND_PEOPLE.match(text, q.outer_end) is not None
    return True


def _on_register(scene: Scene, q: Quantity) -> Generic | None:
    text, end = scene.text, q.outer_start
    if text[end - 1 : end] not in _REGISTER_ENDS or not text.startswith("人", q.end + _digits_from(text, q.end)):
        return None
    if _ON_REGISTER.search(text, scene.span("sentence", q.start)[0], end) is None:
        return None
    return Generic("social.minimum_living_households", "", "register", 0.85, 100)


def _digits_from(text: str, start: int) -> int:
    end = start
    while text[end : end + 1].isdigit() or text[end : end + 1] in {"、", ","}:
        end += 1
    return end - start


def _newly_identified(scene: Scene, q: Quantity) -> Generic | None:
    text = scene.text
    if q.unit.dimension != "households" or not _IDENTIFIED.search(text, max(0, q.outer_start - 24), q.outer_start):
        return None
    sentence = scene.span("sentence", q.start)[0]
    if not _THIS_YEAR.search(text, max(sentence, q.outer_start - 48), q.outer_start):
        return None
    return Generic("poverty.newly_identified_households", "", "newly_identified", 0.9, 126)


def _earned_together(scene: Scene, q: Quantity) -> Generic | None:
    text, start = scene.text, q.outer_start
    begin = scene.span("segment", q.start)[0]
    if text.find("集体", max(begin, start - 40), start) < 0:
        return None
    if _TOGETHER_EARNED.search(text, max(begin, start - 40), start) is None:
        return None
    return Generic("collective.income", "", "together", 0.85, 90)


def _trained(text: str, q: Quantity) -> Generic | None:
    start = q.outer_start
    if q.unit.dimension == "households" or text.find("培训", max(0, start - 18), start) < 0:
        return None
    is_so = _TRAINED.search(text, max(0, start - 18), start) is not None
    return Generic("jobs.trained_people", "", "trained", 0.85, 84) if is_so else None


def _road(scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
    text = scene.text
    first, last = scene.span("clause", zone.lead)
    start = max(first, zone.start)
    if _ROAD.search(text, start, zone.lead) is None or _NO_ROAD.search(text, start, last):
        return None
    around = text[max(first, start) : zone.lead], text[q.outer_end : last]
    if not any(_BUILT_ROAD.search(one) for one in around):
        return None
    return Generic("infra.roads_km", "", "road", 0.85, 76)
