"""The Excel workbook of a period, read back as the statistician who opens it sees it."""

import datetime as dt
import itertools

import openpyxl
import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from tasks.publish import export_xlsx
from tasks.publish.addresses import fact_address

GRAIN, VILLAGES, AREA = "agri.grain_area", "area.villages", "area.total"
HEADS = ["指标", "项目", "计量单位", "合计", "报数单位"]
FIRST_UNIT = len(HEADS)


@pytest.fixture
def book(warehouse, tmp_path):
    paths = export_xlsx(
        warehouse,
        tmp_path / "导出",
        periods=["2023"],
        language="zh",
        county_name="岚川县",
        mandatory={"2023": (GRAIN, VILLAGES)},
        book="../book",
    )
    assert [path.name for path in paths] == ["岚川县-2023年-指标汇总.xlsx"]
    return openpyxl.load_workbook(paths[0])


@pytest.fixture
def one_report(warehouse, county, tmp_path):
    """Write the workbook of a report for 2021 whose three facts are changed by `columns`; return its first sheet."""

    def write(**columns):
        report = county.submission("report", period="2021")
        facts = county.content(report, {GRAIN: 900.0, VILLAGES: 3.0, AREA: 7.0}).facts.with_columns(
            **{name: pl.Series(values, dtype=county_type(name)) for name, values in columns.items()}
        )
        batch = county.batch(warehouse, [(report, None)])
        warehouse.load(type(batch)(submissions=batch.submissions, facts=facts), run_id="r9", now=county.NOON)
        (path,) = export_xlsx(warehouse, tmp_path, periods=["2021"], language="zh")
        return openpyxl.load_workbook(path)["指标"]

    return write


def county_type(name):
    return pl.Float64 if name in {"value", "value_high", "corrected_value"} else pl.String


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def row_of(sheet, indicator, item=None):
    """The cells of an indicator's row; codes stand in the last column."""
    (row,) = [
        row for row in sheet.iter_rows(min_row=2) if row[-1].value == indicator and (row[1].value or None) == item
    ]
    return row


