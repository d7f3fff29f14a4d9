"""Of all that reports state about an indicator the one figure that stands in a table, corrections applied."""

import polars as pl

__all__ = ["best_figures", "with_corrections"]

_FIGURE = ("period", "unit_code", "indicator", "item")


def best_figures(facts: pl.DataFrame, measure: str = "level") -> pl.DataFrame:
    """Return one fact of `measure` per period, unit, indicator and item, its `value` the corrected one where there is.

    A corrected figure comes first, accepted before flagged, exact before rounded, the surer before the less sure; what
    cannot be read only where nothing else is stated. Rejected ones are left out. `item` is never null.

    Shape: the columns of `facts` (schema `TABLES["facts"]`) and `reported`, the value that the report states.
    """
    rank = pl.col("status").replace_strict({"corrected": 0, "accepted": 1, "flagged": 2}, default=3)
    unreadable = pl.coalesce("corrected_value", "value").is_null()
    return (
        with_corrections(facts.filter((pl.col("measure") == measure) & (pl.col("status") != "rejected")))
        .with_columns(pl.col("item").fill_null(""))
        .sort(unreadable, rank, pl.col("bound") != "exact", -pl.col("confidence"), "start", maintain_order=True)
        .unique(_FIGURE, keep="first", maintain_order=True)
    )


def with_corrections(facts: pl.DataFrame) -> pl.DataFrame:
    """Return `facts` with the corrected value as `value`, exact; `reported` keeps what the report states."""
    corrected = pl.col("corrected_value").is_not_null()
    return facts.with_columns(pl.col("value").alias("reported")).with_columns(
        pl.coalesce("corrected_value", "value").alias("value"),
        pl.when(~corrected).then("value_high").alias("value_high"),
        pl.when(corrected).then(pl.lit("exact")).otherwise("bound").alias("bound"),
    )
