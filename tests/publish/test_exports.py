"""What people open: CSV and Excel, read back as they would read it."""

import csv

import pytest

from tasks.domain.errors import WarehouseError
from tasks.domain.tables import TABLES
from tasks.load import Warehouse
from tasks.publish import export_csv

GRAIN, VILLAGES, AREA = "agri.grain_area", "area.villages", "area.total"


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def named(paths, table):
    (path,) = [path for path in paths if path.stem == table]
    return path


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


class TestCsv:
    def test_there_is_one_file_per_table_with_a_byte_order_mark(self, warehouse, tmp_path):
        paths = export_csv(warehouse, tmp_path / "导出")
        tables = [table for table in TABLES if table not in {"blocks", "mentions"}]
        assert [path.name for path in paths] == [f"{table}.csv" for table in [*tables, "dictionary"]]
        for path in paths:
            assert path.read_bytes().startswith(b"\xef\xbb\xbf")

    def test_facts_are_the_live_ones_of_the_periods_asked_for(self, warehouse, tmp_path):
        facts = read_csv(named(export_csv(warehouse, tmp_path, periods=["2023"]), "facts"))
        assert {(row["unit_name"], row["indicator"], row["value"]) for row in facts} == {
            ("第1镇", GRAIN, "950.0"),
            ("第1镇", VILLAGES, ""),
            ("第1镇", AREA, "1234.5"),
            ("第2镇", GRAIN, "1200.0"),
        }
        assert len(facts) == 4
        assert {row["period"] for row in read_csv(named(export_csv(warehouse, tmp_path), "facts"))} == {"2022", "2023"}

    def test_no_text_starts_a_formula_and_numbers_stay_numbers(self, warehouse, county, tmp_path):
        paths = {path.stem: path for path in export_csv(warehouse, tmp_path)}
        names = [row["file_name"] for row in read_csv(paths["submissions"])]
        assert "'=cmd|' /C calc'!A0.txt" in names
        (one,) = [row for row in read_csv(paths["findings"]) if row["severity"] == "error"]
        assert (one["message_zh"], one["quotes"], one["imbalance"]) == ("'=1+1", "'-5% | 村", "800.0")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
    def test_every_dangerous_start_is_made_safe(self, warehouse, county, tmp_path, start):
        county.load(tmp_path / "warehouse", [], findings=[county.finding("x", observed=f"{start}A1")], run_id="r2")
        observed = [row["observed"] for row in read_csv(named(export_csv(warehouse, tmp_path / "out"), "findings"))]
        assert f"'{start}A1" in observed

    def test_a_negative_number_is_no_text(self, warehouse, county, tmp_path):
        county.load(tmp_path / "warehouse", [], findings=[county.finding("x", imbalance=-5.0)], run_id="r2")
        assert "-5.0" in [
            row["imbalance"] for row in read_csv(named(export_csv(warehouse, tmp_path / "out"), "findings"))
        ]

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
        assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []
