"""What is worked out for each character of a text: text_loops.c where that is not compiled."""

import re
from array import array

__all__ = ["count_among", "count_in", "lines_of", "masked", "translated", "without_gaps"]

_PRINTED, _WHOLE = 1, 2  # flags of lines: printed characters only; and no blanks
_DIGITS = re.compile(r"\d+")
_GAP = re.compile(
    r"(?<=\d)[ \u3000]+(?=[\u4e00-\u9fff.．、])|(?<=[\u4e00-\u9fff、）.．])[ \u3000]+(?=[\d\u4e00-\u9fff])"
)


def lines_of(text: str) -> tuple[list[str], bytes, bytes]:
    """Return the lines of a page's `text`, without blanks around them and without those that hold nothing.

    Also the first character of each and how many it has (32 bits each), and flags: 1 where all characters are printed,
    3 where also none of them is a blank.
    """
    lines: list[str] = []
    spans, flags = array("i"), bytearray()
    start = 0
    for raw in text.split("\r\n"):
        words = raw.strip()
        if words:
            lines.append(words)
            spans.extend((start + len(raw) - len(raw.lstrip()), len(words)))
            is_printed = words.isprintable()
            flags.append(_PRINTED * is_printed | _WHOLE * (is_printed and " " not in words))
        start += len(raw) + 2
    return lines, spans.tobytes(), bytes(flags)


def count_among(text: str, letters: str) -> int:
    """Return how many characters of `text` are one of `letters`, which are all different."""
    return sum(map(text.count, letters))


def count_in(text: str, bits: bytes) -> int:
    """Return how many characters of `text` have their bit set in `bits`, the lowest of each byte first."""
    return sum(code >> 3 < len(bits) and bits[code >> 3] >> (code & 7) & 1 for code in map(ord, text))


def translated(text: str, table: str) -> str:
    """Return `text` with the character of `table` that stands at the code of each; beyond its end as they are."""
    return "".join([table[code] if code < len(table) else chr(code) for code in map(ord, text)])


def masked(text: str) -> str:
    """Return `text` with # for each run of digits."""
    return _DIGITS.sub("#", text)


def without_gaps(text: str) -> str:
    """Return `text` without blanks between ideographs, between these and digits, and around signs: 三、 ２０２４ 年."""
    return _GAP.sub("", text)
