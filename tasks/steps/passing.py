"""What is handed from task to task as it is."""

import functools
import io
import pickle
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from prefect.utilities.annotations import quote

__all__ = ["Sealed", "as_it_is"]

T = TypeVar("T")


def as_it_is(value: T) -> T:
    """Return `value` wrapped so that Prefect hands it on without looking for futures in it; the task gets it bare.

    Prefect visits every field of every dataclass in a parameter. A read report holds thousands of mentions: of 400
    reports that took a quarter of the run.
    """
    return cast("T", quote(value))


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


class _Pickler(pickle.Pickler):
    """Pickles read-only mappings too, which a gazetteer holds."""

    def reducer_override(self, value: Any) -> Any:
        return (_read_only, (dict(value),)) if isinstance(value, MappingProxyType) else NotImplemented


class Sealed(Generic[T]):
    """A value on its way to another process: bytes to whoever carries it, opened only where it is used.

    Prefect visits what a task is given for futures; prefect-dask has it pickled part by part in Python, since the task
    itself goes with it, and Dask's scheduler opens it on the way. A process opens the same bytes once, so that a county
    sealed once comes to each process once, with what was looked up in it. The value is shared: nobody may change it.
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


# The county, and a batch while it is read.
@functools.lru_cache(maxsize=3)
def _opened(closed: bytes) -> Any:
    return pickle.loads(closed)  # made by this run itself
