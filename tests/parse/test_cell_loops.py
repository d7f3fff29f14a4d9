"""What is worked out for each rule and cell: by the compiled loops to the last bit what those in Python give."""

import gc
import importlib
from array import array
from types import ModuleType

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tasks.domain.documents import Anchor, Box, Location
from tasks.parse import python_cell_loops

compiled: ModuleType | None
try:
    compiled = importlib.import_module("tasks.parse.cell_loops")
except ImportError:
    compiled = None
needs_compiled = pytest.mark.skipif(compiled is None, reason="cell_loops.c is not compiled (make native)")
BOTH = [pytest.param(compiled, marks=needs_compiled), python_cell_loops]

_PLACES = st.floats(-50, 900, width=32)
_NEAR = st.integers(0, 60).map(lambda one: one / 2)


@pytest.mark.parametrize("loops", BOTH)
def test_a_record_is_what_its_class_makes(loops: ModuleType) -> None:
    box = loops.record(Box, 1.0, 2.0, 3.0, 4.0)
    place = loops.record(Location, 1, box, None, None, None, None, None)
    anchor = loops.record(Anchor, 0, 2, place, array("f", [1, 2, 3]), None)
    assert (type(box), type(place), type(anchor)) == (Box, Location, Anchor)
    assert anchor == Anchor(0, 2, Location(1, Box(1.0, 2.0, 3.0, 4.0)), array("f", [1, 2, 3]))
    assert place.box.bottom == 4.0
    for kind in (list, int, "Box"):
        with pytest.raises(TypeError, match="named tuple"):
            loops.record(kind, 1)


@needs_compiled
def test_records_that_can_be_in_a_cycle_are_looked_at_for_cycles() -> None:
    assert compiled is not None
    box = compiled.record(Box, 1.0, 2.0, 3.0, 4.0)
    assert not gc.is_tracked(box)
    assert not gc.is_tracked(compiled.record(Location, 1, box))
    for held in ([], {}, {1: 2}, Box(1.0, 2.0, 3.0, 4.0), compiled.record(Location, [])):
        assert gc.is_tracked(compiled.record(Location, 1, held))


@pytest.mark.parametrize("loops", BOTH)
def test_boxes_and_their_numbers(loops: ModuleType) -> None:
    rows = loops.boxes_between(Box, [0.0, 10.0, 30.0], [5.0, 15.0])
    assert rows == ((Box(0.0, 5.0, 10.0, 15.0), Box(10.0, 5.0, 30.0, 15.0)),)
    assert loops.boxes_between(Box, [1.0], []) == ()
    quads = loops.quads_of(list(rows[0]))
    assert array("d", quads).tolist() == [0, 5, 10, 15, 10, 5, 30, 15]
    assert loops.boxes_of(Box, array("d", quads)) == list(rows[0])
    assert {type(one) for one in loops.boxes_of(Box, array("d", quads))} == {Box}


@needs_compiled
def test_boxes_of_no_kind_are_refused() -> None:
    assert compiled is not None
    for call in (
        lambda: compiled.boxes_of(list, array("d", [1, 2, 3, 4])), lambda: compiled.boxes_between(int, [1.0], [1.0]),
        lambda: compiled.quads_of([(1.0, 2.0)]), lambda: compiled.quads_of([("1", 2.0, 3.0, 4.0)]),
        lambda: compiled.quads_of(()),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            call()


@needs_compiled
@given(st.text("a 1\u3000", max_size=12), st.data())
def test_runs_in_cells_are_the_same(text: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["f", "d"]))
    edges = array(kind, data.draw(st.lists(_PLACES, min_size=len(text) + 1, max_size=len(text) + 3)))
    cells = array("d")
    for _ in range(data.draw(st.integers(0, 6))):
        left, top = data.draw(_PLACES), data.draw(st.sampled_from([10.0, 20.0, 22.0]))
        cells.extend((left, top, left + data.draw(st.floats(0, 400)), top + 10))
    middle = data.draw(st.sampled_from([9.0, 15.0, 21.0, 60.0]))
    assert compiled is not None
    found = compiled.runs_in_cells(text, edges, middle, cells, 1.0)
    assert found == python_cell_loops.runs_in_cells(text, edges, middle, cells, 1.0)


