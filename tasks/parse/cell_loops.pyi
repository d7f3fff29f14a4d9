"""The compiled loops: cell_loops.c."""

from array import array
from typing import Any

def record(kind: type[tuple[Any, ...]], /, *values: object) -> Any: ...
def boxes_of(kind: type[tuple[Any, ...]], quads: array[float], /) -> list[Any]: ...
def quads_of(boxes: list[Any], /) -> bytes: ...
def boxes_between(
    kind: type[tuple[Any, ...]], lefts: list[float], tops: list[float], /
) -> tuple[tuple[Any, ...], ...]: ...  # fmt: skip
def runs_in_cells(
    text: str, edges: array[float], middle: float, cells: array[float], slack: float, /
) -> list[tuple[int, int, int, float, float]] | None: ...
