"""Maintain: the disk looked at, raw files and tables checked, small files joined, what nothing needs removed.

disk → raw store → stage store → tables checked → tables compacted → report
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from flows.progress import today
from tasks import steps
from tasks.domain.county import read_county

__all__ = ["maintain_county"]

_LONGEST_SECONDS = 6 * 3600


def _name() -> str:
    folder = flow_run.parameters["county_folder"]
    return f"维护 maintain {Path(folder).name} {today(folder)}"


@flow(name="maintain-county", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def maintain_county(county_folder: str, raw_sample: Annotated[int, Field(ge=0, le=1_000_000)] = 200) -> Any:
    """Check what the county owns and keep it small: disk space, raw files, tables. No figure changes.

    A warehouse with a fault is left as it is and the run fails with the faults named: joining and removing files could
    take away what a repair needs.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        raw_sample: 抽查多少份原件与其编号是否一致 · How many raw files are held against their names.
    """
    county = read_county(Path(county_folder))
    disk = steps.look_at_disk(county)
    raw = steps.check_raw_files(county, raw_sample, str(flow_run.id))
    steps.tidy_store(county)
    # Under the lock: tables that a run is loading contradict each other until it ends.
    with steps.one_writer_only(county):
        faults = steps.check_tables(county, raw_sample)
        kept_up = steps.keep_up_tables(county, dt.datetime.now(dt.UTC)) if faults.is_empty() else None
    upkeep = steps.Upkeep(disk, raw, faults, kept_up)
    steps.publish_upkeep(county, upkeep)
    message = upkeep.message(county.language)
    return Failed(message=message) if upkeep.named(county.language) else Completed(message=message)
