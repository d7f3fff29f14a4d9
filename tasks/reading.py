"""Reports are read: parsed in a worker process, identified, their figures extracted; in whatever process that is.

Stands between the stages and the Prefect tasks, and knows no Prefect: a process elsewhere that reads a batch needs this
module alone, and what it has to say goes back with what it read. What the same stages made of the same bytes before is
taken from the stage store.
"""

import logging
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.catalogue import load_catalogue
from tasks import arrivals, extract, fetch, identify, parse, plan
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import ConfigurationError, Place, ReportError, Text
from tasks.domain.facts import Extraction
from tasks.domain.outcomes import OtherPeriod, ReadReport, RefusedReport, ReportOutcome
from tasks.domain.periods import ReportPeriod
from tasks.domain.sealing import Sealed
from tasks.domain.submissions import Identity, StageVersions, StoredFile
from tasks.lexicon import load_lexicon
from tasks.parse.workers import READERS, shared_pool
from tasks.rereading import reader
from tasks.store import ResultStore, StageStore

__all__ = [
    "Logger",
    "ReadBatch",
    "read_batch",
    "read_beside",
    "read_report",
    "read_sealed",
    "result_store",
    "stage_versions",
    "whose",
]

Logger = logging.Logger | logging.LoggerAdapter[logging.Logger]


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What became of a batch of reports, in its order, and the seconds that reading it took, wherever it was read.

    `said` is what there is to log of it where it was read in another process: levels with their messages.
    """

    outcomes: list[ReportOutcome]
    seconds: float
    said: tuple[tuple[int, str], ...] = ()


def stage_versions(county: County) -> StageVersions:
    """Return the versions of every stage that results depend on."""
    return StageVersions(
        parser=parse.PARSER_VERSION,
        extractor=extract.EXTRACTOR_VERSION,
        catalogue=load_catalogue().version,
        lexicon=load_lexicon().version,
        identity=plan.identity_version(county),
    )


def result_store(county: County, versions: StageVersions, logger: Logger) -> ResultStore:
    """Return the county's stage store; `logger` is warned of what is wrong with an entry."""
    return ResultStore(StageStore(county.store, lambda text: logger.warning(text.within(county.language))), versions)


def whose(stored: StoredFile, identity: Identity) -> str:
    """Return whose report a file is, for people: `云岫镇 2023`, and the file's name where that is not known."""
    known = f"{identity.unit_name} {identity.period}".strip()
    return known if identity.unit_name and identity.period else f"{known} {stored.file_name}".strip()


def read_beside(processes: int) -> None:
    """Note in a process that was started to read that it is one of `processes`, which share the cores."""
    os.environ[READERS] = str(processes)


def read_sealed(
    batch: Sealed[Sequence[plan.PlannedReport]], county: Sealed[County], period: str | None, versions: StageVersions
) -> Sealed[ReadBatch]:
    """Read a batch in another process than the run's, which may be on another machine.

    Raises:
        ConfigurationError: this process has other stages than the `versions` of the run, or the county is not here.
    """
    here = county.value
    if stage_versions(here) != versions:
        raise _unlike_the_run(versions, stage_versions(here))
    if "://" not in here.raw and not Path(here.raw).is_dir():
        raise _county_is_not_here(here.raw)
    kept = _Kept()
    logger = logging.Logger("xianbao.reading")
    logger.addHandler(kept)
    read = read_batch(batch.opened(), here, period, logger)
    return Sealed(ReadBatch(read.outcomes, read.seconds, tuple(kept.said)))


def read_batch(batch: Sequence[plan.PlannedReport], county: County, period: str | None, logger: Logger) -> ReadBatch:
    """Take reports from stored bytes to figures; whatever stops one stops only it, with the reason kept."""
    began, results = time.monotonic(), result_store(county, stage_versions(county), logger)
    outcomes = [read_report(planned, county, period, results, logger) for planned in batch]
    _say_what_was_read(outcomes, logger, in_chinese=county.language == "zh")
    return ReadBatch(outcomes, time.monotonic() - began)


def read_report(
    planned: plan.PlannedReport, county: County, period: str | None, results: ResultStore, logger: Logger
) -> ReportOutcome:
    """Return what became of one report; results of its stages are looked for in `results` and kept there."""
    stored = planned.stored
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


def _say_what_was_read(outcomes: Sequence[ReportOutcome], logger: Logger, *, in_chinese: bool) -> None:
    """Log what became of each report, those that were read in one entry: an entry of Prefect's log costs 1 ms."""
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


class _Kept(logging.Handler):
    """Keeps what is logged, with the traces of exceptions."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.levelno, self.format(record)))


def _unlike_the_run(run: StageVersions, here: StageVersions) -> ConfigurationError:
    host = socket.gethostname()
    return ConfigurationError(
        "worker_version",
        Place(host),
        Text(
            f"此工作进程的程序版本与任务不同（{here.text}，任务为 {run.text}）",
            f"this worker has other stages than the run ({here.text}; the run has {run.text})",
        ),
        Text(
            "请在该机器安装与任务相同的版本后重启工作进程；已存档的文件不会丢失",
            "install the run's version there and start the worker again; what was stored is not lost",
        ),
    )


def _county_is_not_here(raw: str) -> ConfigurationError:
    host = socket.gethostname()
    return ConfigurationError(
        "worker_without_county",
        Place(host),
        Text(f"此机器上没有原件文件夹 {raw}", f"there is no folder {raw} of raw files on this machine"),
        Text(
            "请把本县文件夹以同一路径挂载到该机器，或改用对象存储；已存档的文件不会丢失",
            "mount the county's folder there under the same path, or use an object store; what was stored is not lost",
        ),
    )
