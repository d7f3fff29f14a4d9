"""Files arrive: sources listed, bytes stored, the run planned. A source that is away may heal by itself."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import MissingContextError
from prefect.logging import get_logger, get_run_logger

from tasks import arrivals, decide, fetch, load, plan, reading, rereading
from tasks.backfill.manifest import Manifest
from tasks.backfill.selecting import left_alone
from tasks.domain.county import County, Source
from tasks.domain.errors import XianbaoError
from tasks.domain.outcomes import CarriedReport
from tasks.domain.submissions import SourceFile, StageVersions, StoredFile
from tasks.lexicon import load_lexicon
from tasks.parse.workers import shared_pool
from tasks.reading import stage_versions
from tasks.steps.naming import named
from tasks.steps.timing import at_work, at_work_again
from tasks.store import ResultStore, changed_words, terms_of

__all__ = [
    "carried_reports",
    "list_source",
    "plan_run",
    "result_store",
    "stage_versions",
    "store_file",
    "store_files",
    "tidy_store",
    "unavailable_message",
]


@task(task_run_name=named("列出 {source.name}", "list {source.name}"), retries=2, retry_delay_seconds=[2, 10],
      cache_policy=NO_CACHE)  # fmt: skip
@at_work_again
def list_source(source: Source, county: County) -> tuple[SourceFile, ...]:
    """List the files of one source; a source that is away is tried three times."""
    return fetch.list_source(source, county)


@task(task_run_name=named("存档 {file.path}", "store {file.path}"), retries=1, retry_delay_seconds=2,
      cache_policy=NO_CACHE)  # fmt: skip
@at_work_again
def store_file(file: SourceFile, source: Source, county: County) -> tuple[StoredFile, ...]:
    """Store the bytes of one file untouched, and of every file in it when it is a container; tried twice."""
    return _store(file, source, county)


@task(task_run_name=named("排定本次任务", "plan this run"), cache_policy=NO_CACHE)
@at_work
def plan_run(stored: Sequence[StoredFile], county: County) -> plan.RunPlan:
    """Work out what has to be read; what other words cannot concern is not, and takes their version as it is."""
    warehouse, versions = load.Warehouse(county.warehouse), stage_versions(county)
    fetch.note_arrivals(county.raw, sorted(stored, key=lambda one: (one.source_file.received_at, one.source_file.uri)))
    known, carried = carried_reports(warehouse.known_submissions(), county, versions)
    known = _left_alone(known, warehouse, county, versions)
    assigned = decide.assignments_of(warehouse.decisions())
    assignments = [plan.Assignment(sha256, *whose) for sha256, whose in assigned.items()]
    planned = plan.plan_reports(
        stored, known, assignments, versions, with_passwords=bool(arrivals.file_passwords())
    )  # fmt: skip
    return replace(planned, carried=carried)


def _left_alone(
    known: pl.DataFrame, warehouse: load.Warehouse, county: County, versions: StageVersions
) -> pl.DataFrame:
    """Return `known` with those that only a person has read again as current: what was approved, and what was undone.

    A new version of the program must not change an approved figure on its way, nor bring back what was just undone.
    """
    kept = known.filter(
        pl.col("submission_id").is_in(
            left_alone(known, warehouse.scan("reporting").collect(), Manifest(county.warehouse).rows(), versions)
        )
    )
    if kept.is_empty():
        return known
    logger = _logger()
    said = (
        "%d 份已审定或已撤销回填的报告仍是旧版本读入的；需要时用 county backfill --include-locked"
        if county.language == "zh"
        else "%d reports, approved or undone, stay as older versions read them; county backfill --include-locked"
    )
    logger.info(said, kept.height)
    current = pl.col("submission_id").is_in(kept["submission_id"].to_list())
    return known.with_columns(
        pl.when(current).then(pl.lit(versions.text)).otherwise("stage_versions").alias("stage_versions")
    )


def carried_reports(
    known: pl.DataFrame, county: County, versions: StageVersions
) -> tuple[pl.DataFrame, tuple[CarriedReport, ...]]:
    """Return the `known` submissions with the versions they are true for, and those of them whose versions changed.

    Both are about a new lexicon: a submission without any of the words that changed reads as it was read.
    """
    results = result_store(county, versions)
    results.keep_terms(terms_of(load_lexicon()))
    unconcerned = []
    for (lexicon,), rows in plan.other_words_only(known, versions).group_by("lexicon"):
        before = results.terms(str(lexicon))
        words = None if before is None else changed_words(before, terms_of(load_lexicon()))
        in_quarantine = pl.col("state") == "quarantined"
        unconcerned.append(rows.filter(in_quarantine))
        if words is None:
            continue
        readable = rows.filter(~in_quarantine)
        reports = {rereading.StoredReport(*row) for row in readable.select("sha256", "file_name", "period").rows()}
        found = rereading.concerned(sorted(reports, key=attrgetter("sha256")), words, county.store, versions)
        unconcerned.append(readable.filter(~pl.col("sha256").is_in([one.sha256 for one in found])))
    if not unconcerned:
        return known, ()
    now = pl.concat(unconcerned).select("submission_id", "now")
    current = known.join(now, on="submission_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("now", "stage_versions").alias("stage_versions")
    )
    return current.drop("now"), tuple(CarriedReport(*row) for row in now.rows())


def result_store(county: County, versions: StageVersions) -> ResultStore:
    """Return the county's stage store; what is wrong with an entry is a warning of the run, where there is one."""
    return reading.result_store(county, versions, _logger())


def _logger() -> logging.Logger | logging.LoggerAdapter[logging.Logger]:
    try:
        return get_run_logger()
    except MissingContextError:
        return get_logger("county")


@task(task_run_name=named("整理阶段存储", "tidy the stage store"), cache_policy=NO_CACHE)
def tidy_store(county: County) -> None:
    """Keep the stage store within the size that county.toml allows, the oldest results first."""
    results = result_store(county, stage_versions(county))
    results.store.clean(results.current, limit=county.settings.store.limit_mib * 2**20)


@task(task_run_name=named("存档 {file_count} 件：{source.name}", "store {file_count} files: {source.name}"),
      cache_policy=NO_CACHE)  # fmt: skip
@at_work
def store_files(
    files: Sequence[SourceFile], source: Source, county: County
) -> tuple[list[StoredFile], list[SourceFile]]:
    """Store many files in one task; returned beside what was stored are those that failed, for `store_file` to try."""
    stored: list[StoredFile] = []
    failed: list[SourceFile] = []
    for file in files:
        try:
            stored += _store(file, source, county)
        except (XianbaoError, OSError) as error:
            get_run_logger().warning("%s", error.message(county.language) if isinstance(error, XianbaoError) else error)
            failed.append(file)
    return stored, failed


def _store(file: SourceFile, source: Source, county: County) -> tuple[StoredFile, ...]:
    stored = fetch.store_file(file, source, county)
    return arrivals.expand(stored, county, shared_pool(county.limits), arrivals.file_passwords())


def unavailable_message(state: State[Any], county: County) -> str:
    """Return why a source or file could not be read, in the county's words."""
    error = state.result(raise_on_failure=False)
    return error.message(county.language) if isinstance(error, XianbaoError) else str(error)
