"""Operators that imitate what clerks do to a figure: a lost point, another column, another unit, another base.

Written from the inventory of checks that the project began with, before any rule was held against them; they name the
rules that such an error is said to break there.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tests.checks_benchmark.planting import (
    GROWTH,
    HISTORY,
    Case,
    Plant,
    changes,
    contradicts_growth,
    follows,
    levels,
    number_parts,
    operator,
    printed,
    said,
    told_before,
)  # fmt: skip
from tests.checks_benchmark.reports import Edit, Figure, edited, number_of

__all__: list[str] = []

_LOOKS_LIKE = {"3": "8", "8": "3", "1": "7", "7": "1", "5": "6", "6": "5"}
# Added up over the months of a year, unlike what is counted on its last day.
_FLOWS = ("econ.", "fiscal.", "tourism.", "agri.grain_output", "agri.output", "agri.aquatic_output", "livestock.")
_STOCKS = ("_stock", "_firms", "_farms", "self_employed", "market_entities")
_MONTHS = 12
_OTHER_DIMENSION = {
    "户": "亩",
    "人": "公里",
    "亩": "头",
    "吨": "户",
    "头": "亩",
    "公里": "人",
    "万元": "吨",
    "万亩": "万人",
}


def _plain(number: str) -> float:
    return float(number.replace(",", ""))


def _with_value(case: Case, one: Figure, value: float, note: str = "") -> Plant:
    """Return the plant of `one` stating `value`, printed in its own unit with as many decimals as before."""
    head, number, tail = number_parts(case.report, one)
    number_then = value / (one.value or 1.0) * _plain(number)
    return said(case.report, one, f"{head}{number_then:.{len(number.partition('.')[2])}f}{tail}", value, note)


def _shows(case: Case, one: Figure, value: float) -> bool:
    """Whether a statement of growth or the years before (a factor of two) show that `value` is wrong."""
    if contradicts_growth(case, one, value):
        return True
    past = case.past(one)
    far = case.steady(one) and not min(past) / 2 < value < 2 * max(past)
    return far and one.unit != "%" and max(value, *past) >= 30


def _flows(case: Case) -> Iterator[Figure]:
    return (one for one in levels(case) if one.code.startswith(_FLOWS) and not one.code.endswith(_STOCKS))


@operator("point_lost", "Q3", "the decimal point lost: 3.15万亩 as 315万亩", "Q3 V3 Q1", HISTORY | GROWTH)
def _point_lost(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        words = number.replace(".", "").lstrip("0")
        if "." in number and (case.steady(one) or one.unit == "%") and words:
            factor = float(words) / float(number)
            yield said(case.report, one, head + words + tail, (one.value or 0) * factor)


@operator("rate_point_lost", "Q10", "the point of a growth rate lost: 5.2% as 52%", "Q10 G1", frozenset({"Q12"}))
def _rate_point(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _rates(case, lambda number: number.replace(".", "").lstrip("0") if "." in number else "")


@operator("fraction_rate", "Q10", "a rate left as the calculator showed it: 0.052%", "Q10", frozenset({"Q1", "Q12"}))
def _fraction_rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _rates(case, lambda number: f"{float(number) / 100:.{len(number.partition('.')[2]) + 2}f}")


def _rates(case: Case, write: Callable[[str], str]) -> Iterator[Plant]:
    for one, level in changes(case, "growth_pct"):
        head, number, tail = number_parts(case.report, one)
        words = write(number)
        if words and abs(one.value or 0) >= 1 and not follows(case, level, one, words):
            yield said(case.report, one, head + words + tail, None)


@operator("fraction_share", "Q1", "a share left as a fraction: 0.975%", "Q1 V3 Q3", HISTORY)
def _fraction_share(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if one.unit == "%" and (one.value or 0) > 40 and "." in number:
            yield said(case.report, one, f"{head}{float(number) / 100:.3f}{tail}", None)


@operator("wrong_base", "Q10", "growth as a share of this year's value, not of last year's", "Q10", frozenset({"Q12"}))
def _wrong_base(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_pct"):
        head, number, tail = number_parts(case.report, one)
        rate = (one.value or 0) / 100
        words = f"{abs(rate / (1 + rate)) * 100:.{len(number.partition('.')[2])}f}"
        if words != number and not follows(case, level, one, words):
            yield said(case.report, one, head + words + tail, None)


@operator(
    "old_rate", "Q10", "last year's growth rate beside this year's figure", "Q10", frozenset({"G1", "Q11", "Q12"})
)
def _old_rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_pct"):
        then = case.before[0].of(one.code, "growth_pct", one.item) if case.before else None
        found = number_of(case.before[0].surface(then)) if then else None
        head, number, tail = number_parts(case.report, one)
        if found and found[0] != number and not follows(case, level, one, found[0]):
            yield said(case.report, one, head + found[0] + tail, None)


@operator("last_year_kept", "Q10", "last year's figure left, the growth is this year's", "Q10 Q12", HISTORY | GROWTH)
def _last_year_kept(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        past = case.past(one)
        if past and past[0] != one.value and contradicts_growth(case, one, past[0]):
            yield _with_value(case, one, past[0])


@operator("misread_digit", "Q10", "a digit taken for one that looks like it (3 and 8, 1 and 7, 5 and 6)",
          "Q3 Q7 Q8 Q10 Q12", HISTORY | GROWTH)  # fmt: skip
def _misread(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        for at, digit in enumerate(number):
            if digit in _LOOKS_LIKE:
                words = number[:at] + _LOOKS_LIKE[digit] + number[at + 1 :]
                value = (one.value or 0) * _plain(words) / _plain(number)
                if _shows(case, one, value):
                    yield said(case.report, one, head + words + tail, value)


@operator("county_total", "Q3", "the whole county's figure in place of the township's", "Q3 Q7 Q8 Q10 Q12 V3",
          HISTORY | GROWTH)  # fmt: skip
def _county_total(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        others = [other.of(one.code, "level", one.item) for other in case.neighbours]
        stated = [figure.value for figure in others if figure and figure.value]
        if one.unit != "%" and len(stated) >= 3 and case.steady(one) and "per_capita" not in one.code:
            total = sum(stated) + (one.value or 0)
            if _shows(case, one, total):
                yield _with_value(case, one, total, f"全县 {len(stated) + 1} 个乡镇")


@operator("neighbour_figure", "Q10", "a neighbour's figure from the line above in the county's table",
          "Q3 Q7 Q8 Q10 Q12", HISTORY | GROWTH)  # fmt: skip
def _neighbour_figure(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        for other in case.neighbours:
            figure = other.of(one.code, "level", one.item)
            if figure and figure.value and figure.bound == "exact" and _shows(case, one, figure.value):
                yield _with_value(case, one, figure.value, other.unit)


@operator("one_month", "Q8", "one month's amount in place of the year's", "Q3 Q7 Q8 Q10 Q12", HISTORY | GROWTH | {"V3"})
def _one_month(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _flows(case):
        if case.steady(one) and _shows(case, one, (one.value or 0) / _MONTHS):
            yield _with_value(case, one, (one.value or 0) / _MONTHS)


@operator("two_years_added", "Q8", "what two years brought together, told as this year's", "Q3 Q7 Q8 Q10 Q12",
          HISTORY | GROWTH)  # fmt: skip
def _two_years(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _flows(case):
        past = case.past(one)
        if case.steady(one) and contradicts_growth(case, one, (one.value or 0) + past[0]):
            yield _with_value(case, one, (one.value or 0) + past[0])


@operator("increment_unit", "Q12", "the increase in another unit than meant: 增加600万亩, 增加110公顷", "Q12",
          frozenset({"Q10", "G1", "V3", "Q15"}))  # fmt: skip
def _increment_unit(case: Case, rng: random.Random) -> Iterator[Plant]:
    slips = {"亩": ("万亩", "公顷"), "万亩": ("亩",), "元": ("万元",), "万元": ("元", "亿元"),
             "亿元": ("万元",), "吨": ("万吨",), "人": ("万人",)}  # fmt: skip
    for one, _ in changes(case, "growth_abs"):
        head, number, tail = number_parts(case.report, one)
        if tail in slips:
            yield said(case.report, one, head + number + rng.choice(slips[tail]), None)


@operator("prior_unit", "Q20", "last year's value in another unit: 万 lost or added", "Q10 Q11 Q12 Q20",
          frozenset({"G1", "Q3", "S5", "V3"}))  # fmt: skip
def _prior_unit(case: Case, rng: random.Random) -> Iterator[Plant]:
    slips = {
        "亩": "万亩",
        "万亩": "亩",
        "元": "万元",
        "万元": "亿元",
        "亿元": "万元",
        "吨": "万吨",
        "万吨": "吨",
        "头": "万头",
    }
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        if one.measure == "prior_level" and level and level.value and number_of(case.report.surface(one)):
            head, number, tail = number_parts(case.report, one)
            if tail in slips:
                yield said(case.report, one, head + number + slips[tail], None)


@operator("increased_to", "Q8", "增加到 said of the increase: 增加到1110元", "Q3 Q7 Q8 Q10 Q12 S5 V3",
          frozenset({"Q1", "Q2", "Q4", "Q5", "Q6", "Q11", "Q20"}))  # fmt: skip
def _increased_to(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_abs"):
        word = case.report.text[one.start - 2 : one.start]
        low, high = printed(case.report, level)
        if word in {"增加", "提高", "增长", "减少", "下降"} and not low <= abs(one.value or 0) <= high:
            words = word + "到" + case.report.surface(one)
            new = edited(case.report, [Edit(one.start - 2, one.end, words)])
            yield Plant(new, (one.code,), words, f"{one.code}: {word}{case.report.surface(one)} → {words}")


@operator("amount_as_rate", "Q10", "the increase with a per cent sign: 增加90%", "Q10 G1", frozenset({"Q12"}))
def _amount_as_rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in changes(case, "growth_abs"):
        number = number_parts(case.report, one)[1]
        then = told_before(case, level)
        computed = abs((level.value or 0) / then[0] - 1) * 100 if then and then[0] else _plain(number)
        if level.unit != "%" and abs(computed - _plain(number)) > 2:
            yield said(case.report, one, f"{number}%", None)


@operator("other_unit_word", "V1", "another thing's unit behind the figure: 5028亩 of households", "V1",
          HISTORY | GROWTH | {"M6", "Q40"})  # fmt: skip
def _other_unit(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if tail in _OTHER_DIMENSION and len(case.past(one)) >= 3:
            yield said(case.report, one, head + number + _OTHER_DIMENSION[tail], None)


@operator("unit_lost", "V1", "a figure without its unit", "V1 V4 K2", frozenset({"M6", "Q40", "Q3"}))
def _unit_lost(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        closed = case.report.text[one.end : one.end + 1] in set("，。；")
        if tail and closed and len(case.past(one)) >= 3 and _plain(number) > 30:
            yield replace(said(case.report, one, head + number, None), quote=head + number)


@operator(
    "bad_grouping",
    "V4",
    "the thousands' comma in the wrong place: 1,5090元",
    "V4",
    frozenset({"K2", "Q3", "M6", "Q40"}),
)
def _grouping(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if number.isdigit() and len(number) >= 5 and tail:
            at = rng.choice([at for at in range(1, len(number)) if at != len(number) - 3])
            yield said(case.report, one, f"{head}{number[:at]},{number[at:]}{tail}", None)


_ROW = re.compile(r"^\|([^|\n]+)\| *([^|\n]+?) *\| *([\d.,]+) *\|", re.MULTILINE)


@operator("table_unit", "Q3", "another unit in a table's line: 万吨 for 吨", "Q3 V3 S5 Q21", HISTORY | GROWTH)
def _table_unit(case: Case, rng: random.Random) -> Iterator[Plant]:
    slips = {"吨": "万吨", "亩": "万亩", "万元": "元", "元": "万元", "头": "万头"}
    for row in _ROW.finditer(case.report.text):
        inside = [one for one in levels(case) if one.start == row.start(3)]
        if row[2] in slips and inside:
            new = edited(case.report, [Edit(row.start(2), row.end(2), slips[row[2]])])
            yield Plant(new, (inside[0].code,), "\0", f"{row[0]}: {row[2]} → {slips[row[2]]}")


@operator("rows_shifted", "Q3", "a table's column filled in one line too high or too low",
          "Q47 Q3 Q7 Q8 Q10 Q12 Q21 S5 Q20", HISTORY | {"V3"})  # fmt: skip
def _rows_shifted(case: Case, rng: random.Random) -> Iterator[Plant]:
    starts = {row.start(3) for row in _ROW.finditer(case.report.text)}
    cells = sorted((one for one in levels(case) if one.start in starts), key=lambda one: one.start)
    if len(cells) >= 3:
        words = [case.report.surface(one) for one in cells]
        codes = tuple(dict.fromkeys(one.code for one in cells))
        for moved in ([words[-1], *words[:-1]], [*words[1:], words[0]]):
            edits = [Edit(one.start, one.end, word) for one, word in zip(cells, moved, strict=True)]
            yield Plant(edited(case.report, edits), codes, "\0", f"{len(cells)} 行移一行")


def _times(case: Case, figures: Iterable[Figure], factors: tuple[float, ...], rng: random.Random) -> Iterator[Plant]:
    for one in figures:
        plant = _with_value(case, one, (one.value or 0) * rng.choice(factors))
        if plant.report.text != case.report.text:
            yield plant


@operator("area_changed", "Q13", "area × yield is not the output: the area was changed", "Q13 Q14", HISTORY)
def _area(case: Case, rng: random.Random) -> Iterator[Plant]:
    for told in (one for one in case.report.figures if one.measure == "yield"):
        area = case.report.of("agri.crop_area", "level", told.item)
        if area is not None:
            yield from (
                replace(one, codes=("agri.crop_area", "agri.crop_output"))
                for one in _times(case, [area], (0.7, 0.8, 1.2, 1.35), rng)
            )


@operator("heads_changed", "Q18", "total and mean stand, the number of people is another", "Q18", frozenset())
def _heads(case: Case, rng: random.Random) -> Iterator[Plant]:
    figures = [one for one in case.report.figures if one.measure == "heads"]
    yield from _times(case, figures, (0.75, 0.85, 1.2, 1.4), rng)


@operator("yield_jin", "Q13", "the yield in 斤 though 公斤 is written, or the other way round", "Q13 Q14 Q2 Q15",
          HISTORY | GROWTH)  # fmt: skip
def _yield_jin(case: Case, rng: random.Random) -> Iterator[Plant]:
    told = [one for one in case.report.figures if one.measure == "yield" or one.code == "agri.grain_yield"]
    for one in told:
        words = case.report.surface(one)
        if "公斤" in words:
            yield replace(said(case.report, one, words.replace("公斤", "斤"), None),
                          codes=("agri.crop_area", "agri.crop_output", "agri.grain_yield"))  # fmt: skip


@operator("dual_factor", "Q15", "converted with the wrong factor: ×10 for ×15", "Q15", frozenset({"S5", "Q21"}))
def _dual_factor(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _times(case, [one for one in case.report.figures if one.measure == "dual"], (10 / 15, 10.0, 0.1), rng)
