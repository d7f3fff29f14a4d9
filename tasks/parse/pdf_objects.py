"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

from array import array
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
_CORNERS = 5  # points of a rectangle, the first twice


@final
class Objects:
    """What a page draws: PDFium's handles of texts, paths and images, and the place of each in the order of drawing.

    Paths and images each have the matrix of the forms that they stand in; what stands in a form has the form's place.
    Lists of each instead of an object for each: a page has hundreds, and most are text that nobody asks about.
    """

    __slots__ = ("has_forms", "image_frames", "image_places", "images", "path_frames", "path_places", "paths",
                 "text_places", "texts")  # fmt: skip

    def __init__(self) -> None:
        self.has_forms = False
        self.texts = array("Q")
        self.text_places: list[int] = []
        self.path_places: list[int] = []
        self.image_places: list[int] = []
        self.paths = array("Q")
        self.path_frames: list[Matrix] = []
        self.images = array("Q")
        self.image_frames: list[Matrix] = []


def objects_of(page: int) -> Objects:
    """Return the objects of `page`, a form before what stands in it; the handles are good while the page is open."""
    objects = Objects()
    waiting: list[tuple[int, int, Matrix, int]] = [(page, 0, _UNMOVED, 0)]
    seen = 0
    while waiting:
        holder, depth, outer, place = waiting.pop()
        count: int = pdfium.count_in_form(holder) if depth else pdfium.count_on_page(holder)
        found = pdfium.objects_of(holder, depth > 0, max(0, min(count, _OBJECTS_SEEN - seen)))
        seen += count
        handles: array[int] = found[0]
        kinds: array[int] = found[1]
        parted: tuple[bytes, list[int], list[int]] = pdfium.parted(kinds, _TEXT, handles)
        texts, places, others = parted  # few others: most of what a page draws is text
        objects.texts.frombytes(texts)
        objects.text_places += [place] * len(places) if depth else places
        for at in others:
            kind = kinds[at]
            if not depth:
                place = at
            if kind == _PATH:
                objects.paths.append(handles[at])
                objects.path_frames.append(outer)
                objects.path_places.append(place)
            elif kind == _IMAGE:
                objects.images.append(handles[at])
                objects.image_frames.append(outer)
                objects.image_places.append(place)
            elif kind == _FORM and depth < _DEPTH:
                objects.has_forms = True
                waiting.append((handles[at], depth + 1, times(_matrix_of(handles[at]), outer), place))
    return objects


def _matrix_of(handle: int) -> Matrix:
    """Return an object's own matrix."""
    return _matrix(pdfium.matrices(array("Q", [handle])).tolist(), 0)


def _matrix(numbers: list[float], at: int) -> Matrix:
    at *= 6
    return numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4], numbers[at + 5]


def rules_of(objects: Objects, frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """Return the level and the plumb strokes and sides of rectangles, where they stand on the page as it is shown.

    Curves count as the straight line between their ends, which only ever matters for corners that are rounded.
    """
    shown = frame.matrix
    level: list[Rule] = []
    plumb: list[Rule] = []
    paths = objects.paths
    counts: array[int] = pdfium.count_segments(paths)
    left = _SEGMENTS_SEEN
    for number, count in enumerate(counts.tolist()):
        counts[number] = max(0, min(count, left))
        left -= counts[number]
    segments: array[int] = pdfium.segments(paths, counts)
    points: list[float] = pdfium.points(segments).tolist()
    matrices: list[float] = pdfium.matrices(paths).tolist()
    kinds: list[int] | None = None
    closes: list[int] = []
    start = 0
    for number, count in enumerate(counts.tolist()):
        matrix = times(times(_matrix(matrices, number), objects.path_frames[number]), shown)
        if count == _CORNERS and _is_rectangle(points, start):
            _add_sides(points, start, matrix, level, plumb)
        elif count:
            if kinds is None:
                kinds, closes = pdfium.kinds_of_segments(segments).tolist(), pdfium.closes(segments).tolist()
            _add_rules(points, kinds, closes, start, start + count, matrix, level, plumb)
        start += count
    return level, plumb


def _is_rectangle(points: list[float], start: int) -> bool:
    """Return whether five points go round a rectangle, level or plumb: no kinds need be asked for."""
    at = 2 * start
    x, y, x1, y1, x2, y2 = points[at], points[at + 1], points[at + 2], points[at + 3], points[at + 4], points[at + 5]
    x3, y3 = points[at + 6], points[at + 7]
    if x != points[at + 8] or y != points[at + 9]:
        return False
    return (y1 == y and x2 == x1 and y3 == y2 and x3 == x) or (x1 == x and y2 == y1 and x3 == x2 and y3 == y)


def _add_sides(points: list[float], start: int, matrix: Matrix, level: list[Rule], plumb: list[Rule]) -> None:
    """Add the four sides of a rectangle, given as the five points that `_is_rectangle` knows."""
    a, b, c, d, e, f = matrix
    at = 2 * start
    across, up, far_across, far_up = points[at], points[at + 1], points[at + 4], points[at + 5]
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
    for corner in range(at + 2, at + 10, 2):
        across, up = points[corner], points[corner + 1]
        x, y = a * across + c * up + e, b * across + d * up + f
        _add_rule(before_x, before_y, x, y, level, plumb)
        before_x, before_y = x, y


def _add_rules(
    points: list[float], kinds: list[int], closes: list[int], start: int, end: int, matrix: Matrix,
    level: list[Rule], plumb: list[Rule],
) -> None:  # fmt: skip
    """Add the rules that the path of the segments `start` to `end` draws to `level` and `plumb`."""
    a, b, c, d, e, f = matrix
    first_x = first_y = x = y = 0.0
    controls = 0
    for index in range(start, end):
        kind = kinds[index]
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
        is_last = index + 1 == end or kinds[index + 1] == _MOVE
        if (
            is_last
            and (x != first_x or y != first_y)
            and (before_x != first_x or before_y != first_y)
            and closes[index]
        ):
            _add_rule(x, y, first_x, first_y, level, plumb)


def _add_rule(x: float, y: float, to_x: float, to_y: float, level: list[Rule], plumb: list[Rule]) -> None:
    width, height = abs(to_x - x), abs(to_y - y)
    if height <= _STRAIGHT and width >= _SHORTEST:
        level.append((y, min(x, to_x), max(x, to_x)))
    elif width <= _STRAIGHT and height >= _SHORTEST:
        plumb.append((x, min(y, to_y), max(y, to_y)))
