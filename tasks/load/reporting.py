"""The roster (应报名册) judged: who owes what, what came, on time or late, how complete, with which findings."""

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from tasks.domain.county import Roster
from tasks.domain.facts import UNREADABLE
from tasks.domain.findings import UNSETTLED, Severity
from tasks.domain.tables import TABLES

__all__ = ["reporting_frame"]

_OWED = ["unit_code", "form", "period"]
_TIME = pl.Datetime("us", "UTC")
_SECONDS_PER_DAY = 86_400
_COUNTED: Mapping[Severity, str] = {"error": "errors", "question": "questions", "note": "notes"}
# A masked or damaged figure is stated but cannot be read: the indicator is not reported.


def reporting_frame(
    roster: Roster,
    submissions: pl.DataFrame,
    facts: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    mandatory: Mapping[str, Sequence[str]] | Sequence[str],
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Return one row per thing owed in `roster`, schema `TABLES["reporting"]`.

    `state` is `on_time` or `late` by the first file that was loaded (a correction sent later makes nobody late),
    `held` when all that was read waits to be accepted, `quarantined` when all that came waits in quarantine,
    `expected` until the grace days are over, then `missing`. `days_late` counts started days after `due_at` for late
    ones, is null for missing ones, else 0. `completeness` is the share of mandatory indicators with a readable level
    among the live facts; null when nothing is loaded or nothing is mandatory. `errors`, `questions`, `notes` count
    findings that nobody has settled, or settled for another value. Approvals are decisions: `tasks.decide` fills them
    in.

    Shape: `submissions`, `facts` and `findings` in their schemas of `TABLES`; `mandatory` holds indicator codes per
    form, or for all forms.
    """
    owed = pl.DataFrame([entry.model_dump() for entry in roster], schema=_roster_schema(), orient="row")
    codes = mandatory if isinstance(mandatory, Mapping) else dict.fromkeys(owed["form"].unique().to_list(), mandatory)
    judged = (
        owed.join(_loaded(submissions), on=_OWED, how="left", maintain_order="left")
        .join(_held(submissions), on=_OWED, how="left", maintain_order="left")
        .join(_waiting(submissions), on=["unit_code", "period"], how="left", maintain_order="left")
        .with_columns(_state(as_of).alias("state"))
        .with_columns(_days_late().alias("days_late"), _shown("received_at"), _shown("submission_id"))
        .join(_found(owed, facts, codes), on=_OWED, how="left", maintain_order="left")
        .join(_counts(findings), on=["unit_code", "period"], how="left", maintain_order="left")
    )
    is_loaded = pl.col("state").is_in(["on_time", "late"])
    return judged.with_columns(
        pl.col("facts", *_COUNTED.values()).fill_null(0),
        pl.when(is_loaded).then(pl.col("mandatory_found").fill_null(0) / pl.col("mandatory")).alias("completeness"),
        pl.lit(None, pl.String).alias("approval"),
        pl.lit(None, pl.String).alias("approved_by"),
    ).select(pl.col(name).cast(dtype) for name, dtype in TABLES["reporting"].items())


def _roster_schema() -> dict[str, pl.DataType]:
    words = dict.fromkeys(("unit_code", "unit_name", "form", "period"), pl.String())
    return {**words, "due_at": _TIME, "late_after": _TIME}


def _loaded(submissions: pl.DataFrame) -> pl.DataFrame:
    """Return per thing owed when the first accepted file came, and which submission is live."""
    accepted = submissions.filter(pl.col("state").is_in(["loaded", "superseded"]))
    return (
        accepted.group_by(_OWED)
        .agg(
            pl.col("received_at").min().alias("received_at_loaded"),
            pl.col("submission_id").filter(pl.col("state") == "loaded").first().alias("submission_id_loaded"),
        )
        .filter(pl.col("submission_id_loaded").is_not_null())
    )


def _held(submissions: pl.DataFrame) -> pl.DataFrame:
    """Return per thing owed the newest version that is held."""
    return (
        submissions.filter(pl.col("state") == "held")
        .sort("version")
        .group_by(_OWED)
        .agg(pl.col("received_at", "submission_id").last().name.suffix("_held"))
    )


def _waiting(submissions: pl.DataFrame) -> pl.DataFrame:
    """Return per unit and period the newest file that waits in quarantine; its form may be unknown."""
    return (
        submissions.filter(pl.col("state") == "quarantined")
        .sort("received_at", "sha256")
        .group_by("unit_code", "period")
        .agg(pl.col("received_at", "submission_id").last().name.suffix("_waiting"))
    )


def _state(as_of: dt.datetime) -> pl.Expr:
    now = pl.lit(as_of.astimezone(dt.UTC), dtype=_TIME)
    return (
        pl.when(pl.col("received_at_loaded") > pl.col("late_after"))
        .then(pl.lit("late"))
        .when(pl.col("submission_id_loaded").is_not_null())
        .then(pl.lit("on_time"))
        .when(pl.col("submission_id_held").is_not_null())
        .then(pl.lit("held"))
        .when(pl.col("submission_id_waiting").is_not_null())
        .then(pl.lit("quarantined"))
        .when(now > pl.col("late_after"))
        .then(pl.lit("missing"))
        .otherwise(pl.lit("expected"))
    )


def _days_late() -> pl.Expr:
    # A missing report is later every day: stored, a run that changes nothing would write the roster anew each morning.
    days = ((pl.col("received_at_loaded") - pl.col("due_at")).dt.total_seconds() / _SECONDS_PER_DAY).ceil()
    return pl.when(pl.col("state") == "late").then(days).when(pl.col("state") != "missing").then(0)


def _shown(name: str) -> pl.Expr:
    """Return the loaded file's value, or that of the file that is held or in quarantine."""
    return pl.coalesce(f"{name}_loaded", f"{name}_held", f"{name}_waiting").alias(name)


def _found(owed: pl.DataFrame, facts: pl.DataFrame, codes: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Return per thing owed: live facts, mandatory indicators, and how many of these have a readable level."""
    wanted = pl.DataFrame(
        {"form": list(codes), "indicator": [list(dict.fromkeys(each)) for each in codes.values()]},
        schema={"form": pl.String(), "indicator": pl.List(pl.String())},
    )
    owing = owed.select(_OWED).join(
        wanted.select("form", pl.col("indicator").list.len().alias("mandatory")), on="form", how="left"
    )
    live = facts.filter("live")
    levels = live.filter(
        (pl.col("measure") == "level") & (pl.col("status") != "rejected") & ~pl.col("bound").is_in(UNREADABLE)
    )
    found = (
        levels.join(wanted.explode("indicator"), on=["form", "indicator"], how="semi")
        .group_by(_OWED)
        .agg(pl.col("indicator").n_unique().alias("mandatory_found"))
    )
    counted = live.group_by(_OWED).agg(pl.len().alias("facts"))
    return (
        owing.with_columns(pl.when(pl.col("mandatory") > 0).then("mandatory").alias("mandatory"))
        .join(found, on=_OWED, how="left")
        .join(counted, on=_OWED, how="left")
    )


def _counts(findings: pl.DataFrame) -> pl.DataFrame:
    is_open = findings.filter(pl.col("status").is_in(UNSETTLED))
    return is_open.group_by("unit_code", "period").agg(
        (pl.col("severity") == severity).sum().alias(name) for severity, name in _COUNTED.items()
    )
