"""The text layer of a PDF page by PDFium: lines with the place of every character.

PDFium is asked for the boxes of all characters at once; what lines take and where their characters begin is then worked
out in numpy for the page as a whole. Lines whose characters do not stand in the order in which they are drawn, and all
lines of turned pages, are looked at one by one.
"""

import math
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2

from tasks.domain.documents import Box
from tasks.parse import pdfium
from tasks.parse.lines import Line, PageLines, anchored, boxed, cut
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_hidden import hidden_among, suspects_of
from tasks.parse.pdf_objects import Objects

__all__ = ["Sheet", "read_lines"]

# Not text: U+FFFE is PDFium's hyphen at the end of a line; the soft hyphen; controls.
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufffe\uffff]")
# By code; beyond the basic plane there are none.
_BLANK = np.array([chr(code).isspace() for code in range(0x10000)])
_WITHIN = _BLANK & ~np.isin(np.arange(0x10000), [ord("\r"), ord("\n")])  # blanks that end no line
_LINE_END = "\r\n"
_ANGLES_ASKED = 7
_ENOUGH_ANGLES = 3  # that agree
_TINY = 1.0  # points: no type that is meant to be read
_BESIDE = 1.0  # points that a character may reach over the edge of its page
_WORD_GAP = 0.15  # of the height of a character: room that parts words

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open page: PDFium's handles of it and its PDF, what is drawn on it, and whether it may have layers.

    Without `can_be_rendered` (an image is too large) what is suspect is kept, as if something else were drawn there.
    """

    pdf: int
    page: int
    frame: Frame
    objects: Objects
    has_layers: Callable[[], bool]
    can_be_rendered: bool


def read_lines(sheet: Sheet, number: int) -> tuple[PageLines, bool]:
    """Return the lines of a page, without words that nobody sees; boxes in points from its top left corner as shown.

    Also whether there are invisible words behind what is drawn, which are kept.

    Raises:
        pypdfium2.PdfiumError: the page's text cannot be read.
    """
    textpage: int = pdfium.load_text(sheet.page) or 0
    if not textpage:
        raise pypdfium2.PdfiumError("Failed to load text page.")
    try:
        characters = _Characters(textpage)
        is_behind = characters.leave_out_hidden(sheet)
        return characters.lines(number, sheet.frame), is_behind
    finally:
        pdfium.close_text(textpage)


class _Characters:
    """The characters of a page: its `text`, the box of each in the page's own space, and PDFium's number of each."""

    def __init__(self, textpage: int) -> None:
        self.textpage = textpage
        text, count = _text_of(textpage)
        # Left, top, right and bottom of each.
        boxes = np.frombuffer(pdfium.boxes_of_characters(textpage, count), np.float32).reshape(count, 4)
        self.indices: list[int] | None = None
        self.text = text
        self.every_box = self.boxes = boxes
        if len(text) != count:
            self.indices = _character_indices(textpage, text)
            self.boxes = boxes[self.indices] if text else boxes[:0]
        if _UNPRINTED.search(text) is not None:
            self._keep([at for at, character in enumerate(text) if _UNPRINTED.match(character) is None])
        self.codes = _codes(self.text)
        self.blank: Flags = _BLANK[self.codes]

    def _keep(self, kept: list[int]) -> None:
        self.text = "".join([self.text[at] for at in kept])
        self.indices = [self.indices[at] for at in kept] if self.indices is not None else kept
        self.boxes = self.boxes[kept]

    def leave_out_hidden(self, sheet: Sheet) -> bool:
        """Drop the characters that nobody sees; return whether invisible ones behind what is drawn are kept."""
        is_behind = False
        suspects = suspects_of(sheet.objects, self.textpage, self.every_box, sheet.has_layers)
        tiny: set[int] = set()
        without_size = (self.boxes[:, 1] < self.boxes[:, 3] + np.float32(_TINY)) & ~self.blank
        if without_size.any():
            tiny = {at for at in np.flatnonzero(without_size).tolist() if self._is_tiny(at)}
        if suspects is None and not tiny:
            return False
        hidden = np.zeros(len(self.every_box), np.bool_)
        if suspects is not None and not sheet.can_be_rendered:
            is_behind = True
        elif suspects is not None:
            hidden, is_behind = hidden_among(
                sheet.pdf, sheet.page, self.textpage, self.every_box, suspects, sheet.frame
            )  # fmt: skip
        numbers = range(len(self.text)) if self.indices is None else self.indices
        # Blanks leave no mark wherever they stand.
        kept = [
            at for at, number in enumerate(numbers) if self.blank[at] or not (hidden[number] or at in tiny)
        ]  # fmt: skip
        if len(kept) < len(self.text):
            self._keep(kept)
            self.codes = _codes(self.text)
            self.blank = _BLANK[self.codes]
        return is_behind

    def _is_tiny(self, at: int) -> bool:
        """Return whether a character with hardly a box is set so small; in some fonts none has a height."""
        left, _, right, _ = self.boxes[at].tolist()
        number = at if self.indices is None else self.indices[at]
        matrix = array("f", bytes(24))
        if right - left >= _TINY or not pdfium.matrix_of_character(self.textpage, number, matrix.buffer_info()[0]):
            return False
        a, b, c, d, _, _ = matrix
        size: float = pdfium.font_size(self.textpage, number)
        return size * math.sqrt(abs(a * d - b * c)) < _TINY

    def lines(self, number: int, frame: Frame) -> PageLines:
        """Return the page's lines."""
        spans: list[tuple[str, int]] = []  # the words of lines, and the place of their first character
        start = 0
        for raw in self.text.split(_LINE_END):
            words = raw.strip()
            if words:
                spans.append((words, start + raw.index(words[0])))
            start += len(raw) + len(_LINE_END)
        turn = (self._angle(spans) - frame.rotation) % 360 if spans else 0
        width, height = (frame.width, frame.height) if turn in (0, 180) else (frame.height, frame.width)
        page = PageLines(number, width, height, (), turn=turn)
        if not spans:
            return page
        lines = self._level(spans, frame, number) if turn == 0 and frame.rotation == 0 else [
            _line(words, self._shown(first, first + len(words), frame), page) for words, first in spans
        ]  # fmt: skip
        shown = [_shown_part(one, width, height) for one in lines if _is_somewhere(one)]
        return PageLines(number, width, height, tuple([one for one in shown if one is not None]), turn=turn)

    def _angle(self, spans: Sequence[tuple[str, int]]) -> int:
        """Return the direction of most of the text in the page's own space: 0, 90, 180 or 270 degrees."""
        votes: dict[int, int] = {}
        asked = spans[:: max(1, len(spans) // _ANGLES_ASKED)]
        for number, (words, first) in enumerate(asked):
            place = first + len(words) // 2
            angle: float = pdfium.angle(self.textpage, place if self.indices is None else self.indices[place])
            if angle >= 0.0:
                # PDFium counts clockwise.
                turned = round(math.degrees(-angle) / 90) * 90 % 360 if angle else 0
                votes[turned] = votes.get(turned, 0) + len(words)
            if number + 1 == _ENOUGH_ANGLES and len(votes) == 1:
                break
        return max(votes, key=lambda turned: votes[turned]) if votes else 0

    def _shown(self, first: int, end: int, frame: Frame) -> list[Box]:
        rects: list[list[float]] = self.boxes[first:end].tolist()
        return [frame.shown((left, bottom, right, top)) for left, top, right, bottom in rects]

    def _level(self, spans: Sequence[tuple[str, int]], frame: Frame, number: int) -> list[Line]:
        """Return the lines of `spans` on a page that is not turned."""
        x, y = frame.left, frame.top
        places = np.array([(first, first + len(words)) for words, first in spans])
        blank = self.blank
        # Left, -top, -right and bottom, so that the least of each bounds a line; one place more than characters.
        sides = np.empty((4, len(blank) + 1), np.float32)
        sides[:, -1] = np.inf
        sides[:, :-1] = self.boxes.T
        sides[1:3] *= -1.0
        with np.errstate(all="ignore"):  # damaged fonts have sizes without end
            edges = _edges(sides, blank, _WITHIN[self.codes], places, x)
            jumping = _jumping(sides, blank, {first for _, first in spans})
            bounds: list[list[float]] = _bounds(sides, blank, places).T.tolist()
        lines: list[Line] = []
        for at, (words, first) in enumerate(spans):
            end = first + len(words)
            after = bisect_left(jumping, first) if jumping else 0
            if after < len(jumping) and jumping[after] < end:
                inked: list[float] = self.boxes[first:end][~blank[first:end]].ravel().tolist()
                lines.append(_ordered_line(words, inked, frame, number))
                continue
            x0, over, x1, under = bounds[at]
            lines.append(Line(words, number, boxed(x0 - x, y + over, -x1 - x, y - under), edges[first : end + 1]))
        return lines


def _codes(text: str) -> npt.NDArray[np.uint16]:
    """Return the code of each character; 0xFFFF for those beyond the basic plane."""
    units = text.encode("utf-16-le")
    if len(units) == 2 * len(text):
        return np.frombuffer(units, np.uint16)
    return np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), 0xFFFF).astype(np.uint16)


