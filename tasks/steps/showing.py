"""What a run did is shown: quarantine folder, artifacts in the UI, the summary."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from tasks import fetch, load, plan, publish
from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.domain.findings import UNSETTLED
from tasks.domain.outcomes import RunSummary
from tasks.domain.submissions import StoredFile
from tasks.publish.places import places_markdown
from tasks.steps.judging import JudgedRun
from tasks.steps.linking import form_links
from tasks.steps.naming import named
from tasks.steps.timing import Stopwatch, at_work

__all__ = ["publish_run", "show_tables", "summarise", "with_time"]

# Artifacts are for looking, not for archives: the whole is in the warehouse, the county book, `county status` and
# `county findings`. The UI draws every row of a table at once (tests/benchmarks/bench_artifact_pages.py).
ROWS_SHOWN = 100
# As many cells as the roster has in its rows: what the UI takes goes by cells, and this table has the most columns.
_QUALITY_ROWS: Final = 70


@task(task_run_name=named("公布 {county.name}", "report {county.name}"), cache_policy=NO_CACHE)
@at_work
def publish_run(judged: JudgedRun, summary: RunSummary, county: County) -> None:
    """Keep the quarantine folder true, and show roster and findings in the UI."""
    for one in judged.gathered.new:
        if one.state == "quarantined":
            reason = Text(*one.quarantine_detail.split("\n", 1))
            is_stored = fetch.has_raw(county.raw, one.sha256)
            original = partial(fetch.read_raw, county.raw, one.sha256) if is_stored else None
            publish.write_quarantine(county, one.sha256, one.file_name, original, reason)
        else:
            publish.clear_quarantine(county, one.sha256)
    for sha256 in judged.gathered.changed.filter(pl.col("state") == "withdrawn")["sha256"]:
        publish.clear_quarantine(county, sha256)
    show_tables(county, Text(summary.message("zh"), summary.message("en")))


def show_tables(county: County, words: Text) -> None:
    """Show roster and findings as they are now in the UI; `words` say what was just done."""
    warehouse = load.Warehouse(county.warehouse)
    reporting = warehouse.scan("reporting").collect()
    quality = warehouse.scan("quality").collect()
    findings = warehouse.scan("findings").filter(pl.col("status") != "fixed").collect()
    waiting = findings.filter(pl.col("status").is_in(UNSETTLED)).height
    counts = (waiting, findings.height - waiting, ROWS_SHOWN)
    zh, now = county.language == "zh", dt.datetime.now(dt.UTC)
    slug, decide = county.settings.county.code, form_links("record-decision", county)
    create_table_artifact(
        publish.roster_rows(reporting, county.language, timezone=county.timezone, now=now)[:ROWS_SHOWN],
        key=f"roster-{slug}",
        description=f"{county.name} {'应报名册' if zh else 'roster'} · {words.within(county.language)}"
        + _cut(reporting.height, ROWS_SHOWN, county, "roster.html"),
    )
    said = (
        "{} 审核问题：待处理{}个，已说明或豁免{}个，至多列出{}个"
        if zh
        else "{} findings: {} open, {} settled, at most {} shown"
    )
    create_table_artifact(
        publish.findings_rows(findings, county.language, ROWS_SHOWN, decide.column("finding_id", "about")),
        key=f"findings-{slug}",
        description=said.format(county.name, *counts) + _book_link(county, "findings/index.html"),
    )
    create_table_artifact(
        publish.quality_rows(publish.worst_quality(quality, _QUALITY_ROWS), county.language),
        key=f"quality-{slug}",
        description=(f"{county.name} 数据质量" if zh else f"{county.name} data quality")
        + _cut(quality.height, _QUALITY_ROWS, county, "roster.html"),
    )
    where = "仓库、审核文档、县情册、隔离文件在哪里" if zh else "where warehouse, Data Docs, book and quarantine are"
    create_markdown_artifact(places_markdown(county), key=f"places-{slug}", description=f"{county.name} {where}")


def _cut(rows: int, shown: int, county: County, page: str) -> str:
    """Return how many rows there are where not all are shown, and where the others are."""
    if rows <= shown:
        return ""
    said = (
        " · 共{}行，先列出最需要看的{}行，全部见 county status"
        if county.language == "zh"
        else " · {} rows, the {} that most need a look are shown; all: county status"
    )
    return said.format(rows, shown) + _book_link(county, page)


def _book_link(county: County, page: str) -> str:
    """Return a link to `page` of the county book, where the county has said under which address it can be opened."""
    url = county.settings.book.url
    if not url:
        return ""
    return f" · [{'在县情册中查看' if county.language == 'zh' else 'in the county book'}]({url.rstrip('/')}/{page})"


def summarise(
    stored: Sequence[StoredFile],
    planned: plan.RunPlan,
    judged: JudgedRun,
    loaded: load.LoadOutcome,
    unavailable: tuple[str, ...],
    county: County,
) -> RunSummary:
    """Return what the run did, in counts; asked when it has loaded."""
    new = judged.gathered.new
    waiting = load.Warehouse(county.warehouse).scan("findings").filter(pl.col("status").is_in(UNSETTLED))
    return RunSummary(
        received=len(stored),
        unchanged=len(planned.unchanged),
        duplicates=len(planned.duplicates),
        loaded=sum(1 for one in new if one.state in {"loaded", "superseded"}),
        quarantined=tuple(one for one in new if one.state == "quarantined"),
        facts=judged.gathered.rows.facts.height,
        findings=waiting.select(pl.len()).collect().item(),
        committed_tables=loaded.committed,
        unavailable=unavailable,
        held=tuple(one for one in new if one.state == "held"),
    )


def with_time(summary: RunSummary, read: int, stopwatch: Stopwatch) -> RunSummary:
    """Return the summary with the time the run has taken so far and how many reports it opened."""
    taken = stopwatch.taken()
    return replace(summary, read=read, seconds=taken.total, orchestration_seconds=taken.orchestration)
