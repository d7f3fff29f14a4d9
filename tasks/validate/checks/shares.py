"""Checks of shares that are said to make a whole: the structure of the three industries (三次产业比)."""

import polars as pl

from expectations.words import captures, pattern
from tasks.validate.checks.frame import conform
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_HUNDRED = 100


def _three_industries(inputs: CheckInputs) -> pl.DataFrame:
    """Σ shares = 100, each share give or take half of its own last printed digit."""
    found = (
        inputs.evidence.blocks.select("submission_id", "start", "text")
        .with_columns(
            pl.col("text").str.extract_all(pattern("shares.industries")).list.unique(maintain_order=True).alias("quote")
        )
        .explode("quote").drop_nulls("quote")
    )  # fmt: skip
    owners = inputs.evidence.submissions.select("submission_id", "unit_code", "unit_name", "period", "file_name")
    ratios = captures("shares.industries")
    parts = [pl.coalesce(pl.col("quote").str.extract(one, at) for one in ratios) for at in (1, 2, 3)]
    halves = [0.5 / 10.0 ** part.str.extract(r"\.(\d+)$", 1).str.len_chars().fill_null(0) for part in parts]
    total = pl.sum_horizontal(part.cast(pl.Float64) for part in parts)
    slack = pl.sum_horizontal(halves)
    rows = found.join(owners, on="submission_id").with_columns(total=total.round(6), slack=slack)
    # Ratios written as tenths (2:3:5) are shares of ten.
    whole = pl.when((pl.col("total") - 10).abs() < 1).then(10.0).otherwise(float(_HUNDRED))
    return rows.select(
        pl.lit("Q19").alias("rule"),
        pl.when((pl.col("total") - whole).abs() <= pl.col("slack") + 1e-9).then(pl.lit("pass"))
        .otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.concat_str(pl.lit("share|"), "quote").alias("about"),
        pl.lit("三次产业比").alias("indicator_name"),
        pl.col("total").cast(pl.String).alias("observed"),
        whole.cast(pl.String).alias("expected"),
        (pl.col("total") - whole).alias("imbalance"),
        pl.lit([], pl.List(pl.String)).alias("fact_ids"),
        pl.concat_list("quote").alias("quotes"),
        pl.format("{} [{}]", "file_name", "start").alias("place"),
    ).pipe(conform)  # fmt: skip


CHECKS = (Check(("Q19",), _three_industries, texts=True),)
