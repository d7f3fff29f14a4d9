"""The raw store: the bytes of every received file, named by their sha256, written once. In a folder or in a bucket."""

import hashlib

from tasks.domain.county import County, Source
from tasks.domain.errors import Place, SourceMalformed, SourceUnavailable, Text, WarehouseError
from tasks.domain.object_stores import store_fault
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch.byte_stores import open_store
from tasks.fetch.sources import filesystem_of, modified_at

__all__ = [
    "has_raw",
    "raw_address",
    "raw_fault",
    "raw_head",
    "read_note",
    "read_raw",
    "store_bytes",
    "store_file",
    "write_note",
]


def raw_address(raw: str, sha256: str) -> str:
    """Return where the bytes named `sha256` lie in the raw store."""
    return f"{raw}/{_name(sha256)}"


def store_file(file: SourceFile, source: Source, county: County) -> StoredFile:
    """Copy `file` into the raw store unless its bytes are there already.

    A file larger than the county allows is neither read nor stored: it comes back refused, named by a hash of its
    address, size and time.

    Raises:
        SourceUnavailable: the file cannot be read, was still growing while it was read, or is a link.
        WarehouseError: the raw store cannot be written (disk full, no permission); nothing half written stays.
    """
    if file.is_link:
        raise SourceUnavailable(
            "file_is_link", Place(file.path),
            Text("是链接（快捷方式），不是文件，未读取", "it is a link, not a file, and was not followed"),
            Text("请把文件本身复制到此处，再删去链接", "copy the file itself to this place and remove the link"),
        )  # fmt: skip
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
    except Exception as error:
        # Whatever the library of the source raises: not all of them keep to OSError.
        raise _unreadable(file, f"无法读取：{error}", f"cannot be read: {error}") from error
    if len(data) > allowed:
        return _too_large(file, len(data), allowed)
    # Listed, read and asked again: all three sizes must agree, and so must the times of listing and afterwards.
    size = int(details.get("size") or len(data))
    if size != len(data) or (file.size and file.size != len(data)) or modified_at(details) != file.modified_at:
        raise SourceUnavailable(
            "file_unavailable", Place(file.path),
            Text("读取时文件仍在变化", "the file was still being written while it was read"),
            Text("等它传完即可，下次运行会再读", "wait until it is there; the next run reads it"),
        )  # fmt: skip
    sha256, is_new = store_bytes(data, file.path, county)
    return StoredFile(file, sha256, is_new)


def store_bytes(data: bytes, path: str, county: County) -> tuple[str, bool]:
    """Put `data` into the raw store; return its sha256, and whether it was not there before. `path` is for messages.

    Bytes under this name that are others were damaged in the store: the true ones take their place.

    Raises:
        WarehouseError: the raw store cannot be written; nothing half written stays.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        store = open_store(county.raw)
        if store.holds(_name(sha256), data):
            return sha256, False
        store.put(_name(sha256), data)
    except OSError as error:
        raise raw_fault(
            raw_address(county.raw, sha256),
            error,
            Text(f"{path} 无法存入原件库：{error}", f"{path} cannot be stored: {error}"),
            CANNOT_WRITE,
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


def read_raw(raw: str, sha256: str) -> bytes:
    """Return the bytes named `sha256`.

    Raises:
        WarehouseError: they are not there, or are not what their name says.
    """
    address = raw_address(raw, sha256)
    try:
        data = open_store(raw).read(_name(sha256))
    except OSError as error:
        raise _cannot_read(address, error) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WarehouseError(
            "raw_store",
            Place(address),
            Text("原件与其校验值不符", "the bytes are not what their name says"),
            RESTORE,
        )
    return data


def raw_head(raw: str, sha256: str, count: int) -> bytes:
    """Return the first `count` of the bytes named `sha256`.

    Raises:
        WarehouseError: they are not there.
    """
    try:
        return open_store(raw).head(_name(sha256), count)
    except OSError as error:
        raise _cannot_read(raw_address(raw, sha256), error) from error


def has_raw(raw: str, sha256: str) -> bool:
    """Return whether the raw store has bytes named `sha256`.

    Raises:
        WarehouseError: the raw store cannot be asked.
    """
    try:
        return open_store(raw).has(_name(sha256))
    except OSError as error:
        raise _cannot_read(raw_address(raw, sha256), error) from error


def read_note(raw: str, sha256: str, kind: str) -> bytes | None:
    """Return what is noted beside the bytes named `sha256` under `kind`; None where nothing is."""
    try:
        return open_store(raw).read(f"{_name(sha256)}.{kind}")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot_read(f"{raw_address(raw, sha256)}.{kind}", error) from error


def write_note(raw: str, sha256: str, kind: str, note: bytes) -> None:
    """Note something beside the bytes named `sha256`; what was noted under `kind` before is replaced.

    Raises:
        WarehouseError: the raw store cannot be written.
    """
    address = f"{raw_address(raw, sha256)}.{kind}"
    try:
        open_store(raw).put(f"{_name(sha256)}.{kind}", note)
    except OSError as error:
        said = Text(f"无法写入：{error}", f"cannot be written: {error}")
        raise raw_fault(address, error, said, CANNOT_WRITE) from error


def raw_fault(address: str, error: OSError, said: Text, next_step: Text) -> WarehouseError:
    """Return the error for an `address` of the raw store; where a bucket's store is at fault it says what is wrong."""
    fault = store_fault(address, error) if "://" in address else None
    return fault or WarehouseError("raw_store", Place(address), said, next_step)


CANNOT_WRITE = Text("请检查磁盘空间和权限后重新运行", "check disk space and permissions, then run again")
RESTORE = Text(
    "请从备份恢复该文件；没有备份，请乡镇把同一文件再报一次",
    "restore this file from the backup; without one, let the township send the same file again",
)


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _cannot_read(address: str, error: OSError) -> WarehouseError:
    if isinstance(error, FileNotFoundError):
        said = Text("原件不在原件库中", "the raw file is not there")
    else:
        said = Text(f"原件读取失败：{error}", f"cannot be read: {error}")
    return raw_fault(address, error, said, RESTORE)


def _unreadable(file: SourceFile, zh: str, en: str) -> SourceUnavailable:
    return SourceUnavailable(
        "file_unavailable",
        Place(file.path),
        Text(zh, en),
        Text("请检查文件权限；下次运行会再试", "check the file's permissions; the next run tries again"),
    )
