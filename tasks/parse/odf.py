"""OpenDocument texts and spreadsheets (.odt, .ods): content.xml of the package, by lxml.

Read directly and not with a library for writing such files: those unfold repeated rows, and a sheet of two cells may
repeat its last row a million times. Element names are those of OpenDocument 1.2 part 1.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from tasks.domain.documents import Document, Location
from tasks.domain.errors import Place, SourceMalformed, Text, password_needed
from tasks.parse.assembly import Assembler, Run
from tasks.parse.content import FileKind
from tasks.parse.damage import not_opened
from tasks.parse.sheets import SheetCell, Sheets

__all__ = ["parse_ods", "parse_odt"]

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_TEXT, _TABLE, _OFFICE, _DRAW, _STYLE = (
    f"{{{_NAMES.format(one)}}}" for one in ("text", "table", "office", "drawing", "style")
)
_PARAGRAPHS = {f"{_TEXT}p", f"{_TEXT}h"}
_NOT_TEXT = {f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end", f"{_TEXT}note-citation"}
_BESIDE = {f"{_TEXT}note", f"{_DRAW}text-box"}
_MOST_REPEATS = 200  # a cell that shows something is not repeated oftener; blank ones are skipped


def parse_odt(data: bytes, file_name: str) -> Document:
    """Return the Document of an OpenDocument text: anchors say paragraph, and the cell in tables (`T1R2C3`).

    Raises:
        SourceMalformed: `password_protected` or `truncated_file`.
    """
    reader = _TextReader()
    reader.content(_body(data, file_name, "text"), None)
    return reader.out.document(FileKind.ODT.value, "odf")


def parse_ods(data: bytes, file_name: str) -> Document:
    """Return the Document of an OpenDocument spreadsheet: anchors say sheet and cell, cells hold what is shown.

    Raises:
        SourceMalformed: `password_protected`, `truncated_file` or `too_many_cells`.
    """
    sheets = Sheets(file_name)
    body = _body(data, file_name, "spreadsheet")
    hidden = {
        style.get(f"{_STYLE}name")
        for style in body.getroottree().iter(f"{_STYLE}style")
        if (properties := style.find(f"{_STYLE}table-properties")) is not None
        and properties.get(f"{_TABLE}display") == "false"
    }
    for table in body.iterfind(f"{_TABLE}table"):
        if table.get(f"{_TABLE}style-name") in hidden:
            continue
        sheets.add(str(table.get(f"{_TABLE}name") or ""), _sheet_cells(table))
    return sheets.document(FileKind.ODS, "odf")


def _body(data: bytes, file_name: str, kind: str) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package.namelist() else b""
            content = package.read("content.xml")
        if b"encryption-data" in manifest:
            raise password_needed(
                file_name, Text("OpenDocument 文档有密码", "the OpenDocument file is locked by a password")
            )
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
        body = root.find(f"{_OFFICE}body/{_OFFICE}{kind}")
        if body is None:
            raise KeyError(f"office:{kind}")
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, OSError) as error:
        raise SourceMalformed(
            "truncated_file",
            Place(file_name),
            Text(not_opened("OpenDocument 文档", error), f"the OpenDocument file cannot be opened: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error
    return body


class _TextReader:
    def __init__(self) -> None:
        self.out = Assembler()
        self.paragraphs = 0
        self.tables = 0

    def content(self, container: Any, cell: tuple[int, int, int] | None) -> None:
        for element in container:
            if element.tag in _PARAGRAPHS:
                self.paragraph(element)
            elif element.tag == f"{_TABLE}table":
                self.table(element)
            elif isinstance(element.tag, str) and element.tag not in _NOT_TEXT:
                self.content(element, cell)

    def paragraph(self, element: Any) -> None:
        self.out.add([self.run(element, None)])
        for beside in (one for one in element.iter(*_BESIDE)):
            self.content(beside, None)

    def run(self, element: Any, cell: str | None) -> Run:
        self.paragraphs += 1
        return _words(element), Location(paragraph=self.paragraphs, cell=cell)

    def table(self, table: Any) -> None:
        rows = [list(_row_cells(row)) for row in _rows(table)]
        if len(rows) == 1 and len(rows[0]) == 1:
            self.content(rows[0][0][1], None)
            return
        number, self.tables = self.tables, self.tables + 1
        for row, cells in enumerate(rows):
            for column, cell in cells:
                name = f"T{number + 1}R{row + 1}C{column + 1}"
                parts = [self.run(one, name) for one in cell.iter(*_PARAGRAPHS)]
                self.out.add(parts, cell=(number, row, column))


def _words(element: Any) -> str:
    """Return the words of a paragraph: blanks, tabs and breaks are elements of their own."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * _count(child.get(f"{_TEXT}c"), 100))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif isinstance(child.tag, str) and child.tag not in _NOT_TEXT | _BESIDE:
            parts.append(_words(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of `table`, through groups and header rows, not those of tables inside it."""
    for element in table:
        if element.tag == f"{_TABLE}table-row":
            yield element
        elif element.tag in {f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}:
            yield from _rows(element)


def _row_cells(row: Any) -> Iterator[tuple[int, Any]]:
    """Yield column (from 0) and element of each cell of `row`; covered cells only move the column on."""
    column = 0
    for cell in row:
        repeats = _repeats(cell, "number-columns-repeated")
        if cell.tag == f"{_TABLE}table-cell":
            for one in range(min(repeats, _MOST_REPEATS) if len(cell) else 0):
                yield column + one, cell
        column += repeats


def _sheet_cells(table: Any) -> Iterator[SheetCell]:
    number, hidden = 1, _hidden_columns(table)
    for row in _rows(table):
        repeats = _repeats(row, "number-rows-repeated")
        if row.get(f"{_TABLE}visibility") not in {"collapse", "filter"}:
            cells = [(column, "\n".join(_words(one) for one in cell.iterfind(f"{_TEXT}p")))
                     for column, cell in _row_cells(row) if column not in hidden]  # fmt: skip
            for copy in range(min(repeats, _MOST_REPEATS) if any(words.strip() for _, words in cells) else 0):
                for column, words in cells:
                    yield SheetCell(number + copy, column + 1, words)
        number += repeats


def _hidden_columns(table: Any) -> set[int]:
    """Return the columns (from 0) of `table` that are not shown."""
    hidden: set[int] = set()
    number = 0
    for column in table.iter(f"{_TABLE}table-column"):
        repeats = _repeats(column, "number-columns-repeated")
        if column.get(f"{_TABLE}visibility") in {"collapse", "filter"}:
            hidden |= set(range(number, number + min(repeats, _MOST_REPEATS)))
        number += repeats
    return hidden


def _repeats(element: Any, name: str) -> int:
    return _count(element.get(f"{_TABLE}{name}"), 1 << 24)


def _count(words: str | None, most: int) -> int:
    """Return a number written in an attribute, 1 where there is none; `most` at most."""
    return min(int(words), most) if words is not None and words.isdecimal() and len(words) < 12 else 1
