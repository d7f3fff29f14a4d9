"""Pages as they are laid out become the text as it was written: columns, turned pages, tables, running lines."""

import io

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from fpdf import FontFace

from tasks.parse import parse_report

LEFT = [
    "　一年来全镇干部群众齐心", "协力各项工作都有了新的进", "展粮食总产量达到一万二千", "吨比上年增长百分之三点二",
    "农村居民收入继续增长群众", "的日子一年比一年好过了。",
]  # fmt: skip
RIGHT = [
    "　乡村产业发展势头良好新", "建冷库三座带动农户四百余", "户户均增收两千元以上特色", "种植面积稳步扩大到三千亩",
    "种植结构更加合理市场销路", "稳定农民种植积极性很高。",
]  # fmt: skip
PAGE = ["　示例镇全年粮食播种面积稳定在三万八千六百亩以上，比", "上年略有增加，粮食总产量12345吨，大家都很满意。"]


def paragraphs(data: bytes) -> list[str]:
    return parse_report(data, "总结.pdf").text.split("\n")


def turned(data: bytes, degrees: int) -> bytes:
    """The same pages with an entry that they be shown turned."""
    pdf = pypdfium2.PdfDocument(data)
    for page in pdf:
        page.set_rotation(degrees)
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


def test_two_columns_are_read_one_after_the_other(sheet):
    page = sheet(12)
    page.add_page()
    page.text(200, 70, "示例镇2023年工作总结")
    page.lines(*LEFT, x=70, y=110, step=20).lines(*RIGHT, x=320, y=110, step=20)
    text = paragraphs(page.data)
    assert text == ["示例镇2023年工作总结", "".join(LEFT).strip("　"), "".join(RIGHT).strip("　")]


def test_two_columns_written_row_by_row_are_read_one_after_the_other(sheet):
    page = sheet(12)
    page.add_page()
    for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        y = 110 + 20 * at
        page.lines(left, x=70, y=y)
        page.lines(right, x=320, y=y)
    assert paragraphs(page.data) == ["".join(LEFT).strip("　"), "".join(RIGHT).strip("　")]


def test_a_paragraph_goes_on_from_the_foot_of_one_column_to_the_head_of_the_next(sheet):
    page = sheet(12)
    page.add_page()
    page.lines(*LEFT[:5], x=70, y=110, step=20)
    page.lines(LEFT[5], *RIGHT[:5], x=320, y=110, step=20)
    assert paragraphs(page.data)[0] == "".join(LEFT).strip("　")


def test_running_lines_between_the_halves_of_a_number_go(sheet):
    pdf = sheet()
    for number, lines in enumerate(
        (
            ["　示例镇全年粮食播种面积稳定，粮食总产量12"],
            ["345吨，比上年增长3.2%，肉类总产量也达到了32"],
            ["10吨，大家满意。"],
        ),
        start=1,
    ):
        pdf.add_page()
        pdf.text(70, 40, "示例镇人民政府文件" if number % 2 else "二〇二三年工作总结")
        pdf.lines(*lines)
        pdf.text(280, 810, f"— {number} —")
    pdf.add_page()
    pdf.text(70, 40, "二〇二三年工作总结")
    assert paragraphs(pdf.data) == [
        "示例镇全年粮食播种面积稳定，粮食总产量12345吨，比上年增长3.2%，肉类总产量也达到了3210吨，大家满意。"
    ]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_and_located_as_it_is_shown(degrees, sheet):
    pdf = sheet()
    pdf.add_page()
    straight = pdf.lines(*PAGE).data
    shown = turned(straight, degrees)
    assert paragraphs(shown) == paragraphs(straight)
    document = parse_report(shown, "总结.pdf")
    start = document.text.index("12345")
    page, box = document.place(start, start + 5)
    assert page == 1
    assert read_back(shown, box) == "12345"


def read_back(data: bytes, box) -> str:
    """The characters whose middle lies in `box` of the page as it is shown."""
    page = pypdfium2.PdfDocument(data)[0]
    width, height = page.get_size()
    textpage = page.get_textpage()
    found = []
    for index in range(textpage.count_chars()):
        left, bottom, right, top = textpage.get_charbox(index)
        x, y = (left + right) / 2, (bottom + top) / 2
        shown = {0: (x, height - y), 90: (y, x), 180: (width - x, y), 270: (width - y, height - x)}
        across, down = shown[page.get_rotation()]
        if box.x0 <= across <= box.x1 and box.top <= down <= box.bottom:
            found.append(textpage.get_text_range(index, 1))
    return "".join(found).strip()


@pytest.mark.parametrize("degrees", [90, 270])
def test_text_that_runs_up_or_down_the_page_is_read_in_its_own_order(degrees, sheet):
    pdf = sheet()
    pdf.add_page()
    with pdf.rotation(degrees, x=300, y=420):
        pdf.lines(*PAGE, x=85, y=300)
    document = parse_report(pdf.data, "总结.pdf")
    assert document.text == "".join(PAGE).strip("　")
    start = document.text.index("12345")
    _, box = document.place(start, start + 5)
    assert read_back(pdf.data, box) == "12345"