def _edges(sides: Floats, blank: Flags, within: Flags, places: Places, x: float) -> "array[float]":
    """Return where each character begins, and after the last of each line, where it ends; `x` is the page's left edge.

    What a blank takes is the room between its neighbours; `within` are the blanks that end no line.
    """
    edges = sides[0].copy()
    blanks = np.flatnonzero(blank)
    edges[blanks] = -sides[2, blanks - 1]
    for at in np.flatnonzero(within[1:] & within[:-1]).tolist():  # the second of two
        before, after = at, at + 2
        while before > 0 and blank[before]:
            before -= 1
        while after + 1 < len(blank) and blank[after]:
            after += 1
        edges[at + 1] = max(-sides[2, before], sides[0, after])
    ends = places[:, 1]
    edges[ends] = -sides[2, ends - 1]
    if x:
        edges = (edges.astype(np.float64) - x).astype(np.float32)
    result = array("f")
    result.frombytes(edges.tobytes())
    return result


def _bounds(sides: Floats, blank: Flags, places: Places) -> Floats:
    """Return the least of the `sides` of each line: of its characters that have a size, where it has any.

    Those without are infinite in `sides` afterwards.
    """
    inked = (sides[0, :-1] < -sides[2, :-1]) & (sides[3, :-1] < -sides[1, :-1])
    inked &= ~blank
    flat: list[int] = []
    if np.count_nonzero(inked) + np.count_nonzero(blank) < len(blank):
        flat = np.flatnonzero(np.logical_or.reduceat(np.append(inked, False), places.ravel())[::2] == 0).tolist()
    kept = [sides[:, first:end][:, ~blank[first:end]].min(axis=1) for first, end in places[flat].tolist()]
    np.copyto(sides[:, :-1], np.inf, where=~inked)
    found: Floats = np.minimum.reduceat(sides, places.ravel(), axis=1)[:, ::2]
    for at, least in zip(flat, kept, strict=True):
        found[:, at] = least
    return found


