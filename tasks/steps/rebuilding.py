"""The warehouse is made again beside the old one, compared, and put in its place."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import auditing, load
from tasks.backfill.manifest import Manifest
from tasks.backfill.selecting import left_alone
from tasks.backfill.undoing import put_readings, readings_of
from tasks.domain.county import County
from tasks.domain.errors import WarehouseError
from tasks.domain.submissions import StoredFile
from tasks.load.faults import TABLE_ERRORS
from tasks.steps.arriving import stage_versions
from tasks.steps.judging import load_reports, validate_reports
from tasks.steps.naming import named

__all__ = ["begin_rebuild", "compare_rebuilt", "first_arrivals", "keep_older_readings", "swap_warehouse"]


@task(task_run_name=named("新建仓库 {county.name}", "new warehouse {county.name}"), cache_policy=NO_CACHE)
def begin_rebuild(county: County, now: dt.datetime, run_id: str) -> tuple[County, list[StoredFile]]:
    """Return the county with an empty warehouse that has its decisions and history, and all that was ever received."""
    fresh = auditing.fresh_folder(county, now)
    arrived = auditing.arrivals_of(county)
    missing = auditing.carry_over(county, fresh, run_id=run_id, now=now)
    if missing:
        get_run_logger().warning("未能带入 not carried over: %s", ", ".join(missing))
    return fresh, arrived


def first_arrivals(arrived: Sequence[StoredFile]) -> list[StoredFile]:
    """Return the first arrival of all bytes, the one that their submission tells of."""
    first: dict[str, StoredFile] = {}
    for one in arrived:
        first.setdefault(one.sha256, one)
    return list(first.values())


@task(task_run_name=named("保留旧读法 {county.name}", "keep older readings {county.name}"), cache_policy=NO_CACHE)
def keep_older_readings(county: County, fresh: County, now: dt.datetime, run_id: str) -> tuple[int, int]:
    """Bring over what people decided is to stay as an older version read it.

    Returned is how many reports that are, and how many others an older version read, which may differ now. The first
    are approved reports, and those whose backfill was undone: no run reads these again by itself, nor does a
    rebuild. Where the old warehouse cannot be read they are as today's version reads them, and a warning says so.
    """
    old = load.Warehouse(county.warehouse)
    try:
        known, reporting = old.known_submissions(), old.scan("reporting").collect()
        kept = left_alone(known, reporting, Manifest(county.warehouse).rows(), stage_versions(county))
        other = known.filter(
            (pl.col("state") != "quarantined")
            & ~pl.col("stage_versions").str.starts_with(stage_versions(county).reading)
            & ~pl.col("submission_id").is_in(kept)
        )
        if not kept:
            return 0, other.height
        readings = readings_of(county.warehouse, kept)
    except (WarehouseError, *TABLE_ERRORS) as error:
        said = (
            "旧仓库读不全，已审定或已撤销回填的报告按现在的版本读入：%s"
            if county.language == "zh"
            else "the old warehouse cannot be read: approved and undone reports are as today's version reads them: %s"
        )
        get_run_logger().warning(said, error)
        return 0, 0
    put_readings(fresh.warehouse, readings, {"run_id": run_id})
    periods = [code for form in county.settings.forms for code in form.periods]
    judged = validate_reports.fn([], fresh, now, run_id, periods=periods)
    load_reports.fn(judged, fresh, now, run_id)
    return len(kept), other.height


@task(task_run_name=named("比较仓库 {county.name}", "compare {county.name}"), cache_policy=NO_CACHE)
def compare_rebuilt(county: County, fresh: County) -> list[auditing.Compared]:
    """Compare the two warehouses row for row."""
    auditing.carry_history(county, fresh)
    return auditing.compare(county, fresh)


@task(task_run_name=named("更换仓库 {county.name}", "swap {county.name}"), cache_policy=NO_CACHE)
def swap_warehouse(county: County, fresh: County, now: dt.datetime) -> str:
    """Put the new warehouse in place of the old one, which is kept; return where, nothing where both stay."""
    return str(auditing.swap(county, fresh, now) or "")
