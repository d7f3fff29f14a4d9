"""Are a table's files as long as its log says? Asked before they are read: readers crash on one that was cut short."""

from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable

from tasks.domain.errors import WarehouseError
from tasks.load.faults import broken_file

__all__ = ["check_files"]


def check_files(address: str, snapshot: DeltaTable, *, may_lack: bool = False) -> None:
    """Check the files of `snapshot`, the table in the folder `address`; with `may_lack` some may have been vacuumed.

    Raises:
        WarehouseError: a file is not there or has another length; it is named.
    """
    files = pa.table(snapshot.get_add_actions(flatten=True)).select(["path", "size_bytes"])
    for name, size in zip(*(column.to_pylist() for column in files.columns), strict=True):
        path = Path(address) / unquote(name)
        try:
            found = path.stat().st_size
        except FileNotFoundError as error:
            if may_lack:
                continue
            raise broken_file(str(path), "文件不在", "the file is not there") from error
        except OSError as error:
            raise broken_file(str(path), f"无法读取：{error}", f"it cannot be read: {error}") from error
        if found != size:
            raise _cut(path, size, found)


def _cut(path: Path, size: int, found: int) -> WarehouseError:
    return broken_file(
        str(path),
        f"数据文件应有 {size} 字节，实有 {found} 字节：被截断或改动",
        f"the file should have {size} bytes and has {found}: cut short or changed",
    )
