"""What is worked out for each character: by the compiled loops to the last bit what those in Python give."""

import importlib
import math
from array import array
from types import ModuleType

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tasks.parse import python_line_loops

compiled: ModuleType | None
try:
    compiled = importlib.import_module("tasks.parse.line_loops")
except ImportError:
    compiled = None
needs_compiled = pytest.mark.skipif(compiled is None, reason="line_loops.c is not compiled (make native)")
BOTH = [pytest.param(compiled, marks=needs_compiled), python_line_loops]

_PLACES = st.floats(-50, 900, width=32)
_WORDS = st.text("粮食12.5a（，", min_size=1, max_size=5)
_BLANKS = st.sampled_from([" ", "  ", "\u3000", "\t \xa0"])


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, array, array, array]:
    """The text of a page, the spans of its lines, boxes of characters in any order, and which belong to which."""
    text, spans = "", array("i")
    for _ in range(draw(st.integers(1, 3))):
        parts = draw(st.lists(_WORDS, min_size=1, max_size=3))
        line = parts[0] + "".join(draw(_BLANKS) + part for part in parts[1:])
        spans.extend([len(text), len(line)])
        text += line + "\r\n"
    boxes = array("f")
    left = draw(_PLACES)
    for _ in text:
        left += draw(st.floats(-4, 14, width=32))
        bottom = draw(st.floats(100, 103, width=32))
        boxes.extend(
            [left, bottom + draw(st.sampled_from([0.0, 12.0])), left + draw(st.floats(-1, 12, width=32)), bottom]
        )
    places = draw(st.sampled_from([array("i"), array("i", reversed(range(len(text))))]))
    return text, spans, places, boxes


@needs_compiled
@given(lines(), st.sampled_from([0.0, 3.7]), st.booleans())
def test_exact_lines_are_the_same(page: tuple[str, array, array, array], x: float, in_order: bool) -> None:
    text, spans, places, boxes = page
    found = []
    for loops in (compiled, python_line_loops):
        edges, quads = array("f", bytes(4 * (sum(spans[1::2]) + len(spans)))), array("d", bytes(16 * len(spans)))
        flags = loops.level_lines(text, spans, places, boxes, x, 842.0, in_order, edges, quads)
        start, told = 0, []
        for line, flag in enumerate(flags):
            end = start + spans[2 * line + 1] + 1
            if flag:
                told.append((edges[start:end], quads[4 * line : 4 * line + 4]))
            start = end
        found.append((flags, told))
    assert found[0] == found[1]


