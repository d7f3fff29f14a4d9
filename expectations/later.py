"""What a library imports and nothing here uses: imported when somebody first looks into it, or not at all."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from threading import Lock, get_ident
from types import ModuleType
from typing import Any

__all__ = ["imported_when_used", "taken_for_missing"]

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
def imported_when_used(*names: str) -> Iterator[None]:
    """Let imports of the modules `names` within the block be put off until one of their names is used.

    After the block everybody else imports the modules themselves. Unlike `importlib.util.LazyLoader`, whose half-loaded
    modules two threads may see in this Python, a stand-in has nothing to load twice.
    """
    stand_ins = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _Missing(MetaPathFinder):
    """Says of some packages, to one thread, that they are not installed."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._thread = frozenset(names), get_ident()

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Return None, by which the next finder is asked.

        Raises:
            ModuleNotFoundError: the package is one of those, and this is the thread.
        """
        if get_ident() == self._thread and fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r} (left out here)", name=fullname)


@contextmanager
def taken_for_missing(*names: str) -> Iterator[None]:
    """Let this thread's imports of the packages `names` fail within the block as if they were not installed.

    For packages that a library can do without. Other threads import them as ever, and those that are already imported
    are found.
    """
    finder = _Missing(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
