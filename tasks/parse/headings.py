"""Headings of a text, numbered or not, and the path of those above a line."""

import re
from itertools import pairwise
from typing import Final

from tasks.domain.documents import BlockKind
from tasks.domain.years_in_words import years_in_digits
from tasks.parse.loops import without_gaps
from tasks.parse.signs import readable

__all__ = ["HeadingPath", "opens_section", "sections_of"]

# Levels of numbering in official documents: GB/T 9704 sets 一、 （一） 1. （1）.
_LEVELS: Final = (
    re.compile(
        r"\s*(?:第[一二三四五六七八九十]{1,3}(?:部分|章|篇)|[一二三四五六七八九十]{1,3}[、．.]|[上中下]篇(?![幅章目])"
        r"|[壹贰叁肆伍陆柒捌玖拾]{1,2}[、．. \u3000]|(?:[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[IVX]{1,4}(?![A-Za-z]))[、．. \u3000])"
    ),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]"),
    # 3.5 is a number; 19．2023年 is the nineteenth heading and a year.
    re.compile(r"\s*\d{1,2}(?:[.．、](?!\d)|[．、](?=(?:19|20)\d\d年)|[ \u3000]+(?=(?:19|20)\d\d年[^\d]*$))"),
)
_PARTS: Final = "第上中下壹贰叁肆伍陆柒捌玖拾ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVX"  # how parts begin that count 一、 anew
_ANNEX: Final = re.compile(r"\s*附(?:表|件|录)?[一二三四五六七八九十\d]{0,2}\s*[：:]|\s*附[表件]")
# How each of them begins; most lines begin otherwise.
_OPENING: Final = re.compile(rf"\s*([附（(\d一二三四五六七八九十{_PARTS}])")
_SENTENCE: Final = re.compile(r"[。；！？\n]")
_HEADING_LENGTH: Final = 40
_SENTENCE_END: Final = "。；！？，：,;"
_OPENS, _CLOSES = "[（(【〖〔《「『]?", "[）)】〗〕》」』]?"
_PLAIN_HEADING: Final = re.compile(rf"{_OPENS}(?:20\d\d年)?[\u4e00-\u9fff“”]{{4,14}}{_CLOSES}|20\d\d年度?")
# A heading without a number that says what its lines tell of, and when; others (突出项目建设) are topics below it.
_TELLS_WHEN: Final = re.compile(
    r"20\d\d年|总结|回顾|打算|计划|安排|部署|设想|思路|目标|展望|谋划|下一?步|明年|来年|今后|问题|不足|困难|情况|成效|成绩|做法|概况|建议"
)
_ANNOUNCES_PLANS: Final = re.compile(
    r"^(?!.*(?:汇报|报告|总结|情况)).*(?:打算|计划|安排|部署|设想|思路|目标|展望|谋划|下一?步)[^，。；]{0,6}[：:]$"
)  # 下一步工作打算：
_MARKS: Final = re.compile(r"^[\s■●◆▲★▶◎○□#*＊—－]+|[\s*＊]+$")
_BEGINS_MARKED: Final = "■●◆▲★▶◎○□#*＊—－"
_MARKED_ENDS: Final = "*＊"
_ODD_SIGN: Final = re.compile("[\u00a0\u00ad\u200b-\u200f\u2060\ufeff\u2e80-\u2fdf]")
_UNPLAIN: Final = re.compile("[\u00a0\u00ad\u200b-\u200f\u2060\ufeff\u2e80-\u2fdf０-９]")
_WIDE_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_TIMED_HEADING: Final = re.compile(
    rf"{_OPENS}(?:20\d\d年|[\u4e00-\u9fff“”、]){{4,24}}{_CLOSES}"
)  # 今后五年的奋斗目标和2017年工作任务
# A section that begins inside a line, where the line ends of a text were lost: …。二、2024年工作安排2024年，…
_INSIDE: Final = re.compile(
    r"(?<=[。！？；!?\s])(?:第[一二三四五]{1,2}部分|[一二三四五六七八九十]{1,3}[、．.])[^，。；！？\n]{0,24}?"
    r"(?:打算|计划|安排|思路|目标|任务|回顾|总结|下一?步|问题|展望|谋划|主要工作|工作情况|完成情况)"
)
_TITLE: Final = re.compile(r"(?:总结|回顾|报告|汇报).*(?:计划|打算|安排|思路)")


def opens_section(line: str) -> bool:
    """Return whether `line` begins as a heading does (一、 （一） 1.) or as an annex (附表：)."""
    opening = _OPENING.match(line)
    return opening is not None and (_level_of(line, opening) >= 0 or _ANNEX.match(line) is not None)


def _level_of(line: str, opening: re.Match[str]) -> int:
    """Return the level of numbering that `line` begins with, -1 for none; its `opening` says which it can be."""
    first = opening.group(1)
    level = 1 if first in "（(" else 2 if first.isdecimal() else 0
    return level if _LEVELS[level].match(line) is not None else -1


