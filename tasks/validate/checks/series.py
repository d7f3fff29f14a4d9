"""Checks over several reports of one township: what is left out, restated, repeated, or falls where it must rise."""

import polars as pl

from tasks.validate.checks.comparable import KEYS, single_levels
from tasks.validate.checks.frame import CHECK_SCHEMA, checked, conform, levels_of, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]


def _report_rows(frame: pl.DataFrame, rule: str, ok: pl.Expr, reason: str, about: pl.Expr, observed: pl.Expr,
                 expected: pl.Expr, imbalance: pl.Expr, of: tuple[pl.Expr, ...]) -> pl.DataFrame:  # fmt: skip
    """Return check rows about reports; `frame` may bring `fact_ids`, `quotes` and `indicator_name`."""
    empty = pl.lit([], pl.List(pl.String))
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit(reason)).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period",
        about.alias("about"),
        (pl.col("indicator_name") if "indicator_name" in frame.columns else pl.lit("")).alias("indicator_name"),
        observed.alias("observed"), expected.alias("expected"), imbalance.cast(pl.Float64).alias("imbalance"),
        (pl.col("fact_ids") if "fact_ids" in frame.columns else empty).alias("fact_ids"),
        (pl.col("quotes") if "quotes" in frame.columns else empty).alias("quotes"),
        pl.col("file_name").alias("place"), *of,
    ).pipe(conform)  # fmt: skip


def _omitted(inputs: CheckInputs) -> pl.DataFrame:
    """Q40: an indicator that the unit stated in every one of its earlier reports, at least three, and not in this one.

    Any statement counts, a masked one or a growth rate too: what is spoken of is not passed over.
    """
    enough = inputs.rules["Q40"].thresholds[0]
    owed = pl.DataFrame(
        [(form, code) for form, codes in inputs.mandatory.items() for code in codes],
        schema={"form": pl.String, "indicator": pl.String}, orient="row",
    )  # fmt: skip
    line = ["unit_code", "form", "part"]
    reports = inputs.evidence.submissions.select(
        "submission_id",
        "unit_code",
        "unit_name",
        "period",
        "form",
        "file_name",
        pl.col("period").str.slice(4).alias("part"),
    ).with_columns((pl.col("period").rank("dense").over(line) - 1).cast(pl.Int64).alias("earlier"))
    stated = (
        inputs.evidence.facts.select("submission_id", "indicator", "indicator_name")
        .unique(["submission_id", "indicator"])
        .join(reports, on="submission_id")
        .join(owed, on=["form", "indicator"], how="anti")
        .sort("earlier")
    )
    # Stated in each of the first reports: the place of a report is the number of statements before it.
    kept = (pl.col("earlier") == pl.int_range(pl.len()).over(*line, "indicator")).cum_min().over(*line, "indicator")
    regular = stated.with_columns(kept.alias("kept")).filter(pl.col("kept"))
    since = regular.group_by(*line, "indicator").agg(
        pl.first("indicator_name"), pl.len().cast(pl.Int64).alias("earlier")
    )
    missing = reports.join(since.filter(pl.col("earlier") >= enough), on=[*line, "earlier"])
    both = pl.concat(
        [missing.with_columns(here=pl.lit(value=False)),
         regular.filter(pl.col("earlier") >= enough).with_columns(here=pl.lit(value=True))],
        how="diagonal",
    )  # fmt: skip
    return _report_rows(
        both, "Q40", pl.col("here"), "", pl.col("indicator"), pl.lit(""),
        pl.format("此前{}年每年都报 stated in each of {} reports before", "earlier", "earlier"), pl.col("earlier"),
        operands(pl.when(pl.col("here")).then(pl.col("here"))),
    )  # fmt: skip


