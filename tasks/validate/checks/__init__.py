"""The checks: families of functions over facts, submissions and texts that fill one tidy frame.

A row says pass, fail, or not_evaluated with the reason; Great Expectations judges the frame (see `judge`). A family is
a module with `CHECKS`; adding one to `_FAMILIES` is all it takes.
"""

import polars as pl

from tasks.validate.checks import relations, reports, values
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs, Evidence

__all__ = ["CHECK_SCHEMA", "Check", "CheckInputs", "Evidence", "compute_checks"]

_FAMILIES = (values.CHECKS, relations.CHECKS, reports.CHECKS)


def compute_checks(inputs: CheckInputs) -> pl.DataFrame:
    """Return every check of `inputs`, schema `CHECK_SCHEMA`, families in order."""
    frames: list[pl.DataFrame] = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    for check in (one for family in _FAMILIES for one in family):
        made = check.compute(inputs)
        frames += [conform(frame) for frame in ([made] if isinstance(made, pl.DataFrame) else made)]
    return pl.concat(frames)
