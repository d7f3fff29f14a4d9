"""Rules by which a figure is a target of the one before it, or what was done of one.

They are tried among those of `continuation_rules`; each one's docstring is what it reads.
"""

import re
from typing import Final

from tasks.extract.continuation import Continuation
from tasks.extract.done_of_aims import is_aim, tells_done

__all__ = [
    "PLANNED",
    "beyond_the_target",
    "done_of_aim",
    "done_of_planned",
    "of_the_target",
    "of_the_task",
    "of_the_task_issued",
    "target",
    "works_done",
]

_DONE: Final = re.compile(
    r"(?:实际|目前|已|现已|共)*"
    r"(?:完成|落实|实现|达到?|移栽|栽种|种植|栽植|播种|交售|实栽|有|兑现|入库|参保|脱贫|转正|划定|实施|改造|发放|竣工|完工|开工|建成|投放|硬化|铺设|修通|新建|修建|拆除)(?:了|的?有)?$"
)
_TASK_AFTER: Final = re.compile(r"的?(?:年度|全年)?(?:任务|目标|计划|指标)")
_DONE_OF_TASK: Final = re.compile(r"(?:完成了?|下达的?|占|相当于)[^，]{0,6}$")
_OF_THE_TASK: Final = re.compile(
    r"[，（]?(?:仅|只|才|已)?(?:占|为|完成|达到?|是|有|相当于)了?(?:全年|年度|年初|[县市区]下达|上级下达|[县市区]定|目标|计划|任务|总|的)*$"
)
_TASK_WITH_RATE: Final = re.compile(
    r"的?(?:年度|全年|目标|计划|建设|改造)*(?:任务|目标|计划|指标)(?:数|量|总数)?的?[\d百]"
)
_IN_FACT: Final = re.compile(
    r"[，、（]?(?:年内|今年|当年|全年|累计)?(?:实际|(?:截[至止])?目前|现?已|截[至止][^，。；]{0,3}\d{0,2}月?(?:底|末|份|中旬|\d{1,2}日)?，?|\d{1,2}[-—~至]\d{1,2}月|(?:今年|当年|年内)(?=建成|完成|实施)|眼下)"
)
_ALREADY: Final = re.compile(r"[，、（]?(?:(?:截至)?目前|现?已)")
PLANNED: Final = re.compile(r"规划建设|拟(?![定订制])|计划|任务|下达|目标|指标|分配|原定|年初预算")
_HAVING_DONE: Final = re.compile(r"完成了?$")
_DONE_IN_CLAUSE: Final = re.compile(r"完成[^，]*$")
_DONE_BEYOND: Final = re.compile(r"超额?完成了?[^，。；\d]{0,6}(?:计划|任务|目标|预算)的$")
_AGAINST: Final = re.compile(r"超出|超额|多出|差|低于|高于")


def of_the_task(case: Continuation) -> bool | None:
    """改造586户，占全年800户任务的73.3%."""
    if _OF_THE_TASK.fullmatch(case.own) and _TASK_WITH_RATE.match(case.text, case.q.outer_end):
        return case.take("plan", "target")
    return None


def of_the_target(case: Continuation) -> bool | None:
    """转移就业2160人，超额完成2000人的年度目标."""
    if case.is_of_target and _HAVING_DONE.search(case.own) and case.text[case.q.outer_end + 1] not in "0123456789百":
        return case.take("plan", "target")
    return None


def of_the_task_issued(case: Continuation) -> bool | None:
    """播种1.1万亩，超额完成县下达的1万亩任务."""
    is_task = _TASK_AFTER.match(case.text, case.q.outer_end) is not None
    return case.take("plan", "target") if is_task and _DONE_OF_TASK.search(case.own) and len(case.rest) <= 8 else None


def beyond_the_target(case: Continuation) -> bool | None:
    """完成1.1万亩，超出目标任务1000亩; but 1260万元，超额完成年初计划的1200万元 names the target itself."""
    if _DONE_BEYOND.search(case.own) and len(case.rest) <= 4:
        return case.take("plan", "target")
    if case.words.target.search(case.own) and _AGAINST.search(case.own):
        return case.refuse("against a target")
    return None


def target(case: Continuation) -> bool | None:
    """完成9300万元，目标为1亿元."""
    if (
        case.words.target.search(case.own)
        and len(case.rest) <= 3
        and (case.is_of_target or not _DONE_IN_CLAUSE.search(case.own[:-2]))
    ):
        return case.take("plan", "target")
    return None


def works_done(case: Continuation) -> bool | None:
    """计划实施项目33个，现已竣工25个: those have an indicator of their own."""
    if case.code != "project.count" or not _ALREADY.match(case.own):
        return None
    achieved = _DONE.search(case.own)
    return False if achieved is not None and "工" in achieved.group() else None


def done_of_aim(case: Continuation) -> bool | None:
    """签约目标7500人，到三季度末签了6930人; 22公里的任务，年底完成19.3公里: the one before is the plan."""
    subject = case.subject
    is_new = subject.measure == "growth_abs" and subject.rule == "new"  # 目标是新发展合作社5家，实际发展了7家
    if subject.measure not in {"level", "plan"} and not is_new:
        return None
    aim, between = case.said_before(), case.text[subject.quantity.outer_end : case.q.outer_start]
    if (subject.measure != "plan" and not is_aim(aim, between)) or not tells_done(between, aim):
        return None
    subject.measure, subject.rule = "plan", "target"
    # 新增规上企业任务2家，实际入规3家: new ones of what there is
    is_new = is_new or (case.is_stock and not case.counted_new and case.words.new.search(aim) is not None)
    return case.take("growth_abs" if is_new else "level", "done")


def done_of_planned(case: Continuation) -> bool | None:
    """年度计划投资12.6亿元，实际完成13.1亿元: the one before is the plan."""
    achieved, subject = _DONE.search(case.own), case.subject
    if achieved is None:
        return None
    if case.code.startswith("poverty.") and "脱贫" in achieved.group() and subject.measure == "prior_level":
        return False  # 贫困户：年初186户712人，脱贫120户460人
    if subject.measure == "level" and _IN_FACT.match(case.own) and case.is_said_before(PLANNED):
        subject.measure, subject.rule = "plan", "target"
    if subject.measure not in {"plan", "prior_level"} or case.rates.rest(case.own[: achieved.start()]):
        return None
    return case.take("level", "reached")
