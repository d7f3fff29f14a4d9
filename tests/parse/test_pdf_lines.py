"""Lines of a PDF become the paragraphs that were written: what must be joined, and what must not."""

from pathlib import Path

import pytest
from fpdf import FPDF

from tasks.parse import document_from_text, parse_report

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
pytestmark = pytest.mark.skipif(not FONT.exists(), reason="no Chinese font here (Debian package fonts-wqy-zenhei)")


class Printed(FPDF):
    """Lines set one by one, exactly as a word processor broke them, with a running header and page numbers."""

    def __init__(self, *, running: bool = False) -> None:
        super().__init__()
        self.running = running
        self.add_font("zh", fname=str(FONT))
        self.set_font("zh", size=14)
        self.set_auto_page_break(False)

    def header(self) -> None:
        if not self.running:
            return
        self.set_font("zh", size=10)
        self.text(20, 12, f"示例镇人民政府文件 {self.page_no()}")
        self.text(90, 285, f"第{self.page_no()}页 共2页")
        self.set_font("zh", size=14)

    def lines(self, *lines: str) -> "Printed":
        self.add_page()
        for number, line in enumerate(lines):
            self.text(30 if not line.startswith("　") else 30 + 2 * 4.94, 40 + 9 * number, line.lstrip("　"))
        return self


def paragraphs(pdf: FPDF) -> list[str]:
    return parse_report(bytes(pdf.output()), "总结.pdf").text.split("\n")


def test_a_number_split_over_lines_and_pages_is_whole_again() -> None:
    pdf = Printed().lines(
        "　示例镇全年粮食播种面积稳定，粮食总产量12", "345吨，比上年多了一些，肉类总产量达到了32", "10吨。"
    )
    assert paragraphs(pdf) == [
        "示例镇全年粮食播种面积稳定，粮食总产量12345吨，比上年多了一些，肉类总产量达到了3210吨。"
    ]
    pdf = Printed().lines("　示例镇全年粮食播种面积稳定，粮食总产量12").lines("345吨，比上年多。")
    assert paragraphs(pdf) == ["示例镇全年粮食播种面积稳定，粮食总产量12345吨，比上年多。"]


def test_a_full_stop_alone_on_a_line_ends_its_paragraph() -> None:
    pdf = Printed().lines(
        "　示例镇的各项工作都有新的进展，大家很满意", "。", "　二是修了路，村村都通了水泥路，都通了班车。"
    )
    assert paragraphs(pdf) == [
        "示例镇的各项工作都有新的进展，大家很满意。",
        "二是修了路，村村都通了水泥路，都通了班车。",
    ]


def test_words_that_are_drawn_after_their_line_stand_in_their_places() -> None:
    # As LibreOffice draws “ and ” where a font has none: the line with room for them first, then these.
    pdf = FPDF(unit="pt", format=(400, 200))
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    pdf.text(50, 150, ".")  # puts the font into the page
    pdf._out("BT /F1 12 Tf 50 100 Td [(grain output) -3800 (t in 2023)] TJ ET")
    pdf._out("BT /F1 12 Tf 122 100 Td (12345) Tj ET")
    document = parse_report(bytes(pdf.output()), "总结.pdf")
    assert document.text.split("\n")[0] == "grain output 12345 t in 2023"
    box = document.locate(13, 18)[0].box
    assert box is not None
    assert (box.x0, box.x1) == pytest.approx((122, 122 + 5 * 12 * 0.556), abs=0.1)


def test_a_numbered_heading_is_never_the_end_of_the_paragraph_above() -> None:
    pdf = Printed().lines("　示例镇全年各项工作都有新的进展，大家满意。", "一、粮食生产", "　种了水稻和玉米。")
    document = parse_report(bytes(pdf.output()), "总结.pdf")
    assert [(document.block_text(one), one.kind) for one in document.blocks] == [
        ("示例镇全年各项工作都有新的进展，大家满意。", "paragraph"),
        ("一、粮食生产", "heading"),
        ("种了水稻和玉米。", "paragraph"),
    ]
    assert document.blocks[2].section == "一、粮食生产"


def test_running_lines_go_and_the_tail_of_a_paragraph_stays() -> None:
    page = ("　示例镇的各项工作都有新的进展，大家都很满", "意，一年来粮食增产。")
    assert paragraphs(Printed(running=True).lines(*page).lines(*page)) == ["".join(page).strip("　")] * 2


def test_a_block_has_the_box_of_its_lines_on_its_first_page() -> None:
    pdf = Printed().lines("　示例镇全年粮食播种面积稳定，粮食总产量12").lines("345吨。")
    (block,) = parse_report(bytes(pdf.output()), "总结.pdf").blocks
    assert (block.page, block.bbox is not None) == (1, True)
    assert block.bbox is not None
    # Set with its baseline 40 mm (113 pt) from the top; the second page's line does not widen the box.
    assert 95 < block.bbox.top < 113 < block.bbox.bottom + 2 < 120


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("19．2024年打算。多种粮。", "19．2024年打算"),
        ("3．粮食。多种粮。", "3．粮食"),
        ("3.5万亩粮食。", ""),
        ("3．5万亩粮食。", ""),
    ],
)
def test_a_number_with_decimals_is_no_heading(line: str, section: str) -> None:
    assert document_from_text(line).blocks[0].section == section


def test_a_table_that_goes_on_over_the_page_is_one_table_of_its_own_section() -> None:
    pdf = FPDF()
    pdf.add_font("zh", fname=str(FONT))
    pdf.set_font("zh", size=12)
    pdf.add_page()
    for line in (
        "六、2024年打算",
        "　　粮食总产量稳定在12345吨以上，各项工作再上新台阶，让群众满意。",
        "附表：2023年主要指标",
    ):
        pdf.multi_cell(0, 9, line, new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(230)
    with pdf.table(first_row_as_headings=False) as table:
        for number in range(8):
            row = table.row()
            for words in (f"指标{number}", "吨", f"{number}00"):
                row.cell(words)
    document = parse_report(bytes(pdf.output()), "总结.pdf")
    cells = [one for one in document.blocks if one.kind == "table_cell"]
    assert document.pages == 2
    assert {one.page for one in cells} == {1, 2}
    assert {one.table for one in cells} == {0}
    assert [document.block_text(one) for one in cells if one.column == 0] == [f"指标{number}" for number in range(8)]
    assert [one.row for one in cells if one.column == 2] == list(range(8))
    assert {one.section for one in cells} == {"附表：2023年主要指标"}
