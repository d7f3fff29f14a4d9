"""Python's garbage collector at rest while a report is read, or a large library imported.

It looks for circles of objects that keep one another alive. Reading makes none, so all it does is to walk again and
again over what has been read so far: a fifth of the time that a long text takes. What an import makes stays, and the
collector would walk over it as often: a fifth of the import of Great Expectations.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["resting"]


class _Rest:
    """How many blocks run; the collector is one for all threads, so the last of them wakes it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._blocks = 0
        self._woke_before = False

    def begin(self) -> None:
        with self._lock:
            if not self._blocks:
                self._woke_before = gc.isenabled()
                gc.disable()
            self._blocks += 1

    def end(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks and self._woke_before:
                gc.enable()


_REST = _Rest()


@contextmanager
def resting() -> Iterator[None]:
    """Keep the collector at rest inside the block; it is as it was when the last block that runs at a time has ended.

    What else the process does meanwhile is collected after that.
    """
    _REST.begin()
    try:
        yield
    finally:
        _REST.end()
