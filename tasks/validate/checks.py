"""The tidy checks frame: one row per rule and subject, computed from facts by Polars expressions.

A row says pass, fail, or not_evaluated with the reason; Great Expectations judges the frame (see `judge`).
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from expectations.catalogue import Catalogue
from expectations.rules import Rule

__all__ = ["CHECK_SCHEMA", "compute_checks"]

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
_LEVELS = ("level", "prior_level", "forecast", "plan")
_PAIRS = (
    ("stability.disputes_mediated", "stability.disputes_found"),
    ("safety.hazards_fixed", "safety.hazards_found"),
)


def compute_checks(
    facts: pl.DataFrame,
    submissions: pl.DataFrame,
    catalogue: Catalogue,
    rules: Mapping[str, Rule],
    mandatory: Mapping[str, tuple[str, ...]],
) -> pl.DataFrame:
    """Return every check of `facts` (live facts of whole periods) and `submissions`, schema `CHECK_SCHEMA`."""
    named = facts.join(
        submissions.select("submission_id", "file_name"), on="submission_id", how="left", maintain_order="left"
    ).with_columns(_place().alias("place"))
    indicators = pl.DataFrame(
        [(one.code, one.unit, one.minimum, one.maximum, one.name) for one in catalogue],
        schema={"indicator": pl.String, "unit": pl.String, "minimum": pl.Float64, "maximum": pl.Float64,
                "catalogue_name": pl.String},
        orient="row",
    )  # fmt: skip
    known = named.join(indicators, on="indicator", how="left", maintain_order="left")
    frames = [
        _units(known),
        _codes(known),
        _ranges(known),
        _masked(known),
        _damaged(known),
        _growth(known, rules["G1"]),
        _contradictions(known),
        *(_part_of_whole(known, part, whole) for part, whole in _PAIRS),
        _stated_growth(known, rules["Q10"]),
        _mandatory(known, submissions, mandatory, catalogue),
        _quality(facts, submissions, rules["Q24"]),
        _ocr_digits(known, rules["Q25"]),
    ]
    return pl.concat(
        [frame.select(pl.col(name).cast(dtype) for name, dtype in CHECK_SCHEMA.items()) for frame in frames]
    )


def _place() -> pl.Expr:
    page = pl.when(pl.col("page").is_not_null()).then(pl.format(" p.{}", "page")).otherwise(pl.lit(""))
    return pl.concat_str(pl.col("file_name").fill_null("?"), page, pl.format(" [{}:{}]", "start", "end"))


def _number(column: str) -> pl.Expr:
    return pl.col(column).round_sig_figs(10).cast(pl.String).str.replace(r"\.0$", "")


def _about() -> pl.Expr:
    return pl.concat_str("indicator", "measure", "item", pl.col("stated_value").fill_null(""), separator="|")


def _checked(frame: pl.DataFrame, rule: str, ok: pl.Expr, observed: pl.Expr, expected: pl.Expr,
             imbalance: pl.Expr | None = None) -> pl.DataFrame:  # fmt: skip
    """Return one check row per row of `frame`; where `ok` is null the rule was not evaluated."""
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit("a value is missing")).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period",
        _about().alias("about"),
        "indicator_name",
        observed.alias("observed"),
        expected.alias("expected"),
        (pl.lit(None, pl.Float64) if imbalance is None else imbalance).alias("imbalance"),
        pl.concat_list("fact_id").alias("fact_ids"),
        pl.concat_list("evidence").alias("quotes"),
        "place",
    )  # fmt: skip


def _units(known: pl.DataFrame) -> pl.DataFrame:
    percent = pl.col("measure").is_in(["growth_pct", "share_pct", "completion_pct"])
    own = pl.col("canonical_unit") == pl.col("unit")
    rate_change = pl.col("measure").is_in(["growth_abs", "plan"]) & pl.col("canonical_unit").is_in(["百分点", "%"])
    ok = pl.when(percent).then(pl.col("canonical_unit") == "%").otherwise(own | rate_change)
    return _checked(known, "V1", ok, pl.col("canonical_unit"), pl.col("unit"))


def _codes(known: pl.DataFrame) -> pl.DataFrame:
    return _checked(known, "V2", pl.col("unit").is_not_null(), pl.col("indicator"), pl.lit("indicators.csv"))


def _ranges(known: pl.DataFrame) -> pl.DataFrame:
    levels = known.filter(pl.col("measure").is_in(_LEVELS) & (pl.col("canonical_unit") == pl.col("unit")))
    lowest, highest = pl.coalesce("low", "value"), pl.coalesce("high", "value")
    # An open interval is judged by the end that was stated; a masked figure has neither and is not evaluated.
    ok = (highest.fill_null(lowest) >= pl.col("minimum")) & (lowest.fill_null(highest) <= pl.col("maximum"))
    over = (
        pl.when(lowest > pl.col("maximum"))
        .then(lowest - pl.col("maximum"))
        .when(highest < pl.col("minimum"))
        .then(highest - pl.col("minimum"))
    )
    expected = pl.concat_str(_number("minimum"), pl.lit("–"), _number("maximum"), pl.lit(" "), pl.col("unit"))
    observed = pl.concat_str(_number("value"), pl.lit(" "), pl.col("unit"), ignore_nulls=True)
    return _checked(levels, "V3", ok, observed, expected, over)


def _masked(known: pl.DataFrame) -> pl.DataFrame:
    # Not a fault of the figure but a gap in the report: the level is the township's to supply.
    return _checked(known, "K1", pl.col("bound") != "masked", pl.col("stated_value"), pl.lit(""))


def _damaged(known: pl.DataFrame) -> pl.DataFrame:
    return _checked(known, "K2", pl.col("bound") != "damaged", pl.col("stated_value"), pl.lit(""))


def _growth(known: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    least, most = rule.thresholds
    rates = known.filter(pl.col("measure") == "growth_pct")
    return _checked(
        rates, "G1", pl.col("value").is_between(least, most), pl.concat_str(_number("value"), pl.lit("%")),
        pl.lit(f"{least:g}% – {most:g}%"),
    )  # fmt: skip


def _contradictions(known: pl.DataFrame) -> pl.DataFrame:
    """Exact statements of one key whose printed intervals do not meet (plans of several years may differ)."""
    keys = ["unit_code", "period", "indicator", "measure", "item"]
    stated = known.filter(
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
        pl.format("{} / {} {}", _number("least"), _number("most"), "canonical_unit").alias("observed"),
        pl.lit("").alias("expected"),
        (pl.col("most") - pl.col("least")).alias("imbalance"),
        "fact_ids", "quotes", "place",
    )  # fmt: skip


def _levels_of(known: pl.DataFrame, measure: str) -> pl.DataFrame:
    keys = ["unit_code", "period", "indicator", "item"]
    return known.filter((pl.col("measure") == measure) & pl.col("bound").is_in(["exact", "range"])).unique(
        keys, keep="none", maintain_order=True
    )


def _part_of_whole(known: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    levels = _levels_of(known, "level").filter(pl.col("item") == "")
    wholes = levels.filter(pl.col("indicator") == whole).select(
        "unit_code", "period", pl.col("high").alias("whole"), pl.col("fact_id").alias("whole_id"),
        pl.col("evidence").alias("whole_quote"),
    )  # fmt: skip
    parts = levels.filter(pl.col("indicator") == part).join(wholes, on=["unit_code", "period"], how="inner")
    rows = _checked(
        parts, "V8", pl.col("low") <= pl.col("whole"), _number("value"), pl.concat_str(pl.lit("≤ "), _number("whole")),
        pl.col("low") - pl.col("whole"),
    )  # fmt: skip
    return rows.with_columns(
        pl.Series("fact_ids", [list(pair) for pair in parts.select("fact_id", "whole_id").rows()], pl.List(pl.String)),
        pl.Series(
            "quotes", [list(pair) for pair in parts.select("evidence", "whole_quote").rows()], pl.List(pl.String)
        ),
    )


def _stated_growth(known: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Stated growth against this year's level and the value before, by the intervals of printed digits.

    The value before is the one the report itself gives; where it gives none, the level the same unit reported for the
    same part of the year before.
    """
    keys = ["unit_code", "period", "indicator", "item"]
    shown = {"low": "low", "high": "high", "id": "fact_id", "quote": "evidence"}
    levels = _levels_of(known, "level")
    now = levels.select(*keys, **{f"{name}_now": pl.col(column) for name, column in shown.items()})
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    next_period = pl.concat_str((year + 1).cast(pl.String), pl.col("period").str.slice(4))
    before = pl.concat([_levels_of(known, "prior_level"), levels.with_columns(next_period.alias("period"))])
    then = before.unique(keys, keep="first", maintain_order=True).select(
        *keys, **{f"{name}_then": pl.col(column) for name, column in shown.items()}
    )
    stated = (
        _levels_of(known, "growth_pct")
        .filter(~pl.col("evidence").str.contains("可比价|可比口径|年均"))
        .join(now, on=keys, how="inner")
        .join(then, on=keys, how="inner")
        .filter(pl.col("low_then") > 0)
    )
    slack = rule.thresholds[0]
    lowest = (pl.col("low_now") / pl.col("high_then") - 1) * 100
    highest = (pl.col("high_now") / pl.col("low_then") - 1) * 100
    ok = (pl.col("high") + slack >= lowest) & (pl.col("low") - slack <= highest)
    expected = pl.concat_str(
        lowest.round(1).cast(pl.String), pl.lit("% – "), highest.round(1).cast(pl.String), pl.lit("%")
    )
    rows = _checked(
        stated,
        "Q10",
        ok,
        pl.concat_str(_number("value"), pl.lit("%")),
        expected,
        pl.col("value") - (lowest + highest) / 2,
    )
    return rows.with_columns(
        stated.select(
            pl.concat_list("fact_id", "id_now", "id_then").alias("fact_ids"),
            pl.concat_list("evidence", "quote_now", "quote_then").list.unique(maintain_order=True).alias("quotes"),
        )
    )


