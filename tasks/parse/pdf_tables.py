"""Tables of pages: what stands in the cells that rules tell, and tables without rules, told by alignment.

What stands in a cell is always taken from the page's lines, character by character, so that every word of a cell keeps
its own place.
"""

import math
import statistics
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.domain.documents import Box
from tasks.parse.grids import Grid
from tasks.parse.layout import gaps
from tasks.parse.lines import Cell, Line, PageLines, Quad, cut, cut_within, joined, numbers, union
from tasks.parse.loops import quads_of, runs_in_cells

__all__ = ["aligned_grids", "fill_tables"]

_TABLE_EDGE: Final = (
    0.2  # a table that goes on over pages ends in the last fifth of one and begins in the first of the next
)
_ALIGNED_ROWS: Final = 3
_MAX_DRIFT: Final = 1.0
_NEAR: Final = 1.0  # points above and below a grid or a cell in which the middle of its line may stand


def aligned_grids(page: PageLines) -> list[Grid]:
    """Return the grids of tables without rules: three rows or more whose parts stand in the same three columns or more.

    A row of such a table is one line with wide blanks (PDFium) or several lines beside one another (OCR).
    """
    blank = 0
    for line in page.lines:
        if " " in line.text or "\u3000" in line.text:
            blank += 1
    if blank < _ALIGNED_ROWS and not _is_beside(page):
        return []
    rows = _rows_of_parts(page.lines)
    grids: list[Grid] = []
    run: list[list[Line]] = []
    for row in [*rows, []]:
        if len(row) >= 3 and (not run or _goes_with(run, row)):
            run.append(row)
            continue
        if len(run) >= _ALIGNED_ROWS and (grid := _aligned_grid(run)) is not None:
            grids.append(grid)
        run = [row] if len(row) >= 3 else []
    return grids


def _is_beside(page: PageLines) -> bool:
    """Return whether any two lines that follow one another stand side by side."""
    middle = -math.inf
    for line in page.lines:
        quad: Quad = line.box
        if quad[1] < middle:
            return True
        middle = (quad[1] + quad[3]) / 2
    return False


def _rows_of_parts(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.box.top + one.box.bottom) / 2):
        middle = (line.box.top + line.box.bottom) / 2
        if rows and rows[-1][-1].box.top < middle < rows[-1][-1].box.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    result = []
    for row in rows:
        parts: list[Line] = []
        for line in row:
            holes = gaps(line) if " " in line.text or "\u3000" in line.text else []
            starts, ends = [0, *(end for _, end in holes)], [*(start for start, _ in holes), len(line.text)]
            parts += [cut(line, start, end) for start, end in zip(starts, ends, strict=True)] if holes else [line]
        result.append(sorted(parts, key=lambda one: one.box.x0))
    return result


def _goes_with(run: Sequence[Sequence[Line]], row: Sequence[Line]) -> bool:
    """Return whether `row` is the next row of `run`: near below it, and none of its parts lies over two columns."""
    above = run[-1]
    height = max(one.box.bottom - one.box.top for one in above)
    if row[0].box.top - above[0].box.bottom > 2.5 * height:
        return False
    columns = _columns(run)
    return abs(len(row) - len(columns)) <= 2 and all(
        sum(part.box.x0 < right and part.box.x1 > left for left, right in columns) <= 1 for part in row
    )


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    spans: list[list[float]] = []
    for part in sorted((part for row in rows for part in row), key=lambda one: one.box.x0):
        if spans and part.box.x0 < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], part.box.x1)
        else:
            spans.append([part.box.x0, part.box.x1])
    return [(left, right) for left, right in spans]


def _aligned_grid(rows: Sequence[Sequence[Line]]) -> Grid | None:
    columns = _columns(rows)
    if len(columns) < 3:
        return None
    filled = [sum(any(_overlaps(part, one) for part in row) for one in columns) for row in rows]
    if statistics.median(filled) < len(columns) * 0.7:
        return None
    edges = [columns[0][0] - 1.0]
    edges += [(one[1] + other[0]) / 2 for one, other in pairwise(columns)]
    edges.append(columns[-1][1] + 1.0)
    boxes = []
    for row in rows:
        top, bottom = min(one.box.top for one in row), max(one.box.bottom for one in row)
        boxes.append(tuple(Box(edges[at], top, edges[at + 1], bottom) for at in range(len(columns))))
    box = union([one for row in boxes for one in row])
    return Grid(rows[0][0].page, box, tuple(boxes))


def _overlaps(part: Line, column: tuple[float, float]) -> bool:
    return part.box.x0 < column[1] and part.box.x1 > column[0]


