"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

from array import array
from typing import Final, final

from pypdfium2 import raw

from tasks.parse import pdfium
from tasks.parse.loops import rules_of_points
from tasks.parse.pdf_frame import Frame, Matrix, times

__all__ = ["Objects", "matrix_at", "objects_of", "rules_of"]

_OBJECTS_SEEN: Final = 4_000  # a map drawn of a million strokes says no more after these
_SEGMENTS_SEEN: Final = 40_000
_DEPTH: Final = 3
_STRAIGHT: Final = 0.01  # points by which both ends of a level or plumb stroke differ: the noise of numbers of 32 bits
_SHORTEST: Final = 1.0  # points; pdfplumber's own default
_UNMOVED: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_KINDS: Final = array(
    "i", (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
)
_NONE: Final = array("i")


@final
class Objects:
    """What a page draws: PDFium's handles of texts, paths and images, and the place of each in the order of drawing.

    What stands in a form has the form's place. Paths and images each have the matrix of the forms that they stand in,
    six numbers for each. Arrays of each instead of an object for each: a page has hundreds, and most are text that
    nobody asks about.
    """

    __slots__ = ("has_forms", "image_frames", "image_places", "images", "path_frames", "path_places", "paths",
                 "text_places", "texts")  # fmt: skip

    def __init__(self) -> None:
        self.has_forms = False
        self.texts: Final = array("Q")
        self.text_places: Final = array("i")
        self.paths: Final = array("Q")
        self.path_places: Final = array("i")
        self.path_frames: Final = array("d")
        self.images: Final = array("Q")
        self.image_places: Final = array("i")
        self.image_frames: Final = array("d")


def objects_of(page: int) -> Objects:
    """Return the objects of `page`, a form before what stands in it; the handles are good while the page is open."""
    objects = Objects()
    waiting: list[tuple[int, int, Matrix, int]] = [(page, 0, _UNMOVED, 0)]
    seen = 0
    while waiting:
        holder, depth, outer, place = waiting.pop()
        count: int = pdfium.count_in_form(holder) if depth else pdfium.count_on_page(holder)
        most = max(0, min(count, _OBJECTS_SEEN - seen))
        found: list[tuple[bytes, bytes]] = pdfium.objects_by_kind(holder, depth > 0, most, _KINDS)
        seen += count
        texts, paths, images, forms = found
        _add(objects.texts, objects.text_places, texts, place if depth else -1)
        if paths[0]:
            _add(objects.paths, objects.path_places, paths, place if depth else -1)
            objects.path_frames.extend(array("d", outer) * (len(paths[0]) // 8))
        if images[0]:
            _add(objects.images, objects.image_places, images, place if depth else -1)
            objects.image_frames.extend(array("d", outer) * (len(images[0]) // 8))
        if forms[0] and depth < _DEPTH:
            objects.has_forms = True
            for handle, own in zip(array("Q", forms[0]), array("i", forms[1]), strict=True):
                waiting.append((handle, depth + 1, times(_matrix_of(handle), outer), place if depth else own))
    return objects


def _add(handles: "array[int]", places: "array[int]", found: tuple[bytes, bytes], place: int) -> None:
    """Add handles, and where they stand: as they were found, or all at `place` where that is not negative."""
    handles.frombytes(found[0])
    if place < 0:
        places.frombytes(found[1])
    else:
        places.extend(array("i", (place,)) * (len(found[0]) // 8))


def _matrix_of(handle: int) -> Matrix:
    """Return an object's own matrix."""
    return matrix_at(pdfium.matrices(array("Q", [handle])), 0)


def matrix_at(numbers: "array[float]", at: int) -> Matrix:
    """Return the matrix number `at` of those that stand one after another in `numbers`."""
    at *= 6
    return numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4], numbers[at + 5]


def rules_of(objects: Objects, frame: Frame) -> "tuple[array[float], array[float]]":
    """Return the level and the plumb strokes and sides of rectangles, where they stand on the page as it is shown.

    A rule is three numbers, in points from the top left corner: y, left and right of a level one, x, top and bottom of
    a plumb one.
    """
    paths = objects.paths
    counts: array[int] = pdfium.count_segments(paths)
    left = _SEGMENTS_SEEN
    for number, count in enumerate(counts.tolist()):
        seen = max(0, min(count, left))
        if seen != count:
            counts[number] = seen
        left -= seen
    segments: array[int] = pdfium.segments(paths, counts)
    points: array[float] = pdfium.points(segments)
    matrices: array[float] = pdfium.matrices(paths)
    frames, shown = objects.path_frames, frame.matrix
    found: tuple[bytes, bytes] | None = rules_of_points(
        counts, points, _NONE, _NONE, matrices, frames, shown, _STRAIGHT, _SHORTEST
    )
    if found is None:  # not all are rectangles: what the segments are is needed
        kinds: array[int] = pdfium.kinds_of_segments(segments)
        closes: array[int] = pdfium.closes(segments)
        found = rules_of_points(counts, points, kinds, closes, matrices, frames, shown, _STRAIGHT, _SHORTEST)
    assert found is not None
    return array("d", found[0]), array("d", found[1])
