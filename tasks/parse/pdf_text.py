"""The text layer of a PDF page by PDFium: lines with the place of every character.

PDFium is asked for the boxes of all characters at once. Working out the edges of each line from them takes longer than
reading it, and hardly any is ever asked for. So the places within a line come from the widths of its characters,
learnt once for each size of type; the first and the last character of each line, and two between where they stand
further apart, must stand where the widths say, otherwise the boxes of all of its characters are looked at.
"""

import math
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pypdfium2

from tasks.domain.documents import Box
from tasks.parse import pdfium
from tasks.parse.edges import Edges
from tasks.parse.lines import Line, PageLines, Quad, anchored, boxed, cut
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_hidden import hidden_among, suspects_of
from tasks.parse.pdf_objects import Objects

__all__ = ["Sheet", "TextReader"]

_SLACK = 0.4  # points that a character may stand beside where the widths say; a digit of 12 pt is 6 wide
# Not text: U+FFFE is PDFium's hyphen at the end of a line; the soft hyphen; controls.
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufffe\uffff]")
_ANGLES_ASKED = 7
_ENOUGH_ANGLES = 3  # that agree
# Kinds of characters by which widths are learnt. Coarse: ASCII as it is, digits as one, all others as one. Fine, where
# coarse ones do not tell where a line ends (“ and ” are half as wide in some fonts): ideographs and signs beside them.
_DIGITS = bytes(ord("0") if chr(code).isdigit() else code for code in range(128)) + bytes(128)
_ALIKE = dict.fromkeys(range(0x4E00, 0xA000), "一") | str.maketrans("，。、；：（）《》123456789", "一" * 9 + "0" * 9)
_WIDE, _DIGIT = ord("?"), ord("0")
_FAR = 1e6  # points; nothing is as high
_TINY = 1.0  # points: no type that is meant to be read
_BESIDE = 1.0  # points that a character may reach over the edge of its page
_WORD_GAP = 0.15  # of the height of a character: room that parts words


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open page: PDFium's handles of it and its PDF, what is drawn on it, and whether it may have layers.

    Without `can_be_rendered` (an image is too large) what is suspect is kept, as if something else were drawn there.
    Behind a scan (`is_scan`) invisible words are kept: OCR will say whether they are its words, and letters that other
    programs put a little beside their places are no hidden ones.
    """

    pdf: int
    page: int
    frame: Frame
    objects: Objects
    has_layers: Callable[[], bool]
    can_be_rendered: bool
    is_scan: bool


class TextReader:
    """Reads pages of one PDF; keeps what it learns about its type. Not thread-safe, as PDFium is not."""

    def __init__(self) -> None:
        """Begin with nothing known of the PDF's type."""
        # By size of type; coarse widths are not a number where they are not known yet.
        self._coarse: dict[int, list[float]] = {}
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
        text, count = _text_of(self._textpage)
        self._boxes = pdfium.boxes_of_characters(self._textpage, count)
        indices = _character_indices(self._textpage, text) if len(text) != count else None
        text, indices, is_behind = self._seen(text, indices, count, sheet)
        spans: list[tuple[str, int]] = []  # the words of lines, and the index of their first character
        start = 0
        for raw in text.split("\r\n"):
            words = raw.strip()
            if words:
                spans.append((words, start + raw.index(words[0])))
            start += len(raw) + 2
        turn = (self._angle(spans, indices) - frame.rotation) % 360 if spans else 0
        width, height = (frame.width, frame.height) if turn in (0, 180) else (frame.height, frame.width)
        lines: list[Line | None] = [None] * len(spans)
        if turn == 0 and frame.rotation == 0 and indices is None:
            self._whole_lines(text, spans, number, frame, lines)
        page = PageLines(number, width, height, (), turn=turn)
        for at, (words, first) in enumerate(spans):
            if lines[at] is None:
                lines[at] = self._exact(words, first, indices, frame, page)
        kept: list[Line] = []
        for at, line in enumerate(lines):
            if line is None or not _is_somewhere(line):
                continue
            quad: Quad = line.box
            if quad[3] - quad[1] < _TINY and self._is_tiny(spans[at][1] if indices is None else indices[spans[at][1]]):
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
        suspects = suspects_of(sheet.objects, self._textpage, count, sheet.has_layers)
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

    def _angle(self, spans: Sequence[tuple[str, int]], indices: Sequence[int] | None) -> int:
        """Return the direction of most of the text in the page's own space: 0, 90, 180 or 270 degrees."""
        votes: dict[int, int] = {}
        asked = spans[:: max(1, len(spans) // _ANGLES_ASKED)]
        for number, (words, first) in enumerate(asked):
            place = first + len(words) // 2
            angle: float = pdfium.angle(self._textpage, indices[place] if indices else place)
            if angle >= 0.0:
                # PDFium counts clockwise.
                turned = round(math.degrees(-angle) / 90) * 90 % 360 if angle else 0
                votes[turned] = votes.get(turned, 0) + len(words)
            if number + 1 == _ENOUGH_ANGLES and len(votes) == 1:
                break
        return max(votes, key=lambda turned: votes[turned]) if votes else 0

    def _whole_lines(
        self, text: str, spans: Sequence[tuple[str, int]], number: int, frame: Frame, lines: list[Line | None]
    ) -> None:
        """Put the lines whose edges widths tell into `lines`, at the places of their `spans`.

        Not those with blanks: the blanks that PDFium writes between the parts of a line are as wide as these stand
        apart; nor those with a character that is no text.
        """
        whole = [at for at, (words, _) in enumerate(spans) if " " not in words and words.isprintable()]
        kinds = text.encode("ascii", "replace").translate(_DIGITS)
        boxes = self._boxes
        x, y = frame.left, frame.top
        for at in whole:
            words, first = spans[at]
            # Of the first and of the last character of the line.
            place, end = 4 * first, 4 * (first + len(words) - 1)
            left, top, right, bottom = boxes[place], boxes[place + 1], boxes[place + 2], boxes[place + 3]
            last, last_top, last_right, last_bottom = boxes[end], boxes[end + 1], boxes[end + 2], boxes[end + 3]
            height = top - bottom
            if not 0 < height < _FAR or right <= left or abs(last_bottom - bottom) > height:
                continue  # a damaged font may have no number for a height
            size = round(height * 8)
            edges = self._coarse_edges(kinds, first, len(words), size, left, last, last_right, x)
            if edges is None:
                edges = self._fine_edges(words.translate(_ALIKE), first, size, left, last, last_right, x)
            if edges is not None:
                box = boxed(left - x, y - max(top, last_top), last_right - x, y - min(bottom, last_bottom))
                lines[at] = Line(words, number, box, edges)

    def _coarse_edges(
        self, kinds: bytes, first: int, count: int, size: int, left: float, last: float, end: float, x: float
    ) -> Edges | None:
        """Return the edges of a line whose last character begins at `last`; `x` is the page's own left edge.

        `kinds` are those of all characters of the page, `first` and `count` say which are the line's.
        """
        widths = self._coarse.get(size)
        if widths is None:
            widths = self._coarse[size] = [math.nan] * 256
        length = _length(kinds, first, first + count - 1, widths)
        if math.isnan(length):  # a kind whose width is not known yet
            for at in range(first, first + count):
                kind = kinds[at]
                if math.isnan(widths[kind]):
                    widths[kind] = self._width(at)
            length = _length(kinds, first, first + count - 1, widths)
        if not abs(last - left - length) <= _SLACK / 4:
            return None
        return Edges(kinds[first : first + count], widths, left - x, 0.0, end - x)

    def _fine_edges(
        self, kinds: str, first: int, size: int, left: float, last: float, end: float, x: float
    ) -> Edges | None:
        widths = self._fine.setdefault(size, {})
        beside = last - left
        count = len(kinds)
        for at, kind in enumerate(kinds):
            width = widths.get(kind)
            if width is None:
                width = widths[kind] = self._width(first + at)
            if at + 1 < count:
                beside -= width
        if abs(beside) <= _SLACK / 4:
            return Edges(kinds, widths, left - x, 0.0, end - x)
        # Letter spacing widens every step alike; at a third of the line and at half of it, it must show.
        edges = Edges(kinds, widths, left - x, beside / max(1, count - 1), end - x)
        for place in (count // 3, count // 2):
            if abs(edges[place] - self._boxes[4 * (first + place)] + x) > _SLACK:
                return None
        return edges

    def _width(self, index: int) -> float:
        return self._boxes[4 * index + 2] - self._boxes[4 * index]

    def _exact(
        self, words: str, first: int, indices: Sequence[int] | None, frame: Frame, page: PageLines
    ) -> Line | None:
        """Return the line of `words`, by the place of each character; the first of them has the number `first`."""
        kept = words
        places: list[int] = [indices[first + at] if indices else first + at for at in range(len(words))]
        if _UNPRINTED.search(words) is not None:
            printed = [at for at, character in enumerate(words) if _UNPRINTED.match(character) is None]
            kept = "".join([words[at] for at in printed])
            places = [places[at] for at in printed]
            start, end = len(kept) - len(kept.lstrip()), len(kept.rstrip())
            kept, places = kept[start:end], places[start:end]
        if not kept:
            return None
        is_level = page.turn == 0 and frame.rotation == 0
        if is_level:  # what a blank takes is the room between its neighbours
            places = [places[at] for at, character in enumerate(kept) if not character.isspace()]
        boxes = self._boxes
        rects: list[float] = []
        for index in places:
            rects += boxes[4 * index : 4 * index + 4]
        if is_level:
            return _level_line(kept, rects, frame, page.number)
        shown = [
            frame.shown((rects[at], rects[at + 3], rects[at + 2], rects[at + 1])) for at in range(0, len(rects), 4)
        ]
        return _line(kept, shown, page)


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


def _length(kinds: bytes, first: int, last: int, widths: Sequence[float]) -> float:
    """Return how long the characters from `first` to before `last` are, taken together: most are wide, or digits."""
    wide, digits = kinds.count(_WIDE, first, last), kinds.count(_DIGIT, first, last)
    length = (wide * widths[_WIDE] if wide else 0.0) + (digits * widths[_DIGIT] if digits else 0.0)
    if wide + digits < last - first:
        length += sum(map(widths.__getitem__, kinds[first:last].translate(None, b"?0")))
    return length


def _level_line(text: str, rects: Sequence[float], frame: Frame, number: int) -> Line:
    """Return the line whose characters but blanks have `rects` (left, top, right, bottom of each) on an unturned page.

    The same as `_line`, without a box for each character.
    """
    x, y = frame.left, frame.top
    if _jumps_back(rects):
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


def _jumps_back(rects: Sequence[float]) -> bool:
    """Return whether any character stands before the one that it follows, by more than half of its own width."""
    left = -math.inf
    for at in range(0, len(rects), 4):
        before, left = left, rects[at]
        if (left + rects[at + 2]) / 2 < before:
            return True
    return False


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
