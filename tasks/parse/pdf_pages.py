"""Whether the text layer of a page can be believed: what is drawn on it, and what its characters look like."""

import ctypes
import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from tasks.domain.documents import Box
from tasks.parse.layout import UNKNOWN
from tasks.parse.lines import Line, PageLines
from tasks.parse.pdf_objects import objects_of
from tasks.parse.text import common_share

__all__ = ["Doubt", "Drawn", "doubt", "drawn", "same_words"]

RULES_OF_A_TABLE = 6
_FEW_CHARACTERS = 16
_UNKNOWN_SHARE = 0.02
_COMMON_SHARE = 0.9  # reports have 0.99
_ENOUGH = 60
# Signs that make up 15 to 30 % of every report; hardly any are left where a font maps its characters to others.
_EVERYWHERE = "，。、的了和在年是一有人全中工不大为加发上"
_IDEOGRAPHS = re.compile("[\u4e00-\u9fff]")
_EVERYWHERE_SHARE = 0.06
_SCAN_COVERS = 0.5  # of the page
_SAME = 0.9
_SAME_BEHIND_SCAN = 0.97  # the words behind a scan are another program's OCR; ours is read where they differ


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page beside text.

    `strokes` counts paths up to a few more than make a table, `image_share` is the largest image's share of the page,
    `image_pixels` the pixels of the largest image, `hidden_text` whether there is text that is not painted.
    """

    strokes: int = 0
    image_share: float = 0.0
    image_pixels: int = 0
    hidden_text: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a page's text needs OCR: `needed` when there is none, else how much OCR must agree for it to be kept."""

    needed: bool
    agreement: float = 0.0


def drawn(page: pypdfium2.PdfPage) -> Drawn:
    """Return what is drawn on `page`, forms within forms included."""
    width, height = page.get_size()
    strokes = pixels = 0
    share = 0.0
    hidden = False
    for one in objects_of(page):
        if one.kind == pdfium.FPDF_PAGEOBJ_PATH:
            strokes += 1
        elif one.kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            part, size = _image(one.handle, width, height)
            share, pixels = max(share, part), max(pixels, size)
        elif one.kind == pdfium.FPDF_PAGEOBJ_TEXT and share and not hidden:
            hidden = pdfium.FPDFTextObj_GetTextRenderMode(one.handle) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    return Drawn(strokes, share, pixels, hidden)


def _image(one: object, width: float, height: float) -> tuple[float, int]:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(one, *(ctypes.byref(side) for side in sides))
    left, bottom, right, top = (side.value for side in sides)
    across, down = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(one, ctypes.byref(across), ctypes.byref(down))
    # In a form the bounds are the form's; a turned page changes width and height, not the area.
    return max(0.0, (right - left) * (top - bottom)) / max(1.0, width * height), across.value * down.value


def doubt(page: PageLines, seen: Drawn) -> Doubt | None:
    """Return why the text of `page` must be compared with what is shown, or None when it is to be believed."""
    text = "".join([line.text for line in page.lines])
    if len(text) < _FEW_CHARACTERS:
        return Doubt(needed=True) if seen.image_share or seen.strokes else None
    if seen.hidden_text or seen.image_share > _SCAN_COVERS:
        return Doubt(needed=False, agreement=_SAME_BEHIND_SCAN)
    if len(UNKNOWN.findall(text)) > _UNKNOWN_SHARE * len(text):
        return Doubt(needed=False, agreement=1.0)
    if len(text) < _ENOUGH:
        return None
    return Doubt(needed=False, agreement=_SAME) if _is_strange(text) else None


def _is_strange(text: str) -> bool:
    everywhere = sum(map(text.count, _EVERYWHERE)) / len(text)
    if everywhere >= 2 * _EVERYWHERE_SHARE:
        return False
    is_chinese = 2 * len(_IDEOGRAPHS.findall(text)) > len(text)
    return (is_chinese and everywhere < _EVERYWHERE_SHARE) or common_share(text) < _COMMON_SHARE


_SPACE = re.compile(r"\s+")


def same_words(one: PageLines, other: PageLines) -> float:
    """Return how far two readings of a page agree: the share of characters they have in common, in order of place."""
    return difflib.SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _plain(page: PageLines) -> str:
    text = "".join([line.text for line in _sorted(page.lines)])
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def _sorted(lines: Sequence[Line]) -> list[Line]:
    def place(line: Line) -> tuple[int, float]:
        box: Box = line.box
        return round((box.top + box.bottom) / 16), box.x0

    return sorted(lines, key=place)
