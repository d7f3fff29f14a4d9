"""PDFium's functions as they are asked hundreds of times a page: with handles and addresses as numbers.

The functions are those of pypdfium2.raw. Called through typed pointers each costs twice the time, and pypdfium2's
objects for pages, with their finalizers, cost a twentieth of what a page of text takes altogether.
"""

import ctypes
from array import array
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

__all__ = [
    "angle", "bounding_box", "bounds", "character_of_text", "close_page", "close_text", "closes", "copy_memory",
    "count_characters", "count_in_form", "count_on_page", "count_segments", "get_text", "height", "image_size",
    "kind_of_object", "kind_of_segment", "load_page", "load_text", "loose_box", "matrix", "object_in_form",
    "object_on_page", "point", "render_mode", "rotation", "segment", "stride_of_points", "text_of_character", "width",
]  # fmt: skip

_AT, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
# Numbers of characters and objects are given as wide as pointers, which ctypes converts in half the time. They are
# passed in the same registers, and none is negative.
_NUMBER = ctypes.c_void_p
_POINT = 8  # bytes of two numbers


def _long(function: object, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return `function` of PDFium, which takes long enough for other threads to run meanwhile."""
    address: Any = ctypes.cast(function, _AT).value  # type: ignore[arg-type]  # a function of the library
    return ctypes.CFUNCTYPE(result, *arguments)(address)


def _short(function: object, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return `function` of PDFium, which is over before another thread could begin."""
    address: Any = ctypes.cast(function, _AT).value  # type: ignore[arg-type]
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


# Pages; those that return a handle return None where there is none.
load_page = _long(pdfium.FPDF_LoadPage, _AT, _AT, _NUMBER)
close_page = _long(pdfium.FPDF_ClosePage, None, _AT)
bounding_box = _short(pdfium.FPDF_GetPageBoundingBox, _INT, _AT, _AT)
width = _short(pdfium.FPDF_GetPageWidthF, _FLOAT, _AT)
height = _short(pdfium.FPDF_GetPageHeightF, _FLOAT, _AT)
rotation = _short(pdfium.FPDFPage_GetRotation, _INT, _AT)
# The text of a page; characters are counted as PDFium counts them.
load_text = _long(pdfium.FPDFText_LoadPage, _AT, _AT)
close_text = _long(pdfium.FPDFText_ClosePage, None, _AT)
count_characters = _short(pdfium.FPDFText_CountChars, _INT, _AT)
get_text = _short(pdfium.FPDFText_GetText, _INT, _AT, _NUMBER, _NUMBER, _AT)
text_of_character = _short(pdfium.FPDFText_GetTextIndexFromCharIndex, _INT, _AT, _NUMBER)
character_of_text = _short(pdfium.FPDFText_GetCharIndexFromTextIndex, _INT, _AT, _NUMBER)
angle = _short(pdfium.FPDFText_GetCharAngle, _FLOAT, _AT, _NUMBER)
loose_box = _short(pdfium.FPDFText_GetLooseCharBox, _INT, _AT, _NUMBER, _AT)
# What is drawn.
count_on_page = _short(pdfium.FPDFPage_CountObjects, _INT, _AT)
object_on_page = _short(pdfium.FPDFPage_GetObject, _AT, _AT, _NUMBER)
count_in_form = _short(pdfium.FPDFFormObj_CountObjects, _INT, _AT)
object_in_form = _short(pdfium.FPDFFormObj_GetObject, _AT, _AT, _NUMBER)
kind_of_object = _short(pdfium.FPDFPageObj_GetType, _INT, _AT)
matrix = _short(pdfium.FPDFPageObj_GetMatrix, _INT, _AT, _AT)
bounds = _short(pdfium.FPDFPageObj_GetBounds, _INT, _AT, _AT, _AT, _AT, _AT)
image_size = _short(pdfium.FPDFImageObj_GetImagePixelSize, _INT, _AT, _AT, _AT)
render_mode = _short(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _AT)
count_segments = _short(pdfium.FPDFPath_CountSegments, _INT, _AT)
segment = _short(pdfium.FPDFPath_GetPathSegment, _AT, _AT, _NUMBER)
kind_of_segment = _short(pdfium.FPDFPathSegment_GetType, _INT, _AT)
point = _short(pdfium.FPDFPathSegment_GetPoint, _INT, _AT, _AT, _AT)
closes = _short(pdfium.FPDFPathSegment_GetClose, _INT, _AT)
# The C library's memcpy: to, from, bytes.
copy_memory = _short(ctypes.CDLL(None).memcpy, _AT, _AT, _AT, _NUMBER)


def stride_of_points() -> int:
    """Return how many bytes the points of a path lie apart in PDFium's memory, each beginning with its x and y.

    Asked of a path made for it, point by point, and compared; 0 where this PDFium keeps them in another way.
    """
    corners = [(1.5, -2.5), (3.25, 4.0), (-5.0, 6.75), (7.0, 8.5)]
    path = pdfium.FPDFPageObj_CreateNewPath(*corners[0])
    for corner in corners[1:]:
        pdfium.FPDFPath_LineTo(path, *corner)
    pdfium.FPDFPath_Close(path)
    handle = ctypes.cast(path, _AT).value
    places = [segment(handle, at) or 0 for at in range(count_segments(handle))]
    steps = {after - before for before, after in pairwise(places)}
    stride = steps.pop() if len(places) == len(corners) and len(steps) == 1 else 0
    if not _POINT <= stride <= 8 * _POINT or stride % 4 or 0 in places:
        stride = 0
    else:
        numbers = array("f", ctypes.string_at(places[0], stride * len(places)))
        step = stride // numbers.itemsize
        if list(zip(numbers[0::step], numbers[1::step], strict=True)) != corners:
            stride = 0
    pdfium.FPDFPageObj_Destroy(path)
    return stride
