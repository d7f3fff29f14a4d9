"""Runs of letters that numbers are made of: where a number may begin, told letter by letter.

Compiled, it is one look into a table for each letter of a text; a pattern takes ten times as long.
"""

from typing import Final

__all__ = ["MASKS", "NUMERALS", "is_plain", "runs_in"]

NUMERALS: Final = "零〇○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
MASKS: Final = "Xx×*"

_OTHER: Final = 0
_DIGIT: Final = 1  # or a mask
_NUMERAL: Final = 2
_HEAD: Final = 3
_LETTERS: Final = {
    **dict.fromkeys(map(ord, f"0123456789{MASKS}几"), _DIGIT),
    **dict.fromkeys(map(ord, NUMERALS), _NUMERAL),
    **dict.fromkeys(map(ord, "上数"), _HEAD),
}
_CODES: Final = 65536
_KINDS: Final = bytes(_LETTERS.get(code, _OTHER) for code in range(_CODES))
_MARKS: Final = frozenset(f"{MASKS}#@")


def runs_in(text: str) -> list[tuple[int, int]]:
    """Return the runs of letters that numbers are made of; 上 and 数 only before a Chinese numeral.

    >>> runs_in("上千人、3.5万元和数量"), runs_in("上一个")
    ([(0, 2), (4, 5), (6, 8)], [(0, 2)])
    """
    found: list[tuple[int, int]] = []
    at, end = 0, len(text)
    while at < end:
        kind, start = _kind(text, at), at
        at += 1
        if kind == _HEAD:
            while at < end and _kind(text, at) == _NUMERAL:
                at += 1
            if at > start + 1:
                found.append((start, at))
        elif kind != _OTHER:
            while at < end and _kind(text, at) in (_DIGIT, _NUMERAL):
                at += 1
            found.append((start, at))
    return found


def is_plain(text: str, start: int, end: int) -> bool:
    """Return whether the run `start:end` begins with digits to which no mask, marker or 分之 belongs.

    >>> [is_plain(text, 0, end) for text, end in (("35万元", 3), ("3.5万元", 1), ("3XX人", 3), ("3分之1", 1))]
    [True, True, False, False]
    """
    at = start
    while at < end and ord("0") <= ord(text[at]) <= ord("9"):
        at += 1
    follow = text[at : at + 1]
    is_marked = follow in _MARKS or (follow == "." and text[at + 1 : at + 2] in _MARKS)
    return at > start and not is_marked and text[end : end + 1] != "分"


def _kind(text: str, at: int) -> int:
    code = ord(text[at])
    return _KINDS[code] if code < _CODES else _OTHER
