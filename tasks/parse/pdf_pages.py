"""Whether the text layer of a page can be believed: what is drawn on it, and what its characters look like."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from tasks.domain.documents import Box
from tasks.parse import pdfium
from tasks.parse.layout import unknown_in
from tasks.parse.lines import Line, PageLines, union
from tasks.parse.loops import count_among, count_in
from tasks.parse.pdf_frame import Frame, Matrix, times
from tasks.parse.pdf_objects import Objects, matrix_at
from tasks.parse.pictures import MIN_HEIGHT, MIN_WIDTH
from tasks.parse.text import common_share

__all__ = ["Doubt", "Drawn", "covers_page", "doubt", "drawn", "same_words"]

RULES_OF_A_TABLE: Final = 6
_FEW_CHARACTERS: Final = 16
_IMAGES_SEEN: Final = 500
_TOUCHES: Final = 2.0  # points
_UNKNOWN_SHARE: Final = 0.02
_COMMON_SHARE: Final = 0.9  # reports have 0.99
_ENOUGH: Final = 60
# Signs that make up 15 to 30 % of every report; hardly any are left where a font maps its characters to others.
_EVERYWHERE: Final = "，。、的一是年了和在有人全中工不大为加发上"  # all different
_IDEOGRAPHS: Final = bytes(0x4E00 // 8) + b"\xff" * ((0xA000 - 0x4E00) // 8)  # a bit for each code
_EVERYWHERE_SHARE: Final = 0.06
_SCAN_COVERS: Final = 0.5  # of the page
_SAME: Final = 0.9
_SAME_BEHIND_SCAN: Final = 0.97  # the words behind a scan are another program's OCR; ours is read where they differ


@final
class Drawn:
    """What is drawn on a page beside text.

    `strokes` counts paths up to a few more than make a table, `image_share` is the largest image's share of the page,
    `image_pixels` the pixels of the largest image; `pictures` are the boxes of images of some size on the page as it is
    shown, those that touch (strips of one picture) as one. A plain class, as `Line` is.
    """

    __slots__ = ("image_pixels", "image_share", "pictures", "strokes")

    def __init__(
        self, strokes: int = 0, image_share: float = 0.0, image_pixels: int = 0, pictures: tuple[Box, ...] = ()
    ) -> None:
        self.strokes: Final = strokes
        self.image_share: Final = image_share
        self.image_pixels: Final = image_pixels
        self.pictures: Final = pictures


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a page's text needs OCR: `needed` when there is none, else how much OCR must agree for it to be kept."""

    needed: bool
    agreement: float = 0.0


def drawn(objects: Objects, frame: Frame) -> Drawn:
    """Return what the `objects` of a page draw."""
    strokes = len(objects.paths)
    if not objects.images:
        return Drawn(strokes)
    pixels = 0
    share = 0.0
    pictures: list[Box] = []
    sides: list[float] = pdfium.bounds(objects.images).tolist()
    sizes: list[int] = pdfium.image_sizes(objects.images).tolist()
    for at in range(len(objects.images)):
        box = _on_page(sides[4 * at : 4 * at + 4], matrix_at(objects.image_frames, at), frame)
        pictures.append(box)
        area = (box.x1 - box.x0) * (box.bottom - box.top)
        share = max(share, area / max(1.0, frame.width * frame.height))
        pixels = max(pixels, sizes[2 * at] * sizes[2 * at + 1])
    return Drawn(strokes, share, pixels, tuple(_of_some_size(pictures)))


def _on_page(sides: list[float], outer: Matrix, frame: Frame) -> Box:
    """Return where what has these sides (left, bottom, right, top) in the form `outer` stands on the page as shown."""
    left, bottom, right, top = sides
    a, b, c, d, e, f = times(outer, frame.matrix)
    corners = [(x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [a * x + c * y + e for x, y in corners], [b * x + d * y + f for x, y in corners]
    box = Box(max(0.0, min(xs)), max(0.0, min(ys)), min(frame.width, max(xs)), min(frame.height, max(ys)))
    return Box(box.x0, box.top, max(box.x0, box.x1), max(box.top, box.bottom))


def _of_some_size(boxes: list[Box]) -> list[Box]:
    """Return `boxes`, those that touch one another as one, without small ones."""
    whole: list[Box] = []
    for box in sorted(boxes, key=lambda one: (one.top, one.x0))[:_IMAGES_SEEN]:
        for at, other in enumerate(whole):
            if (
                box.x0 <= other.x1 + _TOUCHES and other.x0 <= box.x1 + _TOUCHES
                and box.top <= other.bottom + _TOUCHES and other.top <= box.bottom + _TOUCHES
            ):  # fmt: skip
                whole[at] = union([box, other])
                break
        else:
            whole.append(box)
    return [one for one in whole if one.x1 - one.x0 >= MIN_WIDTH and one.bottom - one.top >= MIN_HEIGHT]


def covers_page(seen: Drawn) -> bool:
    """Return whether an image covers the page, as a scan does."""
    return seen.image_share > _SCAN_COVERS


def doubt(page: PageLines, seen: Drawn, is_behind: bool) -> Doubt | None:
    """Return why the text of `page` must be compared with what is shown, or None when it is to be believed.

    `is_behind`: there are words that are not painted, where something else is drawn.
    """
    text = "".join([line.text for line in page.lines])
    if len(text) < _FEW_CHARACTERS:
        return Doubt(needed=True) if seen.image_share or seen.strokes else None
    if is_behind or covers_page(seen):
        return Doubt(needed=False, agreement=_SAME_BEHIND_SCAN)
    if unknown_in(text) > _UNKNOWN_SHARE * len(text):
        return Doubt(needed=False, agreement=1.0)
    if len(text) < _ENOUGH:
        return None
    return Doubt(needed=False, agreement=_SAME) if _is_strange(text) else None


def _is_strange(text: str) -> bool:
    count: int = count_among(text, _EVERYWHERE)
    if count >= 2 * _EVERYWHERE_SHARE * len(text):
        return False
    if count < _EVERYWHERE_SHARE * len(text) and 2 * count_in(text, _IDEOGRAPHS) > len(text):
        return True  # it is Chinese
    return common_share(text) < _COMMON_SHARE


_SPACE: Final = re.compile(r"\s+")


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
