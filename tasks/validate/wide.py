"""Frames handed to Great Expectations: every verdict and every key, and no text that no expectation reads."""

from collections.abc import Iterable
from typing import Any

import polars as pl

__all__ = ["INDEX_COLUMNS", "lean_facts", "wide_checks"]

INDEX_COLUMNS = ("row", "unit_name", "indicator_name", "observed", "expected", "quote", "place")
_VERDICT = pl.Enum(["pass", "fail"])
_READ = ("indicator", "canonical_unit", "measure", "bound")
_NOT_NULL = ("unit_code", "period", "submission_id", "evidence", "rule_id")


def wide_checks(failures: pl.DataFrame, counts: pl.DataFrame, rules: Iterable[str]) -> Any:
    """Return the pandas frame of one period's verdicts: a column per rule, null where it was not evaluated.

    `failures` (with `row`) have a row each with the index columns. What passed is never listed, so the passes of all
    rules, as many as `counts` says, share rows: the frame is as long as the rule with most of them, not as all rules
    together (17 million checks of 2.4 million figures take 2.4 million rows).
    """
    # What is no verdict at all becomes `fail` here rather than a null that nobody would judge.
    verdict = pl.lit("fail").cast(_VERDICT)
    own = failures.select(
        pl.col("row").cast(pl.Int64), "unit_name", "indicator_name", "observed", "expected",
        pl.col("quotes").list.join(" ／ ").alias("quote"), "place",
        *(pl.when(pl.col("rule") == rule).then(verdict).alias(rule) for rule in rules),
    )  # fmt: skip
    passed = counts.filter(pl.col("result") == "pass").group_by("rule", maintain_order=True).agg(pl.col("checks").sum())
    height = int(passed["checks"].max() or 0)  # type: ignore[arg-type]
    packed = pl.DataFrame({"at": range(height)}).select(
        pl.when(pl.col("at") < many).then(pl.lit("pass").cast(_VERDICT)).alias(rule) for rule, many in passed.rows()
    )
    return pl.concat([own, packed], how="diagonal").to_pandas()


def lean_facts(facts: pl.DataFrame) -> Any:
    """Return the pandas frame of `facts` with every column of the table, filled only as far as a suite reads it.

    Where a suite only asks whether a cell is null, the text stands as a mark: the texts of 2.4 million figures would
    be gigabytes of Python strings.
    """
    mark, nothing = pl.Enum(["stated"]), pl.lit(None, pl.Enum(["stated"]))
    columns: list[pl.Expr] = []
    for name in facts.columns:
        if name in {"fact_id", "confidence"}:
            columns.append(pl.col(name))
        elif name in _READ:
            columns.append(pl.col(name).cast(pl.Categorical))
        elif name in _NOT_NULL:
            columns.append(pl.when(pl.col(name).is_not_null()).then(pl.lit("stated").cast(mark)).alias(name))
        else:
            columns.append(nothing.alias(name))
    return facts.select(columns).to_pandas()
