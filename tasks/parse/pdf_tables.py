"""Tables of pages: where the cells are is told by rules, drawn or seen in an image, or by alignment.

The geometry of rules is pdfplumber's. What stands in a cell is always taken from the page's lines, character by
character, so that every word of a cell keeps its own place.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter

import cv2
import numpy as np
import numpy.typing as npt
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from tasks.domain.documents import Box
from tasks.parse.layout import gaps
from tasks.parse.lines import Cell, Line, PageLines, cut, joined, union
from tasks.parse.pdf_objects import Edge

__all__ = ["Grid", "aligned_grids", "fill_tables", "grids_of_image", "grids_of_rules"]

_TABLE_EDGE = 0.2  # a table that goes on over pages ends in the last fifth of one and begins in the first of the next
_SNAP = 3.0  # points within which rules are one rule, pdfplumber's own default
_ALIGNED_ROWS = 3
_MIN_RULE = 30.0  # points; shorter strokes in an image are strokes of characters
_MAX_DRIFT = 1.0
_CROSSINGS_TRIED = 400_000
_CROSSINGS = 6_000  # a table of 60 rows and 80 columns has 4,941; of these the search takes a second


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a table's cells are on a page: boxes of rows, None where a cell is merged into another."""

    page: int
    box: Box
    rows: tuple[tuple[Box | None, ...], ...]

    def upright(self, page: PageLines) -> "Grid":
        """Return the grid on the page turned so that its text is upright."""
        if not page.turn:
            return self
        cells = [page.upright(box) for row in self.rows for box in row if box is not None]
        return _grid(cells, self.page) or replace(self, rows=())


def grids_of_rules(edges: list[Edge], page: int) -> list[Grid]:
    """Return the grids that the rules of a PDF page draw: pdfplumber's own way and tolerances, cells of any size."""
    grids: list[Grid] = []
    for group in cells_to_tables(_cells(edges, _SNAP, _SNAP)):
        lefts = sorted({cell[0] for cell in group})
        rows: list[tuple[Box | None, ...]] = []
        for _, of_row in groupby(sorted(group, key=itemgetter(1, 0)), itemgetter(1)):
            by_left = {cell[0]: Box(*cell) for cell in of_row}
            rows.append(tuple(by_left.get(left) for left in lefts))
        grids.append(Grid(page, union([Box(*cell) for cell in group]), tuple(rows)))
    return grids


def _cells(edges: list[Edge], snap: float, join: float) -> list[tuple[float, float, float, float]]:
    """Return the cells between `edges`; none where these are a drawing, on which the search would take minutes."""
    merged = [one for one in merge_edges(edges, snap, snap, join, join) if max(one["width"], one["height"]) >= _SNAP]
    plumb = sum(one["orientation"] == "v" for one in merged)
    if plumb * (len(merged) - plumb) > _CROSSINGS_TRIED:
        return []
    crossings = edges_to_intersections(merged, snap, snap)
    return intersections_to_cells(crossings) if len(crossings) <= _CROSSINGS else []


