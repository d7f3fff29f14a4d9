"""Worker processes for untrusted files: a crash, a hang or a memory bomb costs one file its worker and nothing else.

All threads of a process share one pool per set of limits; its workers are reused. They are forked from a clean server
process that has the readers loaded (multiprocessing's forkserver), so a new worker costs 30 milliseconds and no thread
of Prefect is forked into it. What is to be done crosses over pickled, what came of it as plain data (`answers`), with
no threads in between (docs/decisions.md).
"""

import contextlib
import gc
import math
import multiprocessing
import os
import pickle
import queue
import select
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.util import Finalize
from typing import ParamSpec, TypeVar

from tasks.domain.errors import Place, ReaderUnavailable, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.answers import Forged, packed, unpacked
from tasks.parse.confinement import confine
from tasks.parse.cores import share_cores
from tasks.parse.reader_process import ReaderProcess

__all__ = ["READERS", "WorkerPool", "shared_pool"]

P = ParamSpec("P")
T = TypeVar("T")

READERS = "XIANBAO_READERS"  # how many processes read on this machine side by side, each with a pool of its own
_MEMORY_EXIT = 77  # the exit code by which a worker says that it ran out of its memory
# A worker is replaced after so many files: whatever a library leaks goes with it.
_FILES_PER_WORKER = 500
_PRELOADED = ["tasks.parse.readers", __name__]
_GRACE = 3.0  # seconds until a worker that was told to end is killed
_LONGEST_ANSWER = 2**31 - 1  # bytes; a socket of multiprocessing sends no more in one piece
_START = 120.0  # seconds in which a worker must have started
# Starting a process polls all others, in whatever thread: how one ended is read by one thread at a time.
_POLLING = threading.Lock()
_SEND_AGAIN = Text(
    "请乡镇另存为 docx、xlsx 或 pdf 后重新报送；文件确实正常时可在 county.toml 的 [limits] 中放宽",
    "ask the township to save it anew as docx, xlsx or pdf; if the file is sound, raise [limits] in county.toml",
)


