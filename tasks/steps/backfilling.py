"""Backfills: planned without writing, frozen, done batch by batch, undone. Each batch is judged and loaded as a run is.

Only what can be done again is retried, and by a person (`resume`, `retry-failed`): a backfill that fails says at which
key, and what was loaded before it stays.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import arrivals, fetch, load
from tasks.backfill import planning, selecting, undoing
from tasks.backfill.asking import chosen_periods, chosen_units, refuse_order
from tasks.backfill.manifest import Manifest, files_of, one_runner, request_of
from tasks.backfill.reading import read_files, report_of
from tasks.domain.backfills import BackfillKey, BackfillPlan, BackfillRequest
from tasks.domain.county import County
from tasks.domain.errors import BackfillRefused, Place, SourceUnavailable, Text
from tasks.domain.outcomes import ReadReport
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StoredFile
from tasks.domain.tables import TABLES
from tasks.parse.workers import shared_pool
from tasks.steps.arriving import result_store, stage_versions
from tasks.steps.judging import load_reports, one_writer, validate_reports
from tasks.steps.naming import named
from tasks.store import ResultStore
from tasks.terms import extended_roster, terms_of

__all__ = [
    "BackfillOutcome",
    "backfill_request",
    "cancel_backfill",
    "do_backfill",
    "find_backfill",
    "freeze_backfill",
    "outcome_of",
    "plan_backfill",
    "retry_backfill",
    "undo_backfill",
]

# So many keys are read at once while planning, and loaded and judged in one go.
_PLANNED_AT_ONCE, _LOADED_AT_ONCE = 1_000, 200

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class BackfillOutcome:
    """What came of a backfill: its keys by state, the figures that changed, and what this run of it loaded."""

    backfill_id: str
    states: dict[str, int]
    changes: int
    loaded: tuple[load.LoadOutcome, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether an operator must look: a key failed, waits for review, or was not begun."""
        return any(self.states.get(one, 0) for one in ("failed", "review", "planned", "running"))

    def message(self, language: str) -> str:
        """Return the counts as one sentence."""
        zh = {
            "done": "完成",
            "failed": "失败",
            "review": "待复核",
            "skipped": "不动",
            "planned": "未开始",
            "cancelled": "已取消",
            "undone": "已撤销",
            "running": "进行中",
        }
        counts = [(zh[state] if language == "zh" else state, count) for state, count in sorted(self.states.items())]
        if language == "zh":
            listed = "，".join(f"{word}{count}个" for word, count in counts)
            return f"回填 {self.backfill_id}：{listed}；指标值变动{self.changes}处"
        listed = ", ".join(f"{count} {word}" for word, count in counts)
        return f"backfill {self.backfill_id}: {listed}; {self.changes} figures changed"


def backfill_request(
    periods: Sequence[str], units: Sequence[str], county: County, now: dt.datetime, **options: Any
) -> BackfillRequest:
    """Return what is asked for, periods and units as people write them; `options` are those of `BackfillRequest`.

    Raises:
        BackfillRefused: a period or unit cannot be read, is not owed, or has not ended yet.
    """
    today = now.astimezone(county.timezone).date()
    return BackfillRequest(chosen_periods(periods, county, today), chosen_units(units, county), **options)


def find_backfill(prefix: str, county: County) -> str:
    """Return the id of the backfill that begins with `prefix`.

    Raises:
        BackfillRefused: none does, or several do.
    """
    return Manifest(county.warehouse).find(prefix)


