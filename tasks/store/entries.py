"""Entries of the stage store: one compressed, checksummed file each, written whole or not at all.

`store/<stage>/<version>/<first two characters>/<name>`: the folders say what an entry depends on, so that the results
of an old version can be removed as a whole.
"""

import errno
import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tasks.domain.errors import Text

__all__ = ["StageStore", "Usage", "Warn"]

# Format of an entry: mark, length of the content, checksum of the content, the content compressed with zstd.
_MARK = b"XBS1"
_DIGEST = 16
_HEAD = len(_MARK) + 8 + _DIGEST
# A few bytes can claim any length; no result of a report comes near this.
_LONGEST = 2**31
# Stage, version, first two characters: how deep the entries lie.
_FOLDERS = 3

Warn = Callable[[Text], None]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one version of one stage takes up: entries and bytes on disk."""

    stage: str
    version: str
    entries: int
    bytes: int


class StageStore:
    """The entries below one folder; any number of processes may read and write it at once."""

    def __init__(self, folder: Path, warn: Warn | None = None) -> None:
        """Use `folder`, made with the first entry; `warn` is told of damaged entries and of a store that is full."""
        self.folder = folder
        self._warn = warn or (lambda _: None)

    def path(self, stage: str, version: str, name: str) -> Path:
        """Return where the entry called `name` lies."""
        return self.folder / stage / version / name[:2] / name

    def read(self, stage: str, version: str, name: str) -> bytes | None:
        """Return the content of an entry; None where there is none, or where it is damaged (then it is removed)."""
        path = self.path(stage, version, name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(Text(f"阶段存储读取失败，重新计算：{path.name}（{error}）",
                            f"stage store: {path.name} cannot be read and is computed again ({error})"))  # fmt: skip
            return None
        content = _content(data)
        if content is None:
            self.discard(stage, version, name)
        return content

    def write(self, stage: str, version: str, name: str, content: bytes) -> None:
        """Keep `content`; a store that cannot be written is a warning, since what it would hold is known anyway."""
        path = self.path(stage, version, name)
        temporary = None
        try:
            if _is_kept(path, content):
                os.utime(path)  # as young as if it had been written again, which takes longer than all else
                return
            packed = pa.compress(content, codec="zstd", asbytes=True)
            head = _MARK + len(content).to_bytes(8, "little") + hashlib.blake2b(content, digest_size=_DIGEST).digest()
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
            with os.fdopen(handle, "wb") as file:
                file.write(head + packed)
            Path(temporary).replace(path)
        except OSError as error:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
            self._warn(Text(f"阶段存储写入失败，下次将重新计算：{path.name}（{error}）",
                            f"stage store: {path.name} cannot be kept (computed again later) ({error})"))  # fmt: skip

    def discard(self, stage: str, version: str, name: str) -> None:
        """Remove an entry that turned out to be damaged, with a warning."""
        path = self.path(stage, version, name)
        self._warn(Text(f"阶段存储中的一项已损坏，重新计算：{stage} {name}",
                        f"stage store: {stage} {name} is damaged and is computed again"))  # fmt: skip
        path.unlink(missing_ok=True)

    def usage(self) -> list[Usage]:
        """Return what every version of every stage takes up, in order of stage and version."""
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for path in self._entries():
            if (size := _size(path)) is not None:
                stage, version, *_ = path.relative_to(self.folder).parts
                found[stage, version].append(size)
        return [Usage(stage, version, len(sizes), sum(sizes)) for (stage, version), sizes in sorted(found.items())]

    def clean(self, current: Mapping[str, str], limit: int | None = None) -> int:
        """Remove what is not needed and return the bytes that were freed.

        Entries of versions other than `current` (stage → version) go, of all stages that are named there; without a
        `limit` in bytes all of them do. With one, as much goes as is over it: other versions first, then the oldest
        entries.
        """
        files = []
        for path in self._entries():
            stage, version = path.relative_to(self.folder).parts[:2]
            try:
                details = path.stat()
            except FileNotFoundError:
                continue  # another process cleans as well
            is_current = current.get(stage, version) == version
            files.append((is_current, details.st_mtime, details.st_size, path))
        files.sort()
        over = sum(size for *_, size, _ in files) - limit if limit is not None else 0
        freed = 0
        for is_current, _, size, path in files:
            if freed >= over if limit is not None else is_current:
                break
            path.unlink(missing_ok=True)
            freed += size
        self._remove_empty_folders()
        return freed

    def _entries(self) -> Iterator[Path]:
        # Not glob, which fails where another process removes a folder meanwhile.
        for folder, _, names in os.walk(self.folder):
            if len(Path(folder).relative_to(self.folder).parts) == _FOLDERS:
                yield from (Path(folder, name) for name in names)

    def _remove_empty_folders(self) -> None:
        """Remove the folders that hold nothing; one that a writer uses or another process removes stays its own."""
        for folder, _, _ in os.walk(self.folder, topdown=False):
            if Path(folder) == self.folder:
                continue
            try:
                Path(folder).rmdir()
            except OSError as error:
                if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
                    raise


def _is_kept(path: Path, content: bytes) -> bool:
    """Return whether `path` holds an entry of `content` already, whole; to look costs less than to compress it anew."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    return data[len(_MARK) : len(_MARK) + 8] == len(content).to_bytes(8, "little") and _content(data) == content


def _content(data: bytes) -> bytes | None:
    """Return what the bytes of an entry hold, None when they are not what was written."""
    length = int.from_bytes(data[len(_MARK) : len(_MARK) + 8], "little")
    if len(data) < _HEAD or not data.startswith(_MARK) or length > _LONGEST:
        return None
    try:
        content: bytes = pa.decompress(data[_HEAD:], decompressed_size=length, codec="zstd", asbytes=True)
    except (OSError, pa.ArrowException):
        return None
    digest = hashlib.blake2b(content, digest_size=_DIGEST).digest()
    return content if digest == data[len(_MARK) + 8 : _HEAD] else None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except FileNotFoundError:
        return None
