"""Figures of an earlier year, told by the year before them: 2021年，全镇实现…; 2013年底，精准识别，有贫困村7个."""

import re
from typing import Final

from tasks.extract.governors import Sight
from tasks.extract.guards import guard_of
from tasks.lexicon import Lexicon

__all__ = ["NOW_OR_THEN", "EarlierYears"]

_OPENING_REACH: Final = 40  # how far 2013年底， may govern what follows
_YEARS_END: Final = "底末初"
NOW_OR_THEN: Final = re.compile(
    r"今年|目前|(?<!实)现|当前|如今|本年|截|[到至](?!位|账)|\d年|[两三四五六七八九十几]年来|已|全年|；"
)


class EarlierYears:
    """Knows words of an earlier year; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        scope = lexicon.words["scope"]
        self._earlier = re.compile(scope["earlier_pattern"])
        self._years = guard_of([scope["earlier_pattern"]])
        self._not_earlier = re.compile(scope["not_earlier_pattern"])

    def governs(self, sight: Sight, clause: int, lead: int, sentence: int, year: int | None) -> bool:
        """Return whether a year before the report's `year` governs the words of a clause up to `lead`."""
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
        is_later = match is not None and NOW_OR_THEN.search(text, comma, lead) is not None
        return None if is_later else match
