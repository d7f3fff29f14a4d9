"""What is worked out for each character of a text: by the compiled loops what those in Python give."""

import importlib
from array import array
from types import ModuleType

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tasks.parse import python_text_loops

compiled: ModuleType | None
try:
    compiled = importlib.import_module("tasks.parse.text_loops")
except ImportError:
    compiled = None
needs_compiled = pytest.mark.skipif(compiled is None, reason="text_loops.c is not compiled (make native)")
BOTH = [pytest.param(compiled, marks=needs_compiled), python_text_loops]

_TEXTS = st.text("粮食总产，。（）、．.  \u3000\xa0\r\n\t12٣３a\ufffe\ue000𠀀", max_size=40)


@needs_compiled
@given(_TEXTS)
def test_all_say_the_same(text: str) -> None:
    assert compiled is not None
    table = "".join(map(chr, range(0x30))) + "一" * 0x5000
    bits = bytes(range(256)) * 16
    for call in (
        lambda loops: loops.lines_of(text), lambda loops: loops.masked(text), lambda loops: loops.without_gaps(text),
        lambda loops: loops.count_among(text, "，。粮𠀀1"), lambda loops: loops.count_in(text, bits),
        lambda loops: loops.translated(text, table), lambda loops: loops.translated(text, ""),
    ):  # fmt: skip
        assert call(compiled) == call(python_text_loops)


@pytest.mark.parametrize("loops", BOTH)
def test_the_lines_of_a_page(loops: ModuleType) -> None:
    words, spans, flags = loops.lines_of(" 一、农业\r\n\r\n  \r\n粮食 12吨\u3000\r\n软\xad件\n")
    assert words == ["一、农业", "粮食 12吨", "软\xad件"]
    assert array("i", spans).tolist() == [1, 4, 13, 6, 22, 3]
    assert flags == bytes([3, 1, 0])


@pytest.mark.parametrize("loops", BOTH)
def test_gaps_and_numbers(loops: ModuleType) -> None:
    assert loops.without_gaps("三、 ２０２４ 年 工作 （一） 农业 12 a 3") == "三、２０２４年工作 （一）农业12 a 3"
    assert loops.masked("— 12 —第3页") == "— # —第#页"
    assert loops.count_among("一二一三", "一三") == 3
    assert loops.count_in("ab\u4e00", bytes(12) + b"\x06") == 2
    assert loops.translated("b€a", "x" * 0x62) == "b€x"
