"""Which files of a county's folder make up a backup, as of one moment, also while a run is writing.

A Delta table is the commits up to a version and the Parquet files they name, which never change. The version of every
table is noted first, `submissions` before the others: a load commits it last, so every submission that the backup
shows has all its rows, and rows of a load that was under way belong to no submission, as after a run that was killed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from tasks.backup.errors import BackupError
from tasks.domain.errors import Place, Text
from tasks.domain.tables import TABLES

__all__ = ["LEFT_OUT", "Snapshot", "take_snapshot"]

# Made again by the next run, or the server's own (its database is dumped, not copied).
LEFT_OUT = frozenset({".prefect", "data_docs", "book", "store"})

_LOG = "_delta_log"
_COMMIT = re.compile(r"^(\d{20})\.")


@dataclass(frozen=True)
class Snapshot:
    """The files to keep, relative to the county's folder in the order to write them, and each table's version."""

    files: tuple[Path, ...]
    versions: dict[str, int]


def take_snapshot(folder: Path, warehouse: Path | None) -> Snapshot:
    """Return what a backup of the county in `folder` holds; `warehouse` is None where it lies elsewhere.

    Raises:
        BackupError: a table of the warehouse cannot be read; names it.
    """
    versions = _versions(warehouse) if warehouse is not None else {}
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    kept = [path.relative_to(folder) for path in files if path.relative_to(folder).parts[0] not in LEFT_OUT]
    if warehouse is not None and warehouse.is_relative_to(folder):
        inside = warehouse.relative_to(folder)
        kept = [path for path in kept if not path.is_relative_to(inside)]
        kept += [inside / path for path in _table_files(warehouse, versions)]
    return Snapshot(tuple(kept), versions)


def _versions(warehouse: Path) -> dict[str, int]:
    order = ["submissions", *(table for table in TABLES if table != "submissions")]
    present = [table for table in order if (warehouse / table / _LOG).is_dir()]
    return {table: _version(warehouse / table) for table in present}


def _version(table: Path) -> int:
    try:
        return DeltaTable(str(table)).version()
    except (DeltaError, OSError) as error:
        raise BackupError(
            "broken_table",
            Place(str(table)),
            Text(f"此表无法读取，未备份（{error}）", f"the table cannot be read and was not backed up ({error})"),
            Text("请先运行 county warehouse check", "run `county warehouse check` first"),
        ) from error


def _table_files(warehouse: Path, versions: dict[str, int]) -> Iterator[Path]:
    """Yield the files of every table up to its version; data files before the log that names them."""
    for table, version in versions.items():
        folder = warehouse / table
        log = [path for path in sorted((folder / _LOG).iterdir()) if path.is_file()]
        data = [path for path in sorted(folder.rglob("*")) if path.is_file() and _LOG not in path.parts]
        yield from (path.relative_to(warehouse) for path in data)
        yield from (path.relative_to(warehouse) for path in log if _belongs(path, version))


def _belongs(path: Path, version: int) -> bool:
    """Return whether a file of the log tells of nothing after `version`."""
    if path.name == "_last_checkpoint":
        return int(json.loads(path.read_text(encoding="utf-8"))["version"]) <= version
    number = _COMMIT.match(path.name)
    return number is not None and int(number[1]) <= version
