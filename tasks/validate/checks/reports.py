"""Checks of a report as a whole: what it must state, how well its text was read."""

import polars as pl

from tasks.validate.checks.frame import operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]


def _mandatory(inputs: CheckInputs) -> pl.DataFrame:
    catalogue, submissions = inputs.catalogue, inputs.evidence.submissions
    owed = pl.DataFrame(
        [
            (form, code, catalogue[code].name)
            for form, codes in inputs.mandatory.items()
            for code in codes
            if code in catalogue
        ],
        schema={"form": pl.String, "indicator": pl.String, "indicator_name": pl.String},
        orient="row",
    )
    loaded = submissions.select("submission_id", "unit_code", "unit_name", "period", "form", "file_name")
    stated = inputs.known.filter(pl.col("measure").is_in(["level", "forecast"])).select(
        "submission_id", "indicator", pl.lit(value=True).alias("stated")
    )
    rows = loaded.join(owed, on="form").join(
        stated.unique(["submission_id", "indicator"]), on=["submission_id", "indicator"], how="left"
    )
    return rows.select(
        pl.lit("M6").alias("rule"),
        pl.when(pl.col("stated").is_not_null()).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"), *operands(pl.col("stated")),
        "unit_code", "unit_name", "period",
        pl.col("indicator").alias("about"),
        "indicator_name",
        pl.lit("").alias("observed"),
        pl.lit("").alias("expected"),
        pl.lit(None, pl.Float64).alias("imbalance"),
        pl.lit([], pl.List(pl.String)).alias("fact_ids"),
        pl.lit([], pl.List(pl.String)).alias("quotes"),
        pl.col("file_name").alias("place"),
    ).sort("period", "unit_code", "about")  # fmt: skip


def _quality(inputs: CheckInputs) -> pl.DataFrame:
    """One check for each report, about all of its facts: they stand and fall with its text."""
    good = inputs.rules["Q24"].thresholds[0]
    ok = pl.col("text_quality") >= good
    own = inputs.evidence.facts.group_by("submission_id", maintain_order=True).agg(pl.col("fact_id").alias("own"))
    return inputs.evidence.submissions.join(own, on="submission_id", how="left", maintain_order="left").select(
        pl.lit("Q24").alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit("the text has no quality")).otherwise(pl.lit("")).alias("reason"),
        *operands(pl.col("text_quality")),
        "unit_code", "unit_name", "period",
        pl.lit("text_quality").alias("about"),
        pl.lit("").alias("indicator_name"),
        pl.col("text_quality").round(3).cast(pl.String).alias("observed"),
        pl.lit(f"≥ {good:g}").alias("expected"),
        (pl.col("text_quality") - good).alias("imbalance"),
        pl.col("own").fill_null([]).alias("fact_ids"),
        pl.lit([], pl.List(pl.String)).alias("quotes"),
        pl.col("file_name").alias("place"),
    )  # fmt: skip


CHECKS = (
    Check(("M6",), _mandatory),
    Check(("Q24",), _quality),
)
