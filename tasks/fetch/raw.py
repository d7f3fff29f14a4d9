"""The raw store: the bytes of every received file, named by their sha256, written once and read-only."""

import hashlib
import os
import tempfile
from pathlib import Path

from tasks.domain.county import County, Source
from tasks.domain.errors import Place, SourceMalformed, SourceUnavailable, Text, WarehouseError
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch.sources import filesystem_of, modified_at

__all__ = ["raw_path", "read_raw", "store_bytes", "store_file"]


def raw_path(raw: Path, sha256: str) -> Path:
    """Return where the bytes named `sha256` lie in the raw store."""
    return raw / sha256[:2] / sha256


def store_file(file: SourceFile, source: Source, county: County) -> StoredFile:
    """Copy `file` into the raw store unless its bytes are there already.

    A file larger than the county allows is neither read nor stored: it comes back refused, named by a hash of its
    address, size and time.

    Raises:
        SourceUnavailable: the file cannot be read, or was still growing while it was read.
        WarehouseError: the raw store cannot be written (disk full, no permission); nothing half written stays.
    """
    filesystem, _ = filesystem_of(source, county)
    allowed = county.limits.file_bytes
    if file.size > allowed:
        return _too_large(file, file.size, allowed)
    try:
        # One byte more than allowed: a source that tells no size lists 0, and a file may grow while it is read. An
        # object store refuses to give a range of an empty object.
        is_empty = file.size == 0 and filesystem.info(file.uri).get("size") == 0
        data: bytes = b"" if is_empty else filesystem.cat_file(file.uri, start=0, end=allowed + 1)
        details = filesystem.info(file.uri)
    except OSError as error:
        raise _unreadable(file, f"无法读取：{error}", f"cannot be read: {error}") from error
    if len(data) > allowed:
        return _too_large(file, len(data), allowed)
    # Listed, read and asked again: all three sizes must agree, and so must the times of listing and afterwards.
    size = int(details.get("size") or len(data))
    if size != len(data) or (file.size and file.size != len(data)) or modified_at(details) != file.modified_at:
        raise _unreadable(file, "读取时文件仍在变化", "the file was still being written while it was read")
    sha256, is_new = store_bytes(data, file.path, county)
    return StoredFile(file, sha256, is_new)


def store_bytes(data: bytes, path: str, county: County) -> tuple[str, bool]:
    """Put `data` into the raw store; return its sha256, and whether it was not there before. `path` is for messages.

    Raises:
        WarehouseError: the raw store cannot be written; nothing half written stays.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    target = raw_path(county.raw, sha256)
    if target.exists():
        return sha256, False
    try:
        _write_once(target, data)
    except OSError as error:
        raise WarehouseError(
            "raw_store",
            Place(str(target)),
            Text(f"{path} 无法存入原件库：{error}", f"{path} cannot be stored: {error}"),
            Text("请检查磁盘空间和权限后重新运行", "check disk space and permissions, then run again"),
        ) from error
    return sha256, True


def _too_large(file: SourceFile, size: int, allowed: int) -> StoredFile:
    error = SourceMalformed(
        "file_too_large",
        Place(file.path),
        Text(
            f"文件有 {size // 2**20} MiB，超过上限 {allowed // 2**20} MiB，未读取",
            f"the file has {size // 2**20} MiB, more than the {allowed // 2**20} MiB allowed; it was not read",
        ),
        Text(
            "请乡镇只报送报告本身；确实需要时在 county.toml 的 [limits] 中放宽 file_mib",
            "ask the township for the report only; if it is needed, raise file_mib in [limits] of county.toml",
        ),
    )
    name = f"{file.uri}\n{size}\n{file.modified_at.isoformat()}"
    return StoredFile(file, hashlib.sha256(name.encode()).hexdigest(), is_new=True, refused=error)


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
