"""Lines of a plain text that are rows of a table because their columns stand apart by blanks."""

import io

import docx
import pytest

from tasks.parse import document_from_text, parse_report
from tasks.parse.spaced_tables import spaced_rows

ANNEX = """附件：云坪镇2013年主要指标
指标名称　计量单位　2013年　2012年　增减（%）
工农业总产值　万元　56200　50100　12.2
其中：工业总产值　万元　31400　27300　15.0
　　　农业总产值　万元　24800　22800　8.8
粮食播种面积　亩　18400　18650　-1.3
"""


def rows_of(text):
    """Return the words of every table as rows of cells."""
    document = document_from_text(text)
    tables = {}
    for block in document.blocks:
        if block.kind == "table_cell":
            tables.setdefault(block.table, {}).setdefault(block.row, []).append(document.block_text(block))
    return [list(rows.values()) for rows in tables.values()]


def test_an_annex_whose_columns_stand_apart_is_a_table():
    (table,) = rows_of(ANNEX)
    assert table[0] == ["指标名称", "计量单位", "2013年", "2012年", "增减（%）"]
    assert table[3] == ["农业总产值", "万元", "24800", "22800", "8.8"]
    assert table[4][-1] == "-1.3"


@pytest.mark.parametrize("gap", [" ", "  ", "　", "　　", " 　 "])
def test_the_gap_may_be_of_any_blanks(gap):
    text = "\n".join(
        gap.join(row) for row in (("指标", "单位", "完成数"), ("生猪出栏", "头", "23,600"), ("油菜", "亩", "310"))
    )
    assert rows_of(text) == [[["指标", "单位", "完成数"], ["生猪出栏", "头", "23,600"], ["油菜", "亩", "310"]]]


def test_two_tables_that_follow_one_another_stay_two():
    second = "项目 单位 数量\n敬老院 所 1\n卫生室 个 12\n"
    assert [len(table) for table in rows_of(f"{ANNEX}\n{second}")] == [5, 3]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("镇长　　×××　　（2013年1月6日）\n各位代表 同志们\n", id="a signature"),
        pytest.param("一是 种粮 1200亩\n二是 养猪 300头\n", id="no line of names"),
        pytest.param("目标 任务 措施\n全年种粮 亩 1200。\n全年养猪 头 300。\n", id="sentences"),
        pytest.param("指标 单位 数量\n粮食 吨 1200\n", id="a single row"),
        pytest.param("政 府 工 作 报 告\n", id="a spaced title"),
    ],
)
def test_prose_is_no_table(text):
    assert rows_of(text) == []


def test_paragraphs_of_word_may_be_rows_too():
    document = docx.Document()
    for line in ("云坪镇2013年工作总结", *ANNEX.strip().splitlines()):
        document.add_paragraph(line.replace("　", "\t") if "\u3000万元" in line or "指标名称" in line else line)
    stream = io.BytesIO()
    document.save(stream)
    parsed = parse_report(stream.getvalue(), "总结.docx")
    cells = [parsed.block_text(block) for block in parsed.blocks if block.kind == "table_cell"]
    assert cells[:7] == ["指标名称", "计量单位", "2013年", "2012年", "增减（%）", "工农业总产值", "万元"]
    assert [block.index for block in parsed.blocks] == list(range(len(parsed.blocks)))


def test_a_cell_may_say_in_words_or_with_an_arrow_which_way_its_figure_went():
    rows = spaced_rows(
        ["指标　计划　完成　同比", "入库税收　5400万元　2916万元　降3.1%", "工业投资　6亿元　3.3亿元　↑19.6%"]
    )
    assert [len(one.cells) for one in rows.values()] == [4, 4, 4]


@pytest.mark.parametrize(
    "head",
    ["表一 指标/2022年/2023年", "表1：指标 2022年 2023年", "指标 / 2022年 / 2023年", "附表 指标　2022年　2023年"],
)
def test_columns_may_be_named_with_strokes_and_behind_the_number_of_the_table(head):
    text = f"几项主要指标见下表。\n{head}\n社会总产值 4.89亿元 6.4亿元\n财政收入 1082万元 1742万元\n"
    (table,) = rows_of(text)
    assert table[0] == ["指标", "2022年", "2023年"]
    assert table[2] == ["财政收入", "1082万元", "1742万元"]


def test_strokes_in_prose_name_no_columns():
    assert rows_of("粮食/油料/蔬菜一起抓\n全镇 4.89亿元 6.4亿元。\n财政 1082万元 1742万元。\n") == []
