"""Words that govern what follows them in their clause, segment, sentence or line: where they stand in a document."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from tasks.extract.guards import guard_of, one_of
from tasks.extract.longer import last_year_told
from tasks.extract.scene import Scene
from tasks.lexicon import Lexicon

__all__ = ["Governing", "Governors", "Sight", "begins", "last_before", "out_of_asides"]

# 1—9月, 上半年, 前三季度, 一季度, 截至9月底: a part of the year.
_MONTHS: Final = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?<!\d)(?P<from>\d{1,2})月?[-—~至](?P<to>\d{1,2})月(?:份|底)?|截[至止]\s?(?P<end>\d{1,2})月(?:底|末)"
    r"|上半年|前三季度|第?一季度)(?!以?前)"
)
_REST_OF_YEAR: Final = re.compile(r"[，。；]全年|下半年")
_COMPARED_WITH: Final = re.compile(r"[是比较与为]“?十?$")  # 是“十五”期间的1.8倍 tells of no such years
_REVIEW: Final = re.compile(r"回顾")
_HEAD: Final = 240
_DATED: Final = re.compile(r"(20\d\d)年\d{1,2}月\d{1,2}日")
_MONTH_WORDS: Final = guard_of([_MONTHS.pattern])


class Governing(NamedTuple):
    """Where words begin that govern in one sentence, by what they say."""

    background: Sequence[int] = ()
    other_period: Sequence[int] = ()
    plan: Sequence[int] = ()
    plan_clause: Sequence[int] = ()
    forecast: Sequence[int] = ()


_NOTHING: Final = Governing()
# …（计划年内消除风险20户），低保户312户: a word of aims and its figure inside brackets say nothing of what follows them
_CLOSED_ASIDE: Final = re.compile(r"[^（）。；\d]*\d[^（）。；]*(?:（[^（）。；]*）[^（）。；]*)*）")


def begins(places: Sequence[int], start: int, end: int) -> bool:
    """Return whether one of `places`, which are in order, lies in `start:end`."""
    if not places:
        return False
    position = bisect_left(places, start)
    return position < len(places) and places[position] < end


def last_before(places: Sequence[int], start: int, end: int) -> int:
    """Return the last of `places`, which are in order, that lies in `start:end`, or -1."""
    position = bisect_left(places, end)
    return places[position - 1] if position and places[position - 1] >= start else -1


def out_of_asides(text: str, governing: Governing, place: int) -> Governing:
    """Return what of `governing` reaches a figure at `place`: not what an aside says that was closed before it."""
    first = min((one[0] for one in (governing.plan, governing.plan_clause, governing.forecast) if one), default=place)
    if text.find("）", first, place) < 0:
        return governing
    plan, clause, forecast = (
        [one for one in places if (aside := _CLOSED_ASIDE.match(text, one)) is None or aside.end() > place]
        for places in (governing.plan, governing.plan_clause, governing.forecast)
    )
    return governing._replace(plan=plan, plan_clause=clause, forecast=forecast)


class Governors:
    """The patterns of words that govern; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        scope, measures = lexicon.words["scope"], lexicon.words["measures"]
        patterns = (
            scope["background_pattern"], one_of(scope["other_period"]), measures["plan_pattern"],
            measures["plan_clause_pattern"], measures["forecast_pattern"],
        )  # fmt: skip
        goals = lexicon.words["sections"]["goals_pattern"]
        self._patterns = [(guard_of([one]), re.compile(one)) for one in patterns]
        self._other_period = self._patterns[1][1]
        self._guard = guard_of(patterns)
        self._goals, self._goal_guard = re.compile(goals), guard_of([goals])

    def in_sentence(self, text: str, start: int, end: int) -> Governing:
        """Return where words that govern begin in `start:end`, a sentence of `text`."""
        if not self._guard.stand_in(text, start, end):
            return _NOTHING
        return Governing(*(self._places(pattern, text, start, end) if guard.stand_in(text, start, end) else ()
                           for guard, pattern in self._patterns))  # fmt: skip

    def _places(self, pattern: re.Pattern[str], text: str, start: int, end: int) -> list[int]:
        found = [match.start() for match in pattern.finditer(text, start, end)]
        if pattern is not self._other_period:
            return found
        return [one for one in found if not _COMPARED_WITH.search(text, max(start, one - 4), one)]

    def goals(self, text: str, start: int, end: int) -> list[int]:
        """Return where goals are announced (主要预期目标是：) in `start:end`, a line of `text`."""
        if not self._goal_guard.stand_in(text, start, end):
            return []
        return [match.start() for match in self._goals.finditer(text, start, end)]


