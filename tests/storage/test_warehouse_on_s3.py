"""The warehouse on S3-compatible storage behaves as in a folder: the same code, the same rows, the same readers."""

import datetime as dt
import shutil
from concurrent.futures import ThreadPoolExecutor

import boto3
import duckdb
import fsspec
import polars as pl
import pytest
from deltalake import DeltaTable

from tasks.domain.county import Source, read_county
from tasks.domain.errors import WarehouseError
from tasks.domain.tables import TABLES
from tasks.fetch import list_source, read_raw, store_file
from tasks.load import Warehouse
from tasks.load.storage import storage_options
from tasks.publish import export_csv, export_parquet

GRAIN = "agri.grain_area"
# With and without characters that addresses write as %XX.
PREFIXES = ["warehouse", "岚川县/数据 仓库"]


@pytest.fixture(params=PREFIXES)
def address(request, bucket):
    return f"s3://{bucket}/{request.param}"


@pytest.fixture
def county_folder(tmp_path, sample_county_source):
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(sample_county_source / name, tmp_path / name)
    return read_county(tmp_path)


def loads(county, where):
    """Two runs: a first version and a neighbour, then the corrected version and the year before."""
    county.load(where, [(county.submission("first"), {GRAIN: 900.0}), (county.submission("o", unit=2), {GRAIN: 7.0})])
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    findings = [county.finding(GRAIN)]
    return county.load(
        where,
        [(later, {GRAIN: 950.0, "area.villages": None}), (county.submission("b", period="2022"), {GRAIN: 800.0})],
        run_id="r2",
        findings=findings,
        periods=("2023",),
    )[0]


def test_the_same_loads_give_the_same_rows_as_in_a_folder(county, address, tmp_path):
    remote, local = loads(county, address), loads(county, tmp_path / "warehouse")
    assert remote.versions() == local.versions()
    for table in TABLES:
        assert county.table_rows(remote, table).equals(county.table_rows(local, table)), table


def test_loading_the_same_again_makes_no_version(county, address):
    before = loads(county, address).versions()
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    warehouse, _ = county.load(address, [(later, {GRAIN: 950.0, "area.villages": None})], run_id="r3")
    assert warehouse.versions() == before


def test_exports_are_the_same_as_from_a_folder(county, address, tmp_path):
    remote, local = loads(county, address), loads(county, tmp_path / "warehouse")
    for write in (export_csv, export_parquet):
        pairs = zip(write(remote, tmp_path / "remote"), write(local, tmp_path / "local"), strict=True)
        assert [one.name for one, other in pairs if one.read_bytes() != other.read_bytes()] == []


def test_runs_at_once_lose_nothing(county, address):
    """Commits are conditional puts: of two writers of one version one must plan again."""
    county.load(address, [(county.submission("0", unit=30), {GRAIN: 1.0})])

    def run(number):
        report = county.submission(str(number), unit=number)
        county.load(address, [(report, {GRAIN: float(number)})], run_id=f"r{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(1, 9)))
    live = Warehouse(address).live_facts(["2023"])
    assert sorted(live["value"]) == [1.0, *(float(number) for number in range(1, 9))]


def test_the_past_is_there_too(county, address):
    warehouse = loads(county, address)
    moment = warehouse.moment_of("facts", 0)
    assert sorted(warehouse.live_facts(["2023"], as_of=moment)["value"]) == [7.0, 900.0]


class TestReaders:
    """Nothing of ours, nothing but the environment and the address."""

    @pytest.fixture
    def facts(self, county, address):
        loads(county, address)
        return DeltaTable(f"{address}/facts", storage_options=storage_options(address))

    def test_polars(self, facts):
        live = pl.scan_delta(facts, use_pyarrow=True).filter(pl.col("live") & (pl.col("year") == 2022)).collect()
        assert live["value"].to_list() == [800.0]

    def test_duckdb(self, facts):
        found = duckdb.from_arrow(facts.to_pyarrow_dataset()).query(
            "facts", "select unit_name, value from facts where live and indicator = 'agri.grain_area' order by value"
        )
        assert found.fetchall() == [("第2镇", 7.0), ("第1镇", 800.0), ("第1镇", 950.0)]

    def test_pandas(self, facts):
        frame = facts.to_pandas(filters=[("live", "=", True), ("period", "=", "2022")])
        assert list(frame["value"]) == [800.0]


class TestFaults:
    def test_a_table_whose_log_is_gone_is_broken_and_not_new(self, county, address):
        loads(county, address)
        fsspec.filesystem("s3").rm(f"{address}/facts/_delta_log", recursive=True)
        with pytest.raises(WarehouseError, match=r"log_missing.*county warehouse rebuild"):
            Warehouse(address).scan("facts")
        with pytest.raises(WarehouseError, match="log_missing"):
            county.load(address, [(county.submission("z", unit=5), {GRAIN: 1.0})], run_id="r9")

    def test_a_bucket_that_does_not_exist(self, s3_environment):
        with pytest.raises(WarehouseError, match=r"s3://none-such/w/facts.*no_bucket.*\[storage\]"):
            Warehouse("s3://none-such/w").scan("facts")

    def test_a_store_that_is_away(self, s3_environment, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        with pytest.raises(WarehouseError, match=r"store_away.*AWS_ENDPOINT_URL"):
            Warehouse("s3://county/w").versions()

    def test_no_credentials(self, s3_environment, monkeypatch):
        """Without keys the library asks the machine's metadata address, where a county's server has none."""
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
        with pytest.raises(WarehouseError, match=r"store_(refuses|away)"):
            Warehouse("s3://county/w").versions()


def test_an_empty_report_in_a_bucket_is_stored_as_what_it_is(bucket, county_folder):
    """Object stores refuse to give a range of nothing."""
    boto3.client("s3").put_object(Bucket=bucket, Key="收件/空.txt", Body=b"")
    source = Source(name="bucket", url=f"s3://{bucket}/收件")
    (file,) = list_source(source, county_folder)
    stored = store_file(file, source, county_folder)
    assert read_raw(county_folder.raw, stored.sha256) == b""
