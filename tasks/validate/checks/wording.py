"""Checks of how a report states its figures: denied and stated at once, vague throughout, in words nobody knows."""

import polars as pl

from tasks.validate.checks.frame import conform, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_VAGUE = ("approx", "at_least", "at_most", "masked", "damaged")
_DENIED = "zero_statement"


def _denied_and_stated(inputs: CheckInputs) -> pl.DataFrame:
    """V6: 未发生森林火灾 and 发生森林火灾2起 exclude each other."""
    keys = ["unit_code", "period", "submission_id", "indicator", "item"]
    levels = inputs.known.filter((pl.col("measure") == "level") & pl.col("value").is_not_null())
    denied = pl.col("rule_id") == _DENIED
    both = (
        levels.group_by(keys, maintain_order=True)
        .agg(
            pl.first("unit_name", "indicator_name"), denied.any().alias("denied"),
            pl.col("value").filter(~denied).max().alias("most"), pl.col("canonical_unit").first(),
            pl.col("fact_id").filter(denied | (pl.col("value") > 0)).alias("fact_ids"),
            pl.col("evidence").filter(denied | (pl.col("value") > 0)).unique(maintain_order=True).alias("quotes"),
            pl.col("place").filter(denied | (pl.col("value") > 0)).unique(maintain_order=True).str.join("；"),
        )
        .filter("denied")
    )  # fmt: skip
    ok = pl.col("most").fill_null(0) <= 0
    return both.select(
        pl.lit("V6").alias("rule"), pl.when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"), "unit_code", "unit_name", "period",
        pl.concat_str("indicator", pl.lit("level"), "item", separator="|").alias("about"), "indicator_name",
        pl.concat_str(pl.lit("未发生 none / "), number("most"), ignore_nulls=True).alias("observed"),
        pl.lit("").alias("expected"), pl.col("most").fill_null(0).alias("imbalance"), "fact_ids", "quotes", "place",
    ).pipe(conform)  # fmt: skip


def _report_rows(frame: pl.DataFrame, rule: str, about: str, ok: pl.Expr, reason: str, observed: pl.Expr,
                 expected: pl.Expr, imbalance: pl.Expr, of: tuple[pl.Expr, ...]) -> pl.DataFrame:  # fmt: skip
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit(reason)).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period", pl.lit(about).alias("about"), pl.lit("").alias("indicator_name"),
        observed.alias("observed"), expected.alias("expected"), imbalance.cast(pl.Float64).alias("imbalance"),
        pl.lit([], pl.List(pl.String)).alias("fact_ids"),
        (pl.col("quotes") if "quotes" in frame.columns else pl.lit([], pl.List(pl.String))).alias("quotes"),
        pl.col("file_name").alias("place"), *of,
    ).pipe(conform)  # fmt: skip


def _vague(inputs: CheckInputs) -> pl.DataFrame:
    """M3: the share of a report's levels that are rounded by words (约, 余, 近) or hidden."""
    most, enough = inputs.rules["M3"].thresholds
    levels = inputs.evidence.facts.filter(pl.col("measure") == "level")
    shares = levels.group_by("submission_id").agg(
        pl.len().alias("n"), pl.col("bound").is_in(_VAGUE).sum().alias("vague"),
        pl.col("evidence").filter(pl.col("bound").is_in(_VAGUE)).head(5).alias("quotes"),
    )  # fmt: skip
    frame = inputs.evidence.submissions.join(shares, on="submission_id", how="left", maintain_order="left")
    share = pl.col("vague") / pl.col("n")
    ok = pl.when(pl.col("n") >= enough).then(share <= most)
    return _report_rows(
        frame.with_columns(pl.col("quotes").fill_null([])), "M3", "vague", ok, "too few figures",
        pl.format("{}/{} 为约数或隐去 vague or hidden", "vague", "n"), pl.lit(f"≤ {most:.0%}"), share - most,
        operands(pl.when(pl.col("n") >= enough).then(share)),
    )  # fmt: skip


def _unknown_words(inputs: CheckInputs) -> pl.DataFrame:
    """M10: the share of a report's quantities that no indicator claims, against the county's other reports.

    Most reports say much that the catalogue does not ask for; only one that says far more of it than the others of its
    period uses words that the lexicon does not know.
    """
    room, enough, few = inputs.rules["M10"].thresholds
    shares = inputs.evidence.mentions.group_by("submission_id").agg(
        pl.len().alias("quantities"), pl.col("fact_id").is_null().mean().alias("share")
    )
    frame = inputs.evidence.submissions.join(shares, on="submission_id", how="inner", maintain_order="left")
    frame = frame.with_columns(usual=pl.col("share").median().over("period", "form"), n=pl.len().over("period", "form"))
    ok = pl.when((pl.col("n") >= enough) & (pl.col("quantities") >= few)).then(
        pl.col("share") <= pl.col("usual") + room
    )
    return _report_rows(
        frame, "M10", "words", ok, "too few reports or quantities", pl.format("{}%", (pl.col("share") * 100).round(0)),
        pl.format("各乡镇中位数 townships' median {}% + {} 点 points", (pl.col("usual") * 100).round(0),
                  pl.lit(f"{room * 100:g}")),
        pl.col("share") - pl.col("usual"),
        operands(pl.when(pl.col("quantities") >= few).then("share"), pl.when(pl.col("n") >= enough).then("usual")),
    )  # fmt: skip


CHECKS = (
    Check(("V6",), _denied_and_stated),
    Check(("M3",), _vague),
    Check(("M10",), _unknown_words, among="county", texts=True),
)
