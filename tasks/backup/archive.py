"""One tar file holds a county: its members, and last a manifest with the sha256 of each."""

import contextlib
import glob
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.backup.database import POSTGRES_NAME, SQLITE_NAME, dump_database, restore_postgres
from tasks.backup.errors import BackupError, restore_error
from tasks.backup.snapshot import take_snapshot
from tasks.domain.county import County
from tasks.domain.errors import Place, Text

__all__ = ["BackupReport", "Manifest", "RestoreReport", "back_up", "prune_backups", "restore"]

MANIFEST = "manifest.json"
FORMAT = 1
_COUNTY, _SERVER = "county", "server"

Progress = Callable[[int, int], None]


class Manifest(BaseModel):
    """What a backup says of itself; `warehouse` and `raw` are addresses of what lies elsewhere and is not in it."""

    model_config = ConfigDict(frozen=True)

    format: int
    county: str
    name: str
    made_at: datetime
    warehouse: str
    raw: str = ""
    versions: dict[str, int]
    database: str
    sha256: dict[str, str]


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds: how many files and bytes, and what it says of itself."""

    path: Path
    files: int
    bytes: int
    manifest: Manifest


@dataclass(frozen=True)
class RestoreReport:
    """What came out of a backup: when it was made, how much, and which database."""

    made_at: datetime
    county: str
    files: int
    bytes: int
    database: str
    warehouse: str
    raw: str


def back_up(county: County, target: Path, *, now: datetime, progress: Progress | None = None) -> BackupReport:
    """Write everything the county owns to the tar file `target`, while runs go on; return what it holds.

    Left out is what the next run makes again (book, Data Docs, stage store) and the server's logs. A file is written
    under another name and takes its own when it is whole.

    Raises:
        BackupError: `target` exists, cannot be written (disk full, no permission), or a part cannot be read.
    """
    if target.exists():
        raise BackupError(
            "exists", Place(str(target)),
            Text("已有此文件，备份不覆盖任何文件", "the file exists; a backup overwrites nothing"),
            Text("请另起文件名", "choose another name"),
        )  # fmt: skip
    warehouse = None if "://" in county.warehouse else Path(county.warehouse)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".xianbao-") as room:
            # The database first: a run it does not know of costs a line in the UI, the other way round costs nothing.
            dumped = dump_database(county.prefect_home, Path(room))
            snapshot = take_snapshot(county.folder, warehouse)
            members = [(f"{_COUNTY}/{path.as_posix()}", county.folder / path) for path in snapshot.files]
            members += [(f"{_SERVER}/{dumped.name}", dumped)] if dumped else []
            manifest = _manifest(county, snapshot.versions, dumped, now)
            files = _write(part, members, manifest, progress)
        part.rename(target)
    except OSError as error:
        raise BackupError(
            "not_written", Place(str(target)),
            Text(f"备份未写成（{error}）", f"the backup was not written ({error})"),
            Text("请检查磁盘空间和写入权限后重试", "check free space and permissions, then try again"),
        ) from error  # fmt: skip
    finally:
        # Where nothing can be written nothing need be removed, and the error on its way says so.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return BackupReport(target, files, target.stat().st_size, manifest)


def _manifest(county: County, versions: dict[str, int], dumped: Path | None, now: datetime) -> Manifest:
    return Manifest(
        format=FORMAT,
        county=county.settings.county.code,
        name=county.name,
        made_at=now,
        warehouse=_elsewhere(county, county.warehouse),
        raw=_elsewhere(county, county.raw),
        versions=versions,
        database=dumped.name if dumped else "",
        sha256={},
    )


def _elsewhere(county: County, address: str) -> str:
    """Return `address` where it is no folder inside the county's, so that a backup does not hold it; else nothing."""
    inside = "://" not in address and Path(address).is_relative_to(county.folder)
    return "" if inside else address


