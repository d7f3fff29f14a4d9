"""The quality of each report in figures: response, punctuality, completeness, failures, corrections and revisions.

The measures follow the quality indicators of official statistics (ESS quality and performance indicators: response,
punctuality, completeness, data editing, size of revisions).
"""

import polars as pl

from tasks.domain.facts import UNREADABLE
from tasks.domain.tables import TABLES

__all__ = ["quality_frame"]

_OWED = ["unit_code", "form", "period"]
_FINDINGS_OF = ["unit_code", "period"]
_FIGURE = [*_OWED, "indicator", "item"]
# Rules of structure and validity say that a figure cannot be; the soft ones ask whether it is likely.
_HARD = ("S", "V")
_OUTLIER = ("Q", "G")
# Rules K (figure masked or damaged) and R (a rule failed to run) are no failure of the figures.
_SOFT = (*_OUTLIER, "M")
_SETTLED = ("explained", "waived")
# Means of floats depend on the order of their terms in the last digits; rounded, the same data give the same row.
_DIGITS = 6


def quality_frame(
    reporting: pl.DataFrame, facts: pl.DataFrame, earlier: pl.DataFrame, findings: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per thing owed, schema `TABLES["quality"]`.

    `response` says whether a report is loaded; `on_time` is null without one. Hard failures are findings of the rules
    S and V, soft ones of Q, G and M, both whatever was answered, without those that are fixed. `explained` counts
    findings explained or waived, `corrected` live facts with a corrected value, `explained_share` the first of both.
    `mean_revision` is the mean |live − first stated| / |live| of the levels that an earlier version stated;
    `outlier_free` the share of live facts that no finding of plausibility (Q, G) names, settled ones left out. Shares
    are 0 to 1, null where there is nothing to count.

    Shape: `reporting`, live `facts`, `earlier` facts of superseded submissions, `findings` in schemas of `TABLES`.
    """
    has_report = pl.col("state").is_in(["on_time", "late"])
    settled = pl.col("explained") + pl.col("corrected")
    return (
        reporting.join(_findings(findings), on=_FINDINGS_OF, how="left", maintain_order="left")
        .join(_facts(facts, findings), on=_OWED, how="left", maintain_order="left")
        .join(_revisions(facts, earlier), on=_OWED, how="left", maintain_order="left")
        .with_columns(pl.col("hard_failures", "soft_failures", "explained", "corrected").fill_null(0))
        .with_columns(
            pl.col("period").str.slice(0, 4).alias("year"),
            has_report.alias("response"),
            pl.when(has_report).then(pl.col("state") == "on_time").alias("on_time"),
            pl.when(settled > 0).then(pl.col("explained") / settled).round(_DIGITS).alias("explained_share"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TABLES["quality"].items())
    )


def _findings(findings: pl.DataFrame) -> pl.DataFrame:
    family = pl.col("rule").str.slice(0, 1)
    return (
        findings.filter(pl.col("status") != "fixed")
        .group_by(_FINDINGS_OF)
        .agg(
            family.is_in(_HARD).sum().alias("hard_failures"),
            family.is_in(_SOFT).sum().alias("soft_failures"),
            pl.col("status").is_in(_SETTLED).sum().alias("explained"),
        )
    )


def _facts(facts: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    doubtful = findings.filter(
        pl.col("rule").str.slice(0, 1).is_in(_OUTLIER) & pl.col("status").is_in(["open", "expired"])
    )
    named = doubtful["fact_ids"].explode().drop_nulls().unique().to_list()
    return (
        facts.filter("live")
        .group_by(_OWED)
        .agg(
            pl.col("corrected_value").is_not_null().sum().alias("corrected"),
            (~pl.col("fact_id").is_in(named)).mean().round(_DIGITS).alias("outlier_free"),
        )
    )


def _revisions(facts: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the mean relative revision per thing owed; a live level of zero has no relative revision."""
    live = _levels(facts.filter("live")).select(*_FIGURE, "value")
    first = _levels(earlier).select(*_FIGURE, first="value")
    return (
        live.join(first, on=_FIGURE, how="inner", nulls_equal=True)
        .filter(pl.col("value") != 0)
        .sort(_FIGURE)
        .group_by(_OWED, maintain_order=True)
        .agg(((pl.col("value") - pl.col("first")) / pl.col("value")).abs().mean().round(_DIGITS).alias("mean_revision"))
    )


def _levels(facts: pl.DataFrame) -> pl.DataFrame:
    """Return one readable level per figure: of the earliest version, there the first in the text."""
    readable = (pl.col("measure") == "level") & (pl.col("status") != "rejected") & pl.col("value").is_not_null()
    return (
        facts.filter(readable & ~pl.col("bound").is_in(UNREADABLE))
        .sort("version", "submission_id", "start", "fact_id")
        .unique(_FIGURE, keep="first", maintain_order=True)
    )
