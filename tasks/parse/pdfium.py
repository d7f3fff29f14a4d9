"""PDFium's functions as they are asked for each page: by handles and addresses as numbers, of many things at once.

The functions are those of pypdfium2.raw. Called through typed pointers each costs twice the time, and pypdfium2's
objects for pages, with their finalizers, cost a twentieth of what a page of text takes altogether. What is asked of
each character and each object is asked in one loop: compiled, or in Python where it is not.
"""

import ctypes
from array import array
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium
from pypdfium2 import internal

try:
    from tasks.parse import pdfium_loops as loops
except ImportError:  # not compiled (tasks/native.py)
    from tasks.parse import python_loops as loops  # type: ignore[no-redef]

__all__ = [
    "MARKED", "PAINTED", "PALE", "angle", "are_in_layers", "beyond_clips", "bounds", "boxes_of_characters",
    "character_of_text", "close_page", "close_pdf", "close_text", "closes", "count_in_form", "count_on_page",
    "count_pages", "count_segments", "covering", "draws_alone", "fill_colours", "font_size", "frame_of",
    "has_embedded_font", "image_sizes", "kinds_of_segments", "load_page", "load_text", "matrices",
    "matrix_of_character", "objects_by_kind", "open_pdf", "peculiar", "points", "render_grey", "render_modes",
    "segments", "set_active", "text_of", "texts_of_characters",
]  # fmt: skip

_AT, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
# Numbers of characters and objects are given as wide as pointers, which ctypes converts in half the time. They are
# passed in the same registers, and none is negative.
_NUMBER = ctypes.c_void_p


def _address(function: object) -> int:
    found: int = ctypes.cast(function, _AT).value  # type: ignore[arg-type, assignment]  # a function of the library
    return found


