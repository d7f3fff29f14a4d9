"""Revisions, duplicates and versions as tables of text, for the terminal and the UI."""

import datetime as dt

import polars as pl

from tasks.domain.errors import Language
from tasks.publish.labels import label, state

__all__ = ["duplicates_rows", "revisions_rows", "versions_rows"]

_CHANGES = {"changed": ("改动", "changed"), "added": ("新增", "added"), "removed": ("删去", "removed")}
_REASONS = {
    "hard_checks": ("有错误", "open errors"),
    "awaiting_approval": ("待采用", "to be accepted"),
    "locked": ("已锁定", "locked"),
    "retracted": ("已撤销", "retracted"),
}
_QUOTE_CHARACTERS = 80
_SHA_DIGITS = 12


def revisions_rows(revisions: pl.DataFrame, language: Language, shown: int | None = None) -> list[dict[str, str]]:
    """Return a row of text per figure that a later version changed; at most `shown`, the greatest changes first.

    Shape: `revisions` in the schema `TABLES["revisions"]`; keys are headings in `language`.
    """
    zh = language == "zh"
    words = {code: both[0 if zh else 1] for code, both in _CHANGES.items()}
    ordered = revisions.sort(
        "period", "unit_code", "version", pl.col("difference_pct").abs(),
        descending=[True, False, False, True], nulls_last=True,
    )  # fmt: skip
    if shown is not None:
        ordered = ordered.head(shown)
    percent = pl.format("{}%", pl.col("difference_pct").round(1)).alias("difference_pct")
    quotes = [pl.col(name).str.slice(0, _QUOTE_CHARACTERS) for name in ("quote_before", "quote_after")]
    return _text(
        ordered.select(
            "unit_name", "period", pl.format("{} → {}", "earlier_version", "version").alias("version"),
            "indicator_name", "measure", pl.col("change").replace(words), "stated_before", "stated_after",
            percent, *quotes,
        ),
        language,
    )  # fmt: skip


def duplicates_rows(duplicates: pl.DataFrame, language: Language, timezone: dt.tzinfo) -> list[dict[str, str]]:
    """Return a row of text per place where the same bytes arrived again.

    Shape: `duplicates` in the schema `TABLES["duplicates"]`; times are those of `timezone`.
    """
    days = [_minute(name, timezone) for name in ("received_at", "first_received_at")]
    columns = ("unit_name", "period", "file_name", "uri", "first_uri")
    return _text(duplicates.sort("received_at", "uri").select(*columns, *days), language)


def versions_rows(submissions: pl.DataFrame, language: Language, timezone: dt.tzinfo) -> list[dict[str, str]]:
    """Return a row of text per version received, by unit and period.

    Shape: `submissions` in the schema `TABLES["submissions"]`; times are those of `timezone`.
    """
    zh = language == "zh"
    states = {**state(zh), "loaded": "在用" if zh else "live", "superseded": "已被取代" if zh else "superseded",
              "withdrawn": "已撤销" if zh else "withdrawn"}  # fmt: skip
    reasons = {code: both[0 if zh else 1] for code, both in _REASONS.items()}
    ordered = submissions.sort("period", "unit_code", "version", descending=[True, False, False])
    return _text(
        ordered.select(
            "unit_name", "period", "version", pl.col("state").replace(states),
            pl.col("held_reason").fill_null("").replace(reasons), "file_name", _minute("received_at", timezone),
            pl.col("sha256").str.slice(0, _SHA_DIGITS),
        ),
        language,
    )  # fmt: skip


def _minute(name: str, timezone: dt.tzinfo) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone(str(timezone)).dt.to_string("%Y-%m-%d %H:%M")


def _text(rows: pl.DataFrame, language: Language) -> list[dict[str, str]]:
    zh = language == "zh"
    shown = rows.select(pl.col(name).cast(pl.String).fill_null("").alias(label(name, zh)) for name in rows.columns)
    return shown.to_dicts()
