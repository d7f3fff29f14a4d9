"""Texts of a PDF page that may not be seen, told by how they are painted: pixels decide later (pdf_hidden).

What a page's texts are painted with is asked in a few loops, which costs an ordinary page next to nothing.
"""

import re
import zlib
from array import array
from collections.abc import Callable, Sequence
from typing import Final, final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from tasks.parse import pdfium
from tasks.parse.pdf_frame import Matrix, Rect
from tasks.parse.pdf_objects import Objects, matrix_at

__all__ = ["Suspects", "may_have_layers", "suspects_of"]

_INVISIBLE: Final[int] = raw.FPDF_TEXTRENDERMODE_INVISIBLE
_CLIPS: Final[int] = raw.FPDF_TEXTRENDERMODE_CLIP
_PALE: Final = 0xF0  # of 255: lighter than this nothing is seen on paper
_SMALL_COVER: Final = 3.0  # points: rules of tables cover nothing
_COVERS_SEEN: Final = 500
_BEYOND: Final = 2.0  # points by which letters may reach over the edge of what they are clipped to
_LAYERS = b"/OCProperties"
_STREAM_OF_OBJECTS = re.compile(rb"/ObjStm\b.{0,200}?stream\r?\n", re.DOTALL)
_UNPACKED = 4_000_000  # bytes of one stream that are looked through
_Cover = tuple[int, int, Matrix]  # place in the order of drawing, handle, and the matrix of the forms it stands in


@final
class Suspects:
    """Text objects, by handle, that may not be seen: why each is suspect. A plain class, as `Line` is."""

    __slots__ = ("clipped", "invisible", "pale", "unsure")

    def __init__(self) -> None:
        self.invisible: set[int] = set()
        self.pale: dict[int, float] = {}  # with the grey (0 to 255) of each
        self.unsure: set[int] = set()  # drawn somewhere, perhaps in vain
        self.clipped: set[int] = set()  # those of them with a character beyond what they are clipped to

    def __bool__(self) -> bool:
        return bool(self.invisible or self.pale or self.unsure)


def may_have_layers(data: bytes) -> bool:
    """Return whether a PDF may have optional content: its catalogue says so, in plain or in a packed stream."""
    if _LAYERS in data or b"/Encrypt" in data:
        return True
    if b"/ObjStm" not in data:
        return False
    for found in _STREAM_OF_OBJECTS.finditer(data):
        try:
            unpacked = zlib.decompressobj().decompress(data[found.end() : found.end() + _UNPACKED], _UNPACKED)
        except zlib.error:  # packed in another way
            return True
        if _LAYERS in unpacked:
            return True
    return False


def suspects_of(
    objects: Objects, textpage: int, count: int, text: str, indices: Sequence[int] | None,
    has_layers: Callable[[], bool],
) -> Suspects | None:  # fmt: skip
    """Return the texts of a page of `count` characters that may not be seen, None for nearly every page.

    `text` is that of the page, `indices` PDFium's number of each of its characters (None: the same). `has_layers` is
    asked where it matters.
    """
    texts = objects.texts
    found = Suspects()
    odd: int = pdfium.peculiar(texts, _PALE)
    if odd & pdfium.PAINTED:
        modes = pdfium.render_modes(texts)
        found.invisible = {one for one, mode in zip(texts, modes, strict=True) if mode == _INVISIBLE}
        found.unsure = {one for one, mode in zip(texts, modes, strict=True) if mode == _CLIPS}
    if odd & pdfium.PALE:
        colours = pdfium.fill_colours(texts).tobytes()
        _add_pale(np.frombuffer(colours, np.uint32).reshape(-1, 4), texts, found)
    if objects.paths or objects.images:
        _add_covered(objects, textpage, count, found)
    _add_clipped(objects, textpage, count, text, indices, found)
    if _in_layers(objects, bool(odd & pdfium.MARKED), has_layers):
        found.unsure |= set(texts) - found.invisible
    return found or None


