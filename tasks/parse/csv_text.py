"""CSV: a text whose lines are rows; offsets stay those of the file."""

import csv
import io
from itertools import islice

from tasks.domain.documents import Anchor, Block, BlockKind, Document, Location
from tasks.parse.assembly import column_name
from tasks.parse.headings import HeadingPath
from tasks.parse.sheets import is_label
from tasks.parse.text import replaced_quality

__all__ = ["csv_document", "csv_mark"]

_MARKS = ",;\t"
_FEWEST_ROWS, _ROWS_LOOKED_AT = 3, 50


def csv_mark(text: str, file_name: str) -> str:
    """Return what separates the cells of `text`, or '' when it is no CSV.

    Every row has the same number of cells, two at least in a file called .csv, three in any other; prose has commas
    too, but never the same number of them on every line. Lines without a mark above the first row, or below the last,
    are the title, the unit line and notes of a file called .csv, where three rows or more follow one another.
    """
    named = file_name.lower().endswith(".csv")
    lines = "\n".join(line for line in text[:20_000].splitlines() if line.strip())
    for mark in _MARKS[: None if named else 2]:
        try:
            rows = list(islice(csv.reader(io.StringIO(lines), delimiter=mark), _ROWS_LOOKED_AT))
        except csv.Error:
            continue
        whole = rows[:-1] if len(text) > 20_000 and len(rows) < _ROWS_LOOKED_AT else rows
        if named:
            whole = _table_of(whole)
        widths = {len(row) for row in whole}
        if len(widths) == 1 and widths.pop() >= (2 if named else 3) and len(whole) >= (1 if named else _FEWEST_ROWS):
            return mark
    return ""


def _table_of(rows: list[list[str]]) -> list[list[str]]:
    """Return `rows` without those of one cell at the top and at the foot, if enough are left to be a table."""
    wide = [at for at, row in enumerate(rows) if len(row) > 1]
    inner = rows[wide[0] : wide[-1] + 1] if wide else rows
    return inner if len(inner) >= _FEWEST_ROWS else rows


def csv_document(text: str, mark: str, encoding: str) -> Document:
    """Return the Document of a CSV text: `text` unchanged, a block per cell; a row with one cell is a paragraph.

    Anchors say the cell as a spreadsheet shows it (`B7`).
    """
    path = HeadingPath()
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    position, table, line, first, in_table = 0, -1, 0, 0, False
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), start=1):
        cells = []
        for column, value in enumerate(row):
            start, end = _span(text, value, position)
            position = end
            if value.strip():
                cells.append((column, start + len(value) - len(value.lstrip()), end))
        if len(cells) > 1 or (in_table and len(cells) == 1 and cells[0][0] == first and is_label(row[first])):
            if not in_table:
                table, line, in_table, first = table + 1, -1, True, cells[0][0]
            line += 1
        else:
            in_table = False
        for column, start, reach in cells:
            words = text[start:reach].rstrip()
            end = start + len(words)
            inside = in_table and column >= first
            place = (table, line, column - first) if inside else (None, None, None)
            kind: BlockKind = "table_cell" if inside else path.see(words)
            blocks.append(
                Block(len(blocks), kind, start, end, str(path), table=place[0], row=place[1], column=place[2])
            )
            anchors.append(Anchor(start, end, Location(cell=f"{column_name(column + 1)}{number}")))
    return Document(
        text, tuple(blocks), "text/csv", "csv", encoding=encoding, quality=replaced_quality(text),
        anchors=tuple(anchors),
    )  # fmt: skip


def _span(text: str, value: str, position: int) -> tuple[int, int]:
    """Return where `value` stands in `text` from `position` on; quotes inside are doubled there."""
    for words in (value, value.replace('"', '""')):
        start = text.find(words, position)
        if start >= 0:
            return start, start + len(words)
    return position, position
