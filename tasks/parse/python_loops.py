"""PDFium's questions, asked of many things: the loops of pdfium_loops.c where that is not compiled.

A function is given by its address, things by PDFium's handles (numbers of 64 bits), answers are written into buffers;
where a function answers 0, its place there is left as it was.
"""

import ctypes
import math
from array import array
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

__all__ = ["beyond_clips", "floats", "floats_of", "fours", "ints", "pairs", "parted", "parts", "texts"]

_AT, _INT = ctypes.c_void_p, ctypes.c_int
Numbers: TypeAlias = "array[int] | array[float]"


@cache
def _bound(function: int, result: Any, arguments: int) -> Callable[..., Any]:
    # Numbers are passed as wide as pointers, which ctypes converts in half the time; none is negative.
    return ctypes.PYFUNCTYPE(result, *[_AT] * arguments)(function)


def _place(out: Numbers, wanted: int) -> int:
    if len(out) < wanted:
        raise ValueError("the buffer is too short for the answers")
    return out.buffer_info()[0]


def ints(function: int, handles: "array[int]", out: "array[int]") -> None:
    """Ask `int function(handle)`."""
    _place(out, len(handles))
    ask = _bound(function, _INT, 1)
    for at, handle in enumerate(handles):
        out[at] = ask(handle)


def floats(function: int, each: int, handles: "array[int]", out: "array[float]") -> None:
    """Ask `int function(handle, float *)`, which writes `each` numbers."""
    place = _place(out, each * len(handles))
    ask = _bound(function, _INT, 2)
    for handle in handles:
        ask(handle, place)
        place += 4 * each


def pairs(function: int, handles: "array[int]", out: Numbers) -> None:
    """Ask `int function(handle, *, *)`, which writes two numbers of 32 bits."""
    place = _place(out, 2 * len(handles))
    ask = _bound(function, _INT, 3)
    for handle in handles:
        ask(handle, place, place + 4)
        place += 8


def fours(function: int, handles: "array[int]", out: Numbers) -> None:
    """Ask `int function(handle, *, *, *, *)`, which writes four numbers of 32 bits."""
    place = _place(out, 4 * len(handles))
    ask = _bound(function, _INT, 5)
    for handle in handles:
        ask(handle, place, place + 4, place + 8, place + 12)
        place += 16


def parts(function: int, holders: "array[int]", counts: "array[int]", out: "array[int]") -> None:
    """Ask `handle function(holder, number)` for as many parts of each holder as `counts` says."""
    _place(out, sum([count for count in counts if count > 0]))
    ask = _bound(function, _AT, 2)
    found = [ask(holder, part) or 0 for holder, count in zip(holders, counts, strict=True) for part in range(count)]
    out[: len(found)] = array("Q", found)


def floats_of(function: int, holder: int, count: int, each: int, out: "array[float]") -> None:
    """Ask `int function(holder, number, float *)`, which writes `each` numbers, for the things 0 to `count`."""
    place = _place(out, each * count)
    ask = _bound(function, _INT, 3)
    for at in range(count):
        ask(holder, at, place)
        place += 4 * each


def texts(function: int, each: int, handles: "array[int]", out: bytearray) -> None:
    """Ask `int function(handle, char *, unsigned long, unsigned long *)` for texts of at most `each` bytes."""
    if len(out) < each * len(handles):
        raise ValueError("the buffer is too short for the answers")
    ask = _bound(function, _INT, 4)
    answer, length = ctypes.create_string_buffer(each), ctypes.c_ulong()
    for at, handle in enumerate(handles):
        ctypes.memset(answer, 0, each)
        ask(handle, ctypes.addressof(answer), each, ctypes.addressof(length))
        out[each * at : each * (at + 1)] = answer.raw


def parted(kinds: "array[int]", kind: int, handles: "array[int]") -> tuple[bytes, list[int], list[int]]:
    """Return the bytes of the handles of this `kind`, where these stand among `handles`, and where the others do."""
    if len(kinds) < len(handles):
        raise ValueError("the buffer is too short for the answers")
    places = [at for at in range(len(handles)) if kinds[at] == kind]
    others = [at for at in range(len(handles)) if kinds[at] != kind]
    return array("Q", [handles[at] for at in places]).tobytes(), places, others


def beyond_clips(
    functions: "array[int]", handles: "array[int]", slack: float
) -> list[tuple[int, float, float, float, float]]:
    """Return which of `handles` reach further than `slack` over the bounds of what they are clipped to, and these.

    The functions: `int bounds(handle, float *, *, *, *)`, `clip of(handle)`, `int paths(clip)`,
    `int parts(clip, path)`, `part of(clip, path, number)`, `int point(part, float *, float *)`.
    """
    if len(functions) != 6:
        raise ValueError("six functions are needed")
    bounds, clip_of = _bound(functions[0], _INT, 5), _bound(functions[1], _AT, 1)
    paths_of = _bound(functions[2], _INT, 1)
    found: list[tuple[int, float, float, float, float]] = []
    sides = array("f", bytes(16))
    place = sides.buffer_info()[0]
    for at, handle in enumerate(handles):
        clip = clip_of(handle)
        paths = paths_of(clip) if clip else 0
        if paths <= 0 or not bounds(handle, place, place + 4, place + 8, place + 12):
            continue
        x0, y0, x1, y1 = _clipped_to(functions, clip, paths)
        left, bottom, right, top = sides
        if left < x0 - slack or bottom < y0 - slack or right > x1 + slack or top > y1 + slack:
            found.append((at, x0, y0, x1, y1))
    return found


def _clipped_to(functions: "array[int]", clip: int, paths: int) -> tuple[float, float, float, float]:
    """Return what the bounds of all paths of a clip have in common: left, bottom, right, top."""
    parts_of, part_of = _bound(functions[3], _INT, 2), _bound(functions[4], _AT, 3)
    point_of = _bound(functions[5], _INT, 3)
    x0, y0, x1, y1 = -math.inf, -math.inf, math.inf, math.inf
    point = array("f", bytes(8))
    place = point.buffer_info()[0]
    for path in range(paths):
        xs, ys = [math.inf, -math.inf], [math.inf, -math.inf]
        for number in range(parts_of(clip, path)):
            part = part_of(clip, path, number)
            if part and point_of(part, place, place + 4):
                x, y = point
                xs, ys = [min(xs[0], x), max(xs[1], x)], [min(ys[0], y), max(ys[1], y)]
        x0, y0, x1, y1 = max(x0, xs[0]), max(y0, ys[0]), min(x1, xs[1]), min(y1, ys[1])
    return x0, y0, x1, y1
