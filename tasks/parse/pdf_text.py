"""The text layer of a PDF page by PDFium: lines with the place of every character.

PDFium answers one question a call, and 800 calls a page cost more than the text itself. So the places within a line
come from the advance widths of its characters, learnt once for each size of type; the first and the last character of
each line, and two between where they stand further apart, are asked for and must stand where the widths say, otherwise
all of its characters are asked for.
"""

import ctypes
import math
import re
import struct
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from tasks.domain.documents import Box
from tasks.parse.edges import Edges
from tasks.parse.lines import Line, PageLines, anchored
from tasks.parse.pdf_frame import Frame, Rect

__all__ = ["TextReader"]

_SLACK = 0.4  # points that a character may stand beside where the widths say; a digit of 12 pt is 6 wide
# Not text: U+FFFE is PDFium's hyphen at the end of a line; the soft hyphen; controls.
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufffe\uffff]")
_BLANK = re.compile(r"\s")
_ANGLES_ASKED = 7
_ENOUGH_ANGLES = 3  # that agree
# Kinds of characters by which widths are learnt. Coarse: ASCII as it is, digits as one, all others as one. Fine, where
# coarse ones do not tell where a line ends (“ and ” are half as wide in some fonts): ideographs and signs beside them.
_DIGITS = bytes(ord("0") if chr(code).isdigit() else code for code in range(128)) + bytes(128)
_ALIKE = dict.fromkeys(range(0x4E00, 0xA000), "一") | str.maketrans("，。、；：（）《》123456789", "一" * 9 + "0" * 9)
_WIDE, _DIGIT = ord("?"), ord("0")
# The same function as in pypdfium2.raw, called by numbers: half the time of a call with typed pointers.
_LOOSE_BOX = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)
_RECT = ctypes.sizeof(pdfium.FS_RECTF)
_ENDS = struct.Struct("8f")


class _Span(NamedTuple):
    """A line's words, and the index of its first character."""

    words: str
    first: int


