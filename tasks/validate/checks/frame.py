"""The tidy checks frame: its columns, and the way a check fills them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from expectations.words import pattern

__all__ = ["CHECK_SCHEMA", "about", "checked", "conform", "evaluated", "levels_of", "number", "wholes", "with_missing"]

CHECK_SCHEMA: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "rule": pl.String(),
        "result": pl.String(),
        "reason": pl.String(),
        "unit_code": pl.String(),
        "unit_name": pl.String(),
        "period": pl.String(),
        "about": pl.String(),
        "indicator_name": pl.String(),
        "observed": pl.String(),
        "expected": pl.String(),
        "imbalance": pl.Float64(),
        "fact_ids": pl.List(pl.String()),
        "quotes": pl.List(pl.String()),
        "place": pl.String(),
    }
)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns of `CHECK_SCHEMA`, in order and cast."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in CHECK_SCHEMA.items())


def number(column: str) -> pl.Expr:
    """Return the figure of `column` as a person writes it: ten significant digits, no trailing .0."""
    return pl.col(column).round_sig_figs(10).cast(pl.String).str.replace(r"\.0$", "")


def about() -> pl.Expr:
    """Return what a check of one figure is about, the same in every run."""
    return pl.concat_str("indicator", "measure", "item", pl.col("stated_value").fill_null(""), separator="|")


def checked(frame: pl.DataFrame, rule: str, ok: pl.Expr, observed: pl.Expr, expected: pl.Expr,
             imbalance: pl.Expr | None = None) -> pl.DataFrame:  # fmt: skip
    """Return one check row per row of `frame`; where `ok` is null the rule was not evaluated."""
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit("a value is missing")).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period",
        about().alias("about"),
        "indicator_name",
        observed.alias("observed"),
        expected.alias("expected"),
        (pl.lit(None, pl.Float64) if imbalance is None else imbalance).alias("imbalance"),
        pl.concat_list("fact_id").alias("fact_ids"),
        pl.concat_list("evidence").alias("quotes"),
        "place",
    )  # fmt: skip


def wholes(stated: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return `stated` without what speaks of a part (尚未消除风险66户) where another statement of `keys` does not."""
    # Nearly every figure is stated once: only where there are several are their words looked at.
    several = pl.when(pl.len().over(keys) > 1).then(pl.col("evidence"))
    part = several.str.contains(pattern("statements.parts")).fill_null(value=False)
    return stated.with_columns(part.alias("_part")).filter(
        ~pl.col("_part") | pl.col("_part").all().over(keys)
    ).drop("_part")  # fmt: skip


def evaluated(policy: str, values: Sequence[pl.Expr], ok: pl.Expr) -> pl.Expr:
    """Return `ok` where the missing-value policy of a rule lets it be evaluated on `values`, null elsewhere.

    `skip_if_any` needs all of the values, `skip_if_all` one of them; with `never_skip` what cannot be said has failed.
    """
    if policy == "skip_if_any":
        return pl.when(pl.all_horizontal(one.is_not_null() for one in values)).then(ok)
    if policy == "skip_if_all":
        return pl.when(pl.any_horizontal(one.is_not_null() for one in values)).then(ok)
    return ok.fill_null(value=False)


def with_missing(policy: str, parts: Sequence[pl.Expr]) -> list[pl.Expr]:
    """Return the parts of a sum or product as the policy of the rule has them: a missing one is nothing (0), or null.

    `skip_if_any` leaves it null, so the sum is null too; `skip_if_all` counts it as 0 unless all are missing.
    """
    if policy == "skip_if_any":
        return list(parts)
    if policy == "never_skip":
        return [one.fill_null(0.0) for one in parts]
    some = pl.any_horizontal(one.is_not_null() for one in parts)
    return [pl.when(some).then(one.fill_null(0.0)) for one in parts]


def levels_of(known: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return the exact statements of `measure`, one for each unit, period, indicator and item.

    Where a report gives a whole and parts of it under one name the whole counts; two wholes that differ count for
    nothing, as nobody knows which is right.
    """
    keys = ["unit_code", "period", "indicator", "item"]
    stated = known.filter((pl.col("measure") == measure) & pl.col("bound").is_in(["exact", "range"]))
    return wholes(stated, keys).filter(pl.col("value").n_unique().over(keys) == 1).unique(
        keys, keep="first", maintain_order=True
    )  # fmt: skip
