"""The reading view of a text: what the engine looks at, with the way back to the offsets of the document.

The view is plain (half-width digits, simplified characters, one kind of dash) and whole (a sentence broken over lines,
with a page number between, is one line again). Every place in it knows the place in the document it came from.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from opencc import OpenCC

from tasks.domain.documents import Document
from tasks.domain.years_in_words import years_in_digits

__all__ = ["View", "plain_characters", "view_of"]

# One character for one, so that offsets stay true.
# Blanks of pages and Word files that do not break a line, or are of other widths.
_BLANKS: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
# What has no width at all, copied from pages, stands inside numbers as well.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_PLAIN: Final = str.maketrans(
    "０１２３４５６７８９．％＋－／～＃＊＝" + "﹪〜∼‑−–" + "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ" + "＂﹐﹔﹕　" + _BLANKS + "╳",
    "0123456789.%+-/~#*=" + "%~~---" + "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + '"，；： ' + " " * len(_BLANKS) + "×",
)  # fmt: skip
# Radicals that some converters write for the letters they look like (⼈ for 人), and doubles of letters.
_PLAIN.update(
    (code, ord(unicodedata.normalize("NFKC", chr(code)))) for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFA6E))
)
_PLAIN_CHARACTERS: Final = frozenset(map(chr, _PLAIN))
# Half-width signs beside Chinese text stand for the Chinese ones; 1,100 and 3:5 keep theirs.
_ASCII_SIGNS: Final = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "!": "！", "?": "？"}
_ASCII_SIGN: Final = re.compile(r"[,:;()!?](?:(?<![,:])|(?<!\d.)|(?!\d))")
_CODES: Final = 65536
# 生猪存栏1.2万头.全年出栏9000头.  A stop typed half-width ends a sentence; 一. and （一）. only number one.
_HALF_STOP: Final = re.compile(
    r"[.．](?<=[\u4e00-\u9fff%％）)”\"].)(?<!\n[一二三四五六七八九十].)(?<![ \u3000\n、十][一二三四五六七八九十].)"
    r"(?<!^[一二三四五六七八九十].)(?<![一二三四五六七八九十][）)].)(?=[\u4e00-\u9fff“\"（(\d\s]|$)"
)
_LONG_WITHOUT_STOP: Final = 400  # letters; a text with a 。 in fewer than so many has its stops
# **1860户** as some editors write bold; ** alone stands for a figure that is left out
_BOLD: Final = re.compile(r"\*\*(?=\d)([^*\n]{1,40})\*\*")
_CJK: Final = "\u4e00-\u9fff"
# What may be taken out of a line: one blank between Chinese characters or beside a number.
_BLANK: Final = re.compile(
    rf" (?:(?<=[{_CJK}，。；：、（）%] )(?=[{_CJK}\d，。；：、（）])|(?<=\d )(?=[{_CJK}%，。；、）])"
    r"|(?<=[^\n\d]\d\. )(?=\d)|(?<=[^\n]\d\d\. )(?=\d)"
    r"|(?<=[^\d\n.]\d )(?=\d{3}(?!\d))|(?<=[^\d\n.]\d\d )(?=\d{3}(?!\d))"
    r"|(?<=[\u4e00-\u9fff]\d{3} )(?=\d{3}[元亩吨])|(?<=\d \d{3} )(?=\d{3}[元亩吨]))"
)
# 医疗救助18人 农村低保8人 五保1人: a blank for a comma, where a name and its number follow.
_LISTED: Final = re.compile(rf" (?<=[\d万亿余多 ][人户元亩吨] )(?=[{_CJK}]{{2,10}}：?\s?\d)")
_INDENT: Final = re.compile(r" (?<![^\n] ) *")
_BREAK: Final = re.compile(r"[\r\n\f]\s*")
_NEWLINE: Final = re.compile(r"\n\s*")
_PAGE_LINE: Final = re.compile(
    r"(?:[-—–－·•]{1,3}\s?\d{1,4}\s?[-—–－·•]{1,3}|第\s?\d{1,4}\s?页(?:\s?[,，/]?\s?共\s?\d{1,4}\s?页)?|\d{1,4}\s?/\s?\d{1,4})"
)
_LONGEST_PAGE_LINE: Final = 32
_OPENS: Final = re.compile(
    r"[（(]?(?:[一二三四五六七八九十]{1,3}[）)、．.]|\d{1,2}[）)、．])|\d{1,2}\.(?!\d)|第[一二三四五六七八九十]{1,3}[章节部分]|"
    r"[●■◆▪•·※★○◇□►➢√-]|附[表件录]|[一二三四五六七八九十]是"
)
_ENDS: Final = frozenset("。；！？：!?;:…")
_GOES_ON: Final = frozenset("，、,（(“《")
_NUMBER_END: Final = re.compile(r"(?:\d[.,]?|\d[万亿千百]{1,2}余?)$")
_NUMBER_GOES_ON: Final = re.compile(rf"[\d.%％{_CJK}]")
_HEADING: Final = 40  # a line longer than a heading, with a comma in it, is running text
_PROSE: Final = 22
_TRADITIONAL_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class View:
    """`text` is what is read; `offsets[i]` is where its character i stands in the document (None: the same place)."""

    text: str
    offsets: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the document of `start:end` in the view."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def _chinese_sign(match: re.Match[str]) -> str:
    return _ASCII_SIGNS[match.group()]


def _with_stops(text: str) -> str:
    """Return `text` with 。 for its half-width stops where most of its stops are typed so."""
    stops = text.count("。")
    if stops * _LONG_WITHOUT_STOP > len(text) or len(_HALF_STOP.findall(text)) <= stops:
        return text
    return _HALF_STOP.sub("。", text)


def plain_characters(text: str) -> str:
    """Return `text` with half-width digits and signs and, where it is in traditional script, simplified characters.

    One character stands for one: `len` does not change.
    """
    text = _with_stops(text)
    simplified, odd = _traditional()
    found: dict[str, int] = {}  # in one pass what may have to change
    for at in range(len(text)):
        code = ord(text[at])
        if code < _CODES and odd[code]:
            found[text[at]] = found.get(text[at], 0) + 1
    if not found:
        return text
    plain = text
    for character in found.keys() & _PLAIN_CHARACTERS:  # few kinds occur: quicker than to translate every letter
        plain = plain.replace(character, chr(_PLAIN[ord(character)]))
    if not found.keys().isdisjoint(_ASCII_SIGNS):
        plain = _ASCII_SIGN.sub(_chinese_sign, plain)
    plain = years_in_digits(plain)
    if sum(found[one] for one in found if ord(one) in simplified) > _TRADITIONAL_SHARE * len(plain):
        plain = plain.translate(simplified)
    return plain


@cache
def _traditional() -> tuple[dict[int, str], bytes]:
    """Return the table from traditional to simplified characters, one for one.

    And 1 for each code point that may not be plain: those of this table, those of `_PLAIN`, half-width signs.
    """
    convert: Callable[[str], Any] = OpenCC("t2s").convert
    characters = [chr(code) for code in range(0x4E00, 0x9FFF)]
    converted = convert("\n".join(characters)).split("\n")
    table = {
        ord(one): other for one, other in zip(characters, converted, strict=True) if one != other and len(other) == 1
    }
    odd = bytearray(_CODES)
    for code in (*table, *map(ord, _PLAIN_CHARACTERS), *map(ord, _ASCII_SIGNS)):
        odd[code] = 1
    return table, bytes(odd)


def view_of(document: Document) -> View:
    """Return the reading view of `document`."""
    plain = plain_characters(document.text)
    cuts: list[tuple[int, int]] = []
    if "**" in plain:
        for match in _BOLD.finditer(plain):
            cuts += [(match.start(), match.start() + 2), (match.end() - 2, match.end())]
    if " " in plain:
        plain = _LISTED.sub("，", plain)
        cuts += [match.span() for pattern in (_BLANK, _INDENT) for match in pattern.finditer(plain)]
    cuts += [match.span() for match in _INVISIBLE.finditer(plain)]
    if document.media_type == "text/plain":
        cuts += _breaks_inside_sentences(plain)
    if not cuts:
        return View(plain, None)
    parts: list[str] = []
    offsets: list[int] = []
    position = 0
    for start, end in sorted(cuts):
        if start < position:
            continue
        parts.append(plain[position:start])
        offsets.extend(range(position, start))
        position = end
    parts.append(plain[position:])
    offsets.extend(range(position, len(plain)))
    return View("".join(parts), tuple(offsets))


def _breaks_inside_sentences(plain: str) -> list[tuple[int, int]]:
    """Return the spans, from the end of one line to the begin of another, that interrupt a sentence."""
    found = _BREAK if "\r" in plain or "\f" in plain else _NEWLINE  # a letter is found faster than one of three
    breaks = [match.span() for match in found.finditer(plain)]
    if not breaks:
        return []
    bounds = [0]
    for start, end in breaks:
        last = start
        while last > bounds[-1] and plain[last - 1] in " \t":
            last -= 1
        bounds += (last, end)
    bounds.append(len(plain))
    lines = [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if end > start]
    kept = [span for span in lines if not _is_page_line(plain[span[0] : span[1]].strip())]
    wrapped = _wrap_width([end - start for start, end in kept])
    cuts = []
    for (first, last), (following, end) in pairwise(kept):
        if _goes_on(plain[first:last], plain[following:end], wrapped, plain[last:following]):
            cuts.append((last, following))
    return cuts


def _is_page_line(line: str) -> bool:
    return len(line) <= _LONGEST_PAGE_LINE and _PAGE_LINE.fullmatch(line) is not None


def _wrap_width(lengths: list[int]) -> int:
    """Return the width that lines were broken at by hand or by a printer, 0 when lines are whole paragraphs."""
    common = Counter(length for length in lengths if 15 <= length <= 60).most_common(1)
    if not common:
        return 0
    width = common[0][0]
    near = sum(1 for length in lengths if width - 2 <= length <= width + 2)
    return width if near >= 4 and near * 3 >= len(lengths) else 0


def _goes_on(line: str, following: str, wrapped: int, between: str) -> bool:
    line = line.rstrip()
    if not line or "\t" in line or "\t" in following or line[-1] in _ENDS or _OPENS.match(following):
        return False
    if line[-1] in _GOES_ON:
        return True
    is_heading = _OPENS.match(line) is not None and len(line) <= _HEADING and "。" not in line
    if is_heading:
        return False
    if len(line) >= _PROSE and "，" in line and not between.endswith(("  ", "\t")):
        return True
    if _NUMBER_END.search(line) and _NUMBER_GOES_ON.match(following) and len(line) >= 12 and "，" in line + following:
        return True
    indented = between.endswith(("  ", "\t"))
    return bool(wrapped) and abs(len(line) - wrapped) <= 3 and not indented
