"""One DuckDB file: opened by an analyst who has never seen the project."""

import duckdb
import pytest

from tasks.domain.errors import WarehouseError
from tasks.domain.tables import TABLES
from tasks.load import Warehouse
from tasks.publish import export_duckdb

VIEWS = {"live_facts", "wide", "series", "open_findings"}


@pytest.fixture
def database(warehouse, tmp_path):
    (path,) = export_duckdb(warehouse, tmp_path / "导出", county_name="岚川县")
    assert path.name == "岚川县.duckdb"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with duckdb.connect(str(path), read_only=True) as opened:
        yield opened


def test_it_holds_every_table_and_the_views(database):
    tables = {name for (name,) in database.sql("select table_name from duckdb_tables()").fetchall()}
    views = {name for (name,) in database.sql("select view_name from duckdb_views() where not internal").fetchall()}
    assert tables == {*TABLES, "levels", "about"}
    assert views == VIEWS


def test_every_table_view_and_column_has_a_comment(database):
    bare = database.sql(
        "select table_name, column_name from duckdb_columns() where not internal and comment is null "
        "and table_name <> 'about'"
    ).fetchall()
    assert bare == []
    said = dict(database.sql("select table_name, comment from duckdb_tables()").fetchall())
    assert said["facts"].startswith("指标值：")
    assert all(said.values())
    assert all(database.sql("select comment is not null from duckdb_views() where not internal").fetchall())


def test_live_facts_are_the_newest_versions(database):
    found = database.sql(
        "select value from live_facts where unit_name = '第1镇' and indicator = 'agri.grain_area' and period = '2023'"
    )
    assert found.fetchall() == [(950.0,)]
    assert database.sql("select count(*) from facts where not live").fetchall() == [(1,)]


def test_wide_has_a_row_per_township_and_a_column_per_indicator(database):
    found = database.sql('select period, unit_name, "agri.grain_area", "area.total" from wide order by 1, 2').fetchall()
    assert found == [("2022", "第1镇", 800.0, None), ("2023", "第1镇", 950.0, 1234.5), ("2023", "第2镇", 1200.0, None)]


def test_series_has_a_column_per_period(database):
    found = database.sql(
        """select unit_name, "2022", "2023" from series where indicator = 'agri.grain_area' order by unit_code"""
    )
    assert found.fetchall() == [("第1镇", 800.0, 950.0), ("第2镇", None, 1200.0)]


def test_findings_that_wait_come_first_the_gravest(database):
    assert database.sql("select severity from open_findings").fetchall() == [("error",), ("note",)]


def test_it_says_which_version_of_the_warehouse_it_is(database, warehouse):
    about = dict(database.sql("select * from about").fetchall())
    assert about["county"] == "岚川县"
    assert about["version of facts"] == str(warehouse.versions()["facts"])


def test_a_second_export_takes_the_place_of_the_first(warehouse, tmp_path):
    for _ in range(2):
        (path,) = export_duckdb(warehouse, tmp_path, periods=["2022"])
    with duckdb.connect(str(path), read_only=True) as opened:
        assert opened.sql("select distinct period from facts").fetchall() == [("2022",)]


def test_an_empty_warehouse_has_tables_without_rows(tmp_path):
    (path,) = export_duckdb(Warehouse(str(tmp_path / "none")), tmp_path)
    with duckdb.connect(str(path), read_only=True) as opened:
        assert opened.sql("select * from wide").fetchall() == []


def test_a_place_that_cannot_be_written_is_an_error_with_a_place(warehouse, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(WarehouseError, match=r"taken.*export_failed"):
        export_duckdb(warehouse, tmp_path / "taken")
