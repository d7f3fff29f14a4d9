"""Files for people appear whole or not at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.domain.errors import Place, Text, WarehouseError

__all__ = ["cannot_write", "sha256_of", "written_whole"]


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to, and put what was written in place of `path` at the end.

    Raises:
        WarehouseError: it cannot be written; names the file and what to do.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        # On the disk before it has its name: after a power cut too there is the old file or the whole new one.
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        # Where even this fails there is nothing to tidy, and the first error says more.
        with suppress(OSError):
            partial.unlink()


def cannot_write(path: Path, error: OSError) -> WarehouseError:
    """Return the error for a file that cannot be written: which one, why, what to do."""
    return WarehouseError(
        "export_failed",
        Place(str(path)),
        Text(f"无法写入（{error.strerror or error}）", f"it cannot be written ({error.strerror or error})"),
        Text(
            "检查空间和权限，关闭正打开它的程序，再运行一次",
            "check space and permission, close the program that has it open, and run again",
        ),
    )


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
