"""One writer at a time: what is judged must still be what is there when it is loaded."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.domain.errors import Place, Text, WarehouseError

__all__ = ["one_writer"]

PAUSE_SECONDS = 0.5


@contextmanager
def one_writer(
    folder: Path, *, patience: float = 1_800.0, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the county's write lock; runs on this machine judge and load one after the other.

    The lock is the kernel's and goes with the process: one that was killed leaves none behind. `waiting` is called
    once when another run holds it. Runs on other machines are caught by the version of the submissions table.

    Raises:
        WarehouseError: another run held it for `patience` seconds, or the folder cannot be written.
    """
    path = folder / ".writing.lock"
    try:
        file = path.open("a")
    except OSError as error:
        raise WarehouseError(
            "not_writable",
            Place(str(folder)),
            Text(f"县文件夹不可写（{error}）", f"the county's folder cannot be written ({error})"),
            Text("请给运行的用户读写权限，或换到可写的磁盘", "give the user who runs this permission to write it"),
        ) from error
    with file:
        deadline, told = time.monotonic() + patience, False
        while not _taken(file.fileno()):
            if not told:
                waiting()
                told = True
            if time.monotonic() > deadline:
                raise WarehouseError(
                    "other_run",
                    Place(str(path)),
                    Text(
                        f"另一次运行已写了 {patience / 60:.0f} 分钟", f"another run kept writing for {patience:.0f} s"
                    ),
                    Text("等它结束后再运行", "run again when it has ended"),
                )
            time.sleep(PAUSE_SECONDS)
        yield


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
