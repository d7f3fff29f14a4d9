"""The text layer of a PDF page by PDFium: lines with the place of every character.

PDFium is asked for the boxes of all characters at once. Working out the edges of each line from them takes longer than
reading it, and hardly any is ever asked for. So the places within a line come from the widths of its characters,
learnt once for each size of type; the first and the last character of each line, and two between where they stand
further apart, must stand where the widths say, otherwise the boxes of all of its characters are looked at.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Final, final

import pypdfium2

from tasks.domain.documents import Box
from tasks.parse import pdfium
from tasks.parse.edges import Edges
from tasks.parse.lines import Line, PageLines, Quad, cut
from tasks.parse.loops import boxes_of, lines_of, translated, whole_lines
from tasks.parse.pdf_exact import put_exact
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_hidden import hidden_among
from tasks.parse.pdf_objects import Objects
from tasks.parse.pdf_suspects import suspects_of

__all__ = ["Sheet", "TextReader"]

_SLACK: Final = 0.4  # points that a character may stand beside where the widths say; a digit of 12 pt is 6 wide
_ANGLES_ASKED: Final = 7
_ENOUGH_ANGLES: Final = 3  # that agree
# Kinds of characters by which widths are learnt. Coarse: ASCII as it is, digits as one, all others as one. Fine, where
# coarse ones do not tell where a line ends (“ and ” are half as wide in some fonts): ideographs and signs beside them.
_DIGITS: Final = bytes(ord("0") if chr(code).isdigit() else code for code in range(128)) + bytes(128)
_ALIKE: Final = (
    "".join(map(chr, range(0x4E00))) + "一" * (0xA000 - 0x4E00) + "".join(map(chr, range(0xA000, 0x10000)))
).translate(str.maketrans("，。、；：（）《》123456789", "一" * 9 + "0" * 9))
_TINY: Final = 1.0  # points: no type that is meant to be read
_BESIDE: Final = 1.0  # points that a character may reach over the edge of its page


@final
class Sheet:
    """An open page: PDFium's handles of it and its PDF, what is drawn on it, and whether it may have layers.

    Without `can_be_rendered` (an image is too large) what is suspect is kept, as if something else were drawn there.
    Behind a scan (`is_scan`) invisible words are kept: OCR will say whether they are its words, and letters that other
    programs put a little beside their places are no hidden ones. A plain class, as `Line` is.
    """

    __slots__ = ("can_be_rendered", "frame", "has_layers", "is_scan", "objects", "page", "pdf")

    def __init__(
        self, pdf: int, page: int, frame: Frame, objects: Objects, has_layers: Callable[[], bool],
        can_be_rendered: bool, is_scan: bool,
    ) -> None:  # fmt: skip
        self.pdf: Final = pdf
        self.page: Final = page
        self.frame: Final = frame
        self.objects: Final = objects
        self.has_layers: Final = has_layers
        self.can_be_rendered: Final = can_be_rendered
        self.is_scan: Final = is_scan


class TextReader:
    """Reads pages of one PDF; keeps what it learns about its type. Not thread-safe, as PDFium is not."""

    def __init__(self) -> None:
        """Begin with nothing known of the PDF's type."""
        # By size of type; coarse widths are not a number where they are not known yet.
        self._coarse: dict[int, array[float]] = {}
        self._fine: dict[int, dict[str, float]] = {}
        self._textpage = 0
        # Left, top, right and bottom of each character of the page that is read, in its own space.
        self._boxes = array("f")

    def read(self, sheet: Sheet, number: int) -> tuple[PageLines, bool]:
        """Return the lines of a page, without words that nobody sees; boxes in points from its top left as shown.

        Also whether there are invisible words behind what is drawn, which are kept.

        Raises:
            pypdfium2.PdfiumError: the page's text cannot be read.
        """
        self._textpage = pdfium.load_text(sheet.page) or 0
        if not self._textpage:
            raise pypdfium2.PdfiumError("Failed to load text page.")
        try:
            return self._read(number, sheet)
        finally:
            pdfium.close_text(self._textpage)

    def _read(self, number: int, sheet: Sheet) -> tuple[PageLines, bool]:
        frame = sheet.frame
        told: tuple[str, int] = pdfium.text_of(self._textpage)
        text, count = told
        if count < 0:
            raise pypdfium2.PdfiumError("Failed to get character count.")
        self._boxes = pdfium.boxes_of_characters(self._textpage, count)
        indices = _character_indices(self._textpage, text) if len(text) != count else None
        text, indices, is_behind = self._seen(text, indices, count, sheet)
        found: tuple[list[str], bytes, bytes] = lines_of(text)
        words, given, flags = found
        # Of each line the index of its first character, and how many there are.
        spans = array("i", given)
        turn = (self._angle(words, spans, indices) - frame.rotation) % 360 if words else 0
        width, height = (frame.width, frame.height) if turn in (0, 180) else (frame.height, frame.width)
        lines: list[Line | None] = [None] * len(words)
        if turn == 0 and frame.rotation == 0 and indices is None:
            self._whole_lines(text, words, given, flags, number, frame, lines)
        put_exact(
            text, words, spans, indices, self._boxes, frame, PageLines(number, width, height, (), turn=turn), lines
        )
        kept: list[Line] = []
        for at, line in enumerate(lines):
            if line is None:
                continue
            quad: Quad = line.box
            x0, top, x1, bottom = quad
            # Nearly every line; in a damaged file a place may be no number, which is beside everything.
            if x0 >= 0 and top >= 0 and x1 <= width and bottom <= height and bottom - top >= _TINY:
                kept.append(line)
                continue
            if not math.isfinite(x0 + top + x1 + bottom):
                continue
            if bottom - top < _TINY and self._is_tiny(spans[2 * at] if indices is None else indices[spans[2 * at]]):
                continue
            shown = _shown_part(line, width, height)
            if shown is not None:
                kept.append(shown)
        return PageLines(number, width, height, tuple(kept), turn=turn), is_behind

    def _seen(
        self, text: str, indices: list[int] | None, count: int, sheet: Sheet
    ) -> tuple[str, list[int] | None, bool]:
        """Return `text` and PDFium's `indices` of its characters without those that nobody sees.

        Also whether invisible ones behind what is drawn are kept.
        """
        suspects = suspects_of(sheet.objects, self._textpage, count, text, indices, sheet.has_layers)
        if suspects is None:
            return text, indices, False
        if not sheet.can_be_rendered:
            return text, indices, True
        is_layer = sheet.is_scan and bool(suspects.invisible)
        if is_layer:
            suspects.invisible.clear()
        found, is_behind = hidden_among(sheet.pdf, sheet.page, self._textpage, count, suspects, sheet.frame)
        is_behind = is_behind or is_layer
        hidden: list[bool] = found.tolist()
        numbers = list(range(len(text))) if indices is None else indices
        # Blanks leave no mark wherever they stand.
        kept = [at for at, number in enumerate(numbers) if text[at].isspace() or not hidden[number]]
        if len(kept) < len(text):
            return "".join([text[at] for at in kept]), [numbers[at] for at in kept], is_behind
        return text, indices, is_behind

    def _is_tiny(self, number: int) -> bool:
        """Return whether a character of a line with hardly a height is set so small; some fonts tell no height."""
        matrix = array("f", bytes(24))
        at: int = matrix.buffer_info()[0]
        if not pdfium.matrix_of_character(self._textpage, number, at):
            return False
        a, b, c, d, _, _ = matrix.tolist()
        size: float = pdfium.font_size(self._textpage, number)
        return size * math.sqrt(abs(a * d - b * c)) < _TINY

    def _angle(self, lines: Sequence[str], spans: "array[int]", indices: Sequence[int] | None) -> int:
        """Return the direction of most of the text in the page's own space: 0, 90, 180 or 270 degrees."""
        votes: dict[int, int] = {}
        for number, at in enumerate(range(0, len(lines), max(1, len(lines) // _ANGLES_ASKED)), 1):
            length = len(lines[at])
            place = spans[2 * at] + length // 2
            angle: float = pdfium.angle(self._textpage, indices[place] if indices else place)
            if angle >= 0.0:
                # PDFium counts clockwise.
                turned = round(math.degrees(-angle) / 90) * 90 % 360 if angle else 0
                votes[turned] = votes.get(turned, 0) + length
            if number == _ENOUGH_ANGLES and len(votes) == 1:
                break
        if len(votes) < 2:
            return next(iter(votes), 0)
        return max(votes, key=lambda turned: votes[turned])

    def _whole_lines(
        self, text: str, words: Sequence[str], spans: bytes, flags: bytes, number: int, frame: Frame,
        lines: list[Line | None],
    ) -> None:  # fmt: skip
        """Put the lines whose edges widths tell into `lines`; `words`, `spans` and `flags` are those of `lines_of`.

        Not those with blanks: the blanks that PDFium writes between the parts of a line are as wide as these stand
        apart; nor those with a character that is no text.
        """
        kinds = text.encode("ascii", "replace").translate(_DIGITS)
        quads = array("d", bytes(32 * len(words)))
        x = frame.left
        told: list[array[float] | int | None] = whole_lines(
            kinds, spans, flags, self._boxes, x, frame.top, _SLACK / 4, self._coarse, _unknown_widths, quads
        )
        boxes: list[Box] = boxes_of(Box, quads)
        firsts = array("i", spans)
        for at, widths in enumerate(told):
            if widths is None:
                continue
            line, first, box = words[at], firsts[2 * at], boxes[at]
            if isinstance(widths, int):
                edges = self._fine_edges(translated(line, _ALIKE), first, widths, box, x)
                if edges is None:
                    continue
            else:
                edges = Edges(kinds[first : first + len(line)], widths, box[0], 0.0, box[2])
            lines[at] = Line(line, number, box, edges)

    def _fine_edges(self, kinds: str, first: int, size: int, box: Box, x: float) -> Edges | None:
        """Return the edges of a line in `box` of a page whose left edge is at `x`; `first` is its first character."""
        quad: Quad = box
        widths = self._fine.setdefault(size, {})
        count = len(kinds)
        beside = self._boxes[4 * (first + count - 1)] - self._boxes[4 * first]
        for at, kind in enumerate(kinds):
            width = widths.get(kind)
            if width is None:
                width = widths[kind] = self._width(first + at)
            if at + 1 < count:
                beside -= width
        if abs(beside) <= _SLACK / 4:
            return Edges(kinds, widths, quad[0], 0.0, quad[2])
        # Letter spacing widens every step alike; at a third of the line and at half of it, it must show.
        edges = Edges(kinds, widths, quad[0], beside / max(1, count - 1), quad[2])
        for place in (count // 3, count // 2):
            if abs(edges[place] - self._boxes[4 * (first + place)] + x) > _SLACK:
                return None
        return edges

    def _width(self, index: int) -> float:
        return self._boxes[4 * index + 2] - self._boxes[4 * index]


def _unknown_widths() -> "array[float]":
    return array("d", [math.nan]) * 256


def _shown_part(line: Line, width: float, height: float) -> Line | None:
    """Return what of `line` stands on its page and not beside it."""
    x0, top, x1, bottom = line.box
    if x0 >= -_BESIDE and top >= -_BESIDE and x1 <= width + _BESIDE and bottom <= height + _BESIDE:
        return line
    if not 0 < top + bottom < 2 * height:
        return None
    edges = line.edges
    on = [at for at in range(len(line.text)) if 0 < edges[at] + edges[at + 1] < 2 * width]
    on = [at for at in on if not line.text[at].isspace()]
    return cut(line, on[0], on[-1] + 1) if on else None


def _character_indices(textpage: int, text: str) -> list[int]:
    """Return PDFium's character index of each code point of `text`.

    Its text leaves out what has no character and writes those beyond the basic plane as two units.
    """
    indices = []
    unit = 0
    for character in text:
        index: int = pdfium.character_of_text(textpage, unit)
        indices.append(max(0, index))
        unit += 1 if character <= "\uffff" else 2
    return indices
