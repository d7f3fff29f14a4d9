"""Words in a PDF's text that nobody sees on the page: they are left out, as hidden words of Word files are.

What a page's texts are painted with is asked in a few loops, which costs an ordinary page nothing that can be measured.
Only where some are suspect (invisible, in the colour of paper, in a layer, covered by what is drawn later, tiny) is the
page rendered, and its pixels decide.
"""

import math
import re
import zlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from tasks.parse import pdfium
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_objects import Objects

__all__ = ["Suspects", "hidden_among", "may_have_layers", "suspects_of"]

_INVISIBLE: Final[int] = raw.FPDF_TEXTRENDERMODE_INVISIBLE
_CLIPS: Final[int] = raw.FPDF_TEXTRENDERMODE_CLIP
_BLACK: Final = array("I", (0, 0, 0, 255)).tobytes()
_PALE = 0xF0  # of 255: lighter than this nothing is seen on paper
_SMALL_COVER = 3.0  # points: rules of tables cover nothing
_TINY = 1.0  # points
_COVERS_SEEN = 500
_DPI = 100
_PIXELS = 4_000_000
_SEEN = 16  # grey levels by which a pixel differs
_INK = 40  # grey levels between the paper and what stands on it, in a scan too
_SAME_GREY = 16
_LAYERS = b"/OCProperties"
_STREAM_OF_OBJECTS = re.compile(rb"/ObjStm\b.{0,200}?stream\r?\n", re.DOTALL)
_UNPACKED = 4_000_000  # bytes of one stream that are looked through

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.int16]


@dataclass(slots=True)
class Suspects:
    """Text objects, by handle, that may not be seen: why each is suspect."""

    invisible: set[int]
    pale: dict[int, float]  # with the grey (0 to 255) of each
    unsure: set[int]  # drawn somewhere, perhaps in vain

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


def suspects_of(objects: Objects, textpage: int, count: int, has_layers: Callable[[], bool]) -> Suspects | None:
    """Return the texts of a page of `count` characters that may not be seen, None for nearly every page.

    `has_layers` is asked where it matters.
    """
    texts = objects.texts
    found = Suspects(set(), {}, set())
    modes = pdfium.render_modes(texts)
    if modes.tobytes().strip(b"\0"):  # not all are simply filled
        found.invisible = {one for one, mode in zip(texts, modes, strict=True) if mode == _INVISIBLE}
        found.unsure = {one for one, mode in zip(texts, modes, strict=True) if mode == _CLIPS}
    colours = pdfium.fill_colours(texts).tobytes()
    if colours != _BLACK * len(texts):
        _add_pale(np.frombuffer(colours, np.uint32).reshape(-1, 4), texts, found)
    if objects.paths or objects.images:
        _add_covered(objects, textpage, count, found)
    if _in_layers(objects, has_layers):
        found.unsure |= set(texts) - found.invisible
    return found or None


def _add_pale(colours: npt.NDArray[np.uint32], texts: "array[int]", found: Suspects) -> None:
    for at in np.flatnonzero(colours[:, 3] == 0).tolist():
        found.invisible.add(texts[at])
    for at in np.flatnonzero(colours[:, :3].min(axis=1) >= _PALE).tolist():
        found.pale[texts[at]] = float(colours[at, :3].mean())


def _in_layers(objects: Objects, has_layers: Callable[[], bool]) -> bool:
    """Return whether texts of the page may stand in layers: marked so, or within forms."""
    marked = pdfium.are_in_layers(objects.texts) if objects.texts else False
    return (marked or objects.has_forms) and has_layers()


def _add_covered(objects: Objects, textpage: int, count: int, found: Suspects) -> None:
    """Add the texts over which something is drawn later that hides what is beneath."""
    covers = list(zip(objects.image_places, objects.images, objects.image_frames, strict=True))
    if objects.paths:
        sides = np.frombuffer(pdfium.bounds(objects.paths), np.float32).reshape(-1, 4)
        large = np.minimum(sides[:, 2] - sides[:, 0], sides[:, 3] - sides[:, 1]) > _SMALL_COVER
        if large.any():
            among: list[int] = np.flatnonzero(large).tolist()
            filled = pdfium.are_filled(array("Q", [objects.paths[at] for at in among]))
            covers += [
                (objects.path_places[at], objects.paths[at], objects.path_frames[at])
                for at, is_filled in zip(among, filled, strict=True)
                if is_filled
            ]
    last = min(objects.text_places, default=0)
    covers = [one for one in covers if one[0] > last][:_COVERS_SEEN]
    if not covers or not count:
        return
    boxes = _boxes(textpage, count)
    handles = np.frombuffer(pdfium.texts_of_characters(textpage, count), np.uint64)
    place_of = dict(zip(objects.texts, objects.text_places, strict=True))
    places_of_characters = np.array([place_of.get(one, -1) for one in handles.tolist()])
    sides = np.frombuffer(pdfium.bounds(array("Q", [one for _, one, _ in covers])), np.float32).reshape(-1, 4)
    left, top, right, bottom = boxes.T
    for (place, _, (a, b, c, d, e, f)), (x0, y0, x1, y1) in zip(covers, sides.tolist(), strict=True):
        xs, ys = (
            [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)],
            [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)],
        )
        over = (left < max(xs)) & (right > min(xs)) & (bottom < max(ys)) & (top > min(ys))
        over &= (places_of_characters >= 0) & (places_of_characters < place)
        found.unsure |= set(handles[over].tolist())


