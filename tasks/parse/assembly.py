"""Putting a Document together from runs of text that know their place in the file.

Every reader of a format with structure hands its pieces to an `Assembler`: the text is what a person reads, each run
an anchor. Characters that only typesetting needs are undone on the way; because anchors are made from the cleaned
text, every remaining character still leads back to the run it came from.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tasks.domain.documents import Anchor, Block, BlockKind, Box, Document, Location, Quality
from tasks.parse.text import HeadingPath

__all__ = ["Assembler", "Run", "column_name", "readable"]

Run = tuple[str, Location | None]

# Soft hyphen, zero-width marks, byte order mark; presentation forms that mean ordinary letters: Latin ligatures,
# Kangxi radicals (some converters write ⼀ for 一), compatibility ideographs.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PRESENTATION = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINES = re.compile(r"[ \t\u3000]*[\r\n\v]+[ \t]*")


def readable(text: str) -> str:
    r"""Return `text` without invisible characters, and presentation forms as the letters they mean.

    >>> readable("⼀、pro\u00adﬁt")
    '一、profit'
    """
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)


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
    ) -> None:
        """Add a paragraph (a heading where it reads like one), or with `cell` (table, row, column) a table cell.

        Line breaks inside become a blank in a paragraph and nothing in a cell; a piece without text is left out.
        """
        between = "" if cell else " "
        clean = [(_LINES.sub(between, readable(words)), place) for words, place in runs]
        kept = _stripped(clean)
        text = "".join(words for words, _ in kept)
        if not text:
            return
        kind: BlockKind = "table_cell" if cell else self._path.see(text)
        table, row, column = cell or (None, None, None)
        start = self._offset
        self._blocks.append(
            Block(len(self._blocks), kind, start, start + len(text), str(self._path), page, box,
                  table=table, row=row, column=column)
        )  # fmt: skip
        for words, place in kept:
            if place is not None and words:
                self._anchor(start, start + len(words), place)
            start += len(words)
        self._pieces.append(text)
        self._offset = start + 1

    def _anchor(self, start: int, end: int, place: Location) -> None:
        last = self._anchors[-1] if self._anchors else None
        if last is not None and last.end == start and last.location == place:
            self._anchors[-1] = Anchor(last.start, end, place)
        else:
            self._anchors.append(Anchor(start, end, place))

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
            quality=Quality(max(0.0, 1 - lost / max(1, len(text))), lost),
            anchors=tuple(self._anchors),
        )


def _stripped(runs: Sequence[Run]) -> list[Run]:
    """Return `runs` without blanks at both ends of the whole."""
    kept = list(runs)
    while kept and not kept[0][0].strip():
        kept.pop(0)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(), kept[0][1])
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
    return kept
