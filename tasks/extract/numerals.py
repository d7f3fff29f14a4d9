"""Numerals of Chinese reports: digits, 千/万/亿, Chinese numerals written and spoken; values are exact decimals."""

from decimal import Decimal
from functools import lru_cache
from math import prod
from typing import Final

__all__ = [
    "MULTIPLIERS", "ChineseNumeral", "factor_of", "parse_chinese_numeral", "parse_digits", "read_chinese_numeral",
]  # fmt: skip

_DIGITS: Final = {
    "零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_TENS: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_ZEROS: Final = frozenset("零〇○")
MULTIPLIERS: Final = {"千": 1000, "百": 100, "十": 10, "万": 10**4, "亿": 10**8}

# (low, high or None, whether the words themselves leave the figure open: 数十, 几百, 上千, 十几)
ChineseNumeral = tuple[Decimal, Decimal | None, bool]


def parse_digits(digits: str, multipliers: str) -> Decimal:
    """Return the value of `digits` (with separators) times `multipliers` (万, 亿, 千, 百, also together).

    >>> parse_digits("1,234.5", "万")
    Decimal('12345000.0')
    """
    value = Decimal(digits.replace(",", ""))
    return value * factor_of(multipliers) if multipliers else value


@lru_cache(maxsize=256)
def factor_of(multipliers: str) -> Decimal:
    """Return what 万, 亿, 千, 百 written one after the other multiply by."""
    return Decimal(prod(MULTIPLIERS[word] for word in multipliers))


def parse_chinese_numeral(words: str) -> int | None:
    """Return the value of a Chinese whole number, or None when `words` is none.

    >>> parse_chinese_numeral("一万五千三百二十"), parse_chinese_numeral("两千零五"), parse_chinese_numeral("十二")
    (15320, 2005, 12)
    >>> parse_chinese_numeral("一万五千亿"), parse_chinese_numeral("一亿二千万"), parse_chinese_numeral("一万五")
    (1500000000000, 120000000, 15000)
    """
    for word, size in (("亿", 10**8), ("万", 10**4)):
        head, found, rest = words.rpartition(word)
        if not found:
            continue
        high = parse_chinese_numeral(head) if head else 1
        low = _after_myriad(rest, size)
        return None if high is None or low is None else high * size + low
    return _below_myriad(words)


def _after_myriad(rest: str, size: int) -> int | None:
    """Return what follows 万 or 亿; a single digit counts in tenths of it (一万五 is 15,000)."""
    if not rest:
        return 0
    if len(rest) == 1 and rest in _DIGITS:
        return _DIGITS[rest] * size // 10
    return parse_chinese_numeral(rest)


def _below_myriad(words: str) -> int | None:
    if not words:
        return None
    total = digit = last = 0
    has_digit = False
    for character in words:
        if character in _DIGITS:
            if has_digit and digit:
                return None
            digit, has_digit = _DIGITS[character], True
        elif character in _TENS:
            size = _TENS[character]
            if last and size >= last:
                return None
            total += (digit if has_digit and digit else 1) * size
            last, digit, has_digit = size, 0, False
        else:
            return None
    # 三百二 is 320: a last digit right after 百 or 千 counts in tenths of it.
    if digit and last > 10 and words[-2] in _TENS:
        digit *= last // 10
    return total + digit


@lru_cache(maxsize=4096)
def read_chinese_numeral(words: str) -> ChineseNumeral | None:
    """Return the interval that Chinese number words mean, also spoken ones, or None when they are no number.

    >>> read_chinese_numeral("三四百"), read_chinese_numeral("数十"), read_chinese_numeral("四点五")
    ((Decimal('300'), Decimal('400'), False), (Decimal('20'), Decimal('90'), True), (Decimal('4.5'), None, False))
    """
    if "点" in words:
        return _decimal(words)
    if words[0] in "数几":
        if len(words) > 1 and words[1] in _DIGITS:
            return None  # 任务数一个不落
        size = parse_chinese_numeral(words[1:]) if len(words) > 1 else 1
        return None if size is None else (Decimal(2 * size), Decimal(9 * size), True)
    if words[0] == "上" and len(words) > 1:
        size = parse_chinese_numeral(words[1:])
        return None if size is None else (Decimal(size), None, True)
    if words[-1] == "几" and len(words) > 1:
        base = parse_chinese_numeral(words[:-1])
        return None if base is None or base % 10 else (Decimal(base + 1), Decimal(base + 9), True)
    spoken = _neighbours(words)
    if spoken is not None:
        return spoken
    value = parse_chinese_numeral(words)
    return None if value is None else (Decimal(value), None, False)


def _decimal(words: str) -> ChineseNumeral | None:
    whole, _, fraction = words.partition("点")
    head = parse_chinese_numeral(whole)
    if head is None or not fraction or any(character not in _DIGITS for character in fraction):
        return None
    return Decimal(f"{head}.{''.join(str(_DIGITS[character]) for character in fraction)}"), None, False


def _neighbours(words: str) -> ChineseNumeral | None:
    """Return the range of two neighbouring digits said together: 三四百, 五六十, 两三, 二三十万."""
    for position in range(len(words) - 1):
        first, second = words[position], words[position + 1]
        if first in _DIGITS and second in _DIGITS and first not in _ZEROS:
            ends = position + 2 == len(words) and position > 0
            if _DIGITS[second] != _DIGITS[first] + 1 or (ends and words[position - 1] not in "十拾"):
                return None
            low = parse_chinese_numeral(words[: position + 1] + words[position + 2 :])
            high = parse_chinese_numeral(words[:position] + words[position + 1 :])
            return None if low is None or high is None else (Decimal(low), Decimal(high), False)
    return None
