"""Parts of a year in names and titles: 上半年, 前三季度, 一至九月, 第三季度, 九月份, 年中.

A report of part of a year must never pass for the annual one. So a word that speaks of a part and is not understood
(前几个月, 阶段性) is told as `unread`, and the file's period is in doubt.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.domain.periods import ReportPeriod

__all__ = ["Part", "PartsOfYear", "find_parts", "in_digits"]

_TENS = ("", "十", "二十", "三十")
_ONES = ("", *"一二三四五六七八九")
# Days go to 31, and no month, quarter or day is written with more.
_NUMERALS = {tens + ones: 10 * ten + one for ten, tens in enumerate(_TENS) for one, ones in enumerate(_ONES)}
_NUMERALS |= {"元": 1, "两": 2}
_TO = r"\s*(?:[-—–~至到、])\s*第?"
_COUNTED = re.compile(
    rf"[一二三四五六七八九十]{{1,3}}(?=\s*(?:个?月|个?季度|日|{_TO}(?:[一二三四五六七八九十]{{1,3}}|\d{{1,2}})\s*(?:月|季度)))"
    rf"|元(?=月|{_TO}[\d一二三四五六七八九十])|两(?=个?月|个?季度)"
)
_UP_TO = r"(?:前|头|截至|截止|截止到|截至到)第?"
_PART = re.compile(
    r"(?P<whole>全年)"
    r"|(?P<half>[上下前后]半年|(?<![大小多近过])半年)度?"
    r"|(?<![一两三四五六七八九十])(?P<middle>年中)(?=期|工作|总结|小结|汇报|报告|[^\u4e00-\u9fff]|$)"
    r"|H(?P<half_digit>[12])(?!\d)|Q(?P<quarter_code>[1-4])(?!\d)"
    rf"|第?(?P<quarter_from>[1-4]){_TO}(?P<quarter_to>[1-4])\s*季度"
    rf"|{_UP_TO}(?P<quarters>[1-4])个?季度(?:末|底)?"
    r"|第?(?P<quarter>(?<!\d)[1-4])季度"
    rf"|(?<!\d)(?P<month_from>\d{{1,2}})\s*(?:月份?)?{_TO}(?P<month_to>\d{{1,2}})\s*月份?(?!\d{{1,2}}日)"
    rf"|{_UP_TO}(?P<months>\d{{1,2}})(?:个月|月份?(?:末|底)?)(?!\d{{1,2}}日)"
    # Before a level word a month is part of a name: 十月镇.
    r"|(?<![\d.])(?P<month>\d{1,2})月(?:份)?(?!\d{1,2}日|[乡镇街村社])"
)  # fmt: skip
# What else speaks of part of a year. Seasons of work (春耕, 秋收, 冬春) are subjects, not periods.
_PARTLY = re.compile(r"\S?半年|[^\s\d]?季度|(?:几|数|\d+)个月|月份|[上中下]旬|期中|阶段性?|[春夏秋冬]季(?!节)")
_PLAN_AFTER = re.compile(
    r"^.{0,4}?(?:工作)?(?:打算|计划|思路|安排|要点|谋划|目标|部署|展望)"
    r"|^的?(?:主要|重点)(?:工作|任务)(?!.{0,6}(?:总结|小结|情况|完成|汇报|报告))"
)
_JOINED = re.compile(r"[和及暨与并]")
_OPENS, _CLOSES = re.compile(r"[(\[【]\s*$"), re.compile(r"\s*[)\]】]")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a year by its first and last month, and where it stands in the words."""

    first_month: int
    last_month: int
    start: int
    end: int

    def of(self, year: int) -> str:
        """Return the code of this part of `year`."""
        return ReportPeriod(year, self.first_month, self.last_month).code


@dataclass(frozen=True, slots=True)
class PartsOfYear:
    """The parts of a year that words say they report on, and the first word about a part that is not understood."""

    parts: tuple[Part, ...]
    unread: str = ""


def in_digits(words: str) -> str:
    """Return `words` with the numerals of months, quarters and days as digits.

    >>> in_digits("一至九月"), in_digits("前三季度"), in_digits("十二月二十日"), in_digits("元月份")
    ('1至9月', '前3季度', '12月20日', '1月份')
    """
    return _COUNTED.sub(lambda match: str(_NUMERALS.get(match.group(), match.group())), words)


def find_parts(words: str, report: re.Match[str] | None) -> PartsOfYear:
    """Return the parts of a year in `words` (NFKC, `in_digits`) that are reported on.

    `report` is where the words name the report (工作总结). What follows it is about the report too, unless it is joined
    to it (…工作总结及下半年…) or is a plan; a month there counts only alone in brackets: （12月修改稿） is none.
    """
    parts: list[Part] = []
    unread = ""
    begin = 0
    for match in _PART.finditer(words):
        unread = unread or _unread(words, begin, match.start(), report)
        begin = match.end()
        if not _is_reported(words, match, report):
            continue
        months = _months(match)
        if months is None:
            unread = unread or match.group()
        else:
            parts.append(Part(*months, match.start(), match.end()))
    return PartsOfYear(tuple(parts), unread or _unread(words, begin, len(words), report))


def _is_reported(words: str, match: re.Match[str], report: re.Match[str] | None) -> bool:
    if _PLAN_AFTER.match(words[match.end() :]):
        return False
    if report is None or match.start() < report.end():
        return True
    if _JOINED.search(words[report.end() : match.start()]):
        return False
    if match.lastgroup != "month":
        return True
    return bool(_OPENS.search(words[: match.start()]) and _CLOSES.match(words[match.end() :]))


def _unread(words: str, start: int, end: int, report: re.Match[str] | None) -> str:
    matches: Iterator[re.Match[str]] = _PARTLY.finditer(words, start, end)
    return next((one.group().strip() for one in matches if _is_reported(words, one, report)), "")


def _months(match: re.Match[str]) -> tuple[int, int] | None:
    """Return first and last month of a part; None where there are none such (前13个月, 9—3月)."""
    said = {name: value for name, value in match.groupdict().items() if value is not None}
    if "whole" in said:
        return 1, 12
    if "half" in said or "middle" in said or "half_digit" in said:
        return (7, 12) if said.get("half") in {"下半年", "后半年"} or said.get("half_digit") == "2" else (1, 6)
    if quarter := said.get("quarter") or said.get("quarter_code"):
        return 3 * int(quarter) - 2, 3 * int(quarter)
    if "quarters" in said:
        first, last = 1, 3 * int(said["quarters"])
    elif "quarter_from" in said:
        first, last = 3 * int(said["quarter_from"]) - 2, 3 * int(said["quarter_to"])
    elif "month_from" in said:
        first, last = int(said["month_from"]), int(said["month_to"])
    elif "months" in said:
        first, last = 1, int(said["months"])
    else:
        first = last = int(said["month"])
    return (first, last) if 1 <= first <= last <= 12 else None
