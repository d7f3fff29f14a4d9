"""Counties are looked at together; one that cannot be read is a row that says so, and stops no other."""

import datetime as dt
from pathlib import Path

import polars as pl
from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType

from tasks.domain.county import read_county
from tasks.domain.errors import XianbaoError
from tasks.domain.province import Province
from tasks.load import Warehouse
from tasks.load.faults import DATA_ERRORS, unreadable
from tasks.publish.province import CountyStanding, county_standing, province_markdown, province_sentence

__all__ = ["look_at_counties", "look_at_county", "publish_province"]

_WEEK = dt.timedelta(days=7)
_MOST = 200


def look_at_county(folder: Path, province: Province, now: dt.datetime, *, ask_server: bool) -> CountyStanding:
    """Return how the county in `folder` stands, its failed runs of a week too where the server is asked."""
    try:
        county = read_county(folder)
        warehouse = Warehouse(county.warehouse)
        return county_standing(
            county,
            warehouse.scan("reporting").collect(),
            warehouse.scan("findings").filter(pl.col("status") != "fixed").select("severity", "status").collect(),
            warehouse.scan("submissions").select("loaded_at", "state").collect(),
            now,
            _failed_runs(county.name, now) if ask_server else None,
        )
    except XianbaoError as error:
        return CountyStanding(folder.name, problem=error.message(province.language))
    except DATA_ERRORS as error:
        return CountyStanding(folder.name, problem=unreadable(error).message(province.language))
    except OSError as error:
        return CountyStanding(folder.name, problem=f"{type(error).__name__}: {error}")


@task(task_run_name="看各县 look at the counties", cache_policy=NO_CACHE)
def look_at_counties(province: Province, now: dt.datetime) -> list[CountyStanding]:
    """Return how every county of the province stands."""
    return [look_at_county(folder, province, now, ask_server=True) for folder in province.county_folders]


def _failed_runs(county: str, now: dt.datetime) -> int:
    """Return how many runs of a county failed within a week: every deployment's runs carry its name as a tag."""
    failed = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    with get_client(sync_client=True) as client:
        return len(
            client.read_flow_runs(
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=failed),
                    tags=FlowRunFilterTags(all_=[county]),
                    expected_start_time=FlowRunFilterExpectedStartTime(after_=now - _WEEK),
                ),
                limit=_MOST,
            )
        )


@task(task_run_name="公布各县 show the counties", cache_policy=NO_CACHE)
def publish_province(standings: list[CountyStanding], province: Province) -> str:
    """Show all counties on one page of the UI; return the whole in one sentence."""
    create_markdown_artifact(
        province_markdown(standings, province.language),
        key=f"province-{province.code}",
        description=f"{province.name} {'各县报送情况' if province.language == 'zh' else '· how its counties stand'}",
    )
    return province_sentence(standings, province.language)
