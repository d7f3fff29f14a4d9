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

__all__ = [
    "beyond_clips", "by_kinds", "covering", "floats", "floats_of", "fours", "frame_of", "ints", "pairs", "parts",
    "peculiar", "text_of", "texts",
]  # fmt: skip

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


def by_kinds(
    part_of: int, kind_of: int, holder: int, count: int, kinds: "array[int]"
) -> list[tuple[bytes, bytes]]:  # fmt: skip
    """Ask `handle part(holder, number)` for the first `count` parts and `int kind(handle)` of each.

    Return for each of `kinds` the handles of that kind, and where these stand among all (32 bits each), as bytes.
    """
    part, kind = _bound(part_of, _AT, 2), _bound(kind_of, _INT, 1)
    handles = [part(holder, at) or 0 for at in range(count)]
    told = [kind(one) for one in handles]
    answer = []
    for wanted in kinds:
        places = array("i", [at for at, one in enumerate(told) if one == wanted])
        answer.append((array("Q", [handles[at] for at in places]).tobytes(), places.tobytes()))
    return answer


def _all_of(functions: "array[int]", count: int) -> "array[int]":
    if len(functions) != count:
        raise ValueError("another number of functions is needed")
    return functions


def text_of(functions: "array[int]", textpage: int) -> tuple[str, int]:
    """Return a page's text, without what has no character at both ends, and how many characters it counts.

    The functions: `int count(page)`, `int place in the text(page, character)`,
    `int text(page, first, count, unsigned short *)`. The last may read beyond the range where this begins or ends with
    a character that the text leaves out.
    """
    _all_of(functions, 3)
    place, text = _bound(functions[1], _INT, 2), _bound(functions[2], _INT, 4)
    count: int = _bound(functions[0], _INT, 1)(textpage)
    first, last = 0, count - 1
    while first <= last and place(textpage, first) == -1:
        first += 1
    while first <= last and place(textpage, last) == -1:
        last -= 1
    if first > last:
        return "", count
    buffer = array("H", bytes(4 * (last - first + 1) + 2))  # at most two units a character, and the zero at the end
    written = text(textpage, first, last - first + 1, buffer.buffer_info()[0])
    return buffer.tobytes()[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore"), count


def frame_of(
    functions: "array[int]", page: int
) -> tuple[float, float, float, float, float, float, int] | None:  # fmt: skip
    """Return left, top, right and bottom, width, height and quarter turns of a page, None where it has none.

    The functions: `int turns(page)`, `int box(page, float *)`, `float width(page)`, `float height(page)`.
    """
    turns_of, box_of, width_of, height_of = _all_of(functions, 4)
    box = array("f", bytes(16))
    turns: int = _bound(turns_of, _INT, 1)(page)
    if not _bound(box_of, _INT, 2)(page, box.buffer_info()[0]) or turns < 0:
        return None
    left, top, right, bottom = box
    width, height = _bound(width_of, ctypes.c_float, 1)(page), _bound(height_of, ctypes.c_float, 1)(page)
    return left, top, right, bottom, width, height, turns


def peculiar(functions: "array[int]", handles: "array[int]", pale: int) -> int:
    """Return what is not plain about any of these texts: 1 not simply filled, 2 not to be seen on paper, 4 marked.

    Not to be seen is what is see-through, or `pale` (0 to 255) or lighter in all of its colours. The functions:
    `int mode(handle)`, `int colour(handle, unsigned *, *, *, *)`, `int marks(handle)`.
    """
    mode_of, colour_of, marks_of = _all_of(functions, 3)
    modes, marks = array("i", bytes(4 * len(handles))), array("i", bytes(4 * len(handles)))
    colours = array("I", (0, 0, 0, 255)) * len(handles)
    ints(mode_of, handles, modes)
    fours(colour_of, handles, colours)
    ints(marks_of, handles, marks)
    is_pale = any(
        not colours[at + 3] or min(colours[at : at + 3]) >= pale for at in range(0, len(colours), 4)
    )  # fmt: skip
    return any(modes) | is_pale << 1 | any(marks) << 2


def covering(
    functions: "array[int]", paths: "array[int]", places: "array[int]", last: int, least: float
) -> list[int]:  # fmt: skip
    """Return which `paths` are drawn after the place `last` and hide what is beneath: filled, opaque, not small.

    `places` are those in the order of drawing; both sides of a path must be longer than `least` points. The functions:
    `int bounds(handle, float *, *, *, *)`, `int mode(handle, int *fill, int *)`,
    `int colour(handle, unsigned *, *, *, *)`.
    """
    bounds_of, mode_of, colour_of = _all_of(functions, 3)
    _place(places, len(paths))
    sides, modes = array("f", bytes(16 * len(paths))), array("i", bytes(8 * len(paths)))
    colours = array("I", (0, 0, 0, 255)) * len(paths)
    fours(bounds_of, paths, sides)
    pairs(mode_of, paths, modes)
    fours(colour_of, paths, colours)
    return [
        at for at, place in enumerate(places[: len(paths)])
        if place > last and sides[4 * at + 2] - sides[4 * at] > least
        and sides[4 * at + 3] - sides[4 * at + 1] > least and modes[2 * at] and colours[4 * at + 3] == 255
    ]  # fmt: skip


def beyond_clips(
    functions: "array[int]", handles: "array[int]", slack: float
) -> list[tuple[int, float, float, float, float]]:
    """Return which of `handles` reach further than `slack` over the bounds of what they are clipped to, and these.

    The functions: `int bounds(handle, float *, *, *, *)`, `clip of(handle)`, `int paths(clip)`,
    `int parts(clip, path)`, `part of(clip, path, number)`, `int point(part, float *, float *)`.
    """
    _all_of(functions, 6)
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
