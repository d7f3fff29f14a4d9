"""Percentages, points and multiples: completion, growth, share, or the level of a rate."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.facts import Measure
from tasks.extract.candidates import Candidate
from tasks.extract.continuation import is_of_others, noun_behind, was_before
from tasks.extract.continuation_rules import OURS
from tasks.extract.done_of_aims import AIMS, is_aim, is_short_of, tells_done
from tasks.extract.measures import MeasureWords
from tasks.extract.named import NamedReader
from tasks.extract.names import NameFinder
from tasks.extract.pace import PACE_THEN, pace_of
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["PercentReader", "Percentage"]

_SLOWED: Final = re.compile(
    r"增[幅速](?:回落|收窄|放缓|下降|提高|回升|扩大|加快|提升)?(?:到|至|为|实现)$|(?:^|(?<=[，、（比年期]))长$"
)  # 比上年长14.6%
_HELD: Final = re.compile(r"(?:继续)?(?:保持|实现|取得|达到|维持)(?:在|了)?(?:年均)?$")
_THEN_GROWTH: Final = re.compile(r"(?:以上|左右)?的?(?:年均)?(?:增长|增速|增幅)(?!点|极|率)")
_OF_PROJECT: Final = re.compile(r"占(?:项目|工程|计划)?(?:总投资|概算|总工程量|工程总量|投资总额)")
_DONE_OF_IT: Final = re.compile(r"(?:完成|累计|已)投资")
_ABOUT: Final = ("约", "大约")
_TOGETHER: Final = re.compile(r"[两三四五]项|[两三四五]者|合计|共占|共同")
# 60岁以上老人4860人，占总人口的18.6%; 六十五周岁及以上老人占到常住人口的…
_OF_THE_OLD: Final = re.compile(
    r"(?:(?:6[05]|六十五?)周?岁(?:及)?以上的?(?:老年人口|老年人|老人|人口|群众)|老年人口|老龄人口)"
    r"(?:(?:共|有|达到?|约|近)*\d[\d.,]*万?余?[人名][，、])?已?占到?(?:全[镇乡]|全街道|户籍|常住|总|的)*人口(?:总数)?的?(?:比重|比例)?(?:的|为|达到?)*$"
    r"|(?:人口|居民)[^，。；]{0,8}[\d,.]+万?[余多]?人，(?:其中)?(?:6[05]|六十五?)周?岁(?:及)?以上(?:的?(?:老年人口|老年人|老人|人口|群众|居民)|者|的)占(?:比|到)?(?:为|达)?$"
)
# 财政收入不足全县的4%
_OF_COUNTY: Final = re.compile(r"(?:(?P<less>不足|不到)|仅为|仅有|只有|相当于)全[县市省区州旗](?:总量|总数|总额)?的$")
# 民生支出6120万元，占财政支出1.02亿元的60%: a share of what is named before 占, and not of the whole
_OF_A_WHOLE: Final = re.compile(r"(?P<part>[^，。；\d]{0,12}?)占(?![^，。；]*(?:任务|计划|目标))[^，。；\d]{0,8}")
# 比2005年的3105元翻了一番, 由9.8亿元起步，翻了一番, 五年翻了一番:
# how many times what it was years ago, and no growth of the year
_OF_YEARS_AGO: Final = re.compile(
    r"[比较由从](?:(?:19|20)\d\d年|[两三四五六八十几]年前|上届)[^，。；]{0,20}(?:，[^，。；\d]{0,4})?$|[两三四五六七八九十几]年(?:间|来|里)?(?:[^，。；\d]{0,4}翻了?)?$"
)
_SO_FAR: Final = frozenset(
    {"占", "已占", "占了", "仅占", "只占", "还", "仅", "只", "已", "达", "为"}
)  # 任务86户，竣工31户，还不到四成
_DONE_OF_ALL: Final = re.compile(r"(?:仅|只|才|已|共|也|还)?(?:完成|执行|兑现|做到)(?:了|到|率)?(?:为|达|是)?")
_PROGRESS: Final = ("进度", "执行进度", "支出进度", "预算进度", "收入进度")
# 财政收入增长目标为8%, 定的目标是增长6%: how fast it is to grow
_GROWTH_AIM: Final = re.compile(
    r"(?:增[长幅速]的?(?:目标|任务|计划|指标)值?(?:设定|确定|定|设)?(?:为|是|在)?"
    r"|(?:定的|设定的|确定的|年初的?|全年的?)*(?:目标|任务|计划|指标)(?:设定|确定|定|设)?(?:是|为|在)?增[长幅速](?:为|达到)?)$"
)
_TASKS: Final = ("任务", "目标", "计划")
# 任务142户，竣工77户，竣工率54.2%
_RATES_OF_DONE: Final = frozenset({"竣工率", "完工率", "完成率", "任务完成率"})
_IS_NOW: Final = re.compile(r"(?:现在|目前|如今|眼下|当前)?(?:为|仅为|达|降为|是|已是|到了?)")
_COMPARED: Final = re.compile(r"(?:同比|环比)\+?$")
_BEYOND: Final = re.compile(r"超(?!额)")


# 增速完成13.3%，占目标任务13%的102%: a rate of growth that was aimed at
_ITS_SHARE: Final = re.compile(r"的\d")


class Percentage:
    """A percentage with what stands around it; made for one figure.

    `own` are the words right before it, of which rules take away what they have understood. `clause` and `sentence`
    are where these begin, `subject` is what the figure would go on about, `previous` the figure before it, `used` the
    names that figures before it have taken.
    """

    def __init__(
        self, scene: Scene, reading: Reading, own: str, clause: int, sentence: int, subject: Reading | None,
        used: Collection[tuple[str, int]], previous: Reading | None,
    ) -> None:  # fmt: skip
        self.scene, self.reading, self.q = scene, reading, reading.quantity
        self.own, self.clause, self.sentence = own, clause, sentence
        self.subject, self.used, self.previous = subject, used, previous

    @property
    def is_share(self) -> bool:
        """Whether the figure is in percent, and no points or multiple."""
        return self.q.unit.dimension == "share"

    @property
    def is_negative(self) -> bool:
        """Whether a minus is printed."""
        return self.q.stated_value.startswith("-")

    @property
    def foreign(self) -> Reading | None:
        """The sum in foreign money that the figure goes on about, where it does."""
        if self.subject is not None or self.previous is None:
            return None
        return self.previous if self.previous.quantity.unit.dimension == "foreign money" else None


_Rule = Callable[[Percentage], Reading | None]  # None: ask the next


class PercentReader:
    """Reads percentages by rules in order, of which the first that knows decides; holds only data."""

    def __init__(
        self, catalogue: Catalogue, names: NameFinder, words: MeasureWords, rates: RateReader, named: NamedReader
    ) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._names = names
        self._words = words
        self._rates = rates
        self._named = named
        self._rules: tuple[_Rule, ...] = (
            self._of_project, self._pace, self._completion, self._of_plan, self._change, self._no_share, self._reached,
            self._named_rate, self._together, self._of_the_old, self._of_county, self._of_a_whole, self._share,
        )  # fmt: skip

    def read(self, case: Percentage) -> Reading:
        """Read `case` as a measure of what it names or goes on about, or refuse it."""
        subject = case.subject
        if (
            case.own == "（"
            and subject is not None
            and subject.measure == "growth_abs"
            and subject.quantity.outer_end == case.q.outer_start - 1
        ):  # 增1520元（8.3%）
            case.reading.negative = subject.negative
            return case.reading.take(subject.code, "growth_pct", subject.item, "growth", subject.confidence)
        case.own = case.own.rstrip("（(")
        for rule in self._rules:
            settled = rule(case)
            if settled is not None:
                return settled
        return case.reading.refuse("no rate named")

    # --- completion -------------------------------------------------------------------------------------------------

    @staticmethod
    def _of_project(case: Percentage) -> Reading | None:
        """累计完成投资1.2亿元，占总投资的60%: of one project."""
        subject = case.subject
        if (
            subject is not None
            and _OF_PROJECT.search(case.own)
            and _DONE_OF_IT.search(case.scene.text, subject.place.clause[0], subject.quantity.outer_start)
        ):
            return case.reading.refuse("share of a project")
        return None

    def _completion(self, case: Percentage) -> Reading | None:
        """完成年度任务的104.2%."""
        subject, own = case.subject, case.own.lstrip("，、")
        if (
            subject is not None
            and case.is_share
            and (
                _DONE_OF_ALL.fullmatch(own)
                or _is_rate_of_done(own, subject)
                or (own in _SO_FAR and subject.rule == "done")
            )
            and (subject.measure == "level" or subject.rule == "target")
            and self._catalogue[subject.code].unit != "%"
        ):  # 目标300人，实际386人，完成128.7%
            return case.reading.take(subject.code, "completion_pct", subject.item, "completion", subject.confidence)
        completed = self._words.completion.search(case.own) if case.is_share else None
        if completed is None or self._names_rate(case):
            return None  # 整改完成率达95%: an indicator by that name
        if _BEYOND.search(case.own):
            return case.reading.refuse("beyond a target")
        if completed.group().startswith(_PROGRESS) and (subject is None or subject.code.startswith("project.")):
            return case.reading.refuse("progress of works")
        last = case.previous
        if (
            last is not None
            and last.measure == "growth_pct"
            and last.code
            and _ITS_SHARE.match(case.scene.text, case.q.outer_end)
        ):
            return case.reading.take(last.code, "plan", last.item, "target", last.confidence)
        named = completed.start()
        if completed.group().startswith(_TASKS):
            # 改厕任务完成90%: the task may be part of the name
            ends = case.q.outer_start - len(case.own) + named + 2
            named += 2 * any(hit.end == ends for hit in case.scene.hits_between(max(case.sentence, ends - 8), ends))
        return self._rate_of(case, case.own[:named], "completion_pct", "completion")

    @staticmethod
    def _of_plan(case: Percentage) -> Reading | None:
        """完成全年800户任务的73.3%."""
        subject = case.subject
        if case.own != "的" or subject is None or subject.measure != "plan":
            return None
        if _BEYOND.search(case.scene.text, case.clause, subject.quantity.start):
            return case.reading.refuse("beyond a target")
        if subject.rule != "target":
            return None
        return case.reading.take(subject.code, "completion_pct", subject.item, "completion", subject.confidence)

    # --- growth -----------------------------------------------------------------------------------------------------

    def _pace(self, case: Percentage) -> Reading | None:
        """固定资产投资增速由上半年的12%回落至6.3%: how fast it grew then is no fact."""
        pace = pace_of(case.scene.text, case.q, case.own, case.clause, case.previous) if case.is_share else None
        if pace is None:
            return None
        if pace.when == "then":
            return case.reading.refuse(PACE_THEN)
        case.reading.negative = pace.falls
        head = case.scene.text[pace.start : pace.end]
        return self._rates.rate_of(case.scene, case.reading, head, case.subject, "growth_pct", "growth", case.sentence)

    def _change(self, case: Percentage) -> Reading | None:
        """同比增长8.2%, 下降1.5个百分点, 翻一番."""
        aim = _GROWTH_AIM.search(case.own) if case.is_share else None
        if aim is not None:
            case.own = case.own[: aim.start()]
            reading = self._rates.change_of_rate(case.scene, case.reading, case.own, case.subject, case.sentence)
            if reading.code:
                reading.measure, reading.rule = "plan", "target"
            return reading
        sign = self._sign_of(case)
        if case.q.unit.unit == "番" and _OF_YEARS_AGO.search(
            case.scene.text, case.reading.place.segment[0], case.q.outer_start
        ):
            return case.reading.refuse("multiple of years ago")
        if not sign and not (case.is_share and _COMPARED.search(case.own)):
            return None
        case.reading.negative = sign < 0 or case.is_negative
        if case.foreign is not None:
            return self._rate_of_foreign(case, case.own, case.foreign, "growth_pct")
        return self._rates.change_of_rate(case.scene, case.reading, case.own, case.subject, case.sentence)

    def _sign_of(self, case: Percentage) -> int:
        """Return 1 for growth, -1 for decline, 0 for neither; take from the figure's own words what says so alone."""
        words, subject, text = self._words, case.subject, case.scene.text
        has_plus = case.own.endswith("+")  # 同比+6.3%
        case.own = case.own[:-1] if has_plus else case.own
        slowed = _SLOWED.search(case.own)
        if slowed:
            case.own = case.own[: slowed.start()]  # 增加值增幅收窄至2.1%
        is_to = subject is not None and self._catalogue[subject.code].unit == "%" and words.to.search(case.own)
        sign = (
            0 if is_to else words.sign(case.own) or (-1 if case.is_negative and words.compares.search(case.own) else 0)
        )
        held = None if sign or not case.is_share else _HELD.search(case.own)
        if held is not None and _THEN_GROWTH.match(text, case.q.outer_end):
            case.own, sign = case.own[: held.start()], 1  # 固定资产投资保持8%以上增长
        if case.q.unit.unit == "番" or has_plus or slowed:
            sign = sign or 1
        if sign and words.to.search(case.own) and self._is_rate(case):
            return 0  # 由8.7%降为0.5%: where the rate fell to, and not by how much
        return sign

    @staticmethod
    def _no_share(case: Percentage) -> Reading | None:
        """高出全县3.2个百分点, 是上年的2倍: points and multiples that are no change."""
        if case.is_share:
            return None
        return case.reading.refuse("points of nothing named" if case.q.unit.dimension == "points" else "multiple")

    # --- the level of a rate ----------------------------------------------------------------------------------------

    def _reached(self, case: Percentage) -> Reading | None:
        """森林覆盖率提高2.1个百分点，达到58%; 2020年…61.3%，现已达到63.8%; 全市48.2%，我乡达到72.9%."""
        words, subject, own = self._words, case.subject, case.own
        if subject is None or self._catalogue[subject.code].unit not in {"%", "‰"}:
            return None
        if subject.measure == "level" and OURS.fullmatch(own.lstrip("，")) and is_of_others(case.scene.text, subject):
            return case.reading.take(subject.code, "level", subject.item, "ours", subject.confidence)
        aims = subject.measure in {"level", "growth_abs"} and AIMS.fullmatch(own) is not None
        if aims or is_short_of(case.scene.text, own, case.q.outer_end):
            return case.reading.take(subject.code, "plan", subject.item, "target", subject.confidence)
        rest = self._rates.rest(words.to.without(words.prior.without(own)))
        if subject.measure in {"level", "plan"}:
            aim = case.scene.text[subject.place.clause[0] : subject.quantity.outer_start]
            between = case.scene.text[subject.quantity.outer_end : case.q.outer_start]
            if (subject.measure == "plan" or is_aim(aim, between)) and tells_done(between, aim):
                subject.measure, subject.rule = "plan", "target"
                return case.reading.take(subject.code, "level", subject.item, "done", subject.confidence)
        is_now = was_before(case.scene.text, subject, case.q)
        only_now = is_now and not rest
        if is_now:
            subject.measure, subject.rule, rest = "prior_level", "earlier", ""
        is_reached = subject.measure in {"growth_abs", "prior_level", "plan"} and (
            only_now or words.reached.search(own) or _IS_NOW.fullmatch(own.lstrip("，"))
        )
        is_prior = words.prior.search(own) is not None
        if rest or not (is_reached or words.to.search(own) or is_prior):
            return None
        measure: Measure = "prior_level" if is_prior else "level"
        return case.reading.take(subject.code, measure, subject.item, "reached", subject.confidence)

    def _named_rate(self, case: Percentage) -> Reading | None:
        """森林覆盖率58%, 自然增长率为-2.7‰, 整改率由6月底的43%提高到97%."""
        scene, reading, q = case.scene, case.reading, case.q
        candidates = self._names.best(scene, q, reading.zone, case.used, case.sentence)
        if candidates:
            if _is_share_of(case.own, candidates[0]):
                return None
            self._named.take_best(scene, reading, candidates)
        elif "占" in case.own or self._named.topic_of_rate(scene, reading) is None:
            return None
        reading.negative = case.is_negative
        lead = scene.text[case.clause : reading.zone.lead]
        moves = self._words.moved_from.search(lead) and self._words.moves_to.match(scene.text, q.outer_end)
        if moves or self._words.prior.search(lead):
            reading.measure, reading.rule = "prior_level", "prior"
        return reading

    # --- shares -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _together(case: Percentage) -> Reading | None:
        """两项合计占财政收入的62%."""
        return case.reading.refuse("share of several together") if _TOGETHER.search(case.own) else None

    @staticmethod
    def _of_the_old(case: Percentage) -> Reading | None:
        """60岁以上老人4860人，占总人口的18.6%."""
        start = case.q.outer_start
        if not _OF_THE_OLD.search(case.scene.text, max(0, start - 48), start):
            return None
        return case.reading.take("pop.elderly_share", "level", "", "share", 0.9)

    def _of_county(self, case: Percentage) -> Reading | None:
        """财政收入不足全县的4%."""
        small = _OF_COUNTY.search(case.own)
        if small is None:
            return None
        is_less = small["less"] and case.q.bound == "exact"
        case.reading.quantity = replace(case.q, bound="at_most") if is_less else case.q
        return self._share_of(case, case.own[: small.start()])

    def _of_a_whole(self, case: Percentage) -> Reading | None:
        """民生支出6120万元，占财政支出1.02亿元的60%: a share of what is named before 占, and not of the whole."""
        previous = case.previous
        if previous is None or case.subject is not previous or not case.own.endswith("的"):
            return None
        if previous.place.clause[0] != case.clause or case.own not in {"的", f"{noun_behind(previous)}的"}:
            return None
        whole = _OF_A_WHOLE.fullmatch(case.scene.text, case.clause, previous.quantity.outer_start)
        if whole is None:
            return None
        return self._rates.rate_of(case.scene, case.reading, whole["part"], None, "share_pct", "share", case.sentence)

    def _share(self, case: Percentage) -> Reading | None:
        """制造业税收占财政收入的62%, 粮食面积占比71%."""
        own, q = case.own, case.q
        in_clause = case.scene.text[case.clause : q.outer_start]
        if not self._words.share.search(in_clause) and not self._words.share_tail.search(own):
            return None
        position = own.rfind("占")
        head = own[:position] if position >= 0 else own
        if q.bound == "exact" and position > 0 and head.endswith(_ABOUT):
            case.reading.quantity = replace(q, bound="approx")  # 约占全县的八分之一
            head = head.removesuffix("大约").removesuffix("约")
        return self._share_of(case, head)

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _share_of(self, case: Percentage, head: str) -> Reading:
        return self._rates.rate_of(case.scene, case.reading, head, case.subject, "share_pct", "share", case.sentence)

    def _rate_of(self, case: Percentage, head: str, measure: Measure, rule: str) -> Reading:
        """Read a rate of what `head` names, of the figure before it, or of a sum in foreign money."""
        if case.foreign is not None:
            return self._rate_of_foreign(case, head, case.foreign, measure)
        return self._rates.rate_of(case.scene, case.reading, head, case.subject, measure, rule, case.sentence)

    def _rate_of_foreign(self, case: Percentage, own: str, previous: Reading, measure: Measure) -> Reading:
        """Read a rate of a sum in foreign money, which itself is no fact: 外贸出口418万美元，同比下降6.1%."""
        unit = replace(previous.quantity.unit, dimension="money", unit="元")
        sum_of_it = replace(previous.quantity, unit=unit)
        found = self._names.best(case.scene, sum_of_it, previous.zone, case.used, case.sentence)
        if not found or self._rates.rest(own) or not found[0].alias.code.startswith("econ.export"):
            return case.reading.refuse("rate of nothing named")
        return case.reading.take(found[0].alias.code, measure, found[0].item, "growth", 0.85)

    def _names_rate(self, case: Percentage) -> bool:
        """Return whether a rate with an indicator of its own is named right before the figure: 整改完成率."""
        found = self._names.best(case.scene, case.q, case.reading.zone, case.used, case.sentence)
        return (
            bool(found)
            and found[0].is_before
            and not found[0].residue
            and found[0].hit.words.endswith(("完成率", "完成比例", "执行率", "进度"))
            and self._catalogue[found[0].alias.code].unit == "%"
        )

    def _is_rate(self, case: Percentage) -> bool:
        """Return whether what the figure goes on about, or what is named before it, is itself a rate."""
        found = self._names.best(case.scene, case.q, case.reading.zone, case.used, case.sentence)
        code = found[0].alias.code if found else case.subject.code if case.subject is not None else ""
        return bool(code) and self._catalogue[code].unit == "%"


def _is_share_of(own: str, best: Candidate) -> bool:
    """Return whether 占 before a figure makes it a share of what `best` names, where that is no share itself."""
    is_of_it = "占" in own[-6:] and "占比" not in own[-6:]
    return is_of_it and best.score < 95 and "占" not in best.hit.words


def _is_rate_of_done(own: str, subject: Reading) -> bool:
    """Return whether a rate is that of what was done of a task told before: 任务142户，竣工77户，竣工率54.2%."""
    return own in _RATES_OF_DONE and subject.rule in {"done", "reached"} and not subject.code.startswith("project.")
