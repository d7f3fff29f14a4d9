"""The operators: each plants one kind of error that real reports carry, and says which rules ought to find it.

An operator is offered a clean report, last year's and the years before, and gives every place where it could plant;
only places where a careful statistician with the history could see the error: a relation in the text or in last
year's report contradicts it, or three years of history do. A changed digit that nothing contradicts is not planted.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.checks_benchmark.reports import Edit, Figure, Report, edited, number_of

__all__ = ["OPERATORS", "Case", "Operator", "Plant"]

_HISTORY = frozenset({"Q3", "Q1", "Q2", "Q4", "Q5", "Q6", "Q7", "Q8"})
_GROWTH = frozenset({"Q10", "Q12", "Q20"})


@dataclass(frozen=True)
class Case:
    """A clean report of the judged year, the same township's earlier ones (newest first), and the neighbours'."""

    report: Report
    before: tuple[Report, ...]
    neighbours: tuple[Report, ...]

    def past(self, figure: Figure) -> list[float]:
        """The levels of the years before, newest first."""
        levels = (one.of(figure.code, "level", figure.item) for one in self.before)
        return [one.value for one in levels if one is not None and one.value]

    def steady(self, figure: Figure) -> bool:
        """Whether at least three earlier years lie close together (within a factor of 1.5)."""
        past = self.past(figure)
        return len(past) >= 3 and max(past) <= 1.5 * min(past)


@dataclass(frozen=True)
class Plant:
    """A planted error: the changed report, and what a finding must name (any of `codes`, or the words `quote`)."""

    report: Report
    codes: tuple[str, ...]
    quote: str
    note: str
    whole: bool = False
    # Both came the same day, so a rule cannot know who copied: a finding at the other that names this one counts.
    other_unit: str = ""


@dataclass(frozen=True)
class Operator:
    """One kind of error: `right` are the rules meant for it, `accepted` others that truly describe it."""

    name: str
    family: str
    imitates: str
    right: frozenset[str]
    accepted: frozenset[str]
    plants: Callable[[Case, random.Random], Iterator[Plant]]


OPERATORS: dict[str, Operator] = {}
_Plants = Callable[[Case, random.Random], Iterator[Plant]]


def _operator(
    name: str, family: str, imitates: str, right: str, accepted: frozenset[str] = frozenset()
) -> Callable[[_Plants], _Plants]:
    def register(plants: _Plants) -> _Plants:
        OPERATORS[name] = Operator(name, family, imitates, frozenset(right.split()), accepted, plants)
        return plants

    return register


def _said(report: Report, figure: Figure, words: str, value: float | None, note: str = "") -> Plant:
    old = report.surface(figure)
    new = edited(report, [Edit(figure.start, figure.end, words, value)])
    return Plant(new, (figure.code,), words, f"{figure.code} {figure.measure}: {old} → {words} {note}".strip())


def _levels(case: Case, *, exact: bool = True) -> Iterator[Figure]:
    for one in case.report.figures:
        if (
            one.measure == "level"
            and one.value
            and number_of(case.report.surface(one))
            and (one.bound == "exact" or not exact)
        ):
            yield one


def _number(report: Report, figure: Figure) -> tuple[str, str, str]:
    surface = report.surface(figure)
    match = number_of(surface)
    assert match is not None
    return surface[: match.start()], match[0], surface[match.end() :]


def _unit_slip(case: Case, old: str, new: str, factor: float) -> Iterator[Plant]:
    for one in _levels(case):
        head, number, tail = _number(case.report, one)
        if tail == old and one.value is not None and case.steady(one):
            yield _said(case.report, one, head + number + new, one.value * factor)


@_operator("unit_wan", "Q3", "万 lost or added: 亩/万亩, 元/万元/亿元", "Q3 V3", _HISTORY | _GROWTH)
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


@_operator("unit_hectare", "Q3", "亩 written for 公顷 or the other way round", "Q3 V3 Q15", _HISTORY | _GROWTH)
def _hectare(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _unit_slip(case, "亩", "公顷", 15)
    yield from _unit_slip(case, "公顷", "亩", 1 / 15)


@_operator("unit_jin", "Q3", "斤 for 公斤, 斤 for 吨", "Q3 V3 Q13 Q14", _HISTORY | _GROWTH)
def _jin(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _unit_slip(case, "公斤", "斤", 0.5)
    yield from _unit_slip(case, "吨", "公斤", 1e-3)


@_operator("times_ten", "Q3", "decimal point moved, zero added or lost", "Q3 V3 Q1", _HISTORY | _GROWTH)
def _ten(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        if one.unit == "%" or not case.steady(one) or min(case.past(one)) < 30:
            continue
        head, number, tail = _number(case.report, one)
        decimals = len(number.partition(".")[2])
        plain = float(number.replace(",", ""))
        factor = rng.choice((10.0, 0.1))
        if factor < 1 and not decimals and not number.endswith("0"):
            factor = 10.0
        words = f"{plain * factor:.{max(0, decimals - 1) if factor > 1 else decimals + 1 if decimals else 0}f}"
        yield _said(case.report, one, head + words + tail, (one.value or 0) * factor)


def _contradicts_growth(case: Case, figure: Figure, value: float) -> bool:
    """Whether a stated change or last year's level shows that `value` is wrong, clearly beyond rounding."""
    report = case.report
    prior = report.of(figure.code, "prior_level", figure.item)
    past = case.past(figure)
    then = prior.value if prior else (past[0] if past else None)
    rate = report.of(figure.code, "growth_pct", figure.item)
    change = report.of(figure.code, "growth_abs", figure.item)
    if not then:
        return False
    if rate is not None and rate.value is not None and rate.bound == "exact":
        return abs((value / then - 1) * 100 - rate.value) > 2.0
    if change is not None and change.value is not None and figure.unit != "%" and change.bound == "exact":
        return abs(value - then - change.value) > 0.3 * abs(change.value) + 0.005 * then
    return False