def _write(part: Path, members: list[tuple[str, Path]], manifest: Manifest, progress: Progress | None) -> int:
    sums: dict[str, str] = {}
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        for number, (name, path) in enumerate(members, start=1):
            data = path.open("rb")
            with data:
                # As long as it is now: a file that still grows (an inbox) must not spoil the members after it.
                size = os.fstat(data.fileno()).st_size
                details = archive.gettarinfo(arcname=name, fileobj=data)
                details.size, details.uid, details.gid, details.uname, details.gname = size, 0, 0, "", ""
                hashed = _Hashing(data)
                archive.addfile(details, hashed)
            sums[name] = hashed.digest
            if progress is not None:
                progress(number, len(members))
        words = manifest.model_copy(update={"sha256": sums}).model_dump_json(indent=1).encode()
        details = tarfile.TarInfo(MANIFEST)
        details.size = len(words)
        archive.addfile(details, io.BytesIO(words))
    with part.open("rb") as written:
        os.fsync(written.fileno())
    return len(sums)


class _Hashing(io.RawIOBase):
    """Hands a stream on and hashes what passes."""

    def __init__(self, stream: io.BufferedReader) -> None:
        super().__init__()
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def restore(source: Path, folder: Path, *, progress: Progress | None = None) -> RestoreReport:
    """Unpack the backup `source` as the county's folder `folder`, which must not exist or be empty.

    Every file is compared with the manifest before the folder takes its name. A SQLite database goes where the
    county's own server looks for it; one of PostgreSQL into the database that the environment names.

    Raises:
        BackupError: `folder` holds something, `source` is no backup, is cut short or changed, or was made by a newer
            version; `folder` stays as it was.
    """
    if folder.exists() and not folder.is_dir():
        raise BackupError(
            "exists", Place(str(folder)),
            Text("已有此文件，恢复不覆盖任何文件", "it is a file that exists; a restore overwrites nothing"),
            Text("请指定一个新文件夹", "name a new folder"),
        )  # fmt: skip
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(
            "not_empty", Place(str(folder)),
            Text("目标文件夹不是空的，恢复不覆盖任何文件", "the folder is not empty; a restore overwrites nothing"),
            Text("请指定一个新文件夹", "name a new folder"),
        )  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".xianbao-restore-"))
    try:
        manifest = _unpack(source, room, progress)
        if manifest.database == SQLITE_NAME:
            home = room / _COUNTY / ".prefect"
            home.mkdir(parents=True)
            shutil.move(room / _SERVER / SQLITE_NAME, home / SQLITE_NAME)
        elif manifest.database == POSTGRES_NAME:
            restore_postgres(room / _SERVER / POSTGRES_NAME)
        if folder.exists():
            folder.rmdir()
        (room / _COUNTY).rename(folder)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return RestoreReport(
        manifest.made_at, manifest.name, len(manifest.sha256), source.stat().st_size, manifest.database,
        manifest.warehouse, manifest.raw,
    )  # fmt: skip


def prune_backups(folder: Path, name: str, keep: int) -> list[Path]:
    """Delete all but the newest `keep` (≥ 1) backups of the county called `name` in `folder`; return the deleted."""
    made = sorted(folder.glob(f"{glob.escape(name)}-????????-??????.tar"), reverse=True)
    for path in made[keep:]:
        path.unlink()
    return made[keep:]


def _unpack(source: Path, room: Path, progress: Progress | None) -> Manifest:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(room, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise restore_error(
            "not_a_backup", source, f"不是完整的备份文件（{error}）", f"no whole backup ({error})"
        ) from error
    except OSError as error:
        raise restore_error("not_read", source, f"备份无法读出（{error}）", f"it cannot be read ({error})") from error
    path = room / MANIFEST
    if not path.exists():
        raise restore_error("cut_short", source, "备份不完整：没有清单", "the backup is cut short: it has no manifest")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise restore_error("manifest", source, "备份的清单无法读懂", "its manifest cannot be read") from error
    if manifest.format != FORMAT:
        raise restore_error("newer", source, "备份由另一版本写成", "the backup was made by another version")
    for number, (name, expected) in enumerate(manifest.sha256.items(), start=1):
        member = room / name
        if not member.is_file() or _sha256(member) != expected:
            raise restore_error("changed", source, f"其中的 {name} 缺失或已改变", f"{name} in it is missing or changed")
        if progress is not None:
            progress(number, len(manifest.sha256))
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