def grids_of_image(image: npt.NDArray[np.uint8], page: int, scale: float) -> list[Grid]:
    """Return the grids that the rules in an upright `image` (grey, `scale` points a pixel) draw, boxes in points."""
    length = max(20, int(_MIN_RULE / scale))
    ink = cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    edges: list[Edge] = []
    for kernel, orientation in (((length, 1), "h"), ((1, length), "v")):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, kernel))
        # Scanned rules are broken and a little aslant.
        rules = cv2.dilate(rules, np.ones((3, 3), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(rules)
        for x, y, width, height, _ in stats[1:]:
            along, across = (width, height) if orientation == "h" else (height, width)
            if along >= length and across * 5 < along:
                edges.append(_edge(float(x), float(y), float(width), float(height), orientation, scale))
    if len(edges) < 4:
        return []
    boxes = _cells(edges, 2 * _SNAP, 4 * _SNAP)
    return [grid for cells in cells_to_tables(boxes) if (grid := _grid(cells, page)) is not None]


def _edge(x: float, y: float, width: float, height: float, orientation: str, scale: float) -> Edge:
    middle_x, middle_y = (x + width / 2) * scale, (y + height / 2) * scale
    x0, x1 = (x * scale, (x + width) * scale) if orientation == "h" else (middle_x, middle_x)
    top, bottom = (middle_y, middle_y) if orientation == "h" else (y * scale, (y + height) * scale)
    return {
        "x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top,
        "orientation": orientation,
    }  # fmt: skip


def _grid(cells: Iterable[tuple[float, float, float, float]], page: int) -> Grid | None:
    """Return the rows and columns that `cells` make; a cell over several columns stands in its first."""
    boxes = [Box(*cell) for cell in cells]
    lefts = _levels(box.x0 for box in boxes)
    tops = _levels(box.top for box in boxes)
    rows: list[list[Box | None]] = [[None] * len(lefts) for _ in tops]
    for box in boxes:
        rows[_nearest(tops, box.top)][_nearest(lefts, box.x0)] = box
    if len(lefts) < 2:
        return None
    return Grid(page, union(boxes), tuple(tuple(row) for row in rows))


def _levels(values: Iterable[float]) -> list[float]:
    levels: list[float] = []
    for value in sorted(values):
        if not levels or value - levels[-1] > 2 * _SNAP:
            levels.append(value)
    return levels


def _nearest(levels: Sequence[float], value: float) -> int:
    return min(range(len(levels)), key=lambda at: abs(levels[at] - value))


def aligned_grids(page: PageLines) -> list[Grid]:
    """Return the grids of tables without rules: three rows or more whose parts stand in the same three columns or more.

    A row of such a table is one line with wide blanks (PDFium) or several lines beside one another (OCR).
    """
    if sum(" " in line.text or "\u3000" in line.text for line in page.lines) < _ALIGNED_ROWS and not _is_beside(page):
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
    return any(other.box.top < (one.box.top + one.box.bottom) / 2 for one, other in pairwise(page.lines))


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
        cells += [replace(one, table=number, row=one.row + rows_above) for one in filled]
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
    return sorted({round(box.x0) for row in grid.rows for box in row if box is not None} | {round(grid.box.x1)})


def _filled(page: PageLines, grid: Grid) -> tuple[PageLines, list[Cell]]:
    """Return the page without the characters that stand in the grid's cells, and those cells."""
    places = [
        (at, column, box) for at, row in enumerate(grid.rows) for column, box in enumerate(row) if box is not None
    ]  # fmt: skip
    inside: dict[tuple[int, int], list[Line]] = {}
    kept: list[Line] = []
    for line in page.lines:
        middle = (line.box.top + line.box.bottom) / 2
        level = [one for one in places if one[2].top - 1 <= middle <= one[2].bottom + 1]
        if not level or line.box.x0 > grid.box.x1 or line.box.x1 < grid.box.x0:
            kept.append(line)
            continue
        for part, place in _parts(line, level):
            if place is None:
                kept.append(part)
            else:
                inside.setdefault(place, []).append(part)
    cells = []
    for at, column, box in places:
        lines = sorted(inside.get((at, column), []), key=lambda one: (round(one.box.top), one.box.x0))
        if lines:
            text, anchors = joined(lines)
            shown = [one.location.box for one in anchors if one.location.box is not None]
            cells.append(Cell(text, grid.page, box, _shown_box(page.shown(box), shown), 0, at, column, anchors))
    return PageLines(page.number, page.width, page.height, tuple(kept), page.by_ocr), cells


def _shown_box(box: Box, shown: list[Box]) -> Box:
    """Return the cell's box on the page as it is shown: that of its words where the page is askew."""
    words = union(shown)
    lies_within = box.x0 - 4 <= words.x0 and words.x1 <= box.x1 + 4 and box.top - 4 <= words.top
    return box if lies_within and words.bottom <= box.bottom + 4 else words


def _parts(line: Line, level: Sequence[tuple[int, int, Box]]) -> list[tuple[Line, tuple[int, int] | None]]:
    """Return the parts of `line` with the cell (row, column) each stands in, None outside of all."""
    runs: list[tuple[int, int, tuple[int, int] | None]] = []
    for at, character in enumerate(line.text):
        if character.isspace():
            continue
        middle = (line.edges[at] + line.edges[at + 1]) / 2
        place = next(((row, column) for row, column, box in level if box.x0 <= middle <= box.x1), None)
        if runs and runs[-1][2] == place:
            runs[-1] = (runs[-1][0], at + 1, place)
        else:
            runs.append((at, at + 1, place))
    return [(cut(line, start, end), place) for start, end, place in runs]
