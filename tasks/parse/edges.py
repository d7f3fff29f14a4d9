"""Where the characters of a line begin, worked out when somebody asks."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import overload

from tasks.parse.loops import edges_of_widths

__all__ = ["Edges"]


class Edges(Sequence[float]):
    """The left edges of a line's characters and the right edge of the last, from the widths of their kinds.

    Hardly any line of a report is ever asked where its characters stand, so only what tells it is kept; widths are
    shared by all lines of a size of type. Two are equal when their numbers are.
    """

    __slots__ = ("_all", "_end", "_kinds", "_spacing", "_start", "_widths")

    def __init__(
        self,
        kinds: bytes | str,
        widths: Sequence[float] | Mapping[str, float],
        start: float,
        spacing: float,
        end: float,
    ) -> None:
        """Note that characters of `kinds` begin at `start`, each `spacing` wider than `widths` says, up to `end`."""
        self._kinds = kinds
        self._widths = widths
        self._start = start
        self._spacing = spacing
        self._end = end
        self._all: array[float] | None = None

    def numbers(self) -> "array[float]":
        """Return the edges, to be read only."""
        if self._all is None:
            kinds, widths = self._kinds, self._widths
            self._all = array("f", bytes(4 * len(kinds) + 4))
            if isinstance(kinds, bytes) and isinstance(widths, array) and not self._spacing:
                edges_of_widths(kinds, widths, self._start, self._end, self._all)
            else:
                step: Sequence[float] | Mapping[str, float] = widths
                lefts = accumulate(map(step.__getitem__, kinds), initial=self._start)  # type: ignore[arg-type]
                for at, left in enumerate(lefts):
                    self._all[at] = left + self._spacing * at if self._spacing else left
                self._all[-1] = self._end
        return self._all

    def __len__(self) -> int:
        return len(self._kinds) + 1

    @overload
    def __getitem__(self, at: int) -> float: ...
    @overload
    def __getitem__(self, at: slice) -> "array[float]": ...
    def __getitem__(self, at: int | slice) -> "float | array[float]":
        return self.numbers()[at]

    def __iter__(self) -> Iterator[float]:
        return iter(self.numbers())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Edges):
            return self.numbers() == other.numbers()
        # As they come back from the stage store.
        return tuple(self.numbers()) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.numbers()))

    def __repr__(self) -> str:
        return f"Edges({list(self)})"

    def __reduce__(self) -> tuple[object, ...]:
        return Edges, (self._kinds, self._widths, self._start, self._spacing, self._end)
