"""The checks: families of functions over facts, submissions and texts that fill one tidy frame.

A row says pass, fail, or not_evaluated with the reason; Great Expectations judges the frame (see `judge`). A family is
a module with `CHECKS`; adding one to `_FAMILIES` is all it takes.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from tasks.validate.checks import (
    copies,
    growth,
    history,
    identities,
    reports,
    sentences,
    series,
    shares,
    statements,
    texts,
    values,
)
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs, Evidence

__all__ = ["CHECK_SCHEMA", "Check", "CheckInputs", "Evidence", "Verdicts", "compute_checks", "judge_checks"]

logger = logging.getLogger(__name__)
_COUNTS = pl.Schema({
    "period": pl.String(), "rule": pl.String(), "result": pl.String(), "reason": pl.String(), "checks": pl.Int64(),
})  # fmt: skip
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
)


@dataclass(frozen=True)
class Verdicts:
    """What the checks said: every row that failed (`CHECK_SCHEMA`), and how many there are of each verdict.

    `counts` has period, rule, result, reason and `checks`. Millions of figures pass tens of rules; what passed is
    counted and forgotten, check by check.
    """

    failures: pl.DataFrame
    counts: pl.DataFrame


def judge_checks(inputs: CheckInputs, families: Iterable[tuple[Check, ...]] = _FAMILIES) -> Verdicts:
    """Return failures and counts of every check of `inputs`."""
    failures = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    counts = [pl.DataFrame(schema=_COUNTS)]
    for frame in _each(inputs, families):
        counts.append(frame.group_by("period", "rule", "result", "reason").len("checks").cast(_COUNTS))
        failures.append(frame.filter(pl.col("result").is_in(["pass", "not_evaluated"]).not_()))
    keys = ["period", "rule", "result", "reason"]
    return Verdicts(pl.concat(failures), pl.concat(counts).group_by(keys).agg(pl.col("checks").sum()).sort(keys))


def compute_checks(inputs: CheckInputs, families: Iterable[tuple[Check, ...]] = _FAMILIES) -> pl.DataFrame:
    """Return every check of `inputs`, passed and not evaluated ones too, schema `CHECK_SCHEMA`, families in order."""
    return pl.concat([pl.DataFrame(schema=dict(CHECK_SCHEMA)), *_each(inputs, families)])


def _each(inputs: CheckInputs, families: Iterable[tuple[Check, ...]]) -> Iterator[pl.DataFrame]:
    """Give the rows of one check after the other.

    A check that raises is itself a failed check (rule R0, about the rules it was to answer); the others run.
    """
    for check in (one for family in families for one in family):
        fault = ""
        try:
            made = check.compute(inputs)
            for frame in [made] if isinstance(made, pl.DataFrame) else made:
                yield conform(frame)
        except Exception as error:
            logger.exception("%s", ", ".join(check.rules))
            fault = f"{type(error).__name__}: {error}"
        yield _of_the_rule(inputs, check, fault)


def _of_the_rule(inputs: CheckInputs, check: Check, fault: str) -> pl.DataFrame:
    """Return the check of the check: did it run to its end; it stands in the newest period there is."""
    evidence = inputs.evidence
    periods = pl.concat([evidence.submissions["period"], evidence.facts["period"]]).drop_nulls()
    if periods.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    row = dict.fromkeys(CHECK_SCHEMA, "") | {
        "rule": "R0", "result": "fail" if fault else "pass", "period": periods.max(), "about": "+".join(check.rules),
        "observed": fault, "imbalance": None, "fact_ids": [], "quotes": [],
    }  # fmt: skip
    return pl.DataFrame([row], schema=dict(CHECK_SCHEMA))
