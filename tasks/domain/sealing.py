"""Values on their way to another process, closed until they are used."""

import copyreg
import functools
import io
import pickle
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

__all__ = ["Sealed"]

T = TypeVar("T")


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _reduced(mapping: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    return _read_only, (dict(mapping),)


class _Pickler(pickle.Pickler):
    """Pickles read-only mappings too, which a gazetteer holds.

    By a table: a `reducer_override` would be called in Python for each of the thousands of parts of a read report.
    """

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: _reduced}


class Sealed(Generic[T]):
    """A value on its way to another process: bytes to whoever carries it, opened only where it is used.

    Dask walks through what it is given in Python, and its scheduler opens it on the way. A process opens the same
    bytes once, so that a county sealed once comes to each process once, with what was looked up in it. The value is
    shared: nobody may change it.
    """

    __slots__ = ("_closed",)

    def __init__(self, value: T) -> None:
        closed = io.BytesIO()
        _Pickler(closed, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
        self._closed = closed.getvalue()

    @property
    def value(self) -> T:
        """What was sealed."""
        return cast("T", _opened(self._closed))

    def opened(self) -> T:
        """Return what was sealed, opened for its one reader and kept by nobody else."""
        return cast("T", pickle.loads(self._closed))  # made by this run itself


# The county.
@functools.lru_cache(maxsize=3)
def _opened(closed: bytes) -> Any:
    return pickle.loads(closed)  # made by this run itself
