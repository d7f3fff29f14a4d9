"""One Delta table at a time: read a snapshot, plan a change against it, commit the change or plan again.

Every commit of ours carries the application transaction `APP`: of two writers that planned against the same snapshot
only one can commit, the other gets a conflict and plans again against what the first has written. Delta alone lets
concurrent appends both through, which would double a submission that two runs load at once.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import polars as pl
import pyarrow as pa
import pyarrow.fs as arrow_files
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.tables import LOAD_COLUMNS, PARTITIONS, TABLES
from tasks.load.faults import TABLE_ERRORS, log_gap, log_missing, no_such_version, table_error, vacuumed
from tasks.load.marks import Marks
from tasks.load.storage import POLARS_OPTIONS
from tasks.load.storage import storage_options as options_for
from tasks.load.timeline import COMMITTED_AT, commit_times, gone_before, version_at
from tasks.load.wholeness import check_files

__all__ = ["Change", "Clock", "Commit", "DeltaStore", "files_of", "rows_in", "schema_of", "utc_now"]

APP = "xianbao.load"
ATTEMPTS = 8
PAUSE_SECONDS = 0.05

# Small row groups, rows in order of submission: looking one submission up reads a few of them, not a whole file.
_WRITER = WriterProperties(compression="ZSTD", max_row_group_size=16_384)

# Opening a table reads the log since its last checkpoint: ten commits, however many there were before. Delta would
# throw the log away after 30 days, and with it what the table said then.
_SETTINGS = {"delta.checkpointInterval": "10", "delta.enableExpiredLogCleanup": "false"}

# What delta-rs says when two writers create one table at once.
_CREATED_MEANWHILE = ("already exists", "version 0 already")


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to write; with `replaces`, a predicate, they take the place of every row it is true for.

    `removed` is how many rows that are, where the plan has counted them: the commit is checked against it.
    """

    rows: pl.DataFrame
    replaces: str | None = None
    removed: int | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """What a table holds after a commit, and how many rows were written; `made` is False when nothing changed."""

    version: int
    rows: int
    made: bool


