"""What is worked out for each rule: by the compiled loops to the last bit what those in Python give."""

import importlib
from array import array
from types import ModuleType

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tasks.parse import python_rule_loops

compiled: ModuleType | None
try:
    compiled = importlib.import_module("tasks.parse.rule_loops")
except ImportError:
    compiled = None
needs_compiled = pytest.mark.skipif(compiled is None, reason="rule_loops.c is not compiled (make native)")
BOTH = [pytest.param(compiled, marks=needs_compiled), python_rule_loops]

_NEAR = st.integers(0, 60).map(lambda one: one / 2)


@needs_compiled
@given(st.lists(st.tuples(_NEAR, _NEAR, _NEAR), max_size=30))
def test_merged_rules_are_the_same(rules: list[tuple[float, float, float]]) -> None:
    numbers = array("d")
    for at, one, other in rules:
        numbers.extend((at, min(one, other), max(one, other)))
    assert compiled is not None
    merged = compiled.merged_rules(numbers, 3.0)
    assert merged == python_rule_loops.merged_rules(numbers, 3.0)
    assert compiled.crossings(merged, rules, 3.0) == python_rule_loops.crossings(merged, rules, 3.0)


@pytest.mark.parametrize("loops", BOTH)
def test_rules_that_touch_cross(loops: ModuleType) -> None:
    across = [(10.0, 0.0, 90.0), (50.0, 0.0, 40.0)]
    down = [(0.0, 13.0, 50.0), (43.0, 10.0, 50.0), (43.1, 13.1, 50.0), (90.0, 10.0, 46.9)]
    assert loops.crossings(across, down, 3.0) == [(0, 1, 3), (0, 1)]
    assert loops.crossings(across, [], 3.0) == [(), ()]


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
        for loops in (compiled, python_rule_loops)
        if loops is not None
    ]
    assert found[0] == found[1]


@needs_compiled
def test_what_is_no_rule_is_refused() -> None:
    assert compiled is not None
    for across, down in (([(1.0, 2.0)], []), ([], [(1.0, 2.0, "3")])):
        with pytest.raises(TypeError):
            compiled.crossings(across, down, 3.0)


@pytest.mark.parametrize("loops", BOTH)
def test_too_little_is_refused(loops: ModuleType) -> None:
    one, unmoved = array("i", [5]), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    none, points = array("i"), array("f", bytes(40))
    matrices, frames = array("f", unmoved), array("d", unmoved)
    for call in (
        lambda: loops.rules_of_points(one, points[:9], none, none, matrices, frames, unmoved, 0.01, 1.0),
        lambda: loops.rules_of_points(one, points, none, none, matrices[:5], frames, unmoved, 0.01, 1.0),
        lambda: loops.rules_of_points(one, points, none, none, matrices, frames[:5], unmoved, 0.01, 1.0),
    ):
        with pytest.raises(ValueError, match="too short"):
            call()
