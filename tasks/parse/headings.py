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
_OPENS, _CLOSES = "[\\[（(【〖〔《「『［]?", "[\\]）)】〗〕》」』］]?"
_PLAIN_HEADING: Final = re.compile(rf"{_OPENS}(?:20\d\d年)?[\u4e00-\u9fff“”]{{4,14}}{_CLOSES}|20\d\d年度?")
# A heading without a number that says what its lines tell of, and when; others (突出项目建设) are topics below it.
_TELLS_WHEN: Final = re.compile(
    r"20\d\d|总结|小结|回顾|打算|计划|安排|部署|设想|思路|目标|展望|谋划|任务|举措|对策|规划|下一?步|下一?阶段|下月|下周|下季度|四季度|半年|下一?年|次年|近期|年底前|剩余|后[一两二三几]个?月"
    r"|明年|来年|今年|去年|今后|问题|不足|困难|差距|情况|成效|成绩|做法|概况|建议|方向"
)
_ANNOUNCES_PLANS: Final = re.compile(
    r"^(?!.*(?:汇报|报告|总结|情况)).*(?:打算|计划|安排|部署|设想|思路|目标|展望|谋划|任务|举措|下一?步|要点|重点)[^，。；]{0,6}[：:]$"
)  # 下一步工作打算：
# 明年要办好以下几件事：, 2015年，我们将重点抓好以下工作。: what the lines below tell of is still to be done.
_LOOKS_BACK: Final = re.compile(r"汇报|报告|总结|情况|成效|成绩|取得|做了|开展了|完成了|抓了|回顾|采取了")
_TIME_TO_COME: Final = re.compile(
    r"[^。；：\d]{0,16}(?:下一?步|下一?阶段|下半年|四季度|明年|来年|今后|接下来|新的一年|今冬明春|年底前|剩余)|20\d\d年[^。；：\d]{0,16}(?:要|将|拟|重点|着力|任务|工作)"
)
# 明年我们这样干：, （以下为2024年计划数，待人代会通过）
_SURELY_TO_COME: Final = re.compile(r"[^。；：\d]{0,16}(?:下一?步|下一?阶段|明年|来年|今后|接下来)")
_BELOW: Final = re.compile(r"[（(]以下(?:为|是|系)?(?P<words>[^（）()]{2,30})[）)]")
_IS_AHEAD: Final = re.compile(r"(?<![需重主首])[要将拟](?![求点素领军])|力争|计划|确保")
_LISTS_WORK: Final = re.compile(
    r"(?:(?:以下|如下|下列)[^。；：\d]{0,8}|打算|设想|思路|几[件个项方点][^。；：\d]{0,6})[：:。]$"
    r"|(?:(?<!不)是|做到|[做抓办干][好到实成][^。；：\d]{0,10})[：:]$"
)
# 存在的问题：, 2022年完成情况：
_NAMES_ITS_LINES: Final = re.compile(r"(?!.*(?:汇报|报告|如下|现将))(?:20\d\d年)?[^，。；\d]{2,14}[：:]")
_OPEN_SIGNS: Final = "\\[（(【〖〔《「『［〈<“"
# 完成防汛任务, 谋划项目建设: what is done, and no part of the report
_OF_WORK: Final = re.compile(
    r"(?!.*(?:20\d\d|明年|来年|今年|去年|下一?步|下一?年|下半年|今后|情况$))(?:完成|实现|明确|落实|围绕|强化|补齐|谋划|优化|突出|抓好|理清|找准|编制|破解|解决|克服|聚焦|紧扣|创新|健全|完善|推进|实施|执行|深化|加快|加强|细化|压实|夯实|转变|打造)"
)
# Whatever decorates a line: ■, ★, ——, ##, 🔶
_MARKS: Final = re.compile(rf"^[^\w{_OPEN_SIGNS}]+|[\s*＊#=■◆●▲★☆※◎○□◇►—－]+$")
_LABELS: Final = "【〖［["
_SIGNS: Final = frozenset("■●◆▲★▶◎○□※►◇☆▪•➢")
_MARKED_ENDS: Final = "*＊#=■◆●▲★☆※◎○□◇►—－"
# Numbers that GB/T 9704 does not know: Part 2, PART.02, 二〉, 2), [2], （2）, B., ②, ⒉, 第二、
_ODD_NUMBER: Final = re.compile(
    r"[Pp](?:art|ART)[ .\-]*\d{1,2}[.．、:：\s]*|[一二三四五六七八九十]{1,3}[〉》>〕）)]\s*[、.．]?"
    r"|第[一二三四五六七八九][、，：\s]"
    r"|[\[［〔〈<（(【][一二三四五六七八九\dA-Ha-h]{1,2}[\]］〕〉>）)】]\s*[、.．：]?|[A-Ha-h\d]{1,2}\s*[)）.．、：]|[①-⒛㈠-㈩❶-❿➀-➓]\s*[、.．]?"
)
_TRAILING_ASIDE: Final = re.compile(r"[（(][^（）()]{2,30}[）)]$")  # （草稿，供讨论）
# 【明年安排】 opens a paragraph as a heading does
_LABEL: Final = re.compile(
    r"[【〖［\[](?P<words>[^】〗］\]\d\n]{0,12}(?:20\d\d年?)?[^】〗］\]\d\n]{1,14})[】〗］\]]\s*(?=\S)"
)
_FIGURE: Final = re.compile(r"\d[\u4e00-\u9fff%％](?<![年月日号时分届次期季])")  # no title and no date holds one
_ODD_SIGN: Final = re.compile("[\u00a0\u00ad\u200b-\u200f\u2060\ufeff\u2e80-\u2fdf]")
_UNPLAIN: Final = re.compile("[\u00a0\u00ad\u200b-\u200f\u2060\ufeff\u2e80-\u2fdf０-９]")
_WIDE_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_TIMED_HEADING: Final = re.compile(
    rf"(?=.{{4}}){_OPENS}(?:20\d\d(?:年|(?=[\u4e00-\u9fff])|[—－~至-](?=20\d\d年)|$)|\d{{1,2}}[-—~至]\d{{1,2}}月|[\u4e00-\u9fff“”、·—]){{2,26}}{_CLOSES}"
)  # 今后五年的奋斗目标和2017年工作任务
# A section that begins inside a line, where the line ends of a text were lost: …。二、2024年工作安排2024年，…
_INSIDE: Final = re.compile(
    r"(?<=[。！？；!?\s])(?:[【〖［■◆●▲★►◎※][^，。；！？\n]{0,12}?(?=明年|来年|今年)|(?:[【〖［■◆●▲★►◎※]|第[一二三四五]{1,2}部分|[一二三四五六七八九十]{1,3}[、．.])[^，。；！？\n]{0,24}?"
    r"(?:打算|计划|安排|思路|目标|任务|回顾|总结|下一?步|问题|展望|谋划|主要工作|工作情况|完成情况))"
)
_TITLE: Final = re.compile(r"(?:总结|回顾|报告|汇报).*(?:计划|打算|安排|思路)|工作报告$")


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


