"""Figures are judged together with those of every period, and loaded in one batch."""

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger

from expectations.catalogue import load_catalogue
from tasks import decide, load, validate
from tasks.batches import Gathered, gather_outcomes
from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.domain.frames import findings_frame, indicators_frame, units_frame
from tasks.domain.outcomes import CarriedReport, ReportOutcome
from tasks.domain.submissions import StoredFile
from tasks.domain.tables import TABLES
from tasks.evidence import judge_changes, note_judged_by
from tasks.load.upkeep import check_clock, migrate
from tasks.steps.arriving import stage_versions
from tasks.steps.naming import named
from tasks.steps.timing import at_work
from tasks.terms import extended_roster, terms_of

__all__ = ["JudgedRun", "load_reports", "one_writer", "one_writer_only", "prepare_judge", "validate_reports"]


def _log() -> logging.Logger | logging.LoggerAdapter[Any]:
    """Return the log of the run, or of the command where there is no run."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("prefect.county")


@dataclass(frozen=True)
class JudgedRun:
    """What a run will load, judged, and the submissions it brings; `mark` is what was judged by, if anything was."""

    batch: load.LoadBatch
    gathered: Gathered
    mark: str = ""


@dataclass(frozen=True)
class _Judged:
    """What the checks say of live figures: figures with their status, findings settled, periods judged anew.

    `mark` is what was judged by, empty where nothing was.
    """

    read: pl.DataFrame
    facts: pl.DataFrame
    findings: pl.DataFrame
    periods: tuple[str, ...]
    mark: str


def _judge(
    gathered: Gathered,
    county: County,
    decisions: pl.DataFrame,
    run_id: str,
    periods: Sequence[str],
    *,
    pages: bool = True,
) -> _Judged:
    """Judge what can be different after `gathered`, and `periods`; findings of other periods stay as they are.

    `pages`: Data Docs are written; not while versions may still have to be set aside.
    """
    warehouse = load.Warehouse(county.warehouse)
    # Figures of part of a year (1—9月) have periods of their own that no form owes.
    held_periods = warehouse.scan("facts").select(pl.col("period").unique()).collect()["period"]
    owed = [code for form in county.settings.forms for code in form.periods]
    read_periods = gathered.rows.facts["period"]
    known = tuple(pl.concat([pl.Series(owed, dtype=pl.String), held_periods, read_periods]).unique().sort())
    live = warehouse.live_facts(known)
    read = gathered.live_facts(pl.concat([live, warehouse.facts_of(gathered.revived)]))
    facts = decide.correct_facts(read, decisions)
    findings = warehouse.scan("findings").filter(pl.col("status") != "fixed").select(list(TABLES["findings"])).collect()
    judged: tuple[str, ...] = ()
    mark = ""
    # A correction changes what the checks look at; an explanation only what is said of what they found.
    result = judge_changes(
        gathered, live, facts, warehouse, county, catalogue=load_catalogue(), mandatory=_mandatory(county),
        periods=periods, data_docs=county.data_docs if pages else None,
    )  # fmt: skip
    if result is not None:
        mark, said, years = result.mark, result.said, result.said.years
        facts, judged = said.facts, tuple(one for one in known if years is None or int(one[:4]) in years)
        findings = _with_others(findings_frame(said.findings, run_id), findings, judged, said.unjudged)
    facts = decide.corrected_status(facts)
    return _Judged(read, facts, decide.settle_findings(findings, facts, decisions, county.timezone), judged, mark)


def _with_others(
    said: pl.DataFrame, held: pl.DataFrame, periods: Sequence[str], unjudged: Collection[str]
) -> pl.DataFrame:
    """Return the findings `said` and those of `held` that were not judged: other periods, rules that failed to run.

    What is said of held versions is told anew by `_with_held` and is not kept.
    """
    others = held.filter(
        (~pl.col("period").is_in(list(periods)) & (pl.col("rule") != load.HELD_RULE))
        | pl.col("rule").is_in(list(unjudged))
    )
    return pl.concat([said, others.join(said, on="finding_id", how="anti")])


def _mandatory(county: County) -> dict[str, tuple[str, ...]]:
    return {form.code: form.mandatory for form in county.settings.forms}


def prepare_judge(to_read: Sized) -> None:
    """Begin to import what judges while the reports are read, if there are any: what is read will be judged."""
    if to_read:
        validate.make_ready()


@task(task_run_name=named("审核 {county.name}", "validate {county.name}"), cache_policy=NO_CACHE)
@at_work
def validate_reports(
    outcomes: Sequence[ReportOutcome | CarriedReport],
    county: County,
    now: dt.datetime,
    run_id: str,
    periods: Sequence[str] = (),
    arrived: Sequence[StoredFile] = (),
) -> JudgedRun:
    """Judge what is new and what it can change: nothing new, nothing judged; findings of other periods stay.

    A later version that fails its own checks is set aside where the county wants that, and the rest judged without
    it. `periods` are judged even where nothing in them changed: rules or ranges did (a backfill from stage validate).
    `arrived` are all files of the run; those that only repeat another are noted.
    """
    warehouse, catalogue = load.Warehouse(county.warehouse), load_catalogue()
    judged_at = warehouse.judged_at()
    decisions = warehouse.decisions()
    roster = extended_roster(county, decisions)
    gathered = gather_outcomes(
        outcomes, warehouse.known_submissions(), roster, stage_versions(county), catalogue,
        terms_of(county, decisions, roster),
    )  # fmt: skip
    may_fail = not gathered.contested.is_empty()
    judged = _judge(gathered, county, decisions, run_id, periods, pages=not may_fail)
    while failing := load.failing_submissions(judged.findings, judged.facts, gathered.contested):
        gathered = gathered.without(failing)
        judged = _judge(gathered, county, decisions, run_id, periods, pages=False)
    if may_fail:
        judged = _judge(gathered, county, decisions, run_id, periods)
    facts = judged.facts
    versions = gathered.versions
    revisions = load.revisions_frame(versions, pl.concat([
        gathered.rows.facts, warehouse.facts_of(gathered.not_read(versions["submission_id"].to_list())),
    ]))  # fmt: skip
    findings = _with_held(judged, gathered, revisions, warehouse, decisions, run_id, county.timezone)
    reporting = load.reporting_frame(
        roster, gathered.submissions, facts, findings, mandatory=_mandatory(county), as_of=now
    )  # fmt: skip
    earlier = gathered.superseded_facts(warehouse.scan("facts"))
    batch = load.LoadBatch(
        submissions=gathered.to_write,
        blocks=gathered.rows.blocks,
        mentions=gathered.rows.mentions,
        facts=gathered.judged_facts(facts, warehouse.facts_of(gathered.judged_anew(facts, judged.read))),
        findings=findings,
        reporting=decide.approve_roster(reporting, gathered.submissions, decisions),
        quality=load.quality_frame(reporting, facts, earlier, findings),
        duplicates=load.duplicates_frame(arrived, gathered.submissions),
        revisions=revisions,
        revised=tuple(load.revised_submissions(gathered.submissions, gathered.to_write)["submission_id"]),
        indicators=indicators_frame(catalogue),
        units=units_frame(county.gazetteer),
        periods=judged.periods,
        judged_at=judged_at,
    )
    return JudgedRun(batch, gathered, judged.mark)


def _with_held(
    judged: _Judged,
    gathered: Gathered,
    revisions: pl.DataFrame,
    warehouse: load.Warehouse,
    decisions: pl.DataFrame,
    run_id: str,
    timezone: dt.tzinfo,
) -> pl.DataFrame:
    """Return the findings with one for every held version, told anew whenever anything was judged anew."""
    if not judged.periods:
        return judged.findings
    told = warehouse.scan("revisions").select(list(TABLES["revisions"])).collect()
    known = pl.concat([revisions, told.join(revisions, on="submission_id", how="anti")])
    held = findings_frame(load.held_findings(gathered.submissions, known), run_id)
    return pl.concat([judged.findings, decide.settle_findings(held, judged.facts, decisions, timezone)])


@task(task_run_name=named("入库 {county.name}", "load {county.name}"), cache_policy=NO_CACHE)
@at_work
def load_reports(judged: JudgedRun, county: County, now: dt.datetime, run_id: str) -> load.LoadOutcome:
    """Commit the batch, the submissions last; conflicts with other runs are retried by the warehouse itself."""
    outcome = load.Warehouse(county.warehouse).load(judged.batch, run_id=run_id, now=now)
    if judged.mark:
        note_judged_by(county, judged.mark)
    return outcome


@contextmanager
def one_writer_only(county: County) -> Iterator[None]:
    """Keep every other run from writing, whatever state the warehouse is in: it is to be made again."""
    said = Text("另一次运行正在入库，等它结束", "another run is loading; waiting for it to end").within(county.language)
    with load.one_writer(county.folder, waiting=lambda: _log().info(said)):
        yield


@contextmanager
def one_writer(county: County) -> Iterator[None]:
    """Judge and load while no other run does; whoever waits is told so in the log.

    An older warehouse is brought to this version's tables first, with a message.

    Raises:
        WarehouseError: another run does not end, the clock was set back, or a newer version wrote the warehouse.
    """
    with one_writer_only(county):
        store = load.Warehouse(county.warehouse).store
        check_clock(store, dt.datetime.now(dt.UTC))
        for words in migrate(store):
            _log().warning(words.within(county.language))
        yield