def test_a_page_that_shows_a_part_of_its_sheet_has_boxes_of_that_part(sheet):
    pdf = sheet()
    pdf.add_page()
    opened = pypdfium2.PdfDocument(pdf.lines(*PAGE).data)
    opened[0].set_cropbox(50, 100, 560, 800)
    buffer = io.BytesIO()
    opened.save(buffer)
    whole = parse_report(pdf.data, "总结.pdf").blocks[0].bbox
    part = parse_report(buffer.getvalue(), "总结.pdf").blocks[0].bbox
    assert part.x0 == pytest.approx(whole.x0 - 50, abs=0.1)
    assert part.top == pytest.approx(whole.top - 42, abs=0.2)  # A4 is 842 points high, 800 are shown


ROWS = [
    ("指标", "单位", "本年", "上年", "增减%"),
    ("粮食总产量", "吨", "12345", "11800", "4.6"),
    ("生猪出栏", "头", "8600", "8400", "2.4"),
    ("村集体经济收入", "万元", "120", "100", "20.0"),
]


def cells_of(data: bytes) -> dict[tuple[int, int], str]:
    document = parse_report(data, "总结.pdf")
    return {(one.row, one.column): document.block_text(one) for one in document.blocks if one.kind == "table_cell"}


EXPECTED = {(row, column): words for row, line in enumerate(ROWS) for column, words in enumerate(line)}


def test_a_table_without_rules_is_told_by_its_columns(sheet):
    pdf = sheet(12)
    pdf.add_page()
    pdf.lines("　附表：主要指标完成情况", y=90)
    for at, row in enumerate(ROWS):
        for x, words in zip((85, 230, 300, 370, 450), row, strict=True):
            pdf.text(x, 130 + 22 * at, words)
    assert cells_of(pdf.data) == EXPECTED


def test_a_ruled_table_keeps_the_unit_above_it_and_every_cell_its_place(sheet):
    pdf = sheet(11)
    pdf.add_page()
    pdf.lines("附表：主要指标", y=80).lines("单位：万元", x=440, y=100)
    pdf.set_xy(70, 110)
    with pdf.table(width=450, first_row_as_headings=False) as table:
        for row in ROWS:
            table.row(row)
    assert cells_of(pdf.data) == EXPECTED
    document = parse_report(pdf.data, "总结.pdf")
    assert [document.block_text(one) for one in document.blocks[:2]] == ["附表：主要指标", "单位：万元"]
    start = document.text.index("11800")
    assert read_back(pdf.data, document.place(start, start + 5)[1]) == "11800"


def test_a_header_row_that_is_repeated_on_the_next_page_is_one_row(sheet):
    pdf = sheet(11)
    rows = [ROWS[0], *((f"指标{number}", "吨", str(number), str(number), "1.0") for number in range(1, 61))]
    pdf.add_page()
    pdf.set_auto_page_break(True, 40)
    with pdf.table(width=450, first_row_as_headings=True, headings_style=FontFace(emphasis=None)) as table:
        for row in rows:
            table.row(row)
    cells = cells_of(pdf.data)
    assert [cells[row, 0] for row in range(61)] == [row[0] for row in rows]
    assert (61, 0) not in cells


def test_latin_words_stay_apart_over_lines(sheet):
    pdf = sheet()
    pdf.add_page()
    pdf.lines("　全镇推行GDP核算和精细化管理，与省属企业Great", "Wall公司签订合作协议，招商引资成效明显。")
    assert "Great Wall" in paragraphs(pdf.data)[0]


def ruled(sheet, *, stroke=None) -> bytes:
    pdf = sheet(11)
    pdf.add_page()
    pdf.lines("　附表：主要指标完成情况见下，请予审阅。", y=80)
    pdf.set_xy(70, 110)
    with pdf.table(width=450, first_row_as_headings=False) as table:
        for row in ROWS:
            table.row(row)
    if stroke:
        pdf.line(*stroke)
    return pdf.data


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_ruled_table_on_a_page_that_is_shown_turned_has_its_cells(degrees, sheet):
    assert cells_of(turned(ruled(sheet), degrees)) == EXPECTED


def test_a_ruled_table_within_a_form_has_its_cells(sheet):
    source = pypdfium2.PdfDocument(ruled(sheet))
    target = pypdfium2.PdfDocument.new()
    page = target.new_page(595, 842)
    copied = pdfium.FPDF_NewXObjectFromPage(target.raw, source.raw, 0)
    form = pdfium.FPDF_NewFormObjectFromXObject(copied)
    pdfium.FPDFPageObj_SetMatrix(form, pdfium.FS_MATRIX(0.8, 0, 0, 0.8, 40, 90))
    pdfium.FPDFPage_InsertObject(page.raw, form)
    page.gen_content()
    buffer = io.BytesIO()
    target.save(buffer)
    assert cells_of(buffer.getvalue()) == EXPECTED


def test_a_slanting_stroke_through_the_head_of_a_table_is_no_rule(sheet):
    assert cells_of(ruled(sheet, stroke=(100, 112, 158, 126))) == EXPECTED


def test_a_drawing_of_ten_thousand_strokes_is_no_table_and_takes_no_minutes(sheet):
    pdf = sheet()
    pdf.add_page()
    pdf.lines(*PAGE, y=60)
    pdf.set_line_width(0.1)
    for step in range(1000):
        pdf.line(50, 100 + 0.7 * step, 550, 100 + 0.7 * step)
        pdf.line(50 + 0.5 * step, 100, 50 + 0.5 * step, 800)
    assert "".join(PAGE).strip("　") in parse_report(pdf.data, "总结.pdf").text
