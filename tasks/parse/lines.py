"""What every reader of pages makes: lines of text with the place of each character, and the cells of tables."""

from array import array
from collections.abc import Sequence
from typing import Any, Final, final

from tasks.domain.documents import Anchor, Box, Location
from tasks.parse.edges import Edges
from tasks.parse.loops import extent, record

__all__ = [
    "Cell", "Line", "PageLines", "Quad", "anchor_of", "anchored", "anchors_of", "boxed", "cut", "cut_within", "joined",
    "moved", "numbers", "union",
]  # fmt: skip

# What a Box holds, as numbers that compiled code reckons with: `quad: Quad = line.box`.
Quad = tuple[float, float, float, float]
# Looked up once: compiled, a name that is not final is looked up each time.
_record: Final[Any] = record
_BOX: Final[Any] = Box
_ANCHOR: Final[Any] = Anchor
_LOCATION: Final[Any] = Location


def boxed(x0: float, top: float, x1: float, bottom: float) -> Box:
    """Return the Box of these sides."""
    box: Box = _record(_BOX, x0, top, x1, bottom)
    return box


@final
class Line:
    """One line of a page; never changed once made.

    `box` is where it stands for the reading order, on the page turned so that its text is upright. `edges` are the left
    edges of the characters and the right edge of the last, in the frame of `box`. `anchors` (offsets count from the
    line's own first character) say where it stands on the page as it is shown; none where that is simply `box`, which
    is so for nearly every line there is.

    No dataclass: mypyc makes its objects by Python's own code, and there is one for each line.
    """

    __slots__ = ("anchors", "box", "edges", "page", "text")

    def __init__(
        self, text: str, page: int, box: Box, edges: Sequence[float], anchors: tuple[Anchor, ...] = ()
    ) -> None:
        self.text: Final = text
        self.page: Final = page
        self.box: Final = box
        self.edges: Final = edges
        self.anchors: Final = anchors


@final
class PageLines:
    """A page: its lines in any order, and its size in points, both turned so that the text is upright.

    `turn` is the direction in which the text runs on the page as it is shown: 0, 90 (upwards), 180 or 270 degrees.
    A plain class, as `Line` is; never changed once made.
    """

    __slots__ = ("by_ocr", "height", "lines", "number", "turn", "width")

    def __init__(
        self, number: int, width: float, height: float, lines: tuple[Line, ...], by_ocr: bool = False, turn: int = 0
    ) -> None:
        self.number: Final = number
        self.width: Final = width
        self.height: Final = height
        self.lines: Final = lines
        self.by_ocr: Final = by_ocr
        self.turn: Final = turn

    def with_lines(self, lines: tuple[Line, ...]) -> "PageLines":
        """Return the page with these lines instead of its own."""
        return PageLines(self.number, self.width, self.height, lines, self.by_ocr, self.turn)

    def upright(self, shown: Box) -> Box:
        """Return a box of the page as it is shown on the page turned so that its text is upright."""
        if self.turn == 90:
            return Box(self.width - shown.bottom, shown.x0, self.width - shown.top, shown.x1)
        if self.turn == 180:
            return Box(
                self.width - shown.x1, self.height - shown.bottom, self.width - shown.x0, self.height - shown.top
            )  # fmt: skip
        if self.turn == 270:
            return Box(shown.top, self.height - shown.x1, shown.bottom, self.height - shown.x0)
        return shown

    def shown(self, upright: Box) -> Box:
        """Return where a box of the upright page stands on the page as it is shown: the way back of `upright`."""
        if self.turn == 90:
            return Box(upright.top, self.width - upright.x1, upright.bottom, self.width - upright.x0)
        if self.turn == 180:
            return self.upright(upright)
        if self.turn == 270:
            return Box(self.height - upright.bottom, upright.x0, self.height - upright.top, upright.x1)
        return upright