@_operator("swapped_digits", "Q10", "two digits swapped in typing (94 for 49)", "Q10 Q12 Q3 Q7 Q8", _HISTORY | _GROWTH)
def _swapped(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, number, tail = _number(case.report, one)
        for i in range(len(number) - 1):
            a, b = number[i], number[i + 1]
            if not (a.isdigit() and b.isdigit()) or a == b or (i == 0 and b == "0"):
                continue
            words = number[:i] + b + a + number[i + 2 :]
            value = (one.value or 0) * float(words.replace(",", "")) / float(number.replace(",", ""))
            ratio = value / case.past(one)[0] if case.steady(one) else 1
            if _contradicts_growth(case, one, value) or (one.unit != "%" and not 1 / 2 < ratio < 2 and value > 30):
                yield _said(case.report, one, head + words + tail, value)


@_operator("dropped_digit", "Q3", "a digit lost", "Q3 Q8 Q7 Q10 Q12", _HISTORY | _GROWTH | {"V3"})
def _dropped(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, number, tail = _number(case.report, one)
        if one.unit == "%" or "." in number or len(number) < 3 or not case.steady(one):
            continue
        i = rng.randrange(1, len(number))
        words = number[:i] + number[i + 1 :]
        yield _said(case.report, one, head + words + tail, (one.value or 0) * float(words) / float(number))


@_operator("level_changed", "Q10", "the level was corrected, the rate was left", "Q10 Q12", _HISTORY | _GROWTH)
def _level_changed(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, number, tail = _number(case.report, one)
        decimals = len(number.partition(".")[2])
        factor = rng.choice((rng.uniform(0.84, 0.95), rng.uniform(1.05, 1.16)))
        words = f"{float(number.replace(',', '')) * factor:.{decimals}f}"
        value = (one.value or 0) * float(words) / float(number.replace(",", ""))
        if one.unit != "%" and _contradicts_growth(case, one, value):
            yield _said(case.report, one, head + words + tail, value)


def _changes(case: Case, measure: str) -> Iterator[tuple[Figure, Figure]]:
    """Stated changes that a level and the year before it can contradict."""
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        if one.measure != measure or not one.value or one.bound != "exact" or level is None or not level.value:
            continue
        prior = case.report.of(one.code, "prior_level", one.item)
        if level.bound == "exact" and number_of(case.report.surface(one)) and (prior or case.past(level)):
            yield one, level


@_operator("rate_changed", "Q10", "growth rate typed wrongly or left from last year", "Q10", frozenset({"G1", "Q12"}))
def _rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, _ in _changes(case, "growth_pct"):
        head, number, tail = _number(case.report, one)
        decimals = len(number.partition(".")[2])
        words = f"{float(number) + rng.choice((2.3, 3.1, 4.7, 9.0)):.{decimals}f}"
        yield _said(case.report, one, head + words + tail, None)


@_operator(
    "increment_changed", "Q12", "the stated increase does not follow from the two levels", "Q12", frozenset({"Q10"})
)
def _increment(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, level in _changes(case, "growth_abs"):
        head, number, tail = _number(case.report, one)
        decimals = len(number.partition(".")[2])
        words = f"{float(number) * rng.choice((0.5, 1.6, 2.2)):.{decimals}f}"
        if level.unit != "%" and words != number:
            yield _said(case.report, one, head + words + tail, None)


@_operator("sign_word", "Q11", "增长 written for 下降 or the other way round", "Q11", frozenset({"Q10", "Q12"}))
def _sign(case: Case, rng: random.Random) -> Iterator[Plant]:
    words = {"增长": "下降", "下降": "增长", "增加": "减少", "减少": "增加"}
    for one in (first for measure in ("growth_pct", "growth_abs") for first, _ in _changes(case, measure)):
        told = case.report.text[one.start - 2 : one.start]
        if told in words and (abs(one.value or 0) > 1):
            new = edited(case.report, [Edit(one.start - 2, one.start, words[told])])
            yield Plant(new, (one.code,), words[told] + case.report.surface(one), f"{one.code}: {told} → {words[told]}")


_PAIRS = (
    ("stability.disputes_mediated", "stability.disputes_found"), ("safety.hazards_fixed", "safety.hazards_found"),
    ("project.completed", "project.count"),
)  # fmt: skip


@_operator("part_above_whole", "V8", "part and whole mixed up or mistyped", "V8", frozenset({"Q3", "Q7", "Q8"}))
def _part(case: Case, rng: random.Random) -> Iterator[Plant]:
    for part, whole in _PAIRS:
        a, b = case.report.of(part), case.report.of(whole)
        if a and b and a.value and b.value and a.bound == b.bound == "exact" and number_of(case.report.surface(a)):
            head, _, tail = _number(case.report, a)
            value = round(b.value + rng.randint(2, 30))
            yield _said(case.report, a, f"{head}{value}{tail}", value)


def _shifted(case: Case, measure: str, low: float, high: float, rng: random.Random) -> Iterator[Plant]:
    for one in case.report.figures:
        if one.measure == measure and one.value and number_of(case.report.surface(one)):
            head, number, tail = _number(case.report, one)
            decimals = len(number.partition(".")[2])
            factor = rng.choice((1 - rng.uniform(low, high), 1 + rng.uniform(low, high)))
            words = f"{float(number) * factor:.{decimals}f}"
            if words != number:
                yield _said(case.report, one, head + words + tail, None)


@_operator("wrong_total", "V7", "one of the parts changed, the total left", "V7", frozenset({"V8"}))
def _total(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _shifted(case, "part", 0.2, 0.5, rng)


@_operator("dual_units", "Q15", "one of two units of the same figure changed", "Q15", frozenset({"S5", "Q21"}))
def _dual_units(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _shifted(case, "dual", 0.1, 0.4, rng)


@_operator("completion", "Q16", "completion does not follow from value and target", "Q16", frozenset())
def _completion(case: Case, rng: random.Random) -> Iterator[Plant]:
    if any(one.measure == "target" for one in case.report.figures):
        yield from (
            one
            for one in _shifted(case, "completion_pct", 0.04, 0.2, rng)
            if one.codes == ("econ.attracted_investment",)
        )


@_operator("yield", "Q13", "area × yield is not the output", "Q13 Q14", frozenset({"Q3", "Q8", "Q7"}))
def _yield(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _shifted(case, "yield", 0.2, 0.5, rng):
        yield replace(one, codes=(*one.codes, "agri.crop_area"))


@_operator("per_head", "Q18", "total and people do not give the stated per-capita figure", "Q18", frozenset())
def _per_head(case: Case, rng: random.Random) -> Iterator[Plant]:
    yield from _shifted(case, "per_head", 0.1, 0.5, rng)


@_operator("shares", "Q19", "shares do not add up to a hundred", "Q19", frozenset())
def _shares(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _shifted(case, "shares", 0.05, 0.2, rng):
        yield replace(one, quote="产业结构比")


@_operator("contradiction", "Q21", "the same figure stated again elsewhere with another value", "S5 Q21", frozenset())
def _contradiction(case: Case, rng: random.Random) -> Iterator[Plant]:
    names = {
        "pop.total": "总人口", "income.rural_per_capita": "农村居民人均可支配收入",
        "agri.grain_output": "粮食总产量", "agri.grain_area": "粮食播种面积",
        "livestock.pigs_out": "生猪出栏", "fiscal.revenue": "财政收入",
    }  # fmt: skip
    for one in _levels(case):
        if one.code in names:
            head, number, tail = _number(case.report, one)
            if not re.search(r"[一-鿿]", tail):
                continue  # a cell of a table has its unit elsewhere
            decimals = len(number.partition(".")[2])
            words = f"{head}{float(number.replace(',', '')) * rng.choice((0.93, 1.06, 1.11)):.{decimals}f}{tail}"
            end = case.report.text.index("\n", one.end)
            # 总人口 elsewhere may be the registered people: of the residents a report must speak by name.
            resident = one.code == "pop.total" and "常住" in case.report.text[max(0, one.start - 8) : one.start]
            again = f"全年{'常住人口' if resident else names[one.code]}为{words}。"
            yield Plant(
                edited(case.report, [Edit(end, end, again)]), (one.code,), words, f"{again} 前文 {number}{tail}"
            )


@_operator("masked", "K1", "figure masked by XX", "K1", frozenset({"M6"}))
def _mask(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, _, tail = _number(case.report, one)
        if tail and one.unit != "%":
            yield _said(case.report, one, f"{head}XX{tail}", None)


@_operator("damaged", "K2", "digits broken by find-and-replace", "K2", frozenset({"Q24"}))
def _damage(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, number, tail = _number(case.report, one)
        if tail and len(number) > 2:
            at = rng.randrange(1, len(number) - 1)
            mark = rng.choice(("##待核##", "##REF##", "□"))
            yield _said(case.report, one, f"{head}{number[:at]}{mark}{number[at:]}{tail}", None)


@_operator("rate_over_100", "V3", "a share above a hundred per cent", "V3", frozenset({"Q3"}))
def _over(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        if one.unit == "%" and (one.value or 0) > 20:
            head, number, tail = _number(case.report, one)
            words = f"1{number}" if rng.random() < 0.5 else number.replace(".", "") + "0" * ("." not in number)
            yield _said(case.report, one, head + words + tail, None)


@_operator("zero", "Q8", "zero where the history is large", "Q41 Q8 Q7 Q5 Q6", _HISTORY | {"V3", "Q10"})
def _zero(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in _levels(case):
        head, _, tail = _number(case.report, one)
        if tail and one.unit != "%" and case.steady(one) and min(case.past(one)) > 100:
            yield _said(case.report, one, f"{head}0{tail}", 0.0)


@_operator("stale", "Q23", "last year's report with the year changed", "Q42 Q23 Q22", frozenset({"V9"}))
def _stale(case: Case, rng: random.Random) -> Iterator[Plant]:
    last = case.before[0]
    text = re.sub(r"20\d\d", lambda match: str(int(match[0]) + 1), last.text)
    yield Plant(replace(last, year=last.year + 1, text=text), (), "", "去年的报告改了年份", whole=True)


@_operator("copied", "Q22", "a neighbour's report with the names changed", "Q22", frozenset())
def _copied(case: Case, rng: random.Random) -> Iterator[Plant]:
    other = rng.choice(case.neighbours)
    own, theirs = case.report.unit, other.unit
    text = other.text.replace(theirs, own).replace(theirs[:-1], own[:-1])
    yield Plant(replace(other, unit=own, text=text), (), "", f"抄自{theirs}", True, theirs)


@_operator("omitted_mandatory", "M6", "a mandatory figure left out", "M6", frozenset())
def _omitted(case: Case, rng: random.Random) -> Iterator[Plant]:
    for code in ("income.rural_per_capita", "agri.grain_area"):
        all_ = [one for one in case.report.figures if one.code == code]
        level = case.report.of(code)
        if level is None or len([one for one in all_ if one.measure == "level"]) > 1:
            continue
        text = case.report.text
        start = max(text.rfind(mark, 0, level.start) for mark in "。；，\n|") + 1
        last = max(one.end for one in all_ if one.measure != "plan")
        stop = next(i for i in range(last, len(text)) if text[i] in "。；\n")
        if "\n" not in text[start:stop] and "|" not in text[start:stop] and stop - start < 90:
            yield Plant(edited(case.report, [Edit(start, stop, "")]), (code,), "\0", f"删去：{text[start:stop]}")


@_operator(
    "revised_past", "Q20", "last year's figure differs from last year's report", "Q20", frozenset({"Q10", "Q12", "S5"})
)
def _revised(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        if one.measure == "prior_level" and one.value and level and case.past(level):
            head, number, tail = _number(case.report, one)
            decimals = len(number.partition(".")[2])
            words = f"{float(number.replace(',', '')) * rng.choice((0.9, 0.94, 1.07, 1.12)):.{decimals}f}"
            yield _said(case.report, one, head + words + tail, None)


@_operator("omitted_regular", "Q40", "an indicator of every year left out (bad news dropped)", "Q40 M6", frozenset())
def _left_out(case: Case, rng: random.Random) -> Iterator[Plant]:
    text = case.report.text
    for level in _levels(case):
        all_ = [one for one in case.report.figures if one.code == level.code and one.measure != "plan"]
        if len(case.past(level)) < 4 or len([one for one in all_ if one.measure == "level"]) > 1:
            continue
        start = max(text.rfind(mark, 0, level.start) for mark in "。；，\n|") + 1
        last = max(one.end for one in all_)
        stop = next((i for i in range(last, len(text)) if text[i] in "。；，\n"), last)
        inside = [one for one in case.report.figures if start <= one.start < stop]
        if set(inside) == set(all_) and not set("\n|") & set(text[start:stop]) and stop - start < 90:
            yield Plant(edited(case.report, [Edit(start, stop, "")]), (level.code,), "\0", f"删去：{text[start:stop]}")


@_operator("foreign_place", "Q43", "a neighbour's name left in a sentence taken from its report", "Q43", frozenset())
def _foreign(case: Case, rng: random.Random) -> Iterator[Plant]:
    own, text = case.report.unit, case.report.text
    for match in list(re.finditer(f"{own[:-1]}|全[乡镇]|我[乡镇]", text)):
        if match.start() > 60:
            other = rng.choice(case.neighbours).unit
            new = edited(case.report, [Edit(match.start(), match.end(), other)])
            yield Plant(new, (), other, f"{match[0]} → {other}")
