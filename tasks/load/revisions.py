"""Revisions (修订): which figures a later version of a submission changes, by how much, with the words of both."""

import hashlib

import polars as pl

from tasks.domain.tables import TABLES
from tasks.load.versions import CANDIDATES

__all__ = ["revised_submissions", "revisions_frame"]

_OWED = ["unit_code", "form", "period"]
_FIGURE = ["figure_period", "indicator", "item", "measure"]
_STATED = ["value", "value_high", "bound"]
# Columns that the comparison makes of both sides.
_MADE = {"indicator_name", "canonical_unit", "stated_before"}


def revised_submissions(submissions: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    """Return the versions, live, replaced or held, of everything owed that `touched` rows are about.

    Shape: both in the schema `TABLES["submissions"]`.
    """
    return submissions.filter(pl.col("state").is_in(CANDIDATES)).join(
        touched.select(_OWED).unique(), on=_OWED, how="semi"
    )


def revisions_frame(versions: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Return a row for every figure that one of `versions` states otherwise than the version before it.

    `change` is `changed`, `added` or `removed`. Of several statements of a figure in one report the first counts, as
    everywhere; rejected readings are no figures. `difference_pct` is null where the earlier value is 0.

    Shape: `versions` in the schema `TABLES["submissions"]`, `facts` theirs in `TABLES["facts"]`; the result in
    `TABLES["revisions"]`.
    """
    ordered = versions.sort(*_OWED, "version").with_columns(
        pl.col("submission_id", "version", "file_name").shift(1).over(_OWED).name.prefix("earlier_")
    )
    pairs = ordered.filter(pl.col("earlier_submission_id").is_not_null()).with_columns(
        pl.col("period").str.slice(0, 4).cast(pl.Int32).alias("year")
    )
    stated = _stated(facts)
    about = [
        *_OWED, "unit_name", "year", "version", "submission_id", "file_name", "received_at", "earlier_version",
        "earlier_submission_id", "earlier_file_name",
    ]  # fmt: skip
    pairs = pairs.select(about)
    after = pairs.join(stated, on="submission_id")
    before = pairs.join(stated, left_on="earlier_submission_id", right_on="submission_id")
    both = after.join(before, on=[*about, *_FIGURE], how="full", suffix="_before", coalesce=True)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in _STATED)
    rows = both.filter(pl.col("told").is_null() | pl.col("told_before").is_null() | differs)
    return _described(rows).sort("unit_code", "period", "version", *_FIGURE)


def _stated(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the first statement of every figure of each submission."""
    return (
        facts.filter(pl.col("status") != "rejected")
        .rename({"period": "figure_period"})
        .with_columns(pl.col("item").fill_null(""))
        .sort("submission_id", "start", "fact_id")
        .unique(["submission_id", *_FIGURE], keep="first", maintain_order=True)
        .select(
            "submission_id", *_FIGURE, *_STATED, "indicator_name", "canonical_unit", "evidence",
            pl.concat_str(pl.col("stated_value", "stated_unit").fill_null("")).alias("stated"),
            pl.lit(value=True).alias("told"),
        )
    )  # fmt: skip


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    difference = pl.col("value") - pl.col("value_before")
    change = (
        pl.when(pl.col("told_before").is_null())
        .then(pl.lit("added"))
        .when(pl.col("told").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    words = pl.concat_str(
        "submission_id", "earlier_submission_id", *_FIGURE, separator="\x1f", ignore_nulls=True
    ).map_elements(lambda text: hashlib.sha256(text.encode()).hexdigest()[:16], return_dtype=pl.String)
    return rows.select(
        words.alias("revision_id"),
        *(name for name in TABLES["revisions"] if name in rows.columns and name not in _MADE),
        pl.coalesce("indicator_name", "indicator_name_before").alias("indicator_name"),
        pl.coalesce("canonical_unit", "canonical_unit_before").alias("canonical_unit"),
        change.alias("change"),
        pl.col("value").alias("value_after"),
        # Six digits, as in the quality table: the last bits of a difference would depend on nothing that was stated.
        difference.round_sig_figs(6).alias("difference"),
        pl.when(pl.col("value_before") != 0)
        .then((difference / pl.col("value_before").abs() * 100).round_sig_figs(6))
        .alias("difference_pct"),
        pl.col("stated_before"),
        pl.col("stated").alias("stated_after"),
        pl.col("evidence_before").alias("quote_before"),
        pl.col("evidence").alias("quote_after"),
    ).select(pl.col(name).cast(dtype) for name, dtype in TABLES["revisions"].items())
