"""Bytes to a Document: encodings, Word, PDF, and every way a file can be wrong."""

import io
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import SourceMalformed
from tasks.parse import document_from_text, parse_report, read_head

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
TEXT = "一、基本情况\n全镇辖9个行政村。\n（一）农业。粮食总产量12345吨。"
needs_font = pytest.mark.skipif(not FONT.exists(), reason="no Chinese font here (Debian package fonts-wqy-zenhei)")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_text_is_the_same_in_every_encoding(encoding: str) -> None:
    assert parse_report(TEXT.encode(encoding), "报告.txt").text == TEXT


def test_sections_are_the_headings_above() -> None:
    blocks = parse_report(TEXT.encode(), "报告.txt").blocks
    assert [(one.kind, one.section) for one in blocks] == [
        ("heading", "一、基本情况"),
        ("paragraph", "一、基本情况"),
        ("paragraph", "一、基本情况 / （一）农业"),
    ]


def test_lines_of_cells_between_bars_are_a_table() -> None:
    document = document_from_text("附表\n| 指标 | 单位 | 2022年 |\n|:---|---|---:|\n| 生猪出栏 | 头 | 860 |\n完。")
    cells = [(one.row, one.column, document.block_text(one)) for one in document.blocks if one.kind == "table_cell"]
    assert cells == [
        (0, 1, "指标"), (0, 2, "单位"), (0, 3, "2022年"), (1, 1, "生猪出栏"), (1, 2, "头"), (1, 3, "860"),
    ]  # fmt: skip
    assert document.block_text(document.blocks[-1]) == "完。"


def test_a_short_line_may_name_a_year_and_stands_over_the_sections_that_count_from_one_below_it() -> None:
    review, plans = (
        "2021年工作回顾\n一、农业。\n二、民生。",
        "2022年工作任务\n目标。\n一、农业。\n二、民生。\n（一）教育。",
    )
    text = f"某乡工作报告\n{review}\n{plans}"
    assert [one.section for one in document_from_text(text).blocks][4:] == [
        "二、民生 / 2022年工作任务", "二、民生 / 2022年工作任务", "一、农业 / 2022年工作任务",
        "二、民生 / 2022年工作任务", "二、民生 / 2022年工作任务 / （一）教育",
    ]  # fmt: skip


def test_the_second_line_of_a_title_is_no_heading() -> None:
    text = "中共某乡委员会某乡人民政府\n2021年工作总结和2022年工作计划\n今年造林1亩。"
    assert {one.section for one in document_from_text(text).blocks} == {""}


def test_a_short_line_without_a_number_is_a_heading_until_the_next_section() -> None:
    text = "某乡2022年工作总结\n二、农业。粮食1吨。\n明年打算\n再建一座桥。\n三、其他。"
    assert [one.section for one in document_from_text(text).blocks] == [
        "", "二、农业", "二、农业 / 明年打算", "二、农业 / 明年打算", "三、其他",
    ]  # fmt: skip


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="|│┃"), max_size=300))
def test_blocks_cover_all_that_is_not_blank(text: str) -> None:
    document = document_from_text(text)
    covered = "".join(document.block_text(one) for one in document.blocks)
    assert "".join(covered.split()) == "".join("".join(text.replace("\t", " ").split()).split())
    ends = [0, *(one.end for one in document.blocks)]
    assert all(end <= one.start < one.end for end, one in zip(ends, document.blocks, strict=False))


def word_file() -> bytes:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "内部资料"
    word.add_paragraph("示例镇2023年工作总结")
    word.add_paragraph("总人口11876人。")
    table = word.add_table(rows=2, cols=3)
    for cell, words in zip(table._cells, ["指标", "单位", "2023年", "粮食总产量", "吨", "12345"], strict=True):
        cell.text = words
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_word_keeps_paragraphs_and_cells_and_drops_the_page_header() -> None:
    document = parse_report(word_file(), "总结.docx")
    assert "内部资料" not in document.text
    cells = [(one.row, one.column, document.block_text(one)) for one in document.blocks if one.kind == "table_cell"]
    assert cells[-1] == (1, 2, "12345")
    assert read_head(document).startswith("示例镇2023年工作总结\n")


@needs_font
def test_pdf_joins_lines_and_drops_page_numbers() -> None:
    sentence = "全镇完成粮食播种面积3.86万亩，比上年增长2.3%，各项工作有序推进。"

    class Pages(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.cell(0, 8, f"— {self.page_no()} —", align="C")

    pdf = Pages()
    pdf.set_margins(28, 32, 26)
    pdf.set_auto_page_break(auto=True, margin=32)
    pdf.add_font("zh", fname=str(FONT))
    pdf.add_page()
    pdf.set_font("zh", size=14)
    for _ in range(40):
        pdf.multi_cell(0, 9, "　　" + sentence * 3, wrapmode="CHAR", new_x="LMARGIN", new_y="NEXT")
    document = parse_report(bytes(pdf.output()), "总结.pdf")
    assert document.pages is not None
    assert document.pages > 2
    assert document.text.count("3.86万亩") == 120
    assert "—" not in document.text
    assert all(one.page is not None and one.bbox is not None for one in document.blocks)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "空.txt", "empty_file"),
        (b" \r\n\t", "空白.txt", "empty_file"),
        (b"<html><body>502</body></html>", "总结.pdf", "wrong_type"),
        (word_file()[:3000], "总结.docx", "truncated_file"),
        (b"%PDF-1.7 cut off", "总结.pdf", "truncated_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, "总结.doc", "truncated_file"),
        ("总人口".encode() + b"\xff\xff\xff", "总结.txt", "unknown_encoding"),
        (b"\x01\x02\x03\x04\x05" * 50, "总结.txt", "not_text"),
    ],
)
def test_a_wrong_file_is_refused_with_file_reason_and_next_step(data: bytes, name: str, code: str) -> None:
    with pytest.raises(SourceMalformed) as caught:
        parse_report(data, name)
    assert caught.value.code == code
    assert str(caught.value).startswith(f"{name}: {code}: ")
    assert "→" in caught.value.message("zh")
