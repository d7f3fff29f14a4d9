"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

from array import array
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
    for one in objects:
        if one.kind == _PATH and left > 0:
            left -= _add_rules(one.handle, times(times(matrix_of(one.handle), one.outer), shown), level, plumb, left)
    return level, plumb


def _add_rules(path: int, matrix: Matrix, level: list[Rule], plumb: list[Rule], most: int) -> int:
    """Add the rules that `path` draws to `level` and `plumb`, and return how many segments it has."""
    a, b, c, d, e, f = matrix
    place = array("f", bytes(8))
    at_across: int = place.buffer_info()[0]
    at_up = at_across + 4
    segment_of, kind_of, point_of = pdfium.segment, pdfium.kind_of_segment, pdfium.point
    first_x = first_y = x = y = 0.0
    controls = 0
    count: int = pdfium.count_segments(path)
    for index in range(min(count, most)):
        segment: int | None = segment_of(path, index)
        kind: int = kind_of(segment)
        if kind == _CURVE and controls < 2:
            # Two control points, then the end of the curve.
            controls += 1
            continue
        controls = 0
        point_of(segment, at_across, at_up)
        across, up = place
        before_x, before_y = x, y
        x, y = a * across + c * up + e, b * across + d * up + f
        if kind == _MOVE:
            first_x, first_y = x, y
            continue
        _add_rule(before_x, before_y, x, y, level, plumb)
        # A stroke that is closed goes back over itself, which makes no second rule.
        if (before_x != first_x or before_y != first_y) and (x != first_x or y != first_y) and pdfium.closes(segment):
            _add_rule(x, y, first_x, first_y, level, plumb)
    return count


def _add_rule(x: float, y: float, to_x: float, to_y: float, level: list[Rule], plumb: list[Rule]) -> None:
    width, height = abs(to_x - x), abs(to_y - y)
    if height <= _STRAIGHT and width >= _SHORTEST:
        level.append((y, min(x, to_x), max(x, to_x)))
    elif width <= _STRAIGHT and height >= _SHORTEST:
        plumb.append((x, min(y, to_y), max(y, to_y)))
