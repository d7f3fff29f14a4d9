"""Word as printed: deleted and hidden words are gone; text boxes, notes and generated numbers are there."""

import pytest

from tasks.domain.documents import Document, Location
from tasks.parse import parse_report
from tasks.parse.word_numbering import chinese_number
from tests.parse.made_files import word_of


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def parsed(body: str, **parts: str) -> Document:
    return parse_report(word_of(body, **parts), "总结.docx")  # type: ignore[arg-type]


def test_every_character_knows_its_paragraph_and_run() -> None:
    document = parsed(paragraph(run("一、农业")) + paragraph(run("粮食总产量"), run("123", "<w:b/>"), run("45吨")))
    start = document.text.index("12345")
    assert document.locate(start, start + 5) == [Location(paragraph=2, run=2), Location(paragraph=2, run=3)]


def test_tracked_changes_read_as_accepted() -> None:
    body = paragraph(
        run("人口"), f'<w:del w:id="1">{run("999").replace("w:t", "w:delText")}</w:del>',
        f'<w:ins w:id="2">{run("1000")}</w:ins>', f'<w:moveFrom w:id="3">{run("移走")}</w:moveFrom>', run("人。"),
    )  # fmt: skip
    assert parsed(body).text == "人口1000人。"


def test_hidden_words_and_field_codes_are_not_text() -> None:
    code = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE 999</w:instrText></w:r>'
    body = paragraph(run("看得见"), run("999", "<w:vanish/>"), run("也看得见", '<w:vanish w:val="0"/>'), code)
    assert parsed(body).text == "看得见也看得见"


def test_a_text_box_is_read_once_though_it_is_stored_twice() -> None:
    inside = f"<w:txbxContent>{paragraph(run('框内人口1000人。'))}</w:txbxContent>"
    box = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{inside}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert (
        parsed(paragraph(run("框外。"), box) + paragraph(run("后一段。"))).text == "框外。\n框内人口1000人。\n后一段。"
    )


def test_a_footnote_follows_its_paragraph() -> None:
    note = f'<w:footnote w:id="2">{paragraph(run("含流动人口300人。"))}</w:footnote>'
    body = paragraph(run("总人口1000人"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("。")) + paragraph(
        run("完。")
    )
    assert parsed(body, footnotes=note).text == "总人口1000人。\n含流动人口300人。\n完。"


def level(number: int, form: str, words: str, start: int = 1) -> str:
    inside = f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{words}"/>'
    return f'<w:lvl w:ilvl="{number}">{inside}</w:lvl>'


NUMBERS = (
    '<w:abstractNum w:abstractNumId="7">'
    + level(0, "chineseCountingThousand", "%1、") + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")
    + level(3, "bullet", "\uf06c")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
)  # fmt: skip


def numbered(depth: int, text: str) -> str:
    return paragraph(run(text), properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')


def test_the_numbers_that_word_writes_are_part_of_the_text() -> None:
    body = "".join(
        numbered(depth, text)
        for depth, text in [
            (0, "农业"),
            (1, "粮食"),
            (2, "水稻"),
            (2, "玉米"),
            (1, "畜牧"),
            (3, "点"),
            (0, "工业"),
            (1, "电力"),
        ]
    )
    document = parsed(body, numbering=NUMBERS)
    assert document.text.split("\n") == [
        "一、农业", "（一）粮食", "1.水稻", "2.玉米", "（二）畜牧", "点", "二、工业", "（一）电力",
    ]  # fmt: skip
    assert document.blocks[3].section == "一、农业 / （一）粮食 / 2.玉米"
    assert document.locate(0, 1) == [Location(paragraph=1)]  # Word's number stands in no run


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (1010, "一千零一十"),
    ],
)
def test_chinese_counting(number: int, words: str) -> None:
    assert chinese_number(number) == words


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def test_merged_cells_are_read_once_and_columns_stay() -> None:
    body = "<w:tbl>" + (
        row(cell("指标"), cell("产量", '<w:gridSpan w:val="2"/>'), cell("单位"))
        + row(cell("粮食", '<w:vMerge w:val="restart"/>'), cell("1"), cell("2"), cell("吨"))
        + row(cell("", "<w:vMerge/>"), cell("3"), cell("4"), cell("吨"))
        + row(cell("删去"), cell("999"), properties="<w:del/>")
    ) + "</w:tbl>"  # fmt: skip
    document = parsed(body)
    assert [(one.row, one.column, document.block_text(one)) for one in document.blocks] == [
        (0, 0, "指标"), (0, 1, "产量"), (0, 3, "单位"), (1, 0, "粮食"), (1, 1, "1"), (1, 2, "2"), (1, 3, "吨"),
        (2, 1, "3"), (2, 2, "4"), (2, 3, "吨"),
    ]  # fmt: skip
    start = document.text.index("\n4\n") + 1
    assert document.locate(start, start + 1)[0].cell == "T1R3C3"


def test_a_frame_of_one_cell_is_prose() -> None:
    body = f"<w:tbl>{row(cell('一、农业'))}</w:tbl>"
    assert [one.kind for one in parsed(body).blocks] == ["heading"]


def test_content_controls_hide_nothing() -> None:
    body = f"<w:sdt><w:sdtContent>{paragraph(run('控件里的100人。'))}</w:sdtContent></w:sdt>"
    assert parsed(body).text == "控件里的100人。"


def test_typesetting_characters_are_undone_and_places_stay() -> None:
    document = parsed(paragraph(run("⼀、pro\u00adﬁt\u200b12"), run("345吨")))
    assert document.text == "一、profit12345吨"
    start = document.text.index("345")
    assert document.locate(start, start + 3) == [Location(paragraph=1, run=2)]
