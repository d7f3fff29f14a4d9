"""Where raw bytes may lie: a folder, or an S3-compatible object store. The same names and the same errors in both.

A store's own library may raise what it likes: what reaches the caller is an OSError.
"""

import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import fsspec

__all__ = ["ByteStore", "open_store"]

_PART = re.compile(r"/(\d{8})-[0-9a-f]{32}\.jsonl$")
# A store that is away is said to be so within seconds; the flow tries again later.
_CONFIG = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}


class ByteStore(Protocol):
    """Bytes by name (`ab/ab12…`), and journals: lines that are only ever added to."""

    def read(self, name: str) -> bytes:
        """Return the bytes called `name`."""

    def head(self, name: str, count: int) -> bytes:
        """Return the first `count` bytes of `name`, fewer where there are fewer."""

    def has(self, name: str) -> bool:
        """Return whether there is something called `name`."""

    def holds(self, name: str, data: bytes) -> bool:
        """Return whether `name` is there and is `data`, as far as this can be told without fetching it from afar."""

    def put(self, name: str, data: bytes) -> None:
        """Write `data` under `name`, whole or not at all."""

    def names(self) -> list[str]:
        """Return every name, sorted, but for those of journals."""

    def append(self, journal: str, lines: bytes) -> None:
        """Add `lines` to a journal."""

    def lines(self, journal: str) -> bytes:
        """Return everything in a journal, in the order it was added; nothing where there is none."""


def open_store(address: str) -> ByteStore:
    """Return the store at `address`: a folder, or s3://bucket/path."""
    return _Bucket(address) if "://" in address else _Folder(Path(address))


class _Folder:
    """Files, written beside their place and moved into it, read-only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def head(self, name: str, count: int) -> bytes:
        with (self._root / name).open("rb") as file:
            return file.read(count)

    def has(self, name: str) -> bool:
        return (self._root / name).exists()

    def holds(self, name: str, data: bytes) -> bool:
        path = self._root / name
        return path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data

    def put(self, name: str, data: bytes) -> None:
        target = self._root / name
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

    def names(self) -> list[str]:
        return sorted(path.relative_to(self._root).as_posix() for path in self._root.glob("*/*") if path.is_file())

    def append(self, journal: str, lines: bytes) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / f"{journal}.jsonl").open("ab") as file:
            # After a line that was cut short a new one begins.
            file.write(b"\n" + lines + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self, journal: str) -> bytes:
        whole = self._root / f"{journal}.jsonl"
        # Parts are there where the store was once copied from an object store.
        parts = [*sorted((self._root / journal).glob("*.jsonl")), *([whole] if whole.exists() else [])]
        return b"\n".join(path.read_bytes() for path in parts)


class _Bucket:
    """Objects, each put whole. A journal is a folder of parts, since nothing can be added to an object."""

    def __init__(self, address: str) -> None:
        with _as_os_errors():
            # What another process has written since must be seen: nothing listed is kept.
            self._files, root = fsspec.core.url_to_fs(address, use_listings_cache=False, config_kwargs=_CONFIG)
        self._root = str(root).rstrip("/")

    def read(self, name: str) -> bytes:
        with _as_os_errors():
            data: bytes = self._files.cat_file(self._at(name))
        return data

    def head(self, name: str, count: int) -> bytes:
        with _as_os_errors():
            # A range of an empty object cannot be had.
            size = self._size(name)
            if size is None:
                raise FileNotFoundError(self._at(name))
            data: bytes = self._files.cat_file(self._at(name), start=0, end=min(count, size)) if size else b""
        return data

    def has(self, name: str) -> bool:
        with _as_os_errors():
            return self._size(name) is not None

    def holds(self, name: str, data: bytes) -> bool:
        with _as_os_errors():
            return self._size(name) == len(data)

    def put(self, name: str, data: bytes) -> None:
        with _as_os_errors():
            self._files.pipe_file(self._at(name), data)

    def names(self) -> list[str]:
        with _as_os_errors():
            found = [str(path).removeprefix(f"{self._root}/") for path in self._files.find(self._root)]
        return sorted(name for name in found if name.count("/") == 1 and _PART.search(name) is None)

    def append(self, journal: str, lines: bytes) -> None:
        # The next part in order; of two at once both may have its number, and neither can overwrite the other.
        with _as_os_errors():
            taken = [int(number[1]) for path in self._parts(journal) if (number := _PART.search(path))]
            part = f"{journal}/{max(taken, default=0) + 1:08d}-{uuid.uuid4().hex}.jsonl"
            self._files.pipe_file(self._at(part), lines)

    def lines(self, journal: str) -> bytes:
        with _as_os_errors():
            parts = self._parts(journal)
            whole = f"{self._root}/{journal}.jsonl"  # there where the store was once copied from a folder
            wanted = [*([whole] if self._size(f"{journal}.jsonl") is not None else []), *parts]
            held = self._files.cat(wanted) if wanted else {}
        return b"\n".join(held[path] for path in wanted)

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _size(self, name: str) -> int | None:
        try:
            details: dict[str, Any] = self._files.info(self._at(name))
        except FileNotFoundError as error:
            if "bucket does not exist" in str(error).lower():
                raise
            return None
        return int(details["size"]) if details["type"] == "file" else None

    def _parts(self, journal: str) -> list[str]:
        return sorted(str(path) for path in self._files.find(f"{self._root}/{journal}"))


@contextmanager
def _as_os_errors() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(str(error)) from error
