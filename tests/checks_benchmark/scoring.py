"""Planting over a county and scoring: what was found by the right rule, what was missed, what was falsely found."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.findings import Finding
from tests.checks_benchmark.history import LAST_YEAR, clean_county
from tests.checks_benchmark.operators import OPERATORS, Case, Operator, Plant
from tests.checks_benchmark.pipeline import JudgedCounty, judge
from tests.checks_benchmark.reports import Report

__all__ = ["Outcome", "Score", "run"]

_PER_REPORT = 3
# Indicators of these heads have nothing to do with each other.
_APART = ("econ.", "infra.", "env.", "livestock.", "agri.crop", "agri.vegetable", "agri.aquatic", "agri.coop")


@dataclass(frozen=True)
class Outcome:
    """One planted error and which rules found it; `right` when one of them was meant for it or truly describes it."""

    operator: Operator
    plant: Plant
    unit: str
    found_by: tuple[str, ...]

    @property
    def by_right_rule(self) -> bool:
        """Found by a rule the operator names as right."""
        return bool(self.operator.right & set(self.found_by))

    @property
    def found(self) -> bool:
        """Found by a right or an accepted rule."""
        return bool((self.operator.right | self.operator.accepted) & set(self.found_by))


@dataclass(frozen=True)
class Score:
    """Outcomes of every plant, and the findings on the clean reports of the judged year."""

    outcomes: tuple[Outcome, ...]
    clean: tuple[Finding, ...]
    clean_reports: int


def run(seed: int, least: int, only: Collection[str] = ()) -> Score:
    """Plant at least `least` errors (operators in turn, a few per report) and judge clean and planted counties."""
    clean = clean_county(seed)
    verdict = judge(clean.values())
    year = str(LAST_YEAR)
    known = {one.finding_id for one in verdict.validation.findings}
    rng = random.Random(f"plant {seed}")
    counts = dict.fromkeys(sorted(only) or sorted(OPERATORS), 0)
    outcomes: list[Outcome] = []
    while len(outcomes) < least:
        county, here = _planted_county(clean, rng, counts)
        if not here:
            break
        judged = judge(county.values())
        for unit, operator, plant in here:
            outcomes.append(Outcome(operator, plant, unit, _found_by(judged, plant, unit, known)))
    own = tuple(one for one in verdict.validation.findings if one.period == year)
    return Score(tuple(outcomes), own, sum(1 for _, one_year in clean if one_year == LAST_YEAR))


def _planted_county(
    clean: Mapping[tuple[str, int], Report], rng: random.Random, counts: dict[str, int]
) -> tuple[dict[tuple[str, int], Report], list[tuple[str, Operator, Plant]]]:
    """Return a copy of the county with up to `_PER_REPORT` errors in each report of the judged year, and the list.

    The operator planted least so far comes first. Errors of one report are about different subjects, so that each
    stands for itself; a report that is wrong as a whole carries no other error.
    """
    county, here = dict(clean), []
    # A report that was copied has to stay in the county, or there is nothing to see.
    sources: set[str] = set()
    units = sorted({unit for unit, year in clean if year == LAST_YEAR})
    rng.shuffle(units)
    for unit in units:
        before = tuple(clean[unit, year] for year in range(LAST_YEAR - 1, 0, -1) if (unit, year) in clean)
        others = tuple(county[other, LAST_YEAR] for other in units if other != unit)
        taken: set[str] = set()
        for name in sorted(counts, key=lambda one: (counts[one], rng.random())):
            places = [
                one
                for one in OPERATORS[name].plants(Case(county[unit, LAST_YEAR], before, others), rng)
                if not taken & _subjects(one)
                and not (one.whole and (unit in sources or unit in {other for other, *_ in here}))
            ]
            if not places:
                continue
            plant = rng.choice(places)
            sources.add(plant.other_unit)
            county[unit, LAST_YEAR] = plant.report
            here.append((unit, OPERATORS[name], plant))
            counts[name] += 1
            taken |= _subjects(plant)
            if plant.whole or len([one for one in here if one[0] == unit]) == _PER_REPORT:
                break
    return county, here


def _subjects(plant: Plant) -> set[str]:
    """Return what a plant is about, as broad as relations reach: the head of its indicators' codes, grain apart."""
    return {code if code.startswith(_APART) else code.partition(".")[0] for code in plant.codes}


def _found_by(judged: JudgedCounty, plant: Plant, unit: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the rules (and symptoms) of findings that name township, period and the planted figure."""
    about = dict(judged.facts.select("fact_id", "indicator").rows())
    rules: list[str] = []
    for one in judged.validation.findings:
        mirrored = one.unit_name == plant.other_unit and unit in one.observed
        if (one.unit_name != unit and not mirrored) or one.period != str(LAST_YEAR):
            continue
        # A finding that the clean county has too says nothing about the error, unless it speaks of the new words.
        quoted = bool(plant.quote) and any(plant.quote in quote for quote in (*one.quotes, one.observed))
        indicators = {about.get(fact) for fact in one.fact_ids} | {one.about.partition("|")[0]}
        named = plant.whole or bool(set(plant.codes) & indicators)
        if quoted or (named and one.finding_id not in known):
            rules += [one.rule, *one.symptoms]
    return tuple(dict.fromkeys(rules))


def by_operator(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes of each operator, in order of names."""
    names = sorted({one.operator.name for one in outcomes})
    return {name: [one for one in outcomes if one.operator.name == name] for name in names}