def hidden_among(
    pdf: int, page: int, textpage: int, count: int, suspects: Suspects, frame: Frame
) -> tuple[npt.NDArray[np.bool_], bool]:
    """Return which characters of a page are not seen, and whether invisible ones stand where something else is.

    Those that do (behind a scan, behind words drawn as curves) are kept: OCR will say whether they are its words.

    Raises:
        pypdfium2.PdfiumError: the page cannot be rendered.
    """
    hidden = np.zeros(count, np.bool_)
    handles: list[int] = pdfium.texts_of_characters(textpage, count).tolist()
    boxes = _boxes(textpage, count)
    asked = suspects.invisible | set(suspects.pale) | suspects.unsure
    among = [at for at, one in enumerate(handles) if one in asked]
    if not among or min(frame.width, frame.height) < 1:
        return hidden, False
    scale = min(_DPI / 72, (_PIXELS / (frame.width * frame.height)) ** 0.5)
    whole = _rendered(page, frame, scale)
    pdfium.set_active(array("Q", asked), False)
    try:
        without = _rendered(page, frame, scale)
    finally:
        pdfium.set_active(array("Q", asked), True)
    inked: dict[int, list[bool]] = {}  # of invisible texts: which of their characters stand where something is
    drawable: dict[int, bool] = {}
    for at, (x0, y0, x1, y1) in zip(among, _on_pixels(boxes[among], frame, scale, whole.shape), strict=True):
        handle = handles[at]
        beneath = without[y0:y1, x0:x1]
        if not beneath.size:
            hidden[at] = True  # beside the page
        elif handle in suspects.invisible:
            inked.setdefault(handle, []).append(int(beneath.max()) - int(beneath.min()) >= _INK)
        elif int(np.abs(whole[y0:y1, x0:x1] - beneath).max()) >= _SEEN:
            continue
        elif handle in suspects.pale and abs(float(np.median(beneath)) - suspects.pale[handle]) < _SAME_GREY:
            hidden[at] = True
        elif handle in suspects.unsure:
            if handle not in drawable:
                drawable[handle] = pdfium.draws_alone(pdf, page, handle)
            hidden[at] = drawable[handle]
    behind = {handle for handle, flags in inked.items() if 2 * sum(flags) >= len(flags)}
    for at in among:
        if handles[at] in inked and handles[at] not in behind:
            hidden[at] = True
    return hidden, bool(behind)


def _boxes(textpage: int, count: int) -> Floats:
    return np.frombuffer(pdfium.boxes_of_characters(textpage, count), np.float32).reshape(count, 4)


def _rendered(page: int, frame: Frame, scale: float) -> Pixels:
    size = max(1, math.ceil(frame.width * scale)), max(1, math.ceil(frame.height * scale))
    return pdfium.render_grey(page, *size).astype(np.int16)


def _on_pixels(boxes: Floats, frame: Frame, scale: float, shape: tuple[int, ...]) -> list[list[int]]:
    """Return left, top, right and bottom of each box among the pixels of the page as it is shown."""
    a, b, c, d, e, f = frame.matrix
    left, top, right, bottom = boxes.T.astype(np.float64)
    xs, ys = (
        np.stack([a * left + c * bottom + e, a * right + c * top + e]),
        np.stack([b * left + d * bottom + f, b * right + d * top + f]),
    )
    sides = np.stack([xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)], axis=1) * scale
    sides = np.nan_to_num(sides, nan=0.0, posinf=0.0, neginf=0.0)
    sides[:, :2], sides[:, 2:] = np.floor(sides[:, :2]), np.ceil(sides[:, 2:])
    height, width = shape
    return np.clip(sides, 0, [width, height, width, height]).astype(int).tolist()  # type: ignore[no-any-return]
