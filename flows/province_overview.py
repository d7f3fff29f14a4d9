"""Province overview: how all counties stand, on one page.

read each county's warehouse and failed runs → report
"""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks import steps
from tasks.domain.errors import ConfigurationError
from tasks.domain.province import read_province

__all__ = ["province_overview"]

_LONGEST_SECONDS = 1800


def _name() -> str:
    try:
        zone = ZoneInfo(read_province(Path(flow_run.parameters["province_file"])).timezone)
    except ConfigurationError:  # the run itself says what is wrong
        zone = ZoneInfo("UTC")
    return f"各县 counties {dt.datetime.now(zone).date().isoformat()}"


@flow(name="province-overview", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def province_overview(province_file: str) -> Any:
    """Show how every county stands: who has reported, quality, failed runs of a week.

    Args:
        province_file: province.toml 的位置 · Where province.toml lies.
    """
    province = read_province(Path(province_file))
    standings = steps.look_at_counties(province, dt.datetime.now(dt.UTC))
    message = steps.publish_province(standings, province)
    return Completed(message=message, data=standings)
