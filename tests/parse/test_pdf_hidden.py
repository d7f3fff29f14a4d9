"""Words that nobody sees on a page are not read; words that are seen are, however they are painted."""

import io
import re

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image

from tasks.domain.errors import SourceMalformed
from tasks.parse import parse_report, pdfium

SHOWN = ("　示例镇全年粮食总产量12345吨，比上年增长3.2%。", "　群众都很满意。")
SECRET = "　全年肉类总产量98765吨。"


@pytest.fixture
def page(sheet):
    made = sheet()
    made.add_page()
    return made.lines(*SHOWN)


def read(pdf: FPDF) -> str:
    return parse_report(bytes(pdf.output()), "总结.pdf").text


def assert_only_what_is_shown(pdf: FPDF) -> None:
    assert read(pdf).replace("\n", "") == "".join(SHOWN).replace("　", "")


def painted(page, *, mode=0, colour=(0, 0, 0), size=14, y=300, x=85, words=SECRET):
    page.text_mode = mode
    page.set_text_color(*colour)
    page.set_font("zh", size=size)
    page.lines(words, y=y, x=x)
    page.text_mode = 0
    page.set_text_color(0)
    page.set_font("zh", size=14)
    return page


HIDDEN = {
    "invisible": {"mode": 3},
    "white": {"colour": (255, 255, 255)},
    "nearly white": {"colour": (250, 250, 245)},
    "tiny": {"size": 0.3},
    "below the page": {"y": 900},
    "right of it": {"x": 700},
    "left of it": {"x": -400},
}


def test_words_that_nobody_sees_are_left_out(sheet):
    made = sheet()
    for how in HIDDEN.values():
        made.add_page()
        painted(made.lines(*SHOWN), **how)
    document = parse_report(made.data, "总结.pdf")
    found = dict.fromkeys(HIDDEN, "")
    for block in document.blocks:
        found[list(HIDDEN)[block.page - 1]] += document.block_text(block)
    assert found == dict.fromkeys(HIDDEN, "".join(SHOWN).replace("　", ""))


def test_words_beside_the_page_on_the_line_of_others_are_left_out(page):
    painted(page, y=110, x=650)
    assert_only_what_is_shown(page)


def test_hidden_figures_within_a_line_are_left_out_and_its_places_stay_true(sheet):
    page = sheet()
    page.add_page()
    page.text(85, 110, "粮食总产量")
    page.set_text_color(255, 255, 255)
    page.text(85 + 5 * 14, 110, "98")
    page.set_text_color(0)
    page.text(85 + 7 * 14, 110, "12345吨")
    document = parse_report(page.data, "总结.pdf")
    assert document.text.replace(" ", "") == "粮食总产量12345吨"
    start = document.text.index("12345")
    box = document.locate(start, start + 5)[0].box
    assert box.x0 == pytest.approx(85 + 7 * 14, abs=0.5)


def test_words_covered_by_a_white_box_are_left_out(page):
    painted(page)
    page.set_fill_color(255, 255, 255)
    page.rect(80, 280, 300, 30, style="F")
    assert_only_what_is_shown(page)


def test_words_covered_by_a_picture_are_left_out(page):
    painted(page)
    page.image(Image.new("RGB", (30, 3), (20, 20, 60)), 80, 280, 300, 30)
    assert_only_what_is_shown(page)


def test_words_under_a_seal_are_read(page):
    painted(page)
    seal = Image.new("RGBA", (200, 200), (120, 0, 0, 200))
    page.image(seal, 80, 200, 150, 150)
    assert SECRET.strip("　") in read(page)


def test_white_words_on_a_dark_ground_are_read(page):
    page.set_fill_color(20, 60, 120)
    page.rect(80, 280, 300, 30, style="F")
    painted(page, colour=(255, 255, 255))
    assert SECRET.strip("　") in read(page)


def test_pale_grey_and_coloured_words_are_read(page):
    painted(page, colour=(200, 200, 200))
    painted(page, colour=(230, 40, 40), y=340, words="　全年蔬菜总产量4567吨。")
    assert read(page).split("\n")[-2:] == ["全年肉类总产量98765吨。", "全年蔬菜总产量4567吨。"]


def layered(pdf: FPDF, state: str, packed: bool = False) -> bytes:
    """The PDF with `SECRET` in a layer that is switched on or off."""
    pdf._out("/OC /Layer BDC")
    painted(pdf)
    pdf._out("EMC")
    pdf.set_compression(False)
    data = bytes(pdf.output())
    number = max(int(one) for one in re.findall(rb"(\d+) 0 obj", data)) + 1
    data = data.replace(b"/Type /Catalog", b"/Type /Catalog /OCProperties <</OCGs [%d 0 R] /D <</%s [%d 0 R]>>>>" % (
        number, state.encode(), number))  # fmt: skip
    data = data.replace(b"/ProcSet", b"/Properties <</Layer %d 0 R>> /ProcSet" % number)
    # Without a table of references, which would be wrong now, PDFium looks for the objects.
    group = b"%d 0 obj\n<</Type /OCG /Name (Layer)>>\nendobj\n" % number
    return data.replace(b"xref\n", group + b"xref\n", 1)


