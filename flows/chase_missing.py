"""Chase missing reports: from the roster to a reminder in Word for every township that is overdue.

roster → reminders → report
"""

import datetime as dt
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks import steps
from tasks.domain.county import read_county

__all__ = ["chase_missing"]

_LONGEST_SECONDS = 1800


def _name() -> str:
    given = flow_run.parameters
    whom = "、".join(given.get("units") or []) or "逾期未报 overdue"
    return f"催报 chase {whom} {given.get('period') or ''}".strip()


@flow(name="chase-missing", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def chase_missing(county_folder: str, period: str | None = None, units: list[str] = [], again: bool = False) -> Any:  # noqa: B006
    """Write a reminder (催报函) to every township whose report is overdue.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        period: 只催此报告期；不选为全部 · Only this period; all of them unless chosen.
        units: 只催这些乡镇；不选为全部 · Only these townships; all of them unless chosen.
        again: 近期已催过的也再催一次 · Also those who were reminded a short while ago.
    """
    county = read_county(Path(county_folder))
    now = dt.datetime.now(dt.UTC)
    reminders = steps.write_reminders(county, now, period, units, again=again)
    steps.publish_reminders(reminders, county)
    new = sum(one.is_new for one in reminders)
    if county.language == "zh":
        return Completed(message=f"逾期未报{len(reminders)}件，本次催报{new}件，函件在 {county.reminders}")
    return Completed(message=f"{len(reminders)} reports overdue, {new} reminders written to {county.reminders}")
