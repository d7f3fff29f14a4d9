"""Operators that imitate slips of the hand: a wrong key, a wrong line, a wrong word beside the right figure."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import replace

from tests.checks_benchmark.planting import GROWTH, HISTORY, Case, Plant, levels, number_parts, operator, said
from tests.checks_benchmark.reports import Edit, Figure, edited, number_of

__all__: list[str] = []

_LOOKS_LIKE = {"0": "Oo", "1": "lI"}
_ROW = re.compile(r"^\|[^|\n]+\|[^|\n]+\|\s*([\d.,]+)\s*\|.*$", re.MULTILINE)
_LAST_MONTHS = (4, 6, 9, 11)


@operator("letter_digit", "K2", "the letter O or l typed for 0 or 1", "K2 V4", HISTORY | GROWTH | {"M6", "Q40"})
def _letter(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        places = [at for at, digit in enumerate(number) if digit in _LOOKS_LIKE and at > 0]
        if tail and places:
            at = rng.choice(places)
            letter = rng.choice(_LOOKS_LIKE[number[at]])
            yield said(case.report, one, head + number[:at] + letter + number[at + 1 :] + tail, None)


@operator("broken_point", "K2", "another mark typed for the decimal point", "K2 V4", HISTORY | GROWTH | {"M6", "Q40"})
def _point(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if tail and "." in number:
            words = head + number.replace(".", rng.choice(("。", "..", "·", "、"))) + tail
            yield said(case.report, one, words, None)


@operator("points_for_percent", "V1", "百分点 written for the per cent of an amount", "V1 Q10 Q12", frozenset({"G1"}))
def _points(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        surface = case.report.surface(one)
        if one.measure == "growth_pct" and one.value and surface.endswith("%") and level and level.unit != "%":
            yield said(case.report, one, surface[:-1] + "个百分点", None)


@operator("doubled", "Q10", "翻一番 said of what grew by far less", "Q10 Q11", frozenset({"G1", "Q12"}))
def _doubled(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in report.figures:
        level = report.of(one.code, "level", one.item)
        known = level is not None and level.value and (report.of(one.code, "prior_level", one.item) or case.past(level))
        word = report.text[one.start - 2 : one.start]
        if one.measure == "growth_pct" and known and word in {"增长", "增加", "提高"} and abs(one.value or 0) < 60:
            new = edited(report, [Edit(one.start - 2, one.end, "翻了一番")])
            yield Plant(new, (one.code,), "翻了一番", f"{one.code}: {word}{report.surface(one)} → 翻了一番")


@operator("from_to", "Q11", "由 A 增加到 B with the two figures in each other's places", "Q11 Q10 Q12 Q20", HISTORY)
def _from_to(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for prior in report.figures:
        level = report.of(prior.code, "level", prior.item)
        if prior.measure != "prior_level" or level is None or level.value == prior.value or "|" in _line(case, prior):
            continue
        first, second = sorted((prior, level), key=lambda one: one.start)
        if not set("。；\n") & set(report.text[first.end : second.start]):
            yield _traded(case, first, second)


@operator("households_people", "V8", "households and people in each other's places", "V8 Q2 Q47", HISTORY)
def _households(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in levels(case):
        if not one.code.endswith("_households"):
            continue
        people = report.of(one.code.replace("_households", "_people"), "level", one.item)
        if people and people.value and people.value != one.value and number_of(report.surface(people)):
            first, second = sorted((one, people), key=lambda figure: figure.start)
            if not set("。；\n") & set(report.text[first.end : second.start]):
                yield _traded(case, first, second)


@operator("wrong_row", "Q3", "two lines of a table filled in with each other's figures", "Q47 Q3 Q7 Q8 Q21 S5 Q10 Q12",
          HISTORY | GROWTH | {"V3"})  # fmt: skip
def _rows(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    cells = [one for one in levels(case) if _ROW.match(_line(case, one))]
    for above, below in itertools.pairwise(cells):
        if report.text[above.end : below.start].count("\n") == 1 and above.unit != "%" != below.unit:
            yield replace(_traded(case, above, below), quote="\0")


@operator("share_of_whole", "Q18", "a stated share that part and whole do not give", "Q18", frozenset({"V8"}))
def _share(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _off(case, "share", (1.15, 1.3, 0.8, 0.7))


@operator("table_total", "V7", "the total below a table is not the sum of its lines", "V7", frozenset({"V8"}))
def _table_total(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _off(case, "sum", (1.1, 1.25, 0.9, 0.8)):
        yield replace(one, quote=one.quote.strip())


@operator("count_wan", "Q3", "万 lost or added: 人次/万人次, 头/万头, 羽/万羽", "Q3 V3", HISTORY | GROWTH)
def _count_wan(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if case.steady(one) and tail.strip("万") in {"人次", "头", "羽", "人", "只", "户"}:
            new, factor = (tail[1:], 1e-4) if tail.startswith("万") else (f"万{tail}", 1e4)
            yield said(case.report, one, head + number + new, (one.value or 0) * factor)


@operator("length_unit", "Q3", "公里 for 米 or 里, 平方米 for 亩", "Q3 V3 V1", HISTORY | GROWTH | {"Q40", "M6"})
def _length(case: Case, rng: random.Random) -> Iterator[Plant]:
    slips = {
        "公里": ("米", "里"),
        "千米": ("米",),
        "平方米": ("亩", "平方公里"),
        "亩": ("平方米", "平方公里"),
        "米": ("公里",),
    }
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if tail in slips and case.steady(one):
            yield said(case.report, one, head + number + rng.choice(slips[tail]), None)


@operator("year_typo", "V9", "the year of a date mistyped: 2032年, 2013年", "V9 Q42", frozenset({"S5", "Q21", "M6"}))
def _year(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    own = str(report.year)
    for match in re.finditer(rf"(?<!\d){own}年", report.text):
        wrong = rng.choice((f"{own[:2]}{own[3]}{own[2]}年", f"{own[:2]}1{own[3]}年"))
        new = edited(report, [Edit(match.start(), match.end(), wrong)])
        inside = [one.code for one in report.figures if 0 <= one.start - match.start() < 60]
        yield Plant(new, tuple(inside), wrong, f"{own}年 → {wrong} {report.text[match.start() : match.end() + 12]!r}")


@operator("no_such_day", "V9", "a date that no calendar has (11月31日)", "V9", frozenset())
def _no_such_day(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in levels(case):
        start = max(report.text.rfind(mark, 0, one.start) for mark in "。\n") + 1
        if "月" not in report.text[start : one.end] and "|" not in report.text[start : one.end]:
            date = f"截至{rng.choice(_LAST_MONTHS)}月31日，"
            yield Plant(edited(report, [Edit(start, start, date)]), (one.code,), date[:-1], date)


@operator("doubled_digit", "Q3", "a digit typed twice", "Q3 Q7 Q8 Q10 Q12 V3", HISTORY | GROWTH)
def _doubled_digit(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        whole = number.partition(".")[0]
        if one.unit == "%" or "," in number or len(whole) < 2 or not case.steady(one) or min(case.past(one)) < 30:
            continue
        at = rng.randrange(len(whole))
        words = number[: at + 1] + number[at] + number[at + 1 :]
        yield said(case.report, one, head + words + tail, (one.value or 0) * float(words) / float(number))


@operator(
    "repeated_figure", "Q8", "the figure before it typed once more", "Q3 Q7 Q8 Q10 Q12 V3 V8 Q2", HISTORY | GROWTH
)
def _repeated_figure(case: Case, rng: random.Random) -> Iterator[Plant]:
    ordered = sorted(levels(case), key=lambda one: one.start)
    for before, one in itertools.pairwise(ordered):
        (_, first, _), (head, number, tail) = number_parts(case.report, before), number_parts(case.report, one)
        near = not set("。\n") & set(case.report.text[before.end : one.start])
        if not near or first == number or one.unit == "%" or not case.steady(one):
            continue
        value = (one.value or 0) * float(first.replace(",", "")) / float(number.replace(",", ""))
        # What lies as near to the other years as the right one nobody can tell from it.
        if max(value, 30.0) > 1.8 * max(case.past(one)) or value < min(case.past(one)) / 1.8 - 1:
            yield said(case.report, one, head + first + tail, value)


@operator("columns", "Q10", "this year's and last year's columns of a table exchanged in a line", "Q10 Q11 Q12 Q20 Q23",
          HISTORY)  # fmt: skip
def _columns(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        prior = case.report.of(one.code, "prior_level", one.item)
        if prior and prior.value != one.value and "|" in _line(case, one) and _line(case, one) == _line(case, prior):
            yield _traded(case, one, prior)


def _line(case: Case, figure: Figure) -> str:
    text = case.report.text
    return text[text.rfind("\n", 0, figure.start) + 1 : (text + "\n").index("\n", figure.end)]


def _traded(case: Case, first: Figure, second: Figure) -> Plant:
    """Return the plant of two figures whose numbers stand in each other's places, each with its own unit."""
    report = case.report
    (head, one, tail), (head_2, two, tail_2) = number_parts(report, first), number_parts(report, second)
    words, words_2 = head + two + tail, head_2 + one + tail_2
    new = edited(report, [Edit(first.start, first.end, words), Edit(second.start, second.end, words_2)])
    codes = tuple(dict.fromkeys((first.code, second.code)))
    return Plant(new, codes, words, f"{first.code} ↔ {second.code}: {one}{tail}, {two}{tail_2} → {words}, {words_2}")


def _off(case: Case, measure: str, factors: tuple[float, ...]) -> Iterator[Plant]:
    """Give every figure of `measure` times one of `factors`, printed with the same decimals, if that is another."""
    rng = random.Random(case.report.text)
    for one in case.report.figures:
        if one.measure == measure and number_of(case.report.surface(one)):
            head, number, tail = number_parts(case.report, one)
            words = f"{float(number) * rng.choice(factors):.{len(number.partition('.')[2])}f}"
            if words != number:
                yield said(case.report, one, head + words + tail, None)