def _long(function: object, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return `function` of PDFium, which takes long enough for other threads to run meanwhile."""
    return ctypes.CFUNCTYPE(result, *arguments)(_address(function))


def _short(function: object, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return `function` of PDFium, which is over before another thread could begin."""
    return ctypes.PYFUNCTYPE(result, *arguments)(_address(function))


# Files; None where one cannot be opened.
_load_pdf = _long(pdfium.FPDF_LoadMemDocument64, _AT, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)
_count_pages = _short(pdfium.FPDF_GetPageCount, _INT, _AT)
_last_error = _short(pdfium.FPDF_GetLastError, ctypes.c_ulong)
close_pdf = _long(pdfium.FPDF_CloseDocument, None, _AT)
# Pages; those that return a handle return None where there is none.
load_page = _long(pdfium.FPDF_LoadPage, _AT, _AT, _NUMBER)
close_page = _long(pdfium.FPDF_ClosePage, None, _AT)
# The text of a page; characters are counted as PDFium counts them.
load_text = _long(pdfium.FPDFText_LoadPage, _AT, _AT)
close_text = _long(pdfium.FPDFText_ClosePage, None, _AT)
character_of_text = _short(pdfium.FPDFText_GetCharIndexFromTextIndex, _INT, _AT, _NUMBER)
angle = _short(pdfium.FPDFText_GetCharAngle, _FLOAT, _AT, _NUMBER)
matrix_of_character = _short(pdfium.FPDFText_GetMatrix, _INT, _AT, _NUMBER, _AT)
font_size = _short(pdfium.FPDFText_GetFontSize, ctypes.c_double, _AT, _NUMBER)
# What is drawn.
count_on_page = _short(pdfium.FPDFPage_CountObjects, _INT, _AT)
count_in_form = _short(pdfium.FPDFFormObj_CountObjects, _INT, _AT)

_set_active = _short(pdfium.FPDFPageObj_SetIsActive, _INT, _AT, _NUMBER)

_LOOSE_BOX = _address(pdfium.FPDFText_GetLooseCharBox)
_OBJECT_ON_PAGE, _OBJECT_IN_FORM = _address(pdfium.FPDFPage_GetObject), _address(pdfium.FPDFFormObj_GetObject)
_KIND = _address(pdfium.FPDFPageObj_GetType)
_MATRIX, _BOUNDS = _address(pdfium.FPDFPageObj_GetMatrix), _address(pdfium.FPDFPageObj_GetBounds)
_FILL, _SEGMENT = _address(pdfium.FPDFPageObj_GetFillColor), _address(pdfium.FPDFPath_GetPathSegment)
_TEXT_OF_CHARACTER = _address(pdfium.FPDFText_GetTextObject)
_MARK, _NAME_OF_MARK = _address(pdfium.FPDFPageObj_GetMark), _address(pdfium.FPDFPageObjMark_GetName)

# What loops ask that ask several things, in the order in which each takes them.
_OF_TEXT = array("Q", map(_address, (
    pdfium.FPDFText_CountChars, pdfium.FPDFText_GetTextIndexFromCharIndex, pdfium.FPDFText_GetText,
)))  # fmt: skip
_OF_FRAMES = array("Q", map(_address, (
    pdfium.FPDFPage_GetRotation, pdfium.FPDF_GetPageBoundingBox, pdfium.FPDF_GetPageWidthF, pdfium.FPDF_GetPageHeightF,
)))  # fmt: skip
_OF_PAINT = array("Q", map(_address, (
    pdfium.FPDFTextObj_GetTextRenderMode, pdfium.FPDFPageObj_GetFillColor, pdfium.FPDFPageObj_CountMarks,
)))  # fmt: skip
_OF_COVERS = array("Q", map(_address, (
    pdfium.FPDFPageObj_GetBounds, pdfium.FPDFPath_GetDrawMode, pdfium.FPDFPageObj_GetFillColor,
)))  # fmt: skip
_OF_CLIPS = array("Q", map(_address, (
    pdfium.FPDFPageObj_GetBounds, pdfium.FPDFPageObj_GetClipPath, pdfium.FPDFClipPath_CountPaths,
    pdfium.FPDFClipPath_CountPathSegments, pdfium.FPDFClipPath_GetPathSegment, pdfium.FPDFPathSegment_GetPoint,
)))  # fmt: skip
_BLACK = array("I", (0, 0, 0, 255))
_LAYER = "OC\0".encode("utf-16-le")
_UNMOVED = array("f", (1, 0, 0, 1, 0, 0))


def _number_of_each(function: object) -> "Callable[[array[int]], array[int]]":
    """Return what asks `function`, which answers with a number, of each of many handles."""
    address = _address(function)

    def ask(handles: "array[int]") -> "array[int]":
        out = array("i", bytes(4 * len(handles)))
        loops.ints(address, handles, out)
        return out

    return ask


def _two_of_each(function: object, kind: Literal["i", "I", "f"]) -> "Callable[[array[int]], array[Any]]":
    """Return what asks `function`, which answers with two numbers of this `kind`, of each of many handles."""
    address = _address(function)

    def ask(handles: "array[int]") -> "array[Any]":
        out = array(kind, bytes(8 * len(handles)))
        loops.pairs(address, handles, out)
        return out

    return ask


# Of each object, path or segment of a path.
render_modes = _number_of_each(pdfium.FPDFTextObj_GetTextRenderMode)  # FPDF_TEXTRENDERMODE_…
count_segments = _number_of_each(pdfium.FPDFPath_CountSegments)  # -1 for what is no path
kinds_of_segments = _number_of_each(pdfium.FPDFPathSegment_GetType)  # FPDF_SEGMENT_…
closes = _number_of_each(pdfium.FPDFPathSegment_GetClose)  # 1 where the path goes back from it to where it began
points = _two_of_each(pdfium.FPDFPathSegment_GetPoint, "f")  # x and y of where the segment ends
image_sizes = _two_of_each(pdfium.FPDFImageObj_GetImagePixelSize, "I")  # width and height in pixels
_count_marks = _number_of_each(pdfium.FPDFPageObj_CountMarks)


PAINTED, PALE, MARKED = 1, 2, 4  # what `peculiar` tells


def open_pdf(data: bytes, password: str | None) -> int:
    """Return the handle of the PDF in `data`, which must live until it is closed; it has a page at least.

    What pypdfium2's PdfDocument does, without its object and finalizer.

    Raises:
        pypdfium2.PdfiumError: it cannot be opened, with the message that pypdfium2 gives.
    """
    handle: int = _load_pdf(data, len(data), None if password is None else (password + "\0").encode()) or 0
    if not handle or _count_pages(handle) < 1:
        code: int = _last_error()
        if handle:
            close_pdf(handle)
        message = f"Failed to load document (PDFium: {internal.ErrorToStr.get(code)})."
        raise pypdfium2.PdfiumError(message, err_code=code)
    return handle


def count_pages(pdf: int) -> int:
    """Return how many pages an open PDF has."""
    return _count_pages(pdf)  # type: ignore[no-any-return]


def text_of(textpage: int) -> tuple[str, int]:
    """Return a page's text, and how many characters PDFium counts; its text leaves out those without a character."""
    return loops.text_of(_OF_TEXT, textpage)


def frame_of(page: int) -> tuple[float, float, float, float, float, float, int] | None:
    """Return left, top, right, bottom, width and height of what is shown of a page, in points, and its quarter turns.

    None where PDFium cannot tell.
    """
    return loops.frame_of(_OF_FRAMES, page)


def boxes_of_characters(textpage: int, count: int) -> "array[float]":
    """Return left, top, right and bottom of each of `count` characters in the page's own space; zeros for none."""
    out = array("f", bytes(16 * count))
    loops.floats_of(_LOOSE_BOX, textpage, count, 4, out)
    return out


def objects_by_kind(holder: int, is_form: bool, count: int, kinds: "array[int]") -> list[tuple[bytes, bytes]]:
    """Return of the first `count` objects on a page or in a form those of each of `kinds` (FPDF_PAGEOBJ_…).

    Their handles (64 bits each), and where they stand among all (32 bits each).
    """
    return loops.by_kinds(_OBJECT_IN_FORM if is_form else _OBJECT_ON_PAGE, _KIND, holder, count, kinds)


def peculiar(texts: "array[int]", pale: int) -> int:
    """Return what is not plain about any of these texts, 0 for most.

    PAINTED: one is not simply filled; PALE: it is see-through or all its colours are at least `pale`; MARKED.
    """
    return loops.peculiar(_OF_PAINT, texts, pale)


def matrices(handles: "array[int]") -> "array[float]":
    """Return the six numbers of each object's matrix."""
    out = _UNMOVED * len(handles)
    loops.floats(_MATRIX, 6, handles, out)
    return out


def bounds(handles: "array[int]") -> "array[float]":
    """Return left, bottom, right and top of each object in the space of what it stands in."""
    out = array("f", bytes(16 * len(handles)))
    loops.fours(_BOUNDS, handles, out)
    return out


def fill_colours(handles: "array[int]") -> "array[int]":
    """Return red, green, blue and opacity (0 to 255) of each object's filling; black where it has none."""
    out = _BLACK * len(handles)
    loops.fours(_FILL, handles, out)
    return out


def segments(paths: "array[int]", counts: "array[int]") -> "array[int]":
    """Return the handles of the first segments of each path, as many as `counts` says."""
    out = array("Q", bytes(8 * sum(counts)))
    loops.parts(_SEGMENT, paths, counts, out)
    return out


def texts_of_characters(textpage: int, count: int) -> "array[int]":
    """Return the handle of the text object that each character comes from; 0 for those that PDFium put between."""
    out = array("Q", bytes(8 * count))
    loops.parts(_TEXT_OF_CHARACTER, array("Q", [textpage]), array("i", [count]), out)
    return out


def covering(paths: "array[int]", places: "array[int]", last: int, least: float) -> list[int]:
    """Return which paths hide all beneath, are drawn after the place `last`, and larger than `least` points."""
    return loops.covering(_OF_COVERS, paths, places, last, least)


def are_in_layers(handles: "array[int]") -> bool:
    """Return whether any of these objects is marked as optional content."""
    counts = _count_marks(handles)
    total = sum(counts)
    if not total:
        return False
    marks = array("Q", bytes(8 * total))
    loops.parts(_MARK, handles, counts, marks)
    names = bytearray(len(_LAYER) * total)
    loops.texts(_NAME_OF_MARK, len(_LAYER), marks, names)
    return _LAYER in names


def beyond_clips(handles: "array[int]", slack: float) -> list[tuple[int, float, float, float, float]]:
    """Return which of these objects reach further than `slack` points over the bounds of what they are clipped to.

    With each left, bottom, right and top of these bounds, in the space that the object stands in.
    """
    return loops.beyond_clips(_OF_CLIPS, handles, slack)


def set_active(handles: "array[int]", is_active: bool) -> None:
    """Have these objects drawn when their page is rendered, or not."""
    for handle in handles:
        _set_active(handle, int(is_active))


def render_grey(page: int, wide: int, high: int) -> npt.NDArray[np.uint8]:
    """Return the page as it is shown, with its annotations, `wide` and `high` pixels large."""
    pixels = np.full((high, wide), 255, np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(wide, high, pdfium.FPDFBitmap_Gray, pixels.ctypes.data_as(_AT), wide)
    if not bitmap:
        raise pypdfium2.PdfiumError("Failed to render page.")
    handle = ctypes.cast(page, pdfium.FPDF_PAGE)
    pdfium.FPDF_RenderPageBitmap(bitmap, handle, 0, 0, wide, high, 0, pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels


def draws_alone(pdf: int, page: int, text: int) -> bool:
    """Return whether a text leaves any mark where it is drawn by itself: not where no font here has its characters."""
    bitmap = pdfium.FPDFTextObj_GetRenderedBitmap(
        ctypes.cast(pdf, pdfium.FPDF_DOCUMENT), ctypes.cast(page, pdfium.FPDF_PAGE),
        ctypes.cast(text, pdfium.FPDF_PAGEOBJECT), 1.0,
    )  # fmt: skip
    if not bitmap:
        return False
    size = pdfium.FPDFBitmap_GetStride(bitmap) * pdfium.FPDFBitmap_GetHeight(bitmap)
    drawn = any(ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), size))
    pdfium.FPDFBitmap_Destroy(bitmap)
    return drawn


def has_embedded_font(text: int) -> bool:
    """Return whether the font of a text is in the file, so that it can be drawn anywhere."""
    font = pdfium.FPDFTextObj_GetFont(ctypes.cast(text, pdfium.FPDF_PAGEOBJECT))
    return bool(font) and pdfium.FPDFFont_GetIsEmbedded(font) == 1
