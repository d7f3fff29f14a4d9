"""Rebuild: the warehouse made again from the raw files and the decisions, compared with the old one, and swapped.

what was received → plan → identify, parse, extract → validate → load → compare → swap
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from expectations.relations import read_data_files
from flows.collect_reports import RUNNER, read_all
from tasks import steps
from tasks.auditing import Compared
from tasks.domain.county import read_county

__all__ = ["Rebuilt", "rebuild_warehouse"]


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild made: where the new warehouse lies, where the old one is kept, how they compare.

    Nothing is `kept` where nothing was moved: rows differ, or it lies on an object store.

    `read_anew` reports had been read by an older version, so their figures may be other ones.
    """

    place: str
    kept: str
    compared: tuple[Compared, ...]
    read_anew: int = 0

    @property
    def equal(self) -> bool:
        """Whether every table that could be read before holds the same rows."""
        return not any(one.differing for one in self.compared)


def _name() -> str:
    return f"重建 rebuild {Path(flow_run.parameters['county_folder']).name}"


@flow(name="rebuild-warehouse", flow_run_name=_name, task_runner=RUNNER)
def rebuild_warehouse(county_folder: str, swap_though_different: bool = False) -> Any:
    """Make the warehouse again from the raw files and decisions; swap when it is equal to the old one.

    Args:
        county_folder: The county's folder (the one with county.toml).
        swap_though_different: Put the new one in place also where rows differ; the old one is kept beside it.
    """
    read_data_files()
    county = read_county(Path(county_folder))
    now, run_id = dt.datetime.now(dt.UTC), str(flow_run.id)
    with steps.one_writer_only(county):
        fresh, arrived = steps.begin_rebuild(county, now, run_id)
        plan = steps.plan_run(steps.first_arrivals(arrived), fresh)
        outcomes = read_all(plan.to_read, fresh, None, steps.start_stopwatch())
        read = steps.as_it_is([*plan.carried, *outcomes])
        judged = steps.validate_reports(read, fresh, now, run_id, arrived=steps.as_it_is(arrived))
        steps.load_reports(steps.as_it_is(judged), fresh, now, run_id)
        _, read_anew = steps.keep_older_readings(county, fresh, now, run_id)
        rebuilt = Rebuilt(fresh.warehouse, "", tuple(steps.compare_rebuilt(county, fresh)), read_anew)
        if not rebuilt.equal and not swap_though_different:
            return Failed(message="differs", data=rebuilt)
        kept = steps.swap_warehouse(county, fresh, now)
    place = county.warehouse if kept else fresh.warehouse
    return Completed(message="swapped" if kept else "equal", data=Rebuilt(place, kept, rebuilt.compared, read_anew))
