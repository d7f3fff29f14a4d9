"""The Prefect tasks: each is policy (name, retries) and a few calls of plain functions.

Read from top to bottom this is the operating policy of the system. Only what can heal by itself is retried: a source
that is away, a warehouse that another run is writing. Reading the same bytes again would fail in the same way.
Nothing is cached by Prefect: what was read before is known from the warehouse (see `tasks.plan`).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import task_run

from expectations.catalogue import load_catalogue
from tasks import arrivals, decide, deciding, extract, fetch, identify, load, parse, plan, publish, validate
from tasks.batches import Gathered, gather_outcomes
from tasks.domain.county import County, Source
from tasks.domain.documents import Document
from tasks.domain.errors import ConfigurationError, Place, ReportError, Text, XianbaoError
from tasks.domain.facts import Extraction
from tasks.domain.findings import UNSETTLED
from tasks.domain.frames import findings_frame, indicators_frame, units_frame
from tasks.domain.outcomes import OtherPeriod, ReadReport, RefusedReport, ReportOutcome, RunSummary
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import Identity, SourceFile, StageVersions, StoredFile
from tasks.domain.tables import TABLES
from tasks.lexicon import load_lexicon
from tasks.parse.workers import shared_pool
from tasks.publish.places import places_markdown

__all__ = [
    "list_source",
    "load_reports",
    "plan_run",
    "publish_decisions",
    "publish_run",
    "read_report",
    "record_requests",
    "show_tables",
    "stage_versions",
    "store_file",
    "validate_reports",
]

# Artifacts are for looking, not for archives: the whole list is in the warehouse and in `county findings`.
FINDINGS_SHOWN = 200


def stage_versions(county: County) -> StageVersions:
    """Return the versions of every stage that results depend on."""
    return StageVersions(
        parser=parse.PARSER_VERSION,
        extractor=extract.EXTRACTOR_VERSION,
        catalogue=load_catalogue().version,
        lexicon=load_lexicon().version,
        identity=plan.identity_version(county),
    )


@cache
def reader() -> extract.Reader:
    """Return the compiled reading engine, built once per process."""
    return extract.build_reader(load_catalogue(), load_lexicon())


def _named(zh: str, en: str) -> Callable[[], str]:
    """Return a task-run name in the county's language, filled from the task's own parameters."""

    def name() -> str:
        parameters: dict[str, Any] = task_run.parameters
        county: County = parameters["county"]
        template = zh if county.language == "zh" else en
        if "planned" in parameters:
            stored: StoredFile = parameters["planned"].stored
            guess = identify.guess_identity(stored.source_file, county)
            parameters = {**parameters, "whose": f"{guess.unit_name} {guess.period} {stored.file_name}".strip()}
        return template.format(**parameters)

    return name


@task(task_run_name=_named("列出 {source.name}", "list {source.name}"), retries=2, retry_delay_seconds=[2, 10],
      cache_policy=NO_CACHE)  # fmt: skip
def list_source(source: Source, county: County) -> tuple[SourceFile, ...]:
    """List the files of one source; a source that is away is tried three times."""
    return fetch.list_source(source, county)


@task(task_run_name=_named("存档 {file.path}", "store {file.path}"), retries=1, retry_delay_seconds=2,
      cache_policy=NO_CACHE)  # fmt: skip
def store_file(file: SourceFile, source: Source, county: County) -> tuple[StoredFile, ...]:
    """Store the bytes of one file untouched, and of every file in it when it is a container; tried twice."""
    stored = fetch.store_file(file, source, county)
    return arrivals.expand(stored, county, shared_pool(county.limits), arrivals.file_passwords())


@task(task_run_name=_named("排定本次任务", "plan this run"), cache_policy=NO_CACHE)
def plan_run(stored: Sequence[StoredFile], county: County) -> plan.RunPlan:
    """Work out what has to be read."""
    warehouse = load.Warehouse(county.warehouse)
    decided = warehouse.decisions().filter(pl.col("kind") == "assignment").unique("sha256", keep="last")
    assignments = [plan.Assignment(*row) for row in decided.select("sha256", "unit_code", "period").rows()]
    return plan.plan_reports(
        stored,
        warehouse.known_submissions(),
        assignments,
        stage_versions(county),
        with_passwords=bool(arrivals.file_passwords()),
    )


@task(task_run_name=_named("识别 {whose}", "identify {whose}"), cache_policy=NO_CACHE)
def identify_report(planned: plan.PlannedReport, document: Document, whose: str, county: County) -> Identity:
    """Say whose report it is: by hand where assigned, by its names and title otherwise."""
    stored = planned.stored
    if planned.assignment is not None:
        word = planned.assignment
        return identify.identity_by_decision(word.unit_code, word.period, county, stored.file_name)
    return identify.identify_report(stored.source_file, parse.read_head(document), county, stored.sha256)


@task(task_run_name=_named("解析 {whose}", "parse {whose}"), cache_policy=NO_CACHE)
def parse_report(stored: StoredFile, whose: str, county: County) -> Document:
    """Turn the stored bytes into a Document, in a worker process: whatever is in them costs this file only."""
    data = fetch.read_raw(county.raw, stored.sha256)
    pool = shared_pool(county.limits)
    return pool.run(
        stored.file_name, arrivals.read_document, data, stored.file_name, county.limits, arrivals.file_passwords()
    )


@task(task_run_name=_named("提取 {whose}", "extract {whose}"), cache_policy=NO_CACHE)
def extract_figures(document: Document, identity: Identity, whose: str, county: County) -> Extraction:
    """Read every figure."""
    return extract.extract_document(document, ReportPeriod.parse(identity.period), reader())


@task(task_run_name=_named("读入 {whose}", "read {whose}"), cache_policy=NO_CACHE)
def read_report(planned: plan.PlannedReport, county: County, period: str | None = None) -> ReportOutcome:
    """Take one report from stored bytes to figures; whatever stops it stops only it, with the reason kept."""
    stored = planned.stored
    identity = identify.guess_identity(stored.source_file, county)
    logger = get_run_logger()
    whose = f"{identity.unit_name} {identity.period} {stored.file_name}".strip()
    try:
        if stored.refused is not None:
            raise stored.refused
        # Parsed before it is identified: the title is one of the witnesses, and a scan is not read twice.
        document = parse_report(stored, whose, county)
        identity = identify_report(planned, document, whose, county)
        if period is not None and identity.period != period:
            return OtherPeriod(stored, identity)
        whose = f"{identity.unit_name} {identity.period}"
        extraction = extract_figures(document, identity, whose, county)
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


@dataclass(frozen=True)
class JudgedRun:
    """What a run will load, judged, and the submissions it brings."""

    batch: load.LoadBatch
    gathered: Gathered


def _evidence(gathered: Gathered, facts: pl.DataFrame, warehouse: load.Warehouse, county: County) -> validate.Evidence:
    """Return what there is to judge: live figures and texts, new and held, and the versions that were replaced."""
    read = gathered.rows.facts["submission_id"].unique().to_list()
    superseded = gathered.submissions.filter(pl.col("state") == "superseded").select("submission_id")

    def held(table: str) -> pl.DataFrame:
        rows = warehouse.scan(table).select(list(TABLES[table]))
        return rows.filter(~pl.col("submission_id").is_in(read)).collect()

    texts = pl.concat([held("blocks"), gathered.rows.blocks])
    mentions = pl.concat([held("mentions"), gathered.rows.mentions])
    versions = pl.concat([held("facts").filter(~pl.col("live")), gathered.rows.facts])
    live = gathered.live.select("submission_id")
    return validate.Evidence(
        facts,
        gathered.live,
        blocks=texts.join(live, on="submission_id", how="semi", maintain_order="left"),
        mentions=mentions.join(live, on="submission_id", how="semi", maintain_order="left"),
        replaced=versions.join(superseded, on="submission_id", how="semi", maintain_order="left"),
        units=units_frame(county.gazetteer),
    )


@task(task_run_name=_named("审核 {county.name}", "validate {county.name}"), cache_policy=NO_CACHE)
def validate_reports(outcomes: Sequence[ReportOutcome], county: County, now: dt.datetime, run_id: str) -> JudgedRun:
    """Judge the new figures together with the live ones of every period; nothing new, nothing judged."""
    warehouse, catalogue = load.Warehouse(county.warehouse), load_catalogue()
    # Figures of part of a year (1—9月) have periods of their own that no form owes.
    held_periods = warehouse.scan("facts").select(pl.col("period").unique()).collect()["period"]
    owed = [code for form in county.settings.forms for code in form.periods]
    mandatory = {form.code: form.mandatory for form in county.settings.forms}
    gathered = gather_outcomes(outcomes, warehouse.known_submissions(), county, stage_versions(county), catalogue)
    read_periods = gathered.rows.facts["period"]
    periods = tuple(pl.concat([pl.Series(owed, dtype=pl.String), held_periods, read_periods]).unique().sort())
    decisions = warehouse.decisions()
    read = gathered.live_facts(warehouse.live_facts(periods))
    facts = decide.correct_facts(read, decisions)
    findings = warehouse.scan("findings").filter(pl.col("status") != "fixed").select(list(TABLES["findings"])).collect()
    judged: tuple[str, ...] = ()
    # A correction changes what the checks look at; an explanation only what is said of what they found.
    if gathered.new or not facts.equals(read):
        result = validate.validate_facts(
            _evidence(gathered, facts, warehouse, county), catalogue=catalogue, mandatory=mandatory,
            language=county.language,
            data_docs=county.data_docs,
        )  # fmt: skip
        facts, findings, judged = result.facts, findings_frame(result.findings, run_id), periods
    facts, findings = decide.corrected_status(facts), decide.settle_findings(findings, facts, decisions)
    roster = load.reporting_frame(
        county.roster(), gathered.submissions, facts, findings, mandatory=mandatory, as_of=now
    )  # fmt: skip
    earlier = gathered.superseded_facts(warehouse.scan("facts"))
    batch = load.LoadBatch(
        submissions=gathered.to_write,
        blocks=gathered.rows.blocks,
        mentions=gathered.rows.mentions,
        facts=gathered.judged_facts(facts, warehouse.facts_of(gathered.judged_anew(facts, read))),
        findings=findings,
        reporting=decide.approve_roster(roster, gathered.submissions, decisions),
        quality=load.quality_frame(roster, facts, earlier, findings),
        indicators=indicators_frame(catalogue),
        units=units_frame(county.gazetteer),
        periods=judged,
    )
    return JudgedRun(batch, gathered)


@task(task_run_name=_named("入库 {county.name}", "load {county.name}"), cache_policy=NO_CACHE)
def load_reports(judged: JudgedRun, county: County, now: dt.datetime, run_id: str) -> load.LoadOutcome:
    """Commit the batch, the submissions last; conflicts with other runs are retried by the warehouse itself."""
    return load.Warehouse(county.warehouse).load(judged.batch, run_id=run_id, now=now)


@task(task_run_name=_named("公布 {county.name}", "report {county.name}"), cache_policy=NO_CACHE)
def publish_run(judged: JudgedRun, summary: RunSummary, county: County) -> None:
    """Keep the quarantine folder true, and show roster and findings in the UI."""
    for one in judged.gathered.new:
        path = fetch.raw_path(county.raw, one.sha256)
        source = path if path.exists() else None
        if one.state == "quarantined":
            reason = Text(*one.quarantine_detail.split("\n", 1))
            publish.write_quarantine(county, one.sha256, one.file_name, source, reason)
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
    counts = (waiting, findings.height - waiting, FINDINGS_SHOWN)
    zh = county.language == "zh"
    slug = county.settings.county.code
    create_table_artifact(
        publish.roster_rows(reporting, county.language),
        key=f"roster-{slug}",
        description=f"{county.name} {'应报名册' if zh else 'roster'} · {words.within(county.language)}",
    )
    said = (
        "{} 审核问题：待处理{}个，已说明或豁免{}个，至多列出{}个"
        if zh
        else "{} findings: {} open, {} settled, at most {} shown"
    )
    create_table_artifact(
        publish.findings_rows(findings, county.language, FINDINGS_SHOWN),
        key=f"findings-{slug}",
        description=said.format(county.name, *counts),
    )
    create_table_artifact(
        publish.quality_rows(quality, county.language),
        key=f"quality-{slug}",
        description=f"{county.name} 数据质量" if zh else f"{county.name} data quality",
    )
    create_markdown_artifact(places_markdown(county), key=f"places-{slug}", description=county.name)


@task(task_run_name=_named("记录决定 {county.name}", "record decisions {county.name}"), cache_policy=NO_CACHE)
def record_requests(
    requests: Sequence[decide.DecisionRequest], county: County, now: dt.datetime, run_id: str
) -> deciding.Recorded:
    """Record what people decided; a refused one stops no other."""
    recorded = deciding.record_requests(county, (("", one) for one in requests), run_id=run_id, now=now)
    logger = get_run_logger()
    for warning in recorded.warnings:
        logger.warning(warning.within(county.language))
    return recorded


@task(task_run_name=_named("公布 {county.name}", "report {county.name}"), cache_policy=NO_CACHE)
def publish_decisions(recorded: deciding.Recorded, county: County) -> None:
    """Show roster and findings in the UI after decisions."""
    show_tables(county, Text(recorded.message("zh"), recorded.message("en")))


def chosen_sources(county: County, name: str | None) -> tuple[Source, ...]:
    """Return the sources of county.toml, or the one called `name`.

    Raises:
        ConfigurationError: no source has this name.
    """
    chosen = tuple(one for one in county.settings.sources if name is None or one.name == name)
    if chosen:
        return chosen
    names = "、".join(one.name for one in county.settings.sources)
    raise ConfigurationError(
        "source_unknown",
        Place("county.toml"),
        Text(f"没有名为 {name} 的来源（有：{names}）", f"no source is called {name!r} (there are: {names})"),
        Text("请核对 --source 或 county.toml 的 sources", "check --source, or sources in county.toml"),
    )


def unavailable_message(state: State[Any], county: County) -> str:
    """Return why a source or file could not be read, in the county's words."""
    error = state.result(raise_on_failure=False)
    return error.message(county.language) if isinstance(error, XianbaoError) else str(error)


def summarise(
    stored: Sequence[StoredFile],
    planned: plan.RunPlan,
    judged: JudgedRun,
    loaded: load.LoadOutcome,
    unavailable: tuple[str, ...],
) -> RunSummary:
    """Return what the run did, in counts."""
    new = judged.gathered.new
    return RunSummary(
        received=len(stored),
        unchanged=len(planned.unchanged),
        duplicates=len(planned.duplicates),
        loaded=sum(1 for one in new if one.state in {"loaded", "superseded"}),
        quarantined=tuple(one for one in new if one.state == "quarantined"),
        facts=judged.gathered.rows.facts.height,
        findings=judged.batch.findings.filter(pl.col("status").is_in(UNSETTLED)).height if judged.batch.periods else 0,
        committed_tables=loaded.committed,
        unavailable=unavailable,
    )
