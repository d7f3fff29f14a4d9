"""Checks of one figure by itself: unit, code, range, masked or damaged digits, rates out of all proportion."""

import polars as pl

from expectations.words import pattern
from tasks.validate.checks.frame import checked, conform, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_LEVELS = ("level", "prior_level", "forecast", "plan")
# Shown before a damaged figure that no indicator claims.
_WORDS_BEFORE = 20
# Nobody separates the digits of a shorter number.
_FIRST_PART, _GROUP = 2, 4  # digits before and behind a comma that cuts a figure
_SEPARATED = 5
_THOUSANDS = 3  # fewer digits behind a comma are no group: 1421,1元


def _units(inputs: CheckInputs) -> pl.DataFrame:
    known = inputs.known
    percent = pl.col("measure").is_in(["growth_pct", "share_pct", "completion_pct"])
    own = pl.col("canonical_unit") == pl.col("unit")
    rate_change = pl.col("measure").is_in(["growth_abs", "plan"]) & pl.col("canonical_unit").is_in(["百分点", "%"])
    ok = pl.when(percent).then(pl.col("canonical_unit") == "%").otherwise(own | rate_change)
    of = operands(pl.col("canonical_unit"), pl.col("unit"))
    return checked(known, "V1", ok, pl.col("canonical_unit"), pl.col("unit"), of=of)


def _codes(inputs: CheckInputs) -> pl.DataFrame:
    return checked(inputs.known, "V2", pl.col("unit").is_not_null(), pl.col("indicator"), pl.lit("indicators.csv"))


def _ranges(inputs: CheckInputs) -> pl.DataFrame:
    levels = inputs.known.filter(
        # The catalogue bounds one year, and says nothing of a sum over several (2021Y5).
        pl.col("measure").is_in(_LEVELS)
        & (pl.col("canonical_unit") == pl.col("unit"))
        & ~pl.col("period").str.contains("Y")
    )
    lowest, highest = pl.coalesce("low", "value"), pl.coalesce("high", "value")
    # An open interval is judged by the end that was stated; a masked figure has neither and is not evaluated.
    ok = (highest.fill_null(lowest) >= pl.col("minimum")) & (lowest.fill_null(highest) <= pl.col("maximum"))
    over = (
        pl.when(lowest > pl.col("maximum"))
        .then(lowest - pl.col("maximum"))
        .when(highest < pl.col("minimum"))
        .then(highest - pl.col("minimum"))
    )
    expected = pl.concat_str(number("minimum"), pl.lit("–"), number("maximum"), pl.lit(" "), pl.col("unit"))
    observed = pl.concat_str(number("value"), pl.lit(" "), pl.col("unit"), ignore_nulls=True)
    return checked(levels, "V3", ok, observed, expected, over, operands(pl.col("low"), pl.col("high")))


def _written(inputs: CheckInputs) -> pl.DataFrame:
    """Judge digits as they stand: groups of three, one decimal point; numbers in words are not judged."""
    plain = pl.col("stated_value").str.replace_all("，", ",").str.replace_all("．", ".")
    # What a person corrected no longer counts as it was written.
    written = inputs.known.filter(pl.col("corrected_value").is_null())
    digits = written.with_columns(digits=plain).filter(pl.col("digits").str.contains(r"^\d[\d,.]*$"))
    ok = pl.col("digits").str.contains(r"^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+)(?:\.\d+)?$")
    return checked(digits, "V4", ok, pl.col("stated_value"), pl.lit("1,234.5"))


def _split(inputs: CheckInputs) -> pl.DataFrame:
    """V4 of a figure that a comma in the wrong place has cut in two: of 1,5090元 only 5090元 is read."""
    evidence = inputs.evidence
    texts = evidence.blocks.select("submission_id", "block", block_start="start", text="text")
    at = pl.col("start") - pl.col("block_start")
    # One comma only: 12,15,18个 is a list. A year before a comma is a year.
    cut = (
        evidence.mentions.join(texts, on=["submission_id", "block"])
        .with_columns(
            before=pl.col("text").str.slice((at - _WORDS_BEFORE).clip(0), pl.min_horizontal(at, _WORDS_BEFORE))
        )
        .with_columns(
            first=pl.col("before").str.extract(r"(?:^|[^\d,.])(\d{1,4}),$"),
            rest=pl.col("surface").str.extract(r"^(\d+)(?:\.\d+)?[^\d,]"),
        )
        .drop_nulls(["first", "rest"])
        .filter(
            ~pl.col("first").str.contains(r"^(?:19|20)\d\d$")
            & (pl.col("first").str.len_chars() + pl.col("rest").str.len_chars() >= _SEPARATED)
            # 6168,23390人 are two figures, and so are those of a text whose commas all are narrow.
            & (
                ((pl.col("first").str.len_chars() <= _FIRST_PART) & (pl.col("rest").str.len_chars() <= _GROUP))
                | pl.col("rest").str.starts_with("0")
                | (pl.col("rest").str.len_chars() < _THOUSANDS)
            )
            & ~pl.col("before").str.contains("分别")
            & ~pl.col("text").str.contains(r"\p{Han},\p{Han}")
        )
        .join(evidence.submissions.select("submission_id", "unit_name", "file_name"), on="submission_id")
    )
    said = pl.concat_str("first", pl.lit(","), "surface")
    return conform(
        cut.select(
            pl.lit("V4").alias("rule"), pl.lit("fail").alias("result"), pl.lit("").alias("reason"),
            "unit_code", "unit_name", "period", pl.concat_str(pl.lit("cut|"), said).alias("about"),
            pl.lit("千分位逗号位置有误 comma in the wrong place").alias("indicator_name"),
            said.alias("observed"), pl.lit("1,234").alias("expected"), pl.lit(None, pl.Float64).alias("imbalance"),
            pl.concat_list("fact_id").list.drop_nulls().alias("fact_ids"),
            pl.concat_list(pl.concat_str("before", "surface").str.split("\n").list.last()).alias("quotes"),
            pl.format("{} [{}:{}]", "file_name", "start", "end").alias("place"),
        )
    )  # fmt: skip


