"""The rules that the paths of a page draw, whatever way they are drawn."""

import ctypes
from array import array
from collections.abc import Callable, Sequence

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_objects import objects_of, rules_of

HEIGHT = 800
Points = Sequence[tuple[float, float]]


def polygon(*points: tuple[float, float], close: bool = True) -> Callable[[], object]:
    def draw() -> object:
        path = pdfium.FPDFPageObj_CreateNewPath(*points[0])
        for point in points[1:]:
            pdfium.FPDFPath_LineTo(path, *point)
        if close:
            pdfium.FPDFPath_Close(path)
        return path

    return draw


def rectangle() -> object:
    return pdfium.FPDFPageObj_CreateNewRect(100, 600, 50, 20)


def arch() -> object:
    """A curve from corner to corner, which PDFium counts as three of five points, and the line back."""
    path = pdfium.FPDFPageObj_CreateNewPath(100, 600)
    pdfium.FPDFPath_BezierTo(path, 100, 630, 150, 640, 150, 600)
    pdfium.FPDFPath_LineTo(path, 100, 600)
    return path


def threes(numbers: array) -> list[tuple[float, ...]]:
    return sorted(zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True))


def rules(draw: Callable[[], object]) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    pdf = pypdfium2.PdfDocument.new()
    page = pdf.new_page(600, HEIGHT)
    path = draw()
    pdfium.FPDFPath_SetDrawMode(path, pdfium.FPDF_FILLMODE_NONE, True)
    pdfium.FPDFPage_InsertObject(page, path)
    page.gen_content()
    again = pdf[0]
    handle = ctypes.cast(again.raw, ctypes.c_void_p).value
    assert handle is not None
    level, plumb = rules_of(objects_of(handle), Frame(handle))
    return threes(level), threes(plumb)


SIDES = (
    [(HEIGHT - 620.0, 100.0, 150.0), (HEIGHT - 600.0, 100.0, 150.0)],
    [(100.0, HEIGHT - 620.0, HEIGHT - 600.0), (150.0, HEIGHT - 620.0, HEIGHT - 600.0)],
)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (rectangle, SIDES),
        (polygon((100, 600), (150, 600), (150, 620), (100, 620)), SIDES),
        (polygon((100, 600), (100, 620), (150, 620), (150, 600), (100, 600), close=False), SIDES),
        # Three sides, open and closed.
        (polygon((100, 620), (100, 600), (150, 600), (150, 620), close=False), (SIDES[0][1:], SIDES[1])),
        (polygon((100, 620), (100, 600), (150, 600), (150, 620)), SIDES),
        # A stroke, and a stroke that is closed: PDFium has the way back as a stroke of its own.
        (polygon((100, 600), (150, 600), close=False), (SIDES[0][1:], [])),
        (polygon((100, 600), (150, 600)), (2 * SIDES[0][1:], [])),
        # Five points that are no rectangle: a rhomb has no rules, a flag has its pole and its foot.
        (polygon((100, 600), (125, 620), (150, 600), (125, 580), (100, 600), close=False), ([], [])),
        (polygon((100, 600), (100, 620), (120, 610), (150, 600), (100, 600)), (SIDES[0][1:], SIDES[1][:1])),
        # The straight line between the ends of a curve counts, and is the line back too.
        (arch, (2 * SIDES[0][1:], [])),
    ],
)  # fmt: skip
def test_the_rules_of_a_path(draw: Callable[[], object], expected: tuple[list[object], list[object]]) -> None:
    assert rules(draw) == expected
