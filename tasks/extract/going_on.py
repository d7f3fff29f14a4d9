"""Figures that go on about the one before: 4户21人, 比上年增加…, 累计达到…, 1600公顷（2.4万亩）."""

import re
from collections.abc import Mapping
from typing import Final

from expectations.catalogue import Catalogue
from tasks.extract.continuation import Continuation
from tasks.extract.continuation_rules import LEVELS, OUR_RATE, goes_on, goes_on_from_rate
from tasks.extract.done_of import code_of_those_paid, is_added_value
from tasks.extract.done_of_aims import is_aim, tells_done
from tasks.extract.measures import MeasureWords
from tasks.extract.names import NameFinder
from tasks.extract.quantities import Quantity
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.lexicon import Lexicon

__all__ = ["GoingOn"]

_BRACKETED: Final = re.compile(r"[（(](?:折合?|约合?|合|即|约为)?$")
_REASON: Final = re.compile(r"(?:主要)?(?:是)?(?:由于|因为?(?!地|此|人|势)|受)")
_JOINT: Final = re.compile(r"[、，,（(和]?(?:共计?|涉及人口|涉及|人口|计|合计|总人口)?")
_CONCERNING: Final = re.compile(r"[^，。；\d]{0,16}[，、]?(?:共|计|一共|总共)?(?:涉及|分属|来自)(?:农户|家庭|贫困户)?")
_SUBJECT_WORDS: Final = {
    "产值": re.compile(r"output_value"),
    "产量": re.compile(r"output$"),
    "面积": re.compile(r"area"),
}
# 人数也由1380人降为1109人, 户数净减11户: of the same, counted the other way
_COUNTED_APART: Final = re.compile(r"(?:其|涉及)?(?P<whom>[人户])(?:口)?数(?:量)?(?:也|则|亦|同步|相应)?")
# What was harvested from the area just told: 脐橙8300亩、9600吨.
_OUTPUT_OF: Final = {
    f"agri.{kind}_area": f"agri.{kind}_output" for kind in ("crop", "fruit", "grain", "oil", "vegetable", "aquatic")
}
# 图斑整改251个、1036亩: things counted and measured in one breath.
_MEASURED_BY: Final = {
    "land.outflow_plots": "land.outflow_area",
    "land.illegal_cases": "env.illegal_buildings_area",
    "social.temporary_relief_people": "social.relief_funds",
    "project.count": "project.investment",
    "social.elderly_subsidised": "social.relief_funds",
    "infra.old_communities": "infra.old_communities_households",
}
_WITH_PEOPLE: Final = {"pop.households": "pop.total"}
_WITH_HOUSEHOLDS: Final = {"pop.total": "pop.households"}
# 接待1.9万人次，收入136万元; 劳务输出力争1200人，收入过150万元: what came of those who were just counted
_EARNED_BY: Final = {"tourism.visitors": "tourism.revenue", "jobs.transferred_people": "jobs.labour_income"}
_EARNED: Final = re.compile(
    r"[，、](?:全年|年|共|预计|可|力争)?(?:实现|取得|获得)?(?:总|毛|纯|现金)?(?:收入|创收|收益|挣回|挣|带回)(?:达到?|了|为|约|近|超|突破)?"
)
_THEN_MEASURED: Final = frozenset(
    {"、", "，", "、资金", "，资金", "、投资", "", "、总资金", "，发放资金", "，共发放", "，发放"}
)
_WHOM_IT_SERVES: Final = frozenset({"涉及", "，涉及", "，惠及", "，涉及居民", "，惠及居民"})
# 油茶新造600亩，低改1200亩，总面积达到3.6万亩: of all, whatever was done to a part
_OF_ALL_OF_IT: Final = re.compile(r"[，、；]?(?:目前|现|全[镇乡])?总(?:面积|规模|存量)")
_RATES: Final = frozenset({"share", "points", "times"})
_JUST_GREW: Final = re.compile(r"(?:增长|下降|增幅|降幅|增速|涨幅)(?:了|为|达到?)?")
_NEXT_SENTENCE: Final = 40  # letters between an aim and what the next sentence says was done of it


