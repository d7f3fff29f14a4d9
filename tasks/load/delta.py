"""One Delta table at a time: read a snapshot, plan a change against it, commit the change or plan again.

Every commit of ours carries the application transaction `APP`: of two writers that planned against the same snapshot
only one can commit, the other gets a conflict and plans again against what the first has written. Delta alone lets
concurrent appends both through, which would double a submission that two runs load at once.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, SchemaMismatchError, TableNotFoundError

from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.tables import LOAD_COLUMNS, PARTITIONS, TABLES

__all__ = ["Change", "Commit", "DeltaStore"]

APP = "xianbao.load"
ATTEMPTS = 8
PAUSE_SECONDS = 0.05

# Small row groups, rows in order of submission: looking one submission up reads a few of them, not a whole file.
_WRITER = WriterProperties(compression="ZSTD", max_row_group_size=16_384)

# Opening a table reads the log since its last checkpoint: ten commits, however many there were before. Delta would
# throw the log away after 30 days, and with it what the table said then.
_SETTINGS = {"delta.checkpointInterval": "10", "delta.enableExpiredLogCleanup": "false"}

_FULL = ("os error 28", "no space left", "os error 27", "file too large", "os error 122", "quota exceeded")
_FORBIDDEN = ("os error 13", "permission denied", "os error 30", "read-only file system")
# What delta-rs says when two writers create one table at once.
_CREATED_MEANWHILE = ("already exists", "version 0 already")


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to write; with `replaces`, a predicate, they take the place of every row it is true for."""

    rows: pl.DataFrame
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """What a table holds after a commit, and how many rows were written; `made` is False when nothing changed."""

    version: int
    rows: int
    made: bool


Plan = Callable[[pl.LazyFrame], Change | None]


class DeltaStore:
    """The Delta tables under one address: a folder, or any address that object stores understand (s3://…)."""

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.uri = uri.rstrip("/")
        self._options = dict(storage_options) if storage_options else None

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
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise self._error(table, error) from error

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Return the rows of `table`; without rows when it does not exist; a column it lacks is null."""
        return _rows_of(table, self.open(table, version))

    def commit(self, table: str, plan: Plan, metadata: Mapping[str, str]) -> Commit:
        """Write what `plan` wants of the newest snapshot in one atomic commit; a missing table is created.

        Raises:
            WarehouseError: the disk is full, the place is not writable, other writers kept winning, the table has
                columns this version does not know, or Delta refused.
        """
        for attempt in range(ATTEMPTS):
            snapshot = self.open(table)
            try:
                change = plan(_rows_of(table, snapshot))
                if change is None and snapshot is not None:
                    return Commit(snapshot.version(), 0, made=False)
                change = change or Change(pl.DataFrame(schema=_schema(table)))
                self._write(table, snapshot, change, metadata)
            except CommitFailedError:
                time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))
                continue
            except (DeltaError, OSError, pl.exceptions.PolarsError) as error:
                if snapshot is None and any(words in str(error).lower() for words in _CREATED_MEANWHILE):
                    continue
                raise self._error(table, error) from error
            # Delta has taken the snapshot along to what was committed.
            return Commit(0 if snapshot is None else snapshot.version(), change.rows.height, made=True)
        raise WarehouseError(
            "conflict",
            Place(self.address(table)),
            Text(
                f"其他运行一直在写此表，{ATTEMPTS} 次均未写入", f"other runs kept writing it; {ATTEMPTS} attempts lost"
            ),
            Text("等其他运行结束后再运行一次", "run again when the other runs have ended"),
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
        lacking = self._lacking(table, snapshot)
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

    def _lacking(self, table: str, snapshot: DeltaTable) -> list[str]:
        """Return the columns that `table` lacks; an older table gets them with its next commit, null in old rows."""
        present = {field.name for field in snapshot.schema().fields}
        unknown = sorted(present - set(_schema(table)))
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
        return [name for name in _schema(table) if name not in present]

    def _error(self, table: str, error: Exception) -> WarehouseError:
        words, place = str(error).lower(), Place(self.address(table))
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if any(mark in words for mark in _FULL):
            return WarehouseError(
                "disk_full",
                place,
                Text(f"磁盘已满，未写入任何行（{reason}）", f"the disk is full; no row was written ({reason})"),
                Text(
                    "腾出空间后再运行一次，已写入的不会重复", "free some space and run again; nothing is written twice"
                ),
            )
        if any(mark in words for mark in _FORBIDDEN):
            return WarehouseError(
                "not_writable",
                place,
                Text(f"没有读写权限（{reason}）", f"no permission to read or write ({reason})"),
                Text("请给运行的用户读写权限", "give the user who runs this permission to read and write it"),
            )
        if isinstance(error, SchemaMismatchError | pl.exceptions.SchemaError):
            return WarehouseError(
                "schema_differs",
                place,
                Text(f"列的类型与本版本不同（{reason}）", f"its column types differ from this version's ({reason})"),
                Text("用写此仓库的版本，或重建仓库", "use the version that wrote this warehouse, or rebuild it"),
            )
        return WarehouseError(
            "broken_table",
            place,
            Text(f"此表无法读写（{reason}）", f"the table cannot be read or written ({reason})"),
            Text(
                "从备份恢复此文件夹，或移开它后再运行",
                "restore this folder from a backup, or move it away and run again",
            ),
        )


def _schema(table: str) -> dict[str, pl.DataType]:
    return {**TABLES[table], **LOAD_COLUMNS}


def _as_arrow(rows: pl.DataFrame) -> pa.Table:
    """Return `rows` with plain strings.

    Polars hands over string views, delta-rs notes them in the Parquet files, and then a filter on text through a
    pyarrow dataset (which is how DuckDB and pandas read a Delta table) has no kernel for them.
    """
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _rows_of(table: str, snapshot: DeltaTable | None) -> pl.LazyFrame:
    schema = _schema(table)
    if snapshot is None:
        return pl.LazyFrame(schema=schema)
    present = {field.name for field in snapshot.schema().fields}
    # Polars' own reader looks for the percent-encoded name of a folder with Chinese characters; pyarrow decodes it.
    encoded = "%" in snapshot.table_uri or not snapshot.table_uri.isascii()
    return pl.scan_delta(snapshot, use_pyarrow=encoded).select(
        pl.col(name) if name in present else pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items()
    )
