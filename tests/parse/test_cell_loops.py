"""What is worked out for each cell: by the compiled loops to the last bit what those in Python give."""

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


@pytest.mark.parametrize("loops", BOTH)
def test_a_line_without_its_edges_is_refused(loops: ModuleType) -> None:
    with pytest.raises(ValueError, match="edges"):
        loops.runs_in_cells("a b", array("f", bytes(4)), 1.0, array("d"), 1.0)
