"""What is handed from task to task as it is."""

from typing import Generic, TypeVar, cast
from uuid import uuid4

from prefect.utilities.annotations import quote

__all__ = ["Sealed", "as_it_is"]

T = TypeVar("T")


def as_it_is(value: T) -> T:
    """Return `value` wrapped so that Prefect hands it on without looking for futures in it; the task gets it bare.

    Prefect visits every field of every dataclass in a parameter. A read report holds thousands of mentions: of 400
    reports that took a quarter of the run.
    """
    return cast("T", quote(value))


class Sealed(Generic[T]):
    """A value on its way to another process, closed to whoever looks into what a task is given.

    Prefect visits it for futures, and Dask pickles every part of it twice to make a name for the task: of a county with
    400 townships that took longer than reading ten of its reports.
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __dask_tokenize__(self) -> str:
        """Return a name that nothing else has: reading is never answered from what was read before."""
        return uuid4().hex
