"""Figures are judged together with those of every period, and loaded in one batch."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from expectations.catalogue import load_catalogue
from tasks import decide, load, validate
from tasks.batches import Gathered, gather_outcomes
from tasks.domain.county import County
from tasks.domain.frames import findings_frame, indicators_frame, units_frame
from tasks.domain.outcomes import CarriedReport, ReportOutcome
from tasks.domain.tables import TABLES
from tasks.steps.arriving import stage_versions
from tasks.steps.naming import named
from tasks.steps.timing import at_work

__all__ = ["JudgedRun", "load_reports", "validate_reports"]


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


@task(task_run_name=named("审核 {county.name}", "validate {county.name}"), cache_policy=NO_CACHE)
@at_work
def validate_reports(
    outcomes: Sequence[ReportOutcome | CarriedReport],
    county: County,
    now: dt.datetime,
    run_id: str,
    periods: Sequence[str] = (),
) -> JudgedRun:
    """Judge the new figures together with the live ones of every period; nothing new, nothing judged.

    `periods` are judged even where nothing in them changed: rules or ranges did (a backfill from stage validate).
    """
    warehouse, catalogue = load.Warehouse(county.warehouse), load_catalogue()
    # Figures of part of a year (1—9月) have periods of their own that no form owes.
    held_periods = warehouse.scan("facts").select(pl.col("period").unique()).collect()["period"]
    owed = [code for form in county.settings.forms for code in form.periods]
    mandatory = {form.code: form.mandatory for form in county.settings.forms}
    gathered = gather_outcomes(outcomes, warehouse.known_submissions(), county, stage_versions(county), catalogue)
    read_periods = gathered.rows.facts["period"]
    known = tuple(pl.concat([pl.Series(owed, dtype=pl.String), held_periods, read_periods]).unique().sort())
    decisions = warehouse.decisions()
    read = gathered.live_facts(warehouse.live_facts(known))
    facts = decide.correct_facts(read, decisions)
    findings = warehouse.scan("findings").filter(pl.col("status") != "fixed").select(list(TABLES["findings"])).collect()
    judged: tuple[str, ...] = ()
    # A correction changes what the checks look at; an explanation only what is said of what they found.
    if gathered.new or periods or not facts.equals(read):
        result = validate.validate_facts(
            _evidence(gathered, facts, warehouse, county), catalogue=catalogue, mandatory=mandatory,
            language=county.language,
            data_docs=county.data_docs,
        )  # fmt: skip
        facts, findings, judged = result.facts, findings_frame(result.findings, run_id), known
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


@task(task_run_name=named("入库 {county.name}", "load {county.name}"), cache_policy=NO_CACHE)
@at_work
def load_reports(judged: JudgedRun, county: County, now: dt.datetime, run_id: str) -> load.LoadOutcome:
    """Commit the batch, the submissions last; conflicts with other runs are retried by the warehouse itself."""
    return load.Warehouse(county.warehouse).load(judged.batch, run_id=run_id, now=now)
