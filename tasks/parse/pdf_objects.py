"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

from array import array
from collections.abc import Sequence
from ctypes import string_at
from functools import cache
from typing import Final, final

from pypdfium2 import raw

from tasks.parse import pdfium
from tasks.parse.pdf_frame import Frame, Matrix, times

__all__ = ["Drawing", "Rule", "matrix_of", "objects_of", "rules_of"]

_OBJECTS_SEEN = 4_000  # a map drawn of a million strokes says no more after these
_SEGMENTS_SEEN = 40_000
_DEPTH = 3
_STRAIGHT = 0.01  # points by which both ends of a level or plumb stroke differ: the noise of numbers of 32 bits
_SHORTEST = 1.0  # points; pdfplumber's own default
# A straight rule, in points from the top left corner: y, x0, x1 of a level one, x, top, bottom of a plumb one.
Rule = tuple[float, float, float]
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_FORM: Final[int] = raw.FPDF_PAGEOBJ_FORM
_PATH: Final[int] = raw.FPDF_PAGEOBJ_PATH
_MOVE: Final[int] = raw.FPDF_SEGMENT_MOVETO
_CURVE: Final[int] = raw.FPDF_SEGMENT_BEZIERTO
_LINE: Final[int] = raw.FPDF_SEGMENT_LINETO
_SIDES = [_MOVE, _LINE, _LINE, _LINE, _LINE]


@final
class Drawing:
    """One object of a page: PDFium's handle, its kind, and the matrix of the forms it stands in.

    A plain class, as a page has hundreds (`tasks.parse.lines.Line`).
    """

    __slots__ = ("handle", "kind", "outer")

    def __init__(self, handle: int, kind: int, outer: Matrix) -> None:
        self.handle: Final = handle
        self.kind: Final = kind
        self.outer: Final = outer


def objects_of(page: int) -> list[Drawing]:
    """Return the objects of `page`, a form before what stands in it; the handles are good while the page is open."""
    objects: list[Drawing] = []
    waiting: list[tuple[int, int, Matrix]] = [(page, 0, _UNMOVED)]
    seen = 0
    kind_of = pdfium.kind_of_object
    while waiting:
        holder, depth, outer = waiting.pop()
        count: int = pdfium.count_in_form(holder) if depth else pdfium.count_on_page(holder)
        get = pdfium.object_in_form if depth else pdfium.object_on_page
        for index in range(min(count, _OBJECTS_SEEN - seen)):
            handle: int = get(holder, index)
            kind: int = kind_of(handle)
            objects.append(Drawing(handle, kind, outer))
            if kind == _FORM and depth < _DEPTH:
                waiting.append((handle, depth + 1, times(matrix_of(handle), outer)))
        seen += count
    return objects


def matrix_of(handle: int) -> Matrix:
    """Return an object's own matrix."""
    found = array("f", bytes(24))
    if not pdfium.matrix(handle, found.buffer_info()[0]):
        return _UNMOVED
    a, b, c, d, e, f = found
    return a, b, c, d, e, f