@needs_compiled
@given(st.lists(st.text("粮食0?.a", min_size=1, max_size=9), min_size=1, max_size=6), st.data())
def test_whole_lines_are_the_same(words: list[str], data: st.DataObject) -> None:
    kinds = "".join(words).encode("ascii", "replace")
    flags = bytes(data.draw(st.lists(st.sampled_from([3, 3, 3, 1, 0]), min_size=len(words), max_size=len(words))))
    spans, boxes = array("i"), array("f")
    for line in words:
        spans.extend([len(boxes) // 4, len(line)])
        left, height = 50.0, data.draw(st.sampled_from([12.0, 12.0, 0.0, 14.1, math.nan]))
        for _ in line:
            width = data.draw(st.sampled_from([12.0, 12.0, 12.0, 6.0, math.nan]))
            boxes.extend([left, 100.0 + height, left + width, 100.0])
            left += width
    found = []
    for loops in (compiled, python_line_loops):
        widths: dict[int, array] = {}
        quads = array("d", bytes(16 * len(spans)))
        told = loops.whole_lines(
            kinds, spans.tobytes(), flags, boxes, 1.5, 842.0, 0.1, widths, lambda: array("d", [math.nan]) * 256, quads
        )
        kept = [one if one is None or isinstance(one, int) else "told" for one in told]
        boxed = [quads[4 * at : 4 * at + 4].tobytes() for at, one in enumerate(told) if one is not None]
        assert all(one is widths[round(8 * (boxes[4 * first + 1] - boxes[4 * first + 3]))]
                   for one, first in zip(told, spans[0::2], strict=True) if isinstance(one, array))  # fmt: skip
        found.append((kept, boxed, {size: one.tobytes() for size, one in widths.items()}))
    assert found[0] == found[1]


@needs_compiled
@given(st.text("a 1\u3000", max_size=12), st.data())
def test_blanks_and_extents_are_the_same(text: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["f", "d"]))
    edges = array(kind, data.draw(st.lists(_PLACES, min_size=len(text) + 1, max_size=len(text) + 3)))
    least = data.draw(_PLACES)
    assert compiled is not None
    assert compiled.wide_blanks(text, edges, least) == python_line_loops.wide_blanks(text, edges, least)
    assert compiled.extent(edges) == python_line_loops.extent(edges)


@needs_compiled
@given(st.binary(max_size=12), st.lists(st.floats(0, 20), min_size=256, max_size=256), _PLACES)
def test_edges_of_widths_are_the_same(kinds: bytes, widths: list[float], start: float) -> None:
    found = []
    for loops in (compiled, python_line_loops):
        edges = array("f", bytes(4 * len(kinds) + 4))
        loops.edges_of_widths(kinds, array("d", widths), start, 500.0, edges)
        found.append(edges)
    assert found[0] == found[1]


@needs_compiled
@given(lines(), st.sampled_from([0.0, 0.15, 2.0]), st.data())
def test_lines_put_in_order_are_the_same(
    page: tuple[str, array, array, array], gap: float, data: st.DataObject
) -> None:  # fmt: skip
    text, spans, _, boxes = page
    words = text[spans[0] : spans[0] + spans[1]]
    places = array("i", data.draw(st.permutations(range(len(words)))))
    if data.draw(st.booleans()):
        boxes[4 * places[0]] = math.nan
    assert compiled is not None
    found = compiled.from_left_to_right(words, places, boxes, gap)
    assert found == python_line_loops.from_left_to_right(words, places, boxes, gap)
    assert len(found[1]) == 4 * len(found[0])


@pytest.mark.parametrize("loops", BOTH)
def test_what_is_drawn_last_is_put_into_its_place(loops: ModuleType) -> None:
    lefts = [10, 22, 58, 70, 34, 46]  # 开展 活动“三 – the last two are drawn after the others
    boxes = array("f", [side for left in lefts for side in (left, 20, left + 12, 8)])
    words, places = loops.from_left_to_right("开展 活动“三", array("i", [0, 1, 2, 2, 3, 4, 5]), boxes, 0.15)
    assert words == "开展“三活动"
    assert array("i", places).tolist() == [0, 1, 4, 5, 2, 3]
    apart = array("f", boxes)
    apart[18], apart[22] = 42, 54  # the last ends four points before what follows
    assert loops.from_left_to_right("开展活动“三", array("i", range(6)), apart, 0.15)[0] == "开展“三 活动"


@pytest.mark.parametrize("loops", BOTH)
def test_what_the_blanks_of_a_line_take_is_the_room_between_its_words(loops: ModuleType) -> None:
    boxes = array("f", [10, 20, 16, 8, 0, 0, 0, 0, 30, 20, 42, 7])
    edges, quads = array("f", bytes(16)), array("d", bytes(32))
    assert loops.level_lines("1 吨", array("i", [0, 3]), array("i"), boxes, 2.0, 100.0, True, edges, quads) == b"\1"
    assert edges.tolist() == [8, 14, 28, 40]
    assert quads.tolist() == [8, 80, 40, 93]


@pytest.mark.parametrize("loops", BOTH)
def test_a_line_that_jumps_back_is_told(loops: ModuleType) -> None:
    boxes = array("f", [30, 20, 42, 8, 10, 20, 22, 8])
    edges, quads = array("f", bytes(12)), array("d", bytes(32))
    assert loops.level_lines("吨粮", array("i", [0, 2]), array("i"), boxes, 0.0, 100.0, True, edges, quads) == b"\0"
    assert loops.level_lines("吨粮", array("i", [0, 2]), array("i"), boxes, 0.0, 100.0, False, edges, quads) == b"\1"


@pytest.mark.parametrize("loops", BOTH)
def test_buffers_that_are_too_short_are_refused(loops: ModuleType) -> None:
    short, wide, none = array("f", bytes(4)), array("d", bytes(32)), array("i")
    for call in (
        lambda: loops.level_lines("吨", array("i", [0, 1]), none, short, 0.0, 0.0, True, array("f", bytes(8)), wide),
        lambda: loops.level_lines("吨", array("i", [0, 1]), none, array("f", bytes(16)), 0.0, 0.0, True, short, wide),
        lambda: loops.level_lines("吨", array("i", [0, 2]), none, array("f", bytes(32)), 0.0, 0.0, True, wide, wide),
        lambda: loops.level_lines("吨 ", array("i", [0, 2]), none, array("f", bytes(32)), 0.0, 0.0, True, wide, wide),
        lambda: loops.level_lines("吨", array("i", [-1, 1]), none, array("f", bytes(32)), 0.0, 0.0, True, wide, wide),
        lambda: loops.whole_lines(b"?", array("i", [0, 2]).tobytes(), b"\3", short, 0.0, 0.0, 0.1, {}, list, wide),
        lambda: loops.whole_lines(b"?", array("i", [0, 1]).tobytes(), b"", array("f", bytes(16)), 0.0, 0.0, 0.1, {},
                                  list, wide),
        lambda: loops.from_left_to_right("吨", none, array("f", bytes(16)), 0.1),
        lambda: loops.from_left_to_right("吨", array("i", [1]), array("f", bytes(16)), 0.1),
        lambda: loops.wide_blanks("a b", short, 1.0),
        lambda: loops.extent(array("f")), lambda: loops.edges_of_widths(b"?", wide, 0.0, 1.0, wide),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"fit|edges|no numbers|too short"):
            call()
