"""The tidy checks frame: its columns, and the way a check fills them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from expectations.words import pattern

__all__ = ["CHECK_SCHEMA", "about", "by_policy", "checked", "conform", "levels_of", "number", "operands", "wholes"]

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
        # How many values the rule compares here, and how many of them are stated; none for rules without operands.
        "operands": pl.Int16(),
        "stated": pl.Int16(),
    }
)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns of `CHECK_SCHEMA`, in order and cast; no operands where it names none."""
    named = frame if "operands" in frame.columns else frame.with_columns(operands=0, stated=0)
    return named.select(pl.col(name).cast(dtype) for name, dtype in CHECK_SCHEMA.items())


def operands(*values: pl.Expr, needless: pl.Expr | None = None) -> tuple[pl.Expr, pl.Expr]:
    """Return the columns `operands` and `stated` of a rule that compares `values`, for `by_policy`.

    A value is missing where its expression is null. Where `needless` holds the rule says what it says without them.
    """
    many = len(values)
    stated = pl.sum_horizontal(one.is_not_null().cast(pl.Int16) for one in values)
    if needless is not None:
        stated = pl.when(needless).then(pl.lit(many)).otherwise(stated)
    return pl.lit(many, pl.Int16).alias("operands"), stated.cast(pl.Int16).alias("stated")


def by_policy(frame: pl.DataFrame, policies: Mapping[str, str]) -> pl.DataFrame:
    """Return check rows as the missing-value policy of their rule has them where an operand is missing.

    `skip_if_any` leaves such a check unevaluated; `skip_if_all` and `never_skip` judge it (a missing part of a sum
    counts as nothing) and fail it where nothing can be said without the value; `skip_if_all` leaves a check without
    any value unevaluated. A rule whose policy is `none` has no operand that could be missing.
    """
    policy = pl.col("rule").replace_strict(dict(policies), default="none", return_dtype=pl.String)
    skips = (policy == "skip_if_any") | ((policy == "skip_if_all") & (pl.col("stated") == 0))
    short = (pl.col("stated") < pl.col("operands")) & (policy != "none")
    unjudged = pl.col("result") == "not_evaluated"
    marked = frame.select(excused=short & skips, silent=short & ~skips & unjudged, judged=short & ~skips)
    # Of millions of rows nearly all are what their check said: those frames are not made again.
    said = marked["excused"] & (frame["result"].ne("not_evaluated") | frame["reason"].eq(""))
    if not (said.any() or marked["judged"].any()):
        return frame
    known = frame.hstack(marked)
    return known.with_columns(
        pl.when("excused").then(pl.lit("not_evaluated")).when("silent").then(pl.lit("fail")).otherwise("result")
        .alias("result"),
        pl.when(pl.col("excused") & (pl.col("reason") == "")).then(pl.lit("a value is missing"))
        .when("judged").then(pl.lit("")).otherwise("reason").alias("reason"),
        pl.when(pl.col("silent") & (pl.col("observed").fill_null("") == "")).then(pl.lit("缺 missing"))
        .otherwise("observed").alias("observed"),
    ).drop(marked.columns)  # fmt: skip


def number(column: str) -> pl.Expr:
    """Return the figure of `column` as a person writes it: ten significant digits, no trailing .0."""
    return pl.col(column).round_sig_figs(10).cast(pl.String).str.replace(r"\.0$", "")


def about() -> pl.Expr:
    """Return what a check of one figure is about, the same in every run."""
    return pl.concat_str("indicator", "measure", "item", pl.col("stated_value").fill_null(""), separator="|")


def checked(frame: pl.DataFrame, rule: str, ok: pl.Expr, observed: pl.Expr, expected: pl.Expr,
             imbalance: pl.Expr | None = None, of: tuple[pl.Expr, ...] = ()) -> pl.DataFrame:  # fmt: skip
    """Return one check row per row of `frame`; where `ok` is null the rule was not evaluated.

    `of` are its `operands`, if it has any.
    """
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
        *of,
    ).pipe(conform)  # fmt: skip


def wholes(stated: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return `stated` without what speaks of a part (尚未消除风险66户) where another statement of `keys` does not."""
    # Nearly every figure is stated once: only where there are several are their words looked at.
    several = pl.when(pl.len().over(keys) > 1).then(pl.col("evidence"))
    part = several.str.contains(pattern("statements.parts")).fill_null(value=False)
    return stated.with_columns(part.alias("_part")).filter(
        ~pl.col("_part") | pl.col("_part").all().over(keys)
    ).drop("_part")  # fmt: skip


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