@task(task_run_name=named("排定回填 {county.name}", "plan a backfill {county.name}"), cache_policy=NO_CACHE)
def plan_backfill(
    request: BackfillRequest, county: County, now: dt.datetime, progress: Progress = lambda done, of, what: None
) -> BackfillPlan:
    """Return every key with what would be done, why, and the facts that would change; only the stage store is written.

    Raises:
        BackfillRefused: the newest period would come first though its checks need an older one.
        WarehouseError: a table cannot be read.
    """
    refuse_order(request)
    warehouse, versions = load.Warehouse(county.warehouse), stage_versions(county)
    results = result_store(county, versions)
    new = _new_files(county) if request.from_stage == "fetch" else ()
    known = warehouse.known_submissions()
    now_there = selecting.Situation(
        known,
        warehouse.decisions(),
        warehouse.scan("reporting").collect(),
        versions,
        tuple(one for one in new if one.sha256 not in set(known["sha256"])),
        tuple(fetch.read_journal(county.raw)),
    )
    keys = selecting.select_keys(request, county, now_there)
    settled: list[BackfillKey] = []
    everything = request.reprocess == "all"
    for start in range(0, len(keys), _PLANNED_AT_ONCE):
        some = keys[start : start + _PLANNED_AT_ONCE]
        reads = read_files(
            [file for key in some for file in key.files],
            county,
            results,
            parse_anew=everything and request.from_stage in {"fetch", "parse"},
            extract_anew=everything and request.from_stage in {"fetch", "parse", "extract"},
            max_active=request.max_active,
            progress=progress,
        )
        settled += planning.settle_reads(some, reads, known, warehouse, versions)
    if request.from_stage == "validate":
        settled = _judged(settled, county, now)
    protected = [
        planning.protected_key(
            key,
            selecting.protection(key, now_there.reporting, _locked_at(county, now_there.decisions), now),
            include_locked=request.include_locked,
        )
        for key in settled
    ]
    return BackfillPlan(request, (*protected, *planning.dependants(protected, county)), now, versions.text)


def _new_files(county: County) -> list[StoredFile]:
    """Return the files of every source, stored; a source that is away is left out: the files it had are known."""
    stored: list[StoredFile] = []
    for source in county.settings.sources:
        try:
            files = fetch.list_source(source, county)
        except SourceUnavailable:
            continue
        for file in files:
            one = fetch.store_file(file, source, county)
            stored += arrivals.expand(one, county, shared_pool(county.limits), arrivals.file_passwords())
    return [one for one in stored if one.refused is None]


def _locked_at(county: County, decisions: pl.DataFrame) -> Mapping[tuple[str, str, str], dt.datetime]:
    """Return when each key is locked, with the extensions that were given; empty where county.toml locks nothing."""
    return terms_of(county, decisions, extended_roster(county, decisions)).locked_at


def _judged(keys: Sequence[BackfillKey], county: County, now: dt.datetime) -> list[BackfillKey]:
    """Return `keys` with what today's rules say otherwise of them."""
    warehouse = load.Warehouse(county.warehouse)
    periods = sorted({key.period for key in keys if key.action == "judge"})
    if not periods:
        return list(keys)
    judged = validate_reports.fn([], county, now, "backfill-plan", periods=periods)
    before = warehouse.scan("findings").select(list(TABLES["findings"])).collect()
    changes = planning.finding_changes(before, judged.batch.findings)
    return [planning.judged_key(key, changes.get((key.unit_code, key.period), ())) for key in keys]


@task(task_run_name=named("冻结清单 {county.name}", "freeze the manifest {county.name}"), cache_policy=NO_CACHE)
def freeze_backfill(plan: BackfillPlan, county: County, now: dt.datetime) -> str | None:
    """Write the manifest and return the backfill's id; None where nothing is to do, and then nothing is written.

    Raises:
        BackfillRefused: protected keys are to be changed without a reason, or another backfill has a key of this one.
    """
    if plan.request.include_locked and not plan.request.why.strip():
        raise BackfillRefused(
            "reason_missing",
            Place("--include-locked"),
            Text("改动已审定或已锁定的数据要写明理由", "changing what is approved or locked needs a reason"),
            Text("请用 --reason 写明", "give it with --reason"),
        )
    warehouse, backfill_id = load.Warehouse(county.warehouse), uuid.uuid4().hex[:12]
    with one_writer(county):
        written = Manifest(county.warehouse).freeze(
            plan, backfill_id, now, known=warehouse.known_submissions(), table_versions=warehouse.versions()
        )
    return backfill_id if written else None


