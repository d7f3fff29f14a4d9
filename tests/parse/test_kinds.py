"""Every kind of file becomes a Document whose text is what a reader of the paper would see, and knows its places."""

import pytest

from tasks.domain.documents import Document, Location
from tasks.domain.errors import SourceMalformed
from tasks.parse import parse_report
from tasks.parse.content import recognise
from tests.parse import made_files as made


def cells(document: Document) -> list[tuple[int | None, int | None, str]]:
    return [(one.row, one.column, document.block_text(one)) for one in document.blocks if one.kind == "table_cell"]


def place(document: Document, words: str) -> Location:
    start = document.text.index(words)
    return document.locate(start, start + len(words))[0]


@pytest.mark.parametrize(
    "name", [name for name in made.EVERY_KIND if not name.startswith("指标") and "pdf" not in name]
)
def test_the_figure_is_read_from_every_kind(name: str) -> None:
    document = parse_report(made.EVERY_KIND[name], name)
    assert made.FIGURE in document.text
    assert document.blocks[0].kind in {"paragraph", "heading"}
    assert made.TITLE in document.text.split("\n")[0]


@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_the_name_decides_nothing(name: str) -> None:
    data = made.EVERY_KIND[name]
    assert parse_report(data, "报告").text == parse_report(data, "报告.bin").text
    assert recognise(data, "a") is recognise(data, name)


@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_blocks_and_anchors_keep_the_order_of_the_text(name: str) -> None:
    document = parse_report(made.EVERY_KIND[name], name)
    for spans in (document.blocks, document.anchors):
        ends = [0, *(one.end for one in spans)]
        assert all(end <= one.start < one.end <= len(document.text) for end, one in zip(ends, spans, strict=False))
    for block in document.blocks:
        words = document.block_text(block)
        assert words == words.strip()
        if document.anchors:
            assert document.locate(block.start, block.end), words


def test_html_shows_what_a_browser_shows() -> None:
    document = parse_report(made.html(), "总结.html")
    assert "999" not in document.text
    assert cells(document) == [(0, 0, "指标"), (0, 1, "2023年"), (1, 0, "粮食总产量"), (1, 1, "12345")]
    assert document.encoding == "gb18030"


def test_a_table_that_only_lays_out_the_page_is_prose() -> None:
    page = "<html><body><table><tr><td><p>全镇总人口100人。</p></td></tr></table></body></html>"
    assert [one.kind for one in parse_report(page.encode(), "a.html").blocks] == ["paragraph"]


def test_open_document_text_leaves_deleted_words_out_and_notes_after_their_paragraph() -> None:
    document = parse_report(made.odt(), "总结.odt")
    assert "999" not in document.text
    assert "有注的段\n注文7" in document.text
    assert cells(document) == [(0, 0, "指标"), (0, 1, "2023")]
    assert place(document, "指标").cell == "T1R1C1"


def test_a_spreadsheet_that_repeats_its_last_row_a_million_times_is_read_at_once() -> None:
    document = parse_report(made.ods(), "指标.ods")
    assert cells(document)[-1] == (1, 2, "12,345")
    assert "999" not in document.text  # of a hidden sheet
    assert place(document, "12,345") == Location(sheet="表一", cell="C2")


def test_rich_text_of_china_is_read_with_its_table() -> None:
    document = parse_report(made.rtf(), "总结.rtf")
    assert cells(document) == [(0, 0, "指标"), (0, 1, "2023")]
    assert place(document, "指标").cell == "T1R1C1"
    assert place(document, made.FIGURE).paragraph == 3


def test_csv_keeps_the_offsets_of_the_file() -> None:
    document = parse_report(made.csv(), "指标.csv")
    assert document.text == made.csv().decode("gb18030")
    assert cells(document)[4:8] == [(1, 0, "粮食总产量"), (1, 1, "吨"), (1, 2, "12,345"), (1, 3, "11800")]
    assert place(document, "11800").cell == "D2"


def test_a_csv_may_have_a_title_above_its_rows_and_a_note_below() -> None:
    rows = "指标,单位,本年,上年\r\n粮食总产量,吨,12345,11800\r\n生猪出栏,头,25400,24600"
    document = parse_report(f"示例镇2023年主要指标\r\n{rows}\r\n注：年报数\r\n".encode("gb18030"), "指标.csv")
    assert cells(document)[4:8] == [(1, 0, "粮食总产量"), (1, 1, "吨"), (1, 2, "12345"), (1, 3, "11800")]
    assert place(document, "11800").cell == "D3"
    assert [document.block_text(one) for one in document.blocks if one.kind != "table_cell"][1:] == ["注：年报数"]


@pytest.mark.parametrize("text", ["全镇人口1,234人，比上年多。\n第二行，没有逗号。\n第三行, 有一个\n", "a,b\nc,d\n"])
def test_prose_with_commas_is_no_csv(text: str) -> None:
    assert not cells(parse_report(text.encode(), "总结.txt"))


