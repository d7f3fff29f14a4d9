"""Spreadsheets say what they show: number formats, titles above tables, sheet and cell of every figure."""

import shutil
import subprocess
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.documents import Document, Location
from tasks.domain.periods import ReportPeriod
from tasks.extract import Reader, build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import parse_report
from tasks.parse.sheets import shown
from tests.parse import made_files as made


@pytest.fixture(scope="module")
def reader() -> Reader:
    return build_reader(load_catalogue(), load_lexicon())


def texts(document: Document) -> list[tuple[str, str]]:
    return [(one.kind, document.block_text(one)) for one in document.blocks]


def test_titles_and_notes_are_paragraphs_and_the_rest_a_table() -> None:
    document = parse_report(made.excel(), "指标.xlsx")
    assert [words for kind, words in texts(document) if kind != "table_cell"] == [
        "示例镇2023年主要指标", "单位：万元", "注：粮食总产量为抽样调查数，与上年口径一致，仅供参考。", "2024年1月5日",
    ]  # fmt: skip
    table = [(one.row, one.column, document.block_text(one)) for one in document.blocks if one.kind == "table_cell"]
    assert table[5:10] == [(1, 0, "粮食总产量"), (1, 1, "吨"), (1, 2, "12345"), (1, 3, "11800.5"), (1, 4, "4.6%")]


def test_every_figure_knows_its_sheet_and_cell() -> None:
    document = parse_report(made.excel(), "指标.xlsx")
    start = document.text.index("4.6%")
    assert document.locate(start, start + 4) == [Location(sheet="主要指标", cell="F5")]


def test_hidden_sheets_and_rows_are_not_shown() -> None:
    document = parse_report(made.excel(hide=True), "指标.xlsx")
    assert "999" not in document.text
    assert "财政收入" not in document.text


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (0.046, "0.0%", "4.6%"), (0.046, "0%", "5%"), (-0.02, "0.00%;[Red]-0.00%", "-2.00%"),
        (12345.0, "#,##0", "12345"),
        (12345.678, "#,##0", "12345.678"), (0.1 + 0.2, "General", "0.3"), (1e15, "0", "1000000000000000"),
        (3.5, '0.0"%"', "3.5%"), (98.5, '0.0\\%', "98.5%"),
        (True, "General", "是"), ("文字", "0%", "文字"), (float("nan"), "0", ""),
    ],
)  # fmt: skip
def test_numbers_are_read_as_their_format_shows_them(value: object, form: str, words: str) -> None:
    assert shown(value, form) == words


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (5.6, '0.0"‰"', "5.6‰"), (5.6, "0.0‰", "5.6‰"),
        (52_700_000.0, "#,##0,", "52700"), (52_700_000.0, "#,##0,,", "52.7"), (52_700_000.0, "0,.0", "52700"),
        (7_900_000.0, "0!.0,", "790"), (7_906_543.0, r"0\.0,", "790.6543"), (7_900_000.0, '0"."0,"万"', "790万"),
        (79_000_000.0, '0!.0000"万元"', "7900万元"), (5.27, '0.00"万亩"', "5.27万亩"),
        (5.27, '0.00_ "万亩"', "5.27万亩"),
        (820_000.0, '[>=10000]0!.0,"万";0', "82万"), (820.0, '[>=10000]0!.0,"万";0', "820"),
        (-0.02, '0.0%;"下降"0.0%', "下降2.0%"), (-5.0, "#,##0_);(#,##0)", "-5"), (0.0, '0;-0;"-"', "0"),
        (0.0, "0;-0;;@", ""), (12.0, "[$¥-804]#,##0.00", "12"), (12.0, "[Red]G/通用格式", "12"),
        (45_000.0, 'yyyy"年"m"月"', "45000"), (12_345.0, "0.00E+00", "12345"), (7.0, '@"人"', "7人"),
        (1.0, '[=1]"是";[=0]"否"', "是"),
    ],
)  # fmt: skip
def test_a_format_scales_and_names_the_unit(value: float, form: str, words: str) -> None:
    assert shown(value, form) == words


def test_a_scaled_column_under_its_unit_is_read_as_shown(reader: Reader) -> None:
    document = parse_report(made.scaled_excel(), "指标.xlsx")
    facts = {one.indicator: one for one in extract_document(document, ReportPeriod.parse("2023"), reader).facts}
    assert facts["fiscal.revenue"].value == pytest.approx(7_900_000)
    assert facts["agri.grain_area"].value == pytest.approx(52_700)
    assert facts["pop.natural_growth_rate"].value == pytest.approx(5.6)
    assert facts["pop.total"].value == pytest.approx(31_000)


@pytest.mark.parametrize("name", ["指标.xlsx", "指标.csv"])
def test_rows_become_level_prior_level_and_growth(name: str, reader: Reader) -> None:
    document = parse_report(made.EVERY_KIND[name], name)
    facts = extract_document(document, ReportPeriod.parse("2023"), reader).facts
    grain = {one.measure: one for one in facts if one.indicator == "agri.grain_output"}
    assert grain["level"].value == 12345
    assert grain["prior_level"].value in {11800, 11800.5}
    if name == "指标.xlsx":
        assert grain["growth_pct"].value == pytest.approx(4.6)
        assert document.locate(grain["growth_pct"].start, grain["growth_pct"].end)[0].cell == "F5"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here (make office)")
def test_an_old_workbook_says_the_same_as_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "指标.xlsx").write_bytes(made.excel(hide=True))
    made_old = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xls",
         "指标.xlsx"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    if not (tmp_path / "指标.xls").exists():
        pytest.skip(f"LibreOffice has no Calc here: {made_old.stdout!r}")
    old = parse_report((tmp_path / "指标.xls").read_bytes(), "指标.et")
    new = parse_report(made.excel(hide=True), "指标.xlsx")
    assert (old.text, old.blocks, old.anchors) == (new.text, new.blocks, new.anchors)
