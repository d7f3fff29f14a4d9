"""Showing how far a run is: a progress artifact in the Prefect UI, and a bar where a person sits at a terminal."""

import datetime as dt
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from tasks.domain.county import County, read_county
from tasks.domain.errors import ConfigurationError
from tasks.domain.outcomes import ReportOutcome, RunSummary

__all__ = ["RunProgress", "listener", "name_run", "today"]

# Set by the command line to follow a run that happens in its own process: called with (done, of, what).
listener: ContextVar[Callable[[int, int, str], None] | None] = ContextVar("listener", default=None)


class RunProgress:
    """The progress of reading `total` reports."""

    def __init__(self, county: County, total: int) -> None:
        self._county, self._total, self._done = county, total, 0
        self._artifact: UUID | None = None
        self._shown = 0.0

    def __enter__(self) -> "RunProgress":
        description = (
            f"{self._county.name}：读入 {self._total} 件"
            if self._county.language == "zh"
            else (f"{self._county.name}: reading {self._total} reports")
        )
        self._artifact = cast(
            "UUID",
            create_progress_artifact(
                progress=0.0 if self._total else 100.0,
                key=f"progress-{self._county.settings.county.code}",
                description=description,
            ),
        )
        self._tell("")
        return self

    def reports_read(self, outcomes: Sequence[ReportOutcome]) -> None:
        """Count more reports; the artifact moves in steps of a percent at least."""
        self._done += len(outcomes)
        percent = 100.0 * self._done / self._total
        if percent - self._shown >= 1 or self._done == self._total:
            if self._artifact is not None:
                update_progress_artifact(self._artifact, progress=percent)
            self._shown = percent
        last = outcomes[-1]
        self._tell(f"{last.identity.unit_name} {last.identity.period} {last.stored.file_name}")

    def _tell(self, what: str) -> None:
        follow = listener.get()
        if follow is not None:
            follow(self._done, self._total, what.strip())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def name_run(county: County, now: dt.datetime, summary: RunSummary) -> None:
    """Name the flow run for what it did, so that the list of runs reads like a diary."""
    moment = now.astimezone(county.timezone).strftime("%Y-%m-%d %H:%M")
    loaded, refused = summary.loaded, len(summary.quarantined)
    name = (
        f"{county.name} {moment} 收集：入库{loaded}件，隔离{refused}件"
        if county.language == "zh"
        else f"{county.name} {moment} collect: {loaded} loaded, {refused} quarantined"
    )
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, name=name)


def today(county_folder: str) -> str:
    """Return the day it is in the county, for the name of a run; in UTC where its settings cannot be read."""
    try:
        zone: dt.tzinfo = read_county(Path(county_folder)).timezone
    except ConfigurationError:  # the run itself says what is wrong with them
        zone = dt.UTC
    return dt.datetime.now(zone).date().isoformat()


class CountedProgress:
    """The progress of something that tells (done, of, what): an artifact in steps of a percent, and the terminal."""

    def __init__(self, county: County, zh: str, en: str) -> None:
        words = f"{county.name}：{zh}" if county.language == "zh" else f"{county.name}: {en}"
        key = f"backfill-progress-{county.settings.county.code}"
        self._artifact = cast("UUID", create_progress_artifact(progress=0.0, key=key, description=words))
        self._shown = 0.0

    def __call__(self, done: int, of: int, what: str) -> None:
        """Show that `done` `of` all are done, the last one being `what`."""
        percent = 100.0 * done / of if of else 100.0
        if percent - self._shown >= 1 or done == of:
            update_progress_artifact(self._artifact, progress=percent)
            self._shown = percent
        follow = listener.get()
        if follow is not None:
            follow(done, of, what)
