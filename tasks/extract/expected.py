"""What is planned or expected by words that govern a clause, a segment or a whole sentence: 力争…, 预计…."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.governors import Governing, Sight, begins
from tasks.extract.guards import Words
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["is_expected_by_plan", "is_forecast", "is_planned"]

_OPENING: Final = 14  # a word this near to the begin of a sentence opens the whole list, also over semicolons
_GOALS_REACH: Final = 600  # how far 主要预期目标是： may govern inside its paragraph
# 2023年，全镇预计完成…; …: no name of a figure stands before the word.
_WE_IN_THAT_YEAR: Final = re.compile(
    r"\s*(?:(?:20\d\d年|今年|本年|全年|当年)[度末底]?，?|(?:到|至|截[至止])?年[末底]，?|[全我][镇乡旗]|[全我]街道|[全我]苏木|初步)*"
)
_DONE_NOW: Final = re.compile(
    r"(?:\d[^，。；]{1,12})(?:仅|只|才)(?:竣工|完工|完成|建成|实现|改造|开工|落实|到位|整改)[^，]{0,4}$|(?:年内|目前|现|现在|，)已有$|目前[^，]{0,6}$|(?:实际|(?<=，)(?:干成|做成|完成|实现)的是|(?<=，)(?:最终|最后|结果|到头来|算下来))[^，。；]{0,16}$|截[至止]\d{1,2}月[^，。；]{0,8}$|完成了?(?:省|市|州|县|区|旗|上级|上)?里?下达的[^，。；\d]{0,8}$|已(?:完工|竣工|完成|建成|开工|实施|落实|到位|发放|硬化|铺设|修通|修建|拆除|签约|搬迁)[^，]{0,6}$"
    # 目前已完工4个、惠及居民682户
    r"|已(?:完工|竣工|完成|建成|实施|改造|硬化)[^，。；\d]{0,6}\d[^，。；、]{1,8}、(?:惠及|受益|覆盖|解决|涉及)[^，。；、\d]{0,8}$"
)
_ALL_YEAR: Final = re.compile(
    r"预计(?:全年|今年|20\d\d年|到?年[末底]|到今年|上半年|前三季度|\d{1,2}月?[-—~至]\d{1,2}月)"
)
_MEANWHILE: Final = re.compile(
    r"，(?:现已|目前已|实际|最终|最后|结果|到头来|算下来|(?:干成|做成|完成|实现)的是"
    r"|(?:(?:截[至止]?)?目前|现|至今|上半年|前三季度|截[至止]\d{1,2}月底?)?，?(?:已|共|累计)+(?:全面|全部|基本|顺利)?(?:完工|竣工|完成|建成|改造|硬化|实施|整治|安装|铺设|修建|新建|搬迁|落实|造林|栽植|种植|播种|发放|发展|引进|签约|脱贫|转移|培训|输出|出栏)(?!立项|选址|设计|招标|规划|前期)"
    r"|(?:截[至止])?目前(?=[完竣开建投])|已(?=完工|竣工|开工|建成|投用))"
)  # 计划实施33个，现已竣工25个，累计完成投资1.3亿元
_BECAUSE: Final = re.compile(r"受[^；。]{2,30}影响，")  # 受部分企业外迁影响，预计全年…
_AS_COUNTED: Final = re.compile(
    r"统计|截[至止]|目前|实际|\d{1,2}月(?:份|底|末)?(?:累计|已|共)+(?:完成|实现)|(?<=[；。，\n])(?:\d{1,2}月?[-—~至到]\d{1,2}月(?:份)?，?(?:全[镇乡]|全街道)?)(?:累计|共)*(?:完成|实现)"
)  # 预计…；据统计…: what is counted is no forecast
_TASK_IN_SIGHT: Final = re.compile(
    r"的?(?:年度|全年)?(?:播种|种植|生产|建设)?(?:任务|目标|计划)(?:可望|有望|可以|预计|将)"
)  # 粮食播种面积1.42万亩的任务可望完成
# 粮食播种面积不少于2.4万亩、产量不少于1万吨是今年必须完成的硬指标
_IS_THE_AIM: Final = re.compile(
    r"[^。；]{0,40}?(?<![不就还也])是(?:我们|今年|全年|年初|年内|县[里委]?|市里|上级|必须|一定|[^，。；\d]{0,10}的)[^，。；\d]{0,12}"
    r"(?:任务|目标|指标|要求|底线|硬杠杠?|军令状)(?=[，。；！]|$)"
)
_AIMS: Final = Words(("任务", "目标", "指标", "要求", "底线", "硬杠", "军令状"))
_CHANGES: Final = frozenset({"growth_pct", "growth_abs"})


def is_forecast(scene: Scene, one: Reading, places: Sequence[int], clause: int, lead: int) -> bool:
    """Return whether 预计, which stands at `places` of the sentence, governs the figure, and nothing says 已."""
    if not places:
        return False
    segment = one.place.segment[0]
    is_governed = begins(places, segment, one.quantity.start) and not _each_is_expected(scene, places, segment, clause)
    return (
        is_governed or _opens_with(scene, one, places) or _goes_on_expecting(scene.text, one, places)
    ) and "已" not in scene.text[max(clause, lead - 5) : lead]


def is_planned(sight: Sight, governing: Governing, one: Reading, clause: int) -> bool:
    """Return whether words of aims govern a figure whose clause begins at `clause`, and it was not done already."""
    q, text = one.quantity, sight.scene.text
    if one.rule == "done":
        return False  # 计划改造危房120户，到年底改造了83户
    if _TASK_IN_SIGHT.match(text, q.outer_end) is not None:
        return True
    end = one.place.segment[1]
    if _AIMS.stand_in(text, q.outer_end, end) and _IS_THE_AIM.match(text, q.outer_end, end) is not None:
        return True
    return _is_governed_by_aims(sight, governing, one, clause) and _DONE_NOW.search(text, clause, q.outer_start) is None


def _is_governed_by_aims(sight: Sight, governing: Governing, one: Reading, clause: int) -> bool:
    q, text = one.quantity, sight.scene.text
    segment, sentence = one.place.segment[0], one.place.sentence[0]
    announced = sight.goals_before(q.start, sentence)
    if announced >= 0 and announced >= q.start - _GOALS_REACH:
        return True
    if begins(governing.plan, segment, q.outer_start) and _MEANWHILE.search(text, segment, q.outer_start) is None:
        return True
    if _opens_with(sight.scene, one, governing.plan) and _MEANWHILE.search(text, sentence, q.outer_start) is None:
        return True
    is_sure = one.measure == "level" or text.find("确保", clause, q.start) >= 0
    return is_sure and begins(governing.plan_clause, clause, q.outer_start)


def is_expected_by_plan(text: str, one: Reading) -> bool:
    """Return whether a change is one that a plan expects (明年…预期增长8%), which is a plan."""
    return one.measure in _CHANGES and text.rfind("预期", one.place.clause[0], one.quantity.start) >= 0


def _opens_with(scene: Scene, one: Reading, places: Sequence[int]) -> bool:
    """Return whether 预计 or 力争 opens the sentence and governs all of it; after a name it governs one figure."""
    sentence, segment = one.place.sentence[0], one.place.segment[0]
    return (
        bool(places)
        and _AS_COUNTED.search(scene.text, segment, one.quantity.start) is None
        and places[0] < min(sentence + _OPENING, one.quantity.start)
        and (
            not scene.hits_between(sentence, places[0])
            or _WE_IN_THAT_YEAR.fullmatch(scene.text, sentence, places[0]) is not None
        )
    )


def _each_is_expected(scene: Scene, places: Sequence[int], segment: int, clause: int) -> bool:
    """Return whether 预计 stands after one name and the next, each for itself, and not in this clause.

    总收入预计达1.5亿元，纯收入预计达4068元，预算支出618万元: the last is no forecast.
    """
    told = [one for one in places if segment <= one < clause]
    if len(told) < 2 or (places and places[-1] >= clause):
        return False
    return all(hits and hits[-1].end == one for one in told for hits in [scene.hits_between(segment, one)])


def _goes_on_expecting(text: str, one: Reading, places: Sequence[int]) -> bool:
    """Return whether a segment before opens with 预计 and a list that goes on over its semicolons.

    预计全年 governs all of it, 预计 the figures that follow with nothing but their name: ；固定资产投资9.8亿元.
    """
    sentence, segment = one.place.sentence[0], one.place.segment[0]
    named = one.named.hit if one.named is not None else None
    is_bare = named is not None and named.start == segment and named.end == one.quantity.outer_start
    return (
        bool(places)
        and _AS_COUNTED.search(text, segment, one.quantity.start) is None
        and any(
            place < one.quantity.start
            and (is_bare or _ALL_YEAR.match(text, place) is not None)
            and (
                place == sentence
                or text[place - 1] in "；：\n"
                or _BECAUSE.fullmatch(text, text.rfind("；", sentence, place) + 1 or sentence, place) is not None
            )
            for place in places
        )
    )
