"""Checks of what was sent: whose it is, whether it was sent twice, whether all that it announces is there."""

import polars as pl

from expectations.words import captures, pattern
from tasks.validate.checks.frame import conform, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def _rows(frame: pl.DataFrame, rule: str, ok: pl.Expr, reason: str, observed: pl.Expr, expected: pl.Expr,
          imbalance: pl.Expr, of: tuple[pl.Expr, ...] = ()) -> pl.DataFrame:  # fmt: skip
    """Return a check row per report of `frame`; `quotes` are shown where the frame has them."""
    empty = pl.lit([], pl.List(pl.String))
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit(reason)).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period", pl.lit("submission").alias("about"), pl.lit("").alias("indicator_name"),
        observed.alias("observed"), expected.alias("expected"), imbalance.cast(pl.Float64).alias("imbalance"),
        empty.alias("fact_ids"), (pl.col("quotes") if "quotes" in frame.columns else empty).alias("quotes"),
        pl.col("file_name").alias("place"), *of,
    ).pipe(conform)  # fmt: skip


def _registered(inputs: CheckInputs) -> pl.DataFrame:
    """S2: the unit stands in units.csv and existed at the end of the year reported."""
    units = inputs.evidence.units.select("unit_code", "valid_from", "valid_to", pl.lit(value=True).alias("listed"))
    reports = inputs.evidence.submissions.join(units, on="unit_code", how="left", maintain_order="left")
    end = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), 12, 31)
    begin = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), 1, 1)
    exists = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= end)) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= begin)
    )
    known = pl.lit(not units.is_empty())
    ok = pl.when(known).then(pl.col("listed").fill_null(value=False) & exists)
    observed = pl.concat_str("unit_code", pl.lit(" "), "unit_name", ignore_nulls=True)
    of = operands(pl.when(known).then(pl.col("unit_code")))
    return _rows(reports, "S2", ok, "no units are known", observed, pl.lit("units.csv"), pl.lit(None, pl.Float64), of)


def _sent_twice(inputs: CheckInputs) -> pl.DataFrame:
    """S4: the same bytes are the live report of two units or of two periods."""
    reports = inputs.evidence.submissions
    others = reports.select("sha256", other="submission_id", whose=pl.concat_str("unit_name", pl.lit(" "), "period"))
    same = (
        reports.filter(pl.col("sha256").is_not_null()).select("submission_id", "sha256").join(others, on="sha256")
        .filter(pl.col("submission_id") != pl.col("other")).sort("whose").group_by("submission_id")
        .agg(pl.col("whose").str.join("；"), pl.len().alias("copies"))
    )  # fmt: skip
    frame = reports.join(same, on="submission_id", how="left", maintain_order="left")
    ok = pl.when(pl.col("sha256").is_not_null()).then(pl.col("copies").is_null())
    observed = pl.concat_str(pl.lit("与此件相同 the same file as "), "whose")
    of = operands(pl.col("sha256"))
    return _rows(frame, "S4", ok, "the file is not known", observed.fill_null(""), pl.lit(""), pl.col("copies"), of)


def _tables_there(inputs: CheckInputs) -> pl.DataFrame:
    """S3: the tables that a report announces (附表3张) against those that were found in it."""
    blocks, announced = inputs.evidence.blocks, pattern("tables.announced")
    words = pl.coalesce(pl.col("text").str.extract(one, 1) for one in captures("tables.announced"))
    told = (
        blocks.select("submission_id", "text", words.alias("said")).drop_nulls("said")
        .group_by("submission_id", maintain_order=True)
        .agg(
            pl.col("said").replace(_DIGITS).cast(pl.Int64).max().alias("declared"),
            pl.col("text").str.extract(f"([^。；\n]{{0,20}}{announced})", 1).first().alias("quote"),
        )
    )  # fmt: skip
    found = blocks.group_by("submission_id").agg(pl.col("table").n_unique().alias("with_null"),
                                                 pl.col("table").has_nulls().alias("null"))  # fmt: skip
    there = found.select("submission_id", found=pl.col("with_null") - pl.col("null").cast(pl.UInt32))
    frame = (
        inputs.evidence.submissions.join(told, on="submission_id", how="inner", maintain_order="left")
        .join(there, on="submission_id", how="left", maintain_order="left")
        .with_columns(pl.concat_list("quote").list.drop_nulls().alias("quotes"))
    )
    return _rows(
        frame, "S3", pl.col("found") >= pl.col("declared"), "", pl.format("{} 张 tables", "found"),
        pl.format("{} 张 tables", "declared"), pl.col("found").cast(pl.Int64) - pl.col("declared"),
    )  # fmt: skip


CHECKS = (Check(("S2",), _registered), Check(("S3",), _tables_there, texts=True), Check(("S4",), _sent_twice, "county"))
