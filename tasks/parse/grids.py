"""Where the cells of tables are on a page, as its rules tell: those a PDF draws, or those seen in an image.

The geometry of rules is pdfplumber's.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from tasks.domain.documents import Box
from tasks.parse.lines import PageLines, boxed, union
from tasks.parse.loops import boxes_between, crossings, merged_rules

__all__ = ["Grid", "grids_of_image", "grids_of_rules", "plain_grids"]

Rule = tuple[float, float, float]  # where it is, from where and to where it goes
_SNAP: Final = 3.0  # points within which rules are one rule, pdfplumber's own default
_MIN_RULE: Final = 30.0  # points; shorter strokes in an image are strokes of characters
_CROSSINGS_TRIED: Final = 400_000
_CROSSINGS: Final = 6_000  # a table of 60 rows and 80 columns has 4,941; of these the search takes a second
# An edge as pdfplumber's table geometry takes it: `x0`, `x1`, `top`, `bottom`, `width`, `height` in points from the top
# left corner, `orientation` "h" or "v".
Edge = dict[str, Any]


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


def grids_of_rules(level: "array[float]", plumb: "array[float]", page: int) -> list[Grid]:
    """Return the grids that the rules of a PDF page draw: pdfplumber's own way and tolerances, cells of any size.

    Each rule is three numbers, in points from the top left corner: y, left and right of a level one, x, top and bottom
    of a plumb one.
    """
    plain = plain_grids(level, plumb, page)
    if plain is not None:
        return plain
    edges = [_edge_of(one, "h") for one in _rules(level)] + [_edge_of(one, "v") for one in _rules(plumb)]
    grids: list[Grid] = []
    for group in cells_to_tables(_cells(edges, _SNAP, _SNAP)):
        lefts = sorted({cell[0] for cell in group})
        rows: list[tuple[Box | None, ...]] = []
        for _, of_row in groupby(sorted(group, key=itemgetter(1, 0)), itemgetter(1)):
            by_left = {cell[0]: Box(*cell) for cell in of_row}
            rows.append(tuple(by_left.get(left) for left in lefts))
        grids.append(Grid(page, union([Box(*cell) for cell in group]), tuple(rows)))
    return grids


def plain_grids(level: "array[float]", plumb: "array[float]", page: int) -> list[Grid] | None:
    """Return the grids of tables in which each level rule crosses each plumb one; None when there are others, too.

    Most tables are such, and need no search for their cells. What comes out is what pdfplumber finds
    (`tests/parse/test_rules.py`), in a tenth of the time.
    """
    across: list[Rule] = merged_rules(level, _SNAP)
    down: list[Rule] = merged_rules(plumb, _SNAP)
    if len(across) * len(down) > _CROSSINGS_TRIED:
        return []
    tables: dict[tuple[int, ...], list[float]] = {}  # tops of rows by the plumb rules that they lie between
    found: list[tuple[int, ...]] = crossings(across, down, _SNAP)
    for (y, _, _), crosses in zip(across, found, strict=True):
        if crosses:
            tables.setdefault(crosses, []).append(y)
    if sum(map(len, tables)) > len(set().union(*tables)):  # a plumb rule stands in two of them
        return None
    if sum(len(crossed) * len(tops) for crossed, tops in tables.items()) > _CROSSINGS:
        return []
    grids: list[Grid] = []
    for crossed, tops in tables.items():
        lefts = [down[at][0] for at in crossed]
        if any(one == other for one, other in pairwise(lefts)) or any(one == other for one, other in pairwise(tops)):
            return None
        if len(lefts) < 2 or len(tops) < 2 or (len(lefts) == 2 and len(tops) == 2):
            continue  # no table: no cell, or one
        rows: tuple[tuple[Box, ...], ...] = boxes_between(Box, lefts, tops)
        grids.append(Grid(page, boxed(lefts[0], tops[0], lefts[-1], tops[-1]), rows))
    return grids


def _rules(numbers: "array[float]") -> list[Rule]:
    return [(numbers[at], numbers[at + 1], numbers[at + 2]) for at in range(0, len(numbers), 3)]


def _edge_of(rule: Rule, orientation: str) -> Edge:
    at, first, last = rule
    if orientation == "h":
        return {"x0": first, "x1": last, "top": at, "bottom": at, "width": last - first, "height": 0.0,
                "orientation": "h"}  # fmt: skip
    return {"x0": at, "x1": at, "top": first, "bottom": last, "width": 0.0, "height": last - first,
            "orientation": "v"}  # fmt: skip


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
