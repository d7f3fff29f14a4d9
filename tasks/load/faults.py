"""What went wrong with a table, in an operator's words: disk full, no permission, broken, written otherwise."""

import datetime as dt
import re
from collections.abc import Sequence

import polars as pl
import pyarrow as pa
from deltalake.exceptions import DeltaError, SchemaMismatchError

from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.object_stores import store_fault

__all__ = [
    "DATA_ERRORS",
    "TABLE_ERRORS",
    "broken_file",
    "log_gap",
    "log_missing",
    "no_such_version",
    "table_error",
    "unreadable",
    "vacuumed",
]

# What reading or writing a table raises, below our own errors: Delta, Polars, pyarrow where Polars reads through it.
# Polars' readers panic on files whose bytes are none they know.
DATA_ERRORS = (DeltaError, pl.exceptions.PolarsError, pa.lib.ArrowException, pl.exceptions.PanicException)
TABLE_ERRORS = (*DATA_ERRORS, OSError)

_FULL = ("os error 28", "no space left", "os error 27", "file too large", "os error 122", "quota exceeded")
_FORBIDDEN = ("os error 13", "permission denied", "os error 30", "read-only file system")
# What delta-rs says where a commit file is not there: one of those since the last checkpoint, or the first one.
_GAP, _NO_FIRST = "expected contiguous commit files", "no table metadata or protocol found"
# Features of tables that this version's library does not know.
_NEWER = ("unsupported: feature", "is not supported by this client", "unsupported reader", "unknown table feature")
_COMMIT_FILE = re.compile(r"_delta_log/(\d{20})\.json")


def table_error(address: str, error: Exception) -> WarehouseError:
    """Return what `error`, raised by the Delta library or the file system, means for whoever runs it."""
    words, place = str(error).lower(), Place(address)
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "://" in address and (fault := store_fault(address, error)):
        return fault
    if any(mark in words for mark in _NEWER):
        return WarehouseError(
            "schema_newer",
            place,
            Text(f"此表由更新的版本写成，本版本读不了（{reason}）", f"written by a newer version ({reason})"),
            Text("请升级本系统，或用写它的那个版本；数据没有损坏",
                 "upgrade, or use the version that wrote it; nothing is damaged"),
        )  # fmt: skip
    if _GAP in words or _NO_FIRST in words:
        return log_gap(address, _versions_lost(str(error)))
    if any(mark in words for mark in _FULL):
        return WarehouseError(
            "disk_full",
            place,
            Text(f"磁盘已满，未写入任何行（{reason}）", f"the disk is full; no row was written ({reason})"),
            Text("腾出空间后再运行一次，已写入的不会重复", "free some space and run again; nothing is written twice"),
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
            "从备份恢复此文件夹，或运行 county warehouse rebuild 由原件重建",
            "restore this folder from a backup, or rebuild it from the raw files: `county warehouse rebuild`",
        ),
    )


def broken_file(path: str, zh: str, en: str) -> WarehouseError:
    """Return the error for a data file that is not what the table's log says."""
    return WarehouseError(
        "broken_file",
        Place(path),
        Text(zh, en),
        Text(
            "从备份恢复此文件，或运行 county warehouse rebuild 由原件重建",
            "restore this file from a backup, or rebuild from the raw files: `county warehouse rebuild`",
        ),
    )


def unreadable(error: Exception) -> WarehouseError:
    """Return the error for data that a reader gave up on in the middle of it, where no more is known."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return WarehouseError(
        "broken_table",
        Place("warehouse"),
        Text(f"有数据读到一半读不下去（{reason}）", f"some data could not be read to its end ({reason})"),
        Text(
            "运行 county warehouse check 找出是哪个文件，从备份恢复它，或运行 county warehouse rebuild 由原件重建",
            "`county warehouse check` names the file; restore it from a backup, or `county warehouse rebuild`",
        ),
    )


def no_such_version(address: str, version: int, versions: Sequence[int]) -> WarehouseError:
    """Return the error for a version that a table does not have; `versions` are those it has."""
    has = f"{min(versions)}—{max(versions)}" if versions else "—"
    return WarehouseError(
        "no_such_version",
        Place(address),
        Text(f"没有第 {version} 版（有：{has}）", f"there is no version {version} (there are: {has})"),
        Text("请给出存在的版本，或用日期", "give a version that exists, or a date"),
    )


def log_missing(address: str) -> WarehouseError:
    """Return the error for a table whose log is gone: writing would begin an empty one beside its files."""
    return WarehouseError(
        "log_missing",
        Place(f"{address}/_delta_log"),
        Text(
            "数据文件还在，日志却没有了，不能知道哪些行算数", "there are data files but no log saying which rows count"
        ),
        Text(
            "从备份恢复 _delta_log 文件夹，或运行 county warehouse rebuild 由原件重建",
            "restore the folder _delta_log from a backup, or rebuild from the raw files: `county warehouse rebuild`",
        ),
    )


def _versions_lost(reason: str) -> Sequence[int]:
    """Return the versions that are missing between the commit files that `reason` names; the first where it names none.

    Two files stand on both sides of the gap.
    """
    named = sorted({int(number) for number in _COMMIT_FILE.findall(reason)})
    if not named:
        return (0,)
    return range(named[0] + 1, named[-1])


def log_gap(address: str, versions: Sequence[int]) -> WarehouseError:
    """Return the error for a table some of whose commit files, those of `versions`, are gone."""
    # The versions are not known where the store is not a folder.
    names = "、".join(f" {version:020d}.json" for version in versions[:3]) + "…" * (len(versions) > 3)
    return WarehouseError(
        "log_gap",
        Place(f"{address}/_delta_log"),
        Text(
            f"日志缺少提交文件{names}，不能知道哪些行算数、何时写入",
            f"the log lacks a commit file{names}: which rows count, and since when, cannot be known",
        ),
        Text(
            "从备份把缺少的文件放回 _delta_log（其余文件不要动），或运行 county warehouse rebuild 由原件重建",
            "put the missing file back into _delta_log from a backup (leave the others alone), or rebuild from the raw "
            "files: `county warehouse rebuild`",
        ),
    )


def vacuumed(address: str, when: dt.datetime, since: dt.datetime) -> WarehouseError:
    """Return the error for a moment before the window that upkeep keeps."""
    return WarehouseError(
        "vacuumed",
        Place(address),
        # The tables know no county and so no time zone.
        Text(f"{when:%Y-%m-%d %H:%M}（UTC）的数据已被清理，最早可读到 {since:%Y-%m-%d %H:%M}（UTC）",
             f"what it held at {when:%Y-%m-%d %H:%M} UTC was removed; it can be read as of {since:%Y-%m-%d %H:%M} UTC "
             f"and later"),
        Text("请选更晚的日期；要保留更久，请加大 county.toml 中 [upkeep] 的 keep_days",
             "choose a later day; to keep more, raise keep_days in [upkeep] of county.toml"),
    )  # fmt: skip