def _jumping(sides: Floats, blank: Flags, firsts: set[int]) -> list[int]:
    """Return the characters that stand before the one that they follow on their line, by more than half their width."""
    inked = np.flatnonzero(~blank)
    left = sides[0, inked]
    jumps: list[int] = inked[1:][(left[1:] - sides[2, inked[1:]]) < 2 * left[:-1]].tolist()
    return [at for at in jumps if at not in firsts]


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


def _is_somewhere(line: Line) -> bool:
    """Return whether the place of `line` is a number; in a damaged file it may be none."""
    x0, top, x1, bottom = line.box
    return math.isfinite(x0 + top + x1 + bottom)


def _ordered_line(text: str, rects: Sequence[float], frame: Frame, number: int) -> Line:
    """Return the line whose characters but blanks have `rects` and are drawn in another order than they stand in."""
    x, y = frame.left, frame.top
    text, rects = _from_left_to_right(text, rects)
    lefts, tops, rights, bottoms = rects[0::4], rects[1::4], rects[2::4], rects[3::4]
    edges: list[float] = []
    flat: list[int] = []  # characters without a size
    at = 0
    end = 0.0
    for character in text:
        if character.isspace():
            edges.append(end - x)
            end = max(end, lefts[at])
            continue
        left = lefts[at]
        edges.append(left - x)
        end = rights[at]
        if not (end > left and tops[at] > bottoms[at]):
            flat.append(at)
        at += 1
    edges.append(end - x)
    if 0 < len(flat) < at:
        inked = [one for one in range(at) if one not in flat]
        lefts, tops = [lefts[one] for one in inked], [tops[one] for one in inked]
        rights, bottoms = [rights[one] for one in inked], [bottoms[one] for one in inked]
    box = boxed(min(lefts) - x, y - max(tops), max(rights) - x, y - min(bottoms))
    return Line(text, number, box, array("f", edges))


def _from_left_to_right(text: str, rects: Sequence[float]) -> tuple[str, list[float]]:
    """Return the characters of a line and their `rects` (blanks have none) in the order in which they stand.

    LibreOffice draws the characters of a line that another font has, quotation marks mostly, after all the others. The
    blanks where they were missing go, those between characters that stay neighbours are kept.
    """
    inked: list[str] = []
    blanks: list[str] = [""]  # before each of them
    for character in text:
        if character.isspace():
            blanks[-1] += character
        else:
            inked.append(character)
            blanks.append("")
    order = sorted(range(len(inked)), key=lambda at: rects[4 * at])
    words: list[str] = []
    placed: list[float] = []
    last = -1
    for at in order:
        if at == last + 1:
            words.append(blanks[at])
        elif words and rects[4 * at] - placed[-2] > _WORD_GAP * (rects[4 * at + 1] - rects[4 * at + 3]):
            words.append(" ")
        words.append(inked[at])
        placed += rects[4 * at : 4 * at + 4]
        last = at
    return "".join(words), placed


def _line(text: str, shown: list[Box], page: PageLines) -> Line:
    """Return the line whose characters stand at `shown`; places of turned text are kept for each character."""
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


def _text_of(textpage: int) -> tuple[str, int]:
    """Return the text, and how many characters PDFium counts; its text leaves out those that have no character."""
    count: int = pdfium.count_characters(textpage)
    if count < 0:
        raise pypdfium2.PdfiumError("Failed to get character count.")
    first, last = 0, count - 1
    # PDFium may read beyond the range where this begins or ends with a character that its text leaves out.
    while first <= last and pdfium.text_of_character(textpage, first) == -1:
        first += 1
    while first <= last and pdfium.text_of_character(textpage, last) == -1:
        last -= 1
    if first > last:
        return "", count
    units: int = (
        pdfium.text_of_character(textpage, last) - pdfium.text_of_character(textpage, first) + 2
    )  # with the zero at the end
    buffer = array("H", bytes(2 * units))
    written: int = pdfium.get_text(textpage, first, last - first + 1, buffer.buffer_info()[0])
    return buffer.tobytes()[: 2 * (written - 1)].decode("utf-16-le", "ignore"), count


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