class TextReader:
    """Reads pages of one PDF; keeps what it learns about its type. Not thread-safe, as PDFium is not."""

    def __init__(self) -> None:
        """Begin with nothing known of the PDF's type."""
        # By size of type; coarse widths are not a number where they are not known yet.
        self._coarse: dict[int, list[float]] = {}
        self._fine: dict[int, dict[str, float]] = {}
        self._rect = pdfium.FS_RECTF()
        self._at_rect = ctypes.addressof(self._rect)

    def read(self, page: pypdfium2.PdfPage, number: int) -> PageLines:
        """Return the lines of `page`; their boxes in points from the top left corner of the page as it is shown.

        Raises:
            pypdfium2.PdfiumError: the page's text cannot be read.
        """
        textpage = page.get_textpage()
        try:
            return self._read(page, textpage, number)
        finally:
            textpage.close()

    def _read(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, number: int) -> PageLines:
        frame = Frame(page)
        text = textpage.get_text_range()
        spans: list[_Span] = []
        start = 0
        for raw in text.split("\r\n"):
            words = raw.strip()
            if words:
                spans.append(_Span(words, start + raw.index(words[0])))
            start += len(raw) + 2
        indices = _character_indices(textpage, text)
        turn = (self._angle(textpage, spans, indices) - frame.rotation) % 360 if spans else 0
        width, height = (frame.width, frame.height) if turn in (0, 180) else (frame.height, frame.width)
        empty = PageLines(number, width, height, (), turn=turn)
        address = ctypes.cast(textpage.raw, ctypes.c_void_p).value or 0
        lines: dict[int, Line] = {}
        if turn == 0 and frame.rotation == 0 and indices is None and _UNPRINTED.search(text) is None:
            # The blanks that PDFium writes between the parts of a line are as wide as these stand apart.
            whole = [span for span in spans if _BLANK.search(span.words) is None]
            lines = self._whole_lines(address, text, whole, number, frame)
        for words, first in spans:
            if first not in lines:
                places = range(first, first + len(words))
                line = self._exact(
                    address, words, [indices[one] for one in places] if indices else places, frame, empty
                )
                if line is not None:
                    lines[first] = line
        return replace(empty, lines=tuple([lines[span.first] for span in spans if span.first in lines]))

    def _angle(self, textpage: pypdfium2.PdfTextPage, spans: Sequence[_Span], indices: Sequence[int] | None) -> int:
        """Return the direction of most of the text in the page's own space: 0, 90, 180 or 270 degrees."""
        votes: Counter[int] = Counter()
        asked = spans[:: max(1, len(spans) // _ANGLES_ASKED)]
        for number, (words, first) in enumerate(asked, start=1):
            place = first + len(words) // 2
            angle = pdfium.FPDFText_GetCharAngle(textpage.raw, indices[place] if indices else place)
            if angle >= 0:
                # PDFium counts clockwise.
                votes[round(math.degrees(-angle) / 90) * 90 % 360 if angle else 0] += len(words)
            if number == _ENOUGH_ANGLES and len(votes) == 1:
                break
        return votes.most_common(1)[0][0] if votes else 0

    def _loose(self, address: int, index: int) -> Rect:
        _LOOSE_BOX(address, index, self._at_rect)
        rect = self._rect
        return (rect.left, rect.bottom, rect.right, rect.top)

    def _whole_lines(
        self, address: int, text: str, spans: Sequence[_Span], number: int, frame: Frame
    ) -> dict[int, Line]:
        """Return the lines of `spans` whose edges widths tell, by their first characters."""
        asked = (pdfium.FS_RECTF * (2 * len(spans)))()
        at = ctypes.addressof(asked)
        for words, first in spans:
            _LOOSE_BOX(address, first, at)
            _LOOSE_BOX(address, first + len(words) - 1, at + _RECT)
            at += 2 * _RECT
        kinds = text.encode("ascii", "replace").translate(_DIGITS)
        lines: dict[int, Line] = {}
        # left, top, right, bottom of the first and of the last character of each line
        for (words, first), ends in zip(spans, _ENDS.iter_unpack(asked), strict=True):
            left, top, right, bottom, _, last_top, last_right, last_bottom = ends
            height = top - bottom
            if height <= 0 or right <= left or abs(last_bottom - bottom) > height:
                continue
            size = round(height * 8)
            edges = self._coarse_edges(address, kinds[first : first + len(words)], first, size, ends)
            if edges is None:
                edges = self._fine_edges(address, words.translate(_ALIKE), first, size, ends)
            if edges is None:
                continue
            box = Box(left, frame.top - max(top, last_top), last_right, frame.top - min(bottom, last_bottom))
            if frame.left:
                box = Box(box.x0 - frame.left, box.top, box.x1 - frame.left, box.bottom)
                edges = array("f", [one - frame.left for one in edges])
            lines[first] = Line(words, number, box, edges)
        return lines

    def _coarse_edges(
        self, address: int, kinds: bytes, first: int, size: int, ends: tuple[float, ...]
    ) -> Sequence[float] | None:
        widths = self._coarse.get(size)
        if widths is None:
            widths = self._coarse[size] = [math.nan] * 256
        length = _length(kinds, widths)
        if math.isnan(length):
            for at, kind in enumerate(kinds):
                if math.isnan(widths[kind]):
                    widths[kind] = self._width(address, first + at)
            length = _length(kinds, widths)
        if abs(ends[4] - ends[0] - length) > _SLACK / 4:
            return None
        return Edges(kinds, widths, ends[0], 0.0, ends[6])

    def _fine_edges(
        self, address: int, kinds: str, first: int, size: int, ends: tuple[float, ...]
    ) -> Sequence[float] | None:
        widths = self._fine.setdefault(size, {})
        for at, kind in enumerate(kinds):
            if kind not in widths:
                widths[kind] = self._width(address, first + at)
        beside = ends[4] - ends[0] - sum(map(widths.__getitem__, kinds[:-1]))
        if abs(beside) <= _SLACK / 4:
            return Edges(kinds, widths, ends[0], 0.0, ends[6])
        # Letter spacing widens every step alike; at a third of the line and at half of it, it must show.
        count = len(kinds)
        edges = Edges(kinds, widths, ends[0], beside / max(1, count - 1), ends[6])
        told = all(
            abs(edges[place] - self._loose(address, first + place)[0]) <= _SLACK for place in (count // 3, count // 2)
        )
        return edges if told else None

    def _width(self, address: int, index: int) -> float:
        left, _, right, _ = self._loose(address, index)
        return right - left

    def _exact(self, address: int, words: str, indices: Sequence[int], frame: Frame, page: PageLines) -> Line | None:
        """Return the line whose characters PDFium counts as `indices`, each asked for its place."""
        kept: list[str] = []
        boxes: list[Box] = []
        for character, index in zip(words, indices, strict=True):
            if not _UNPRINTED.match(character):
                kept.append(character)
                boxes.append(frame.shown(self._loose(address, index)))
        return _line("".join(kept), boxes, page)


def _length(kinds: bytes, widths: Sequence[float]) -> float:
    """Return how long the characters of `kinds` but the last are, taken together: most are wide, or digits."""
    before = kinds[:-1]
    wide, digits = before.count(_WIDE), before.count(_DIGIT)
    length = (wide * widths[_WIDE] if wide else 0.0) + (digits * widths[_DIGIT] if digits else 0.0)
    if wide + digits < len(before):
        length += sum(map(widths.__getitem__, before.translate(None, b"?0")))
    return length


def _line(text: str, shown: list[Box], page: PageLines) -> Line | None:
    """Return the line whose characters stand at `shown`; places of turned text are kept for each character."""
    text, shown = _stripped(text, shown)
    if not text:
        return None
    upright = _without_holes(text, [page.upright(one) for one in shown])
    number = page.number
    inked = [one for one in upright if one.x1 > one.x0 and one.bottom > one.top] or upright
    box = Box(
        min(one.x0 for one in inked), min(one.top for one in inked),
        max(one.x1 for one in inked), max(one.bottom for one in inked),
    )  # fmt: skip
    edges = array("f", [*(one.x0 for one in upright), upright[-1].x1])
    return Line(text, number, box, edges, () if page.turn == 0 else anchored(number, shown))


def _without_holes(text: str, boxes: list[Box]) -> list[Box]:
    """Return `boxes` with those of blanks reaching from the character before to the one after."""
    result = list(boxes)
    for at, character in enumerate(text):
        if character.isspace():
            left = result[at - 1].x1
            after = next(box for box, other in zip(boxes[at:], text[at:], strict=True) if not other.isspace())
            result[at] = Box(left, after.top, max(left, after.x0), after.bottom)
    return result


def _stripped(text: str, boxes: list[Box]) -> tuple[str, list[Box]]:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return text[start:end], boxes[start:end]


def _character_indices(textpage: pypdfium2.PdfTextPage, text: str) -> list[int] | None:
    """Return PDFium's character index of each code point of `text`; None when they are the same numbers.

    Its text leaves out what has no character and writes those beyond the basic plane as two units.
    """
    if len(text) == textpage.count_chars():
        return None
    indices = []
    unit = 0
    for character in text:
        indices.append(max(0, pdfium.FPDFText_GetCharIndexFromTextIndex(textpage.raw, unit)))
        unit += 1 if character <= "\uffff" else 2
    return indices