Plan = Callable[[pl.LazyFrame], Change | None]
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the moment in UTC."""
    return dt.datetime.now(dt.UTC)


class DeltaStore:
    """The Delta tables under one address: a folder, or any address that object stores understand (s3://…).

    `clock` says when a commit is made; tests give their own.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None, *, clock: Clock = utc_now) -> None:
        self.uri = uri.rstrip("/")
        self._clock = clock
        self._marks = Marks(self.uri)
        self._options = dict(storage_options) if storage_options else options_for(self.uri)

    def address(self, table: str) -> str:
        """Return the address of `table`."""
        return f"{self.uri}/{table}"

    def open(self, table: str, version: int | None = None) -> DeltaTable | None:
        """Return a snapshot of `table` (the newest, or as of `version`), or None when there is no such table.

        Raises:
            WarehouseError: the table cannot be read.
        """
        address = self.address(table)
        try:
            return DeltaTable(address, version=version, storage_options=self._options)
        except TableNotFoundError as error:
            if self._marks.has(table):
                raise log_missing(address) from error
            return None
        except (DeltaError, OSError) as error:
            raise table_error(self.address(table), error) from error

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Return the rows of `table`; without rows when it does not exist; a column it lacks is null."""
        return self._rows(table, self.open(table, version), may_lack=version is not None)

    def _rows(self, table: str, snapshot: DeltaTable | None, *, may_lack: bool = False) -> pl.LazyFrame:
        if snapshot is not None and "://" not in self.uri:
            check_files(self.address(table), snapshot, may_lack=may_lack)
        return _rows_of(table, snapshot)

    def version_at(self, table: str, when: dt.datetime) -> int | None:
        """Return the version of `table` that was the newest at `when`; None when there was no such table yet.

        Raises:
            WarehouseError: the table cannot be read.
        """
        snapshot = self.open(table)
        if snapshot is None:
            return None
        history = self.history(table, snapshot)
        version = version_at(history, when)
        since = None if version is None else gone_before(history, version)
        if since is not None:
            raise vacuumed(self.address(table), when, since)
        return version

    def history(self, table: str, snapshot: DeltaTable) -> list[dict[str, Any]]:
        """Return every commit of `table` up to `snapshot`, the newest first, as delta-rs tells it.

        Raises:
            WarehouseError: the log cannot be read, or lacks commits. Commits before a checkpoint are not needed to
                read the table, so delta-rs passes over a missing one and numbers those before it wrongly.
        """
        try:
            history = snapshot.history()
        except (DeltaError, OSError) as error:
            raise table_error(self.address(table), error) from error
        if len(history) != snapshot.version() + 1:
            raise log_gap(self.address(table), self._lost(table, snapshot.version()))
        return history

    def _lost(self, table: str, newest: int) -> list[int]:
        """Return the versions up to `newest` that have no commit file; none where the table lies in no folder."""
        if "://" in self.uri:
            return []
        log = Path(self.address(table)) / "_delta_log"
        return [version for version in range(newest + 1) if not (log / f"{version:020d}.json").exists()]

    def moment_of(self, table: str, version: int) -> dt.datetime:
        """Return when the run that made `version` of `table` had made its last commit to any table.

        Raises:
            WarehouseError: a table cannot be read, or `table` has no such version.
        """
        histories: dict[str, list[dict[str, Any]]] = {}
        for name in TABLES:
            snapshot = self.open(name)
            histories[name] = [] if snapshot is None else self.history(name, snapshot)
        made = {commit["version"]: commit.get("run_id") for commit in histories.get(table, [])}
        if version not in made:
            raise no_such_version(self.address(table), version, list(made))
        run = made[version]
        moments = []
        for name, history in histories.items():
            of_run = {commit["version"] for commit in history if run is not None and commit.get("run_id") == run}
            of_run |= {version} if name == table else set()
            moments += [moment for number, moment in commit_times(history) if number in of_run]
        return max(moments)

    def scan_as_of(self, table: str, when: dt.datetime) -> pl.LazyFrame:
        """Return the rows of `table` as they were at `when`; without rows when it did not exist yet."""
        version = self.version_at(table, when)
        return _rows_of(table, None) if version is None else self.scan(table, version)

    def commit(self, table: str, plan: Plan, metadata: Mapping[str, str], *, expected: int | None = None) -> Commit:
        """Write what `plan` wants of the newest snapshot in one atomic commit; a missing table is created.

        With `expected` the table must still be at that version (-1: must not exist yet).

        Raises:
            WarehouseError: the disk is full, the place is not writable, other writers kept winning or came first,
                the table has columns this version does not know, or Delta refused.
        """
        for attempt in range(ATTEMPTS):
            snapshot = self.open(table)
            self._check_version(table, snapshot, expected)
            try:
                change = plan(self._rows(table, snapshot))
                if change is None and snapshot is not None:
                    return Commit(snapshot.version(), 0, made=False)
                change = change or Change(pl.DataFrame(schema=schema_of(table)))
                before = None if snapshot is None else (snapshot.version(), rows_in(snapshot))
                self._write(table, snapshot, change, {**metadata, **self.moment()})
            except CommitFailedError:
                time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))
                continue
            except TABLE_ERRORS as error:
                if snapshot is None and any(words in str(error).lower() for words in _CREATED_MEANWHILE):
                    continue
                raise table_error(self.address(table), error) from error
            self._marks.note(table)
            # Delta has taken the snapshot along to what was committed.
            if snapshot is not None and before is not None:
                self._check_rows(table, snapshot, change, *before)
            return Commit(0 if snapshot is None else snapshot.version(), change.rows.height, made=True)
        raise WarehouseError(
            "conflict",
            Place(self.address(table)),
            Text(
                f"其他运行一直在写此表，{ATTEMPTS} 次均未写入", f"other runs kept writing it; {ATTEMPTS} attempts lost"
            ),
            Text("等其他运行结束后再运行一次", "run again when the other runs have ended"),
        )

    def moment(self) -> dict[str, str]:
        """Return the metadata that says when a commit is made."""
        return {COMMITTED_AT: self._clock().astimezone(dt.UTC).isoformat()}

    def _check_rows(self, table: str, snapshot: DeltaTable, change: Change, version: int, before: int) -> None:
        """Check that the commit left as many rows as it should have; one that did not is taken back."""
        if change.replaces is not None and change.removed is None:
            return
        wanted, found = before - (change.removed or 0) + change.rows.height, rows_in(snapshot)
        if found == wanted:
            return
        snapshot.restore(version, commit_properties=CommitProperties(custom_metadata=self.moment()))
        raise WarehouseError(
            "rows_differ",
            Place(self.address(table)),
            Text(
                f"提交后应有 {wanted} 行，实有 {found} 行；已恢复到第 {version} 版",
                f"{wanted} rows were to be there after the commit, {found} are; version {version} was restored",
            ),
            Text(
                "请运行 county warehouse check，并把本条信息交给维护人员",
                "run `county warehouse check`, and pass this message to the maintainers",
            ),
        )

    def note(self, table: str, words: Mapping[str, str]) -> None:
        """Commit no rows to `table`, only the metadata `words`.

        Raises:
            WarehouseError: as `commit`.
        """
        self.commit(table, lambda _: Change(pl.DataFrame(schema=schema_of(table))), words)

    def version(self, table: str) -> int:
        """Return the newest version of `table`, -1 where there is no such table."""
        snapshot = self.open(table)
        return -1 if snapshot is None else snapshot.version()

    def expect(self, table: str, version: int) -> None:
        """Check that `table` is still at `version`.

        Raises:
            WarehouseError: another writer came first.
        """
        self._check_version(table, self.open(table), version)

    def _check_version(self, table: str, snapshot: DeltaTable | None, expected: int | None) -> None:
        if expected is None or (-1 if snapshot is None else snapshot.version()) == expected:
            return
        raise WarehouseError(
            "overtaken",
            Place(self.address(table)),
            Text("审核期间另一次运行已写入此表", "another run wrote it while this one was judging"),
            Text("再运行一次即可，已写入的不会重复", "run again; nothing is written twice"),
        )

    def _write(self, table: str, snapshot: DeltaTable | None, change: Change, metadata: Mapping[str, str]) -> None:
        partitions = list(PARTITIONS.get(table, ()))
        rows = _as_arrow(change.rows)
        if snapshot is None:
            write_deltalake(
                self.address(table),
                rows,
                partition_by=partitions or None,
                mode="error",
                name=table,
                configuration=_SETTINGS,
                writer_properties=_WRITER,
                storage_options=self._options,
                commit_properties=CommitProperties(
                    custom_metadata=dict(metadata), app_transactions=[Transaction(APP, 1)]
                ),
            )
            return
        lacking = self.lacking(table, snapshot)
        number = (snapshot.transaction_version(APP) or 0) + 1
        properties = CommitProperties(custom_metadata=dict(metadata), app_transactions=[Transaction(APP, number)])
        if change.replaces is not None and change.rows.is_empty():
            snapshot.delete(change.replaces, writer_properties=_WRITER, commit_properties=properties)
        elif change.replaces is not None:
            write_deltalake(
                snapshot,
                rows,
                mode="overwrite",
                predicate=change.replaces,
                schema_mode="merge" if lacking else None,
                writer_properties=_WRITER,
                commit_properties=properties,
            )
        else:
            write_deltalake(
                snapshot,
                rows,
                mode="append",
                schema_mode="merge" if lacking else None,
                writer_properties=_WRITER,
                commit_properties=properties,
            )

    def lacking(self, table: str, snapshot: DeltaTable) -> list[str]:
        """Return the columns that an older `table` lacks; it gets them with its next commit, null in old rows.

        Raises:
            WarehouseError: it has columns that this version does not know.
        """
        present = {field.name for field in snapshot.schema().fields}
        unknown = sorted(present - set(schema_of(table)))
        if unknown:
            raise WarehouseError(
                "schema_newer",
                Place(self.address(table)),
                Text(
                    f"此表有本版本不认识的列：{'、'.join(unknown)}，是由更新的版本写的",
                    f"columns this version does not know ({', '.join(unknown)}): a newer version wrote it",
                ),
                Text(
                    "请升级到写此仓库的版本后再运行", "upgrade to the version that wrote this warehouse, then run again"
                ),
            )
        return [name for name in schema_of(table) if name not in present]


def rows_in(snapshot: DeltaTable) -> int:
    """Return how many rows a snapshot has, as its log says; no file is opened."""
    counts = pl.from_arrow(pa.table(snapshot.get_add_actions(flatten=True)).select(["num_records"]))
    return int(counts.to_series().sum()) if isinstance(counts, pl.DataFrame) else 0


def schema_of(table: str) -> dict[str, pl.DataType]:
    """Return the columns of `table` with those that every load adds."""
    return {**TABLES[table], **LOAD_COLUMNS}


def _as_arrow(rows: pl.DataFrame) -> pa.Table:
    """Return `rows` with plain strings.

    Polars hands over string views, delta-rs notes them in the Parquet files, and then a filter on text through a
    pyarrow dataset (which is how DuckDB and pandas read a Delta table) has no kernel for them.
    """
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def files_of(snapshot: DeltaTable) -> arrow_files.FileSystem | None:
    """Return the folder of a table on this machine as pyarrow's own file system, None for a table elsewhere.

    Without it delta-rs gives pyarrow one that is written in Python. A thread of pyarrow that closes a file through it
    while the interpreter ends is ended by Python in the middle of C++: the process aborts after its work was done
    ("terminate called without an active exception", one in 60 to 90 on a busy machine).
    """
    address = urlsplit(snapshot.table_uri)
    if address.scheme not in {"", "file"}:
        return None
    folder = url2pathname(address.path) if address.scheme else snapshot.table_uri
    return arrow_files.SubTreeFileSystem(folder, arrow_files.LocalFileSystem())


def _rows_of(table: str, snapshot: DeltaTable | None) -> pl.LazyFrame:
    schema = schema_of(table)
    if snapshot is None:
        return pl.LazyFrame(schema=schema)
    present = {field.name for field in snapshot.schema().fields}
    # Polars' own reader looks for the percent-encoded name of a folder with Chinese characters; pyarrow decodes it.
    encoded = "%" in snapshot.table_uri or not snapshot.table_uri.isascii()
    remote = POLARS_OPTIONS if "://" in snapshot.table_uri and not snapshot.table_uri.startswith("file:") else None
    local = {"filesystem": files_of(snapshot)} if encoded else None
    return pl.scan_delta(snapshot, use_pyarrow=encoded, pyarrow_options=local, storage_options=remote).select(
        pl.col(name) if name in present else pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items()
    )
