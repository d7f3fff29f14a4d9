"""Check of the townships together: their sum against what the county has published (`county_figures.csv`)."""

import polars as pl

from tasks.validate.checks.comparable import single_levels
from tasks.validate.checks.frame import CHECK_SCHEMA, conform, number
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]


def _against_published(inputs: CheckInputs) -> pl.DataFrame:
    """M5: Σ townships within the tolerance of the county's figure.

    Evaluated where every township of the register (where none is known: that reports) states the figure; the sum of
    fewer is judged only where it is already more than the county's. The townships' figures are
    intervals, so is their sum.
    """
    tolerance = inputs.rules["M5"].thresholds[0]
    published = inputs.evidence.published
    if published.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    reports = _expected(inputs)
    levels = single_levels(inputs.about(published["indicator"]))
    keys = ["period", "indicator", "item"]
    sums = levels.group_by(keys).agg(
        pl.col("low").sum(), pl.col("high").sum(), pl.col("value").sum(), pl.len().alias("stated"),
        pl.col("fact_id").sort_by("unit_code").alias("fact_ids"),
    )  # fmt: skip
    frame = (
        published.join(reports, on="period", how="inner", maintain_order="left")
        .join(sums, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("fact_ids").fill_null([]), pl.col("stated").fill_null(0))
    )
    room = tolerance * pl.col("published").abs()
    over = pl.col("low") > pl.col("published") + room
    all_there = pl.col("stated") >= pl.col("units")
    short = pl.col("high") < pl.col("published") - room
    # What is more than the county's already stays so, whatever the silent townships have.
    ok = pl.when(pl.col("stated") > 0).then(~over & ~short)
    told = pl.when(over | all_there).then("units").otherwise("stated")
    return frame.select(
        pl.lit("M5").alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(~all_there & ~over).then(pl.format("{} of {} townships state it", "stated", "units"))
        .otherwise(pl.lit("")).alias("reason"),
        pl.lit(inputs.evidence.office).alias("unit_code"), pl.lit("全县 county").alias("unit_name"), "period",
        pl.concat_str("indicator", pl.lit("sum"), "item", separator="|").alias("about"), "indicator_name",
        pl.format("{} 个乡镇之和 sum of townships {} {}", "stated", number("value"), "unit").alias("observed"),
        pl.format("县公布 published {} ± {}%", number("published"), pl.lit(f"{tolerance * 100:g}")).alias("expected"),
        (pl.col("value") - pl.col("published")).alias("imbalance"), "fact_ids",
        pl.lit([], pl.List(pl.String)).alias("quotes"), pl.col("source").alias("place"),
        pl.col("units").alias("operands"), told.alias("stated"),
    ).pipe(conform)  # fmt: skip


def _expected(inputs: CheckInputs) -> pl.DataFrame:
    """Return how many townships a sum over each period has: those of the register that existed at its year's end."""
    evidence = inputs.evidence
    reporting = evidence.submissions.group_by("period").agg(pl.col("unit_code").n_unique().alias("reporting"))
    if evidence.units.is_empty():
        return reporting.rename({"reporting": "units"})
    end = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), 12, 31)
    there = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= end)) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= end)
    )
    registered = reporting.join(evidence.units, how="cross").filter(there).group_by("period").len("units")
    return registered.with_columns(pl.col("units").cast(pl.Int64))


CHECKS = (Check(("M5",), _against_published, among="county"),)
