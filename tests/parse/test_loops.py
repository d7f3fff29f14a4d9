"""PDFium is asked in one call of many things: by the compiled loops exactly what those in Python answer."""

import ctypes
import importlib
from array import array
from types import ModuleType

import pypdfium2
import pytest

from tasks.parse import pdfium, python_loops

compiled: ModuleType | None
try:
    compiled = importlib.import_module("tasks.parse.pdfium_loops")
except ImportError:
    compiled = None
needs_compiled = pytest.mark.skipif(compiled is None, reason="pdfium_loops.c is not compiled (make native)")


@pytest.fixture
def page(sheet):
    """A page with text, a stroke and a rectangle, and its text: PDFium's handles."""
    made = sheet()
    made.add_page()
    made.line(100, 100, 300, 100)
    made.rect(100, 200, 50, 20)
    made._out("q 0 0 400 400 re W n 10 10 300 300 re W n")
    made.rect(100, 500, 50, 20)
    made.rect(100, 520, 50, 20)
    made._out("Q")
    pdf = pypdfium2.PdfDocument(made.lines("粮食总产量12345吨，", "比上年增长3.2%。").data)
    handle = pdfium.load_page(ctypes.cast(pdf.raw, ctypes.c_void_p).value, 0)
    text = pdfium.load_text(handle)
    yield handle, text
    pdfium.close_text(text)
    pdfium.close_page(handle)
    pdf.close()


def objects(page: int) -> tuple[array, array]:
    """The handles of all objects in the order of drawing, and their kinds."""
    wanted = array("i", range(1, 6))
    found = pdfium.objects_by_kind(page, False, pdfium.count_on_page(page), wanted)
    placed = [
        (place, handle, kind)
        for kind, (handles, places) in zip(wanted, found, strict=True)
        for place, handle in zip(array("i", places), array("Q", handles), strict=True)
    ]
    assert [place for place, _, _ in sorted(placed)] == list(range(pdfium.count_on_page(page)))
    return array("Q", [handle for _, handle, _ in sorted(placed)]), array("i", [kind for *_, kind in sorted(placed)])


def answers(page: int, text: int) -> list[object]:
    """Everything that is asked in loops."""
    handles, kinds = objects(page)
    counts = array("i", [max(0, count) for count in pdfium.count_segments(handles)])
    segments = pdfium.segments(handles, counts)
    return [
        pdfium.boxes_of_characters(text, pdfium.text_of(text)[1]), handles, kinds, pdfium.matrices(handles),
        pdfium.bounds(handles), pdfium.image_sizes(handles), pdfium.render_modes(handles),
        pdfium.fill_colours(handles), counts, segments, pdfium.points(segments), pdfium.kinds_of_segments(segments),
        pdfium.closes(segments), pdfium.beyond_clips(handles, -1000.0), pdfium.text_of(text), pdfium.frame_of(page),
        pdfium.peculiar(handles, 0), pdfium.peculiar(handles, 1),
        pdfium.covering(handles, array("i", range(len(handles))), 1, 5.0),
    ]  # fmt: skip


@needs_compiled
def test_both_loops_give_the_same_answers(page, monkeypatch):
    found = []
    for loops in (compiled, python_loops):
        monkeypatch.setattr(pdfium, "loops", loops)
        found.append(answers(*page))
    assert found[0] == found[1]


@pytest.mark.parametrize("loops", [pytest.param(compiled, marks=needs_compiled), python_loops])
def test_what_the_loops_answer_is_what_pypdfium2_answers(page, loops, monkeypatch):
    monkeypatch.setattr(pdfium, "loops", loops)
    boxes, handles, kinds, _, _, _, modes, colours, counts, segments, points, _, closes, *_ = answers(*page)
    assert len(boxes) == 4 * len("粮食总产量12345吨，\r\n比上年增长3.2%。")
    height = boxes[1] - boxes[3]
    assert 10 < height < 20
    raw = pypdfium2.raw
    assert sorted(kinds) == sorted(pypdfium2.raw.FPDFPageObj_GetType(ctypes.cast(one, raw.FPDF_PAGEOBJECT))
                                   for one in handles)  # fmt: skip
    paths = [at for at, kind in enumerate(kinds) if kind == raw.FPDF_PAGEOBJ_PATH]
    assert [counts[at] for at in paths] == [2, 5, 5, 5]
    assert len(segments) == sum(counts)
    assert len(points) == 2 * len(segments)
    assert sum(closes) == 3
    assert {modes[at] for at, kind in enumerate(kinds) if kind == raw.FPDF_PAGEOBJ_TEXT} == {
        raw.FPDF_TEXTRENDERMODE_FILL
    }
    assert [colours[4 * at + 3] for at in range(len(handles))] == [255] * len(handles)


