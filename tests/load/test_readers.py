"""The warehouse read by what people have: Polars, DuckDB, pandas. Nothing of ours, no extension, no network."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from tasks.domain.tables import TABLES

GRAIN = "agri.grain_area"


@pytest.fixture
def facts(county, folder):
    """The address of a facts table with a superseded version, so that dead files lie beside live ones."""
    county.load(folder, [(county.submission("first"), {GRAIN: 900.0})])
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    county.load(folder, [(later, {GRAIN: 950.0}), (county.submission("2", period="2022"), {GRAIN: 800.0})], run_id="r2")
    return str(folder / "facts")


def test_polars_scans_it(facts):
    live = pl.scan_delta(facts).filter("live").sort("year").select("period", "value").collect()
    assert live.rows() == [("2022", 800.0), ("2023", 950.0)]


def test_duckdb_queries_it_without_its_delta_extension(facts):
    found = duckdb.from_arrow(DeltaTable(facts).to_pyarrow_dataset()).query(
        "facts",
        "select period, value, unit_name from facts where live and indicator = 'agri.grain_area' and unit_code > '5' "
        "order by year",
    )
    assert found.fetchall() == [("2022", 800.0, "第1镇"), ("2023", 950.0, "第1镇")]


def test_rows_that_a_later_load_carried_over_can_still_be_filtered_by_their_text(county, folder):
    """Delta rewrites a file when one of its submissions changes; the others in it are carried over."""
    one, other = county.submission("甲"), county.submission("乙", unit=2)
    county.load(folder, [(one, {GRAIN: 900.0}), (other, {GRAIN: 700.0})])
    county.load(folder, [(one, {GRAIN: 901.0})], run_id="r2")
    dataset = DeltaTable(str(folder / "facts")).to_pyarrow_dataset()
    found = duckdb.from_arrow(dataset).query("facts", "select value from facts where unit_name in ('第2镇', '第3镇')")
    assert found.fetchall() == [(700.0,)]
    assert len(DeltaTable(str(folder / "facts")).to_pandas(filters=[("unit_name", "=", "第2镇")])) == 1


def test_duckdb_reads_the_live_files(facts):
    files = DeltaTable(facts).file_uris()
    found = duckdb.read_parquet(files, hive_partitioning=True).query(
        "facts", "select year, value from facts where live order by year"
    )
    assert found.fetchall() == [(2022, 800.0), (2023, 950.0)]


def test_pandas_reads_it(facts):
    frame = DeltaTable(facts).to_pandas()
    assert sorted(frame[frame.live]["value"]) == [800.0, 950.0]


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"decisions", "backfills", "publications"}))
def test_every_table_opens_in_duckdb_and_polars(facts, folder, table):
    address = str(folder / table)
    rows = pl.scan_delta(address).collect().height
    opened = duckdb.from_arrow(DeltaTable(address).to_pyarrow_dataset())
    assert len(opened.fetchall()) == rows
    assert [column for column in opened.columns if column in TABLES[table]] == list(TABLES[table])
