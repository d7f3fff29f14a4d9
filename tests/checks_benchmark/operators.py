"""Operators that change one figure of a report."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import replace

# What the texts say, slips of the hand and pasting have operators of their own; importing them registers them.
from tests.checks_benchmark import claims, clerks, pasted, slips, statements  # noqa: F401
from tests.checks_benchmark.planting import (
    GROWTH,
    HISTORY,
    OPERATORS,
    Case,
    Operator,
    Plant,
    changes,
    contradicts_growth,
    follows,
    levels,
    number_parts,
    operator,
    said,
)  # fmt: skip
from tests.checks_benchmark.reports import Edit, edited, number_of

__all__ = ["OPERATORS", "Case", "Operator", "Plant"]


def _unit_slip(case: Case, old: str, new: str, factor: float) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if tail == old and one.value is not None and case.steady(one):
            yield said(case.report, one, head + number + new, one.value * factor)


@operator("unit_wan", "Q3", "万 lost or added: 亩/万亩, 元/万元/亿元", "Q3 V3", HISTORY | GROWTH)
def _wan(case: Case, rng: random.Random) -> Iterator[Plant]:
    for old, new, factor in (
        ("亩", "万亩", 1e4),
        ("万亩", "亩", 1e-4),
        ("万元", "元", 1e-4),
        ("元", "万元", 1e4),
        ("万元", "亿元", 1e4),
        ("亿元", "万元", 1e-4),
        ("吨", "万吨", 1e4),
        ("万吨", "吨", 1e-4),
    ):
        yield from _unit_slip(case, old, new, factor)


@operator("unit_hectare", "Q3", "亩 written for 公顷 or the other way round", "Q3 V3 Q15", HISTORY | GROWTH)
def _hectare(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _unit_slip(case, "亩", "公顷", 15)
    yield from _unit_slip(case, "公顷", "亩", 1 / 15)


@operator("unit_jin", "Q3", "斤 for 公斤, 斤 for 吨", "Q3 V3 Q13 Q14", HISTORY | GROWTH)
def _jin(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _unit_slip(case, "公斤", "斤", 0.5)
    yield from _unit_slip(case, "吨", "公斤", 1e-3)


@operator("times_ten", "Q3", "decimal point moved, zero added or lost", "Q3 V3 Q1", HISTORY | GROWTH)
def _ten(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        if one.unit == "%" or not case.steady(one) or min(case.past(one)) < 30:
            continue
        head, number, tail = number_parts(case.report, one)
        decimals = len(number.partition(".")[2])
        plain = float(number.replace(",", ""))
        factor = rng.choice((10.0, 0.1))
        if factor < 1 and not decimals and not number.endswith("0"):
            factor = 10.0
        words = f"{plain * factor:.{max(0, decimals - 1) if factor > 1 else decimals + 1 if decimals else 0}f}"
        yield said(case.report, one, head + words + tail, (one.value or 0) * factor)


@operator("swapped_digits", "Q10", "two digits swapped in typing (94 for 49)", "Q10 Q12 Q3 Q7 Q8", HISTORY | GROWTH)
def _swapped(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        for i in range(len(number) - 1):
            a, b = number[i], number[i + 1]
            if not (a.isdigit() and b.isdigit()) or a == b or (i == 0 and b == "0"):
                continue
            words = number[:i] + b + a + number[i + 2 :]
            value = (one.value or 0) * float(words.replace(",", "")) / float(number.replace(",", ""))
            ratio = value / case.past(one)[0] if case.steady(one) else 1
            if contradicts_growth(case, one, value) or (one.unit != "%" and not 1 / 2 < ratio < 2 and value > 30):
                yield said(case.report, one, head + words + tail, value)


@operator("dropped_digit", "Q3", "a digit lost", "Q3 Q8 Q7 Q10 Q12", HISTORY | GROWTH | {"V3"})
def _dropped(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if one.unit == "%" or "." in number or len(number) < 3 or not case.steady(one):
            continue
        i = rng.randrange(1, len(number))
        words = number[:i] + number[i + 1 :]
        yield said(case.report, one, head + words + tail, (one.value or 0) * float(words) / float(number))


@operator("level_changed", "Q10", "the level was corrected, the rate was left", "Q10 Q12", HISTORY | GROWTH)
def _level_changed(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        decimals = len(number.partition(".")[2])
        factor = rng.choice((rng.uniform(0.84, 0.95), rng.uniform(1.05, 1.16)))
        words = f"{float(number.replace(',', '')) * factor:.{decimals}f}"
        value = (one.value or 0) * float(words) / float(number.replace(",", ""))
        if one.unit != "%" and contradicts_growth(case, one, value):
            yield said(case.report, one, head + words + tail, value)


@operator("rate_changed", "Q10", "growth rate typed wrongly or left from last year", "Q10", frozenset({"G1", "Q12"}))
def _rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_pct"):
        head, number, tail = number_parts(case.report, one)
        decimals = len(number.partition(".")[2])
        words = f"{float(number) + rng.choice((2.3, 3.1, 4.7, 9.0)):.{decimals}f}"
        if follows(case, level, one, words):
            continue
        yield said(case.report, one, head + words + tail, None)


@operator(
    "increment_changed", "Q12", "the stated increase does not follow from the two levels", "Q12", frozenset({"Q10"})
)
def _increment(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_abs"):
        head, number, tail = number_parts(case.report, one)
        decimals = len(number.partition(".")[2])
        words = f"{float(number) * rng.choice((0.5, 1.6, 2.2)):.{decimals}f}"
        if level.unit != "%" and words != number and not follows(case, level, one, words):
            yield said(case.report, one, head + words + tail, None)


@operator("sign_word", "Q11", "增长 written for 下降 or the other way round", "Q11", frozenset({"Q10", "Q12"}))
def _sign(case: Case, rng: random.Random) -> Iterator[Plant]:
    words = {"增长": "下降", "下降": "增长", "增加": "减少", "减少": "增加"}
    for one in (first for measure in ("growth_pct", "growth_abs") for first, _ in changes(case, measure)):
        told = case.report.text[one.start - 2 : one.start]
        if told in words and (abs(one.value or 0) > 1):
            new = edited(case.report, [Edit(one.start - 2, one.start, words[told])])
            yield Plant(new, (one.code,), words[told] + case.report.surface(one), f"{one.code}: {told} → {words[told]}")


_PAIRS = (
    ("stability.disputes_mediated", "stability.disputes_found"), ("safety.hazards_fixed", "safety.hazards_found"),
    ("project.completed", "project.count"),
)  # fmt: skip


@operator("part_above_whole", "V8", "part and whole mixed up or mistyped", "V8", frozenset({"Q3", "Q7", "Q8"}))
def _part(case: Case, rng: random.Random) -> Iterator[Plant]:
    for part, whole in _PAIRS:
        a, b = case.report.of(part), case.report.of(whole)
        if a and b and a.value and b.value and a.bound == b.bound == "exact" and number_of(case.report.surface(a)):
            head, _, tail = number_parts(case.report, a)
            value = round(b.value + rng.randint(2, 30))
            yield said(case.report, a, f"{head}{value}{tail}", value)


def shifted(case: Case, measure: str, low: float, high: float, rng: random.Random) -> Iterator[Plant]:
    for one in case.report.figures:
        if one.measure == measure and one.value and number_of(case.report.surface(one)):
            head, number, tail = number_parts(case.report, one)
            decimals = len(number.partition(".")[2])
            factor = rng.choice((1 - rng.uniform(low, high), 1 + rng.uniform(low, high)))
            words = f"{float(number) * factor:.{decimals}f}"
            if words != number:
                yield said(case.report, one, head + words + tail, None)


@operator("wrong_total", "V7", "one of the parts changed, the total left", "V7", frozenset({"V8"}))
def _total(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from shifted(case, "part", 0.2, 0.5, rng)


@operator("dual_units", "Q15", "one of two units of the same figure changed", "Q15", frozenset({"S5", "Q21"}))
def _dual_units(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from shifted(case, "dual", 0.1, 0.4, rng)


@operator("completion", "Q16", "completion does not follow from value and target", "Q16", frozenset())
def _completion(case: Case, rng: random.Random) -> Iterator[Plant]:
    if any(one.measure == "target" for one in case.report.figures):
        yield from (
            one
            for one in shifted(case, "completion_pct", 0.04, 0.2, rng)
            if one.codes == ("econ.attracted_investment",)
        )


@operator("yield", "Q13", "area × yield is not the output", "Q13 Q14", frozenset({"Q3", "Q8", "Q7"}))
def _yield(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in shifted(case, "yield", 0.2, 0.5, rng):
        yield replace(one, codes=(*one.codes, "agri.crop_area"))


@operator("per_head", "Q18", "total and people do not give the stated per-capita figure", "Q18", frozenset())
def _per_head(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from shifted(case, "per_head", 0.1, 0.5, rng)


@operator("shares", "Q19", "shares do not add up to a hundred", "Q19", frozenset())
def _shares(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in shifted(case, "shares", 0.05, 0.2, rng):
        yield replace(one, quote="产业结构比")


@operator("per_household", "Q2", "people and households of one thing do not fit", "Q2 V8", HISTORY)
def _household(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        households = case.report.of(one.code.replace("_people", "_households"), "level", one.item)
        if not one.code.startswith("poverty.") or not one.code.endswith("_people") or households is None or one.item:
            continue
        head, _, tail = number_parts(case.report, one)
        if households.value:
            value = round(households.value * rng.choice((0.4, 0.6, 9.5, 14.0)))
            yield said(case.report, one, f"{head}{value}{tail}", value)


@operator(
    "exchanged", "Q47", "two figures of one sentence written in each other's places", "Q47", HISTORY | GROWTH | {"V8"}
)
def _exchanged(case: Case, rng: random.Random) -> Iterator[Plant]:
    text, ordered = case.report.text, sorted(levels(case), key=lambda one: one.start)
    for a, b in itertools.pairwise(ordered):
        known = all(len(case.past(one)) >= 2 and case.steady(one) for one in (a, b))
        apart = known and not 1 / 1.8 < (a.value or 0) / (b.value or 1) < 1.8
        alike = a.unit == b.unit != "%" and number_parts(case.report, a)[2] == number_parts(case.report, b)[2]
        if not (apart and alike and max(a.value or 0, b.value or 0) >= 30) or set("。；\n") & set(
            text[a.end : b.start]
        ):
            continue
        words = case.report.surface(a), case.report.surface(b)
        new = edited(case.report, [Edit(a.start, a.end, words[1], b.value), Edit(b.start, b.end, words[0], a.value)])
        yield Plant(new, (a.code, b.code), words[0], f"{a.code} ↔ {b.code}: {words[0]} ↔ {words[1]}")


@operator("cumulative", "Q9", "the first half has more than the whole year", "Q9", frozenset({"Q21", "S5"}))
def _cumulative(case: Case, rng: random.Random) -> Iterator[Plant]:
    names = {
        "econ.fixed_investment": "固定资产投资完成", "fiscal.revenue": "财政收入完成", "fiscal.tax": "税收收入完成",
        "livestock.pigs_out": "生猪出栏", "tourism.visitors": "接待游客",
        "econ.attracted_investment": "招商引资到位资金",
    }  # fmt: skip
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if one.code not in names or not re.search(r"[一-鿿]", tail):
            continue
        decimals = len(number.partition(".")[2])
        words = f"{head}{float(number.replace(',', '')) * rng.choice((1.06, 1.2, 1.5)):.{decimals}f}{tail}"
        end = case.report.text.index("\n", one.end)
        half = f"上半年{names[one.code]}{words}。"
        yield Plant(edited(case.report, [Edit(end, end, half)]), (one.code,), words, f"{half} 全年 {number}{tail}")
