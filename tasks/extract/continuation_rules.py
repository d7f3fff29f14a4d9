"""Rules by which a figure goes on about the one before it: 由去年的…, 净增…, 减少…, 累计达到…, 目标为….

They are tried in order; the first that knows decides. Each one's docstring is what it reads: the figure before, the
words between and the figure that goes on.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tasks.extract.continuation import Continuation, noun_behind, was_before
from tasks.extract.done_of import WAS, is_done_of_begun, is_told_as_new
from tasks.extract.done_of_aims import AIMS, is_against_aim, is_short_of
from tasks.extract.own_years import goes_on_in_a_year
from tasks.extract.target_rules import (
    PLANNED,
    beyond_the_target,
    done_of_aim,
    done_of_planned,
    of_the_target,
    of_the_task,
    of_the_task_issued,
    target,
    works_done,
)

__all__ = ["LEVELS", "OURS", "OUR_RATE", "goes_on", "goes_on_from_rate"]

_Rule = Callable[[Continuation], bool | None]  # True: settled; False: it goes on about nothing; None: ask the next

LEVELS: Final = frozenset({"level", "forecast", "prior_level", "growth_abs", "plan"})

_REACHED_FROM_RATE: Final = re.compile(
    r"[突力首连再将]破|争破|突破|超过|达到?|(?:仅|只)?(?:完成|实现|为|有|是)$|[降增升减]至|^，?(?:总额|总量|总数|总值|绝对额|绝对值|规模)(?:为|有|是)?$"
)
_TO_A_YEAR: Final = re.compile(r"到(?:20)?\d\d年")
_PER_ONE: Final = re.compile(r"户均|人均|亩均|村均")
_SURE: Final = re.compile(r"(?:确保|必保|力保|保底|计划|目标为?)(?:完成|达到?|实现)?$")
_AT_BEST: Final = re.compile(r"[，、]?(?:并)?(?:力争|争取|冲刺|奋斗目标为?|挑战)(?:完成|达到?|突破|实现|到|为)*")
_NOW: Final = re.compile(
    r"(?:全年|全镇|全乡|目前|现在?|眼下|年末|年底|总数|总量|今年|实际|最终|还|仍|也|就)*(?:[仅只才共]?(?:为|有|剩|完成|实现|达到?|是)|降为|减为|增为)"
)
_FORESEEN: Final = re.compile(
    r"[，（、；]?(?:到|至)?(?:全年|年底|年末|今年)?(?:预计|有望|可望|预期)(?:到|至)?(?:全年|年底|年末|今年|明年|上半年|\d{1,2}月?[-—~至]\d{1,2}月份?|\d{1,2}月[底末])?(?:全年|可|能|将|可以|能够)*(?P<verb>完成|实现|达到?|突破|出栏|到)?"
)
_IN_ALL_NOW: Final = re.compile(
    r"[，、；（]?[至到]?年[末底](?:共|已|全镇|全乡|全街道)?(?:有|达到?|为)?$|[，；](?:全镇|全乡|全街道|目前)+(?:共有|现有|已有)$"
    r"|[，、；（]?(?:全镇|全乡|全街道|目前|现|至今|已)*(?:累计|总数|总量|存量|总面积|总规模|总里程)已?"
    r"(?P<done>建成|完成|流转|发展|改造|新建|实施|种植|安装|办理|实现|培育|治理|修建|硬化)?(?:达到?|有|为|到)?$"
)
OURS: Final = re.compile(
    r"(?:其中|而|但|可)*(?:我|全|本)(?:镇|乡|街道|苏木|办)"
    r"(?:共|已|仅|只|还|虽然?|也|却|就|仍|则|才|更|承担|负责|承接|分配|分解|并|的?任务)*"
    r"(?:完成|实现|为|达到?|占|占到|建成|有|改造|贡献|引进|落户|是|以|拿下|分得|分到|承担|占去|占到|出了?|贡献出|才|却是|仅为)?(?:了)?(?:其中的)?$"
)
# 全县造林任务8万亩，分解到我镇6500亩: what the county asks of the township
_OUR_TASK: Final = re.compile(
    r"[，、]?(?:其中)?(?:县[上里]?|市[上里]?|区[上里]?|上级)?(?:分解|分配|下达|分给|交给|落实|派|摊)(?:到|给|至)?(?:了)?"
    r"我(?:镇|乡|街道|苏木|办)(?:的)?(?:任务|指标)?(?:数|面积)?(?:是|为|有|共)?"
)
OUR_RATE: Final = re.compile(r"[，、]?[而但却]?我(?:镇|乡|街道|苏木|办)")  # 全省…增速为7.6%，我镇增长8.3%
_IS_NOW: Final = re.compile(
    r"(?:完成|实现|达到?|增加?[至到]|提高到|上升到|发展到|扩大到|壮大到|有|为|突破|超过|如今|现在|当前|到)了?$|^[，、；（]?(?:今年|本年)$"
)
_ANEW: Final = re.compile(r"^(?:优化|整合|进一步|科学|重新|统一)+(?=(?:调整|整合|合并|划分|压减|精简)[为到至成])")
# 占县上下达任务450座的102.9%
_ISSUED: Final = re.compile(r"(?:[县市区州旗省]|上级)[级上里委]?(?:政府)?(?:下达|分配|安排|交给)的?")
_OF_TARGET: Final = re.compile(r"的(?:[\d百]|(?:年度|全年|年初|县定|市定|既定)?(?:目标|任务|计划))")
# 培育规上企业3家，新增1个省级商标: new ones of something else.
_NOUN_OF_ITS_OWN: Final = re.compile(r"(?!以上|左右|以内|其中|分别|均|都|已|全部|为|达)[\u4e00-\u9fff]{2}")
_PART_OF_YEAR: Final = re.compile(r"[上下]半年|[一二三四]季度|\d{1,2}月")
_ALL_YEAR: Final = re.compile(r"[，、；]?(?:预计)?全年(?:共|累计|为|达到?|完成|实现)*")
_RECRUITED: Final = re.compile(r"^[，、]?(?:当年|今年|年内|全年)?发展$")
_CAME_IN: Final = ("完成", "实现", "收入", "为", "收入达到")
_MARK: Final = re.compile(r"^(?:大关|这?(?:个|一|道)?(?:台阶|关口|门槛|坎))")  # 突破20亿元大关，达到20.6亿元
_ABSOLUTE: Final = ("绝对额", "绝对值", "净增", "净减")
_THIS_FIGURE: Final = ("这个数", "这一数", "这一指标", "这项指标")
_SHORT_CHANGE: Final = 6
_TO_LAST_YEAR: Final = re.compile(r"(?:去年底?|上年末?|前年)的$")
_THAN: Final = re.compile(r"[，、（(]?(?:比|较)")


def goes_on_from_rate(case: Continuation) -> bool:
    """财政收入增长12%，达到3200万元: read the level that a growth came to, or from (由2860万元增加到3200万元)."""
    if case.words.moved_from.search(case.own) and case.words.moves_to.match(case.text, case.q.outer_end):
        case.confidence = 0.85
        return False if case.rates.rest(case.words.moved_from.sub("", case.own)) else case.take("prior_level", "prior")
    case.confidence = 0.85
    sign = case.words.sign(case.own)
    if sign and len(case.own.lstrip("，、")) <= _SHORT_CHANGE and not case.rates.rest(case.own):
        case.reading.negative = sign < 0
        return case.take("growth_abs", "increment")  # 较上年下滑26%，少收1300万元
    said = case.own + case.text[case.q.outer_start : case.q.start]
    if case.words.reached.search(case.own) is None and _REACHED_FROM_RATE.search(said) is None:
        return False
    if case.rates.rest(_TO_A_YEAR.sub("", case.own)):
        return False
    return case.take("level", "reached")


def goes_on(case: Continuation) -> bool:
    """Read what goes on about a level, a plan or an increase; return False where no rule says that it does."""
    for rule in _BY_ALL_WORDS:
        settled = rule(case)
        if settled is not None:
            return settled
    case.own = _MARK.sub("", case.own, 1)
    case.rest = case.rates.rest(_ISSUED.sub("", case.own))
    case.is_of_target = _OF_TARGET.match(case.text, case.q.outer_end) is not None
    case.has_noun = case.q.unit.dimension == "count" and _NOUN_OF_ITS_OWN.match(case.text, case.q.outer_end) is not None
    for rule in _BY_OWN_WORDS:
        settled = rule(case)
        if settled is not None:
            return settled
    return False


# --- then and now -----------------------------------------------------------------------------------------------------


def _now(case: Continuation) -> bool | None:
    """去年粮食总产量1.92万吨，今年再获丰收，达到1.98万吨: the one before is what was."""
    if not was_before(case.text, case.subject, case.q) or not _IS_NOW.search(case.own):
        return None
    case.subject.measure, case.subject.rule = "prior_level", "earlier"
    return case.take("level", "reached")


def _in_a_year(case: Continuation) -> bool | None:
    """2023年达到1.2万元，2024年达到1.35万元; 固定资产投资上半年5000万元，全年1.2亿元."""
    subject, start = case.subject, case.subject.place.clause[0]
    is_of_year = subject.measure in {"level", "prior_level"} and goes_on_in_a_year(case.own)
    if not is_of_year and not (
        subject.measure == "level"
        and _ALL_YEAR.fullmatch(case.own)
        and _PART_OF_YEAR.search(case.text, start, subject.quantity.start)
    ):
        return None
    is_sure = case.text.find("确保", start, subject.quantity.start) >= 0
    return case.take("plan", "target") if is_sure else case.take("level", "reached")


def _was(case: Continuation) -> bool | None:
    """12个行政村（原21个）."""
    if case.subject.measure == "level" and case.own.removeprefix(noun_behind(case.subject)) in WAS:
        return case.take("prior_level", "prior")
    return None


def _done_of_begun(case: Continuation) -> bool | None:
    """已开工121户，竣工77户: what was begun is no fact."""
    if not is_done_of_begun(case.text, case.subject, case.own):
        return None
    case.subject.refuse("begun, of which the next were done")
    return case.take("level", "reached")


def _moved_to(case: Continuation) -> bool | None:
    """由15件增加到22件; 将原有79个网格重新调整为86个."""
    between = _ANEW.sub("", case.own.removeprefix(noun_behind(case.subject)))
    to = case.words.to.search(between)
    if to is None or case.rates.rest(between[: to.start()]):
        return None
    # 由前年的3100亩扩展到去年的4000亩，今年又扩到5200亩
    return case.take("prior_level", "prior") if _TO_LAST_YEAR.search(between) else case.take("level", "reached")


def _short_of(case: Continuation) -> bool | None:
    """实现3.1亿元，与年初4亿元的目标尚有差距; 实现12.4亿元，高于12亿元的年度计划."""
    if is_short_of(case.text, case.own, case.q.outer_end):
        return case.take("plan", "target")
    between = case.own + case.text[case.q.outer_start : case.q.start]
    if case.subject.measure not in {"level", "growth_abs"} or not is_against_aim(
        case.text, between, case.q.end, case.subject_name()
    ):
        return None
    if case.q.end == case.q.outer_end:
        case.reading.quantity = replace(case.q, bound="exact")  # 超过6000亩的任务: 6000 itself was aimed at
    return case.take("plan", "target")


def _prior(case: Continuation) -> bool | None:
    """达到22件，去年为15件."""
    prior, own = case.words.prior, case.own
    if own.startswith(_THIS_FIGURE):  # 去年同一时候，这个数字是341.2万元
        own = case.text[case.subject.quantity.outer_end : case.q.outer_start].rpartition("；")[2]
    if not prior.search(own):
        return None
    return False if case.rates.rest(prior.without(own)) else case.take("prior_level", "prior")


# --- what goes on about something else --------------------------------------------------------------------------------


def _other(case: Continuation) -> bool | None:
    """发展党员41人，另有38人按期转正."""
    return False if case.own.lstrip("，").startswith("另") else None


def _for_each(case: Continuation) -> bool | None:
    """产值1.2亿元，户均增收3000元."""
    return False if _PER_ONE.search(case.own) and not case.code.endswith("per_capita") else None


def _says_more(case: Continuation) -> bool | None:
    """粮食产量1.2万吨，油料900吨: what stands between names something else, which the rules below do not expect."""
    return False if case.rest else None


# --- what is expected, all together, ours -----------------------------------------------------------------------------


def _foreseen(case: Continuation) -> bool | None:
    """实现旅游收入9600万元，全年预计达到1.2亿元."""
    foreseen = _FORESEEN.fullmatch(case.own)
    # 有望突破1050万元: the verb is the word of bound
    # 去年…6150元，今年预计6800元左右: the one before is what was
    was = foreseen is not None and was_before(case.text, case.subject, case.q)
    if was:
        case.subject.measure, case.subject.rule = "prior_level", "earlier"
    is_told = was or "全年" in case.own or case.q.bound == "at_least"  # 1—9月2860万元；全年预计3900万元
    is_foreseen = foreseen is not None and (is_told or bool(foreseen["verb"]))
    return case.take("forecast", "reached") if is_foreseen else None


def _at_best(case: Continuation) -> bool | None:
    """确保1200万元，力争1250万元."""
    subject, start = case.subject, case.subject.quantity.outer_start
    is_sure = (
        subject.measure == "plan"
        or (subject.measure == "level" and case.own.lstrip("，、") == "力争")
        or _SURE.search(case.text, max(0, start - 6), start) is not None
    )
    return case.take("plan", "target") if is_sure and _AT_BEST.fullmatch(case.own) else None


def _aims(case: Continuation) -> bool | None:
    """存栏8600头，比年初增加700头，力争年底突破1万头."""
    is_reached = case.subject.measure in {"level", "growth_abs", "prior_level"}
    return case.take("plan", "target") if is_reached and AIMS.fullmatch(case.own) else None


def _in_all_now(case: Continuation) -> bool | None:
    """新建1.3万亩，累计建成11.2万亩."""
    in_all = _IN_ALL_NOW.fullmatch(case.own) if case.subject.measure in {"level", "growth_abs"} else None
    if in_all is None or not (
        in_all["done"] or case.subject.rule == "new" or is_told_as_new(case.text, case.subject) or case.is_stock
    ):
        return None
    return case.take("level", "reached")


def _ours(case: Continuation) -> bool | None:
    """全县126亿元，我镇完成8.6亿元; 全县造林任务8万亩，分解到我镇6500亩."""
    is_level = case.subject.measure in {"level", "plan"}
    if is_level and _OUR_TASK.fullmatch(case.own):
        return case.take("plan", "target")
    if is_level and OURS.fullmatch(case.own.lstrip("，")) and case.is_of_others():
        return case.take("level", "ours")
    return None


def _ours_reached(case: Continuation) -> bool | None:
    """全市…17600元，我镇高出1200元，达到18800元."""
    is_against_ours = not case.rest and OUR_RATE.match(case.text, case.subject.quantity.outer_end) is not None
    if is_against_ours and case.words.reached.search(case.own) and case.is_of_others():
        return case.take("level", "reached")
    return None


# --- changes ----------------------------------------------------------------------------------------------------------


def _new(case: Continuation) -> bool | None:
    """规上企业37家，净增6家; 党员512名，新发展8名: what is new may have an indicator of its own."""
    new = case.words.new.search(case.own) if case.is_stock or case.code == "agri.crop_area" else None
    if new is None and case.code == "party.members":
        new = _RECRUITED.search(case.own)  # 党员318名，发展7名
        case.own = "" if new else case.own
    case.is_new = new is not None
    if new is None or case.has_noun or case.rates.rest(case.words.new.sub("", case.own.replace("其中", ""))):
        return None
    counted = "" if new.group().startswith("净") else case.counted_new
    return case.take("level" if counted else "growth_abs", "new", counted)


def _against_others(case: Continuation) -> bool | None:
    """全市…17600元，我镇高出1200元."""
    if OUR_RATE.match(case.own) and case.sign() and case.is_of_others():
        return case.refuse("against another")
    return None


def _against_plan(case: Continuation) -> bool | None:
    """比县里下达的计划多出60公顷; 比年度目标2.5亿元少2000万元."""
    beyond = {"多出", "超出", "少", "多", "差", "低", "高", "少了", "多了"}
    is_plan = PLANNED.search(case.own) or (case.subject.measure == "plan" and case.own in beyond)
    return case.refuse("against a target") if is_plan and case.sign() else None


def _moved_from(case: Continuation) -> bool | None:
    """新增规上企业3家，总数由9家增加到12家: what it was before; what it came to follows."""
    moves = case.subject.measure in {"level", "growth_abs"} and case.words.moved_from.search(case.own) is not None
    is_from = moves and case.words.moves_to.match(case.text, case.q.outer_end) is not None
    return case.take("prior_level", "prior") if is_from else None


def _increment(case: Continuation) -> bool | None:
    """存栏1.2万头，比上年增加600头."""
    sign, own = case.sign(), case.own
    if not sign or not (
        case.words.compares.search(own)
        or _THAN.match(own)
        or len(own.strip("，、（")) <= 8
        or own.lstrip("，、（").startswith(_ABSOLUTE)
        or case.subject.measure == "prior_level"
    ):
        return None
    case.reading.negative = sign < 0
    return case.take("growth_abs", "increment")


def _said_again(case: Continuation) -> bool | None:
    """突破20亿元大关，达到20.6亿元; 迈上千万元台阶，完成1126万元: the first is the second, less exactly."""
    subject = case.subject
    is_said_again = subject.measure == "level" and subject.quantity.bound == "at_least" and "；" not in case.own
    is_reached = case.words.reached.search(case.own) is not None or case.own.lstrip("，") in _CAME_IN
    if not is_said_again or not is_reached or not case.ends_clause():
        return None
    case.confidence = subject.confidence
    subject.refuse("said again more exactly")
    return case.take("level", "reached")


def _reached(case: Continuation) -> bool | None:
    """净增310头，累计达到1.2万头; but of 新增规上企业6家，完成12个老旧小区改造 the second has a noun of its own."""
    is_alone = case.q.unit.dimension != "count" or case.ends_clause()
    is_now = case.words.reached.search(case.own) or (_NOW.fullmatch(case.own.lstrip("，")) and is_alone)
    if is_now and case.subject.measure in {"growth_abs", "prior_level", "plan"}:
        return case.take("level", "reached")
    return None


_BY_ALL_WORDS: Final[tuple[_Rule, ...]] = (_now, _in_a_year, _was, _done_of_begun, _moved_to, _short_of, _prior)
_BY_OWN_WORDS: Final[tuple[_Rule, ...]] = (
    _other, _for_each, _foreseen, of_the_task, _at_best, _aims, _in_all_now, _ours, _ours_reached, of_the_target,
    of_the_task_issued, beyond_the_target, target, _new, works_done, done_of_aim, done_of_planned, _says_more,
    _against_others, _against_plan, _moved_from, _increment, _said_again, _reached,
)  # fmt: skip