def _number_of(words: str) -> int:
    """Return the number that a heading begins with (二、 is 2), up to 19."""
    number = words[: len(words) - len(words.lstrip("十一二三四五六七八九"))]
    return (10 if number.startswith("十") else 0) + "一二三四五六七八九".find(number.lstrip("十")[:1] or "、") + 1


def _is_plain_heading(words: str) -> bool:
    return _PLAIN_HEADING.fullmatch(words) is not None or (
        _TIMED_HEADING.fullmatch(words) is not None and _TELLS_WHEN.search(words) is not None
    )


def _typed_plainly(line: str) -> str:
    """Return `line` without bold marks, wide digits and gaps: **三、２０２４ 年工作安排**.

    Each is looked for before it is undone, as hardly any line has one.
    """
    if _UNPLAIN.search(line) is not None:
        line = line.translate(_WIDE_DIGITS)
        if _ODD_SIGN.search(line) is not None:
            line = readable(line).replace("\u00a0", " ")
    if "年" in line:
        line = years_in_digits(line)
    if " " in line or "\u3000" in line:
        line = without_gaps(line)
    first, last = line[:1], line[-1:]
    if first in _BEGINS_MARKED or first.isspace() or last in _MARKED_ENDS or last.isspace():
        line = _MARKS.sub("", line)
    return line


def sections_of(line: str) -> list[tuple[int, int]]:
    """Return the parts of `line` that belong to one section each: all of it, unless sections begin inside."""
    bounds = [0, *(match.start() for match in _INSIDE.finditer(line, 1)), len(line)]
    return list(pairwise(bounds))


class HeadingPath:
    """The headings above the present place: one per level of numbering, and one without a number.

    A line of few Chinese letters and no punctuation (明年打算) is a heading without a number; it stands until a section
    of the first level begins. Where that begins to count again (一、), the sections that follow are under it too. So
    are those that begin to count right below a numbered heading: 第二部分 … or 二、2012年的主要任务, then 一、做强柑橘.
    """

    def __init__(self) -> None:
        self._above = ""
        self._levels: list[str] = ["", "", ""]
        self._plain, self._topic = "", ""
        self._counts_below = False
        self._is_headed = False  # whether the section of the first level has a line of its own
        self._is_first = True
        self._shown: str | None = ""  # None: to be written anew

    def see(self, line: str) -> BlockKind:
        """Note the heading that `line` is or begins with; return the kind of block it is."""
        if len(line) <= 2 * _HEADING_LENGTH:
            line = _typed_plainly(line)
        stripped = line.strip()
        is_short = len(stripped) <= _HEADING_LENGTH and stripped[-1:] not in _SENTENCE_END
        opening = _OPENING.match(line)
        if opening is not None and is_short and opening.group(1) == "附" and _ANNEX.match(line):
            # What is annexed belongs to no section: a table of results after the plans is not a plan.
            self._levels, self._plain, self._topic = [stripped[:_HEADING_LENGTH], "", ""], "", ""
            self._above, self._is_headed = "", False
            self._shown = None
        level = -1 if opening is None else _level_of(line, opening)
        if level >= 0:
            end = _SENTENCE.search(stripped)
            words = (stripped if end is None else stripped[: end.start()])[:_HEADING_LENGTH]
            if level == 0:
                self._set_above(words)
                self._is_headed = is_short
            self._levels[level:] = [words] + [""] * (len(self._levels) - level - 1)
            if level == 0:
                begins = words.startswith(("一", "第一"))
                if begins == self._counts_below:
                    self._plain = ""
                self._counts_below = begins or (self._counts_below and bool(self._plain))
            self._is_first, self._topic = False, ""
            self._shown = None
            return "heading" if is_short else "paragraph"
        # Lines of the title, its date and its author stand above the first sentence.
        is_first, self._is_first = self._is_first, self._is_first and is_short
        if len(stripped) <= _HEADING_LENGTH and stripped[-1:] in "：:" and _ANNOUNCES_PLANS.search(stripped):
            stripped, is_short = stripped[:-1], True
        if is_first or not is_short or not _is_plain_heading(stripped) or _TITLE.search(line):
            return "paragraph"
        if _TELLS_WHEN.search(stripped):
            self._plain, self._topic, self._counts_below = stripped, "", False
        else:
            self._topic = stripped
        self._levels[1:] = ["", ""]
        self._shown = None
        return "heading"

    def _set_above(self, words: str) -> None:
        """Note what a section of the first level, which begins with `words`, is under: 第二部分 or 二、, or nothing."""
        last = self._levels[0]
        if words[0] in _PARTS:
            self._above = ""
        elif words.startswith("一") and self._is_headed and not self._plain and not last.startswith(("一", "附")):
            self._above = last
        elif self._above and self._above[0] not in _PARTS:
            number = _number_of(words)
            if number == _number_of(self._above) + 1 and number != _number_of(last) + 1:
                self._above = ""  # 二、…: 一、 to 五、, and then 三、

    def __str__(self) -> str:
        if self._shown is None:
            path = (self._above, self._levels[0], self._plain, self._topic, *self._levels[1:])
            self._shown = " / ".join([words for words in path if words])
        return self._shown