def _mandatory(
    known: pl.DataFrame, submissions: pl.DataFrame, mandatory: Mapping[str, tuple[str, ...]], catalogue: Catalogue
) -> pl.DataFrame:
    owed = pl.DataFrame(
        [
            (form, code, catalogue[code].name)
            for form, codes in mandatory.items()
            for code in codes
            if code in catalogue
        ],
        schema={"form": pl.String, "indicator": pl.String, "indicator_name": pl.String},
        orient="row",
    )
    loaded = submissions.select("submission_id", "unit_code", "unit_name", "period", "form", "file_name")
    stated = known.filter(pl.col("measure").is_in(["level", "forecast"])).select(
        "submission_id", "indicator", pl.lit(value=True).alias("stated")
    )
    rows = loaded.join(owed, on="form").join(
        stated.unique(["submission_id", "indicator"]), on=["submission_id", "indicator"], how="left"
    )
    return rows.select(
        pl.lit("M6").alias("rule"),
        pl.when(pl.col("stated").is_not_null()).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.col("indicator").alias("about"),
        "indicator_name",
        pl.lit("").alias("observed"),
        pl.lit("").alias("expected"),
        pl.lit(None, pl.Float64).alias("imbalance"),
        pl.lit([], pl.List(pl.String)).alias("fact_ids"),
        pl.lit([], pl.List(pl.String)).alias("quotes"),
        pl.col("file_name").alias("place"),
    ).sort("period", "unit_code", "about")  # fmt: skip