def _add_pale(colours: npt.NDArray[np.uint32], texts: "array[int]", found: Suspects) -> None:
    for at in np.flatnonzero(colours[:, 3] == 0).tolist():
        found.invisible.add(texts[at])
    for at in np.flatnonzero(colours[:, :3].min(axis=1) >= _PALE).tolist():
        found.pale[texts[at]] = float(colours[at, :3].mean())


def _add_clipped(
    objects: Objects, textpage: int, count: int, text: str, indices: Sequence[int] | None, found: Suspects
) -> None:
    """Add the texts that have a character beyond what they are clipped to; the blanks that Excel pads with are none."""
    areas: dict[int, Rect] = {}
    for at, left, bottom, right, top in pdfium.beyond_clips(objects.texts, _BEYOND):
        areas[objects.texts[at]] = (left, bottom, right, top)
    if not areas:
        return
    clipped: set[int] = set()
    if objects.has_forms:  # where characters stand is told in the space of the page, clips in that of the form
        clipped.update(areas)
    else:
        boxes: array[float] = pdfium.boxes_of_characters(textpage, count)
        handles: array[int] = pdfium.texts_of_characters(textpage, count)
        for at, character in enumerate(text):
            number = at if indices is None else indices[at]
            area = areas.get(handles[number])
            if area is None or character.isspace():
                continue
            across = (boxes[4 * number] + boxes[4 * number + 2]) / 2
            up = (boxes[4 * number + 1] + boxes[4 * number + 3]) / 2
            if not (area[0] <= across <= area[2] and area[1] <= up <= area[3]):
                clipped.add(handles[number])
    found.clipped = clipped - found.invisible
    found.unsure |= found.clipped


def _in_layers(objects: Objects, are_marked: bool, has_layers: Callable[[], bool]) -> bool:
    """Return whether texts of the page may stand in layers: marked so, or within forms."""
    return (objects.has_forms or (are_marked and pdfium.are_in_layers(objects.texts))) and has_layers()


def _add_covered(objects: Objects, textpage: int, count: int, found: Suspects) -> None:
    """Add the texts over which something is drawn later that hides what is beneath."""
    last: int = min(objects.text_places, default=0)
    covers: list[_Cover] = []
    for at, place in enumerate(objects.image_places):
        if place > last:
            covers.append((place, objects.images[at], matrix_at(objects.image_frames, at)))
    for at in pdfium.covering(objects.paths, objects.path_places, last, _SMALL_COVER):
        covers.append((objects.path_places[at], objects.paths[at], matrix_at(objects.path_frames, at)))
    if covers and count:
        _add_beneath(covers[:_COVERS_SEEN], objects, textpage, count, found)


def _add_beneath(covers: list[_Cover], objects: Objects, textpage: int, count: int, found: Suspects) -> None:
    """Add the texts that were drawn before one of `covers`, where that is."""
    boxes = np.frombuffer(pdfium.boxes_of_characters(textpage, count), np.float32).reshape(count, 4)
    handles = np.frombuffer(pdfium.texts_of_characters(textpage, count), np.uint64)
    place_of = dict(zip(objects.texts, objects.text_places, strict=True))
    places_of_characters = np.array([place_of.get(one, -1) for one in handles.tolist()])
    sides = np.frombuffer(pdfium.bounds(array("Q", [one for _, one, _ in covers])), np.float32).reshape(-1, 4)
    left, top, right, bottom = boxes.T
    for (place, _, (a, b, c, d, e, f)), (x0, y0, x1, y1) in zip(covers, sides.tolist(), strict=True):
        xs = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
        ys = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
        over = (left < max(xs)) & (right > min(xs)) & (bottom < max(ys)) & (top > min(ys))
        over &= (places_of_characters >= 0) & (places_of_characters < place)
        found.unsure |= set(handles[over].tolist())
