"""The warehouse is made again beside the old one, compared, and put in its place."""

import datetime as dt
from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import auditing
from tasks.domain.county import County
from tasks.domain.submissions import StoredFile
from tasks.steps.naming import named

__all__ = ["begin_rebuild", "compare_rebuilt", "first_arrivals", "swap_warehouse"]


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


@task(task_run_name=named("比较仓库 {county.name}", "compare {county.name}"), cache_policy=NO_CACHE)
def compare_rebuilt(county: County, fresh: County) -> list[auditing.Compared]:
    """Compare the two warehouses row for row."""
    auditing.carry_history(county, fresh)
    return auditing.compare(county, fresh)


@task(task_run_name=named("更换仓库 {county.name}", "swap {county.name}"), cache_policy=NO_CACHE)
def swap_warehouse(county: County, fresh: County, now: dt.datetime) -> str:
    """Put the new warehouse in place of the old one, which is kept."""
    return str(auditing.swap(county, fresh, now))
