"""Putting a Document together from runs of text that know their place in the file.

Every reader of a format with structure hands its pieces to an `Assembler`: the text is what a person reads, each run
an anchor. Characters that only typesetting needs are undone on the way; because anchors are made from the cleaned
text, every remaining character still leads back to the run it came from.
"""

import re
from collections.abc import Iterable, Sequence

from tasks.domain.documents import Anchor, Block, BlockKind, Box, Document, Location
from tasks.parse.headings import HeadingPath
from tasks.parse.quality import quality_of
from tasks.parse.signs import readable

__all__ = ["Assembler", "Run", "column_name", "readable"]

Run = tuple[str, Location | None]
_Read = tuple[str, Location | None, float | None]  # the last: how sure OCR was of it

_LINES = re.compile(r"[ \t\u3000]*[\r\n\v]+[ \t]*")


def column_name(number: int) -> str:
    """Return what a spreadsheet calls its column `number` (from 1).

    >>> column_name(1), column_name(28)
    ('A', 'AB')
    """
    name = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


class Assembler:
    """Collects blocks in reading order; one line break of ours stands between two blocks."""

    def __init__(self) -> None:
        """Begin an empty document."""
        self._pieces: list[str] = []
        self._blocks: list[Block] = []
        self._anchors: list[Anchor] = []
        self._path = HeadingPath()
        self._offset = 0

    def add(
        self,
        runs: Iterable[Run],
        *,
        cell: tuple[int, int, int] | None = None,
        page: int | None = None,
        box: Box | None = None,
        sure: Sequence[float | None] = (),
    ) -> None:
        """Add a paragraph (a heading where it reads like one), or with `cell` (table, row, column) a table cell.

        `sure` has a number for each of `runs` that were read from a picture: how sure OCR is of it, 0 to 1. Line breaks
        inside become a blank in a paragraph and nothing in a cell; a piece without text is left out.
        """
        between = "" if cell else " "
        written = list(runs)
        clean: list[_Read] = [
            (_LINES.sub(between, readable(words)), place, one)
            for (words, place), one in zip(written, sure or [None] * len(written), strict=True)
        ]
        kept = _stripped(clean)
        text = "".join(words for words, _, _ in kept)
        if not text:
            return
        kind: BlockKind = "table_cell" if cell else self._path.see(text)
        table, row, column = cell or (None, None, None)
        start = self._offset
        self._blocks.append(
            Block(len(self._blocks), kind, start, start + len(text), str(self._path), page, box,
                  table=table, row=row, column=column, ocr_confidence=_mean(kept))
        )  # fmt: skip
        for words, place, confidence in kept:
            if place is not None and words:
                self._anchor(start, start + len(words), place, confidence)
            start += len(words)
        self._pieces.append(text)
        self._offset = start + 1

    def _anchor(self, start: int, end: int, place: Location, sure: float | None) -> None:
        last = self._anchors[-1] if self._anchors else None
        if last is not None and last.end == start and last.location == place and last.ocr_confidence == sure:
            self._anchors[-1] = Anchor(last.start, end, place, (), sure)
        else:
            self._anchors.append(Anchor(start, end, place, (), sure))

    def document(self, media_type: str, parser: str, *, pages: int | None = None, unknown: int = 0) -> Document:
        """Return the Document; `unknown` characters, and replacement characters in the text, lower its quality."""
        text = "\n".join(self._pieces)
        lost = unknown + text.count("\ufffd")
        return Document(
            text,
            tuple(self._blocks),
            media_type,
            parser,
            pages=pages,
            quality=quality_of(len(text), lost, self._anchors),
            anchors=tuple(self._anchors),
        )


def _mean(runs: Sequence[_Read]) -> float | None:
    read = [(sure, len(words)) for words, _, sure in runs if sure is not None and words]
    return sum(sure * length for sure, length in read) / sum(length for _, length in read) if read else None


def _stripped(runs: Sequence[_Read]) -> list[_Read]:
    """Return `runs` without blanks at both ends of the whole."""
    kept = list(runs)
    while kept and not kept[0][0].strip():
        kept.pop(0)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(), *kept[0][1:])
        kept[-1] = (kept[-1][0].rstrip(), *kept[-1][1:])
    return kept
