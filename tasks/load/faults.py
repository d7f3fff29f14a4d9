"""What went wrong with a table, in an operator's words: disk full, no permission, broken, written otherwise."""

from collections.abc import Sequence

import polars as pl
from deltalake.exceptions import SchemaMismatchError

from tasks.domain.errors import Place, Text, WarehouseError

__all__ = ["no_such_version", "table_error"]

_FULL = ("os error 28", "no space left", "os error 27", "file too large", "os error 122", "quota exceeded")
_FORBIDDEN = ("os error 13", "permission denied", "os error 30", "read-only file system")


def table_error(address: str, error: Exception) -> WarehouseError:
    """Return what `error`, raised by the Delta library or the file system, means for whoever runs it."""
    words, place = str(error).lower(), Place(address)
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
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
            "从备份恢复此文件夹，或移开它后再运行",
            "restore this folder from a backup, or move it away and run again",
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