@final
class Cell:
    """A cell of a table: rows and columns count from 0, over the pages that the table goes on over.

    `text` is that of its `lines`, joined. `box` is where it stands on the upright page, as those of lines; `shown`
    where on the page as it is shown. A plain class, as `Line` is.
    """

    __slots__ = ("box", "column", "lines", "page", "row", "shown", "table", "text")

    def __init__(
        self, text: str, lines: list[Line], box: Box, shown: Box, table: int, row: int, column: int
    ) -> None:  # fmt: skip
        self.text: Final = text
        self.lines: Final = lines
        self.page: Final = lines[0].page
        self.box: Final = box
        self.shown: Final = shown
        self.table: Final = table
        self.row: Final = row
        self.column: Final = column

    def at(self, table: int, row: int) -> "Cell":
        """Return the cell as one of `table`, in `row`."""
        return Cell(self.text, self.lines, self.box, self.shown, table, row, self.column)


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around `boxes` (at least one)."""
    if len(boxes) == 1:
        return boxes[0]
    quad: Quad = boxes[0]
    x0, top, x1, bottom = quad
    for box in boxes:
        other: Quad = box
        x0, top, x1, bottom = min(x0, other[0]), min(top, other[1]), max(x1, other[2]), max(bottom, other[3])
    return boxed(x0, top, x1, bottom)


def cut(line: Line, start: int, end: int) -> Line:
    """Return the part `text[start:end]` of `line` as a line of its own, with its part of the box."""
    part = line.edges[start : end + 1]
    sides: tuple[float, float] = extent(numbers(part))
    return cut_within(line, start, end, part, sides[0], sides[1])


def cut_within(line: Line, start: int, end: int, part: Sequence[float], left: float, right: float) -> Line:
    """Return what `cut` does; `part` is that of the line's edges, from `left` to `right`."""
    quad: Quad = line.box
    own = line.anchors
    return Line(
        line.text[start:end], line.page, boxed(left, quad[1], right, quad[3]), part,
        _cut_anchors(own, start, end) if own else own,
    )  # fmt: skip


def _cut_anchors(own: tuple[Anchor, ...], start: int, end: int) -> tuple[Anchor, ...]:
    anchors: list[Anchor] = []
    for one in own:
        first, last = max(start, one.start), min(end, one.end)
        if first < last:
            edges = one.edges[first - one.start : last - one.start + 1]
            location = one.location
            if edges and location.box is not None:
                box = Box(min(edges), location.box.top, max(edges), location.box.bottom)
                location = location._replace(box=box)
            anchors.append(Anchor(first - start, last - start, location, edges, one.ocr_confidence))
    return tuple(anchors)


def numbers(edges: Sequence[float]) -> "array[float]":
    """Return `edges` as an array: as they are kept for most lines."""
    if isinstance(edges, Edges):
        return edges.numbers()
    return edges if isinstance(edges, array) else array("d", edges)


def anchored(page: int, boxes: Sequence[Box]) -> tuple[Anchor, ...]:
    """Return an anchor for each character of a line, which stand in `boxes` of `page` as it is shown."""
    return tuple([Anchor(at, at + 1, Location(page, box)) for at, box in enumerate(boxes)])


def joined(lines: Sequence[Line]) -> str:
    """Return the text of `lines` written on one after another; Latin words are kept apart."""
    if len(lines) == 1:
        return lines[0].text
    pieces: list[str] = []
    for line in lines:
        if pieces and _is_latin(line.text[0]) and _is_latin(pieces[-1][-1]):
            pieces.append(" ")
        pieces.append(line.text)
    return "".join(pieces)


def anchors_of(lines: Sequence[Line], offset: int = 0) -> list[Anchor]:
    """Return the anchors of what `joined` makes of `lines`, in a text of which `offset` characters stand before it."""
    anchors: list[Anchor] = []
    last = ""
    for line in lines:
        text = line.text
        if last and _is_latin(text[0]) and _is_latin(last):
            offset += 1
        if line.anchors:
            anchors += [moved(one, offset) for one in line.anchors] if offset else line.anchors
        else:
            anchors.append(anchor_of(line, offset))
        offset += len(text)
        last = text[-1]
    return anchors


def anchor_of(line: Line, offset: int) -> Anchor:
    """Return the anchor of a whole line that has none of its own; `offset` characters of the text stand before it."""
    place: Location = _record(_LOCATION, line.page, line.box, None, None, None, None, None)
    anchor: Anchor = _record(_ANCHOR, offset, offset + len(line.text), place, line.edges, None)
    return anchor


def moved(anchor: Anchor, offset: int) -> Anchor:
    """Return `anchor` further on by `offset` characters."""
    return Anchor(
        anchor.start + offset, anchor.end + offset, anchor.location, anchor.edges, anchor.ocr_confidence
    )  # fmt: skip


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
