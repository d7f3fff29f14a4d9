"""The raw store: the bytes of every received file, named by their sha256, written once and read-only."""

import hashlib
import os
import tempfile
from pathlib import Path

from tasks.domain.county import County, Source
from tasks.domain.errors import Place, SourceUnavailable, Text, WarehouseError
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch.sources import filesystem_of

__all__ = ["raw_path", "read_raw", "store_file"]


def raw_path(raw: Path, sha256: str) -> Path:
    """Return where the bytes named `sha256` lie in the raw store."""
    return raw / sha256[:2] / sha256


def store_file(file: SourceFile, source: Source, county: County) -> StoredFile:
    """Copy `file` into the raw store unless its bytes are there already.

    Raises:
        SourceUnavailable: the file cannot be read, or was still growing while it was read.
        WarehouseError: the raw store cannot be written (disk full, no permission); nothing half written stays.
    """
    filesystem, _ = filesystem_of(source, county)
    try:
        data: bytes = filesystem.cat_file(file.uri)
        size = int(filesystem.size(file.uri) or len(data))
    except OSError as error:
        raise _unreadable(file, f"无法读取：{error}", f"cannot be read: {error}") from error
    # Listed, read and asked again: all three sizes must agree (a source that tells no size lists 0).
    if size != len(data) or (file.size and file.size != len(data)):
        raise _unreadable(file, "读取时文件仍在变化", "the file was still being written while it was read")
    sha256 = hashlib.sha256(data).hexdigest()
    target = raw_path(county.raw, sha256)
    if target.exists():
        return StoredFile(file, sha256, is_new=False)
    try:
        _write_once(target, data)
    except OSError as error:
        raise WarehouseError(
            "raw_store",
            Place(str(target)),
            Text(f"{file.path} 无法存入原件库：{error}", f"{file.path} cannot be stored: {error}"),
            Text("请检查磁盘空间和权限后重新运行", "check disk space and permissions, then run again"),
        ) from error
    return StoredFile(file, sha256, is_new=True)


def read_raw(raw: Path, sha256: str) -> bytes:
    """Return the bytes named `sha256`.

    Raises:
        WarehouseError: they are not there, or are not what their name says.
    """
    path = raw_path(raw, sha256)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _raw_fault(path, f"原件读取失败：{error}", f"cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _raw_fault(path, "原件与其校验值不符", "the bytes are not what their name says")
    return data


def _write_once(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o444)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _unreadable(file: SourceFile, zh: str, en: str) -> SourceUnavailable:
    return SourceUnavailable(
        "file_unavailable",
        Place(file.path),
        Text(zh, en),
        Text("请检查文件权限；下次运行会再试", "check the file's permissions; the next run tries again"),
    )


def _raw_fault(path: Path, zh: str, en: str) -> WarehouseError:
    return WarehouseError(
        "raw_store", Place(str(path)), Text(zh, en), Text("请从备份恢复该文件", "restore this file from the backup")
    )