@task(task_run_name=named("执行回填 {backfill_id}", "do backfill {backfill_id}"), cache_policy=NO_CACHE)
def do_backfill(
    backfill_id: str, county: County, now: dt.datetime, progress: Progress = lambda done, of, what: None
) -> BackfillOutcome:
    """Do what is planned in a manifest, batch by batch; what a run that was cut short had begun is done again.

    Raises:
        BackfillRefused: another process works on it.
        WarehouseError: a load failed; what was loaded before it stays, `resume` goes on from there.
    """
    manifest = Manifest(county.warehouse)
    with one_runner(county.folder, backfill_id):
        manifest.again(backfill_id, now)
        rows = manifest.rows(backfill_id)
        request = request_of(rows.row(0, named=True))
        planned = rows.filter((pl.col("key_state") == "planned") & (pl.col("role") == "target")).to_dicts()
        planned.sort(key=lambda row: ReportPeriod.parse(row["period"]).end, reverse=request.order == "newest")
        goes_on, done, loaded = True, 0, list[load.LoadOutcome]()
        for start in range(0, len(planned), _LOADED_AT_ONCE):
            batch = planned[start : start + _LOADED_AT_ONCE]
            goes_on, outcomes = _do_batch(backfill_id, batch, request, county, now)
            loaded += outcomes
            done += len(batch)
            progress(done, len(planned), f"{batch[-1]['unit_name']} {batch[-1]['period']}")
            if not goes_on:
                break
        if goes_on:
            # Judged with every batch: checks look at all periods that the figures of a batch concern.
            waiting = manifest.rows(backfill_id).filter(
                (pl.col("role") == "dependant") & (pl.col("key_state") == "planned")
            )
            if waiting.height:
                ids = manifest.begin(backfill_id, waiting["key_id"].to_list(), now)
                manifest.finish(backfill_id, ids, now, known=load.Warehouse(county.warehouse).known_submissions())
    return replace(outcome_of(manifest.rows(backfill_id), backfill_id), loaded=tuple(loaded))


def outcome_of(rows: pl.DataFrame, backfill_id: str) -> BackfillOutcome:
    """Return what came of a backfill so far, from its manifest."""
    states = rows.filter(pl.col("role") == "target").group_by("key_state").len().rows()
    done = (
        rows.filter(pl.col("key_state") == "done").select(pl.sum_horizontal("added", "removed", "changed").sum()).item()
    )
    return BackfillOutcome(backfill_id, dict(states), int(done or 0))


def _do_batch(
    backfill_id: str, rows: Sequence[dict[str, object]], request: BackfillRequest, county: County, now: dt.datetime
) -> tuple[bool, list[load.LoadOutcome]]:
    """Read, judge and load some keys; return whether the backfill goes on after them, and what was loaded."""
    manifest, warehouse = Manifest(county.warehouse), load.Warehouse(county.warehouse)
    results = result_store(county, stage_versions(county))
    begun = set(manifest.begin(backfill_id, [str(row["key_id"]) for row in rows], now))
    rows = [row for row in rows if row["key_id"] in begun]
    outcomes, errors = _outcomes(rows, request, county, results)
    goes_on, loaded = True, list[load.LoadOutcome]()
    if errors and request.on_error == "stop":
        goes_on = False
        first = next(number for number, row in enumerate(rows) if row["key_id"] in errors)
        rows = rows[: first + 1]
        outcomes = {row["key_id"]: outcomes.get(row["key_id"], []) for row in rows}
    periods = sorted({str(row["period"]) for row in rows if row["action"] == "judge"})
    with one_writer(county):
        reports = [one for row in rows for one in outcomes.get(row["key_id"], [])]
        if reports or periods:
            judged = validate_reports.fn(reports, county, now, f"backfill-{backfill_id}", periods=periods)
            loaded.append(load_reports.fn(judged, county, now, f"backfill-{backfill_id}"))
        manifest.finish(
            backfill_id,
            [str(row["key_id"]) for row in rows],
            now,
            known=warehouse.known_submissions(),
            errors={str(one): text for one, text in errors.items()},
        )
    if not goes_on:
        manifest.again(backfill_id, now)
    return goes_on, loaded


