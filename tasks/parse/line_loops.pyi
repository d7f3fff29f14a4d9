"""The compiled loops: line_loops.c."""

from array import array
from collections.abc import Callable

def level_lines(
    text: str, spans: array[int], places: array[int], boxes: array[float], x: float, y: float, in_order: bool,
    edges: array[float], quads: array[float], /,
) -> bytes: ...  # fmt: skip
def whole_lines(
    kinds: bytes, spans: bytes, flags: bytes, boxes: array[float], x: float, y: float, slack: float,
    widths: dict[int, array[float]], unknown: Callable[[], array[float]], quads: array[float], /,
) -> list[array[float] | int | None]: ...  # fmt: skip
def from_left_to_right(
    words: str, places: array[int], boxes: array[float], gap: float, /
) -> tuple[str, bytes]: ...  # fmt: skip
def wide_blanks(text: str, edges: array[float], least: float, /) -> list[tuple[int, int]]: ...
def extent(numbers: array[float], /) -> tuple[float, float]: ...
def edges_of_widths(
    kinds: bytes, widths: array[float], start: float, end: float, edges: array[float], /
) -> None: ...  # fmt: skip
