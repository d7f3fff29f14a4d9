"""Periods of several years that a report looks back on: 五年来, “十三五”期间, 本届政府."""

import re
from typing import Final

from tasks.domain.periods import ReportPeriod

__all__ = ["last_year_told", "years_said"]

# 二十年 and 三五年 are no single numeral: such years stay unnumbered.
_SAID: Final = re.compile(
    r"(?<![一二三四五六七八九十])(?P<years>[两二三四五六七八九十])年"
    r"|十(?P<plan>[一二三四])五|“(?P<early>[八九十])五”|(?P<term>本届|任期|换届)"
)
# The end of a line that says what the next ones tell: 一年来，我们突出抓了以下几项工作：
_ANNOUNCES: Final = re.compile(r"(?:：|(?:以下|如下|几项|几件)[^\n。]{0,12}。)[ \u3000]*\n")
_ONE_YEAR: Final = re.compile(r"(?<![\d两二三四五六七八九十])一年来|过去的?一年|今年以来|(?P<year>20\d\d)年")
_SEVERAL: Final = re.compile(r"[两三四五六七八九十]年来|过去[的这]?[三四五]年|“?十[一二三四]五”?(?:期间|时期|以来)")
_DIGITS: Final = {"两": 2, **{digit: value for value, digit in enumerate("一二三四五六七八九十", 1)}}
# The eleventh five-year plan began in 2006; a township's government is elected for five years (Organic Law, 2004).
_PLAN_YEARS: Final = 5
_FIRST_PLAN: Final = 1951
_TERM: Final = 5


def years_said(words: str, year: int | None) -> str:
    """Return the code of the several years that `words` name first, as a report about `year` means them, or ''.

    >>> years_said("五年来累计", 2021)
    '2021Y5'
    >>> years_said("“十三五”期间", 2021)
    '2020Y5'
    >>> years_said("“十五”期间", None)
    '2005Y5'
    >>> years_said("近年来", 2021)
    ''
    """
    match = _SAID.search(words)
    if match is None:
        return ""
    number = 10 + _DIGITS[match["plan"]] if match["plan"] else _DIGITS[match["early"]] if match["early"] else 0
    if number:
        first = _FIRST_PLAN + _PLAN_YEARS * number
        last = min(year or first + _PLAN_YEARS, first + _PLAN_YEARS - 1)
        return ReportPeriod(last, 1, 12, last - first + 1).code if last > first else ""
    if year is None:
        return ""
    if match["years"]:
        return ReportPeriod(year, 1, 12, _DIGITS[match["years"]]).code
    return ReportPeriod(year, 1, 12, _TERM).code


def last_year_told(text: str, year: int | None) -> list[tuple[int, bool]]:
    """Return the places after which a review tells of one year (True) or of several (False), in order.

    A congress report reviews five years and then their last one, in one section: 2021年是收官之年。一年来，我们主要抓了
    以下工作：. Only a line that announces what follows turns from one to the other.
    """
    turns: list[tuple[int, bool]] = []
    for match in _ANNOUNCES.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1, match.end()
        of_one = [one.end() for one in _ONE_YEAR.finditer(text, *line)
                  if one["year"] is None or int(one["year"]) == year]  # fmt: skip
        several = [one.end() for one in _SEVERAL.finditer(text, *line)]
        if of_one or several:
            turns.append((match.end(), max(of_one, default=-1) > max(several, default=-1)))
    return turns
