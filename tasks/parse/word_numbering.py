"""The numbers that Word writes in front of paragraphs by itself (一、 （二） 3.): they are not in the text of the file.

Counting follows ECMA-376 part 1, 17.9: a level counts on until a paragraph of a higher level comes in between; the
level's text holds %1 to %9 for the counts of the levels.
"""

import re
from collections.abc import Callable
from typing import Any

__all__ = ["Numbering", "chinese_number"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_PLACE = re.compile(r"%([1-9])")


def chinese_number(number: int) -> str:
    """Return `number` (1 to 9999) counted in Chinese; other numbers in digits.

    >>> [chinese_number(one) for one in (1, 10, 12, 20, 101, 110)]
    ['一', '十', '十二', '二十', '一百零一', '一百一十']
    """
    if not 0 < number < 10_000:
        return str(number)
    words, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + unit
        gap = False
    return words[1:] if words.startswith("一十") else words


def _roman(number: int) -> str:
    words = ""
    for value, letters in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
                           (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        words += letters * (number // value)
        number %= value
    return words


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese_number,
    "chineseCountingThousand": chinese_number,
    "chineseLegalSimplified": lambda number: chinese_number(number).translate(
        str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
    ),
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "japaneseCounting": chinese_number,
    "taiwaneseCountingThousand": chinese_number,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _full_width,
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
_NO_NUMBER = {"none", "bullet"}


class Numbering:
    """Counts the numbered paragraphs of one document; ask for each paragraph once, in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        """Take the roots of numbering.xml and styles.xml, each None when the package has none."""
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int]] = {}
        self._begun: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str | None, int | None, str | None]] = {}
        if numbering is not None:
            self._read_numbering(numbering)
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            based = style.find(f"{_W}basedOn")
            own = style.find(f"{_W}pPr/{_W}numPr")
            self._styles[_value(style, "styleId")] = (*_number_of(own), _value(based) if based is not None else None)

    def _read_numbering(self, numbering: Any) -> None:
        for abstract in numbering.iter(f"{_W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{_W}lvl"):
                form, words, start = (level.find(f"{_W}{name}") for name in ("numFmt", "lvlText", "start"))
                levels[_whole(_value(level, "ilvl"))] = (
                    _value(form) or "decimal", _value(words) if words is not None else "", _whole(_value(start), 1)
                )  # fmt: skip
            self._levels[_value(abstract, "abstractNumId")] = levels
        for number in numbering.iter(f"{_W}num"):
            identifier = _value(number, "numId")
            self._abstract[identifier] = _value(number.find(f"{_W}abstractNumId"))
            for change in number.iter(f"{_W}lvlOverride"):
                start = change.find(f"{_W}startOverride")
                if start is not None:
                    self._starts[identifier, _whole(_value(change, "ilvl"))] = _whole(_value(start), 1)

    def label(self, paragraph: Any) -> str:
        """Return what Word writes before `paragraph` (a w:p element), '' when it has no number."""
        identifier, level = self._number(paragraph)
        abstract = self._abstract.get(identifier or "", "")
        levels = self._levels.get(abstract, {})
        if identifier in {None, "0"} or level not in levels:
            return ""
        form, words, _ = levels[level]
        counts = self._counts.setdefault(abstract, [levels.get(one, ("", "", 1))[2] - 1 for one in range(9)])
        if (key := (str(identifier), level)) in self._starts and key not in self._begun:
            counts[level] = self._starts[key] - 1
        self._begun.add(key)
        counts[level] += 1
        for deeper in range(level + 1, 9):
            counts[deeper] = levels.get(deeper, ("", "", 1))[2] - 1
        for higher in range(level):
            # A level that was passed over counts as begun (1.1 right at the start).
            counts[higher] = max(counts[higher], levels.get(higher, ("", "", 1))[2])
        if form in _NO_NUMBER:
            return ""

        def counted(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            own = levels.get(index, ("decimal", "", 1))[0]
            return _FORMATS.get(own, str)(counts[index])

        return _PLACE.sub(counted, words)

    def _number(self, paragraph: Any) -> tuple[str | None, int]:
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return None, 0
        identifier, level = _number_of(properties.find(f"{_W}numPr"))
        style = properties.find(f"{_W}pStyle")
        name = _value(style) if style is not None else None
        for _ in range(len(self._styles)):
            if name is None or (identifier is not None and level is not None) or name not in self._styles:
                break
            styled, styled_level, name = self._styles[name]
            identifier = identifier if identifier is not None else styled
            level = level if level is not None else styled_level
        return identifier, level or 0


def _number_of(properties: Any) -> tuple[str | None, int | None]:
    """Return numId and level of a w:numPr element, None where it does not say."""
    if properties is None:
        return None, None
    identifier, level = properties.find(f"{_W}numId"), properties.find(f"{_W}ilvl")
    return (
        _value(identifier) if identifier is not None else None,
        _whole(_value(level)) if level is not None else None,
    )


def _value(element: Any, name: str = "val") -> str:
    return str(element.get(f"{_W}{name}") or "") if element is not None else ""


def _whole(words: str, otherwise: int = 0) -> int:
    return min(int(words), 9999) if words.isdecimal() and len(words) < 12 else otherwise
