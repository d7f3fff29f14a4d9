"""The cells that rules draw: plain grids without a search are the cells that pdfplumber finds with one."""

from array import array
from collections.abc import Sequence
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from tasks.domain.documents import Box
from tasks.parse.grids import grids_of_rules, plain_grids

Rule = tuple[float, float, float]
Rules = tuple[list[Rule], list[Rule]]


def flat(rules: Sequence[Rule]) -> array:
    return array("d", [number for rule in rules for number in rule])


def of_pdfplumber(level: list[Rule], plumb: list[Rule]) -> list[list[Box]]:
    edges = [
        {"x0": x0, "x1": x1, "top": y, "bottom": y, "width": x1 - x0, "height": 0.0, "orientation": "h"}
        for y, x0, x1 in level
    ] + [
        {"x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0.0, "height": bottom - top, "orientation": "v"}
        for x, top, bottom in plumb
    ]
    crossings = edges_to_intersections(merge_edges(edges, 3, 3, 3, 3), 3, 3)
    return [sorted(map(Box._make, table)) for table in cells_to_tables(intersections_to_cells(crossings))]


@st.composite
def tables(draw: st.DrawFn) -> Rules:
    """One to three tables below one another, by rectangles of cells or by strokes; the pen is not quite steady."""
    level: list[Rule] = []
    plumb: list[Rule] = []
    unsteady = st.floats(-0.4, 0.4)
    y = draw(st.floats(20, 60))
    for _ in range(draw(st.integers(1, 3))):
        steps = st.lists(st.floats(9, 90), min_size=1, max_size=6)
        lefts, tops = [draw(st.sampled_from([50.0, 80.0]))], [y]
        for step in draw(steps):
            lefts.append(lefts[-1] + step)
        for step in draw(steps):
            tops.append(tops[-1] + step)
        if draw(st.booleans()):
            for top, bottom in pairwise(tops):
                for left, right in pairwise(lefts):
                    by = draw(unsteady)
                    level += [(top + by, left, right), (bottom + by, left, right)]
                    plumb += [(left + by, top, bottom), (right + by, top, bottom)]
        else:
            level += [(top + draw(unsteady), lefts[0] - draw(st.floats(0, 2)), lefts[-1]) for top in tops]
            plumb += [(left + draw(unsteady), tops[0], tops[-1] + draw(st.floats(0, 2))) for left in lefts]
        y = tops[-1] + draw(st.floats(12, 60))
    return level, plumb


@settings(max_examples=150, deadline=None)
@given(tables())
@example(([(10.0, 0.0, 90.0), (30.0, 0.0, 90.0)], [(0.0, 10.0, 30.0), (40.0, 10.0, 30.0), (90.0, 10.0, 30.0)]))
def test_plain_grids_are_what_pdfplumber_finds(rules: Rules) -> None:
    found = plain_grids(flat(rules[0]), flat(rules[1]), page=1)
    assert found is not None
    expected = of_pdfplumber(*rules)
    assert len(found) == len(expected)
    for grid, cells in zip(sorted(found, key=lambda one: one.box.top), expected, strict=True):
        own = sorted(box for row in grid.rows for box in row if box is not None)
        assert [tuple(one) for one in own] == [pytest.approx(tuple(one), abs=1e-6) for one in cells]
        assert {len(row) for row in grid.rows} == {len(grid.rows[0])}


strokes = st.lists(
    st.tuples(st.integers(0, 12).map(lambda at: at * 7.0), st.integers(0, 6), st.integers(1, 7)), min_size=2, max_size=9
).map(lambda some: [(at, first * 14.0, (first + more) * 14.0) for at, first, more in some])


@settings(max_examples=300, deadline=None)
@given(strokes, strokes)
def test_any_rules_give_what_pdfplumber_finds(level: list[Rule], plumb: list[Rule]) -> None:
    found = grids_of_rules(flat(level), flat(plumb), 1)
    cells = [sorted(box for row in grid.rows for box in row if box is not None) for grid in found]
    assert sorted(cells) == sorted(of_pdfplumber(level, plumb))


def test_a_table_with_merged_cells_is_no_plain_grid() -> None:
    level = [(10.0, 0.0, 100.0), (30.0, 0.0, 100.0), (50.0, 0.0, 100.0)]
    plumb = [(0.0, 10.0, 50.0), (60.0, 30.0, 50.0), (100.0, 10.0, 50.0)]  # the first row is one cell
    assert plain_grids(flat(level), flat(plumb), 1) is None
    (grid,) = grids_of_rules(flat(level), flat(plumb), 1)
    assert [[box is not None for box in row] for row in grid.rows] == [[True, False], [True, True]]
