"""Collect: the county's main job, every working morning.

list sources → store → plan → identify, parse, extract each report → validate → load → report
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture, as_completed, wait
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from expectations.relations import read_data_files
from flows.progress import RunProgress, name_run
from flows.runners import reading_place
from tasks import steps
from tasks.domain.county import County, read_county
from tasks.domain.outcomes import RefusedReport, ReportOutcome
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.plan import PlannedReport

__all__ = ["RUNNER", "collect_reports", "read_all"]


_STORED_AT_ONCE = 100
# The next morning's run goes on where one that hangs was stopped.
_LONGEST_SECONDS = 20 * 3600
# Reading is bound by one interpreter; a few threads overlap it with the server's answers and the disk.
RUNNER: TaskRunner[PrefectFuture[Any]] = ThreadPoolTaskRunner(max_workers=4)  # type: ignore[assignment]


def _first_name() -> str:
    """Return the run's name until it is known what it did."""
    return f"收集 collect {Path(flow_run.parameters['county_folder']).name}"


@flow(name="collect-reports", flow_run_name=_first_name, task_runner=RUNNER, timeout_seconds=_LONGEST_SECONDS)
def collect_reports(county_folder: str, period: str | None = None, source: str | None = None) -> Any:
    """Collect the reports that have arrived: store, read, judge and load them, and say what came.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        period: 只收集此报告期；不选为全部 · Only reports of this period; all of them unless chosen.
        source: 只收集此来源；不选为全部 · Only this source of county.toml; all of them unless chosen.
    """
    stopwatch = steps.start_stopwatch()
    read_data_files()
    county = read_county(Path(county_folder))
    now, run_id = dt.datetime.now(dt.UTC), str(flow_run.id)
    stored, unavailable = store_new_files(county, source)
    plan = steps.plan_run(steps.as_it_is(stored), county)
    steps.prepare_judge(plan.to_read)
    outcomes = read_all(plan.to_read, county, period, stopwatch)
    with steps.one_writer(county):
        read = steps.as_it_is([*plan.carried, *outcomes])
        judged = steps.validate_reports(read, county, now, run_id, arrived=steps.as_it_is(stored))
        late = steps.newly_late(judged, county)
        loaded = steps.load_reports(steps.as_it_is(judged), county, now, run_id)
    steps.trace_load([loaded], county, run_id, judged.gathered.new)
    summary = steps.summarise(stored, plan, judged, loaded, unavailable, county)
    steps.publish_run(steps.as_it_is(judged), summary, county)
    steps.announce_run(steps.as_it_is(judged), late, county, unavailable)
    if outcomes:
        steps.tidy_store(county)
    name_run(county, now, summary)
    summary = steps.with_time(summary, len(outcomes), stopwatch)
    get_run_logger().info("%s", summary.time_message(county.language))
    return Completed(message=summary.message(county.language), data=summary)


def store_new_files(county: County, source_name: str | None) -> tuple[list[StoredFile], tuple[str, ...]]:
    """Return the stored files of every source, and what could not be read: a source that is away stops no other."""
    stored: list[StoredFile] = []
    unavailable: list[str] = []
    for source in county.sources(source_name):
        listed = steps.list_source(source, county, return_state=True)
        if listed.is_failed():
            unavailable.append(steps.unavailable_message(listed, county))
            continue
        for future in [steps.store_files.submit(files, source, county) for files in many_at_once(listed.result())]:
            done, failed = future.result()
            stored += done
            for file in failed:
                tried = steps.store_file(file, source, county, return_state=True)
                if tried.is_completed():
                    stored += tried.result()
                else:
                    unavailable.append(steps.unavailable_message(tried, county))
    return stored, tuple(unavailable)


def many_at_once(files: Sequence[SourceFile]) -> list[Sequence[SourceFile]]:
    """Return `files` cut into what one task stores."""
    return [files[start : start + _STORED_AT_ONCE] for start in range(0, len(files), _STORED_AT_ONCE)]


def read_all(
    planned: tuple[PlannedReport, ...], county: County, period: str | None, stopwatch: steps.Stopwatch
) -> list[ReportOutcome]:
    """Read the planned reports side by side, showing progress; outcomes are in the order of arrival."""
    with reading_place(county, period, planned) as place, RunProgress(county, len(planned)) as progress:
        futures = place.read_all()
        for future in as_completed(futures):
            done = future.result()
            stopwatch.add_ended(done.seconds)
            progress.reports_read(done.outcomes)
        outcomes = [outcome for future in futures for outcome in future.result().outcomes]
    wait([steps.show_refused.submit(one, county) for one in outcomes if isinstance(one, RefusedReport)])
    return outcomes
