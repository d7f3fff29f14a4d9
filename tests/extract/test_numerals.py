"""Numerals: laws that hold for every number, and spans that are true for every text."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.facts import Extraction
from tasks.extract.numerals import parse_chinese_numeral, parse_digits
from tasks.lexicon import load_lexicon

DIGITS = "零一二三四五六七八九"


def write_chinese(number: int) -> str:
    """The standard way to write a whole number below 10^8 in Chinese."""

    def below_myriad(value: int) -> str:
        words, gap = "", False
        for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, value = divmod(value, size)
            if digit:
                words += ("零" if gap else "") + DIGITS[digit] + name
                gap = False
            elif words:
                gap = True
        return words

    myriads, rest = divmod(number, 10_000)
    if not myriads:
        return below_myriad(rest)
    return below_myriad(myriads) + "万" + ("零" if rest and rest < 1000 else "") + below_myriad(rest)


@given(st.integers(min_value=1, max_value=99_999_999))
def test_reading_what_was_written_gives_the_number_back(number: int) -> None:
    assert parse_chinese_numeral(write_chinese(number)) == number


@pytest.mark.parametrize(
    ("words", "value"),
    [("两千零五", 2005), ("一万五千", 15000), ("一万五", 15000), ("三百二", 320), ("十二", 12), ("二十万", 200000)],
)
def test_spoken_forms(words: str, value: int) -> None:
    assert parse_chinese_numeral(words) == value


@given(st.decimals(min_value=0, max_value=10**6, places=3), st.sampled_from(["", "万", "亿", "百万"]))
def test_multipliers_are_exact(number: Decimal, words: str) -> None:
    factor = {"": 1, "万": 10**4, "亿": 10**8, "百万": 10**6}[words]
    assert parse_digits(f"{number:,}", words) == number * factor


@given(st.sampled_from(sorted(load_lexicon().units.values(), key=lambda one: one.surface)), st.integers(1, 10**9))
def test_units_convert_there_and_back(unit: object, amount: int) -> None:
    factor = unit.factor  # type: ignore[attr-defined]
    assert amount * factor / factor == amount


FRAGMENTS = st.sampled_from(
    ["完成", "粮食播种面积", "5.27万亩", "、", "，", "。", "\n", "XX次", "1,100万元", "２０％", "其中", "和", "增长",
     "近",
     "余", "户", "（", "）", "三百二十亩", "生猪出栏", "🐖", "\u200f", "##", "2023年", "\t"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=4)), max_size=40).map("".join))
def test_spans_are_true_for_any_text(text: str) -> None:
    from expectations.catalogue import load_catalogue
    from tasks.extract import build_reader, extract_document
    from tasks.parse import document_from_text

    extraction = extract_document(document_from_text(text), None, build_reader(load_catalogue(), load_lexicon()))
    assert all(text[one.start : one.end] == one.surface for one in extraction.mentions)
    assert all(0 <= one.start < one.end <= len(text) for one in extraction.facts)


def test_full_width_digits_keep_their_offsets(read_text: Callable[[str], Extraction]) -> None:
    fact = read_text("财政收入１２３４．５万元。").facts[0]
    assert (fact.value, fact.start, fact.end) == (12345000.0, 4, 12)
