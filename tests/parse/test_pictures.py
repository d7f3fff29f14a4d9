"""Words in a picture that stands among the text of a page are read where they stand; a photograph is left alone."""

import io

import docx
import docx.shared
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tasks.domain.documents import Location
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report
from tasks.parse.pictures import is_paper

ROWS = [
    ("指标", "单位", "本年", "上年"),
    ("粮食总产量", "吨", "12345", "11800"),
    ("生猪出栏", "头", "8600", "8400"),
    ("村集体经济收入", "万元", "120", "100"),
]
BEFORE = "　一年来全镇粮食生产稳定发展，主要指标完成情况见下表，请予审阅。"
AFTER = "　各项工作取得新的进展，群众的获得感不断增强，特此报告。"


@pytest.fixture
def table_picture(sheet, scanner) -> np.ndarray:
    """A ruled table as somebody cuts it out of a screen: 450 points wide at 150 dpi."""
    pdf = sheet(12)
    pdf.add_page()
    pdf.set_xy(40, 40)
    with pdf.table(width=450, first_row_as_headings=False, line_height=22) as table:
        for row in ROWS:
            table.row(row)
    (pixels,) = scanner.rendered(pdf.data)
    return pixels[75:300, 130:1110]


def with_picture(sheet, pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    page = sheet()
    page.add_page()
    page.lines(BEFORE, y=100)
    page.image(buffer, 70, 150, w=455)
    page.lines(AFTER, y=300)
    return page.data


def test_a_table_that_was_pasted_as_a_picture_gives_cells_with_place_and_confidence(sheet, table_picture):
    document = parse_report(with_picture(sheet, table_picture), "总结.pdf")
    cells = {(one.row, one.column): document.block_text(one) for one in document.blocks if one.kind == "table_cell"}
    assert cells == {(row, column): words for row, line in enumerate(ROWS) for column, words in enumerate(line)}
    assert document.parser == "pypdfium2+rapidocr"
    texts = document.text.split("\n")
    assert (texts[0], texts[-1]) == (BEFORE.strip("　"), AFTER.strip("　"))
    start = document.text.index("11800")
    page, box = document.place(start, start + 5)
    assert page == 1
    assert 400 < box.x0 < box.x1 < 530
    assert 170 < box.top < box.bottom < 230
    assert document.ocr_confidence(start, start + 5) > 0.9
    assert document.ocr_confidence(0, 5) is None


def test_a_table_that_was_pasted_into_a_word_file_as_a_picture_is_read_in_its_paragraph(table_picture):
    word, buffer, saved = docx.Document(), io.BytesIO(), io.BytesIO()
    Image.fromarray(table_picture).save(buffer, "PNG")
    word.add_paragraph(BEFORE.strip("　"))
    word.add_picture(buffer, width=docx.shared.Pt(455))
    word.add_paragraph(AFTER.strip("　"))
    word.save(saved)
    document = parse_report(saved.getvalue(), "总结.docx")
    cells = {(one.row, one.column): document.block_text(one) for one in document.blocks if one.kind == "table_cell"}
    assert cells == {(row, column): words for row, line in enumerate(ROWS) for column, words in enumerate(line)}
    assert document.parser == "python-docx+rapidocr"
    start = document.text.index("11800")
    assert document.locate(start, start + 5) == [Location(paragraph=2)]
    assert document.ocr_confidence(start, start + 5) > 0.9
    assert document.ocr_confidence(0, 5) is None
    assert document.quality.ocr_mean > 0.9
    texts = document.text.split("\n")
    assert (texts[0], texts[-1]) == (BEFORE.strip("　"), AFTER.strip("　"))


def test_pictures_beyond_the_limit_are_left_alone(sheet, table_picture):
    document = parse_report(with_picture(sheet, table_picture), "总结.pdf", ParseLimits(pictures=0))
    assert document.text.split("\n") == [BEFORE.strip("　"), AFTER.strip("　")]


def test_a_picture_on_a_page_that_is_shown_turned_stands_where_it_is_shown(sheet, table_picture):
    source = pypdfium2.PdfDocument(with_picture(sheet, np.rot90(table_picture)))
    source[0].set_rotation(90)
    buffer = io.BytesIO()
    source.save(buffer)
    # The page's text runs up the page as it is shown, and a picture on such a page is not read; nothing else is lost.
    assert parse_report(buffer.getvalue(), "总结.pdf").text.startswith(BEFORE.strip("　"))


def test_paper_is_told_from_photographs():
    paper = np.full((200, 300), 235, np.uint8)
    paper[::10] = 20
    assert is_paper(paper)
    ramp = np.tile(np.linspace(0, 255, 300, dtype=np.uint8), (200, 1))
    assert not is_paper(ramp)
    assert not is_paper(np.full((200, 300), 15, np.uint8))