@pytest.mark.parametrize("loops", [pytest.param(compiled, marks=needs_compiled), python_loops])
def test_a_buffer_that_is_too_short_is_refused_before_anything_is_asked(loops):
    one, number, two = array("Q", [0]), array("i"), array("f", bytes(8))
    for call in (
        lambda: loops.ints(0, one, number), lambda: loops.floats(0, 3, one, two), lambda: loops.fours(0, one, two),
        lambda: loops.pairs(0, one, two[:1]), lambda: loops.parts(0, one, array("i", [2]), one),
        lambda: loops.floats_of(0, 0, 1, 4, two), lambda: loops.covering(array("Q", [0] * 3), one, number, 0, 1.0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="too short"):
            call()


@pytest.mark.parametrize("loops", [pytest.param(compiled, marks=needs_compiled), python_loops])
def test_what_reaches_beyond_all_that_it_is_clipped_to_is_told(page, loops, monkeypatch):
    monkeypatch.setattr(pdfium, "loops", loops)
    handles, kinds = objects(page[0])
    rectangles = [at for at, kind in enumerate(kinds) if kind == pypdfium2.raw.FPDF_PAGEOBJ_PATH][-2:]
    # They end at 322 and 342 points from below, what both clips have in common at 310.
    area = (10.0, 10.0, 310.0, 310.0)
    assert pdfium.beyond_clips(handles, 0.0) == [(at, *area) for at in rectangles]
    assert pdfium.beyond_clips(handles, 20.0) == [(rectangles[0], *area)]
    assert pdfium.beyond_clips(handles, 40.0) == []


@pytest.mark.parametrize("loops", [pytest.param(compiled, marks=needs_compiled), python_loops])
def test_what_is_told_of_a_page(page, loops, monkeypatch):
    monkeypatch.setattr(pdfium, "loops", loops)
    text = "粮食总产量12345吨，\r\n比上年增长3.2%。"
    assert pdfium.text_of(page[1]) == (text, len(text))
    left, top, right, bottom, width, height, turns = pdfium.frame_of(page[0])
    assert (left, bottom, right, top) == pytest.approx((0, 0, width, height))
    assert turns == 0
    handles, kinds = objects(page[0])
    texts = array(
        "Q", [one for one, kind in zip(handles, kinds, strict=True) if kind == pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
    )
    assert texts
    assert pdfium.peculiar(texts, 240) == 0
    assert pdfium.peculiar(texts, 0) == pdfium.PALE
    pypdfium2.raw.FPDFPageObj_SetFillColor(ctypes.cast(texts[0], pypdfium2.raw.FPDF_PAGEOBJECT), 0, 0, 0, 0)
    assert pdfium.peculiar(texts, 240) == pdfium.PALE
    raw = pypdfium2.raw
    assert raw.FPDFTextObj_SetTextRenderMode(
        ctypes.cast(texts[-1], raw.FPDF_PAGEOBJECT), raw.FPDF_TEXTRENDERMODE_INVISIBLE
    )
    assert pdfium.peculiar(texts, 240) == pdfium.PALE | pdfium.PAINTED


@pytest.mark.parametrize("loops", [pytest.param(compiled, marks=needs_compiled), python_loops])
def test_what_covers_is_filled_opaque_large_and_later(page, loops, monkeypatch):
    monkeypatch.setattr(pdfium, "loops", loops)
    raw = pypdfium2.raw
    handles, kinds = objects(page[0])
    paths = array("Q", [one for one, kind in zip(handles, kinds, strict=True) if kind == raw.FPDF_PAGEOBJ_PATH])
    places = array("i", range(len(paths)))
    assert pdfium.covering(paths, places, -1, 3.0) == []  # they are strokes
    for one in paths:
        raw.FPDFPath_SetDrawMode(ctypes.cast(one, raw.FPDF_PAGEOBJECT), raw.FPDF_FILLMODE_WINDING, 0)
    rectangles = pdfium.covering(paths, places, -1, 3.0)
    assert len(rectangles) == 3
    assert pdfium.covering(paths, places, rectangles[0], 3.0) == rectangles[1:]
    assert pdfium.covering(paths, places, -1, 50.0) == []
    raw.FPDFPageObj_SetFillColor(ctypes.cast(paths[rectangles[1]], raw.FPDF_PAGEOBJECT), 0, 0, 0, 128)
    assert pdfium.covering(paths, places, -1, 3.0) == [rectangles[0], rectangles[2]]


def test_a_file_that_does_not_open_says_why_as_pypdfium2_does():
    for data, password in ((b"", None), (b"no pdf", None), (b"%PDF-1.7\n", "1234")):
        with pytest.raises(pypdfium2.PdfiumError) as expected:
            pypdfium2.PdfDocument(data, password=password)
        with pytest.raises(pypdfium2.PdfiumError) as found:
            pdfium.open_pdf(data, password)
        assert (str(found.value), found.value.err_code) == (str(expected.value), expected.value.err_code)
