"""A figure beside its township's other years and beside its neighbours: what the checks of history look at."""

import polars as pl

from expectations.words import load_check_words
from tasks.validate.checks.frame import wholes
from tasks.validate.checks.inputs import CheckInputs, corrected_bound

__all__ = [
    "KEYS", "NAMED", "PER_MAD", "PER_MEAN_AD", "SERIES", "against_others", "measured", "modified_z", "neighbours_of",
    "single_levels",
]  # fmt: skip

KEYS = ("unit_code", "period", "indicator", "item")
SERIES = ("unit_code", "part", "indicator", "item")
_NEAR = ("county", "period", "indicator", "item")
# Items that mean the same next year and next door; a project's or a training class's name does not.
_LEAN = (
    *KEYS, "unit_name", "indicator_name", "measure", "unit", "kind", "value", "low", "high", "stated_value", "fact_id",
    "submission_id", "evidence", "place", "stated_unit",
)  # fmt: skip
_COMPARABLE_ITEMS = ("", "crop", "category")
# The kind of what is told apart by names of its own (a subsidy, a scheme): comparable where the name comes every year.
NAMED = "named"
# 0.6745 makes MAD, 1.2533 the mean absolute deviation, comparable with a standard deviation (Iglewicz and Hoaglin).
PER_MAD, PER_MEAN_AD = 0.6745, 1.2533


def single_levels(inputs: CheckInputs, *, named: bool = False) -> pl.DataFrame:
    """Return the levels that one report states with one value, a row per unit, period, indicator and item.

    Adds `year` and `part` (what the period code has behind the year), and the catalogue's `kind`. `named` adds what is
    told apart by names of its own, of the kind `NAMED`.
    """
    return (
        wholes(_comparable(inputs.known, inputs, named=named), KEYS)
        .select(_LEAN)
        .filter(pl.col("value").n_unique().over(KEYS) == 1)
        .unique(list(KEYS), keep="first", maintain_order=True)
        .with_columns(
            pl.col("period").str.slice(0, 4).cast(pl.Int32).alias("year"), pl.col("period").str.slice(4).alias("part")
        )
    )


def _comparable(known: pl.DataFrame, inputs: CheckInputs, *, named: bool = False) -> pl.DataFrame:
    """Return the figures of `known` that other years and townships have too, with `kind`.

    `named` adds those told apart by a name of their own, which only other years of the same township may have too.
    """
    kinds = pl.DataFrame(
        [
            (one.code, one.kind if one.item in _COMPARABLE_ITEMS else NAMED)
            for one in inputs.catalogue
            if named or one.item in _COMPARABLE_ITEMS
        ],
        schema={"indicator": pl.String, "kind": pl.String}, orient="row",
    )  # fmt: skip
    stated = known.filter(
        (pl.col("measure") == "level")
        & pl.col("bound").is_in(["exact", "approx", "at_least"])
        & pl.col("value").is_not_null()
        & (pl.col("canonical_unit") == pl.col("unit"))
    )
    joined = stated.join(kinds, on="indicator", how="inner", maintain_order="left")
    return joined.filter((pl.col("kind") != NAMED) | (pl.col("item") != ""))


def against_others(levels: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Return `levels` with `before` (the year before), own median `own`/`own_n`, and the neighbours' columns."""
    before = levels.select(
        *SERIES, (pl.col("year") + 1).alias("year"), pl.col("value").alias("before"),
        pl.col("fact_id").alias("id_before"), pl.col("evidence").alias("quote_before"),
        pl.col("place").alias("place_before"), pl.col("stated_unit").alias("unit_before"),
    )  # fmt: skip
    joined = levels.join(before, on=[*SERIES, "year"], how="left", maintain_order="left")
    near = neighbours_of(inputs) if inputs.neighbours is None else inputs.neighbours
    placed = _with_own_history(joined).with_columns(inputs.evidence.county.alias("county"))
    return placed.join(near, on=list(_NEAR), how="left", maintain_order="left").drop("county")


def _with_own_history(levels: pl.DataFrame) -> pl.DataFrame:
    """Add the median and number of the unit's other years, computed from the ordered series without the row itself."""
    series = levels.group_by(SERIES).agg(pl.col("value").sort().alias("values"), pl.len().alias("years"))
    rank = (pl.col("value").rank("ordinal").over(SERIES) - 1).cast(pl.Int64)
    joined = levels.with_columns(rank.alias("rank")).join(series, on=list(SERIES), how="left", maintain_order="left")
    others = pl.col("years").cast(pl.Int64) - 1

    def other(position: pl.Expr) -> pl.Expr:
        shifted = pl.when(position >= pl.col("rank")).then(position + 1).otherwise(position)
        return pl.col("values").list.get(shifted, null_on_oob=True)

    median = (other((others - 1).clip(0) // 2) + other(others // 2)) / 2
    single = other(pl.lit(0, pl.Int64))
    return joined.with_columns(
        pl.when(others == 0).then(None).when(others == 1).then(single)
        .when(others % 2 == 1).then(other(others // 2)).otherwise(median).alias("own"),
        others.alias("own_n"),
    ).drop("values", "rank", "years")  # fmt: skip


def neighbours_of(inputs: CheckInputs) -> pl.DataFrame:
    """Return per county, period, indicator and item the centre and the spread (in logarithms) of its townships."""
    keys = list(_NEAR)
    # Not from `inputs.known`: of millions of figures only these columns are looked at.
    figures = inputs.evidence.facts.select(
        *KEYS, "measure", corrected_bound(), "canonical_unit", pl.coalesce("corrected_value", "value").alias("value")
    ).join(inputs.indicators, on="indicator", how="left", maintain_order="left")
    levels = _comparable(figures, inputs).group_by(KEYS).agg(pl.first("value"), pl.n_unique("value").alias("values"))
    single = levels.filter((pl.col("values") == 1) & (pl.col("value") > 0))
    logs = single.select(inputs.evidence.county.alias("county"), *keys[1:], pl.col("value").log().alias("log"))
    gap = (pl.col("log") - pl.col("log").median().over(keys)).abs()
    return (
        logs.with_columns(gap.alias("gap"))
        .group_by(keys)
        .agg(
            pl.col("log").median().alias("near_log"), pl.len().cast(pl.Int64).alias("near_n"),
            pl.col("gap").median().alias("mad"), pl.col("gap").mean().alias("mean_ad"),
        )
    )  # fmt: skip


def measured() -> list[str]:
    """Return the units of what is measured and not counted."""
    return list(load_check_words()["units.measured"])


def modified_z(value: pl.Expr) -> pl.Expr:
    """Return the modified z-score of the logarithm `value` among the neighbours; MAD of 0 gives way to the mean AD."""
    distance = value - pl.col("near_log")
    spread = pl.when(pl.col("mad") > 0).then(pl.col("mad") / PER_MAD).otherwise(pl.col("mean_ad") * PER_MEAN_AD)
    return pl.when(spread > 0).then(distance / spread)