class Sight:
    """What governs in one document; every sentence and line is looked through once."""

    def __init__(self, scene: Scene, governors: Governors) -> None:
        self.scene = scene
        self.kinds: dict[int, str] = {}
        self.turns_of_line: dict[int, list[tuple[int, bool]]] = {}  # where a line turns to what is to come, and back
        self._governors = governors
        self._governing: dict[int, Governing] = {}
        self._goals_of_line: dict[int, list[int]] = {}
        self._goals_of_sentence: dict[int, list[int]] = {}
        self._turns: list[tuple[int, bool]] | None = None
        self._said_later: bool | None = None
        self._this_year: int | None = None
        self._months: dict[int, list[re.Match[str]]] = {}

    def governing(self, sentence: tuple[int, int]) -> Governing:
        """Return where words that govern begin in `sentence`."""
        found = self._governing.get(sentence[0])
        if found is None:
            found = self._governing[sentence[0]] = self._governors.in_sentence(self.scene.text, *sentence)
        return found

    def is_said_later(self, year: int | None) -> bool:
        """Return whether the head of the document is dated in the year after the one that it reports on."""
        if self._said_later is None:
            dated = _DATED.search(self.scene.text, 0, _HEAD)
            self._said_later = dated is not None and year is not None and int(dated[1]) == year + 1
        return self._said_later

    def reviews_year(self, place: int, sentence: int, year: int | None) -> bool:
        """Return whether `place` stands in a review of `year` (2012年工作回顾) in which 今年 was not said before."""
        if year is None:
            return False
        if self._this_year is None:
            self._this_year = self.scene.text.find("今年") % (len(self.scene.text) + 1)  # behind the end: nowhere
        section = self.scene.section(place, sentence)
        return place < self._this_year and f"{year}年" in section and _REVIEW.search(section) is not None

    def goals_before(self, place: int, sentence: int) -> int:
        """Return where goals are last announced before `place` in the line of its sentence, or -1."""
        found = self._goals_of_sentence.get(sentence)
        if found is None:
            line = self.scene.span("line", place)
            if line[0] not in self._goals_of_line:
                self._goals_of_line[line[0]] = self._governors.goals(self.scene.text, *line)
            found = self._goals_of_sentence[sentence] = self._goals_of_line[line[0]]
        position = bisect_left(found, place)
        return found[position - 1] if position else -1

    def announced_year(self, place: int, sentence: int, year: int | None) -> bool:
        """Return whether the section of `place` has said before that it goes on with the report's year alone."""
        if self._turns is None:
            self._turns = last_year_told(self.scene.text, year)
        position = bisect_left(self._turns, place, key=itemgetter(0))
        if not position or not self._turns[position - 1][1]:
            return False
        said = max(0, self._turns[position - 1][0] - 2)
        section = self.scene.section(place, sentence).partition(" / ")
        before = self.scene.section(said, self.scene.span("sentence", said)[0]).partition(" / ")
        # A heading below that names several years of its own (（二）五年来的成绩) is what governs.
        return section[0] == before[0] and (section[2] == before[2] or "年来" not in section[2])

    def months_before(self, place: int, sentence: tuple[int, int]) -> re.Match[str] | None:
        """Return the part of the year that `sentence` names last before `place`."""
        found = self._months.get(sentence[0])
        if found is None:
            text = self.scene.text
            named = _MONTH_WORDS.stand_in(text, sentence[0], sentence[1])
            found = self._months[sentence[0]] = list(_MONTHS.finditer(text, *sentence)) if named else []
        told = next((match for match in reversed(found) if match.end() <= place), None) if found else None
        if told is not None and _REST_OF_YEAR.search(self.scene.text, told.end(), place):
            return None  # 7至8月开展…；全年开展…
        return told