def rules_of(objects: list[Drawing], frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """Return the level and the plumb strokes and sides of rectangles, where they stand on the page as it is shown.

    Curves count as the straight line between their ends, which only ever matters for corners that are rounded.
    """
    shown = frame.matrix
    level: list[Rule] = []
    plumb: list[Rule] = []
    left = _SEGMENTS_SEEN
    reader = _Segments()
    for one in objects:
        if one.kind == _PATH and left > 0:
            count = reader.read(one.handle, left)
            if count:
                _add_rules(reader, times(times(matrix_of(one.handle), one.outer), shown), level, plumb)
            left -= count
    return level, plumb


@final
class _Segments:
    """The segments of a path: PDFium's handle of each, its kind, and where it ends; the room for them is used again."""

    __slots__ = ("_at", "_room", "_stride", "handles", "kinds", "points")

    def __init__(self) -> None:
        self._stride: int = _stride_of_points()
        self._room = array("f", bytes(8 * 16))
        self._at: int = self._room.buffer_info()[0]
        self.handles: Sequence[int] = []
        self.kinds: list[int] = []
        self.points: list[float] = []  # x and y by turns

    def read(self, path: int, most: int) -> int:
        """Read the segments of `path`, at most `most` of them, and return how many it has."""
        count: int = pdfium.count_segments(path)
        seen = min(count, most)
        if not self._read_at_once(path, seen):
            self._read_one_by_one(path, seen)
        if seen == 5 and _is_rectangle(self.points):
            self.kinds = _SIDES
        else:
            kind_of = pdfium.kind_of_segment
            self.kinds = [kind_of(segment) for segment in self.handles]
        return count

    def _read_at_once(self, path: int, seen: int) -> bool:
        """Read the segments from where PDFium has them in a row; return whether it was so."""
        stride = self._stride
        if not stride or not seen:
            return False
        first: int = pdfium.segment(path, 0) or 0
        last: int = pdfium.segment(path, seen - 1) or 0
        if not first or last - first != stride * (seen - 1):
            return False
        numbers: list[float] = array("f", string_at(first, stride * seen)).tolist()
        step = stride // 4
        points: list[float] = []
        for at in range(0, step * seen, step):
            points.append(numbers[at])
            points.append(numbers[at + 1])
        self.points = points
        self.handles = range(first, last + 1, stride)
        return True

    def _read_one_by_one(self, path: int, seen: int) -> None:
        if 2 * seen > len(self._room):
            self._room = array("f", bytes(8 * seen))
            self._at = self._room.buffer_info()[0]
        segment_of, point_of = pdfium.segment, pdfium.point
        at = self._at
        handles: list[int] = []
        for index in range(seen):
            segment: int = segment_of(path, index)
            point_of(segment, at, at + 4)
            handles.append(segment)
            at += 8
        self.handles = handles
        self.points = self._room.tolist()


@cache
def _stride_of_points() -> int:
    return pdfium.stride_of_points()


def _is_rectangle(points: list[float]) -> bool:
    """Return whether five points go round a rectangle, level or plumb: no kinds need be asked for."""
    x, y, x1, y1, x2, y2, x3, y3, x4, y4 = points[:10]
    if x != x4 or y != y4:
        return False
    return (y1 == y and x2 == x1 and y3 == y2 and x3 == x) or (x1 == x and y2 == y1 and x3 == x2 and y3 == y)


def _add_rules(path: _Segments, matrix: Matrix, level: list[Rule], plumb: list[Rule]) -> None:
    """Add the rules that `path` draws to `level` and `plumb`."""
    a, b, c, d, e, f = matrix
    first_x = first_y = x = y = 0.0
    controls = 0
    kinds, points = path.kinds, path.points
    for index, kind in enumerate(kinds):
        if kind == _CURVE and controls < 2:
            # Two control points, then the end of the curve.
            controls += 1
            continue
        controls = 0
        across, up = points[2 * index], points[2 * index + 1]
        before_x, before_y = x, y
        x, y = a * across + c * up + e, b * across + d * up + f
        if kind == _MOVE:
            first_x, first_y = x, y
            continue
        _add_rule(before_x, before_y, x, y, level, plumb)
        # A stroke that is closed goes back over itself, which makes no second rule.
        is_last = index + 1 == len(kinds) or kinds[index + 1] == _MOVE
        if (
            is_last
            and (x != first_x or y != first_y)
            and (before_x != first_x or before_y != first_y)
            and pdfium.closes(path.handles[index])
        ):
            _add_rule(x, y, first_x, first_y, level, plumb)


def _add_rule(x: float, y: float, to_x: float, to_y: float, level: list[Rule], plumb: list[Rule]) -> None:
    width, height = abs(to_x - x), abs(to_y - y)
    if height <= _STRAIGHT and width >= _SHORTEST:
        level.append((y, min(x, to_x), max(x, to_x)))
    elif width <= _STRAIGHT and height >= _SHORTEST:
        plumb.append((x, min(y, to_y), max(y, to_y)))
