"""What lies in a source: any fsspec address, with the register of arrivals (收文登记) where one is kept."""

import csv
import datetime as dt
import ssl
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from tasks.domain.county import County, Source
from tasks.domain.errors import ConfigurationError, Place, SourceUnavailable, Text
from tasks.domain.submissions import SourceFile

__all__ = ["REGISTER_NAMES", "filesystem_of", "list_source", "modified_at"]

REGISTER_NAMES = ("收文登记.csv", "manifest.csv")
_NOT_REPORTS = {"thumbs.db", "desktop.ini", "收文登记.csv", "manifest.csv"}
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".partial")


@dataclass(frozen=True, slots=True)
class _Registered:
    received_at: dt.datetime | None
    unit: str
    period: str


def filesystem_of(source: Source, county: County) -> tuple[Any, str]:
    """Return the fsspec file system of `source` and the root path in it; a relative address is in the county folder.

    Raises:
        ConfigurationError: the protocol is unknown or its library is not installed.
    """
    url = source.url if "://" in source.url else str(county.folder / source.url)
    try:
        filesystem, root = fsspec.core.url_to_fs(url, **source.options)
    except (ValueError, ImportError) as error:
        raise ConfigurationError(
            "source_protocol",
            Place("county.toml"),
            Text(f"来源 {source.name} 的地址 {url} 无法使用：{error}", f"source {source.name}: {url}: {error}"),
            Text("请检查地址，或安装所需的库", "check the address, or install the library it needs"),
        ) from error
    return filesystem, root


def list_source(source: Source, county: County) -> tuple[SourceFile, ...]:
    """Return the files in `source` that can be reports, sorted by path.

    Hidden files, Office lock files, uploads under way, system files and the register itself are left out.

    Raises:
        SourceUnavailable: the address cannot be listed.
        ConfigurationError: the protocol is unknown, or the register has a malformed row.
    """
    filesystem, root = filesystem_of(source, county)
    filesystem.invalidate_cache()
    try:
        # It says no whatever is wrong; listing says what.
        if not filesystem.isdir(root):
            _probe(filesystem, root)
            raise FileNotFoundError(root)
        found: Mapping[str, Mapping[str, Any]] = filesystem.find(root, detail=True)
        if isinstance(found, list):
            found = {}
        _probe(filesystem, root)
        register = _read_register(filesystem, root, county)
    except ConfigurationError:
        raise  # a malformed register
    except Exception as error:
        # Whatever the library of the source raises: not all of them keep to OSError.
        raise _away(source, error) from error
    files = []
    for full_path, details in found.items():
        path = full_path.removeprefix(root).lstrip("/")
        if _is_report(path):
            files.append(_source_file(source, filesystem, full_path, path, details, register))
    return tuple(sorted(files, key=lambda one: one.path))


def _away(source: Source, error: Exception) -> SourceUnavailable:
    """Return why a source cannot be listed; its certificate is named, wherever its library has wrapped that."""
    cause: BaseException | None = error
    seen: set[int] = set()  # some library may name an error as its own cause
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        refused = getattr(cause, "certificate_error", cause)
        if isinstance(refused, ssl.SSLCertVerificationError):
            why = refused.verify_message
            return SourceUnavailable(
                "source_certificate",
                Place(source.url),
                Text(
                    f"来源 {source.name} 的证书不被接受：{why}", f"the certificate of {source.name} is refused: {why}"
                ),
                Text(
                    "请来源的管理者更换证书；本机时间不对也会如此；已存档的文件不受影响",
                    "its keeper has to renew it; a wrong clock here does the same; what was stored is not affected",
                ),
            )
        cause = cause.__cause__ or cause.__context__
    return SourceUnavailable(
        "source_unavailable",
        Place(source.url),
        Text(f"来源 {source.name} 无法读取：{error}", f"source {source.name} cannot be listed: {error}"),
        Text(
            "请检查地址、网络，文件夹是否存在、是否有读取权限",
            "check address and network, and that the folder exists and may be read",
        ),
    )


def _probe(filesystem: Any, root: str) -> None:
    """List the root once by itself: `find` passes over a folder that may not be read, which would look empty."""
    filesystem.ls(root, detail=False)


def _is_report(path: str) -> bool:
    parts = path.split("/")
    name = parts[-1].lower()
    return not (
        any(part.startswith(".") for part in parts)
        or name.startswith("~$")
        or name.endswith(_UNFINISHED)
        or name in _NOT_REPORTS
    )


def _source_file(
    source: Source,
    filesystem: Any,
    full_path: str,
    path: str,
    details: Mapping[str, Any],
    register: Mapping[str, _Registered],
) -> SourceFile:
    modified = modified_at(details)
    row = register.get(_plain(path))
    return SourceFile(
        source=source.name,
        uri=filesystem.unstrip_protocol(full_path),
        path=path,
        size=int(details.get("size") or 0),
        modified_at=modified,
        received_at=(row.received_at if row else None) or modified,
        registered_unit=row.unit if row else "",
        registered_period=row.period if row else "",
        is_link=bool(details.get("islink")),
    )


def modified_at(details: Mapping[str, Any]) -> dt.datetime:
    """Return when a file was last changed (UTC), from what its file system tells of it under one of several names."""
    value = details.get("mtime") or details.get("LastModified") or details.get("created")
    if isinstance(value, (int, float)):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    # A source that tells no time (some object stores' folders): the earliest moment, so that nothing looks late.
    return dt.datetime.fromtimestamp(0, dt.UTC)


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").strip().lstrip("./"))


def _read_register(filesystem: Any, root: str, county: County) -> dict[str, _Registered]:
    for name in REGISTER_NAMES:
        path = f"{root.rstrip('/')}/{name}"
        if filesystem.exists(path):
            return _parse_register(filesystem.cat_file(path), name, county)
    return {}


def _parse_register(data: bytes, name: str, county: County) -> dict[str, _Registered]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    reader = csv.DictReader(text.splitlines())
    if "file" not in (reader.fieldnames or []):
        raise _register_wrong(name, 1, "缺少列 file", "the column `file` is missing")
    rows: dict[str, _Registered] = {}
    for row in reader:
        received_at = None
        stated = (row.get("received_at") or "").strip()
        if stated:
            try:
                received_at = dt.datetime.fromisoformat(stated)
            except ValueError as error:
                raise _register_wrong(
                    name,
                    reader.line_num,
                    f"收到时间 {stated!r} 应写作 2024-01-10T09:30:00+08:00",
                    f"received_at {stated!r} must be written 2024-01-10T09:30:00+08:00",
                ) from error
            if received_at.tzinfo is None:
                received_at = received_at.replace(tzinfo=county.timezone)
            received_at = received_at.astimezone(dt.UTC)
        rows[_plain(row["file"] or "")] = _Registered(
            received_at, (row.get("unit") or "").strip(), (row.get("period") or "").strip()
        )
    return rows


def _register_wrong(name: str, line: int, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        "register",
        Place(f"{name}:{line}"),
        Text(zh, en),
        Text(f"请改正 {Path(name).name} 第 {line} 行后重试", f"correct line {line} of {name} and run again"),
    )