def _ocr_digits(known: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    sure = rule.thresholds[0]
    read = known.filter(pl.col("ocr_confidence").is_not_null())
    observed = pl.concat_str("stated_value", pl.lit(" "), (pl.col("ocr_confidence") * 100).round(0), pl.lit("%"))
    return _checked(
        read, "Q25", pl.col("ocr_confidence") >= sure, observed, pl.lit(f"≥ {sure:.0%}"),
        pl.col("ocr_confidence") - sure,
    )  # fmt: skip


def _quality(facts: pl.DataFrame, submissions: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """One check for each report, about all of its facts: they stand and fall with its text."""
    good = rule.thresholds[0]
    ok = pl.col("text_quality") >= good
    own = facts.group_by("submission_id", maintain_order=True).agg(pl.col("fact_id").alias("own"))
    return submissions.join(own, on="submission_id", how="left", maintain_order="left").select(
        pl.lit("Q24").alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.lit("text_quality").alias("about"),
        pl.lit("").alias("indicator_name"),
        pl.col("text_quality").round(3).cast(pl.String).alias("observed"),
        pl.lit(f"≥ {good:g}").alias("expected"),
        (pl.col("text_quality") - good).alias("imbalance"),
        pl.col("own").fill_null([]).alias("fact_ids"),
        pl.lit([], pl.List(pl.String)).alias("quotes"),
        pl.col("file_name").alias("place"),
    )  # fmt: skip
