"""A process forked from multiprocessing's forkserver that does not import the program it was started for.

Any other child of the forkserver imports the main module of its parent first: here the whole command line with Prefect,
1.3 seconds of processor time for each worker, for nothing.
"""

import io
import os
from multiprocessing import forkserver, reduction, spawn, util
from multiprocessing.context import ForkServerProcess, set_spawning_popen
from multiprocessing.popen_forkserver import Popen
from multiprocessing.process import BaseProcess
from typing import Any

__all__ = ["ReaderProcess"]

_MAIN = {"init_main_from_name", "init_main_from_path"}


class _Started(Popen):
    """How such a process is started; differs from its parent in what the child is told to prepare."""

    _fds: list[int]  # that the child inherits, as the parent class collects them

    def _launch(self, process_obj: BaseProcess) -> None:
        told: dict[str, Any] = spawn.get_preparation_data(process_obj.name)
        work = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump({key: value for key, value in told.items() if key not in _MAIN}, work)
            reduction.dump(process_obj, work)
        finally:
            set_spawning_popen(None)
        self.sentinel, to_child = forkserver.connect_to_new_process(self._fds)
        # The child notices by its end of this pipe that nobody needs it any more.
        self.finalizer = util.Finalize(self, _close, (os.dup(to_child), self.sentinel))
        with os.fdopen(to_child, "wb") as pipe:
            pipe.write(work.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


def _close(*descriptors: int) -> None:
    for one in descriptors:
        os.close(one)


class ReaderProcess(ForkServerProcess):
    """A process whose `target` and its arguments are importable by their names, none of them from the main module."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> _Started:  # noqa: N802 - multiprocessing's name
        return _Started(process_obj)
