"""Figures that stand in each other's places: 出栏生猪、肉牛2910头、32600头 for 32600头、2910头."""

import polars as pl

from tasks.validate.checks.frame import conform, number

__all__ = ["exchanged"]

_COLUMNS = (
    "fact_id",
    "indicator",
    "indicator_name",
    "item",
    "value",
    "own",
    "unit",
    "evidence",
    "place",
    "stated_value",
)
_LEAST = 20.0


def exchanged(frame: pl.DataFrame, near: float, off: float) -> pl.DataFrame:
    """Return a failed Q47 for every two figures of a report that are at home only in each other's places.

    `frame` has a row per figure with `own`, the median of its township's other years. Both must be further from home
    than the factor `off`, and each within the factor `near` of the other's.
    """
    far = (pl.col("value") / pl.col("own")).log().abs() > pl.lit(off).log()
    # Single counts jump by themselves: one accident and two fires are no exchange.
    sized = pl.col("value") + pl.col("own") >= _LEAST
    lost = frame.filter((pl.col("value") > 0) & (pl.col("own") > 0) & far & sized)
    report = ["submission_id", "unit_code", "unit_name", "period"]
    both = (
        lost.select(*report, *_COLUMNS)
        .join(lost.select("submission_id", *_COLUMNS), on=["submission_id", "unit"], suffix="_2")
        .filter(pl.col("fact_id") < pl.col("fact_id_2"))
        .filter(
            ((pl.col("value") / pl.col("own_2")).log().abs() < pl.lit(near).log())
            & ((pl.col("value_2") / pl.col("own")).log().abs() < pl.lit(near).log())
        )
    )
    names = [pl.concat_str("indicator_name", "item"), pl.concat_str("indicator_name_2", "item_2")]
    return both.select(
        pl.lit("Q47").alias("rule"), pl.lit("fail").alias("result"), pl.lit("").alias("reason"), *report[1:],
        pl.concat_str(
            "indicator", "item", "indicator_2", "item_2", "stated_value", "stated_value_2", separator="|"
        ).alias("about"),
        pl.concat_str(*names, separator=" / ").alias("indicator_name"),
        pl.format("{} / {} {}", number("value"), number("value_2"), "unit").alias("observed"),
        pl.format(
            "疑似两个数字互换；本单位其他年份 exchanged? own other years {} / {}", number("own"), number("own_2")
        ).alias("expected"),
        (pl.col("value_2") - pl.col("value")).alias("imbalance"),
        pl.concat_list("fact_id", "fact_id_2").alias("fact_ids"),
        pl.concat_list("evidence", "evidence_2").list.unique(maintain_order=True).alias("quotes"),
        pl.concat_str("place", "place_2", separator="；").alias("place"),
    ).pipe(conform)  # fmt: skip
