"""Reports are read: parsed in a worker process, identified, their figures extracted. Nothing here is retried.

A task reads a batch, because a task run costs milliseconds and a report may cost no more than that; one that cannot
be read fails in a task of its own, so that the UI shows it red and with the words an operator can act on. What the
same stages made of the same bytes before is taken from the stage store.
"""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Failed

from tasks import arrivals, extract, fetch, identify, parse, plan
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import ReportError
from tasks.domain.facts import Extraction
from tasks.domain.outcomes import OtherPeriod, ReadReport, RefusedReport, ReportOutcome
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import Identity, StoredFile
from tasks.parse.workers import READERS, shared_pool
from tasks.rereading import reader
from tasks.steps.arriving import result_store, stage_versions
from tasks.steps.naming import named, whose
from tasks.steps.passing import Sealed
from tasks.store import ResultStore

__all__ = [
    "ReadBatch",
    "extract_figures",
    "identify_report",
    "parse_report",
    "read_beside",
    "read_elsewhere",
    "read_report",
    "read_reports",
    "show_refused",
]


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What became of a batch of reports, in its order, and the seconds that reading it took, wherever it was read."""

    outcomes: list[ReportOutcome]
    seconds: float


def read_beside(processes: int) -> None:
    """Note in a process that was started to read that it is one of `processes`, which share the cores."""
    os.environ[READERS] = str(processes)


@task(task_run_name=named("读入 {batch_name}", "read {batch_name}"), cache_policy=NO_CACHE)
def read_reports(batch: Sequence[plan.PlannedReport], county: County, period: str | None = None) -> ReadBatch:
    """Take reports from stored bytes to figures; whatever stops one stops only it, with the reason kept."""
    began, results = time.monotonic(), result_store(county, stage_versions(county))
    outcomes = [read_report(planned, county, period, results) for planned in batch]
    _say_what_was_read(outcomes, in_chinese=county.language == "zh")
    return ReadBatch(outcomes, time.monotonic() - began)


def _say_what_was_read(outcomes: Sequence[ReportOutcome], *, in_chinese: bool) -> None:
    """Log what became of each report, those that were read in one entry: an entry of Prefect's log costs 1 ms."""
    logger = get_run_logger()
    said = "%s：数量 %d 个，指标值 %d 个" if in_chinese else "%s: %d quantities, %d figures"
    read = [
        said % (whose(one.stored, one.identity), len(one.extraction.mentions), len(one.extraction.facts))
        for one in outcomes
        if isinstance(one, ReadReport)
    ]
    if read:
        logger.info("%s", "\n".join(read))
    for one in outcomes:
        if isinstance(one, RefusedReport):
            logger.warning("%s", one.reason_zh if in_chinese else one.reason_en)


@task(task_run_name=named("读入 {batch_name}", "read {batch_name}"), cache_policy=NO_CACHE)
def read_elsewhere(
    batch: Sealed[Sequence[plan.PlannedReport]], county: Sealed[County], period: str | None = None
) -> ReadBatch:
    """Read reports in another process."""
    return read_reports.fn(batch.value, county.value, period)


def _has_something_to_say(record: logging.LogRecord) -> bool:
    """Prefect logs a state that a task returns as an exception that there is none of, and then the state itself."""
    return record.exc_info is None or record.exc_info[0] is not None


logging.getLogger("prefect.task_runs").addFilter(_has_something_to_say)


@task(task_run_name=named("未能读入 {refused_name}", "not read {refused_name}"), cache_policy=NO_CACHE)
def show_refused(refused: RefusedReport, county: County) -> State[Any]:
    """Fail with the reason why a report was not read: what was seen, where, and what to do next."""
    return Failed(message=refused.reason_zh if county.language == "zh" else refused.reason_en)


def read_report(planned: plan.PlannedReport, county: County, period: str | None, results: ResultStore) -> ReportOutcome:
    """Return what became of one report; results of its stages are looked for in `results` and kept there."""
    logger, stored = get_run_logger(), planned.stored
    identity = identify.guess_identity(stored.source_file, county)
    try:
        if stored.refused is not None:
            raise stored.refused
        # Parsed before it is identified: the title is one of the witnesses, and a scan is not read twice.
        document = results.document(stored.sha256, stored.file_name)
        if document is None:
            document = parse_report(stored, county)
            results.keep_document(stored.sha256, stored.file_name, document)
        identity = identify_report(planned, document, county)
        if period is not None and identity.period != period:
            return OtherPeriod(stored, identity)
        extraction = results.extraction(stored.sha256, identity.period)
        if extraction is None:
            extraction = extract_figures(document, identity)
            results.keep_extraction(stored.sha256, identity.period, extraction)
    except ReportError as error:
        return RefusedReport(stored, identity, error.code, error.message("zh"), error.message("en"))
    except Exception as error:
        logger.exception("%s", stored.file_name)
        fault = f"{stored.file_name}: internal_error: {type(error).__name__}: {error}"
        return RefusedReport(
            stored, identity, "internal_error",
            f"{fault} → 这是系统缺陷，文件已保留，请把本条信息交给维护人员",
            f"{fault} → this is a defect of the system; the file is kept, pass this message to its maintainers",
        )  # fmt: skip
    return ReadReport(stored, identity, document, extraction)


def parse_report(stored: StoredFile, county: County) -> Document:
    """Turn the stored bytes into a Document, in a worker process: whatever is in them costs this file only."""
    data = fetch.read_raw(county.raw, stored.sha256)
    pool = shared_pool(county.limits)
    return pool.run(
        stored.file_name, arrivals.read_document, data, stored.file_name, county.limits, arrivals.file_passwords()
    )


def identify_report(planned: plan.PlannedReport, document: Document, county: County) -> Identity:
    """Say whose report it is: by hand where assigned, by its names and title otherwise."""
    stored = planned.stored
    if planned.assignment is not None:
        word = planned.assignment
        return identify.identity_by_decision(word.unit_code, word.period, county, stored.file_name)
    return identify.identify_report(stored.source_file, parse.read_head(document), county, stored.sha256)


def extract_figures(document: Document, identity: Identity) -> Extraction:
    """Read every figure."""
    return extract.extract_document(document, ReportPeriod.parse(identity.period), reader())
