"""Reports are read (tasks.reading), a batch a task; nothing here is retried.

A task reads a batch, because a task run costs milliseconds and a report may cost no more than that; one that cannot
be read fails in a task of its own, so that the UI shows it red and with the words an operator can act on.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Failed

from tasks import plan, reading
from tasks.domain.county import County
from tasks.domain.outcomes import RefusedReport
from tasks.domain.sealing import Sealed
from tasks.reading import ReadBatch
from tasks.steps.naming import named

__all__ = ["Elsewhere", "read_elsewhere", "read_reports", "show_refused"]

# Has a batch read in another process and waits for what came of it.
Elsewhere = Callable[[Sealed[Sequence[plan.PlannedReport]]], Sealed[ReadBatch]]


@task(task_run_name=named("读入 {batch_name}", "read {batch_name}"), cache_policy=NO_CACHE)
def read_reports(batch: Sequence[plan.PlannedReport], county: County, period: str | None = None) -> ReadBatch:
    """Take reports from stored bytes to figures; whatever stops one stops only it, with the reason kept."""
    return reading.read_batch(batch, county, period, get_run_logger())


@task(task_run_name=named("读入 {batch_name}", "read {batch_name}"), cache_policy=NO_CACHE)
def read_elsewhere(batch: Sequence[plan.PlannedReport], county: County, elsewhere: Elsewhere) -> ReadBatch:
    """Have reports of `county` read in another process; what was to be logged there is logged here."""
    read, logger = elsewhere(Sealed(batch)).opened(), get_run_logger()
    for level, message in read.said:
        logger.log(level, "%s", message)
    return read


def _has_something_to_say(record: logging.LogRecord) -> bool:
    """Prefect logs a state that a task returns as an exception that there is none of, and then the state itself."""
    return record.exc_info is None or record.exc_info[0] is not None


logging.getLogger("prefect.task_runs").addFilter(_has_something_to_say)


@task(task_run_name=named("未能读入 {refused_name}", "not read {refused_name}"), cache_policy=NO_CACHE)
def show_refused(refused: RefusedReport, county: County) -> State[Any]:
    """Fail with the reason why a report was not read: what was seen, where, and what to do next."""
    return Failed(message=refused.reason_zh if county.language == "zh" else refused.reason_en)
