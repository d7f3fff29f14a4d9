"""Overdue reports are chased: reminders written and shown."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import load, publish
from tasks.domain.county import County
from tasks.steps.announcing import LateReport, announce_late, not_reminded
from tasks.steps.naming import named
from tasks.steps.showing import ROWS_SHOWN
from tasks.steps.timing import at_work
from tasks.terms import extended_roster

__all__ = ["notice_late", "overdue_reports", "publish_reminders", "write_reminders"]


@task(task_run_name=named("催报 {county.name}", "remind {county.name}"), cache_policy=NO_CACHE)
@at_work
def write_reminders(
    county: County, now: dt.datetime, period: str | None, units: Sequence[str], *, again: bool
) -> list[publish.Reminder]:
    """Write a reminder to every township with an overdue report, of `units` only where any are given."""
    codes = [county.gazetteer.named(name).unit_code for name in units]
    overdue = overdue_reports(county, now).filter(
        pl.lit(period is None) | (pl.col("period") == (period or "")),
        pl.lit(not codes) | pl.col("unit_code").is_in(codes),
    )
    settings = county.settings.letter
    head = publish.LetterHead(
        county=county.name,
        number=settings.number,
        office=settings.office,
        written_on=now.astimezone(county.timezone).date(),
        reply_days=settings.reply_days,
    )
    reminders = publish.write_reminders(
        overdue, county.reminders, head, {form.code: form.name for form in county.settings.forms},
        pause_days=settings.remind_days, again=again, language=county.language,
        earlier=county.earlier_reminders,
    )  # fmt: skip
    zh, logger = county.language == "zh", get_run_logger()
    for one in reminders:
        if one.is_new:
            said = "%s %s：第%d次催报，%s" if zh else "%s %s: reminder %d, %s"
        else:
            said = "%s %s：已催报%d次，近期不再催，%s" if zh else "%s %s: %d reminders, none now, %s"
        logger.info(said, one.unit_name, one.period, one.number, one.path.name)
    return reminders


def overdue_reports(county: County, now: dt.datetime) -> pl.DataFrame:
    """Return what is owed, overdue at `now` (extensions counted) and not loaded, as the warehouse knows it.

    Shape: a row per unit and period: unit_code, unit_name, form, period, state (as the last run left it), due_on (date
    in the county's time), problem (both languages, a line each, why what came last waits in quarantine; else empty).
    """
    warehouse = load.Warehouse(county.warehouse)
    waiting = warehouse.scan("submissions").filter(pl.col("state") == "quarantined").sort("received_at").collect()
    problems = waiting.group_by("unit_code", "period").agg(pl.col("quarantine_detail").last().alias("problem"))
    limits = pl.DataFrame(
        [(one.unit_code, one.period, one.late_after) for one in extended_roster(county, warehouse.decisions())],
        schema={"unit_code": pl.String, "period": pl.String, "late_after": pl.Datetime("us", "UTC")},
        orient="row",
    )
    owed = warehouse.scan("reporting").filter(pl.col("state").is_in(["expected", "missing", "quarantined"])).collect()
    return (
        owed.join(limits, on=["unit_code", "period"], how="inner", maintain_order="left")
        .filter(pl.col("late_after") < now)
        .join(problems, on=["unit_code", "period"], how="left", maintain_order="left")
        .select(
            "unit_code", "unit_name", "form", "period", "state",
            # Due until the end of that day: the moment is the midnight after it.
            (pl.col("due_at") - pl.duration(seconds=1)).dt.convert_time_zone(str(county.timezone)).dt.date()
            .alias("due_on"),
            pl.col("problem").fill_null(""),
        )
        .sort("period", "unit_code")
    )  # fmt: skip


@task(task_run_name=named("查逾期 {county.name}", "look at deadlines {county.name}"), cache_policy=NO_CACHE)
@at_work
def notice_late(county: County, now: dt.datetime) -> list[LateReport]:
    """Announce the reports whose deadline passed since the last run, and return them; once reminded they are known.

    A run that looks at them itself changes their state, so what it has announced is not announced again.
    """
    overdue = overdue_reports(county, now).filter(pl.col("state") == "expected")
    late = not_reminded(overdue, county)
    announce_late(late, county)
    return late


@task(task_run_name=named("公布催报 {county.name}", "show reminders {county.name}"), cache_policy=NO_CACHE)
@at_work
def publish_reminders(reminders: Sequence[publish.Reminder], county: County) -> None:
    """Show who is overdue, since when, and the letters."""
    zh = county.language == "zh"
    new = sum(one.is_new for one in reminders)
    words = (
        f"{county.name} 催报：逾期未报{len(reminders)}件，本次催报{new}件，函件在 {county.reminders}"
        if zh
        else f"{county.name} reminders: {len(reminders)} reports overdue, {new} letters now, in {county.reminders}"
    )
    if len(reminders) > ROWS_SHOWN:
        words += f"；列出逾期最久的{ROWS_SHOWN}件" if zh else f"; the {ROWS_SHOWN} longest overdue are shown"
    create_table_artifact(
        publish.reminder_rows(reminders, county.language)[:ROWS_SHOWN],
        key=f"reminders-{county.settings.county.code}",
        description=words,
    )