def _restated(inputs: CheckInputs) -> pl.DataFrame:
    """Q20: the value of last year that a report states, against what the unit reported last year."""
    slack = inputs.rules["Q20"].thresholds[0]
    known = inputs.known
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    published = levels_of(known, "level").select(
        "unit_code", pl.concat_str((year + 1).cast(pl.String), pl.col("period").str.slice(4)).alias("period"),
        "indicator", "item", pl.col("low").alias("was_low"), pl.col("high").alias("was_high"),
        pl.col("value").alias("was"), pl.col("fact_id").alias("was_id"), pl.col("evidence").alias("was_quote"),
    )  # fmt: skip
    restated = levels_of(known, "prior_level").join(published, on=list(KEYS), how="left", maintain_order="left")
    room = pl.col("was").abs() * slack
    ok = (pl.col("low") <= pl.col("was_high") + room) & (pl.col("high") >= pl.col("was_low") - room)
    rows = checked(
        restated, "Q20", ok, number("value"),
        pl.concat_str(pl.lit("上年所报 reported last year "), number("was"), ignore_nulls=True),
        pl.col("value") - pl.col("was"), operands(pl.col("value"), pl.col("was")),
    )  # fmt: skip
    return rows.with_columns(
        restated.select(
            pl.concat_list("fact_id", "was_id").list.drop_nulls().alias("fact_ids"),
            pl.concat_list("evidence", "was_quote").list.drop_nulls().alias("quotes"),
        )
    )


def _revised(inputs: CheckInputs) -> pl.DataFrame:
    """Q44: a figure that a new version of a report changed, against the version before it."""
    line = ["unit_code", "period", "indicator", "measure", "item"]
    replaced = inputs.evidence.replaced
    before = (
        replaced.filter(pl.col("value").is_not_null())
        .filter(pl.col("version") == pl.col("version").max().over("unit_code", "form", "period"))
        .unique(line, keep="none")
        .select(*line, pl.col("value").alias("was"), pl.col("fact_id").alias("was_id"),
                pl.col("evidence").alias("was_quote"))
    )  # fmt: skip
    now = inputs.known.filter(pl.col("value").is_not_null()).unique(line, keep="none", maintain_order=True)
    replaced_reports = replaced.select("unit_code", "period").unique()
    again = now.join(replaced_reports, on=["unit_code", "period"], how="semi", maintain_order="left")
    both = again.join(before, on=line, how="left", maintain_order="left")
    rows = checked(
        both, "Q44", pl.col("value") == pl.col("was"), number("value"),
        pl.concat_str(pl.lit("上一版 version before "), number("was")), pl.col("value") - pl.col("was"),
        operands(pl.col("value"), pl.col("was")),
    )  # fmt: skip
    return rows.with_columns(
        both.select(
            pl.concat_list("fact_id", "was_id").list.drop_nulls().alias("fact_ids"),
            pl.concat_list("evidence", "was_quote").list.drop_nulls().alias("quotes"),
        )
    )


def _repeated(inputs: CheckInputs) -> pl.DataFrame:
    """Q23: the share of a report's figures that are exactly those of the year before.

    Only flows that are no rates and have two digits: the number of villages stays, as does one accident.
    """
    limit, enough, least = inputs.rules["Q23"].thresholds
    flows = single_levels(inputs).filter((pl.col("kind") == "flow") & (pl.col("value").abs() >= least))
    before = flows.select(
        "unit_code", "indicator", "item", "part", (pl.col("year") + 1).alias("year"), pl.col("value").alias("before")
    )
    compared = flows.join(before, on=["unit_code", "indicator", "item", "part", "year"], how="left")
    same = pl.col("value") == pl.col("before")
    shares = compared.group_by("submission_id").agg(
        pl.col("before").count().alias("compared"), same.sum().alias("same"),
        pl.col("fact_id").filter(same).alias("fact_ids"), pl.col("evidence").filter(same).alias("quotes"),
    )  # fmt: skip
    reports = inputs.evidence.submissions.join(shares, on="submission_id", how="left", maintain_order="left")
    share = pl.col("same") / pl.col("compared")
    ok = pl.when(pl.col("compared") >= enough).then(share <= limit)
    shown = reports.with_columns(pl.col("fact_ids").fill_null([]), pl.col("quotes").fill_null([]).list.head(5))
    return _report_rows(
        shown, "Q23", ok, "too few figures to compare with the year before", pl.lit("figures"),
        pl.format("{}/{} 与上年相同 the same as last year", "same", "compared"), pl.lit(f"≤ {limit:.0%}"),
        share - limit, operands(pl.when(pl.col("compared") >= enough).then(share)),
    )  # fmt: skip


