"""The objects that a PDF page is drawn with, forms within forms included, and the rules among them."""

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from tasks.parse.pdf_frame import Frame, Matrix, times

__all__ = ["Drawing", "Edge", "matrix_of", "objects_of", "rules_of"]

_OBJECTS_SEEN = 4_000  # a map drawn of a million strokes says no more after these
_SEGMENTS_SEEN = 40_000
_DEPTH = 3
_STRAIGHT = 0.01  # points by which both ends of a level or plumb stroke differ: the noise of numbers of 32 bits
_SHORTEST = 1.0  # points; pdfplumber's own default
# A straight rule as pdfplumber's table geometry takes it: `x0`, `x1`, `top`, `bottom`, `width`, `height` in points from
# the top left corner, `orientation` "h" or "v".
Edge = dict[str, Any]
_UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


class Drawing(NamedTuple):
    """One object of a page: PDFium's handle, its kind, and the matrix of the forms it stands in."""

    handle: Any
    kind: int
    outer: Matrix


def objects_of(page: pypdfium2.PdfPage) -> Iterator[Drawing]:
    """Yield the objects of `page`, a form before what stands in it; the handles are good while the page is open."""
    waiting: list[tuple[object, int, Matrix]] = [(page.raw, 0, _UNMOVED)]
    seen = 0
    while waiting:
        holder, depth, outer = waiting.pop()
        count = pdfium.FPDFFormObj_CountObjects(holder) if depth else pdfium.FPDFPage_CountObjects(holder)
        get = pdfium.FPDFFormObj_GetObject if depth else pdfium.FPDFPage_GetObject
        for index in range(min(count, _OBJECTS_SEEN - seen)):
            one = get(holder, index)
            kind = pdfium.FPDFPageObj_GetType(one)
            yield Drawing(one, kind, outer)
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
                waiting.append((one, depth + 1, times(matrix_of(one), outer)))
        seen += count


def matrix_of(handle: Any) -> Matrix:
    """Return an object's own matrix."""
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, ctypes.byref(found)):
        return _UNMOVED
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def rules_of(page: pypdfium2.PdfPage) -> list[Edge]:
    """Return the level and plumb strokes and sides of rectangles on `page`, where they stand on the page as shown.

    Curves count as the straight line between their ends, which only ever matters for corners that are rounded.
    """
    frame = Frame(page).matrix
    edges: list[Edge] = []
    left = _SEGMENTS_SEEN
    for one in objects_of(page):
        if one.kind == pdfium.FPDF_PAGEOBJ_PATH and left > 0:
            left -= _add_edges(one.handle, times(times(matrix_of(one.handle), one.outer), frame), edges, left)
    return edges


def _add_edges(path: object, matrix: Matrix, edges: list[Edge], most: int) -> int:
    """Add the edges of `path` to `edges`, and return how many segments it has."""
    a, b, c, d, e, f = matrix
    across, up = ctypes.c_float(), ctypes.c_float()
    at_across, at_up = ctypes.byref(across), ctypes.byref(up)
    first_x = first_y = x = y = 0.0
    controls = 0
    count = pdfium.FPDFPath_CountSegments(path)
    for index in range(min(count, most)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO and controls < 2:
            # Two control points, then the end of the curve.
            controls += 1
            continue
        controls = 0
        pdfium.FPDFPathSegment_GetPoint(segment, at_across, at_up)
        before_x, before_y = x, y
        x, y = a * across.value + c * up.value + e, b * across.value + d * up.value + f
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first_x, first_y = x, y
            continue
        _add_edge(before_x, before_y, x, y, edges)
        if pdfium.FPDFPathSegment_GetClose(segment) and (before_x, before_y) != (first_x, first_y):
            # A stroke that is closed goes back over itself, which makes no second rule.
            _add_edge(x, y, first_x, first_y, edges)
    return int(count)


def _add_edge(x: float, y: float, to_x: float, to_y: float, edges: list[Edge]) -> None:
    width, height = abs(to_x - x), abs(to_y - y)
    if height <= _STRAIGHT and width >= _SHORTEST:
        edges.append(
            {"x0": min(x, to_x), "x1": max(x, to_x), "top": y, "bottom": y, "width": width, "height": 0.0,
             "orientation": "h"}
        )  # fmt: skip
    elif width <= _STRAIGHT and height >= _SHORTEST:
        edges.append(
            {"x0": x, "x1": x, "top": min(y, to_y), "bottom": max(y, to_y), "width": 0.0, "height": height,
             "orientation": "v"}
        )  # fmt: skip
