"""The warehouse (数据仓库): Delta tables under one address, loaded batch by batch.

A load makes at most one commit per table, the submissions last: `submissions.state` is what makes facts visible, so
a load that was cut short shows nothing of itself to `live_facts`, and loading the same batch again completes it.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl
from deltalake import DeltaTable

from tasks.domain.decisions import Decision
from tasks.domain.frames import empty_frame
from tasks.domain.tables import KEYS, TABLES
from tasks.load.changes import (
    change_of_content,
    change_of_facts,
    change_of_findings,
    change_of_reporting,
    change_of_rows,
    change_of_whole,
    checked,
    scope_of,
    stamp,
    years_of,
)
from tasks.load.delta import Change, Clock, Commit, DeltaStore, utc_now

__all__ = ["LoadBatch", "LoadOutcome", "Warehouse"]


@dataclass(frozen=True)
class LoadBatch:
    """What one load brings, each frame in its schema of `TABLES`; any may be empty.

    `periods` are those whose checks were run again: their findings and roster are exactly what the batch holds.
    A submission with rows in blocks or mentions was read again: all its content is replaced. One with rows in facts
    only was judged again: these are all its facts. One without any takes state and version from its row. The
    revisions that the submissions `revised` make are exactly what the batch holds. `judged_at` is the version of the
    submissions table that all this was judged beside (-1: there was none); the load is refused when it has moved.
    """

    submissions: pl.DataFrame = field(default_factory=partial(empty_frame, "submissions"))
    blocks: pl.DataFrame = field(default_factory=partial(empty_frame, "blocks"))
    mentions: pl.DataFrame = field(default_factory=partial(empty_frame, "mentions"))
    facts: pl.DataFrame = field(default_factory=partial(empty_frame, "facts"))
    findings: pl.DataFrame = field(default_factory=partial(empty_frame, "findings"))
    reporting: pl.DataFrame = field(default_factory=partial(empty_frame, "reporting"))
    quality: pl.DataFrame = field(default_factory=partial(empty_frame, "quality"))
    duplicates: pl.DataFrame = field(default_factory=partial(empty_frame, "duplicates"))
    revisions: pl.DataFrame = field(default_factory=partial(empty_frame, "revisions"))
    revised: tuple[str, ...] = ()
    judged_at: int | None = None
    indicators: pl.DataFrame = field(default_factory=partial(empty_frame, "indicators"))
    units: pl.DataFrame = field(default_factory=partial(empty_frame, "units"))
    periods: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadOutcome:
    """What a load wrote: rows per table, the version each table has now, and the tables that got a commit."""

    rows: Mapping[str, int]
    versions: Mapping[str, int]
    committed: tuple[str, ...]


class Warehouse:
    """The county's tables; reading them needs nothing of ours."""

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None, *, clock: Clock = utc_now) -> None:
        self._store = DeltaStore(uri, storage_options, clock=clock)

    @property
    def uri(self) -> str:
        """The address all tables lie under."""
        return self._store.uri

    def scan(self, table: str, version: int | None = None, *, as_of: dt.datetime | None = None) -> pl.LazyFrame:
        """Return the rows of `table`, now, of a Delta version or `as_of` a moment; no rows where there was no table.

        Raises:
            WarehouseError: the table is broken, or has no such version.
        """
        return self._store.scan(table, version) if as_of is None else self._store.scan_as_of(table, as_of)

    def version_at(self, table: str, when: dt.datetime) -> int | None:
        """Return the Delta version of `table` that was the newest at `when`; None when there was no such table yet.

        Raises:
            WarehouseError: the table cannot be read.
        """
        return self._store.version_at(table, when)

    def moment_of(self, table: str, version: int) -> dt.datetime:
        """Return when the run that made `version` of `table` had committed all its tables: then they fit together.

        Raises:
            WarehouseError: the table cannot be read, or has no such version.
        """
        return self._store.moment_of(table, version)

    def snapshot(self, table: str) -> DeltaTable | None:
        """Return `table` as delta-rs opens it, None where there is no such table.

        Raises:
            WarehouseError: the table cannot be opened.
        """
        return self._store.open(table)

    @property
    def store(self) -> DeltaStore:
        """The tables below, for upkeep."""
        return self._store

    def versions(self) -> dict[str, int]:
        """Return the Delta version of every table that exists."""
        opened = ((table, self._store.open(table)) for table in TABLES)
        return {table: snapshot.version() for table, snapshot in opened if snapshot is not None}

    def known_submissions(self) -> pl.DataFrame:
        """Return every submission there is, schema `TABLES["submissions"]`: what a planner needs."""
        return self.scan("submissions").select(list(TABLES["submissions"])).collect()

    def judged_at(self) -> int:
        """Return the version of the submissions table as it is now, -1 where there is none (`LoadBatch.judged_at`)."""
        return self._store.version("submissions")

    def live_facts(self, periods: Sequence[str] | None, *, as_of: dt.datetime | None = None) -> pl.DataFrame:
        """Return the facts of the live submissions of `periods`, now or `as_of` a moment, schema `TABLES["facts"]`.

        Without `periods` those of all. Live is what the submissions table says: facts of a load that was cut short are
        not seen.
        """
        wanted = pl.lit(value=True)
        if periods is not None:
            years = years_of(pl.Series(periods, dtype=pl.String))
            wanted = pl.col("year").is_in(years) & pl.col("period").is_in(list(periods))
        loaded = self.scan("submissions", as_of=as_of).filter(pl.col("state") == "loaded").select("submission_id")
        return (
            self.scan("facts", as_of=as_of)
            .filter(wanted)
            .join(loaded, on="submission_id", how="semi")
            .with_columns(pl.lit(value=True).alias("live"))
            .select(list(TABLES["facts"]))
            .sort("period", "unit_code", "submission_id", "start", "fact_id")
            .collect()
        )

    def decisions(self) -> pl.DataFrame:
        """Return every decision in order of time, schema `TABLES["decisions"]`; empty for null words."""
        rows = self.scan("decisions").select(list(TABLES["decisions"])).sort("decided_at", "decision_id").collect()
        return rows.with_columns(pl.col(pl.String).fill_null(""))

    def facts_of(self, submissions: Sequence[str]) -> pl.DataFrame:
        """Return every fact of `submissions`, whatever its period, schema `TABLES["facts"]`."""
        ours = self.scan("facts").filter(pl.col("submission_id").is_in(list(submissions)))
        return ours.select(list(TABLES["facts"])).collect()

    def load(self, batch: LoadBatch, *, run_id: str, now: dt.datetime) -> LoadOutcome:
        """Bring the tables to what `batch` says; a batch that says nothing new leaves no version.

        Raises:
            WarehouseError: disk full, no permission, conflict with other runs, broken or newer table, or two rows
                of the batch with one key. Tables committed before it stay; the same batch again completes the load.
        """
        plans = _plans(batch, run_id, now)
        metadata = {"run_id": run_id, "loaded_at": now.astimezone(dt.UTC).isoformat()}
        if batch.judged_at is not None:
            self._store.expect("submissions", batch.judged_at)
        expected = {"submissions": batch.judged_at}
        commits = {
            table: self._store.commit(table, plan, metadata, expected=expected.get(table))
            for table, plan in plans.items()
        }
        return _outcome(commits)

    def record_decisions(self, decisions: Sequence[Decision], *, run_id: str, now: dt.datetime) -> LoadOutcome:
        """Append `decisions` in one commit; those that are there already change nothing.

        Raises:
            WarehouseError: as `load`.
        """
        made = [{name: getattr(one, name) for name in TABLES["decisions"]} for one in decisions]
        rows = checked("decisions", pl.DataFrame(made, schema=dict(TABLES["decisions"]), orient="row"))
        add = stamp(run_id, now)

        def plan(held: pl.LazyFrame) -> Change | None:
            present = held.select("decision_id").collect()
            new = rows.join(present, on="decision_id", how="anti")
            return None if new.is_empty() else Change(add(new))

        return _outcome({"decisions": self._store.commit("decisions", plan, {"run_id": run_id})})

    def copy_rows(self, table: str, rows: pl.DataFrame, *, run_id: str) -> None:
        """Append `rows` of another warehouse's `table` as they are, run ids and times of loading too; no key twice.

        Raises:
            WarehouseError: as `load`.
        """

        def plan(held: pl.LazyFrame) -> Change | None:
            present = held.select(KEYS[table]).collect()
            new = rows.join(present, on=list(KEYS[table]), how="anti")
            return None if new.is_empty() else Change(new)

        self._store.commit(table, plan, {"run_id": run_id})

    def publish(self, name: str, *, who: str, why: str, run_id: str, now: dt.datetime) -> dict[str, int]:
        """Note the version of every table under `name`: what is published now stays readable for good.

        Raises:
            WarehouseError: as `load`.
        """
        versions = self.versions()
        identifier = hashlib.sha256(f"{name}\x1f{now.isoformat()}".encode()).hexdigest()[:16]
        row = {"publication_id": identifier, "name": name, "published_at": now, "who": who, "why": why,
               "versions": [f"{table}={version}" for table, version in sorted(versions.items())]}  # fmt: skip
        rows = stamp(run_id, now)(pl.DataFrame([row], schema=dict(TABLES["publications"])))
        self._store.commit("publications", lambda _: Change(rows), {"run_id": run_id})
        return versions

    def published(self) -> dict[str, list[int]]:
        """Return the versions of each table that were published, which upkeep never removes."""
        kept: dict[str, list[int]] = {}
        for versions in self.scan("publications").select("versions").collect()["versions"]:
            for words in versions:
                table, _, version = words.partition("=")
                kept.setdefault(table, []).append(int(version))
        return kept

    def record_decision(self, decision: Decision, *, run_id: str, now: dt.datetime) -> LoadOutcome:
        """Append one decision, as `record_decisions`."""
        return self.record_decisions([decision], run_id=run_id, now=now)