def _cumulative(inputs: CheckInputs) -> pl.DataFrame:
    """Q9: what is counted from January on cannot be less in a later month of the same year; both printed intervals."""
    part = pl.col("part")
    months = (
        pl.when(part == "").then(12)
        .when(part == "H1").then(6)
        .when(part == "Q1").then(3)
        .when(part.str.starts_with("M01-")).then(part.str.slice(4).cast(pl.Int32, strict=False))
        .when(part == "M01").then(1)
    )  # fmt: skip
    line = ["unit_code", "indicator", "item", "year"]
    sums = (
        single_levels(inputs)
        .filter((pl.col("kind") == "flow") & (part != "").any().over("unit_code", "year"))
        .with_columns(months.alias("months"))
        .filter(pl.col("months").is_not_null())
        .sort(*line, "months")
        .with_columns(pl.col("low", "value", "fact_id", "evidence", "period").shift(1).over(line).name.suffix("_then"))
    )
    rows = checked(
        sums, "Q9", pl.col("high") >= pl.col("low_then"), number("value"),
        pl.format("≥ {}（{}）", number("value_then"), "period_then"), pl.col("value") - pl.col("value_then"),
        operands(pl.col("fact_id"), pl.col("fact_id_then")),
    )  # fmt: skip
    return rows.with_columns(
        sums.select(
            pl.concat_list("fact_id", "fact_id_then").list.drop_nulls().alias("fact_ids"),
            pl.concat_list("evidence", "evidence_then").list.drop_nulls().alias("quotes"),
        )
    )


def _fact_count(inputs: CheckInputs) -> pl.DataFrame:
    """M9: how many figures were read, against the median of the unit's other reports of the same kind."""
    theta, enough = inputs.rules["M9"].thresholds
    counts = inputs.evidence.facts.group_by("submission_id").agg(pl.len().alias("figures"))
    reports = inputs.evidence.submissions.join(counts, on="submission_id", how="left").with_columns(
        pl.col("figures").fill_null(0)
    )
    if reports.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    other = reports.select(
        "unit_code", "form", pl.col("submission_id").alias("other"), pl.col("figures").alias("count")
    )
    medians = (
        reports.join(other, on=["unit_code", "form"])
        .filter(pl.col("submission_id") != pl.col("other"))
        .group_by("submission_id")
        .agg(pl.col("count").median().alias("usual"), pl.len().alias("n"))
    )
    shown = reports.join(medians, on="submission_id", how="left").sort("period", "unit_code")
    drift = pl.col("figures") / pl.col("usual") - 1
    ok = pl.when((pl.col("n") >= enough) & (pl.col("usual") > 0)).then(drift.abs() <= theta + 1e-9)
    return _report_rows(
        shown, "M9", ok, "too few other reports of the unit", pl.lit("figures"), pl.col("figures").cast(pl.String),
        pl.format("{} ± {}%", "usual", pl.lit(f"{theta * 100:g}")), drift,
        operands(pl.col("figures"), pl.when(pl.col("n") >= enough).then("usual")),
    )  # fmt: skip


CHECKS = (
    Check(("Q40",), _omitted),
    Check(("Q20",), _restated),
    Check(("Q44",), _revised),
    Check(("Q23",), _repeated),
    Check(("Q9",), _cumulative),
    Check(("M9",), _fact_count),
)
