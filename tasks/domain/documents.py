"""The parsed text of a report: a Document (文档) of blocks (段) with page, box and offsets.

Offsets everywhere in the project are code points into `Document.text`, half-open, pages count from 1, and
`text[start:end] == surface` always holds. For a text file `Document.text` is the decoded file unchanged
(without a byte order mark), so offsets are true for the file that the township sent.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Block", "BlockKind", "Box", "Document", "Quality"]

BlockKind = Literal["heading", "paragraph", "table_cell"]


class Box(NamedTuple):
    """A rectangle on a page in PDF points, origin at the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or table cell: `text[start:end]` of the document, without the line break.

    `section` is the path of headings above it joined by ` / `; `row` and `column` (from 0) and `table` (from 0) are
    set for table cells only; `page` and `bbox` where the format has pages.
    """

    index: int
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
    """How far the text can be trusted, 0 to 1: the share of characters that are known and readable."""

    score: float
    replaced_characters: int = 0


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

    def block_text(self, block: Block) -> str:
        """Return the characters of `block`."""
        return self.text[block.start : block.end]

    def block_at(self, offset: int) -> Block | None:
        """Return the block that holds the character at `offset`, or None between blocks."""
        low, high = 0, len(self.blocks)
        while low < high:
            middle = (low + high) // 2
            if self.blocks[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        if low < len(self.blocks) and self.blocks[low].start <= offset:
            return self.blocks[low]
        return None
