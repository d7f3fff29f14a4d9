"""What an operator is: it is offered a clean report and plants one kind of error, and names the rules that must see it.

An operator is offered a clean report, last year's and the years before, and gives every place where it could plant;
only places where a careful statistician with the history could see the error: a relation in the text or in last
year's report contradicts it, or three years of history do. A changed digit that nothing contradicts is not planted.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.checks_benchmark.reports import Edit, Figure, Report, edited, number_of

__all__ = [
    "GROWTH", "HISTORY", "OPERATORS", "Case", "Operator", "Plant", "changes", "contradicts_growth", "follows", "levels",
    "number_parts", "operator", "printed", "said",
]  # fmt: skip

HISTORY = frozenset({"Q3", "Q1", "Q2", "Q4", "Q5", "Q6", "Q7", "Q8"})
GROWTH = frozenset({"Q10", "Q12", "Q20"})


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


def operator(
    name: str, family: str, imitates: str, right: str, accepted: frozenset[str] = frozenset()
) -> Callable[[_Plants], _Plants]:
    def register(plants: _Plants) -> _Plants:
        OPERATORS[name] = Operator(name, family, imitates, frozenset(right.split()), accepted, plants)
        return plants

    return register


def said(report: Report, figure: Figure, words: str, value: float | None, note: str = "") -> Plant:
    old = report.surface(figure)
    new = edited(report, [Edit(figure.start, figure.end, words, value)])
    return Plant(new, (figure.code,), words, f"{figure.code} {figure.measure}: {old} → {words} {note}".strip())


def levels(case: Case, *, exact: bool = True) -> Iterator[Figure]:
    for one in case.report.figures:
        if (
            one.measure == "level"
            and one.value
            and number_of(case.report.surface(one))
            and (one.bound == "exact" or not exact)
        ):
            yield one


def number_parts(report: Report, figure: Figure) -> tuple[str, str, str]:
    surface = report.surface(figure)
    match = number_of(surface)
    assert match is not None
    return surface[: match.start()], match[0], surface[match.end() :]


def printed(report: Report, figure: Figure) -> tuple[float, float]:
    """The values that round to the printed figure: 3.15万亩 is 31450 to 31550 亩; what was counted is exact."""
    match = number_of(report.surface(figure))
    value = figure.value or 0.0
    decimals = match[0].partition(".")[2] if match else ""
    if match is None or (not decimals and not set("万亿%") & set(report.surface(figure))):
        return value, value
    number = float(match[0].replace(",", ""))
    half = 0.5 * 10.0 ** -len(decimals) * (abs(value) / number if number else 1.0)
    return value - half, value + half


def told_before(case: Case, level: Figure) -> tuple[float, float] | None:
    """The printed interval of the value before: the one the report tells, or last year's own."""
    told = case.report.of(level.code, "prior_level", level.item)
    if told is not None:
        return printed(case.report, told)
    last = case.before[0].of(level.code, "level", level.item) if case.before else None
    return printed(case.before[0], last) if last is not None and last.value else None


def follows(case: Case, level: Figure, change: Figure, words: str) -> bool:
    """Whether a change of `words` could come of the printed levels: no reader could say that it is wrong."""
    then, (low, high) = told_before(case, level), printed(case.report, level)
    if then is None or then[0] <= 0:
        return True
    decimals = len(words.partition(".")[2])
    sign = -1 if (change.value or 0) < 0 else 1
    if change.measure == "growth_pct":
        least, most, half = (low / then[1] - 1) * 100, (high / then[0] - 1) * 100, 0.5 * 10**-decimals
        value = sign * float(words)
    else:
        old = number_of(case.report.surface(change))
        assert old is not None
        factor = abs(change.value or 0) / float(old[0].replace(",", ""))
        least, most, half = low - then[1], high - then[0], (0.5 * 10**-decimals if factor > 1 else 0.0) * factor
        value = sign * float(words) * factor
    return least - half <= value <= most + half


def contradicts_growth(case: Case, figure: Figure, value: float) -> bool:
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


def changes(case: Case, measure: str) -> Iterator[tuple[Figure, Figure]]:
    """Stated changes that a level and the year before it can contradict."""
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        if one.measure != measure or not one.value or one.bound != "exact" or level is None or not level.value:
            continue
        prior = case.report.of(one.code, "prior_level", one.item)
        if level.bound == "exact" and number_of(case.report.surface(one)) and (prior or case.past(level)):
            yield one, level
