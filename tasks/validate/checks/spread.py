"""Checks of a figure against the spread of its unit's own years: z-score and median deviation.

The year that is tested is never part of the years it is measured by, so an outlier moves neither mean nor median. Both
need many years; with fewer Q3, Q7 and Q8 speak. What they find is a note, or a symptom of what those rules ask.
"""

from collections.abc import Iterator

import polars as pl

from tasks.validate.checks.comparable import single_levels
from tasks.validate.checks.frame import checked, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_SERIES = ["unit_code", "part", "indicator", "item"]


def _spread(inputs: CheckInputs) -> Iterator[pl.DataFrame]:
    far, enough, least = inputs.rules["Q4"].thresholds
    far_mad, enough_mad, least_mad = inputs.rules["Q6"].thresholds
    levels = single_levels(inputs).filter((pl.col("value") > 0) & ~pl.col("unit").is_in(["%", "‰"]))
    # Levels grow by shares: their logarithms are spread evenly about a mean.
    logs = levels.with_columns(log=pl.col("value").log())
    series = logs.group_by(_SERIES).agg(
        pl.col("log").sum().alias("sum"), (pl.col("log") ** 2).sum().alias("squares"), pl.len().alias("years"),
        pl.col("log").sort().alias("logs"),
    ).filter(pl.col("years") > min(enough, enough_mad))  # fmt: skip
    frame = logs.join(series, on=_SERIES, how="inner", maintain_order="left")
    n = pl.col("years").cast(pl.Float64) - 1
    mean = (pl.col("sum") - pl.col("log")) / n
    variance = ((pl.col("squares") - pl.col("log") ** 2) - n * mean**2) / (n - 1)
    frame = frame.with_columns(mean=mean, sd=variance.clip(0).sqrt(), others=n)
    distance = (pl.col("log") - pl.col("mean")).abs()
    yield _rows(
        frame, "Q4", pl.col("others") >= enough, (distance <= far * pl.col("sd")) | (distance <= pl.lit(least).log()),
        pl.col("mean").exp(), f"|z| ≤ {far:g}",
    )  # fmt: skip
    other = frame.with_columns(
        pl.struct("logs", "log").map_batches(_others_median, return_dtype=pl.Struct({"median": pl.Float64,
                                                                                   "mad": pl.Float64})).alias("of")
    ).unnest("of")  # fmt: skip
    gap = (pl.col("log") - pl.col("median")).abs()
    yield _rows(
        other, "Q6", (pl.col("others") >= enough_mad) & (pl.col("mad") > 0),
        (gap <= far_mad * pl.col("mad")) | (gap <= pl.lit(least_mad).log()), pl.col("median").exp(),
        f"± {far_mad:g} MAD",
    )  # fmt: skip


def _others_median(rows: pl.Series) -> pl.Series:
    """Return median and median absolute deviation of each row's `logs` without its own `log` once."""
    frame = rows.struct.unnest().with_row_index("at")
    spread = (
        frame.explode("logs")
        .filter(~((pl.col("logs") == pl.col("log")) & (pl.col("logs") == pl.col("log")).cum_sum().over("at").eq(1)))
        .with_columns(median=pl.col("logs").median().over("at"))
        .group_by("at", maintain_order=True)
        .agg(pl.first("median"), (pl.col("logs") - pl.col("median")).abs().median().alias("mad"))
    )
    return frame.select("at").join(spread, on="at", how="left", maintain_order="left").select(
        pl.struct("median", "mad").alias("of")
    )["of"]  # fmt: skip


def _rows(
    frame: pl.DataFrame, rule: str, enough: pl.Expr, inside: pl.Expr, centre: pl.Expr, limit: str
) -> pl.DataFrame:
    expected = pl.format("其他年份 other years {}，{}", centre.round_sig_figs(4), pl.lit(limit))
    rows = checked(
        frame, rule, pl.when(enough).then(inside), pl.concat_str(number("value"), pl.lit(" "), pl.col("unit")),
        expected, pl.col("value") - centre, operands(pl.col("value"), pl.when(enough).then(centre)),
    )  # fmt: skip
    return rows.with_columns(
        pl.when(pl.col("result") == "not_evaluated").then(pl.lit("too few other years")).otherwise("reason")
        .alias("reason")
    )  # fmt: skip


CHECKS = (Check(("Q4", "Q6"), _spread),)
