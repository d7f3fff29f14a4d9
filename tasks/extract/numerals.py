"""Numerals of Chinese reports: digits, 千/万/亿, Chinese numerals; values are exact decimals."""

from decimal import Decimal

__all__ = ["FULL_WIDTH", "parse_chinese_numeral", "parse_digits"]

# Full-width digits, signs and letters to their plain forms, one character for one, so that offsets stay true.
FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９．％，＋－／～ＸｘＱ" + "﹪", "0123456789.%,+-/~XxQ" + "%",
)  # fmt: skip
FULL_WIDTH.pop(ord("，"))
_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
           "九": 9, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
MULTIPLIERS = {"千": 1000, "百": 100, "十": 10, **_MYRIADS}


def parse_digits(digits: str, multipliers: str) -> Decimal:
    """Return the value of `digits` (with separators) times `multipliers` (万, 亿, 千, 百, also together).

    >>> parse_digits("1,234.5", "万")
    Decimal('12345000.0')
    """
    value = Decimal(digits.replace(",", ""))
    for word in multipliers:
        value *= MULTIPLIERS[word]
    return value


def parse_chinese_numeral(words: str) -> int | None:
    """Return the value of a Chinese whole number, or None when `words` is none.

    >>> parse_chinese_numeral("一万五千三百二十"), parse_chinese_numeral("两千零五"), parse_chinese_numeral("十二")
    (15320, 2005, 12)
    """
    total = section = digit = 0
    last_unit = 0
    for character in words:
        if character in _DIGITS:
            if digit and character not in "零〇○":
                return None
            digit = _DIGITS[character]
        elif character in _TENS:
            section += (digit or 1) * _TENS[character]
            last_unit, digit = _TENS[character], 0
        elif character in _MYRIADS:
            total = (total + section + digit) * _MYRIADS[character]
            last_unit, section, digit = _MYRIADS[character], 0, 0
        else:
            return None
    # 一万五 is 15,000: a last digit right after a unit above ten counts in tenths of it.
    if digit and last_unit > 10 and len(words) > 1 and words[-2] in (*_TENS, *_MYRIADS):
        digit *= last_unit // 10
    return total + section + digit