def test_ofd_joins_lines_drops_page_numbers_and_knows_every_character() -> None:
    long = "全镇粮食播种面积稳定在三万亩左右，粮食总产量12345吨，群众满意。"
    pages = [["一、农业", "　　" + long[:26], long[26:]], ["二、工业"]]
    document = parse_report(made.ofd(pages), "总结.ofd")
    assert document.text == f"一、农业\n{long}\n二、工业"
    assert [one.page for one in document.blocks] == [1, 1, 2]
    start = document.text.index("12345")
    boxes = [one.box for one in document.locate(start, start + 5)]
    point = 72 / 25.4
    assert boxes[0] is not None
    # The figure begins 23 characters of 5 mm after two blanks; the line starts 30 mm from the left.
    assert boxes[0].x0 == pytest.approx((30 + 5 * (2 + long.index("12345"))) * point, abs=0.1)
    assert 49 * point < boxes[0].top < 54 * point < boxes[0].bottom < 56 * point


@pytest.mark.parametrize("ruled", [True, False])
def test_cells_of_a_table_in_ofd_are_not_run_together(ruled: bool) -> None:
    rows = [
        ["指标", "单位", "本年", "上年"],
        ["粮食总产量", "吨", "12345", "11800"],
        ["财政收入", "万元", "3210.75", "3000"],
    ]
    # Where rules part them, the figures of this year and of the last stand less than a character apart.
    drawn = made.ofd_table(rows, [30, 20, 18, 20] if ruled else [30, 20, 24, 20], ruled=ruled)
    document = parse_report(made.ofd([["一、指标"]], drawn), "总结.ofd")
    assert cells(document) == [(at, column, words) for at, row in enumerate(rows) for column, words in enumerate(row)]
    place_of_figure = place(document, "11800")
    assert place_of_figure.box is not None
    assert place_of_figure.box.x0 == pytest.approx((31 + (68 if ruled else 74)) * 72 / 25.4, abs=0.1)


def test_clips_and_a_drawing_written_wrongly_cut_nothing_in_ofd() -> None:
    clips = "".join(
        f'<ofd:PathObject ID="{30 + n}" Boundary="0 0 210 297"><ofd:Clips><ofd:Clip><ofd:Area><ofd:Path>'
        f"<ofd:AbbreviatedData>M {x} {y} L {x + 40} {y} L {x + 40} {y + 60} L {x} {y + 60} C</ofd:AbbreviatedData>"
        "</ofd:Path></ofd:Area></ofd:Clip></ofd:Clips></ofd:PathObject>"
        for n, (x, y) in enumerate((x, y) for x in (0, 40, 80, 120, 160) for y in (0, 60, 120))
    )
    wrong = (
        '<ofd:PathObject ID="90" Boundary="0 0 210 297"><ofd:AbbreviatedData>M 1.2.3 4 L . 5</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
    )
    words = [["一、农业", "2023年粮食产量1340吨。"]]
    assert (
        parse_report(made.ofd(words, clips + wrong), "总结.ofd").text == parse_report(made.ofd(words), "总结.ofd").text
    )


def test_what_ofd_writes_piece_by_piece_is_one_line() -> None:
    pieces = [("全镇粮食", 30), ("总产量", 46), ("12345", 58), ("吨", 68)]
    drawn = "".join(
        f'<ofd:TextObject ID="7" Boundary="{x} 100 40 6" Size="4"><ofd:TextCode X="0" Y="5">{words}</ofd:TextCode>'
        "</ofd:TextObject>"
        for words, x in pieces
    )
    assert parse_report(made.ofd([["一、农业"]], drawn), "总结.ofd").text == "一、农业\n全镇粮食总产量12345吨"


def test_a_mail_is_its_subject_and_body() -> None:
    document = parse_report(made.mail(), "总结.eml")
    assert document.text.startswith(made.TITLE)
    with pytest.raises(SourceMalformed, match="empty_file"):
        parse_report(made.mail(body=" "), "空.eml")


def test_a_mail_that_is_gbk_and_does_not_say_so_is_read() -> None:
    mail = f"From: a@example.cn\r\nSubject: {made.TITLE}\r\n\r\n{made.FIGURE}\r\n".encode("gb18030")
    document = parse_report(mail, "来信.eml")
    assert document.text.split() == [made.TITLE, made.FIGURE]
    assert document.quality.score == 1


@pytest.mark.parametrize(
    ("data", "named", "instead"),
    [
        (made.zipped([("ppt/presentation.xml", "<p/>"), ("[Content_Types].xml", "<t/>")]), "PowerPoint", "pdf"),
        (made.compound("PowerPoint Document", "Current User"), "PowerPoint", "pdf"),
        (made.compound("__properties_version1.0", "__substg1.0_0037001F"), "Outlook 邮件", "附件"),
        (made.compound("Anything"), "OLE", "docx"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(4000), "HEIC", "jpg"),
        (b"\x00\x00\x00\x24ftypmif1" + bytes(4000), "HEIC", "jpg"),
    ],
)
def test_a_kind_without_a_reader_is_named_with_what_to_send_instead(data: bytes, named: str, instead: str) -> None:
    with pytest.raises(SourceMalformed) as caught:
        parse_report(data, "文件")
    assert caught.value.code == "unsupported_type"
    assert named in caught.value.what.zh
    assert instead in caught.value.next_step.zh


@pytest.mark.parametrize(
    "text", [made.REPORT.replace("\n", end) for end in ("\r", "\r\n", "\n")] + ["甲\r乙\r\n丙\n丁"]
)
def test_line_ends_may_be_mixed(text: str) -> None:
    document = parse_report(text.encode("gb18030"), "总结.txt")
    assert document.text == text
    assert [document.block_text(one) for one in document.blocks] == [line for line in text.split() if line]