class GoingOn:
    """Reads figures by the figure they go on about; holds only data."""

    def __init__(
        self, catalogue: Catalogue, lexicon: Lexicon, names: NameFinder, words: MeasureWords, rates: RateReader
    ) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._newly: Mapping[str, str] = lexicon.words["newly"]
        self._names = names
        self._words = words
        self._rates = rates

    def subject(
        self, text: str, before: list[Reading], q: Quantity, own: str, earlier: Reading | None
    ) -> Reading | None:  # fmt: skip
        """Return the figure that words like 增长 or 累计达到 go on about: the last one that is not a rate of it.

        `earlier` is the last one of the sentence before: an aim of which this one tells what was done, too.
        """
        is_rate = q.unit.dimension in _RATES
        levels = [
            one for one in before if one.quantity.unit.dimension not in _RATES or (one.code and one.measure in LEVELS)
        ]
        head = own.lstrip("，、（")
        apart = self._counted_apart(levels, head)
        if apart is not None:
            return apart
        wanted = _SUBJECT_WORDS.get(head[:2])
        if wanted is not None:
            return next((one for one in reversed(levels) if wanted.search(one.code)), None)
        if levels and ("前者" in own or "后者" in own):
            pair = levels[-2:]
            return pair[0] if "前者" in own and pair[0].code else pair[-1] if pair[-1].code else None
        last = before[-1] if before else None
        if is_rate and last is not None and self._grew_by_its_own_name(last, levels, head):
            return last
        other = self._whole_of_parts(text, before, levels, head)
        if other is None and not is_rate:
            other = self._other_subject(before, levels, q, own)
        if other is not None:
            return other
        settled, level = self._last_level(levels, q, own)
        if settled:
            return level
        if is_rate and OUR_RATE.match(own) and last is not None and last.code and last.measure == "growth_pct":
            return last
        if levels:
            return None
        rates = [one for one in before if one.code and one.measure in {"growth_pct", "completion_pct", "plan"}]
        if rates and self._names.fits(q.unit, rates[-1].code):
            return rates[-1]
        if earlier is None or not earlier.code:
            return None
        if self._words.compares.match(own.lstrip("，")):
            return earlier
        if is_rate and not before and _JUST_GREW.fullmatch(own):
            return earlier if earlier.measure == "level" else None  # …完成1.02亿元。增长14.6%的速度也是近年少有的
        is_next = q.outer_start - earlier.quantity.outer_end <= _NEXT_SENTENCE
        is_of_aim = not before and not is_rate and is_next and earlier.measure in {"level", "plan"}
        return earlier if is_of_aim and is_done_of_aim_before(text, earlier, q) else None

    def _counted_apart(self, levels: list[Reading], head: str) -> Reading | None:
        """Return the last figure as one of its people, or households: 低保户由52户减到46户，人数由80人降为69人."""
        counted = _COUNTED_APART.match(head) if levels else None
        if counted is None:
            return None
        last, is_of_people = levels[-1], counted["whom"] == "人"
        code = _WITH_PEOPLE.get(last.code, last.code.replace("_households", "_people"))
        if not is_of_people:
            code = _WITH_HOUSEHOLDS.get(last.code, last.code.replace("_people", "_households"))
        return last.as_of(code) if code != last.code and code in self._catalogue else None

    def _grew_by_its_own_name(self, last: Reading, levels: list[Reading], head: str) -> bool:
        """Return whether a rate of completion goes on about `last`, which grew under another name than the last level.

        粮食总产3万吨，财政收入增长23.8%，完成年度任务的104.2%.
        """
        if not last.code or last.measure != "growth_pct" or (levels and levels[-1].code == last.code):
            return False
        done = self._words.completion.search(head)
        return done is not None and done.start() == 0

    def _last_level(self, levels: list[Reading], q: Quantity, own: str) -> tuple[bool, Reading | None]:
        """Return whether `levels` decide what `q` goes on about, and the one it is."""
        is_rate = q.unit.dimension in _RATES
        for position, one in enumerate(reversed(levels)):
            # 73件118人次，件数下降 and 386户、512人，减少29户 go on about figures that stand together.
            beside = levels[-2 - position] if position + 1 < len(levels) else None
            if not one.code and beside is not None and beside.zone is one.zone:
                continue
            if one.reason == "against another":
                continue  # 我镇高出1200元，达到18800元
            if not one.code and not position and not is_rate and self._is_beside_the_point(one, q, own):
                continue
            if not one.code and not position and _OF_ALL_OF_IT.match(own):
                continue
            if not one.code:
                return True, None
            if is_rate or self._names.fits(q.unit, one.code):
                return True, one
            if position >= 1:
                return True, None
        return False, None

    def _other_subject(self, before: list[Reading], levels: list[Reading], q: Quantity, own: str) -> Reading | None:
        """Return a subject that is not the last level: a growth that named one of its own, or what parts were told of.

        旅游收入达1.32亿元，社零总额增长11.4%，达2.07亿元; 完成9300亩，其中新建5800亩，占年度计划9000亩的103.3%.
        """
        last = before[-1] if before else None
        is_growth = last is not None and last.code and last.measure == "growth_pct"
        if last and is_growth and levels and levels[-1].code != last.code and self._names.fits(q.unit, last.code):
            return last
        coded = [one for one in levels[-4:] if one.code]
        is_of_parts = (
            coded
            and not levels[-1].code
            and levels[-1].place.segment == coded[-1].place.segment
            and self._words.target.search(own) is not None
        )
        return coded[-1] if is_of_parts and self._names.fits(q.unit, coded[-1].code) else None

    def _whole_of_parts(
        self, text: str, before: list[Reading], levels: list[Reading], head: str
    ) -> Reading | None:  # fmt: skip
        """Return the whole that a rate of completion, and what follows it, is of behind parts that name nothing.

        税收完成1326万元，其中国税319万元，地税1007万元，完成全年任务的53%，比去年同期增收94万元.
        """
        if len(levels) < 3 or levels[-1].code or levels[-2].code:
            return None
        coded = [one for one in levels[-5:] if one.code]
        if not coded or coded[-1].measure != "level":
            return None
        whole, segment = coded[-1], levels[-1].place.segment
        parts = levels[levels.index(whole) + 1 :]
        kind = whole.quantity.unit.dimension
        if whole.place.segment != segment or any(one.quantity.unit.dimension != kind for one in parts):
            return None
        if text.find("其中", whole.quantity.outer_end, parts[0].quantity.outer_start) < 0:
            return None
        done = self._words.completion.search(head)
        is_next = before[-1].code == whole.code and before[-1].measure == "completion_pct"
        return whole if is_next or (done is not None and done.start() == 0) else None

    def _is_beside_the_point(self, one: Reading, q: Quantity, own: str) -> bool:
        """Return whether a figure that names nothing may be passed over: 1286户，从业2900余人，年内净增97户."""
        kind = one.quantity.unit.dimension
        return kind not in {"share", "points", q.unit.dimension} and self._words.sign(own) != 0

    @staticmethod
    def is_reason(text: str, reading: Reading, previous: Reading) -> bool:
        """Return whether `previous` is only counted in a clause of reasons (由于…，) before `reading`."""
        start, end = previous.place.clause
        return not previous.code and end < reading.place.clause[0] + 1 and _REASON.match(text, start) is not None

    @staticmethod
    def is_second_unit(text: str, q: Quantity, previous: Reading) -> bool:
        """Return whether `q` says the figure before it again in another unit: 1600公顷（2.4万亩）."""
        other = previous.quantity
        if q.unit.dimension != other.unit.dimension or q.value is None or other.value is None:
            return False
        if not _BRACKETED.search(text, max(0, q.outer_start - 4), q.outer_start):
            return False
        if text[other.outer_end : q.outer_start].strip("（(折合约即为"):
            return False
        mine, its = (
            q.value * q.unit.factor.numerator / q.unit.factor.denominator,
            (other.value * other.unit.factor.numerator / other.unit.factor.denominator),
        )
        return abs(mine - its) <= its * 2 / 100

    def pair(self, text: str, reading: Reading, previous: Reading | None) -> bool:
        """Read the second of two figures of one thing: 4户21人, 251个、1036亩, 脐橙8300亩、9600吨."""
        if previous is None or not previous.code:
            return False
        q = reading.quantity
        if is_added_value(text, q, previous):
            reading.take("econ.industry_added", previous.measure, "", "pair", previous.confidence)
            return True
        gap = text[previous.quantity.outer_end : q.outer_start]
        if self._is_measured(q, previous, gap):
            code = _MEASURED_BY[previous.code]
            reading.take(code, previous.measure, _item_measured(code, previous), "pair", previous.confidence)
            return True
        if q.unit.dimension == "mass" and gap == "、" and previous.code in _OUTPUT_OF:
            reading.take(_OUTPUT_OF[previous.code], previous.measure, previous.item, "pair", previous.confidence)
            return True
        earned = _EARNED_BY.get(previous.code, "") if q.unit.dimension == "money" else ""
        if earned and previous.measure in {"level", "plan", "forecast"} and _EARNED.fullmatch(gap):
            reading.take(earned, previous.measure, "", "pair", 0.85)
            return True
        paid = code_of_those_paid(previous, q, gap)
        if paid:
            reading.take(paid, previous.measure, "", "pair", 0.85)
            return True
        people = self._people_of(q, previous, gap) or self._households_of(q, previous, gap)
        if people:
            reading.take(people, previous.measure, previous.item, "pair", previous.confidence)
            reading.negative = previous.negative
        return bool(people)

    def _is_measured(self, q: Quantity, previous: Reading, gap: str) -> bool:
        """Return whether `q` says how much it was of what was just counted: 图斑整改251个、1036亩."""
        measured = _MEASURED_BY.get(previous.code)
        is_told = gap in _THEN_MEASURED or (gap in _WHOM_IT_SERVES and previous.measure in {"level", "plan"})
        return measured is not None and is_told and self._names.fits(q.unit, measured)

    def _people_of(self, q: Quantity, previous: Reading, gap: str) -> str:
        """Return the indicator of the people of the households just counted (4户21人), or ''."""
        if q.unit.dimension != "people" or previous.quantity.unit.dimension != "households":
            return ""
        if not _JOINT.fullmatch(gap):
            return ""
        code = _WITH_PEOPLE.get(previous.code, previous.code.replace("_households", "_people"))
        return code if code != previous.code and code in self._catalogue else ""

    def _households_of(self, q: Quantity, previous: Reading, gap: str) -> str:
        """Return the indicator of the households of the people told before, or '': 1204人搬出大山，涉及288户."""
        code = _WITH_HOUSEHOLDS.get(previous.code, previous.code.replace("_people", "_households"))
        if q.unit.dimension != "households" or code == previous.code:
            return ""
        return code if code in self._catalogue and _CONCERNING.fullmatch(gap) else ""

    def goes_on(self, text: str, reading: Reading, own: str, subject: Reading) -> bool:
        """Read a figure that goes on about the last one: 由去年的…, 净增…, 减少…, 累计达到…, 目标为…."""
        code = subject.code
        if not self._names.fits(reading.quantity.unit, code) or ("余额" in own and code in self._newly.values()):
            return False  # 小额信贷发放780万元，余额升至1350万元
        is_stock, counted_new = self._catalogue[code].kind == "stock", self._newly.get(code, "")
        case = Continuation(text, reading, own, subject, self._words, self._rates, is_stock, counted_new)
        if subject.measure in {"growth_pct", "completion_pct"}:
            return goes_on_from_rate(case)
        return subject.measure in LEVELS and goes_on(case)


def is_done_of_aim_before(text: str, aim: Reading, q: Quantity) -> bool:
    """Return whether the sentence of `q` begins with what was done of `aim`: 目标是2.5亿元。全年只完成2.38亿元."""
    between = text[aim.quantity.outer_end : q.outer_start]
    told = text[aim.place.clause[0] : aim.quantity.outer_start]
    return is_aim(told, between) and tells_done(between, told)


def _item_measured(code: str, counted: Reading) -> str:
    """Return the item of the sum or area `code` by which what was `counted` is measured."""
    if counted.code == "social.elderly_subsidised":
        return "高龄补贴"
    if code == "social.relief_funds":
        return "临时救助"
    return counted.item if code == "project.investment" else ""
