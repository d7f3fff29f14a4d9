"""The year that a report is about, where nobody says it: by its title, its opening words and its headings."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

__all__ = ["report_year"]

_WIDE: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_WIDE_DIGITS: Final = tuple(map(chr, _WIDE))
_GAP: Final = re.compile(r"(?<=\d)[ \u3000]+(?=年)")
_HEAD: Final = 700  # title, date and opening words
_HEADING: Final = 40  # a line no longer than this may be a heading
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)年"
# What a report says of its own year: 2016年工作回顾, 2011年度述职报告, 2023年上半年工作总结.
_TOLD: Final = re.compile(
    r"(?<!于)" + _YEAR + r"(?:度|上半年|下半年|前三季度|[一二三]季度)?"
    r"(?:全[镇乡街]|我[镇乡街]|政府)?[^，。；\n\d]{0,14}?"
    r"(?P<what>总结|小结|回顾|述职|情况|报告|成绩|成效|工作)"
)
# What follows a year that is still to come: 2017年工作安排, 2017年的工作提出建议, 2017年主要工作任务.
_TO_COME: Final = re.compile(
    r"(?:度|全[镇乡])?的?(?:政府|主要|重点|总体|各项)?(?:工作|经济社会发展|发展)?的?(?:主要|重点|总体|各项|初步)?"
    r"(?:安排|打算|思路|计划|目标|任务|要点|谋划|建议|部署|展望|设想|意见|重点|指导思想|奋斗目标|预期|拟办|拟实施|(?:民生)?实事候选|民生实事(?:项目)?候选)"
    r"|(?:度|全[镇乡])?的?(?:政府|主要|重点|各项)?工作[^，。；\n]{0,6}?(?:提出|作出?|做出?|谈|讲)[^，。；\n]{0,6}?"
    r"(?:建议|安排|部署|意见|打算|说明|设想)"
)
_DONE: Final = re.compile(r"[^，。；\n\d]{0,8}?(?:完成|落实|进展|执行|推进|开展)")  # 2024年工作要点完成情况
_LOOKS_BACK: Final = re.compile(r"回顾|总结|小结|(?:完成|执行|工作|开展|进展|推进)情况|述职")
_DATE: Final = re.compile(_YEAR + r"(?P<month>\d{1,2})月(?!份|底|以来)")
_PLAIN: Final = re.compile(_YEAR + r"(?!\d{1,2}月|以来)")
_COMPARED: Final = frozenset("比较与跟由从")  # 较2010年增长236%: years that another is compared with
_AHEAD: Final = re.compile(r"将|计划|力争|预计|确保|目标|[到至](?=20)|规划")
_NUMBERED: Final = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[、.．）)]")
_LINE: Final = re.compile(r"[^\n]+")
# People's congresses that meet up to here hear of the year before; those from November on hear of their own.
_LAST_MONTH_AFTER: Final = 4


def report_year(text: str, named: int | None = None) -> int | None:
    """Return the year that the report `text` is about, or None where it says none.

    A title or a heading that looks back tells it (2016年工作总结, 一、2016年工作回顾); else the year before one to come
    (对2017年的工作提出建议, 三、2017年工作安排), else the date of the congress, else `named` (from a file's name), else
    the year that occurs most, of those the first.
    """
    if any(digit in text for digit in _WIDE_DIGITS):
        text = text.translate(_WIDE)
    if " 年" in text or "\u3000年" in text:
        text = _GAP.sub("", text)
    head = text[:_HEAD]
    lines = [line for match in _LINE.finditer(text) if len(line := match.group().strip()) <= _HEADING]
    # 一、2015年工作情况 and then 二、2016年工作开展情况: the last of several parts
    parts = _of_parts(lines)
    told = _looking_back(head)
    if told is not None:
        return max(parts) if told in parts else told
    for line in lines:
        match = _TOLD.search(line)
        if match and _LOOKS_BACK.search(line, match.start()) and not _is_to_come(line, match):
            return max(parts) if int(match["year"]) in parts else int(match["year"])
    coming = [int(one["year"]) for words in (head, *lines) for one in _PLAIN.finditer(words) if _is_to_come(words, one)]
    if coming:
        return min(coming) - 1
    date = _DATE.search(head)
    title = _TOLD.search(head)
    if date and (title is None or title["year"] == date["year"]):
        is_after = int(date["month"]) <= _LAST_MONTH_AFTER and (title is None or "政府工作报告" in title.group())
        return int(date["year"]) - is_after
    if title is None and named is not None:
        return named
    if title is not None:
        return int(title["year"])
    # 产值从1949年的96万元增加到1978年的268万元，2011年…，2011年…: the year that is told of most, of those the first
    said = Counter(
        match["year"] for match in _PLAIN.finditer(head) if head[match.start() - 1 : match.start()] not in _COMPARED
    )
    if said and max(said.values()) == 1:
        # 2003年…，2004年…，2005年…: each told of once, of those the last that is not still to come
        done = [match["year"] for match in _PLAIN.finditer(head) if not _AHEAD.search(head, *_around(match))]
        return int(max(done or said))
    return int(said.most_common(1)[0][0]) if said else None


def _around(match: re.Match[str]) -> tuple[int, int]:
    """Return where words stand that say whether the year of `match` is still to come: 到2025年底, 2024年将."""
    return max(0, match.start() - 6), match.end() + 12


def _looking_back(head: str) -> int | None:
    """Return the first year of `head` that is said to be looked back on, and is no year to come."""
    for match in _TOLD.finditer(head):
        if match["what"] in {"总结", "小结", "回顾", "述职", "情况", "成绩", "成效"} and not _is_to_come(head, match):
            return int(match["year"])
    return None


def _of_parts(lines: Sequence[str]) -> list[int]:
    """Return the years that numbered headings look back on."""
    found = []
    for line in lines:
        match = _TOLD.search(line) if _NUMBERED.match(line) else None
        if match and _LOOKS_BACK.search(line, match.start()) and not _is_to_come(line, match):
            found.append(int(match["year"]))
    return found


def _is_to_come(words: str, match: re.Match[str]) -> bool:
    coming = _TO_COME.match(words, match.end("year") + 1)
    return coming is not None and _DONE.match(words, coming.end()) is None