class TestIndicators:
    def test_townships_go_across_and_those_without_a_report_say_so(self, book):
        assert cells(book["指标"])[0] == [*HEADS, "第1镇", "第2镇", "第3镇\n（未报）", "指标代码"]

    def test_the_whole_catalogue_goes_down_in_its_groups(self, book):
        rows = cells(book["指标"])[1:]
        codes = [row[-1] for row in rows if row[-1]]
        assert sorted(codes) == sorted(load_catalogue().indicators)
        groups = [row[0] for row in rows if not row[-1]]
        assert groups == list(dict.fromkeys(one.group for one in load_catalogue()))
        seen = [load_catalogue()[code].group for code in codes]
        assert list(dict.fromkeys(seen)) == groups
        assert sum(one != other for one, other in itertools.pairwise(seen)) == len(groups) - 1

    def test_headings_stay_in_sight_and_are_printed_on_every_page(self, book):
        sheet = book["指标"]
        assert sheet.freeze_panes == "D2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"

    def test_figures_stand_under_their_township(self, book):
        values = [cell.value for cell in row_of(book["指标"], GRAIN)]
        assert values[:3] == ["粮食播种面积", "", "亩"]
        assert values[FIRST_UNIT:-1] == [950, 1200, None]

    def test_a_total_says_how_many_it_counts_and_is_grey_where_some_are_missing(self, book, warehouse, tmp_path):
        total, counted = row_of(book["指标"], GRAIN)[3:5]
        assert (total.value, counted.value) == ("=SUM(F29:H29)".replace("29", str(total.row)), "2/3")
        assert total.font.color.rgb == "FF7F7F7F"
        (path,) = export_xlsx(warehouse, tmp_path, periods=["2023"], language="zh")
        shown = openpyxl.load_workbook(path, data_only=True)["指标"]
        assert row_of(shown, GRAIN)[3].value == 2150

    @pytest.mark.parametrize("indicator", ["agri.grain_yield", "income.rural_per_capita", "land.per_capita"])
    def test_rates_and_averages_are_not_added(self, one_report, indicator):
        sheet = one_report(indicator=[indicator, VILLAGES, AREA])
        assert row_of(sheet, indicator)[FIRST_UNIT].value == 900
        assert row_of(sheet, indicator)[3].value is None
        assert row_of(sheet, VILLAGES)[3].value.startswith("=SUM(")

    def test_a_total_of_bounds_is_a_bound(self, one_report):
        total = row_of(one_report(bound=["at_least", "exact", "exact"]), GRAIN)[3]
        assert total.number_format == '"≥"#,##0'

    def test_a_mandatory_indicator_that_a_report_lacks_is_named(self, book):
        """The second township has a report without villages; the third has none, which the heading says."""
        assert [cell.value for cell in row_of(book["指标"], VILLAGES)[FIRST_UNIT:-1]] == ["××", "缺", None]

    def test_a_masked_figure_is_grey(self, book):
        masked = row_of(book["指标"], VILLAGES)[FIRST_UNIT]
        assert (masked.value, masked.fill.fgColor.rgb) == ("××", "FFD9D9D9")

    def test_a_row_has_the_decimals_that_its_figures_need(self, book, one_report):
        assert row_of(book["指标"], GRAIN)[FIRST_UNIT].number_format == "#,##0"
        assert row_of(book["指标"], AREA)[FIRST_UNIT].number_format == "#,##0.0"
        sheet = one_report(indicator=["forest.coverage", VILLAGES, AREA], value=[61.25, 3.0, 7.0])
        assert row_of(sheet, "forest.coverage")[FIRST_UNIT].number_format in {"0.00", "#,##0.00"}

    def test_notes_hold_the_quote_and_the_file(self, book):
        note = row_of(book["指标"], GRAIN)[FIRST_UNIT].comment.text
        assert note.startswith("粮食播种面积950亩\n")
        assert "=cmd" in note

    def test_bounds_ranges_doubt_and_items_are_shown(self, one_report):
        sheet = one_report(
            bound=["at_least", "range", "exact"],
            value_high=[None, 5.0, None],
            status=["accepted", "accepted", "flagged"],
            item=["早稻", "", ""],
        )
        item = row_of(sheet, GRAIN, "早稻")[FIRST_UNIT]
        assert (item.value, item.number_format) == (900, '"≥"#,##0')
        assert row_of(sheet, VILLAGES)[FIRST_UNIT].value == "3—5"
        assert row_of(sheet, AREA)[FIRST_UNIT].fill.fgColor.rgb == "FFFFE699"

    def test_of_two_statements_the_exact_one_is_shown(self, one_report):
        """A report says 1.58万吨以上 in its summary and 15820吨 in its account."""
        sheet = one_report(
            indicator=[GRAIN, GRAIN, AREA], value=[15800.0, 15820.0, 7.0], bound=["at_least", "exact", "exact"]
        )
        assert row_of(sheet, GRAIN)[FIRST_UNIT].value == 15820

    def test_a_corrected_figure_is_marked_and_its_note_has_both(self, one_report):
        sheet = one_report(corrected_value=[90.0, None, None], status=["corrected", "accepted", "accepted"])
        cell = row_of(sheet, GRAIN)[FIRST_UNIT]
        assert (cell.value, cell.font.b, cell.font.color.rgb) == (90, True, "FF0070C0")
        assert "报告为 900亩（900亩），更正为 90亩" in cell.comment.text


