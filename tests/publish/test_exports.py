"""What people open: CSV and Excel, read back as they would read it."""

import csv
import datetime as dt

import openpyxl
import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse
from tasks.publish import export_csv, export_xlsx

GRAIN, VILLAGES, AREA = "agri.grain_area", "area.villages", "area.total"


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


class TestCsv:
    def test_there_is_one_file_per_table_with_a_byte_order_mark(self, warehouse, tmp_path):
        paths = export_csv(warehouse, tmp_path / "导出")
        assert [path.name for path in paths] == [
            f"{table}.csv"
            for table in (
                *("facts", "findings", "reporting", "quality", "submissions", "decisions", "indicators", "units"),
                "dictionary",
            )
        ]
        for path in paths:
            assert path.read_bytes().startswith(b"\xef\xbb\xbf")

    def test_facts_are_the_live_ones_of_the_periods_asked_for(self, warehouse, tmp_path):
        facts = read_csv(export_csv(warehouse, tmp_path, periods=["2023"])[0])
        assert {(row["unit_name"], row["indicator"], row["value"]) for row in facts} == {
            ("第1镇", GRAIN, "950.0"),
            ("第1镇", VILLAGES, ""),
            ("第1镇", AREA, "1234.5"),
            ("第2镇", GRAIN, "1200.0"),
        }
        assert len(facts) == 4
        assert {row["period"] for row in read_csv(export_csv(warehouse, tmp_path)[0])} == {"2022", "2023"}

    def test_no_text_starts_a_formula_and_numbers_stay_numbers(self, warehouse, county, tmp_path):
        paths = {path.stem: path for path in export_csv(warehouse, tmp_path)}
        names = [row["file_name"] for row in read_csv(paths["submissions"])]
        assert "'=cmd|' /C calc'!A0.txt" in names
        (one,) = [row for row in read_csv(paths["findings"]) if row["severity"] == "error"]
        assert (one["message_zh"], one["quotes"], one["imbalance"]) == ("'=1+1", "'-5% | 村", "800.0")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
    def test_every_dangerous_start_is_made_safe(self, warehouse, county, tmp_path, start):
        county.load(tmp_path / "warehouse", [], findings=[county.finding("x", observed=f"{start}A1")], run_id="r2")
        observed = [row["observed"] for row in read_csv(export_csv(warehouse, tmp_path / "out")[1])]
        assert f"'{start}A1" in observed

    def test_a_negative_number_is_no_text(self, warehouse, county, tmp_path):
        county.load(tmp_path / "warehouse", [], findings=[county.finding("x", imbalance=-5.0)], run_id="r2")
        assert "-5.0" in [row["imbalance"] for row in read_csv(export_csv(warehouse, tmp_path / "out")[1])]

    def test_a_folder_that_is_a_file_is_an_error_with_a_place(self, warehouse, tmp_path):
        (tmp_path / "taken").write_text("x")
        with pytest.raises(WarehouseError, match=r"taken.*export_failed"):
            export_csv(warehouse, tmp_path / "taken")

    def test_an_empty_warehouse_exports_headings(self, tmp_path):
        paths = export_csv(Warehouse(str(tmp_path / "none")), tmp_path)
        assert all(path.read_text(encoding="utf-8-sig").count("\n") == 1 for path in paths[:-1])

    def test_nothing_is_left_of_a_file_that_could_not_be_written(self, warehouse, tmp_path):
        (tmp_path / "out" / "findings.csv").mkdir(parents=True)
        with pytest.raises(WarehouseError, match=r"findings\.csv"):
            export_csv(warehouse, tmp_path / "out")
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["facts.csv", "findings.csv"]


