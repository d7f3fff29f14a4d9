"""A module that is imported when somebody first looks into it: a library imports it, and nothing here uses it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Any

__all__ = ["imported_when_used"]

_LOCK = Lock()


class _Later(ModuleType):
    """Stands for a module: whatever is asked of it, the module is imported and asked instead."""

    def __getattr__(self, name: str) -> Any:
        # Still in its place while the block of `imported_when_used` runs: the real one could not be found behind it.
        with _LOCK:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def imported_when_used(name: str) -> Iterator[None]:
    """Let imports of the module `name` within the block be put off until one of its names is used.

    After the block everybody else imports the module itself. Unlike `importlib.util.LazyLoader`, whose half-loaded
    modules two threads may see in this Python, the stand-in has nothing to load twice.
    """
    if name in sys.modules:
        yield
        return
    later = _Later(name)
    sys.modules[name] = later
    try:
        yield
    finally:
        if sys.modules.get(name) is later:
            del sys.modules[name]
