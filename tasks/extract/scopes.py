"""Readings settled by what governs a clause, paragraph or section: background, other periods, plans, forecasts."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.facts import Measure
from tasks.domain.periods import ReportPeriod
from tasks.extract.against_aims import tell_tasks_ahead
from tasks.extract.aims import is_aimed_at, is_given, is_so_now, tell_done_from_planned
from tasks.extract.divided import LIFTED, refuse_divided
from tasks.extract.earlier import NOW_OR_THEN, EarlierYears
from tasks.extract.expected import is_expected_by_plan, is_forecast, is_planned
from tasks.extract.governors import Governing, Governors, Sight, begins, last_before, out_of_asides
from tasks.extract.in_brackets import tell_in_brackets
from tasks.extract.longer import years_said
from tasks.extract.own_years import by_own_year, is_of_years_begin, keep_register
from tasks.extract.owners import is_told_of_one
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.extract.section_kinds import SectionKinds
from tasks.extract.two_years import tell_two_years
from tasks.extract.underway import settle_underway
from tasks.lexicon import Lexicon

__all__ = ["Scopes"]

_COME_TO: Final = re.compile(r"[到至](?:了|(?:20\d\d|今)年的?|现在的?|目前的?)*$")
_COMPARED: Final = re.compile(r"[比较](?:20\d\d|五年前|上届)")
_THIS_YEAR: Final = re.compile(r"今年(?!起)|全年|当年|本年|年内")
_LONGER: Final = re.compile(
    r"[三四五十几]年(?:来|间|中|里|共|累计|期间)|累计|历年|任期|“?十[一二三四]五”?(?:期间|时期|以来)|这[三五]年"
)
# What is said of every year is no sum of several: 常年稳定在…, 年出栏…, 目前….
_OF_EVERY_YEAR: Final = re.compile(
    r"常年|稳定在|保持在|维持在|每年|目前|现有|如今|年(?:产|出栏|接待|销售|加工|输出|供|创|可|收入|收益)"
)
# 2021年建成的工业园年产值2亿元 is of no other year.
_OF_YEAR: Final = re.compile(
    r"(?:截[至止])?(?:到)?(?:19|20)\d\d年[末底]?(?!建成|投产|成立|引进|启动|新建|开始|以来|[^，。；\d]{0,6}的)[，\u4e00-\u9fff]"
)
_OF_LAST_YEAR: Final = re.compile(
    r"(?:而|但)?(?:去年同期|去年|上年同期|上年|前年)(?!以来|起|至今)"
)  # ；去年为3个，到位资金…
_SUMMED: Final = re.compile(r"累计|共|合计|总计|先后|新")
# 全县引进项目126个，到位资金43亿元，我乡仅引进1个: where ours is set against what the county has
_OURS_NEXT: Final = re.compile(r"[，、；][而但却其中]{0,2}我(?:镇|乡|街道|苏木)")
_TOWNSHIP: Final = re.compile(r"[我全本各](?:镇|乡|街道|苏木|村)|镇|乡(?!村)|辖区|街道")


def _is_beside_ours(text: str, one: Reading, governing: Governing, clause: int) -> bool:
    """Return whether a figure goes on about the county, before ours: 全县引进项目126个，到位资金43亿元，我乡仅1个."""
    segment, q = one.place.segment, one.quantity
    begin = last_before(governing.background, segment[0], clause)
    return (
        begin >= 0
        and _OURS_NEXT.search(text, q.outer_end, segment[1]) is not None
        and _TOWNSHIP.search(text, begin, q.outer_end) is None
    )


_SAID_AS_AIM: Final = ("计划", "计划为", "计划达到", "计划完成")
_RATE_REACH: Final = 14
_ASIDE: Final = re.compile(r"^（[^（）。]{0,60}）")  # 年初有贫困户874户2936人（两因户166户，…），贫困发生率21.3%


class Scopes:
    """Settles readings by what governs them; holds only data."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._governors = Governors(lexicon)
        self._sections = SectionKinds(lexicon)
        self._earlier = EarlierYears(lexicon)

    def settle(
        self, scene: Scene, readings: Sequence[Reading], year: int | None, period: ReportPeriod | None = None
    ) -> None:
        """Apply scopes to `readings` in place; `year` is the report's, `period` its period where that is known."""
        sight = Sight(scene, self._governors)
        for position, one in enumerate(readings):
            if one.code and _is_rate_of_one(readings[position - 1] if position else None, one):
                one.refuse("of one")
            elif one.code:
                self._one(sight, one, year)
        tell_done_from_planned(sight, readings)
        tell_tasks_ahead(scene.text, readings)
        refuse_divided(scene, readings, self._catalogue)
        for last, one in pairwise([one for one in readings if one.code]):
            if self._is_of_that_year(scene.text, last, one) or (
                self._goes_on_in_that_year(scene.text, last, one)
                and (self._catalogue[one.code].kind != "stock" or one.code.startswith("pop."))
            ):
                one.measure = "prior_level"
                one.rule = one.rule if one.rule == "pair" else f"{one.rule}+earlier"
        settle_underway(scene, readings)
        tell_two_years(scene.text, readings, year)
        tell_in_brackets(scene.text, readings)
        if year is not None:
            by_own_year(scene.text, readings, year)
        keep_register(scene.text, readings)
        for one in readings:
            if one.code and not one.period and one.measure in {"level", "growth_pct", "growth_abs", "share_pct"}:
                one.period = self._stated_period(sight, one, year, period)

    def _is_of_that_year(self, text: str, last: Reading, one: Reading) -> bool:
        """Return whether a figure of the poor goes on about an earlier year: 2013年底识别1246户，贫困发生率34.9%."""
        if one.code in LIFTED and text.find("年初", last.place.clause[0], last.quantity.start) >= 0:
            return False  # 贫困户：年初186户712人，脱贫120户460人: in the year that began so
        return (
            one.measure == "level"
            and last.measure == "prior_level"
            and bool(one.code)
            and last.rule.endswith(("+earlier", "pair"))
            and last.code.split(".")[0] == one.code.split(".")[0]
            and (
                one.code in LIFTED
                or one.code.startswith("poverty.remaining")
                or self._catalogue[one.code].kind == "rate"
            )
            and NOW_OR_THEN.search(text, last.quantity.outer_end, one.quantity.start) is None
            and len(_ASIDE.sub("", text[last.quantity.outer_end : one.place.clause[0]]))
            <= (6 if one.code in LIFTED else 1)
            and one.rule in {"name_before", "name_after", "pair"}
        )

    @staticmethod
    def _goes_on_in_that_year(text: str, last: Reading, one: Reading) -> bool:
        """Return whether a year that opens a sentence governs what follows: 2006年产值22亿元，财政收入5248万元."""
        return (
            one.measure == "level"
            and last.measure == "prior_level"
            and bool(one.code)
            and not one.period
            and one.place.sentence == last.place.sentence
            and one.rule in {"name_before", "name_after", "pair", "sibling"}
            and (
                (last.rule.endswith("+earlier") and _OF_YEAR.match(text, one.place.sentence[0]) is not None)
                or (
                    one.place.segment == last.place.segment
                    and _OF_LAST_YEAR.match(text, one.place.segment[0]) is not None
                )
            )
            and NOW_OR_THEN.search(text, last.quantity.outer_end, one.quantity.start) is None
        )

    def is_plan(self, scene: Scene, offset: int, year: int | None) -> bool:
        """Return whether what stands at `offset` is planned, by its section, paragraph, sentence or segment."""
        sight = Sight(scene, self._governors)
        place = scene.place(offset)
        if self._sections.kind(sight, offset, place.sentence[0], year) == "plan":
            return True
        return begins(sight.governing(place.sentence).plan, place.segment[0], offset)

    def _is_sum(self, sight: Sight, one: Reading, clause: int, lead: int, year: int | None) -> bool:
        """Return whether a flow that a longer period governs is told for all of it, and not for its last year."""
        text = sight.scene.text
        return not (
            _COME_TO.search(text, clause, lead)
            or (one.measure == "growth_abs" and _COMPARED.search(text, clause, lead))
            or _OF_EVERY_YEAR.search(text, one.place.segment[0], one.quantity.start)
            or self._is_of_year(sight.scene, one, year)
            or sight.announced_year(one.quantity.start, one.place.sentence[0], year)
        )

    @staticmethod
    def _is_of_year(scene: Scene, one: Reading, year: int | None) -> bool:
        """Return whether the report's year is named after all words of a longer period in the figure's paragraph.

        A review of five years tells its last year beside their sum: 五年来，…累计投入3.6亿元。今年粮食播种面积1.32万亩.
        """
        start, place = scene.span("line", one.quantity.start)[0], one.quantity.start
        of_year = [match.end() for match in _THIS_YEAR.finditer(scene.text, start, place)]
        if year is not None:
            of_year.append(scene.text.rfind(f"{year}年", start, place))
        longer = [match.end() for match in _LONGER.finditer(scene.text, start, place)]
        return bool(of_year) and max(of_year) > max(longer, default=start - 1) and max(of_year) >= start

    def _stated_period(self, sight: Sight, one: Reading, year: int | None, period: ReportPeriod | None) -> str:
        """Return the code of a period that the sentence states for the figure and the report is not about, or ''."""
        if year is None:
            return ""
        stated = sight.months_before(one.quantity.start, one.place.sentence)
        if stated is None or (stated["year"] and int(stated["year"]) != year):
            return ""
        words = stated.group()
        if stated["to"]:
            first, last = int(stated["from"]), int(stated["to"])
        elif stated["end"]:
            last = int(stated["end"])
            first = last if self._catalogue[one.code].kind == "stock" else 1
        else:
            first, last = (1, 6) if "半年" in words else (1, 9) if "前三" in words else (1, 3)
        if not 1 <= first <= last <= 12 or last == 12:
            return ""
        if period is not None and period.last_month == last and period.year == year:
            return ""
        return ReportPeriod(year, first, last).code

    def _one(self, sight: Sight, one: Reading, year: int | None) -> None:
        """Settle one figure by what governs it: background, aims, several years, 预计, an earlier year."""
        q, scene = one.quantity, sight.scene
        lead = min(one.zone.lead, q.outer_start)
        clause, sentence = one.place.clause[0], one.place.sentence[0]
        if lead < clause:
            clause = scene.span("clause", lead)[0]
        governing = out_of_asides(scene.text, sight.governing(one.place.sentence), q.start)
        if governing.background and (
            begins(governing.background, clause, q.start) or _is_beside_ours(scene.text, one, governing, clause)
        ):
            one.refuse("background")
            return
        if is_told_of_one(scene, one):
            one.refuse("of one")
            return
        kind = self._sections.kind(sight, q.start, sentence, year)
        if kind == "plan" and one.measure == "level" and self._is_so_already(sight, one, clause, lead, year):
            kind = ""
        if kind == "plan":
            _aim_at(scene.text, one, governing)
            return
        if self._is_of_other_period(sight, one, governing, kind, clause, lead, year):
            return
        if one.measure in {"level", "growth_pct", "growth_abs"} and is_planned(sight, governing, one, clause):
            one.measure, one.rule = "plan", f"{one.rule}+plan"
        elif one.measure == "level" and is_forecast(scene, one, governing.forecast, clause, lead):
            # 预计2021年财政收入2.8亿元，固定资产投资计划3.5亿元
            told: Measure = "plan" if scene.text.endswith(_SAID_AS_AIM, 0, lead) else "forecast"
            one.measure, one.rule = told, f"{one.rule}+{told}"
        elif one.measure == "level" and (
            self._earlier.governs(sight, clause, lead, sentence, year)
            or (self._catalogue[one.code].kind != "flow" and is_of_years_begin(scene.text, clause, lead))
        ):
            one.measure, one.rule = "prior_level", f"{one.rule}+earlier"

    def _is_of_other_period(
        self, sight: Sight, one: Reading, governing: Governing, kind: str, clause: int, lead: int, year: int | None
    ) -> bool:
        """Settle what is told of several years together (五年来累计投入3.6亿元); return whether it was.

        A figure whose years the words do not number is refused.
        """
        q, text, sentence = one.quantity, sight.scene.text, one.place.sentence[0]
        is_told_of_years = one.measure == "level" and self._catalogue[one.code].kind == "flow"
        # An area is sown anew every year: of several years it is a sum only where the clause says so.
        is_sown = one.code.startswith("agri.") and one.code.endswith("_area")
        if is_sown and _SUMMED.search(text, clause, q.start) is None:
            is_told_of_years = False
        if not is_told_of_years and one.measure != "growth_abs":
            return False
        stated = last_before(governing.other_period, sentence, q.start)
        if (kind != "other" and stated < 0) or not self._is_sum(sight, one, clause, lead, year):
            return False
        # “十三五”以来 is found by its end.
        words = text[max(sentence, stated - 2) : q.start] if stated >= 0 else sight.scene.section(q.start, sentence)
        one.period = years_said(words, year)
        if (not one.period and year is not None) or "年均" in text[clause : q.start]:
            one.refuse("other period")
        return True

    def _is_so_already(self, sight: Sight, one: Reading, clause: int, lead: int, year: int | None) -> bool:
        """Return whether a section of aims tells of what is so already, or was in an earlier year."""
        text = sight.scene.text
        if is_so_now(text, one, clause):
            return True
        if is_aimed_at(text, one, clause):
            return False
        return is_given(text, one, clause) or self._earlier.governs(sight, clause, lead, one.place.sentence[0], year)


def _aim_at(text: str, one: Reading, governing: Governing) -> None:
    """Make a figure in a section of aims a plan, or a forecast where 预计 governs it."""
    is_said_as_aim = text.endswith(_SAID_AS_AIM, 0, min(one.zone.lead, one.quantity.outer_start))
    if (
        not is_said_as_aim
        and begins(governing.forecast, one.place.segment[0], one.quantity.start)
        and not is_expected_by_plan(text, one)
    ):
        if one.measure == "level":
            one.measure, one.rule = "forecast", f"{one.rule}+forecast"
    elif one.measure in {"level", "growth_pct", "growth_abs", "forecast", "completion_pct"}:
        one.measure, one.rule = "plan", f"{one.rule}+plan"


def _is_rate_of_one(last: Reading | None, one: Reading) -> bool:
    """Return whether a change right behind one village's or firm's own figure is that one's: 茶叶800斤，增长60%."""
    return (
        last is not None
        and last.reason == "of one"
        and one.measure in {"growth_pct", "growth_abs"}
        and one.place.segment == last.place.segment
        and one.item == last.item
        and one.quantity.start - last.quantity.outer_end <= _RATE_REACH
    )
