"""The parsed text of a report: a Document (文档) of blocks (段) with page, box and offsets.

Offsets everywhere in the project are code points into `Document.text`, half-open, pages count from 1, and
`text[start:end] == surface` always holds. For a text file `Document.text` is the decoded file unchanged
(without a byte order mark), so offsets are true for the file that the township sent.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Literal, NamedTuple

from pydantic import GetPydanticSchema, PlainSerializer

__all__ = ["Anchor", "Block", "BlockKind", "Box", "Document", "Location", "Quality"]

BlockKind = Literal["heading", "paragraph", "table_cell"]
_END = attrgetter("end")
# Checked as a Sequence, a Document of pages takes 1.4 times as long.
_AS_TUPLE = GetPydanticSchema(lambda _, schema_of: schema_of(tuple[float, ...]))


class Box(NamedTuple):
    """A rectangle on a page in PDF points, origin at the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


class Location(NamedTuple):
    """Where words stand in the file that was sent: on a page, in a paragraph of Word, or in a cell of a sheet.

    Set are `page` and `box` for PDF, OFD and images (pages and images count from 1), `paragraph` (from 1, in the order
    of the text; a table cell of Word also has `cell` like `T2R3C1`) and `run` (from 1) for Word, `sheet` and `cell`
    (like `B7`) for spreadsheets. Plain text has none: its offsets are the place. `file` is set where a report came in
    several files (report and annex in an archive or mail): the path of the one in it.
    """

    page: int | None = None
    box: Box | None = None
    paragraph: int | None = None
    run: int | None = None
    sheet: str | None = None
    cell: str | None = None
    file: str | None = None


class Anchor(NamedTuple):
    """Ties `text[start:end]` to its place in the file; on a page `edges` are the left edges of its characters.

    `edges` has one x for each character of the span and the right edge of the last (so end - start + 1 numbers), in
    PDF points; empty where only the whole span's box is known. `ocr_confidence` (0 to 1) for words read from an image.
    """

    start: int
    end: int
    location: Location
    edges: Annotated[Sequence[float], _AS_TUPLE, PlainSerializer(tuple)] = ()
    ocr_confidence: float | None = None


class Block(NamedTuple):
    """One paragraph, heading or table cell: `text[start:end]` of the document, without the line break.

    `section` is the path of headings above it joined by ` / `; `row` and `column` (from 0) and `table` (from 0) are
    set for table cells only; `page` and `bbox` where the format has pages. A tuple, as Anchor is: a report has
    hundreds, which are made, sent between processes and read back several times as fast as dataclasses are.
    """

    index: int  # type: ignore[assignment]  # not the method of tuples
    kind: BlockKind
    start: int
    end: int
    section: str = ""
    page: int | None = None
    bbox: Box | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How far the text can be trusted, and why.

    `score`, 0 to 1, is the product of what the components leave: the share of known characters, the mean confidence of
    OCR over the part that was read by it, and the share of lines in a sure order. `replaced_characters` counts those
    without a known character; `ocr_mean` and `ocr_low` are the mean confidence and the share of characters below 0.8
    (None when nothing was read by OCR); `order_doubts` is the share of lines that lie over one another.
    """

    score: float
    replaced_characters: int = 0
    ocr_mean: float | None = None
    ocr_low: float | None = None
    order_doubts: float = 0.0


@dataclass(frozen=True, slots=True)
class Document:
    """The whole text of one file and its blocks in reading order."""

    text: str
    blocks: tuple[Block, ...]
    media_type: str
    parser: str
    pages: int | None = None
    encoding: str | None = None
    quality: Quality = Quality(1.0)
    anchors: tuple[Anchor, ...] = ()

    def locate(self, start: int, end: int) -> list[Location]:
        """Return the places in the file of `text[start:end]`, in reading order; one for each anchor it touches.

        `anchors` are in the order of the text and do not overlap; characters between them (line breaks that the parser
        put there) have no place. A span that is part of an anchor gets that part of its box.
        """
        places: list[Location] = []
        index = max(0, bisect_right(self.anchors, start, key=lambda anchor: anchor.start) - 1)
        for anchor in self.anchors[index:]:
            if anchor.start >= end:
                break
            if anchor.end > start:
                places.append(_part(anchor, max(start, anchor.start), min(end, anchor.end)))
        return places

    def place(self, start: int, end: int) -> tuple[int | None, Box | None]:
        """Return the page of `text[start:end]` and the box around it there; of words on two pages, the first part."""
        boxes: list[Box] = []
        page = None
        for one in self.locate(start, end):
            if one.page is not None and one.box is not None and page in {None, one.page}:
                page = one.page
                boxes.append(one.box)
        if not boxes:
            return page, None
        x0, top, x1, bottom = zip(*boxes, strict=True)
        return page, Box(min(x0), min(top), max(x1), max(bottom))

    def ocr_confidence(self, start: int, end: int) -> float | None:
        """Return how sure OCR was of the figures in `text[start:end]`, of its words where there are none.

        The least sure of them counts. None where nothing of it was read from an image.
        """
        index = max(0, bisect_right(self.anchors, start, key=lambda anchor: anchor.start) - 1)
        words: list[float] = []
        figures: list[float] = []
        for one in self.anchors[index:]:
            if one.start >= end:
                break
            if one.end > start and one.ocr_confidence is not None:
                words.append(one.ocr_confidence)
                if any(character.isdigit() for character in self.text[max(start, one.start) : min(end, one.end)]):
                    figures.append(one.ocr_confidence)
        return min(figures or words, default=None)

    def block_text(self, block: Block) -> str:
        """Return the characters of `block`."""
        return self.text[block.start : block.end]

    def block_at(self, offset: int) -> Block | None:
        """Return the block that holds the character at `offset`, or None between blocks."""
        position = bisect_right(self.blocks, offset, key=_END)
        if position < len(self.blocks) and self.blocks[position].start <= offset:
            return self.blocks[position]
        return None


def _part(anchor: Anchor, start: int, end: int) -> Location:
    place = anchor.location
    if not anchor.edges or place.box is None:
        return place
    edges = anchor.edges[start - anchor.start : end - anchor.start + 1]
    return place._replace(box=Box(min(edges), place.box.top, max(edges), place.box.bottom))
