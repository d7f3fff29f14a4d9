"""Born-digital PDF: lines by pypdfium2, ruled tables by pdfplumber, paragraphs joined again over lines and pages.

PDFium is not thread-safe, so one lock guards every call into it.
"""

import io
import re
import struct
import threading
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from tasks.domain.documents import Block, Box, Document, Quality
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.text import HeadingPath, opens_section

__all__ = ["parse_pdf"]

_LOCK = threading.Lock()
_PAGE_NUMBER = re.compile(
    r"\s*(?:[—–-]\s*\d{1,4}\s*[—–-]|\d{1,4}(?:\s*/\s*\d{1,4})?|第\s*\d{1,4}\s*页(?:[，,\s]*共\s*\d{1,4}\s*页)?)\s*"
)
_MARGIN = 0.09  # running headers and footers stand in the outer 9 % of the page's height
_RUNNING_WIDTH = 0.6  # … and do not fill the line, as the report's own text does
_RULES_OF_A_TABLE = 6
_TABLE_EDGE = 0.2  # a table that goes on over pages ends in the last fifth of one and begins in the first of the next
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")  # private characters: a font without a map to Unicode
_SENTENCE_END = "。；！？：:.!?;”）"


# What pdfminer, under pdfplumber, raises on broken objects.
_DAMAGE = (PdfminerException, PSException, TypeError, ValueError, KeyError, IndexError, AttributeError,
           AssertionError, RecursionError, struct.error, zlib.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    page: int
    box: Box
    table: int
    row: int
    column: int


def parse_pdf(data: bytes, file_name: str) -> Document:
    """Return the Document of a born-digital PDF: paragraphs with page and box, cells of ruled tables.

    Raises:
        SourceMalformed: `password_protected`, or `truncated_file` when PDFium cannot open it.
    """
    with _LOCK:
        lines, page_sizes, ruled = _read_lines(data, file_name)
    try:
        cells = _read_tables(data, ruled) if ruled else []
    except _DAMAGE as error:
        raise SourceMalformed(
            "truncated_file",
            Place(file_name, page=ruled[0]),
            Text(f"PDF 已损坏，表格读不出：{error!r}", f"the PDF is damaged, its tables cannot be read: {error!r}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error
    lines = _without_running_lines(lines, page_sizes)
    lines = [line for line in lines if not any(_inside(line, cell) for cell in cells)]
    return _assemble(lines, cells, page_sizes)


def _read_lines(data: bytes, file_name: str) -> tuple[list[_Line], list[tuple[float, float]], list[int]]:
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise SourceMalformed(
            "password_protected" if locked else "truncated_file",
            Place(file_name),
            Text("PDF 有密码", "the PDF is locked by a password")
            if locked
            else Text(f"PDF 打不开，可能不完整：{error}", f"the PDF cannot be opened, it may be truncated: {error}"),
            Text("请乡镇去掉密码后重新报送" if locked else "请乡镇重新报送", "ask the township to send it again"),
        ) from error
    lines: list[_Line] = []
    sizes: list[tuple[float, float]] = []
    ruled: list[int] = []
    try:
        for number, page in enumerate(pdf, start=1):
            width, height = page.get_size()
            sizes.append((width, height))
            lines += _page_lines(page, number, height)
            paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2)
            if len(list(islice(paths, _RULES_OF_A_TABLE))) == _RULES_OF_A_TABLE:
                ruled.append(number)
    except pypdfium2.PdfiumError as error:
        raise SourceMalformed(
            "truncated_file",
            Place(file_name),
            Text(f"PDF 已损坏：{error}", f"the PDF is damaged: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error
    finally:
        pdf.close()
    return lines, sizes, ruled


def _page_lines(page: pypdfium2.PdfPage, number: int, height: float) -> list[_Line]:
    textpage = page.get_textpage()
    lines: list[_Line] = []
    start = 0
    text = textpage.get_text_range()
    # PDFium's own character indices count UTF-16 units; text outside the BMP is rare and only shifts a box.
    for raw in text.split("\r\n"):
        length = len(raw)
        words = raw.replace("\ufffe", "").strip()
        if words:
            boxes = [textpage.get_charbox(index) for index in _inked(raw, start)]
            box = Box(
                min(one[0] for one in boxes),
                height - max(one[3] for one in boxes),
                max(one[2] for one in boxes),
                height - min(one[1] for one in boxes),
            )
            lines.append(_Line(words, number, box))
        start += length + 2
    return lines


def _inked(raw: str, start: int) -> list[int]:
    first, last = len(raw) - len(raw.lstrip()), len(raw.rstrip()) - 1
    middle = next(index for index in range((first + last) // 2, last + 1) if not raw[index].isspace())
    return [start + first, start + middle, start + last]


def _read_tables(data: bytes, pages: list[int]) -> list[_Cell]:
    cells: list[_Cell] = []
    with pdfplumber.open(io.BytesIO(data), pages=pages) as pdf:
        number, rows_above = -1, 0
        for page in pdf.pages:
            for table in page.find_tables():
                rows = table.extract()
                goes_on = _goes_on(cells, table, page)
                if len(rows[0]) < 2 or (len(rows) < 2 and not goes_on):
                    continue
                if not goes_on:
                    number, rows_above = number + 1, 0
                for row_index, (row, words) in enumerate(zip(table.rows, rows, strict=True), start=rows_above):
                    for column_index, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
                        if cell is not None and text and text.strip():
                            joined = "".join(text.split("\n")).strip()
                            cells.append(_Cell(joined, page.page_number, Box(*cell), number, row_index, column_index))
                rows_above += len(rows)
    return cells


def _goes_on(cells: list[_Cell], table: pdfplumber.table.Table, page: pdfplumber.page.Page) -> bool:
    """Return whether `table`, at the top of its page, has the columns of the one that ended at the foot of the last."""
    if not cells or cells[-1].page != page.page_number - 1 or table.bbox[1] > page.height * _TABLE_EDGE:
        return False
    above = [cell for cell in cells if cell.table == cells[-1].table]
    if max(cell.box.bottom for cell in above) < page.height * (1 - _TABLE_EDGE):
        return False
    edges = {round(cell[0]) for cell in table.cells} | {round(table.bbox[2])}
    edges_above = {round(cell.box.x0) for cell in above} | {round(max(cell.box.x1 for cell in above))}
    return len(edges) == len(edges_above) and all(
        abs(one - other) <= 2 for one, other in zip(sorted(edges), sorted(edges_above), strict=True)
    )


def _inside(line: _Line, cell: _Cell) -> bool:
    middle = (line.box.top + line.box.bottom) / 2
    return (
        line.page == cell.page
        and cell.box.top - 1 <= middle <= cell.box.bottom + 1
        and (line.box.x0 <= cell.box.x1 and line.box.x1 >= cell.box.x0)
    )


def _without_running_lines(lines: list[_Line], sizes: list[tuple[float, float]]) -> list[_Line]:
    """Drop page numbers, and short lines in the margins whose words (digits masked) stand on most pages."""

    def in_margin(line: _Line) -> bool:
        width, height = sizes[line.page - 1]
        is_outside = line.box.bottom < height * _MARGIN or line.box.top > height * (1 - _MARGIN)
        is_short = line.box.x1 - line.box.x0 < width * _RUNNING_WIDTH
        # The last line of a paragraph can stand alone at the top of a page; no running line ends a sentence.
        return is_outside and is_short and line.text[-1] not in "。！？；"

    masked = Counter(re.sub(r"\d+", "#", line.text) for line in lines if in_margin(line))
    often = max(2, len(sizes) * 0.6)
    return [
        line
        for line in lines
        if not in_margin(line)
        or not (_PAGE_NUMBER.fullmatch(line.text) or masked[re.sub(r"\d+", "#", line.text)] >= often)
    ]


def _joins(previous: _Line, line: _Line, right: float) -> bool:
    """Return whether `line` goes on the paragraph of `previous`, which reached the right edge."""
    # The taller of the two: a line that holds nothing but a full stop has a box of two points.
    size = max(6.0, previous.box.bottom - previous.box.top, line.box.bottom - line.box.top)
    if line.page == previous.page and line.box.top - previous.box.bottom > 1.6 * size + 6:
        return False
    if previous.text[-1] in _SENTENCE_END and opens_section(line.text):
        return False
    reaches_edge = previous.box.x1 > right - 2.2 * size
    ends = previous.text[-1] in _SENTENCE_END and not reaches_edge
    return reaches_edge and not ends


def _assemble(lines: list[_Line], cells: list[_Cell], sizes: list[tuple[float, float]]) -> Document:
    right = sorted(line.box.x1 for line in lines)[int(len(lines) * 0.95)] if lines else 0.0
    left = min((line.box.x0 for line in lines), default=0.0)
    paragraphs: list[list[_Line]] = []
    for line in lines:
        size = max(6.0, line.box.bottom - line.box.top)
        indented = line.box.x0 > left + 1.2 * size
        if paragraphs and not indented and _joins(paragraphs[-1][-1], line, right):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    pieces: list[str] = []
    blocks: list[Block] = []
    path = HeadingPath()
    offset = 0
    entries: list[tuple[int, float, list[_Line] | _Cell]] = [
        (group[0].page, group[0].box.top, group) for group in paragraphs
    ]
    entries += [(cell.page, cell.box.top, cell) for cell in cells]
    for page, _, entry in sorted(entries, key=lambda one: (one[0], one[1])):
        if isinstance(entry, _Cell):
            text = entry.text
            block = Block(
                len(blocks), "table_cell", offset, offset + len(text), str(path), page, entry.box,
                entry.table, entry.row, entry.column,
            )  # fmt: skip
        else:
            text = "".join(line.text for line in entry)
            kind = path.see(text)
            own = [line.box for line in entry if line.page == page]
            box = Box(
                min(one.x0 for one in own),
                min(one.top for one in own),
                max(one.x1 for one in own),
                max(one.bottom for one in own),
            )
            block = Block(len(blocks), kind, offset, offset + len(text), str(path), page, box)
        blocks.append(block)
        pieces.append(text)
        offset += len(text) + 1
    text = "\n".join(pieces)
    unknown = len(_UNKNOWN.findall(text))
    return Document(
        text,
        tuple(blocks),
        "application/pdf",
        "pypdfium2+pdfplumber" if cells else "pypdfium2",
        pages=len(sizes),
        quality=Quality(1 - unknown / max(1, len(text)), unknown),
    )