def _outcomes(
    rows: Sequence[dict[str, object]], request: BackfillRequest, county: County, results: ResultStore
) -> tuple[dict[object, list[ReadReport]], dict[object, Text]]:
    """Return what the keys of `rows` bring, and what is wrong with those that cannot be read."""
    files = {row["key_id"]: files_of(row) for row in rows}
    reads = read_files([file for own in files.values() for file in own], county, results, max_active=request.max_active)
    outcomes: dict[object, list[ReadReport]] = {}
    errors: dict[object, Text] = {}
    for key, own in files.items():
        for file in own:
            read = reads[file.sha256]
            report = report_of(read, results) if read.error is None else None
            if report is not None:
                outcomes.setdefault(key, []).append(report)
            else:
                lost = Text("阶段存储不可写，无法保存解析结果", "the stage store cannot hold what was parsed")
                errors[key] = read.error or lost
    return outcomes, errors


@task(task_run_name=named("撤销回填 {backfill_id}", "undo backfill {backfill_id}"), cache_policy=NO_CACHE)
def undo_backfill(backfill_id: str, county: County, now: dt.datetime) -> BackfillOutcome:
    """Bring the keys of a backfill back to what they were before it, and judge what depends on them again.

    Raises:
        BackfillRefused: nothing of it was done, a key was changed by another run since, or the history is gone.
        WarehouseError: the warehouse cannot be read or written; the same undo again completes it.
    """
    manifest, warehouse = Manifest(county.warehouse), load.Warehouse(county.warehouse)
    with one_runner(county.folder, backfill_id), one_writer(county):
        rows = manifest.rows(backfill_id)
        done = rows.filter(pl.col("key_state").is_in(["done", "running"]) & (pl.col("role") == "target"))
        if done.is_empty():
            raise BackfillRefused(
                "nothing_to_undo",
                Place(backfill_id),
                Text("这次回填没有做成的部分，或已撤销", "nothing of it was done, or it was undone already"),
                Text(
                    f"county backfill show {backfill_id} 查看各项", f"county backfill show {backfill_id} lists its keys"
                ),
            )
        moved = undoing.changed_since(done.filter(pl.col("key_state") == "done"), warehouse.known_submissions())
        if moved:
            raise BackfillRefused(
                "changed_since",
                Place(backfill_id),
                Text(
                    f"此后又有变动：{'、'.join(moved[:5])}（共{len(moved)}个）",
                    f"changed by other runs since: {', '.join(moved[:5])} ({len(moved)} in all)",
                ),
                Text(
                    "先撤销后来的回填；新报送的版本不能撤销，可用 --reprocess all 重新回填",
                    "undo the later backfill first; what was sent since is not undone, backfill it again",
                ),
            )
        undoing.restore(county.warehouse, done, now)
        loaded: tuple[load.LoadOutcome, ...] = ()
        if not (done["action"] == "judge").all():
            periods = sorted(set(done["period"]) | set(rows.filter(pl.col("role") == "dependant")["period"]))
            judged = validate_reports.fn([], county, now, f"undo-{backfill_id}", periods=periods)
            loaded = (load_reports.fn(judged, county, now, f"undo-{backfill_id}"),)
        dependants = rows.filter((pl.col("role") == "dependant") & (pl.col("key_state") == "done"))
        manifest.undone(backfill_id, [*done["key_id"], *dependants["key_id"]], now)
    return replace(outcome_of(manifest.rows(backfill_id), backfill_id), loaded=loaded)


@task(task_run_name=named("取消回填 {backfill_id}", "cancel backfill {backfill_id}"), cache_policy=NO_CACHE)
def cancel_backfill(backfill_id: str, county: County, now: dt.datetime) -> BackfillOutcome:
    """Cancel what has not begun; a batch that is being loaded ends as it would, and nothing comes after it."""
    manifest = Manifest(county.warehouse)
    manifest.cancel(backfill_id, now)
    return outcome_of(manifest.rows(backfill_id), backfill_id)


@task(task_run_name=named("重试失败项 {backfill_id}", "retry failed keys {backfill_id}"), cache_policy=NO_CACHE)
def retry_backfill(backfill_id: str, county: County, now: dt.datetime) -> int:
    """Plan the failed keys once more; return how many they are."""
    return Manifest(county.warehouse).retry(backfill_id, now)