class TestOtherSheets:
    def test_their_names(self, book):
        assert book.sheetnames == ["指标", "增速", "指标明细", "审核问题", "修订", "报送情况", "数据质量", "说明"]

    def test_stated_growth_has_a_sheet_without_totals(self, warehouse, county, tmp_path, one_report):
        one_report(measure=["growth_pct", "level", "level"], value=[-2.5, 3.0, 7.0])
        (path,) = export_xlsx(warehouse, tmp_path / "g", periods=["2021"], language="zh")
        rows = cells(openpyxl.load_workbook(path)["增速"])
        assert rows[0][:4] == ["指标", "项目", "计量单位", "第1镇"]
        assert [row[3] for row in rows if row[-1] == GRAIN] == [-2.5]

    def test_details_hold_quote_file_and_place_of_every_live_fact(self, book):
        heading, *rows = cells(book["指标明细"])
        facts = [dict(zip(heading, row, strict=True)) for row in rows]
        assert len(facts) == 4
        (one,) = [row for row in facts if row["指标代码"] == GRAIN and row["报送单位"] == "第1镇"]
        assert one["原文"].startswith(load_catalogue()[GRAIN].name + "950")
        assert (one["段"], one["口径"], one["状态"]) == (0, "本期", "通过")
        assert one["文件"].startswith("=cmd")

    def test_each_detail_links_to_its_place_in_the_county_book(self, book, county):
        heading, *rows = book["指标明细"].iter_rows()
        place = {cell.value: number for number, cell in enumerate(heading)}
        links = {
            (row[place["区划代码"]].value, row[place["指标代码"]].value): row[place["证据"]].hyperlink for row in rows
        }
        link = links[county.unit_code(1), GRAIN]
        expected = fact_address(county.unit_code(1), "2023", GRAIN, "level")
        assert f"{link.target}#{link.location}" == f"../book/{expected}"

    def test_figures_of_part_of_the_year_are_among_the_details_and_not_in_the_table(
        self, warehouse, county, tmp_path, one_report
    ):
        one_report(period=["2021M01-09", "2021", "2021"])
        (path,) = export_xlsx(warehouse, tmp_path / "part", periods=["2021"], language="zh")
        book = openpyxl.load_workbook(path)
        assert {row[2].value for row in book["指标明细"].iter_rows(min_row=2)} == {"2021", "2021M01-09"}
        assert row_of(book["指标"], GRAIN)[FIRST_UNIT].value is None

    def test_no_cell_is_a_formula_but_the_totals(self, book):
        formulas = {
            (sheet.title, cell.column)
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
        assert formulas == {("指标", 4)}

    def test_findings_start_with_the_gravest(self, book):
        heading, *rows = cells(book["审核问题"])
        assert [row[heading.index("严重程度")] for row in rows] == ["错误", "提示"]
        assert rows[0][heading.index("问题")] == "=1+1"

    def test_the_roster_has_dates_of_the_county_and_numbers(self, book):
        heading, *rows = cells(book["报送情况"])
        found = {row[1]: dict(zip(heading, row, strict=True)) for row in rows}
        assert found["第3镇"]["报送状态"] == "未报"
        assert found["第1镇"]["截止日期"].date() == dt.date(2024, 1, 15)
        assert found["第1镇"]["必报完整率"] == 1

    def test_every_sheet_is_printed_one_page_wide(self, book):
        for sheet in book:
            how = sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight
            assert how == (True, 0), sheet.title
            assert sheet.page_setup.orientation == "landscape", sheet.title

    def test_notes_name_the_version_of_the_data(self, book, warehouse):
        notes = dict(row[:2] for row in cells(book["说明"]))
        assert notes["数据版本 facts"] == str(warehouse.versions()["facts"])


def test_there_is_a_workbook_per_period(warehouse, tmp_path):
    names = [path.name for path in export_xlsx(warehouse, tmp_path, language="zh")]
    assert names == ["2022年-指标汇总.xlsx", "2023年-指标汇总.xlsx"]


def test_the_second_export_of_the_same_data_has_the_same_bytes(warehouse, tmp_path):
    first, again = (export_xlsx(warehouse, tmp_path / name, county_name="岚川县") for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


def test_in_english_everything_is_english(warehouse, tmp_path):
    (path,) = export_xlsx(warehouse, tmp_path, periods=["2023"], language="en", county_name="Lanchuan")
    book = openpyxl.load_workbook(path)
    assert path.name == "Lanchuan-2023-indicators.xlsx"
    assert book.sheetnames == ["indicators", "growth", "details", "findings", "revisions", "roster", "quality", "notes"]
    assert book["roster"]["D2"].value in {"missing", "on time"}
    assert book["indicators"]["D1"].value == "total"


def test_a_large_county_has_as_many_sheets_as_it_needs(warehouse, tmp_path, monkeypatch):
    """And its totals are those of the county, on each of them."""
    monkeypatch.setattr("tasks.publish.matrix_sheets.SHEET_UNITS", 2)
    (path,) = export_xlsx(warehouse, tmp_path, periods=["2023"], language="zh")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["指标", "指标2"]
    assert [row_of(book[name], GRAIN)[3].value for name in ("指标", "指标2")] == [2150, 2150]
