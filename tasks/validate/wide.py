"""Frames handed to Great Expectations: every verdict and every key, and no text that no expectation reads."""

from collections.abc import Iterable
from typing import Any

import polars as pl

__all__ = ["INDEX_COLUMNS", "lean_facts", "wide_checks"]

INDEX_COLUMNS = ("row", "unit_name", "indicator_name", "observed", "expected", "quote", "place")
_VERDICT = pl.Enum(["pass", "fail"])
_READ = ("indicator", "canonical_unit", "measure", "bound")
_NOT_NULL = ("unit_code", "period", "submission_id", "evidence", "rule_id")


def wide_checks(checks: pl.DataFrame, rules: Iterable[str]) -> Any:
    """Return the pandas frame of `checks` (with `row`): a column per rule, null where it was not evaluated.

    What did not pass has a row to itself with the index columns. What passed is never listed, so passes of all rules
    share rows: the frame is as long as the rule with most of them, not as all rules together (17 million checks of
    2.4 million figures take 2.4 million rows).
    """
    evaluated = checks.filter(pl.col("result") != "not_evaluated")
    failing = evaluated.filter(pl.col("result") != "pass")
    # What is no verdict at all becomes `fail` here rather than a null that nobody would judge.
    verdict = pl.lit("fail").cast(_VERDICT)
    own = failing.select(
        pl.col("row").cast(pl.Int64), "unit_name", "indicator_name", "observed", "expected",
        pl.col("quotes").list.join(" ／ ").alias("quote"), "place",
        *(pl.when(pl.col("rule") == rule).then(verdict).alias(rule) for rule in rules),
    )  # fmt: skip
    passes = evaluated.filter(pl.col("result") == "pass").select("rule", pl.col("result").cast(_VERDICT))
    series = [frame["result"].alias(str(key[0])) for key, frame in passes.partition_by("rule", as_dict=True).items()]
    height = max((len(one) for one in series), default=0)
    packed = pl.DataFrame([one.extend_constant(None, height - len(one)) for one in series])
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
