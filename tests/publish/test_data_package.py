"""Parquet files that any tool reads, and a descriptor that says what is in them; frictionless is the judge."""

import hashlib
import json

import duckdb
import pandas as pd
import polars as pl
import pytest
from frictionless import Package

from tasks.domain.errors import WarehouseError
from tasks.domain.tables import TABLES
from tasks.load import LoadBatch, Warehouse
from tasks.publish import export_parquet
from tasks.publish.data_package import DESCRIPTOR


@pytest.fixture
def folder(warehouse, tmp_path):
    """Where the package of the warehouse lies."""
    export_parquet(warehouse, tmp_path / "数据包", county_name="岚川县")
    return tmp_path / "数据包"


def described(folder):
    return json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))


def test_frictionless_finds_every_file_as_described(folder):
    """Every type, key, reference, size and hash."""
    report = Package(str(folder / DESCRIPTOR)).validate()
    assert report.flatten(["name", "type", "message"]) == []
    assert {task.name for task in report.tasks} == {*TABLES, "dictionary"}


def test_the_checksums_are_those_of_the_files(folder):
    """As `sha256sum -c SHA256SUMS` checks them."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name not in {"SHA256SUMS", DESCRIPTOR}
    }


def test_a_wrong_type_no_longer_fits_the_description(folder):
    table = folder / "units.parquet"
    pl.DataFrame({"unit_code": ["1"], "name": ["镇"], "former_names": [[]], "valid_from": ["自古"], "valid_to": [None]},
                 schema={**TABLES["units"], "valid_from": pl.String()}).write_parquet(table)  # fmt: skip
    kinds = {kind for (kind,) in Package(str(folder / DESCRIPTOR)).validate().flatten(["type"])}
    assert "type-error" in kinds


def test_every_column_is_explained_in_both_languages(folder):
    for resource in described(folder)["resources"][:-1]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(fields) == list(TABLES[resource["name"]])
        assert all("\n\n" in field["description"] and " · " in field["title"] for field in fields.values())


def test_facts_are_those_of_every_version_and_say_which_is_live(folder):
    facts = pl.read_parquet(folder / "facts.parquet")
    grain = facts.filter(unit_name="第1镇", period="2023", indicator="agri.grain_area")
    assert grain.select("version", "value", "live").rows() == [(1, 900.0, False), (2, 950.0, True)]


def test_pandas_duckdb_and_polars_read_the_same_rows(folder):
    path = folder / "facts.parquet"
    with_polars = pl.read_parquet(path)["value"].sum()
    assert pd.read_parquet(path)["value"].sum() == with_polars
    assert duckdb.read_parquet(str(path)).sum("value").fetchall() == [(with_polars,)]


def test_a_period_alone_is_a_whole_package_too(warehouse, tmp_path):
    export_parquet(warehouse, tmp_path, periods=["2022"])
    assert pl.read_parquet(tmp_path / "facts.parquet")["period"].unique().to_list() == ["2022"]
    assert Package(str(tmp_path / DESCRIPTOR)).validate().valid


def test_the_second_export_of_the_same_data_has_the_same_bytes(warehouse, folder, tmp_path):
    export_parquet(warehouse, tmp_path / "again", county_name="岚川县")
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert [name for name in names if (folder / name).read_bytes() != (tmp_path / "again" / name).read_bytes()] == []


def test_an_empty_warehouse_is_a_package_without_rows(tmp_path):
    export_parquet(Warehouse(str(tmp_path / "none")), tmp_path / "out")
    assert Package(str(tmp_path / "out" / DESCRIPTOR)).validate().valid
    assert pl.read_parquet(tmp_path / "out" / "facts.parquet").schema == dict(TABLES["facts"])


def test_a_package_cut_short_has_no_descriptor(warehouse, folder):
    """A folder where a table cannot be written keeps none of the old claims about what is in it."""
    (folder / "findings.parquet").unlink()
    (folder / "findings.parquet").mkdir()
    with pytest.raises(WarehouseError, match=r"findings\.parquet"):
        export_parquet(warehouse, folder)
    assert not (folder / DESCRIPTOR).exists()


def test_texts_of_a_load_that_was_cut_short_are_left_out(warehouse, county, tmp_path):
    """The submission is written last; without it nothing in the package would say whose text it is."""
    frames = county.content(county.submission("cut short", period="2021"), {"agri.grain_area": 1.0})
    warehouse.load(LoadBatch(blocks=frames.blocks, mentions=frames.mentions), run_id="cut", now=county.NOON)
    assert warehouse.scan("blocks").filter(pl.col("period") == "2021").collect().height == 1
    export_parquet(warehouse, tmp_path, periods=["2021"])
    assert [pl.read_parquet(tmp_path / f"{table}.parquet").height for table in ("blocks", "mentions")] == [0, 0]