def test_words_in_a_layer_that_is_switched_off_are_left_out_and_read_when_it_is_on(sheet):
    texts = {}
    for state in ("OFF", "ON"):
        made = sheet()
        made.add_page()
        texts[state] = parse_report(layered(made.lines(*SHOWN), state), "总结.pdf").text
    assert SECRET.strip("　") not in texts["OFF"]
    assert SHOWN[0].strip("　") in texts["OFF"]
    assert SECRET.strip("　") in texts["ON"]


def test_a_page_of_nothing_but_hidden_words_says_nothing(sheet):
    page = sheet()
    page.add_page()
    painted(page, mode=3)
    with pytest.raises(SourceMalformed, match="no_text"):
        read(page)


def test_hidden_words_beside_a_picture_do_not_come_in_with_those_behind_it(page):
    # A seal and an invisible sentence on white paper, on a page of visible words.
    page.image(Image.new("RGB", (50, 50), (220, 0, 0)), 400, 500, 100, 100)
    painted(page, mode=3, y=420)
    assert_only_what_is_shown(page)


def test_ordinary_pages_are_not_rendered(page, monkeypatch):
    def never(*_: object) -> object:
        raise AssertionError

    monkeypatch.setattr("tasks.parse.pdfium.render_grey", never)
    page.rect(80, 280, 300, 30)
    page.set_fill_color(240, 240, 240)
    page.rect(80, 320, 300, 30, style="F")
    page.text(85, 340, "指标")
    assert read(page).startswith("示例镇")


def clipped(page, path: str, words: str = SECRET) -> FPDF:
    """The page with words that are clipped to what `path` draws, in points from the lower left."""
    page.set_font("zh", size=14)
    page._out(f"q {path} W n")
    page.lines(words, y=300, x=85)
    page._out("Q")
    return page


@pytest.mark.parametrize(
    "path",
    ["0 0 60 842 re", "0 0 595 500 re", "0 0 m 0 0 l h", "0 0 595 842 re W n 300 100 20 20 re",
     "10 10 m 60 10 l 10 60 l h"],
    ids=["left of them", "below them", "of no size", "two, one away from them", "a triangle away from them"],
)  # fmt: skip
def test_words_outside_of_what_they_are_clipped_to_are_left_out(page, path):
    assert_only_what_is_shown(clipped(page, path))


def test_of_words_that_are_cut_off_those_within_are_read(page):
    # Eight characters of 14 points from 85 on, of which the edge at 200 leaves the first.
    text = read(clipped(page, "0 0 200 842 re"))
    assert "全年肉类总产量" in text
    assert "98765" not in text


def test_words_within_what_they_are_clipped_to_are_read_without_rendering(page, monkeypatch):
    def fail(*_: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr(pdfium, "render_grey", fail)
    assert "全年肉类总产量98765吨" in read(clipped(page, "80 500 300 60 re"))


def test_blanks_beyond_what_words_are_clipped_to_make_no_page_be_rendered(page, monkeypatch):
    def fail(*_: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr(pdfium, "render_grey", fail)
    page._out("q 80 500 110 60 re W n")
    page.set_font("helvetica", size=14)
    page.text(85, 300, "Grain 12345" + " " * 30)
    page._out("Q")
    assert "Grain 12345" in read(page)


def test_words_clipped_within_a_form_are_judged_in_the_space_of_the_form(sheet):
    made = sheet()
    made.add_page()
    data = in_form(clipped(made.lines(*SHOWN), "0 0 60 842 re").data)
    text = parse_report(data, "总结.pdf").text
    assert "粮食总产量12345吨" in text
    assert "98765" not in text


def in_form(data: bytes) -> bytes:
    """The first page of a PDF as a form, drawn smaller and moved on a page of its own."""
    source = pypdfium2.PdfDocument(data)
    target = pypdfium2.PdfDocument.new()
    page = target.new_page(595, 842)
    raw = pypdfium2.raw
    form = raw.FPDF_NewFormObjectFromXObject(raw.FPDF_NewXObjectFromPage(target.raw, source.raw, 0))
    raw.FPDFPageObj_SetMatrix(form, raw.FS_MATRIX(0.8, 0, 0, 0.8, 200, 90))
    raw.FPDFPage_InsertObject(page.raw, form)
    page.gen_content()
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()
