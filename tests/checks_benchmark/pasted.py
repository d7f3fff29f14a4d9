"""Operators that imitate pasting: a paragraph of another report, a paragraph twice, one name too many in a list."""

import random
import re
from collections.abc import Iterator

from tests.checks_benchmark.planting import GROWTH, HISTORY, Case, Plant, number_parts, operator
from tests.checks_benchmark.reports import Edit, Report, edited, number_of

__all__: list[str] = []

_LONG = 130
_VILLAGES = ("青杠坪", "水井湾", "老鸦山", "龙塘", "桐木岭", "石板沟")
_DIGITS = "零一二三四五六七八九"
_PASTED = frozenset({"S5", "Q21", "Q20", "Q43", "Q42"}) | GROWTH | HISTORY


def _paragraphs(report: Report) -> list[tuple[int, int]]:
    """Return where the paragraphs of prose stand, title, table and signature left out."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", report.text)]
    return [
        (start, end) for start, end in lines if "|" not in report.text[start:end] and "。" in report.text[start:end]
    ]


def _inserted(case: Case, paragraph: str, note: str, rng: random.Random) -> Plant:
    """Return the report with `paragraph` behind one of its own; what is planned stays at the end."""
    _, end = rng.choice(_paragraphs(case.report)[1:-2] or _paragraphs(case.report))
    new = edited(case.report, [Edit(end, end, "\n" + paragraph)])
    return Plant(new, (), paragraph[20:60], f"{note}：{paragraph[:40]}…", whole=True)


@operator("old_paragraph", "Q46", "a paragraph of last year's report left in this year's", "Q46 Q22", _PASTED)
def _old_paragraph(case: Case, rng: random.Random) -> Iterator[Plant]:
    last = case.before[0]
    for start, end in _paragraphs(last):
        if end - start >= _LONG and "打算" not in last.text[start:end]:
            yield _inserted(case, last.text[start:end], "去年的段落", rng)


@operator("foreign_paragraph", "Q46", "a paragraph of a neighbour's report with the names changed", "Q46 Q22", _PASTED)
def _foreign_paragraph(case: Case, rng: random.Random) -> Iterator[Plant]:
    other = rng.choice(case.neighbours)
    own, theirs = case.report.unit, other.unit
    for start, end in _paragraphs(other):
        text = other.text[start:end].replace(theirs, own).replace(theirs[:-1], own[:-1])
        if len(text) >= _LONG and "打算" not in text:
            yield _inserted(case, text, f"{theirs}的段落", rng)


@operator("pasted_twice", "S5", "a paragraph stands twice, with a figure changed in one", "S5 Q21", HISTORY | GROWTH)
def _twice(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for start, end in _paragraphs(report):
        inside = [one for one in report.figures if start <= one.start and one.end <= end and one.measure == "level"]
        single = [one for one in inside if one.value and one.bound == "exact" and number_of(report.surface(one))]
        if end - start < 40 or not single:
            continue
        one = rng.choice(single)
        head, number, tail = number_parts(report, one)
        words = f"{float(number.replace(',', '')) * rng.choice((0.9, 1.08, 1.2)):.{len(number.partition('.')[2])}f}"
        if words != number and tail:
            said = head + words + tail
            again = report.text[start : one.start] + said + report.text[one.end : end]
            codes = tuple(dict.fromkeys(figure.code for figure in (one, *inside)))
            yield Plant(edited(report, [Edit(end, end, "\n" + again)]), codes, said, f"{number}{tail} → {said}")


@operator("listed_count", "Q48", "more places listed than counted: 甲、乙、丙、丁等3个村", "Q48", frozenset({"V7"}))
def _listed(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for start, end in _paragraphs(report)[1:-2]:
        names = rng.sample(_VILLAGES, rng.randint(3, 5))
        said = rng.choice((str(len(names) - 1), _DIGITS[len(names) - 1].replace("二", "两")))
        words = f"在{'、'.join(names)}{rng.choice(('', '等'))}{said}个村开展清洁家园评比。"
        if report.text[start:end].endswith("。"):
            yield Plant(edited(report, [Edit(end, end, words)]), (), words[1:-9], words)
