"""Years in words become digits; nothing else does, and no place moves."""

import pytest

from tasks.domain.years_in_words import years_in_digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇一二年工作总结", "2012年工作总结"),
        ("二○二三年和二零零九年", "2023年和2009年"),
        ("自一九九八年以来", "自1998年以来"),
        ("二〇二三", "二〇二三"),  # no year is said
        ("二〇二三个", "二〇二三个"),
        ("一九", "一九"),
        ("三百二十一年", "三百二十一年"),
    ],
)
def test_only_years_change(text: str, expected: str) -> None:
    assert years_in_digits(text) == expected
    assert len(expected) == len(text)