@pytest.mark.parametrize("loops", BOTH)
def test_a_line_over_two_cells_and_beside_them_is_three_runs(loops: ModuleType) -> None:
    cells = array("d", [0, 0, 30, 20, 30, 0, 60, 20, 0, 20, 60, 40])
    edges = array("f", [2, 12, 22, 30, 40, 50, 72])
    assert loops.runs_in_cells("粮食 12吨", edges, 10.0, cells, 1.0) == [(0, 2, 0, 2.0, 22.0), (3, 5, 1, 30.0, 50.0),
                                                                    (5, 6, -1, 50.0, 72.0)]  # fmt: skip
    assert loops.runs_in_cells("粮食", edges, 41.0, cells, 1.0) == [(0, 2, 2, 2.0, 22.0)]
    assert loops.runs_in_cells("粮食", edges, 41.1, cells, 1.0) is None
    assert loops.runs_in_cells("粮", array("f", [70, 90]), 10.0, cells, 1.0) == [(0, 1, -1, 70.0, 90.0)]


@needs_compiled
@given(st.lists(st.tuples(_NEAR, _NEAR, _NEAR), max_size=30))
def test_merged_rules_are_the_same(rules: list[tuple[float, float, float]]) -> None:
    numbers = array("d")
    for at, one, other in rules:
        numbers.extend((at, min(one, other), max(one, other)))
    assert compiled is not None
    assert compiled.merged_rules(numbers, 3.0) == python_cell_loops.merged_rules(numbers, 3.0)


_NUMBER = st.sampled_from([-1.0, 0.0, 1.0, 2.0, 0.5, 30.0, float("nan")])
_MATRIX = st.one_of(st.just((1.0, 0.0, 0.0, 1.0, 0.0, 0.0)), st.tuples(*[_NUMBER] * 6))
_CORNER = st.sampled_from([0.0, 0.0, 20.0, 20.0, 20.005, 50.0])


@st.composite
def paths(draw: st.DrawFn) -> tuple[array, array, array, array, array, array]:
    """Rectangles, level and askew, and paths of any segments: counts, points, kinds, closes, matrices, frames."""
    counts, points, kinds, closes = array("i"), array("f"), array("i"), array("i")
    matrices, frames = array("f"), array("d")
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.booleans()):
            x, y, x2, y2 = (draw(_CORNER) for _ in range(4))
            corners = [(x, y), (x2, y), (x2, y2), (x, y2), (x, y)]
        else:
            corners = draw(st.lists(st.tuples(_CORNER, _CORNER), max_size=7))
        counts.append(len(corners) if draw(st.integers(0, 9)) or corners else -1)
        for corner in corners:
            points.extend(corner)
            kinds.append(draw(st.sampled_from([0, 0, 0, 1, 2, -1])))
            closes.append(draw(st.integers(0, 1)))
        matrices.extend(draw(_MATRIX))
        frames.extend(draw(_MATRIX))
    return counts, points, kinds, closes, matrices, frames


@needs_compiled
@given(paths(), _MATRIX, st.booleans())
def test_rules_of_points_are_the_same(
    given_paths: tuple[array, array, array, array, array, array], shown: tuple[float, ...], has_kinds: bool
) -> None:
    counts, points, kinds, closes, matrices, frames = given_paths
    if not has_kinds:
        kinds, closes = array("i"), array("i")
    found = [
        loops.rules_of_points(counts, points, kinds, closes, matrices, frames, shown, 0.01, 1.0)
        for loops in (compiled, python_cell_loops)
        if loops is not None
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("loops", BOTH)
def test_too_little_is_refused(loops: ModuleType) -> None:
    one, unmoved = array("i", [5]), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    none, points = array("i"), array("f", bytes(40))
    matrices, frames = array("f", unmoved), array("d", unmoved)
    for call in (
        lambda: loops.rules_of_points(one, points[:9], none, none, matrices, frames, unmoved, 0.01, 1.0),
        lambda: loops.rules_of_points(one, points, none, none, matrices[:5], frames, unmoved, 0.01, 1.0),
        lambda: loops.rules_of_points(one, points, none, none, matrices, frames[:5], unmoved, 0.01, 1.0),
        lambda: loops.runs_in_cells("a b", array("f", bytes(4)), 1.0, array("d"), 1.0),
    ):
        with pytest.raises(ValueError, match=r"too short|edges"):
            call()
