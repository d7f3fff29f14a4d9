"""The checks: families of functions over facts, submissions and texts that fill one tidy frame.

A row says pass, fail, or not_evaluated with the reason; Great Expectations judges the frame (see `judge`). A family is
a module with `CHECKS`; adding one to `_FAMILIES` is all it takes.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from tasks.validate.checks import (
    claims,
    comparable,
    copies,
    county_totals,
    dates,
    growth,
    history,
    husbandry,
    identities,
    lost_units,
    passages,
    reports,
    sentences,
    series,
    shares,
    spread,
    statements,
    submitted,
    tables,
    texts,
    values,
    wording,
)
from tasks.validate.checks.frame import CHECK_SCHEMA, by_policy, conform
from tasks.validate.checks.inputs import Check, CheckInputs, Evidence

__all__ = [
    "CHECK_SCHEMA",
    "Check",
    "CheckInputs",
    "Evidence",
    "Verdicts",
    "checks_of",
    "compute_checks",
    "judge_checks",
]

logger = logging.getLogger(__name__)
_COUNTS = pl.Schema({
    "period": pl.String(), "rule": pl.String(), "result": pl.String(), "reason": pl.String(), "checks": pl.Int64(),
})  # fmt: skip
_COUNTED = ["period", "rule", "result", "reason"]
_FAMILIES: tuple[tuple[Check, ...], ...] = (
    values.CHECKS,
    statements.CHECKS,
    identities.CHECKS,
    growth.CHECKS,
    shares.CHECKS,
    sentences.CHECKS,
    reports.CHECKS,
    history.CHECKS,
    series.CHECKS,
    copies.CHECKS,
    texts.CHECKS,
    dates.CHECKS,
    passages.CHECKS,
    tables.CHECKS,
    submitted.CHECKS,
    wording.CHECKS,
    spread.CHECKS,
    husbandry.CHECKS,
    county_totals.CHECKS,
    claims.CHECKS,
    lost_units.CHECKS,
)


# Figures judged at a time: enough that a query's fixed cost does not count, few enough for some 100 MB of rows.
_AT_A_TIME = 200_000


@dataclass(frozen=True)
class Verdicts:
    """What the checks said: every row that failed (`CHECK_SCHEMA`), and how many there are of each verdict.

    `counts` has period, rule, result, reason and `checks`. Millions of figures pass tens of rules; what passed is
    counted and forgotten, check by check. `unjudged` are the rules of checks that raised.
    """

    failures: pl.DataFrame
    counts: pl.DataFrame
    unjudged: frozenset[str] = frozenset()

    def __add__(self, other: "Verdicts") -> "Verdicts":
        """Return the verdicts of both; no check may be in both."""
        counts = pl.concat([self.counts, other.counts]).group_by(_COUNTED).agg(pl.col("checks").sum()).sort(_COUNTED)
        failures = pl.concat([self.failures, other.failures])
        return Verdicts(failures, counts, self.unjudged | other.unjudged)


def judge_checks(
    inputs: CheckInputs,
    families: Iterable[tuple[Check, ...]] = _FAMILIES,
    *,
    texts: bool | None = None,
    at_a_time: int = _AT_A_TIME,
) -> Verdicts:
    """Return failures and counts of every check of `inputs`, or of those that read `texts` or do not.

    Units are judged in groups of about `at_a_time` figures, so that memory does not grow with the county; what
    depends on the neighbours is the same as if all were judged at once.
    """
    checks = [one for family in families for one in family if texts is None or one.texts == texts]
    failures = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    counts = [pl.DataFrame(schema=_COUNTS)]
    faults: dict[Check, str] = {}
    for among, group in _groups(inputs, at_a_time):
        for check in (one for one in checks if one.among == among):
            for frame in _rows(group, check, faults):
                counts.append(frame.group_by(_COUNTED).len("checks").cast(_COUNTS))
                failures.append(frame.filter(pl.col("result").is_in(["pass", "not_evaluated"]).not_()))
    for check in checks:
        frame = _of_the_rule(inputs, check, faults.get(check, ""))
        counts.append(frame.group_by(_COUNTED).len("checks").cast(_COUNTS))
        failures.append(frame.filter(pl.col("result") == "fail"))
    total = pl.concat(counts).group_by(_COUNTED).agg(pl.col("checks").sum()).sort(_COUNTED)
    return Verdicts(pl.concat(failures), total, frozenset(rule for check in faults for rule in check.rules))


def checks_of(rule: str) -> tuple[Check, ...]:
    """Return the checks that speak for `rule`."""
    return tuple(one for family in _FAMILIES for one in family if rule in one.rules)


def compute_checks(inputs: CheckInputs, families: Iterable[tuple[Check, ...]] = _FAMILIES) -> pl.DataFrame:
    """Return every check of `inputs`, passed and not evaluated ones too, schema `CHECK_SCHEMA`, families in order."""
    frames = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    for check in (one for family in families for one in family):
        faults: dict[Check, str] = {}
        frames += _rows(inputs, check, faults)
        frames.append(_of_the_rule(inputs, check, faults.get(check, "")))
    return pl.concat(frames)


def _groups(inputs: CheckInputs, at_a_time: int) -> Iterator[tuple[str, CheckInputs]]:
    """Give what to judge and for which checks: units in groups, and each county as a whole."""
    evidence = inputs.evidence
    sizes = (
        pl.concat([evidence.facts.select("unit_code"), evidence.submissions.select("unit_code")])
        .group_by("unit_code").agg(pl.len().alias("size"))
        .with_columns(evidence.county.alias("county")).sort("county", "unit_code")
    )  # fmt: skip
    grouped = sizes.with_columns((pl.col("size").cum_sum() // at_a_time).alias("group"))
    if grouped["group"].n_unique() <= 1:
        yield "unit", inputs
    else:
        near = comparable.neighbours_of(inputs)
        for (_,), units in grouped.group_by("group", maintain_order=True):
            yield "unit", replace(inputs, evidence=evidence.of_units(units["unit_code"]), neighbours=near)
    if sizes["county"].n_unique() <= 1:
        yield "county", inputs
    else:
        for (_,), units in sizes.group_by("county", maintain_order=True):
            yield "county", replace(inputs, evidence=evidence.of_units(units["unit_code"]))


def _rows(inputs: CheckInputs, check: Check, faults: dict[Check, str]) -> Iterator[pl.DataFrame]:
    """Give the rows of one check; one that raises is noted in `faults` (rule R0), the others run."""
    try:
        made = check.compute(inputs)
        policies = {rule: inputs.rules[rule].missing for rule in check.rules}
        for frame in [made] if isinstance(made, pl.DataFrame) else made:
            yield by_policy(conform(frame), policies)
    except Exception as error:
        logger.exception("%s", ", ".join(check.rules))
        faults[check] = f"{type(error).__name__}: {error}"


def _of_the_rule(inputs: CheckInputs, check: Check, fault: str) -> pl.DataFrame:
    """Return the check of the check: did it run to its end; it stands in the newest period there is."""
    evidence = inputs.evidence
    periods = pl.concat([evidence.submissions["period"], evidence.facts["period"]]).drop_nulls()
    if periods.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    row = dict.fromkeys(CHECK_SCHEMA, "") | {
        "rule": "R0", "result": "fail" if fault else "pass", "period": periods.max(), "about": "+".join(check.rules),
        "observed": fault, "imbalance": None, "fact_ids": [], "quotes": [], "operands": 0, "stated": 0,
    }  # fmt: skip
    return pl.DataFrame([row], schema=dict(CHECK_SCHEMA))
