"""Checks between figures of one unit and period: contradictions, parts and wholes, stated against computed growth."""

from collections.abc import Iterator

import polars as pl

from tasks.validate.checks.frame import checked, levels_of, number
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_PAIRS = (
    ("stability.disputes_mediated", "stability.disputes_found"),
    ("safety.hazards_fixed", "safety.hazards_found"),
)


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


def _parts_of_wholes(inputs: CheckInputs) -> Iterator[pl.DataFrame]:
    for part, whole in _PAIRS:
        yield _part_of_whole(inputs.known, part, whole)


def _part_of_whole(known: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    levels = levels_of(known, "level").filter(pl.col("item") == "")
    wholes = levels.filter(pl.col("indicator") == whole).select(
        "unit_code", "period", pl.col("high").alias("whole"), pl.col("fact_id").alias("whole_id"),
        pl.col("evidence").alias("whole_quote"),
    )  # fmt: skip
    parts = levels.filter(pl.col("indicator") == part).join(wholes, on=["unit_code", "period"], how="inner")
    rows = checked(
        parts, "V8", pl.col("low") <= pl.col("whole"), number("value"), pl.concat_str(pl.lit("≤ "), number("whole")),
        pl.col("low") - pl.col("whole"),
    )  # fmt: skip
    return rows.with_columns(
        pl.Series("fact_ids", [list(pair) for pair in parts.select("fact_id", "whole_id").rows()], pl.List(pl.String)),
        pl.Series(
            "quotes", [list(pair) for pair in parts.select("evidence", "whole_quote").rows()], pl.List(pl.String)
        ),
    )


def _stated_growth(inputs: CheckInputs) -> pl.DataFrame:
    """Stated growth against this year's level and the value before, by the intervals of printed digits.

    The value before is the one the report itself gives; where it gives none, the level the same unit reported for the
    same part of the year before.
    """
    keys = ["unit_code", "period", "indicator", "item"]
    shown = {"low": "low", "high": "high", "id": "fact_id", "quote": "evidence"}
    known = inputs.known
    levels = levels_of(known, "level")
    now = levels.select(*keys, **{f"{name}_now": pl.col(column) for name, column in shown.items()})
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    next_period = pl.concat_str((year + 1).cast(pl.String), pl.col("period").str.slice(4))
    before = pl.concat([levels_of(known, "prior_level"), levels.with_columns(next_period.alias("period"))])
    then = before.unique(keys, keep="first", maintain_order=True).select(
        *keys, **{f"{name}_then": pl.col(column) for name, column in shown.items()}
    )
    stated = (
        levels_of(known, "growth_pct")
        .filter(~pl.col("evidence").str.contains("可比价|可比口径|年均"))
        .join(now, on=keys, how="inner")
        .join(then, on=keys, how="inner")
        .filter(pl.col("low_then") > 0)
    )
    slack = inputs.rules["Q10"].thresholds[0]
    lowest = (pl.col("low_now") / pl.col("high_then") - 1) * 100
    highest = (pl.col("high_now") / pl.col("low_then") - 1) * 100
    ok = (pl.col("high") + slack >= lowest) & (pl.col("low") - slack <= highest)
    expected = pl.concat_str(
        lowest.round(1).cast(pl.String), pl.lit("% – "), highest.round(1).cast(pl.String), pl.lit("%")
    )
    rows = checked(
        stated,
        "Q10",
        ok,
        pl.concat_str(number("value"), pl.lit("%")),
        expected,
        pl.col("value") - (lowest + highest) / 2,
    )
    return rows.with_columns(
        stated.select(
            pl.concat_list("fact_id", "id_now", "id_then").alias("fact_ids"),
            pl.concat_list("evidence", "quote_now", "quote_then").list.unique(maintain_order=True).alias("quotes"),
        )
    )


CHECKS = (
    Check(("S5",), _contradictions),
    Check(("V8",), _parts_of_wholes),
    Check(("Q10",), _stated_growth),
)
