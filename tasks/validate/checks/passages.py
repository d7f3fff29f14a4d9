"""What stands twice, or is counted wrongly, in the words of one report: a paragraph pasted again, a list of places."""

import polars as pl

from expectations.words import captures, pattern
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs
from tasks.validate.checks.texts import lines_of

__all__ = ["CHECKS"]

_LONG = 24
_SHOWN = 200
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def _told_twice(inputs: CheckInputs) -> pl.DataFrame:
    """S5 of paragraphs: the same words twice in one report with other figures; which of them count?"""
    lines = lines_of(inputs)
    if lines.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    # Numbers in words stay: 第一季度 and 第二季度 are two things.
    told = lines.with_columns(masked=pl.col("line").str.replace_all(r"[\d.,，．\s]+", "")).filter(
        pl.col("masked").str.len_chars() >= _LONG
    )
    report = ("submission_id", "unit_code", "unit_name", "period", "file_name")
    twice = (
        told.group_by(*report, "masked", maintain_order=True)
        .agg(pl.len().alias("times"), pl.col("line").unique(maintain_order=True).alias("said"), pl.first("start"),
             pl.col("block").unique())
        .filter((pl.col("times") > 1) & (pl.col("said").list.len() > 1))
    )  # fmt: skip
    ids = (
        twice.select("submission_id", "masked", "block").explode("block")
        .join(inputs.evidence.facts.select("submission_id", "block", "fact_id"), on=["submission_id", "block"])
        .group_by("submission_id", "masked").agg(pl.col("fact_id").alias("fact_ids"))
    )  # fmt: skip
    failed = twice.join(ids, on=["submission_id", "masked"], how="left", maintain_order="left").select(
        *report, pl.lit("fail").alias("result"),
        pl.concat_str(pl.lit("twice|"), pl.col("masked").str.slice(0, 20)).alias("about"),
        pl.format("同一段文字出现{}次，数字不同 the same words {} times with other figures", "times", "times")
        .alias("observed"),
        pl.col("said").list.eval(pl.element().str.slice(0, _SHOWN)).alias("quotes"), "start",
        pl.col("fact_ids").fill_null([]),
    )  # fmt: skip
    held = told.select(report).unique(maintain_order=True).join(failed, on="submission_id", how="anti")
    rows = pl.concat([failed, held.with_columns(result=pl.lit("pass"), about=pl.lit("twice"))], how="diagonal")
    return _rows(rows, "S5", "报告段落 paragraphs")


def _listed(inputs: CheckInputs) -> pl.DataFrame:
    """Q48: 在甲、乙、丙、丁等3个村 names more places than it counts; 甲、乙等3个村 may leave some out."""
    lines = lines_of(inputs)
    if lines.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    report = ("submission_id", "unit_code", "unit_name", "period", "file_name")
    said = pl.col("quote")
    counted = pl.coalesce(said.str.extract(one, 1) for one in captures("lists.named")).replace(_DIGITS)
    found = (
        lines.select(*report, "start", quote=pl.col("line").str.extract_all(pattern("lists.named")))
        .explode("quote").drop_nulls("quote").unique([*report, "quote"], maintain_order=True)
        .with_columns(named=said.str.count_matches("、") + 1, counted=counted.cast(pl.Int64))
    )  # fmt: skip
    wrong = pl.col("named") > pl.col("counted")
    rows = found.with_columns(
        pl.when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")).alias("result"),
        pl.concat_str(pl.lit("listed|"), said.str.slice(0, 40)).alias("about"),
        pl.col("counted").cast(pl.String).alias("observed"), pl.format("列出 named {}", "named").alias("expected"),
        pl.concat_list("quote").alias("quotes"),
    )  # fmt: skip
    return _rows(rows, "Q48", "列举的个数 number of those named")


def _rows(frame: pl.DataFrame, rule: str, title: str) -> pl.DataFrame:
    """Return check rows of `frame`; columns that it lacks are empty."""
    empty = {"expected": pl.lit(""), "fact_ids": pl.lit([], pl.List(pl.String)), "start": pl.lit(None, pl.Int64)}
    full = frame.with_columns(default.alias(name) for name, default in empty.items() if name not in frame.columns)
    return full.select(
        pl.lit(rule).alias("rule"), "result", pl.lit("").alias("reason"), "unit_code", "unit_name", "period", "about",
        pl.lit(title).alias("indicator_name"), pl.col("observed").fill_null(""), "expected",
        pl.lit(None, pl.Float64).alias("imbalance"), pl.col("fact_ids").fill_null([]), pl.col("quotes").fill_null([]),
        pl.format("{} [{}]", "file_name", "start").fill_null(pl.col("file_name")).alias("place"),
    ).pipe(conform)  # fmt: skip


CHECKS = (Check(("S5",), _told_twice, texts=True), Check(("Q48",), _listed, texts=True))
