"""Spreadsheets (.xlsx, .xls, .et): tables as cells, with the figures as the sheet shows them.

A cell holds 0.046 and shows 4.6%; the report says 4.6%. So number formats are needed, which openpyxl and xlrd know and
the faster readers do not tell. Hidden sheets, rows and columns are not what the township shows and are left out.
"""

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.documents import Document, Location
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.assembly import Assembler, column_name
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told
from tasks.parse.number_formats import formatted

__all__ = ["SheetCell", "Sheets", "is_label", "parse_xls", "parse_xlsx", "shown"]

_MOST_CELLS = 500_000


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that shows something; row and column count from 1."""

    row: int
    column: int
    text: str


def parse_xlsx(data: bytes, file_name: str) -> Document:
    """Return the Document of an .xlsx workbook: what stands alone in a row is a paragraph, the rest table cells.

    Anchors say sheet and cell (`B7`). Formulas count with the value that was last computed.

    Raises:
        SourceMalformed: `damaged_file`, or `too_many_cells`.
    """
    import openpyxl  # with numpy behind it: a run without spreadsheets need not wait for it

    out = Sheets(file_name)
    # openpyxl warns of every part that it does not know; the workers' output is nobody's to read.
    with damage_told(file_name, "Excel 工作簿 workbook"), warnings.catch_warnings(action="ignore"):
        # Not read-only: that mode knows neither merged cells nor hidden rows.
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            hidden_rows = {number for number, one in sheet.row_dimensions.items() if one.hidden}
            hidden_columns = {
                number
                for one in sheet.column_dimensions.values()
                if one.hidden
                for number in range(one.min or 0, min(one.max or 0, sheet.max_column) + 1)
            }
            out.add(
                sheet.title,
                (
                    SheetCell(cell.row, cell.column, shown(cell.value, cell.number_format or ""))
                    # Only cells that there are: iter_rows makes all the others, up to a single one at the far corner.
                    for _, cell in sorted(sheet._cells.items())
                    if cell.value is not None and cell.row not in hidden_rows and cell.column not in hidden_columns
                ),
                [(one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges],
            )
    return out.document(FileKind.XLSX, "openpyxl")


def parse_xls(data: bytes, file_name: str) -> Document:
    """Return the Document of an .xls or .et workbook, as `parse_xlsx`.

    Raises:
        SourceMalformed: `damaged_file`, or `too_many_cells`.
    """
    import xlrd

    out = Sheets(file_name)
    with damage_told(file_name, "Excel 97 工作簿 workbook"):
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        for sheet in book.sheets():
            if sheet.visibility:
                continue
            hidden_rows = {number for number, one in sheet.rowinfo_map.items() if one.hidden}
            hidden_columns = {number for number, one in sheet.colinfo_map.items() if one.hidden}
            cells = []
            for row in range(sheet.nrows):
                for column in range(sheet.row_len(row)):
                    cell = sheet.cell(row, column)
                    if row in hidden_rows or column in hidden_columns or cell.value in {"", None}:
                        continue
                    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
                    cells.append(SheetCell(row + 1, column + 1, _old_cell(cell, form.format_str if form else "", book)))
            merged = [(low + 1, left + 1, high, right) for low, high, left, right in sheet.merged_cells]
            out.add(sheet.name, cells, merged)
    return out.document(FileKind.XLS, "xlrd")


def _old_cell(cell: Any, form: str, book: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#?"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value), form)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return shown(xlrd.xldate_as_datetime(cell.value, book.datemode), form)
    return shown(cell.value, form)


def shown(value: object, form: str) -> str:
    """Return `value` as the number format `form` shows it; see `formatted` for numbers.

    >>> shown(0.046, "0.0%"), shown(True, "General"), shown("文字", "0")
    ('4.6%', '是', '文字')
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float):
        return formatted(float(value), form)
    return str(value)


class Sheets:
    """Collects the sheets of one workbook into a Document."""

    def __init__(self, file_name: str) -> None:
        """Begin a workbook."""
        self._file_name = file_name
        self._out = Assembler()
        self._tables = 0
        self._cells = 0

    def add(self, sheet: str, cells: Iterable[SheetCell], merged: Sequence[tuple[int, int, int, int]] = ()) -> None:
        """Add a sheet: rows of one cell are paragraphs, adjoining rows of several are a table.

        `merged` are ranges (top, left, bottom, right) from 1; a tall one holds rows together. The first row of a table
        is its head, as extraction wants it.

        Raises:
            SourceMalformed: `too_many_cells`.
        """
        rows: dict[int, list[SheetCell]] = {}
        for cell in cells:
            self._count()
            if cell.text.strip():
                rows.setdefault(cell.row, []).append(cell)
        tall = {(top, left): bottom for top, left, bottom, _ in merged if bottom > top}
        top = first = reaches = 0  # row and column where the present table begins (0: none), the last row it reaches
        for number in sorted(rows):
            row = rows[number]
            goes_on = bool(first) and number <= reaches + 1
            if len(row) == 1 and not (goes_on and row[0].column == first and is_label(row[0].text)):
                self._add(sheet, row[0], None)
                first = 0
                continue
            if not goes_on:
                top, first = number, min(cell.column for cell in row)
                self._tables += 1
            for cell in row:
                # A cell left of the head's first is an aside; it may not take the place of the row's name.
                inside = cell.column >= first
                self._add(sheet, cell, (self._tables - 1, number - top, cell.column - first) if inside else None)
            reaches = max([number, *(tall.get((cell.row, cell.column), 0) for cell in row)])

    def _count(self) -> None:
        self._cells += 1
        if self._cells > _MOST_CELLS:
            raise SourceMalformed(
                "too_many_cells",
                Place(self._file_name),
                Text(f"表格超过 {_MOST_CELLS} 个单元格", f"more than {_MOST_CELLS} cells"),
                Text("请乡镇只报送报表本身", "ask the township for the report's tables only"),
            )

    def _add(self, sheet: str, cell: SheetCell, place: tuple[int, int, int] | None) -> None:
        here = Location(sheet=sheet, cell=f"{column_name(cell.column)}{cell.row}")
        if place is not None:
            self._out.add([(cell.text, here)], cell=place)
            return
        for line in cell.text.splitlines():
            self._out.add([(line, here)])

    def document(self, kind: FileKind, parser: str) -> Document:
        """Return the workbook as a Document."""
        return self._out.document(kind.value, parser)


def is_label(text: str) -> bool:
    """Return whether a cell alone in its row is the name of a group of rows and not a note below the table."""
    return len(text.strip()) <= 20 and not re.match(r"\s*(?:注|说明|备注|填表|单位)", text)
