"""The checks: families of functions over facts, submissions and texts that fill one tidy frame.

A row says pass, fail, or not_evaluated with the reason; Great Expectations judges the frame (see `judge`). A family is
a module with `CHECKS`; adding one to `_FAMILIES` is all it takes.
"""

import logging
from collections.abc import Iterable

import polars as pl

from tasks.validate.checks import (
    copies,
    growth,
    history,
    identities,
    reports,
    series,
    shares,
    statements,
    texts,
    values,
)
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs, Evidence

__all__ = ["CHECK_SCHEMA", "Check", "CheckInputs", "Evidence", "compute_checks"]

logger = logging.getLogger(__name__)
_FAMILIES: tuple[tuple[Check, ...], ...] = (
    values.CHECKS,
    statements.CHECKS,
    identities.CHECKS,
    growth.CHECKS,
    shares.CHECKS,
    reports.CHECKS,
    history.CHECKS,
    series.CHECKS,
    copies.CHECKS,
    texts.CHECKS,
)


def compute_checks(inputs: CheckInputs, families: Iterable[tuple[Check, ...]] = _FAMILIES) -> pl.DataFrame:
    """Return every check of `inputs`, schema `CHECK_SCHEMA`, families in order.

    A check that raises is itself a failed check (rule R0, about the rules it was to answer); the others run.
    """
    frames: list[pl.DataFrame] = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    for check in (one for family in families for one in family):
        try:
            made = check.compute(inputs)
            rows = [conform(frame) for frame in ([made] if isinstance(made, pl.DataFrame) else made)]
        except Exception as error:
            logger.exception("%s", ", ".join(check.rules))
            frames.append(_of_the_rule(inputs, check, f"{type(error).__name__}: {error}"))
        else:
            frames += [*rows, _of_the_rule(inputs, check, "")]
    return pl.concat(frames)


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
