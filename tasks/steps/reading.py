"""A report is read: parsed in a worker process, identified, its figures extracted. Nothing here is retried.

What the same stages made of the same bytes before is taken from the stage store.
"""

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import arrivals, extract, fetch, identify, parse, plan
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import ReportError
from tasks.domain.facts import Extraction
from tasks.domain.outcomes import OtherPeriod, ReadReport, RefusedReport, ReportOutcome
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import Identity, StoredFile
from tasks.parse.workers import shared_pool
from tasks.rereading import reader
from tasks.steps.arriving import result_store, stage_versions
from tasks.steps.naming import named

__all__ = ["extract_figures", "identify_report", "parse_report", "read_report"]


@task(task_run_name=named("识别 {whose}", "identify {whose}"), cache_policy=NO_CACHE)
def identify_report(planned: plan.PlannedReport, document: Document, whose: str, county: County) -> Identity:
    """Say whose report it is: by hand where assigned, by its names and title otherwise."""
    stored = planned.stored
    if planned.assignment is not None:
        word = planned.assignment
        return identify.identity_by_decision(word.unit_code, word.period, county, stored.file_name)
    return identify.identify_report(stored.source_file, parse.read_head(document), county, stored.sha256)


@task(task_run_name=named("解析 {whose}", "parse {whose}"), cache_policy=NO_CACHE)
def parse_report(stored: StoredFile, whose: str, county: County) -> Document:
    """Turn the stored bytes into a Document, in a worker process: whatever is in them costs this file only."""
    data = fetch.read_raw(county.raw, stored.sha256)
    pool = shared_pool(county.limits)
    return pool.run(
        stored.file_name, arrivals.read_document, data, stored.file_name, county.limits, arrivals.file_passwords()
    )


@task(task_run_name=named("提取 {whose}", "extract {whose}"), cache_policy=NO_CACHE)
def extract_figures(document: Document, identity: Identity, whose: str, county: County) -> Extraction:
    """Read every figure."""
    return extract.extract_document(document, ReportPeriod.parse(identity.period), reader())


@task(task_run_name=named("读入 {whose}", "read {whose}"), cache_policy=NO_CACHE)
def read_report(planned: plan.PlannedReport, county: County, period: str | None = None) -> ReportOutcome:
    """Take one report from stored bytes to figures; whatever stops it stops only it, with the reason kept."""
    stored = planned.stored
    identity = identify.guess_identity(stored.source_file, county)
    logger, results = get_run_logger(), result_store(county, stage_versions(county))
    whose = f"{identity.unit_name} {identity.period} {stored.file_name}".strip()
    try:
        if stored.refused is not None:
            raise stored.refused
        # Parsed before it is identified: the title is one of the witnesses, and a scan is not read twice.
        document = results.document(stored.sha256, stored.file_name)
        if document is None:
            document = parse_report(stored, whose, county)
            results.keep_document(stored.sha256, stored.file_name, document)
        identity = identify_report(planned, document, whose, county)
        if period is not None and identity.period != period:
            return OtherPeriod(stored, identity)
        whose = f"{identity.unit_name} {identity.period}"
        extraction = results.extraction(stored.sha256, identity.period)
        if extraction is None:
            extraction = extract_figures(document, identity, whose, county)
            results.keep_extraction(stored.sha256, identity.period, extraction)
    except ReportError as error:
        logger.warning(error.message(county.language))
        return RefusedReport(stored, identity, error.code, error.message("zh"), error.message("en"))
    except Exception as error:
        logger.exception("%s", stored.file_name)
        fault = f"{stored.file_name}: internal_error: {type(error).__name__}: {error}"
        return RefusedReport(
            stored, identity, "internal_error",
            f"{fault} → 这是系统缺陷，文件已保留，请把本条信息交给维护人员",
            f"{fault} → this is a defect of the system; the file is kept, pass this message to its maintainers",
        )  # fmt: skip
    logger.info("%s: %d / %d", whose, len(extraction.mentions), len(extraction.facts))
    return ReadReport(stored, identity, document, extraction)
