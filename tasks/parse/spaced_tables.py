"""Tables in lines of text, whose columns stand apart by blanks: an annex of figures pasted from a sheet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.domain.documents import Block, Document

__all__ = ["Cells", "SpacedRow", "spaced_rows", "with_spaced_tables"]

Cells = tuple[tuple[int, int], ...]  # where each cell of a line begins and ends


@dataclass(frozen=True, slots=True)
class SpacedRow:
    """A line that is a row of a table: where its cells are, and whether it names the columns of a new one."""

    cells: Cells
    is_head: bool


_WIDE = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("．"): ".", ord("－"): "-"}
_WIDE_GAP = re.compile(r"[ \u3000\t]{2,}|[\u3000\t]")
_ANY = re.compile(r"[ \u3000\t]+")
_SLASH = re.compile(r"[/／|｜]")  # 指标/2009年/2010年
_NUMBER_OF_TABLE = re.compile(
    r"[（(]?附?表[一二三四五六七八九十\d]{0,2}[）)]?(?:[:：][ \u3000\t]*|[ \u3000\t]+)"
)  # 表一 指标 2009年 2010年
_SENTENCE = re.compile(r"[。；！？;!?]")
_WENT = r"(?:(?:同比|比上年)?(?:增长?|增加|上?升|下?降|减少?|下滑|[↑↓▲▼]))?"
_VALUE = re.compile(_WENT + r"[-−－+]?\d[\d,，]*(?:\.\d+)?(?:[%％‰]|[\u4e00-\u9fff]{1,4})?|[-—–/…]+|\*+|[xX×]+")
_FIGURE = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGEST_CELL = 24
_FEWEST_COLUMNS, _FEWEST_ROWS = 3, 2


def with_spaced_tables(document: Document) -> Document:
    """Return `document` with the cells of such tables for blocks, in place of the paragraphs that were their rows."""
    lines = ["" if block.kind == "table_cell" else document.block_text(block) for block in document.blocks]
    rows = spaced_rows(lines)
    if not rows:
        return document
    blocks: list[Block] = []
    table, row = max((block.table for block in document.blocks if block.table is not None), default=-1), 0
    for number, block in enumerate(document.blocks):
        spaced = rows.get(number)
        if spaced is None:
            blocks.append(block._replace(index=len(blocks)))
            continue
        table, row = (table + 1, 0) if spaced.is_head else (table, row + 1)
        for column, (start, end) in enumerate(spaced.cells):
            blocks.append(
                block._replace(index=len(blocks), kind="table_cell", start=block.start + start, end=block.start + end,
                               table=table, row=row, column=column)
            )  # fmt: skip
    return replace(document, blocks=tuple(blocks))


def spaced_rows(lines: Sequence[str]) -> Mapping[int, SpacedRow]:
    """Return the lines that are rows of such tables, by the number of the line.

    A table is a line of names (指标 单位 2022年 增长%) and, right below it, at least two rows with as many cells: a
    label, perhaps a unit, and bare figures. A line with a full stop or a semicolon is prose.
    """
    lines = [line.translate(_WIDE) for line in lines]
    rows: dict[int, SpacedRow] = {}
    number = 0
    while number < len(lines):
        head = _names(lines[number])
        body = _body(lines, number + 1, len(head)) if head else {}
        if len(body) < _FEWEST_ROWS:
            number += 1
            continue
        rows[number] = SpacedRow(head, is_head=True)
        rows.update({line: SpacedRow(cells, is_head=False) for line, cells in body.items()})
        number = max(body) + 1
    return rows


def _body(lines: Sequence[str], first: int, columns: int) -> dict[int, Cells]:
    """Return the rows of `columns` cells that begin at line `first` and follow one another."""
    body: dict[int, Cells] = {}
    for number in range(first, len(lines)):
        cells = _values(lines[number], columns)
        if not cells:
            break
        body[number] = cells
    return body


def _split(line: str, columns: int | None, begin: int = 0) -> Cells:
    """Return the cells of `line` from `begin` on, split at wide gaps, else at any blank.

    A split is one that gives `columns` cells or, where they are not known, enough of them; strokes may part names too.
    """
    if _SENTENCE.search(line):
        return ()
    for gap in (_WIDE_GAP, _SLASH, _ANY) if columns is None else (_WIDE_GAP, _ANY):
        cells = _between(line, gap, begin)
        if len(cells) == columns or (columns is None and len(cells) >= _FEWEST_COLUMNS):
            return cells if all(end - start <= _LONGEST_CELL for start, end in cells) else ()
    return ()


def _between(line: str, gap: re.Pattern[str], begin: int) -> Cells:
    bounds = [begin]
    for match in gap.finditer(line, begin):
        bounds += [match.start(), match.end()]
    bounds.append(len(line))
    cells = [_within_blanks(line, start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    return tuple((start, end) for start, end in cells if end > start)


def _within_blanks(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the part of `start:end` that blanks surround: `2022年` of `/ 2022年 /`."""
    cell = line[start:end]
    return start + len(cell) - len(cell.lstrip(" \u3000\t")), start + len(cell.rstrip(" \u3000\t"))


def _names(line: str) -> Cells:
    """Return the cells of a line that names columns: words, and no figure but years; 表一 before them is none."""
    line = line.rstrip()
    number = _NUMBER_OF_TABLE.match(line)
    cells = _split(line, None, number.end() if number is not None else 0)
    words = [line[start:end] for start, end in cells]
    is_head = all(not _FIGURE.search(_YEAR.sub("", word)) for word in words) and all(map(_names_column, words))
    return cells if is_head else ()


def _names_column(word: str) -> bool:
    return _HAN.search(word) is not None or _YEAR.fullmatch(word) is not None or word in "±%％"


def _values(line: str, columns: int) -> Cells:
    """Return the cells of a row: the first is a label, the last is a figure, and so are all but a unit's between."""
    cells = _split(line.rstrip(), columns)
    words = [line[start:end] for start, end in cells]
    if len(cells) != columns or not _HAN.search(words[0]):
        return ()
    figures = [_VALUE.fullmatch(word) is not None for word in words[1:]]
    return cells if all(figures[1:]) and (figures[0] or len(words[1]) <= 6) else ()
