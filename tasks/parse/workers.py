"""Worker processes for untrusted files: a crash, a hang or a memory bomb costs one file its worker and nothing else.

All threads of a process share one pool per set of limits; its workers are reused. They are forked from a clean server
process that has the readers loaded (multiprocessing's forkserver), so a new worker costs milliseconds and no thread
of Prefect is forked into it. Arguments and results cross over pickled.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.confinement import confine
from tasks.parse.cores import share_cores

__all__ = ["READERS", "WorkerPool", "shared_pool"]

P = ParamSpec("P")
T = TypeVar("T")

READERS = "XIANBAO_READERS"  # how many processes read on this machine side by side, each with a pool of its own
_MEMORY_EXIT = 77  # the exit code by which a worker says that it ran out of its memory
# A worker is replaced after so many files: whatever a library leaks goes with it.
_FILES_PER_WORKER = 500
_PRELOADED = ["tasks.parse.readers"]
_SEND_AGAIN = Text(
    "请乡镇另存为 docx、xlsx 或 pdf 后重新报送；文件确实正常时可在 county.toml 的 [limits] 中放宽",
    "ask the township to save it anew as docx, xlsx or pdf; if the file is sound, raise [limits] in county.toml",
)


class WorkerPool:
    """Processes that read files within `limits`, started with the first file."""

    def __init__(self, limits: ParseLimits, workers: int | None = None) -> None:
        """Prepare a pool of `workers` processes: as many as cores, or its share of them where READERS read as well."""
        self.limits = limits
        self._readers = int(os.environ.get(READERS) or 1)
        self.workers = workers or max(1, len(os.sched_getaffinity(0)) // self._readers)
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def run(self, file_name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `function(*args, **kwargs)` as computed in a worker; `function` must be importable by its name.

        Raises:
            SourceMalformed: `time_limit`, `memory_limit` or `reader_crashed`; or whatever `function` raised.
        """
        try:
            future = self._started().schedule(_guarded, (function, args, kwargs), timeout=self.limits.seconds)
            result: T = future.result()
        except TimeoutError as error:
            seconds = f"{self.limits.seconds:g}"
            raise _stopped(
                "time_limit", file_name, f"{seconds} 秒内未能读完", f"not read within {seconds} seconds"
            ) from error
        except ProcessExpired as error:
            if error.exitcode == _MEMORY_EXIT:
                megabytes = self.limits.memory_bytes // 2**20
                raise _stopped(
                    "memory_limit", file_name,
                    f"读取所需内存超过 {megabytes} MiB", f"reading it needs more than {megabytes} MiB of memory",
                ) from error  # fmt: skip
            how = _how_it_ended(error.exitcode)
            raise _stopped(
                "reader_crashed", file_name, f"读取程序因此文件崩溃（{how}）", f"the reader crashed on it ({how})"
            ) from error
        except (BrokenProcessPool, CancelledError) as error:
            self.close()
            raise _stopped(
                "reader_crashed", file_name, f"读取进程中断：{error!r}", f"the workers were stopped: {error!r}"
            ) from error
        return result

    def close(self) -> None:
        """End the workers; the next file starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(_PRELOADED)
                self._pool = ProcessPool(
                    self.workers,
                    max_tasks=_FILES_PER_WORKER,
                    initializer=_begin,
                    initargs=(self.limits, self.workers * self._readers),
                    context=context,
                )
            return self._pool


def _begin(limits: ParseLimits, workers: int) -> None:
    """Make a worker of this process: one of `workers`, which share the cores when they read scans."""
    share_cores(workers)
    confine(limits)


def _guarded(function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    """Call `function`; after a failed allocation nothing in this process can be relied on, so it ends."""
    try:
        return function(*args, **kwargs)
    except MemoryError:
        os._exit(_MEMORY_EXIT)


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is None:
        return "?"
    return signal.Signals(-exit_code).name if exit_code < 0 else f"exit {exit_code}"


def _stopped(code: str, file_name: str, zh: str, en: str) -> SourceMalformed:
    return SourceMalformed(code, Place(file_name), Text(zh, en), _SEND_AGAIN)


_POOLS: dict[tuple[ParseLimits, int | None], WorkerPool] = {}
_POOLS_LOCK = threading.Lock()


def shared_pool(limits: ParseLimits, workers: int | None = None) -> WorkerPool:
    """Return this process's pool for `limits`; all its threads get the same one. It ends with the process.

    Whoever reads one file after another asks for one of a single worker, which reads the pages of a scan side by side.
    """
    with _POOLS_LOCK:
        if (limits, workers) not in _POOLS:
            _POOLS[limits, workers] = pool = WorkerPool(limits, workers)
            # Not by atexit: a process that multiprocessing started waits for its children first, which wait for work.
            Finalize(None, pool.close, exitpriority=10)
        return _POOLS[limits, workers]
