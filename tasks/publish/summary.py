"""The two tables everybody looks at after a run: who has reported, and what was found."""

import datetime as dt

import polars as pl

from tasks.domain.errors import Language
from tasks.publish.labels import label, state

__all__ = ["findings_rows", "in_order_of_urgency", "quality_rows", "roster_rows", "roster_table", "worst_quality"]

SEVERITIES = ("error", "question", "note")
STATUSES = ("open", "expired", "explained", "waived", "fixed")
ROSTER_STATES = ("missing", "held", "quarantined", "late", "expected", "on_time")
QUOTE_CHARACTERS = 60
_ID = pl.col("finding_id")


def roster_table(reporting: pl.DataFrame, *, timezone: dt.tzinfo) -> pl.DataFrame:
    """Return what people want to know of each thing owed, by period, those that need a look first.

    Shape: `reporting` in the schema `TABLES["reporting"]`; dates are days of `timezone`, `due_at` the last day that
    counts; `state` is still the code.
    """
    ordered = reporting.sort(
        pl.col("period"),
        pl.col("state").cast(pl.Enum(ROSTER_STATES)),
        pl.col("unit_code"),
        descending=[True, False, False],
    )
    # Due is the end of a day: the first moment of the next one.
    due = pl.col("due_at") - pl.duration(microseconds=1)
    return ordered.select(
        "unit_code",
        "unit_name",
        "period",
        "state",
        _day(due, timezone).alias("due_at"),
        _day(pl.col("received_at"), timezone).alias("received_at"),
        "days_late",
        "facts",
        "completeness",
        "errors",
        "questions",
        "notes",
        "approval",
    )


def roster_rows(
    reporting: pl.DataFrame, language: Language, *, timezone: dt.tzinfo, now: dt.datetime | None = None
) -> list[dict[str, str]]:
    """Return a row of text per thing owed, by period, those that need a look first; keys are headings in `language`.

    Shape: `reporting` in the schema `TABLES["reporting"]`; dates are days of `timezone`. With `now`, what is missing
    says for how many days it has been; without, only what arrived late says how late it was.
    """
    zh = language == "zh"
    late = pl.col("days_late")
    if now is not None:
        since = (pl.lit(now.astimezone(timezone).date()) - pl.col("due_at")).dt.total_days()
        late = pl.when(pl.col("state") == "missing").then(since).otherwise(late)
    percent = (pl.col("completeness") * 100).floor().cast(pl.Int32).cast(pl.String)
    shown = roster_table(reporting, timezone=timezone).select(
        "unit_name",
        "period",
        pl.col("state").replace(state(zh)),
        pl.col("due_at", "received_at").dt.to_string("iso"),
        pl.when(late > 0).then(late.cast(pl.String)).alias("days_late"),
        pl.col("facts").cast(pl.String),
        pl.concat_str(percent, pl.lit("%")).alias("completeness"),
        pl.col("errors", "questions", "notes").cast(pl.String),
        pl.col("approval").replace(state(zh)),
    )
    return _text_rows(shown, zh)


def quality_rows(quality: pl.DataFrame, language: Language) -> list[dict[str, str]]:
    """Return a row of text per thing owed, the newest period first, then by unit; keys are headings in `language`.

    Shape: `quality` in the schema `TABLES["quality"]`; shares are shown as percent.
    """
    zh = language == "zh"
    answer = {True: "是" if zh else "yes", False: "否" if zh else "no"}
    shares = ("completeness", "explained_share", "mean_revision", "outlier_free")
    shown = quality.sort("period", "unit_code", "form", descending=[True, False, False]).select(
        "unit_name", "period",
        *(pl.col(name).replace_strict(answer, return_dtype=pl.String) for name in ("response", "on_time")),
        pl.when(pl.col("days_late") > 0).then(pl.col("days_late").cast(pl.String)).alias("days_late"),
        pl.col("facts", "errors", "questions", "notes", "hard_failures", "soft_failures", "explained", "corrected")
        .cast(pl.String),
        *(pl.concat_str((pl.col(name) * 100).round(1).cast(pl.String), pl.lit("%")).alias(name) for name in shares),
    )  # fmt: skip
    return _text_rows(shown, zh)


def worst_quality(quality: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Return at most `limit` rows of `quality`: of the newest period first those with most failures, least complete."""
    return quality.sort(
        "period", "hard_failures", "soft_failures", "completeness", "unit_code",
        descending=[True, True, True, False, False], nulls_last=True,
    ).head(limit)  # fmt: skip


def findings_rows(findings: pl.DataFrame, language: Language, limit: int, ids: pl.Expr = _ID) -> list[dict[str, str]]:
    """Return a row of text for at most `limit` findings: open ones first, then by severity, period and unit.

    Shape: `findings` in the schema `TABLES["findings"]`; a quote is the first one, cut to 60 characters; `ids` is
    what stands in the column `finding_id`.
    """
    zh = language == "zh"
    quote = pl.col("quotes").list.first()
    cut = pl.when(quote.str.len_chars() > QUOTE_CHARACTERS)
    shown = (
        in_order_of_urgency(findings)
        .head(limit)
        .select(
            pl.col("severity").replace(state(zh)),
            "unit_name",
            "period",
            # Before the long text: the form that decides asks for it, and the page cuts off what stands behind.
            ids,
            pl.col(f"message_{language}").alias("message"),
            cut.then(quote.str.slice(0, QUOTE_CHARACTERS) + "…").otherwise(quote).alias("quotes"),
            pl.col("status").replace(state(zh)),
            pl.col(f"decision_{language}").alias("decision"),
            "rule",
        )
    )
    return _text_rows(shown, zh)


def in_order_of_urgency(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings with open errors first, settled notes last."""
    return findings.sort(
        pl.col("status").cast(pl.Enum(STATUSES)),
        pl.col("severity").cast(pl.Enum(SEVERITIES)),
        pl.col("period"),
        pl.col("unit_code"),
        pl.col("rule"),
        pl.col("finding_id"),
        descending=[False, False, True, False, False, False],
        nulls_last=True,
    )


def _day(moment: pl.Expr, timezone: dt.tzinfo) -> pl.Expr:
    return moment.dt.convert_time_zone(str(timezone)).dt.date()


def _text_rows(shown: pl.DataFrame, zh: bool) -> list[dict[str, str]]:
    filled = shown.with_columns(pl.all().fill_null(""))
    return filled.rename({name: label(name, zh) for name in filled.columns}).to_dicts()
