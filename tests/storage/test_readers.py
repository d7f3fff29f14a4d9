"""The same warehouse opened by what people have, in a folder and on S3: Polars, DuckDB, pandas, what speaks Delta.

One indicator over ten years from each. Nothing of ours reads here.
"""

import json
from pathlib import Path

import duckdb
import fsspec
import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from tasks.domain.tables import PARTITIONS, TABLES
from tasks.load.storage import storage_options

GRAIN = "agri.grain_area"
YEARS = range(2014, 2024)
SERIES = [(year, 1000.0 + year) for year in YEARS]


@pytest.fixture(scope="module", params=["folder", "s3"])
def address(request, years_loaded, tmp_path_factory):
    """Ten years, so that there is a checkpoint too."""
    if request.param == "folder":
        where = str(tmp_path_factory.mktemp("county") / "warehouse")
    else:
        where = f"s3://{request.getfixturevalue('shared_bucket')}/warehouse"
    return years_loaded(where, YEARS)


def table_of(address, table="facts"):
    return DeltaTable(f"{address}/{table}", storage_options=storage_options(address))


class TestTenYearsOfOneIndicator:
    @pytest.fixture
    def facts(self, address):
        return table_of(address)

    @pytest.fixture
    def expected(self):
        return [*SERIES[:-1], (2023, 3100.0)]

    def test_polars(self, facts, expected):
        options = {"max_retries": 2} if facts.table_uri.startswith("s3://") else None
        found = (
            pl.scan_delta(facts, storage_options=options)
            .filter(pl.col("live") & (pl.col("indicator") == GRAIN) & (pl.col("unit_name") == "第1镇"))
            .sort("year")
            .select("year", "value")
            .collect()
        )
        assert found.rows() == expected

    def test_duckdb(self, facts, expected):
        query = f"select year, value from facts where live and indicator = '{GRAIN}' and unit_name = '第1镇' order by 1"
        assert duckdb.from_arrow(facts.to_pyarrow_dataset()).query("facts", query).fetchall() == expected

    def test_pandas(self, facts, expected):
        frame = facts.to_pandas(
            columns=["year", "value"],
            filters=[("live", "=", True), ("indicator", "=", GRAIN), ("unit_name", "=", "第1镇")],
        ).sort_values("year")
        assert list(frame.itertuples(index=False, name=None)) == expected

    def test_arrow(self, facts, expected):
        rows = facts.to_pyarrow_table(columns=["year", "value", "live", "indicator", "unit_name"]).to_pylist()
        found = [
            (row["year"], row["value"])
            for row in rows
            if row["live"] and row["indicator"] == GRAIN and row["unit_name"] == "第1镇"
        ]
        assert sorted(found) == expected


class TestWhatSparkAsksOfATable:
    """Delta Lake on Spark 3 reads tables of reader version 1: no deletion vectors, no column mapping, plain Parquet."""

    @pytest.mark.parametrize("table", ["facts", "submissions", "findings", "reporting"])
    def test_the_protocol_is_the_oldest_and_asks_for_no_feature(self, address, table):
        protocol = table_of(address, table).protocol()
        assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
        assert not protocol.reader_features
        assert not protocol.writer_features

    def test_columns_have_types_that_spark_knows(self, address):
        types = {
            json.loads(field.type.to_json()) if field.type.to_json().startswith('"') else "array"
            for table in ("facts", "submissions", "findings")
            for field in table_of(address, table).schema().fields
        }
        assert types <= {"string", "double", "integer", "long", "boolean", "timestamp", "date", "array"}

    def test_files_hold_plain_parquet_types(self, address):
        """Seven physical types and encodings that every Parquet reader of the last ten years knows."""
        for uri in table_of(address).file_uris():
            with fsspec.open(uri) as file:
                parquet = pq.ParquetFile(file)
                columns = [parquet.schema.column(number) for number in range(len(parquet.schema))]
                found = {(one.physical_type, one.logical_type.type) for one in columns}
                group = parquet.metadata.row_group(0)
                chunks = [group.column(number) for number in range(group.num_columns)]
            assert found <= {
                ("BYTE_ARRAY", "STRING"),
                ("DOUBLE", "NONE"),
                ("INT32", "NONE"),
                ("INT64", "NONE"),
                ("BOOLEAN", "NONE"),
                ("INT64", "TIMESTAMP"),
            }
            assert {code for one in chunks for code in one.encodings} <= {"PLAIN", "RLE", "RLE_DICTIONARY"}
            assert {one.compression for one in chunks} == {"ZSTD"}

    def test_the_log_alone_says_what_the_table_holds(self, address):
        """Read by the published protocol, JSON and Parquet and nothing else, as any reader of version 1 does."""
        opened = fsspec.filesystem("s3" if "://" in address else "file")
        root = f"{address}/facts"
        rows = pl.concat(rows_by_the_log(opened, root))
        expected = pl.from_arrow(table_of(address).to_pyarrow_table(columns=["fact_id", "value", "year"]))
        assert rows.sort("fact_id").equals(expected.sort("fact_id"))


def rows_by_the_log(opened, root):
    """The rows of every file that the log says is there: the last checkpoint, then each commit after it."""
    log = f"{root}/_delta_log"
    files, start = {}, -1
    if opened.exists(f"{log}/_last_checkpoint"):
        start = json.loads(opened.cat_file(f"{log}/_last_checkpoint"))["version"]
        with opened.open(f"{log}/{start:020}.checkpoint.parquet") as file:
            added = pq.read_table(file, columns=["add"]).to_pylist()
        files = {one["add"]["path"]: dict(one["add"]["partitionValues"]) for one in added if one["add"]}
    commits = sorted(path for path in opened.ls(log, detail=False) if path.endswith(".json"))
    for path in commits:
        if int(Path(path).stem) <= start:
            continue
        for line in opened.cat_file(path).decode().splitlines():
            action = json.loads(line)
            if "remove" in action:
                files.pop(action["remove"]["path"], None)
            elif "add" in action:
                assert "deletionVector" not in action["add"]
                files[action["add"]["path"]] = action["add"]["partitionValues"]
    for path, partition in files.items():
        with opened.open(f"{root}/{path}") as file:
            rows = pl.from_arrow(pq.read_table(file, columns=["fact_id", "value"]))
        yield rows.with_columns(year=pl.lit(int(partition[PARTITIONS["facts"][0]]), dtype=TABLES["facts"]["year"]))
