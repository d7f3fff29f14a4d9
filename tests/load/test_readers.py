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
        "facts", "select period, value, evidence from facts where live order by year"
    )
    assert [row[:2] for row in found.fetchall()] == [("2022", 800.0), ("2023", 950.0)]


def test_duckdb_reads_the_live_files(facts):
    files = DeltaTable(facts).file_uris()
    found = duckdb.read_parquet(files, hive_partitioning=True).query(
        "facts", "select year, value from facts where live order by year"
    )
    assert found.fetchall() == [(2022, 800.0), (2023, 950.0)]


def test_pandas_reads_it(facts):
    frame = DeltaTable(facts).to_pandas()
    assert sorted(frame[frame.live]["value"]) == [800.0, 950.0]


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"decisions"}))
def test_every_table_opens_in_duckdb_and_polars(facts, folder, table):
    address = str(folder / table)
    rows = pl.scan_delta(address).collect().height
    opened = duckdb.from_arrow(DeltaTable(address).to_pyarrow_dataset())
    assert len(opened.fetchall()) == rows
    assert [column for column in opened.columns if column in TABLES[table]] == list(TABLES[table])