# Written by people's decisions and by backfills, not by loads.
_APART = ("decisions", "backfills", "publications")


def _plans(batch: LoadBatch, run_id: str, now: dt.datetime) -> dict[str, Callable[[pl.LazyFrame], Change | None]]:
    """Return what to do to each table, in the order of commits."""
    add = stamp(run_id, now)
    frames = {table: checked(table, getattr(batch, table)) for table in TABLES if table not in _APART}
    submissions = frames["submissions"]
    blocks, mentions, facts = (frames[table] for table in ("blocks", "mentions", "facts"))
    read = pl.concat([blocks["submission_id"], mentions["submission_id"]]).unique()
    judged = pl.concat([read, facts["submission_id"]]).unique().to_list()
    where = scope_of((blocks, mentions, facts, submissions))
    return {
        "units": lambda held: change_of_whole("units", held, frames["units"], add),
        "indicators": lambda held: change_of_whole("indicators", held, frames["indicators"], add),
        "blocks": lambda held: change_of_content("blocks", held, blocks, read.to_list(), where, add),
        "mentions": lambda held: change_of_content("mentions", held, mentions, read.to_list(), where, add),
        "facts": lambda held: change_of_facts(held, facts, judged, where, submissions, add),
        "findings": lambda held: change_of_findings(held, frames["findings"], batch.periods, run_id, add),
        "reporting": lambda held: change_of_reporting("reporting", held, frames["reporting"], batch.periods, add),
        "quality": lambda held: change_of_reporting("quality", held, frames["quality"], batch.periods, add),
        "duplicates": lambda held: change_of_rows("duplicates", held, frames["duplicates"], add),
        "revisions": lambda held: change_of_content(
            "revisions", held, frames["revisions"], batch.revised, pl.lit(value=True), add
        ),
        "submissions": lambda held: change_of_rows("submissions", held, submissions, add),
    }


def _outcome(commits: Mapping[str, Commit]) -> LoadOutcome:
    return LoadOutcome(
        rows={table: commit.rows for table, commit in commits.items()},
        versions={table: commit.version for table, commit in commits.items()},
        committed=tuple(table for table, commit in commits.items() if commit.made),
    )
