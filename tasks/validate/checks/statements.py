"""Checks of one figure against its other statements in the same report."""

import polars as pl

from tasks.validate.checks.frame import number
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]


def _contradictions(inputs: CheckInputs) -> pl.DataFrame:
    """Exact statements of one key whose printed intervals do not meet (plans of several years may differ)."""
    keys = ["unit_code", "period", "indicator", "measure", "item"]
    stated = inputs.known.filter(
        pl.col("measure").is_in(["level", "growth_pct"]) & (pl.col("bound") == "exact") & pl.col("value").is_not_null()
        # Projects and facilities without a name are many different ones.
        & ~pl.col("indicator").is_in(["project.investment", "infra.facilities", "agri.crop_area", "agri.bases"])
    )  # fmt: skip
    grouped = stated.group_by(keys, maintain_order=True).agg(
        pl.first("unit_name", "indicator_name", "stated_value", "canonical_unit"),
        pl.col("place").unique(maintain_order=True).str.join("；"),
        pl.col("low").max().alias("highest_low"),
        pl.col("high").min().alias("lowest_high"),
        pl.col("value").min().alias("least"),
        pl.col("value").max().alias("most"),
        pl.col("fact_id").alias("fact_ids"),
        pl.col("evidence").alias("quotes"),
        pl.len().alias("statements"),
    )
    several = grouped.filter(pl.col("statements") > 1)
    ok = pl.col("highest_low") <= pl.col("lowest_high")
    return several.select(
        pl.lit("S5").alias("rule"),
        pl.when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.concat_str("indicator", "measure", "item", separator="|").alias("about"),
        "indicator_name",
        pl.format("{} / {} {}", number("least"), number("most"), "canonical_unit").alias("observed"),
        pl.lit("").alias("expected"),
        (pl.col("most") - pl.col("least")).alias("imbalance"),
        "fact_ids", "quotes", "place",
    )  # fmt: skip


CHECKS = (Check(("S5",), _contradictions),)