def _number_at(level: int, words: str) -> int:
    """Return the number that a heading of a lower level begins with: 2 of （二） and of 2."""
    if level == 1:
        return _number_of(words[1:])
    digits = words[: len(words) - len(words.lstrip("0123456789"))]
    return int(digits or 0)


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
    if not (first.isalnum() or first in _OPEN_SIGNS) or last in _MARKED_ENDS or last.isspace():
        line = _MARKS.sub("", line)
    return line


def _bare_heading(words: str) -> str:
    """Return the heading that `words`, a short line, are without the number and the aside they may have, or ''."""
    if words.endswith(("：", ":", "。")):
        is_list = _TIME_TO_COME.match(words) is not None and (
            _LISTS_WORK.search(words) is not None
            or (words[-1] != "。" and (_IS_AHEAD.search(words) or _SURELY_TO_COME.match(words)) is not None)
        )
        if is_list and _LOOKS_BACK.search(words) is None:
            return words[:-1]
        if words[-1] == "。" or not (_ANNOUNCES_PLANS.search(words) or _NAMES_ITS_LINES.fullmatch(words)):
            return ""
        words = words[:-1]
    if _is_plain_heading(words):
        return words
    below = _BELOW.fullmatch(words)
    if below is not None:
        return below["words"]
    number = _ODD_NUMBER.match(words)
    shorter = _TRAILING_ASIDE.sub("", words if number is None else words[number.end() :])
    return shorter if _TELLS_WHEN.search(shorter) is not None and _is_plain_heading(shorter) else ""


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
        self._is_first, self._has_title = True, False
        self._stood_after = [0, 0]  # the numbers of the lower levels that a heading without a number stood after
        self._is_label = False  # whether that heading is only the label of a paragraph
        self._shown: str | None = ""  # None: to be written anew

    def see(self, line: str) -> BlockKind:
        """Note the heading that `line` is or begins with; return the kind of block it is."""
        is_marked = line[:1] in _SIGNS
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
            else:
                self._count_on(level, words)
            self._levels[level:] = [words] + [""] * (len(self._levels) - level - 1)
            if level == 0:
                begins = words.startswith(("一", "第一"))
                if begins == self._counts_below or self._is_label:
                    self._plain, self._is_label = "", False
                self._counts_below = begins or (self._counts_below and bool(self._plain))
            self._is_first, self._topic = False, ""
            self._shown = None
            return "heading" if is_short else "paragraph"
        # Lines of the title, its date and its author stand above the first sentence.
        # ■2023年打算 is marked as a part, and no line of the title.
        is_first = self._is_first and not (is_marked and self._has_title)
        self._is_first, self._has_title = self._is_first and is_short and _FIGURE.search(stripped) is None, True
        heading = "" if is_first or len(stripped) > _HEADING_LENGTH or _TITLE.search(line) else _bare_heading(stripped)
        if not heading:
            self._see_label(stripped)
            return "paragraph"
        self._is_label = False
        if _TELLS_WHEN.search(heading) and not (self._plain and _OF_WORK.match(heading)):
            self._set_plain(heading)
        else:
            self._topic = heading
        self._levels[1:] = ["", ""]
        self._shown = None
        return "heading"

    def _set_plain(self, words: str) -> None:
        """Note a heading without a number, and after which numbers of the lower levels it stands."""
        self._plain, self._topic, self._counts_below = words, "", False
        self._stood_after = [_number_at(level, self._levels[level]) for level in (1, 2)]
        self._shown = None

    def _see_label(self, line: str) -> None:
        """Note the label that opens a paragraph: what 【2023年安排】 says holds up to the next label or heading."""
        label = _LABEL.match(line) if line[:1] in _LABELS else None
        if label is None:
            return
        if _TELLS_WHEN.search(label["words"]):
            self._set_plain(label["words"])
            self._is_label = True
        elif self._is_label:
            self._plain, self._shown, self._is_label = "", None, False

    def _count_on(self, level: int, words: str) -> None:
        """End a heading without a number where a lower `level` counts on over it: （二）…, 下步打算：, （三）…."""
        number = _number_at(level, words)
        if self._plain and number > 1 and self._stood_after[level - 1] == number - 1 and not self._levels[level]:
            self._plain = ""

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
