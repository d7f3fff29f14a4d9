"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

from array import array
from collections.abc import Sequence
from functools import cache
from typing import Final, final

from pypdfium2 import raw

from tasks.parse import pdfium
from tasks.parse.pdf_frame import Frame, Matrix, times

__all__ = ["Objects", "Rule", "objects_of", "rules_of"]

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
_IMAGE: Final[int] = raw.FPDF_PAGEOBJ_IMAGE
_TEXT: Final[int] = raw.FPDF_PAGEOBJ_TEXT
_MOVE: Final[int] = raw.FPDF_SEGMENT_MOVETO
_CURVE: Final[int] = raw.FPDF_SEGMENT_BEZIERTO
_LINE: Final[int] = raw.FPDF_SEGMENT_LINETO
_SIDES = [_MOVE, _LINE, _LINE, _LINE, _LINE]


@final
class Objects:
    """What a page draws: PDFium's handles of paths and images, each with the matrix of the forms it stands in.

    `texts` are those that come after the first image. Two lists each instead of an object for each: a page has
    hundreds, and most are text that nobody asks about.
    """

    __slots__ = ("image_frames", "images", "path_frames", "paths", "texts")

    def __init__(self) -> None:
        self.paths: list[int] = []
        self.path_frames: list[Matrix] = []
        self.images: list[int] = []
        self.image_frames: list[Matrix] = []
        self.texts: list[int] = []


def objects_of(page: int) -> Objects:
    """Return the objects of `page`, a form before what stands in it; the handles are good while the page is open."""
    objects = Objects()
    paths, path_frames, images, texts = objects.paths, objects.path_frames, objects.images, objects.texts
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
            if kind == _TEXT:
                if images:
                    texts.append(handle)
            elif kind == _PATH:
                paths.append(handle)
                path_frames.append(outer)
            elif kind == _IMAGE:
                images.append(handle)
                objects.image_frames.append(outer)
            elif kind == _FORM and depth < _DEPTH:
                waiting.append((handle, depth + 1, times(_Matrices().read(handle), outer)))
        seen += count
    return objects


@final
class _Matrices:
    """Reads the matrices of objects; the room for them is used again."""

    __slots__ = ("_at", "_room")

    def __init__(self) -> None:
        self._room = array("f", bytes(24))
        self._at: int = self._room.buffer_info()[0]

    def read(self, handle: int) -> Matrix:
        """Return an object's own matrix."""
        if not pdfium.matrix(handle, self._at):
            return _UNMOVED
        found: list[float] = self._room.tolist()
        return found[0], found[1], found[2], found[3], found[4], found[5]


def rules_of(objects: Objects, frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """Return the level and the plumb strokes and sides of rectangles, where they stand on the page as it is shown.

    Curves count as the straight line between their ends, which only ever matters for corners that are rounded.
    """
    shown = frame.matrix
    level: list[Rule] = []
    plumb: list[Rule] = []
    left = _SEGMENTS_SEEN
    reader, matrices = _Segments(), _Matrices()
    for at, path in enumerate(objects.paths):
        if left <= 0:
            break
        count = reader.read(path, left)
        if count:
            matrix = times(times(matrices.read(path), objects.path_frames[at]), shown)
            if reader.kinds is _SIDES:
                _add_sides(reader.points, matrix, level, plumb)
            else:
                _add_rules(reader, matrix, level, plumb)
        left -= count
    return level, plumb


def _add_sides(points: list[float], matrix: Matrix, level: list[Rule], plumb: list[Rule]) -> None:
    """Add the four sides of a rectangle, given as the five points that `_is_rectangle` knows."""
    a, b, c, d, e, f = matrix
    across, up, far_across, far_up = points[0], points[1], points[4], points[5]
    x, y = a * across + c * up + e, b * across + d * up + f
    x2, y2 = a * far_across + c * far_up + e, b * far_across + d * far_up + f
    if b == 0 and c == 0:
        left, right, top, bottom = min(x, x2), max(x, x2), min(y, y2), max(y, y2)
        if right - left >= _SHORTEST:
            level += [(y, left, right), (y2, left, right)]
        if bottom - top >= _SHORTEST:
            plumb += [(x2, top, bottom), (x, top, bottom)]
        return
    before_x, before_y = x, y
    for at in range(2, 10, 2):
        across, up = points[at], points[at + 1]
        x, y = a * across + c * up + e, b * across + d * up + f
        _add_rule(before_x, before_y, x, y, level, plumb)
        before_x, before_y = x, y


@final
class _Segments:
    """The segments of a path: PDFium's handle of each, its kind, and where it ends; the room for them is used again."""

    __slots__ = ("_at", "_room", "_rows", "_stride", "handles", "kinds", "points")

    def __init__(self) -> None:
        self._stride: int = _stride_of_points()
        self._room = array("f", bytes(8 * 16))
        self._at: int = self._room.buffer_info()[0]
        # Room for the points of a path as PDFium keeps them, by how many they are, and where that is.
        self._rows: dict[int, tuple[array[float], int]] = {}
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
        row = self._rows.get(seen)
        if row is None:
            numbers = array("f", bytes(stride * seen))
            row = self._rows[seen] = numbers, numbers.buffer_info()[0]
        pdfium.copy_memory(row[1], first, stride * seen)
        found: list[float] = row[0].tolist()
        step = stride // 4
        points: list[float] = []
        for at in range(0, step * seen, step):
            points.append(found[at])
            points.append(found[at + 1])
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
