"""Word (.docx): paragraphs and tables in their order, with text boxes, footnotes and the numbers Word generates.

What a reader of the printed page would not see is not the report's text: page headers and footers, comments, deleted
words of tracked changes, hidden words. External links are never followed.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from lxml import etree

from tasks.domain.documents import Document, Location
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.assembly import Assembler, Run
from tasks.parse.content import FileKind
from tasks.parse.damage import not_opened
from tasks.parse.word_numbering import Numbering

__all__ = ["parse_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What holds text that is not, or no longer, part of the report: removed or moved away by tracked changes, field codes.
_NOT_TEXT = {f"{_W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "delInstrText")}
_TEXT_BOX = f"{_W}txbxContent"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NOTES = (("footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("endnote", RELATIONSHIP_TYPE.ENDNOTES))

# What python-docx, lxml (its XMLSyntaxError is a SyntaxError) and zipfile raise on damaged packages.
_DAMAGE = (OpcError, BadZipFile, SyntaxError, zlib.error, KeyError, IndexError, AttributeError, TypeError, ValueError,
           OSError, NotImplementedError)  # fmt: skip


def parse_docx(
    data: bytes, file_name: str, limits: ParseLimits | None = None, *, parser: str = "python-docx"
) -> Document:
    """Return the Document of a Word file: one block per paragraph and per table cell, merged cells once.

    Anchors say paragraph (from 1, in the order of the text) and run; a cell also its place, e.g. `T2R3C1`. A table of
    a single cell is a frame around prose, and its paragraphs are read as such. Words in pictures are read by OCR, as
    many as `limits` allow; their place is the paragraph that the picture stands in.

    Raises:
        SourceMalformed: `truncated_file` when Word's package cannot be opened.
    """
    try:
        reader = _Reader(docx.Document(io.BytesIO(data)), limits or ParseLimits())
        out = reader.read()
        return out.document(FileKind.DOCX.value, parser + "+rapidocr" * reader.has_read_pictures)
    except _DAMAGE as error:
        raise SourceMalformed(
            "truncated_file",
            Place(file_name),
            Text(not_opened("Word 文档", error), f"the Word document cannot be opened: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error


class _Reader:
    """Walks one document; `paragraphs` counts those seen, in the order of the text."""

    def __init__(self, word: Any, limits: ParseLimits) -> None:
        self.limits = limits
        self.pictures = limits.pictures
        self.has_read_pictures = False
        self.images = {
            name: relation.target_part
            for name, relation in word.part.rels.items()
            if relation.reltype == RELATIONSHIP_TYPE.IMAGE and not relation.is_external
        }
        self.body = word.element.body
        self.out = Assembler()
        self.paragraphs = 0
        self.tables = 0
        parts = {relation.reltype: relation.target_part for relation in word.part.rels.values()
                 if not relation.is_external}  # fmt: skip
        self.numbering = Numbering(
            _root(parts.get(RELATIONSHIP_TYPE.NUMBERING)), _root(parts.get(RELATIONSHIP_TYPE.STYLES))
        )
        self.notes = {
            (kind, note.get(f"{_W}id")): note
            for kind, relation in _NOTES
            if (root := _root(parts.get(relation))) is not None
            for note in root.iterfind(f"{_W}{kind}")
            if note.get(f"{_W}type") in {None, "normal"}
        }

    def read(self) -> Assembler:
        self._content(self.body)
        return self.out

    def _content(self, container: Any) -> None:
        """Read the paragraphs and tables of a body, cell, text box or note, through content controls around them."""
        for element in container:
            if element.tag == f"{_W}p":
                self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                self._table(element)
            elif element.tag == f"{_W}sdt":
                for content in element.iterfind(f"{_W}sdtContent"):
                    self._content(content)
            elif element.tag in {f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"}:
                self._content(element)

    def _paragraph(self, paragraph: Any) -> None:
        self.out.add(self._runs(paragraph, None))
        self._beside(paragraph)

    def _runs(self, paragraph: Any, cell: str | None) -> list[Run]:
        """Return the runs of a paragraph, first the number that Word writes before it."""
        self.paragraphs += 1
        here = Location(paragraph=self.paragraphs, cell=cell)
        runs: list[Run] = [(self.numbering.label(paragraph), here)]
        for number, run in enumerate(_visible(paragraph, f"{_W}r"), start=1):
            if not _is_hidden(run):
                runs.append((_text(run), Location(paragraph=self.paragraphs, run=number, cell=cell)))
        return runs

    def _beside(self, paragraph: Any) -> None:
        """Read the pictures, text boxes and notes that are anchored in a paragraph, after it."""
        if self.images:
            self._pictures(paragraph)
        if next(paragraph.iter(_TEXT_BOX), None) is not None:
            for box in _visible(paragraph, _TEXT_BOX):
                self._content(box)
        for kind, _ in _NOTES if self.notes else ():
            for mark in _visible(paragraph, f"{_W}{kind}Reference"):
                # Taken out: a note that refers to itself is read once.
                note = self.notes.pop((kind, mark.get(f"{_W}id")), None)
                if note is not None:
                    self._content(note)

    def _pictures(self, paragraph: Any) -> None:
        """Read the words in a paragraph's pictures; their place is the paragraph, they have OCR's confidence."""
        from tasks.parse.images import read_picture

        here = Location(paragraph=self.paragraphs)
        for mark in (_BLIP, _IMAGE_DATA):
            for shown in _visible(paragraph, mark):
                # Once for each picture, however often it is shown.
                part = self.images.pop(shown.get(f"{_R}embed") or shown.get(f"{_R}id") or "", None)
                if part is None or self.pictures <= 0:
                    continue
                self.pictures -= 1
                document = read_picture(part.blob, self.limits)
                if document is not None:
                    self._add_picture(document, here)

    def _add_picture(self, picture: Document, here: Location) -> None:
        self.has_read_pictures = True
        first = self.tables
        for block in picture.blocks:
            inside = [one for one in picture.anchors if block.start <= one.start < block.end]
            runs: list[Run] = [(picture.text[one.start : one.end], here) for one in inside]
            cell = None
            if block.table is not None and block.row is not None and block.column is not None:
                cell = (first + block.table, block.row, block.column)
                self.tables = max(self.tables, cell[0] + 1)
            self.out.add(runs, cell=cell, sure=[one.ocr_confidence for one in inside])

    def _table(self, table: Any) -> None:
        rows = [list(_cells(row)) for row in table.iter(f"{_W}tr") if _owner(row) is table and not _is_deleted(row)]
        if len(rows) == 1 and len(rows[0]) == 1:
            self._content(rows[0][0][1])
            return
        number, self.tables = self.tables, self.tables + 1
        nested: list[Any] = []
        for row, cells in enumerate(rows):
            for column, cell in cells:
                name = f"T{number + 1}R{row + 1}C{column + 1}"
                runs: list[Run] = []
                paragraphs = list(_visible(cell, f"{_W}p", stop=f"{_W}tbl"))
                for paragraph in paragraphs:
                    runs += self._runs(paragraph, name)
                self.out.add(runs, cell=(number, row, column))
                for paragraph in paragraphs:
                    self._beside(paragraph)
                nested += _visible(cell, f"{_W}tbl")
        for inner in nested:
            self._table(inner)


def _root(part: Any) -> Any:
    """Return the root element of a part of the package, None without one."""
    if part is None:
        return None
    element = getattr(part, "element", None)
    # Parts that python-docx does not know (footnotes) come as bytes; entities and external references stay closed.
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return element if element is not None else etree.fromstring(part.blob, parser)


def _visible(element: Any, wanted: str, stop: str = "") -> Iterator[Any]:
    """Yield the `wanted` elements below `element` in order; none inside removed text, one another, or `stop`.

    Of the alternatives that Word writes for older readers (a text box twice) the first is taken.
    """
    for child in element:
        if child.tag == wanted:
            yield child
        elif child.tag == f"{_MC}AlternateContent":
            if len(child):
                yield from _visible(child[0], wanted, stop)
        elif child.tag not in _NOT_TEXT | {stop, _TEXT_BOX}:
            yield from _visible(child, wanted, stop)


def _text(run: Any) -> str:
    words = []
    for child in run:
        if child.tag == f"{_W}t":
            words.append(child.text or "")
        elif child.tag in _SIGNS:
            words.append(_SIGNS[child.tag])
        elif child.tag == f"{_W}ruby":
            # The words themselves, without the reading set above them.
            words += [_text(base) for base in child.iterfind(f"{_W}rubyBase/{_W}r")]
    return "".join(words)


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val") not in {"0", "false", "off"}


def _owner(row: Any) -> Any:
    """Return the table that a row belongs to, through content controls around it."""
    return next(parent for parent in row.iterancestors() if parent.tag == f"{_W}tbl")


def _is_deleted(row: Any) -> bool:
    return row.find(f"{_W}trPr/{_W}del") is not None


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """Yield column (from 0) and element of each cell of a row; one merged into the cell above is part of that one."""
    before = row.find(f"{_W}trPr/{_W}gridBefore")
    column = _count(before, 0)
    for cell in row.iter(f"{_W}tc"):
        if next(parent for parent in cell.iterancestors() if parent.tag == f"{_W}tr") is not row:
            continue
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is None or merged.get(f"{_W}val") == "restart":
            yield column, cell
        column += _count(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)


def _count(element: Any, otherwise: int) -> int:
    words = element.get(f"{_W}val") or "" if element is not None else ""
    return min(int(words), 1000) if words.isdecimal() and len(words) < 12 else otherwise
