"""What governs a whole clause, paragraph or section: background, parts, other periods, plans, forecasts."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.periods import ReportPeriod
from tasks.extract.aims import is_aimed_at, is_given, tell_done_from_planned
from tasks.extract.divided import LIFTED, refuse_divided
from tasks.extract.governors import Governing, Governors, Sight, begins, last_before
from tasks.extract.guards import Words, guard_of, one_of
from tasks.extract.longer import years_said
from tasks.extract.own_years import by_own_year, is_of_years_begin
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.extract.underway import settle_underway
from tasks.lexicon import Lexicon

__all__ = ["Scopes"]

_OPENING: Final = 14  # a word this near to the begin of a sentence opens the whole list, also over semicolons
_OPENING_REACH: Final = 40  # how far 2013年底， may govern what follows
_YEARS_END: Final = "底末初"
_GOALS_REACH: Final = 600  # how far 主要预期目标是： may govern inside its paragraph
# 2023年，全镇预计完成…; …: no name of a figure stands before the word.
_WE_IN_THAT_YEAR: Final = re.compile(
    r"\s*(?:(?:20\d\d年|今年|本年|全年|当年)[度末底]?，?|(?:到|至|截[至止])?年[末底]，?|[全我][镇乡旗]|[全我]街道|[全我]苏木|初步)*"
)
# 主要任务完成情况 tells how what was planned went.
_WENT: Final = re.compile(
    r"(?:任务|目标|计划|要点|安排|工作)[^，。；、和及与暨]{0,6}(?:完成|执行|落实|进展|推进|开展)情况"
)
_LABEL: Final = re.compile(r"\s*【(?P<words>[^】\n]{2,20})】")  # 【2021年安排】 opens a paragraph as a heading does
_FIRST_WORDS: Final = re.compile(r"[^，。；：\n]{0,24}")
_DONE_NOW: Final = re.compile(
    r"(?:年内|目前|现|现在|，)已有$|目前[^，]{0,6}$|实际[^，。；]{0,16}$|截[至止]\d{1,2}月[^，。；]{0,8}$|已(?:完工|竣工|完成|建成|开工|实施|落实|到位|发放|硬化|铺设|修通|修建|拆除|签约|搬迁)[^，]{0,6}$"
)
_COME_TO: Final = re.compile(r"[到至](?:了|(?:20\d\d|今)年的?|现在的?|目前的?)*$")
_COMPARED: Final = re.compile(r"[比较](?:20\d\d|五年前|上届)")
_ALL_YEAR: Final = re.compile(
    r"预计(?:全年|今年|20\d\d年|到?年[末底]|到今年|上半年|前三季度|\d{1,2}月?[-—~至]\d{1,2}月)"
)
_THIS_YEAR: Final = re.compile(r"今年(?!起)|全年|当年|本年|年内")
_LONGER: Final = re.compile(
    r"[三四五十几]年(?:来|间|中|里|共|累计|期间)|累计|历年|任期|“?十[一二三四]五”?(?:期间|时期|以来)|这[三五]年"
)
# What is said of every year is no sum of several: 常年稳定在…, 年出栏…, 目前….
_OF_EVERY_YEAR: Final = re.compile(
    r"常年|稳定在|保持在|维持在|每年|目前|现有|如今|年(?:产|出栏|接待|销售|加工|输出|供|创|可|收入|收益)"
)
_MEANWHILE: Final = re.compile(r"，(?:现已|目前已|实际)")  # 计划实施33个，现已竣工25个，累计完成投资1.3亿元
_BECAUSE: Final = re.compile(r"受[^；。]{2,30}影响，")  # 受部分企业外迁影响，预计全年…
# 2025年度城乡居民医保参保缴费3.62万人 is collected in the year before.
_COLLECTED: Final = re.compile(
    r"20\d\d年度?的?(?:全镇|全乡)?(?:城乡居民|农村居民|城镇居民|居民)?(?:基本)?(?:医|养老保险|合作医疗|新农合|社会保险)[^，。；]{0,12}?(?:缴费|参保|征缴|收缴|筹资)"
)
_AS_COUNTED: Final = re.compile(
    r"统计|截[至止]|目前|实际|\d{1,2}月(?:份|底|末)?(?:累计|已|共)+(?:完成|实现)|(?<=[；。，\n])(?:\d{1,2}月?[-—~至到]\d{1,2}月(?:份)?，?(?:全[镇乡]|全街道)?)(?:累计|共)*(?:完成|实现)"
)  # 预计…；据统计…: what is counted is no forecast
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?=年)")
# 到“十二五”末, 到2025年: by the end of a plan or a year that is still to come.
_BY_THEN: Final = re.compile(
    r"(?:力争|确保|预计)?[到至](?:了)?(?:“?十(?P<plan>[一二三四五])五”?(?:规划)?期?末|(?P<year>20\d\d)年(?:年?[底末])?)(?![^，。]{0,4}(?:已|实现了))"
)
_BY_THEN_OPENS: Final = ("到", "至", "力争", "确保", "预计")
_END_OF: Final = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030}
# 2021年建成的工业园年产值2亿元 is of no other year.
_OF_YEAR: Final = re.compile(
    r"(?:截[至止])?(?:到)?(?:19|20)\d\d年[末底]?(?!建成|投产|成立|引进|启动|新建|开始|以来|[^，。；\d]{0,6}的)[，\u4e00-\u9fff]"
)
_NOW_OR_THEN: Final = re.compile(
    r"今年|目前|(?<!实)现|当前|如今|本年|截|[到至]|\d年|[两三四五六七八九十几]年来|已|全年|；"
)
_SUMMED: Final = re.compile(r"累计|共|合计|总计|先后|新")
# A document that is nothing but plans: 东城街道2009年工作计划.
_TITLE_OF_PLANS: Final = re.compile(
    r"\s*(?![^\n]*(?:总结|回顾|情况|汇报|报告|述职|小结|[和及与暨、]))[^\n，。；]{0,30}工作(?:计划|安排|要点|打算|思路|部署)(?:（[^（）\n]{1,8}）)?\s*\n"
)
_TASK_IN_SIGHT: Final = re.compile(
    r"的?(?:年度|全年)?(?:播种|种植|生产|建设)?(?:任务|目标|计划)(?:可望|有望|可以|预计|将)"
)  # 粮食播种面积1.42万亩的任务可望完成
_SAYS_HOW_MANY: Final = re.compile(r"\d(?![\d.．、年月日])(?<!年\d)(?<!月\d)")
_CHANGES: Final = frozenset({"growth_pct", "growth_abs"})


class Scopes:
    """Settles readings by what governs them; holds only data."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._governors = Governors(lexicon)
        sections, scope = lexicon.words["sections"], lexicon.words["scope"]
        self._plan_section = re.compile(one_of(sections["plan"]))
        self._not_plan = re.compile(one_of(sections["not_plan"]))
        self._plan_openings = tuple(sections["plan_starts"])
        self._plan_starts = Words(self._plan_openings)
        self._other_section = re.compile(one_of(scope["other_period_sections"]))
        self._earlier = re.compile(scope["earlier_pattern"])
        self._years = guard_of([scope["earlier_pattern"]])
        self._not_earlier = re.compile(scope["not_earlier_pattern"])
        self.kind_of_section = lru_cache(maxsize=1024)(self._kind_of_section)

    def settle(
        self, scene: Scene, readings: Sequence[Reading], year: int | None, period: ReportPeriod | None = None
    ) -> None:
        """Apply scopes to `readings` in place; `year` is the report's, `period` its period where that is known."""
        sight = Sight(scene, self._governors)
        for one in readings:
            if one.code:
                self._one(sight, one, year)
        tell_done_from_planned(sight, readings)
        refuse_divided(scene, readings, self._catalogue)
        for last, one in pairwise([one for one in readings if one.code]):
            if self._is_of_that_year(scene.text, last, one) or (
                self._goes_on_in_that_year(scene.text, last, one)
                and (self._catalogue[one.code].kind != "stock" or one.code.startswith("pop."))
            ):
                one.measure = "prior_level"
                one.rule = one.rule if one.rule == "pair" else f"{one.rule}+earlier"
        settle_underway(scene, readings)
        if year is not None:
            by_own_year(scene.text, readings, year)
        for one in readings:
            if one.code and not one.period and one.measure in {"level", "growth_pct", "growth_abs", "share_pct"}:
                one.period = self._stated_period(sight, one, year, period)

    def _is_of_that_year(self, text: str, last: Reading, one: Reading) -> bool:
        """Return whether a figure of the poor goes on about an earlier year: 2013年底识别1246户，贫困发生率34.9%."""
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
            and _NOW_OR_THEN.search(text, last.quantity.outer_end, one.quantity.start) is None
            and one.place.clause[0] - last.quantity.outer_end <= (6 if one.code in LIFTED else 1)
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
            and last.rule.endswith("+earlier")
            and one.place.sentence == last.place.sentence
            and one.rule in {"name_before", "name_after", "pair", "sibling"}
            and _OF_YEAR.match(text, one.place.sentence[0]) is not None
            and _NOW_OR_THEN.search(text, last.quantity.outer_end, one.quantity.start) is None
        )

    def is_plan(self, scene: Scene, offset: int, year: int | None) -> bool:
        """Return whether what stands at `offset` is planned, by its section, paragraph, sentence or segment."""
        sight = Sight(scene, self._governors)
        place = scene.place(offset)
        if self._kind(sight, offset, place.sentence[0], year) == "plan":
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
        q, scene = one.quantity, sight.scene
        text = scene.text
        lead = min(one.zone.lead, q.outer_start)
        clause, segment, sentence = one.place.clause[0], one.place.segment[0], one.place.sentence[0]
        if lead < clause:
            clause = scene.span("clause", lead)[0]
        governing = sight.governing(one.place.sentence)
        if governing.background and begins(governing.background, clause, q.start):
            one.refuse("background")
            return
        kind = self._kind(sight, q.start, sentence, year)
        if kind == "plan" and one.measure == "level" and self._is_so_already(sight, one, clause, lead, year):
            kind = ""
        if kind == "plan" and begins(governing.forecast, segment, q.start) and not self._is_expected(text, one):
            if one.measure == "level":
                one.measure, one.rule = "forecast", f"{one.rule}+forecast"
            return
        if kind == "plan":
            if one.measure in {"level", "growth_pct", "growth_abs", "forecast", "completion_pct"}:
                one.measure, one.rule = "plan", f"{one.rule}+plan"
            return
        is_told_of_years = one.measure == "level" and self._catalogue[one.code].kind == "flow"
        # An area is sown anew every year: of several years it is a sum only where the clause says so.
        is_sown = one.code.startswith("agri.") and one.code.endswith("_area")
        if is_sown and _SUMMED.search(text, clause, q.start) is None:
            is_told_of_years = False
        if is_told_of_years or one.measure == "growth_abs":
            stated = last_before(governing.other_period, sentence, q.start)
            if (kind == "other" or stated >= 0) and self._is_sum(sight, one, clause, lead, year):
                section = scene.section(q.start, sentence)
                # “十三五”以来 is found by its end.
                one.period = years_said(text[max(sentence, stated - 2) : q.start] if stated >= 0 else section, year)
                if (not one.period and year is not None) or "年均" in text[clause : q.start]:
                    one.refuse("other period")
                return
        if one.measure in {"level", "growth_pct", "growth_abs"} and self._is_planned(sight, governing, one, clause):
            one.measure, one.rule = "plan", f"{one.rule}+plan"
        elif (
            one.measure == "level"
            and (
                (
                    begins(governing.forecast, segment, q.start)
                    and not self._each_is_expected(scene, governing.forecast, segment, clause)
                )
                or self._opens_with(scene, one, governing.forecast)
                or self._goes_on_expecting(text, one, governing.forecast)
            )
            and "已" not in text[max(clause, lead - 5) : lead]
        ):
            one.measure, one.rule = "forecast", f"{one.rule}+forecast"
        elif one.measure == "level" and (
            self._is_earlier(sight, clause, lead, one.place.sentence[0], year)
            or (self._catalogue[one.code].kind != "flow" and is_of_years_begin(text, clause, lead))
        ):
            one.measure, one.rule = "prior_level", f"{one.rule}+earlier"

    def _is_so_already(self, sight: Sight, one: Reading, clause: int, lead: int, year: int | None) -> bool:
        """Return whether a section of aims tells of what is so already, or was in an earlier year."""
        text = sight.scene.text
        if is_aimed_at(text, one, clause):
            return False
        return is_given(text, one, clause) or self._is_earlier(sight, clause, lead, one.place.sentence[0], year)

    @staticmethod
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

    @staticmethod
    def _each_is_expected(scene: Scene, places: Sequence[int], segment: int, clause: int) -> bool:
        """Return whether 预计 stands after one name and the next, each for itself, and not in this clause.

        总收入预计达1.5亿元，纯收入预计达4068元，预算支出618万元: the last is no forecast.
        """
        told = [one for one in places if segment <= one < clause]
        if len(told) < 2 or (places and places[-1] >= clause):
            return False
        return all(hits and hits[-1].end == one for one in told for hits in [scene.hits_between(segment, one)])

    @staticmethod
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

    @staticmethod
    def _is_planned(sight: Sight, governing: Governing, one: Reading, clause: int) -> bool:
        q = one.quantity
        announced = sight.goals_before(q.start, one.place.sentence[0])
        return _TASK_IN_SIGHT.match(sight.scene.text, q.outer_end) is not None or (
            (
                (announced >= 0 and announced >= q.start - _GOALS_REACH)
                or (
                    begins(governing.plan, one.place.segment[0], q.outer_start)
                    and _MEANWHILE.search(sight.scene.text, one.place.segment[0], clause) is None
                )
                or (
                    Scopes._opens_with(sight.scene, one, governing.plan)
                    and _MEANWHILE.search(sight.scene.text, one.place.sentence[0], clause) is None
                )
                or (
                    (one.measure == "level" or sight.scene.text.find("确保", clause, q.start) >= 0)
                    and begins(governing.plan_clause, clause, q.outer_start)
                )
            )
            and _DONE_NOW.search(sight.scene.text, clause, q.outer_start) is None
        )

    def _is_earlier(self, sight: Sight, clause: int, lead: int, sentence: int, year: int | None) -> bool:
        text = sight.scene.text
        begin = max(0, clause - 1)  # with the sign that ends the clause before
        match = self._earlier.search(text, begin, lead) if self._years.stand_in(text, begin, lead) else None
        if match is None and clause >= 3 and text[clause - 1] == "，" and text[clause - 2] in "年期底末":
            # 2021年，全镇实现…: the year is a clause of its own.
            before = max(text.rfind(sign, max(0, clause - 14), clause - 1) for sign in "，；。：\n") + 1
            alone = self._earlier.fullmatch(text, before, clause - 1) if clause - before <= 14 else None
            match = alone or self._earlier.fullmatch(text, max(0, before - 1), clause - 1)
        if match is None:
            match = self._opening_year(text, sentence, clause, lead)
        if match is None or self._not_earlier.search(text, clause, lead):
            return False
        if "去年" in match.group() and (sight.is_said_later(year) or sight.reviews_year(lead, sentence, year)):
            return False  # 2017年1月 reports on 2016: 去年完成… is the year reported on
        stated = match.group("year") if "year" in match.re.groupindex else None
        return stated is None or (year is not None and int(stated) < year)

    def _opening_year(self, text: str, sentence: int, clause: int, lead: int) -> re.Match[str] | None:
        """Return the year's end that opens a sentence and still governs the clause: 2013年底，精准识别，有贫困村7个."""
        comma = text.find("，", sentence, sentence + 9)
        if comma < 0 or clause - comma > _OPENING_REACH or text[comma - 1 : comma] not in _YEARS_END:
            return None
        match = self._earlier.fullmatch(text, max(0, sentence - 1), comma) or self._earlier.fullmatch(
            text, sentence, comma
        )
        is_later = match is not None and _NOW_OR_THEN.search(text, comma, lead) is not None
        return None if is_later else match

    def _kind(self, sight: Sight, offset: int, sentence: int, year: int | None) -> str:
        """Return `plan`, `other` or '' for the section, paragraph and sentence that hold `offset`."""
        kind = sight.kinds.get(sentence)
        if kind is None:
            kind = sight.kinds[sentence] = self._kind_of(sight.scene, offset, sentence, year)
        return kind

    def _kind_of(self, scene: Scene, offset: int, sentence: int, year: int | None) -> str:
        section = scene.section(offset, sentence)
        kind = self.kind_of_section(section, year)
        if kind == "plan":
            return kind
        start = scene.span("line", offset)[0]
        while scene.text.startswith("。", start):
            start += 1  # where （三） or 1. stood
        first = _FIRST_WORDS.match(scene.text, start)
        words = first.group() if first else ""
        if self._plan_starts.stand_in(words) and not self._not_plan.search(words):
            return "plan"
        label = _LABEL.match(scene.text, start) if "【" in words else None
        if label and self.kind_of_section(label["words"], year) == "plan":
            return "plan"
        head = scene.text[sentence : min(offset, sentence + 14)]
        if head.startswith(self._plan_openings):
            return "plan"
        match = _YEAR.match(head) if head.startswith(("19", "20")) else None
        if match and year is not None and int(match.group()) > year and not _COLLECTED.match(scene.text, sentence):
            return "plan"
        by_then = _BY_THEN.match(scene.text, sentence) if scene.text.startswith(_BY_THEN_OPENS, sentence) else None
        if by_then and year is not None and (int(by_then["year"] or 0) or _END_OF[by_then["plan"]]) > year:
            return "plan"  # 到“十二五”末，财政收入突破3000万元
        is_of_plans = not kind and _TITLE_OF_PLANS.match(scene.text) is not None
        return "plan" if is_of_plans and not self._not_plan.search(section) else kind

    def _kind_of_section(self, section: str, year: int | None) -> str:
        for heading in reversed(section.split(" / ")):
            # （一）新增就业1860人，完成目标任务的116%: a sentence that is numbered, and no heading
            first = heading.split("，", 1)[0]
            words = first if _SAYS_HOW_MANY.search(first) else heading
            years = [int(one) for one in _YEAR.findall(words)]
            if year is not None and years and min(years) > year:
                return "plan"
            # 2015年和“十二五”工作回顾 is about the report's year too: there only words beside a figure tell.
            is_other = self._other_section.search(words) is not None and year not in years
            is_plan = self._plan_section.search(_WENT.sub("完成情况", words)) is not None
            if not is_plan and (self._not_plan.search(words) or _WENT.search(words)):
                return "other" if is_other else ""
            if is_plan:
                return "plan"
            if is_other:
                return "other"
        return ""

    @staticmethod
    def _is_expected(text: str, one: Reading) -> bool:
        """Return whether a change is one that a plan expects (明年…预期增长8%), which is a plan."""
        return one.measure in _CHANGES and text.rfind("预期", one.place.clause[0], one.quantity.start) >= 0
