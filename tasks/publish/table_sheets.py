"""Rows as an Excel table: headings in the reader's language, codes as words, filters, the heading frozen."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_rowcol_to_cell

from tasks.publish.labels import label, state

__all__ = ["SHEET_ROWS", "write_table"]

# What one sheet of Excel holds, without the heading; more goes on into another sheet.
SHEET_ROWS = 1_000_000
# Excel takes no more links on a sheet.
_LINKS = 65_530
# Widths in pixels.
_PROSE = (
    "evidence",
    "message",
    "decision",
    "quotes",
    "expected",
    "observed",
    "file_name",
    "quote_before",
    "quote_after",
)
_WIDE, _NARROW = 380, 112
_FLOAT = "#,##0.0#####"
_SHARES = ("completeness", "explained_share", "mean_revision", "outlier_free")


def write_table(book: Any, name: str, rows: pl.DataFrame, zh: bool, *, links: Sequence[str] = ()) -> None:
    """Write `rows` as a sheet of `book`, further sheets for further rows; with `links`, one address a row, last.

    Shape: any columns with a heading in the data dictionary; lists must have been joined.
    """
    coded = [one for one in ("severity", "status", "measure", "bound", "state", "change") if one in rows.columns]
    said = rows.with_columns(pl.col(coded).replace(state(zh)))
    shown = said.rename({one: label(one, zh) for one in said.columns})
    formats: dict[Any, str] = {one: _FLOAT for one, dtype in shown.schema.items() if dtype.is_float()}
    formats |= {one: "0" for one, dtype in shown.schema.items() if dtype.is_integer()}
    formats |= {label(one, zh): "0%" for one in _SHARES if one in rows.columns}
    widths: dict[Any, int] = {label(one, zh): _WIDE if one in _PROSE else _NARROW for one in rows.columns}
    link = ("证据", "打开") if zh else ("evidence in the book", "open")
    if links:
        shown = shown.with_columns(pl.lit(link[1]).alias(link[0]))
    whole = book.add_format({"num_format": "#,##0"})
    for number, part in enumerate(_parts(shown, SHEET_ROWS), start=1):
        title = name if number == 1 else f"{name}{number}"
        part.write_excel(book, title, column_formats=formats, column_widths=widths, freeze_panes=(1, 0))
        sheet, column = book.get_worksheet_by_name(title), part.width - 1
        for place, heading in enumerate(part.columns):
            if formats.get(heading) == _FLOAT and part.height:
                _whole_numbers(sheet, place, part.height, whole)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.set_header("&C&B&14&F")
        sheet.set_footer("&L&A&R&P / &N")
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        first = (number - 1) * SHEET_ROWS
        for row, address in enumerate(links[first : first + min(SHEET_ROWS, _LINKS)], start=1):
            sheet.write_url(row, column, _link(address, link[1]))


def _whole_numbers(sheet: Any, column: int, height: int, whole: Any) -> None:
    """Show whole numbers of a column without a decimal point; a number format alone cannot do that."""
    first = xl_rowcol_to_cell(1, column)
    rule = {"type": "formula", "criteria": f"=INT({first})={first}", "format": whole}
    sheet.conditional_format(1, column, height, column, rule)


def _link(address: str, text: str) -> Any:
    """Return a link to a file whose address is relative to the workbook, or begins with file://.

    xlsxwriter turns the slashes of such a link round, and then only Windows follows it; Excel writes them like this.
    """
    url = Url(address if "://" in address else f"external:{address}")
    url.text = text
    url._relationship_link = url._relationship_link.replace("\\", "/")
    return url


def _parts(rows: pl.DataFrame, size: int) -> list[pl.DataFrame]:
    return list(rows.iter_slices(size)) if rows.height else [rows]