def fill_tables(pages: Sequence[PageLines], grids: Sequence[Grid]) -> tuple[list[PageLines], list[Cell]]:
    """Return the pages without what stands in `grids`, and the cells with their words.

    A grid at the top of a page whose columns are those of the table that ended at the foot of the page before is its
    continuation; a header row that is repeated there is dropped. Grids without two columns or two rows are no tables.
    """
    by_page = {page.number: page for page in pages}
    cells: list[Cell] = []
    number, rows_above = -1, 0
    previous: Grid | None = None
    for grid in sorted(grids, key=lambda one: (one.page, one.box.top)):
        page = by_page[grid.page]
        goes_on = previous is not None and _goes_on(previous, grid, by_page)
        if not grid.rows or len(grid.rows[0]) < 2 or (len(grid.rows) < 2 and not goes_on):
            continue
        rest, filled = _filled(page, grid)
        if not filled:
            continue
        if not goes_on:
            number, rows_above = number + 1, 0
        elif _texts(filled, 0) == _texts([one for one in cells if one.table == number], 0):
            filled = [one for one in filled if one.row]
            rows_above -= 1
        by_page[grid.page] = rest
        cells += [one.at(number, one.row + rows_above) for one in filled] if number or rows_above else filled
        rows_above += len(grid.rows)
        previous = grid
    return [by_page[page.number] for page in pages], cells


def _texts(cells: Sequence[Cell], row: int) -> list[tuple[int, str]]:
    return [(one.column, one.text) for one in cells if one.row == row]


def _goes_on(above: Grid, grid: Grid, pages: dict[int, PageLines]) -> bool:
    """Return whether `grid`, at the top of its page, has the columns of the one that ended at the foot of the last."""
    page = pages[grid.page]
    if above.page != grid.page - 1 or grid.box.top > page.height * _TABLE_EDGE:
        return False
    if above.box.bottom < pages[above.page].height * (1 - _TABLE_EDGE):
        return False
    edges, edges_above = _vertical_edges(grid), _vertical_edges(above)
    return len(edges) == len(edges_above) and all(
        abs(one - other) <= 2 * _MAX_DRIFT for one, other in zip(edges, edges_above, strict=True)
    )


def _vertical_edges(grid: Grid) -> list[int]:
    whole: Quad = grid.box
    lefts: set[float] = {whole[2]}
    for row in grid.rows:
        for box in row:
            if box is not None:
                quad: Quad = box
                lefts.add(quad[0])
    return sorted({round(one) for one in lefts})


def _filled(page: PageLines, grid: Grid) -> tuple[PageLines, list[Cell]]:
    """Return the page without the characters that stand in the grid's cells, and those cells."""
    boxes: list[Box] = []
    places: list[tuple[int, int]] = []  # row and column of each
    for at, row in enumerate(grid.rows):
        for column, box in enumerate(row):
            if box is not None:
                boxes.append(box)
                places.append((at, column))
    cells = array("d", quads_of(boxes))
    inside: list[list[Line] | None] = [None] * len(boxes)
    kept: list[Line] = []
    whole: Quad = grid.box
    x0, first, x1, last = whole
    for line in page.lines:
        quad: Quad = line.box
        left, top, right, bottom = quad
        middle = (top + bottom) / 2
        if left > x1 or right < x0 or middle < first - _NEAR or middle > last + _NEAR:
            kept.append(line)
            continue
        edges = line.edges
        runs: list[tuple[int, int, int, float, float]] | None = runs_in_cells(
            line.text, numbers(edges), middle, cells, _NEAR
        )
        if runs is None:
            kept.append(line)
            continue
        for start, end, number, least, most in runs:
            part = cut_within(line, start, end, edges[start : end + 1], least, most)
            if number < 0:
                kept.append(part)
                continue
            others = inside[number]
            if others is None:
                inside[number] = [part]
            else:
                others.append(part)
    filled: list[Cell] = []
    for at, lines in enumerate(inside):
        if lines is not None:
            if len(lines) > 1:
                lines.sort(key=lambda one: (round(one.box.top), one.box.x0))
            place_box = boxes[at]
            around = _shown_box(page.shown(place_box) if page.turn else place_box, lines)
            number, column = places[at]
            filled.append(Cell(joined(lines), lines, place_box, around, 0, number, column))
    return PageLines(page.number, page.width, page.height, tuple(kept), page.by_ocr), filled


def _shown_box(box: Box, lines: Sequence[Line]) -> Box:
    """Return the cell's box on the page as it is shown: that of the words of its `lines` where the page is askew."""
    around = _shown_words(lines)
    words: Quad = around
    quad: Quad = box
    lies_within = quad[0] - 4 <= words[0] and words[2] <= quad[2] + 4 and quad[1] - 4 <= words[1]
    return box if lies_within and words[3] <= quad[3] + 4 else around


def _shown_words(lines: Sequence[Line]) -> Box:
    """Return where the words of `lines` stand on the page as it is shown."""
    if len(lines) == 1 and not lines[0].anchors:
        return lines[0].box
    boxes: list[Box] = []
    for line in lines:
        if line.anchors:
            boxes += [one.location.box for one in line.anchors if one.location.box is not None]
        else:
            boxes.append(line.box)
    return union(boxes)
