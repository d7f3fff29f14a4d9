"""Upkeep of the tables: older ones brought to this version's columns, small files joined, old files removed.

Nothing here changes a row. Every commit says in its metadata what it was; a vacuum notes since when versions can still
be read, and `version_at` refuses those before.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Field, WriterProperties
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import Schema

from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.tables import PARTITIONS, TABLES
from tasks.load.delta import DeltaStore, schema_of
from tasks.load.faults import table_error
from tasks.load.timeline import CLOCK_ACCEPTED, KEPT_SINCE, KEPT_VERSIONS, commit_times

__all__ = ["Maintained", "accept_clock", "check_clock", "maintain", "migrate"]

# Machines differ by seconds, and a run may have begun before the one that ended last.
TOLERANCE = dt.timedelta(minutes=10)
_WRITER = WriterProperties(compression="ZSTD", max_row_group_size=16_384)
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Maintained:
    """What upkeep did to one table: files before and after compaction, files removed, how far back it can be read."""

    table: str
    files_before: int
    files_after: int
    removed: int
    kept_since: dt.datetime | None


def migrate(store: DeltaStore) -> list[Text]:
    """Give tables that an older version wrote the columns they lack, null in old rows; return what was done.

    Raises:
        WarehouseError: a table has columns this version does not know (a newer version wrote it), or cannot be written.
    """
    done = []
    for table in TABLES:
        snapshot = store.open(table)
        if snapshot is None:
            continue
        lacking = store.lacking(table, snapshot)
        if not lacking:
            continue
        fields = pa.schema(pl.DataFrame(schema={name: schema_of(table)[name] for name in lacking}).to_arrow(
            compat_level=pl.CompatLevel.oldest()).schema)  # fmt: skip
        added: list[Field] = Schema.from_arrow(fields).fields
        try:
            snapshot.alter.add_columns(added, commit_properties=CommitProperties(custom_metadata=store.moment()))
        except CommitFailedError:
            continue  # another run has just done it
        except (DeltaError, OSError) as error:
            raise table_error(store.address(table), error) from error
        names = "、".join(lacking)
        done.append(
            Text(f"仓库升级：表 {table} 增加列 {names}（原有各行为空）",
                 f"warehouse migrated: table {table} gains {', '.join(lacking)} (empty in older rows)")
        )  # fmt: skip
    return done


def check_clock(store: DeltaStore, now: dt.datetime) -> None:
    """Check that the clock has not gone back behind the last commit.

    Raises:
        WarehouseError: it has; what is due, late or newest would be judged by a wrong moment.
    """
    snapshot = store.open("submissions")
    if snapshot is None:
        return
    ((_, last),) = commit_times(snapshot.history(1))
    if now >= last - TOLERANCE:
        return
    raise WarehouseError(
        "clock_back",
        Place(store.address("submissions")),
        Text(f"现在的时钟是 {now:%Y-%m-%d %H:%M}（UTC），而上次入库是 {last:%Y-%m-%d %H:%M}：时钟被拨回了",
             f"the clock says {now:%Y-%m-%d %H:%M} UTC, the last load was at {last:%Y-%m-%d %H:%M}: it was set back"),
        Text("请校准时钟后再运行；若错的是上次的时钟，运行 county warehouse clock --accept",
             "set the clock right and run again; if it was wrong then, run `county warehouse clock --accept`"),
    )  # fmt: skip


def accept_clock(store: DeltaStore) -> list[str]:
    """Note in every table that the clock is right now and later moments before were not; return the tables."""
    noted = []
    for table in TABLES:
        if store.open(table) is not None:
            store.note(table, {CLOCK_ACCEPTED: "true"})
            noted.append(table)
    return noted


def maintain(
    store: DeltaStore,
    now: dt.datetime,
    *,
    small_files: int,
    small_file_mib: int,
    target_file_mib: int,
    keep_days: int,
    published: Mapping[str, Sequence[int]],
) -> list[Maintained]:
    """Join small files and remove those that no version within `keep_days`, and none `published`, needs.

    A partition with more than `small_files` files below `small_file_mib` is joined into files of `target_file_mib`.

    Raises:
        WarehouseError: a table cannot be read or written.
    """
    results = []
    for table in TABLES:
        snapshot = store.open(table)
        if snapshot is None:
            continue
        try:
            before = len(snapshot.file_uris())
            for part in _crowded(snapshot, table, small_files, small_file_mib * _MIB):
                snapshot.optimize.compact(
                    partition_filters=part or None,
                    target_size=target_file_mib * _MIB,
                    writer_properties=_WRITER,
                    commit_properties=CommitProperties(custom_metadata=store.moment()),
                )
            removed, since = _vacuumed(store, snapshot, now, keep_days, published.get(table, ()))
            results.append(Maintained(table, before, len(snapshot.file_uris()), removed, since))
        except (DeltaError, OSError) as error:
            raise table_error(store.address(table), error) from error
    return results


def _crowded(snapshot: DeltaTable, table: str, most: int, small: int) -> list[list[tuple[str, str, str]]]:
    """Return the partitions with more than `most` files of less than `small` bytes, as filters; [] is a whole table."""
    partitions = PARTITIONS.get(table, ())
    files = pl.DataFrame(pa.table(snapshot.get_add_actions(flatten=True)))
    little = files.filter(pl.col("size_bytes") < small)
    if not partitions:
        return [[]] if little.height > most else []
    (name,) = partitions
    crowded = little.group_by(f"partition.{name}").len().filter(pl.col("len") > most)
    return [[(name, "=", str(value))] for value in crowded[f"partition.{name}"].sort()]


def _vacuumed(
    store: DeltaStore, snapshot: DeltaTable, now: dt.datetime, keep_days: int, published: Sequence[int]
) -> tuple[int, dt.datetime | None]:
    """Remove files that only versions before the window need; return how many, and since when all can be read."""
    since = now - dt.timedelta(days=keep_days)
    keep = sorted({*published, snapshot.version()})
    options = {"retention_hours": keep_days * 24, "enforce_retention_duration": False, "full": True,
               "keep_versions": keep}  # fmt: skip
    doomed = snapshot.vacuum(dry_run=True, **options)  # type: ignore[arg-type]
    if not doomed:
        return 0, None
    metadata = {**store.moment(), KEPT_SINCE: since.isoformat(), KEPT_VERSIONS: ",".join(map(str, keep))}
    snapshot.vacuum(dry_run=False, commit_properties=CommitProperties(custom_metadata=metadata), **options)  # type: ignore[arg-type]
    return len(doomed), since
