"""The text layer of a PDF page by PDFium: lines with the place of every character.

PDFium answers one question a call, and 800 calls a page cost more than the text itself. So the places within a line
come from the advance widths of its characters, learnt once for each size of type; the first and the last character of
each line, and two between where they stand further apart, are asked for and must stand where the widths say, otherwise
all of its characters are asked for.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import pypdfium2
import pypdfium2.raw as pdfium

from tasks.domain.documents import Anchor, Box, Location
from tasks.parse.lines import Line, PageLines
from tasks.parse.pdf_frame import Frame, Rect

__all__ = ["TextReader"]

_SLACK = 0.4  # points that a character may stand beside where the widths say; a digit of 12 pt is 6 wide
# Characters that are as wide as one another in every font in use; where one is not, the line's end gives it away.
_ALIKE = dict.fromkeys(range(19968, 40960), "一") | str.maketrans("，。、；：（）《》123456789", "一" * 9 + "0" * 9)
# Not text: U+FFFE is PDFium's hyphen at the end of a line; the soft hyphen; controls.
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufffe\uffff]")
_BLANK = re.compile(r"\s")
_ANGLES_ASKED = 7


class TextReader:
    """Reads pages of one PDF; keeps what it learns about its type. Not thread-safe, as PDFium is not."""

    def __init__(self) -> None:
        self._widths: dict[int, dict[str, float]] = {}
        self._rect = pdfium.FS_RECTF()
        self._at_rect = ctypes.byref(self._rect)

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
        spans = []
        start = 0
        for raw in text.split("\r\n"):
            words = raw.strip()
            if words:
                first = start + raw.index(words[0])
                spans.append((words, first))
            start += len(raw) + 2
        indices = _character_indices(textpage, text)
        turn = (self._angle(textpage, spans, indices) - frame.rotation) % 360 if spans else 0
        width, height = (frame.width, frame.height) if turn in (0, 180) else (frame.height, frame.width)
        empty = PageLines(number, width, height, (), turn=turn)
        lines = []
        is_plain = turn == 0 and frame.rotation == 0 and indices is None and _UNPRINTED.search(text) is None
        for words, first in spans:
            # The blanks that PDFium writes between the parts of a line are as wide as these stand apart.
            is_whole = is_plain and _BLANK.search(words) is None
            line = self._straight(textpage.raw, words, first, number, frame) if is_whole else None
            if line is None:
                places = range(first, first + len(words))
                line = self._exact(
                    textpage.raw, words, [indices[one] for one in places] if indices else places, frame, empty
                )
            if line is not None:
                lines.append(line)
        return replace(empty, lines=tuple(lines))

    def _angle(
        self, textpage: pypdfium2.PdfTextPage, spans: list[tuple[str, int]], indices: Sequence[int] | None
    ) -> int:
        """Return the direction of most of the text in the page's own space: 0, 90, 180 or 270 degrees."""
        votes: Counter[int] = Counter()
        for words, first in spans[:: max(1, len(spans) // _ANGLES_ASKED)]:
            place = first + len(words) // 2
            angle = pdfium.FPDFText_GetCharAngle(textpage.raw, indices[place] if indices else place)
            if angle >= 0:
                # PDFium counts clockwise.
                votes[round(math.degrees(-angle) / 90) * 90 % 360] += len(words)
        return votes.most_common(1)[0][0] if votes else 0

    def _loose(self, raw: object, index: int) -> Rect:
        pdfium.FPDFText_GetLooseCharBox(raw, index, self._at_rect)
        rect = self._rect
        return (rect.left, rect.bottom, rect.right, rect.top)

    def _straight(self, raw: object, words: str, first: int, number: int, frame: Frame) -> Line | None:
        """Return the line at character `first`, its edges from widths; None where widths do not tell them."""
        count = len(words)
        x0, bottom, right, top = self._loose(raw, first)
        height = top - bottom
        if height <= 0 or right <= x0:
            return None
        widths = self._widths.setdefault(round(height * 8), {})
        kinds = words.translate(_ALIKE)
        try:
            lefts = list(accumulate(map(widths.__getitem__, kinds), initial=x0))
        except KeyError:
            self._learn(raw, kinds, first, widths)
            lefts = list(accumulate(map(widths.__getitem__, kinds), initial=x0))
        if count > 1:
            last, last_bottom, right, last_top = self._loose(raw, first + count - 1)
            if abs(last_bottom - bottom) > height:
                return None
            if abs(last - lefts[-2]) > _SLACK / 4:
                # Letter spacing widens every step alike; at a third of the line and at half of it, it must show.
                spacing = (last - lefts[-2]) / (count - 1)
                lefts = [left + spacing * step for step, left in enumerate(lefts)]
                for place in (count // 3, count // 2):
                    if abs(lefts[place] - self._loose(raw, first + place)[0]) > _SLACK:
                        return None
            bottom, top = min(bottom, last_bottom), max(top, last_top)
        lefts[-1] = right
        edges = tuple(lefts) if frame.left == 0 else tuple([left - frame.left for left in lefts])
        box = Box(edges[0], frame.top - top, edges[-1], frame.top - bottom)
        anchor = Anchor(0, count, Location(page=number, box=box), edges)
        return Line(words, number, box, edges, (anchor,))

    def _learn(self, raw: object, kinds: str, first: int, widths: dict[str, float]) -> None:
        for index, kind in enumerate(kinds, start=first):
            if kind not in widths:
                left, _, right, _ = self._loose(raw, index)
                widths[kind] = right - left

    def _exact(self, raw: object, words: str, indices: Sequence[int], frame: Frame, page: PageLines) -> Line | None:
        """Return the line whose characters PDFium counts as `indices`, each asked for its place."""
        kept: list[str] = []
        boxes: list[Box] = []
        for character, index in zip(words, indices, strict=True):
            if not _UNPRINTED.match(character):
                kept.append(character)
                boxes.append(frame.shown(self._loose(raw, index)))
        return _line("".join(kept), boxes, page)


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
    edges = (*(one.x0 for one in upright), upright[-1].x1)
    if page.turn == 0:
        anchors: tuple[Anchor, ...] = (Anchor(0, len(text), Location(page=number, box=box), edges),)
    else:
        anchors = tuple(Anchor(at, at + 1, Location(page=number, box=one)) for at, one in enumerate(shown))
    return Line(text, number, box, edges, anchors)


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