class TestWorkbook:
    @pytest.fixture
    def book(self, warehouse, tmp_path):
        paths = export_xlsx(warehouse, tmp_path / "导出", periods=["2023"], language="zh", county_name="岚川县")
        assert [path.name for path in paths] == ["岚川县-2023年-指标汇总.xlsx"]
        return openpyxl.load_workbook(paths[0])

    def test_there_is_a_workbook_per_period(self, warehouse, tmp_path):
        names = [path.name for path in export_xlsx(warehouse, tmp_path, language="zh")]
        assert names == ["2022年-指标汇总.xlsx", "2023年-指标汇总.xlsx"]

    def test_its_sheets(self, book):
        assert book.sheetnames == ["指标", "指标明细", "审核问题", "报送情况", "数据质量", "说明"]

    def test_indicators_go_down_and_townships_across(self, book):
        sheet = book["指标"]
        rows = cells(sheet)
        assert rows[0] == ["指标代码", "指标", "分组", "项目", "计量单位", "第1镇", "第2镇", "第3镇"]
        assert [row[0] for row in rows[1:]] == list(load_catalogue().indicators)
        found = {row[0]: row[4:] for row in rows[1:]}
        assert found[GRAIN] == ["亩", 950, 1200, None]
        assert found[AREA][1] == 1234.5
        assert sheet.freeze_panes == "F2"

    def test_numbers_have_formats_and_masked_figures_are_marked(self, book):
        sheet = book["指标"]
        row = {cell.value: cell.row for cell in sheet["A"]}
        assert sheet.cell(row[GRAIN], 6).number_format == "#,##0"
        assert sheet.cell(row[AREA], 6).number_format == "#,##0.00##"
        masked = sheet.cell(row[VILLAGES], 6)
        assert (masked.value, masked.fill.fgColor.rgb) == ("××", "FFD9D9D9")

    def test_details_hold_quote_file_and_place_of_every_live_fact(self, book):
        heading, *rows = cells(book["指标明细"])
        facts = [dict(zip(heading, row, strict=True)) for row in rows]
        assert len(facts) == 4
        (one,) = [row for row in facts if row["指标代码"] == GRAIN and row["报送单位"] == "第1镇"]
        assert one["原文"].startswith(load_catalogue()[GRAIN].name + "950")
        assert (one["段"], one["口径"], one["状态"]) == (0, "本期", "通过")
        assert one["文件"].startswith("=cmd")

    def test_no_cell_is_a_formula(self, book):
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds

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

    def test_notes_name_the_version_of_the_data(self, book, warehouse):
        notes = dict(row[:2] for row in cells(book["说明"]))
        assert notes["数据版本 facts"] == str(warehouse.versions()["facts"])

    def test_in_english_everything_is_english(self, warehouse, tmp_path):
        (path,) = export_xlsx(warehouse, tmp_path, periods=["2023"], language="en", county_name="Lanchuan")
        book = openpyxl.load_workbook(path)
        assert path.name == "Lanchuan-2023-indicators.xlsx"
        assert book.sheetnames == ["indicators", "details", "findings", "roster", "quality", "notes"]
        assert book["roster"]["D2"].value in {"missing", "on time"}

    def test_bounds_ranges_doubt_and_items_are_shown(self, warehouse, county, tmp_path):
        """A ≥ stands before the number, a range is its two ends, a figure in doubt is shaded, each item has its row."""
        report = county.submission("bounds", period="2021")
        frames = county.content(report, {GRAIN: 900.0, VILLAGES: 3.0, AREA: 7.0})
        facts = frames.facts.with_columns(
            bound=pl.Series(["at_least", "range", "exact"]),
            value_high=pl.Series([None, 5.0, None], dtype=pl.Float64),
            status=pl.Series(["accepted", "accepted", "flagged"]),
            item=pl.Series(["早稻", "", ""]),
        )
        batch = county.batch(warehouse, [(report, None)])
        warehouse.load(type(batch)(submissions=batch.submissions, facts=facts), run_id="r9", now=county.NOON)
        (path,) = export_xlsx(warehouse, tmp_path, periods=["2021"], language="zh")
        sheet = openpyxl.load_workbook(path)["指标"]
        found = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
        assert (found[GRAIN][3].value, found[GRAIN][5].value, found[GRAIN][5].number_format) == (
            "早稻",
            900,
            '"≥"#,##0',
        )
        assert found[VILLAGES][5].value == "3—5"
        assert found[AREA][5].fill.fgColor.rgb == "FFFFE699"

    def test_of_two_statements_the_exact_one_is_shown(self, warehouse, county, tmp_path):
        """A report says 1.58万吨以上 in its summary and 15820吨 in its account."""
        report = county.submission("twice", period="2021")
        facts = county.content(report, {GRAIN: 15800.0, VILLAGES: 15820.0}).facts.with_columns(
            indicator=pl.lit(GRAIN), bound=pl.Series(["at_least", "exact"])
        )
        batch = county.batch(warehouse, [(report, None)])
        warehouse.load(type(batch)(submissions=batch.submissions, facts=facts), run_id="r9", now=county.NOON)
        (path,) = export_xlsx(warehouse, tmp_path, periods=["2021"], language="zh")
        sheet = openpyxl.load_workbook(path)["指标"]
        assert [row[5].value for row in sheet.iter_rows(min_row=2) if row[0].value == GRAIN] == [15820]
