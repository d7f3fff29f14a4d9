"""Watch: deadlines and the disk are looked at every day, also when nothing arrives and nothing else runs.

disk → deadlines → report
"""

import datetime as dt
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.progress import today
from tasks import steps
from tasks.domain.county import read_county

__all__ = ["watch_county"]

_LONGEST_SECONDS = 600


def _name() -> str:
    folder = flow_run.parameters["county_folder"]
    return f"巡看 watch {Path(folder).name} {today(folder)}"


@flow(name="watch-county", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def watch_county(county_folder: str) -> Any:
    """Say what became late and whether the disk is filling, although nothing has arrived.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
    """
    county = read_county(Path(county_folder))
    disk = steps.look_at_disk(county)
    late = steps.notice_late(county, dt.datetime.now(dt.UTC))
    free = disk.free / 2**30
    if county.language == "zh":
        return Completed(message=f"新逾期未报{len(late)}件；磁盘剩余{free:.1f} GiB")
    return Completed(message=f"{len(late)} reports newly overdue; {free:.1f} GiB free")
