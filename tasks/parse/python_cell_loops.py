"""What is worked out for each cell of a table, and records: cell_loops.c where that is not compiled."""

from array import array
from itertools import pairwise
from typing import Any

__all__ = [
    "boxes_between",
    "boxes_of",
    "quads_of",
    "record",
    "runs_in_cells",
]


def record(kind: type[tuple[Any, ...]], *values: object) -> Any:
    """Return a named tuple of this `kind`, in a fraction of the time that calling its class takes.

    Raises:
        TypeError: `kind` is no class of tuples.
    """
    if not (isinstance(kind, type) and issubclass(kind, tuple)):
        raise TypeError("a named tuple is needed")
    return tuple.__new__(kind, values)


def boxes_of(kind: type[tuple[Any, ...]], quads: "array[float]") -> list[Any]:
    """Return the boxes (records of `kind`) of which `quads` has four numbers each."""
    return [record(kind, *quads[at : at + 4]) for at in range(0, len(quads) - 3, 4)]


def quads_of(boxes: list[Any]) -> bytes:
    """Return the four sides of each of `boxes`, as numbers of 64 bits."""
    return array("d", [side for box in boxes for side in box]).tobytes()


def boxes_between(kind: type[tuple[Any, ...]], lefts: list[float], tops: list[float]) -> tuple[tuple[Any, ...], ...]:
    """Return rows of boxes (records of `kind`: left, top, right, bottom) between `lefts` and between `tops`."""
    return tuple(
        tuple(record(kind, left, top, right, bottom) for left, right in pairwise(lefts))
        for top, bottom in pairwise(tops)
    )


def runs_in_cells(
    text: str, edges: "array[float]", middle: float, cells: "array[float]", slack: float
) -> list[tuple[int, int, int, float, float]] | None:
    """Return the runs of a line's `text` whose characters have their middle in the same cell.

    `cells` holds left, top, right and bottom of each; those count that are level with the `middle` of the line, by
    `slack` points at most above or below it. Each run is start, end (of its first and last character that is no
    blank), the number of the first cell that it is in, -1 where it is in none, and the least and the greatest of its
    edges. None where no cell is level with the line.

    Raises:
        ValueError: there are not more `edges` than characters.
    """
    level = [
        at for at in range(0, len(cells) - 3, 4) if cells[at + 1] - slack <= middle <= cells[at + 3] + slack
    ]  # fmt: skip
    sides = array("d", [side for at in level for side in (cells[at], cells[at + 2])])
    runs = _runs_within(text, edges, sides)
    if not level:
        return None
    return [
        (
            start,
            end,
            level[number] // 4 if number >= 0 else -1,
            min(edges[start : end + 1]),
            max(edges[start : end + 1]),
        )
        for start, end, number in runs
    ]


def _runs_within(text: str, edges: "array[float]", sides: "array[float]") -> list[tuple[int, int, int]]:
    """Return the runs of `text` whose characters have their middle between the same two `sides`.

    Each run is start, end (of its first and last character that is no blank) and the number of the first of the pairs
    of `sides` (left, right) that it is in, -1 where it is in none.

    Raises:
        ValueError: there are not more `edges` than characters.
    """
    if len(edges) <= len(text):
        raise ValueError("a line has more edges than characters")
    pairs = list(zip(sides[0::2], sides[1::2], strict=False))
    runs: list[tuple[int, int, int]] = []
    begins, ends, where = 0, 0, -2
    for at, character in enumerate(text):
        if character.isspace():
            continue
        middle = (edges[at] + edges[at + 1]) / 2
        now = next((number for number, (left, right) in enumerate(pairs) if left <= middle <= right), -1)
        if now != where:
            if where != -2:
                runs.append((begins, ends, where))
            begins, where = at, now
        ends = at + 1
    if where != -2:
        runs.append((begins, ends, where))
    return runs
