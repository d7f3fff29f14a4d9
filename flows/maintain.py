"""Maintain: the disk looked at, raw files held against their names, what nothing needs removed.

disk → raw store → stage store → report
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from tasks import steps
from tasks.domain.county import read_county

__all__ = ["maintain_county"]

_LONGEST_SECONDS = 6 * 3600


def _name() -> str:
    return f"维护 maintain {Path(flow_run.parameters['county_folder']).name} {dt.date.today().isoformat()}"


@flow(name="maintain-county", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def maintain_county(county_folder: str, raw_sample: Annotated[int, Field(ge=0, le=1_000_000)] = 200) -> Any:
    """Keep what the county owns healthy: disk space, raw files, stage store. No figure changes.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        raw_sample: 抽查多少份原件与其编号是否一致 · How many raw files are held against their names.
    """
    county = read_county(Path(county_folder))
    disk = steps.look_at_disk(county)
    damaged = steps.check_raw_files(county, raw_sample, str(flow_run.id))
    steps.tidy_store(county)
    upkeep = steps.publish_upkeep(county, disk, damaged)
    message = upkeep.within(county.language)
    return Failed(message=message) if damaged.faults else Completed(message=message)