class WorkerPool:
    """Processes that read files within `limits`, started as files come."""

    def __init__(self, limits: ParseLimits, workers: int | None = None) -> None:
        """Prepare a pool of `workers` processes: as many as cores, or its share of them where READERS read as well."""
        self.limits = limits
        self._readers = int(os.environ.get(READERS) or 1)
        self.workers = workers or max(1, len(os.sched_getaffinity(0)) // self._readers)
        # The worker used last is used next, as what it needs is still in the caches; None is one to be started.
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self.workers):
            self._free.put(None)
        self._lock = threading.Lock()
        self._alive: set[_Worker] = set()

    def run(self, file_name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `function(*args, **kwargs)` as computed in a worker; `function` must be importable by its name.

        Raises:
            SourceMalformed: `time_limit`, `memory_limit` or `reader_crashed`; or whatever `function` raised.
            ReaderUnavailable: no worker can be started, which is this machine's fault and not the file's.
        """
        worker = self._free.get()
        try:
            # A scan that is read alone may use all cores, as one that was begun while others are read its share.
            sharers = (self.workers - self._free.qsize()) * self._readers
            work = pickle.dumps((function, args, kwargs, sharers), pickle.HIGHEST_PROTOCOL)
            if worker is None or not worker.is_ready():
                before, worker = worker, None
                worker = self._replaced(before, file_name, function.__module__)
            # Looked at before the worker gets another file: one that sends what is no answer gets none.
            result, failure = unpacked(worker.ask(work, self.limits), function)
        except TimeoutError as error:
            self._end(worker)
            worker = None
            seconds = f"{self.limits.seconds:g}"
            raise _stopped(
                "time_limit", file_name, f"{seconds} 秒内未能读完", f"not read within {seconds} seconds"
            ) from error
        except (EOFError, OSError) as error:
            code = None if worker is None else worker.exit_code()
            self._end(worker)
            worker = None
            raise self._crashed(code, file_name) from error
        except Forged as error:
            self._end(worker)
            worker = None
            raise _stopped(
                "reader_crashed", file_name,
                "读取程序因此文件失常（给出的结果不合格式）",
                f"the reader went astray on it (its answer is none: {error})",
            ) from error  # fmt: skip
        except BaseException:
            # A run that is cancelled while it waits: the answer that still comes is not the next file's.
            self._end(worker)
            worker = None
            raise
        finally:
            self._free.put(worker)
        if failure is not None:
            raise failure
        return result  # type: ignore[return-value]  # checked by `unpacked`

    def close(self) -> None:
        """End the workers; the next file starts new ones."""
        with self._lock:
            workers = list(self._alive)
        for worker in workers:
            worker.end()
            with self._lock:
                self._alive.discard(worker)

    def _replaced(self, worker: "_Worker | None", file_name: str, module: str) -> "_Worker":
        """Return a new worker in the place of one that has read its share of files, or is gone."""
        self._end(worker)
        try:
            started = _Worker(self.limits, module)
        except (EOFError, OSError) as error:
            raise ReaderUnavailable(
                "reader_unavailable", Place(file_name),
                Text(f"本机无法启动读取进程：{error!r}", f"this machine cannot start a process to read it: {error!r}"),
                Text("请检查内存、进程数和打开文件数的限制；下次收集时自动重读",
                     "look at memory and at the limits on processes and open files; the next run reads it again"),
            ) from error  # fmt: skip
        with self._lock:
            self._alive.add(started)
        return started

    def _end(self, worker: "_Worker | None") -> None:
        if worker is not None:
            with self._lock:
                self._alive.discard(worker)
            worker.end()
            worker.release()

    def _crashed(self, code: int | None, file_name: str) -> SourceMalformed:
        if code == _MEMORY_EXIT:
            megabytes = self.limits.memory_bytes // 2**20
            return _stopped(
                "memory_limit", file_name,
                f"读取所需内存超过 {megabytes} MiB", f"reading it needs more than {megabytes} MiB of memory",
            )  # fmt: skip
        how = "?" if code is None else signal.Signals(-code).name if code < 0 else f"exit {code}"
        return _stopped(
            "reader_crashed", file_name, f"读取程序因此文件崩溃（{how}）", f"the reader crashed on it ({how})"
        )  # fmt: skip


class _Worker:
    """One process that reads, and this process's end of the socket between them; one thread at a time talks to it."""

    def __init__(self, limits: ParseLimits, module: str) -> None:
        """Start it; the first one of a process has their server load `module` for all of them."""
        # Whatever a library puts on the disk goes with the worker, which is often killed.
        self._folder = tempfile.mkdtemp(prefix="xianbao-reader-")
        self._socket, theirs = multiprocessing.Pipe()
        self._files = 0
        self._lock = threading.Lock()  # around the process, which another thread may end
        self._released = False
        self._process = ReaderProcess(
            target=_serve, args=(theirs, limits, os.getpid(), self._folder),
            name="xianbao-reader", daemon=True,
        )  # fmt: skip
        try:
            with _POLLING:
                forkserver.set_forkserver_preload([*_PRELOADED, module])
                self._process.start()
        except BaseException:
            self._socket.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            theirs.close()

    def is_ready(self) -> bool:
        """Return whether another file can be given to it: it lives, and has not read its share yet."""
        with self._lock, _POLLING:
            return self._files < _FILES_PER_WORKER and self._process.is_alive()

    def ask(self, work: bytes, limits: ParseLimits) -> bytes:
        """Return the answer to `work`.

        Raises:
            TimeoutError: there is none in time.
            EOFError, OSError: the worker is gone, or would send more than it may ever hold.
        """
        self._socket.send_bytes(work)
        if self._files == 0:
            if not self._socket.poll(_START):
                raise EOFError(f"not started within {_START:g} seconds")
            self._socket.recv_bytes()  # that it is ready: its start, and what it has to import, is not the file's time
        self._files += 1
        if not self._socket.poll(limits.seconds):
            raise TimeoutError(limits.seconds)
        return self._socket.recv_bytes(min(limits.memory_bytes, _LONGEST_ANSWER))

    def exit_code(self) -> int | None:
        """Return how a worker that closed its socket ended: negative for a signal, None when it did not."""
        with self._lock:
            return self._ended()

    def end(self) -> None:
        """End the process, whoever waits for its answer; once ended, nothing happens."""
        with self._lock:
            if self._released:
                return
            self._process.terminate()
            if self._ended() is None:
                self._process.kill()
                self._ended()
            shutil.rmtree(self._folder, ignore_errors=True)

    def release(self) -> None:
        """Give back what an ended worker holds open; for the thread alone that talked to it."""
        with self._lock:
            if not self._released:
                self._released = True
                self._socket.close()
                with _POLLING:
                    self._process.close()

    def _ended(self) -> int | None:
        wait([self._process.sentinel], _GRACE)
        with _POLLING:
            return self._process.exitcode


def _serve(socket: Connection, limits: ParseLimits, asker: int, folder: str) -> None:
    """Do what is asked until nobody asks any more.

    Temporary files lie in `folder`. The process `asker` removes it, or this one does when it outlives that.
    """
    threading.Thread(target=_end_after, args=(asker, folder), daemon=True).start()
    tempfile.tempdir = folder
    # What the server had loaded is shared with it until it is written to; the collector would write to all of it.
    gc.freeze()
    confine(limits)
    is_first = True
    with contextlib.suppress(EOFError, OSError):  # whoever asked has gone
        while True:
            try:
                function, args, kwargs, sharers = pickle.loads(socket.recv_bytes())
                share_cores(sharers)
                if is_first:
                    socket.send_bytes(b"ready")
                    is_first = False
                # Whoever asked may be gone before this time, and nobody else would end a file that hangs.
                signal.alarm(math.ceil(limits.seconds + _START))
                answer = packed(function, args, kwargs)
                signal.alarm(0)
            except MemoryError:
                # After a failed allocation nothing in this process can be relied on.
                os._exit(_MEMORY_EXIT)
            socket.send_bytes(answer)


def _end_after(asker: int, folder: str) -> None:
    """End this process, in the midst of a file too, when the process `asker` has ended in whatever way."""
    try:
        select.select([os.pidfd_open(asker)], [], [])
    except ProcessLookupError:
        pass  # it has ended already
    except OSError:
        return  # no such call in this kernel or container: a file that goes on alone ends by its alarm
    shutil.rmtree(folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGKILL)


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