def _times(inputs: CheckInputs) -> pl.DataFrame:
    """Hold that a figure that was reached lies in no year after the report's; plans and forecasts may."""
    own = inputs.evidence.submissions.select("submission_id", pl.col("period").alias("reported"))
    reached = inputs.known.filter(~pl.col("measure").is_in(["plan", "forecast"])).join(
        own, on="submission_id", how="left", maintain_order="left"
    )
    ok = pl.col("period").str.slice(0, 4) <= pl.col("reported").str.slice(0, 4)
    return checked(reached, "V9", ok, pl.col("period"), pl.concat_str(pl.lit("≤ "), "reported"))


def _decimals(inputs: CheckInputs) -> pl.DataFrame:
    """Rates that are tens of percent in every township, stated below one; words.toml says which are."""
    one = inputs.rules["Q1"].thresholds[0]
    whole = pl.col("indicator").str.contains(pattern("values.tens")) & (pl.col("measure") == "level")
    rates = inputs.known.filter((pl.col("canonical_unit") == "%") & (whole | (pl.col("measure") == "completion_pct")))
    ok = (pl.col("value") <= 0) | (pl.col("value") >= one)
    said = pl.concat_str(number("value"), pl.lit("%"))
    return checked(rates, "Q1", ok, said, pl.lit(f"≥ {one:g}%"), of=operands(pl.col("value")))


def _masked(inputs: CheckInputs) -> pl.DataFrame:
    # Not a fault of the figure but a gap in the report: the level is the township's to supply.
    return checked(inputs.known, "K1", pl.col("bound") != "masked", pl.col("stated_value"), pl.lit(""))


def _damaged(inputs: CheckInputs) -> pl.DataFrame:
    return checked(inputs.known, "K2", pl.col("bound") != "damaged", pl.col("stated_value"), pl.lit(""))


def _damaged_mentions(inputs: CheckInputs) -> pl.DataFrame:
    """Report damaged figures that no indicator claims: what they are of may be lost with their digits."""
    evidence = inputs.evidence
    owners = evidence.submissions.select("submission_id", "unit_name", "file_name")
    texts = evidence.blocks.select("submission_id", "block", block_start="start", text="text")
    lost = (
        evidence.mentions.filter((pl.col("bound") == "damaged") & pl.col("fact_id").is_null())
        .join(owners, on="submission_id", maintain_order="left")
        .join(texts, on=["submission_id", "block"], how="left", maintain_order="left")
    )
    begins = (pl.col("start") - pl.col("block_start") - _WORDS_BEFORE).clip(0)
    quote = pl.col("text").str.slice(begins, _WORDS_BEFORE + pl.col("end") - pl.col("start"))
    return conform(
        lost.select(
            pl.lit("K2").alias("rule"), pl.lit("fail").alias("result"), pl.lit("").alias("reason"),
            "unit_code", "unit_name", "period",
            pl.concat_str(pl.lit("damaged|"), "surface").alias("about"),
            pl.lit("未识别指标的数字 figure of no indicator").alias("indicator_name"),
            pl.col("surface").alias("observed"), pl.lit("").alias("expected"),
            pl.lit(None, pl.Float64).alias("imbalance"), pl.lit([], pl.List(pl.String)).alias("fact_ids"),
            pl.concat_list(pl.coalesce(quote.str.split("\n").list.last(), "surface")).alias("quotes"),
            pl.format("{} [{}:{}]", "file_name", "start", "end").alias("place"),
        )
    )  # fmt: skip


def _growth(inputs: CheckInputs) -> pl.DataFrame:
    least, most = inputs.rules["G1"].thresholds
    rates = inputs.known.filter(pl.col("measure") == "growth_pct")
    return checked(
        rates, "G1", pl.col("value").is_between(least, most), pl.concat_str(number("value"), pl.lit("%")),
        pl.lit(f"{least:g}% – {most:g}%"), of=operands(pl.col("value")),
    )  # fmt: skip


def _ocr_digits(inputs: CheckInputs) -> pl.DataFrame:
    sure = inputs.rules["Q25"].thresholds[0]
    read = inputs.known.filter(pl.col("ocr_confidence").is_not_null() & pl.col("corrected_value").is_null())
    observed = pl.concat_str("stated_value", pl.lit(" "), (pl.col("ocr_confidence") * 100).round(0), pl.lit("%"))
    return checked(
        read, "Q25", pl.col("ocr_confidence") >= sure, observed, pl.lit(f"≥ {sure:.0%}"),
        pl.col("ocr_confidence") - sure,
    )  # fmt: skip


CHECKS = (
    Check(("V1",), _units),
    Check(("V2",), _codes),
    Check(("V3",), _ranges),
    Check(("V4",), _written),
    Check(("V4",), _split, texts=True),
    Check(("V9",), _times),
    Check(("Q1",), _decimals),
    Check(("K1",), _masked),
    Check(("K2",), _damaged),
    Check(("K2",), _damaged_mentions, texts=True),
    Check(("G1",), _growth),
    Check(("Q25",), _ocr_digits),
)
