"""Exports of the past: as the warehouse was at a moment, or after the run that made a version."""

import csv
import datetime as dt
import shutil

import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse
from tasks.publish import WarehouseAt, export_csv, export_duckdb, export_parquet, export_xlsx

GRAIN = "agri.grain_area"


@pytest.fixture
def times(county, folder):
    """900 was loaded on 10 January, its correction to 950 on 10 February; the moments of both loads."""
    first, later = county.NOON, county.NOON + dt.timedelta(days=31)
    for moment, text, value, run in ((first, "first", 900.0, "r1"), (later, "second", 950.0, "r2")):
        warehouse = Warehouse(str(folder), clock=lambda moment=moment: moment)
        reports = [(county.submission(text, received=moment), {GRAIN: value})]
        warehouse.load(county.batch(warehouse, reports, run_id=run), run_id=run, now=moment)
    return first, later


def exported(warehouse, folder):
    (path,) = [path for path in export_csv(warehouse, folder) if path.stem == "facts"]
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [float(row["value"]) for row in csv.DictReader(lines)]


def test_each_format_shows_what_was_known_then(times, folder, tmp_path):
    warehouse = Warehouse(str(folder))
    then = WarehouseAt(warehouse, times[0] + dt.timedelta(days=1))
    assert exported(then, tmp_path / "then") == [900.0]
    assert exported(warehouse, tmp_path / "now") == [950.0]
    for write in (export_xlsx, export_parquet, export_duckdb):
        assert write(then, tmp_path / write.__name__)


def test_versions_are_those_of_then(times, folder):
    warehouse = Warehouse(str(folder))
    assert WarehouseAt(warehouse, times[0]).versions()["facts"] == 0
    assert warehouse.versions()["facts"] > 0


def test_before_the_first_load_there_was_nothing(times, folder, tmp_path):
    before = WarehouseAt(Warehouse(str(folder)), times[0] - dt.timedelta(days=1))
    assert before.versions() == {}
    assert exported(before, tmp_path) == []


def test_a_version_means_the_end_of_the_run_that_made_it(times, folder):
    """All tables of that run are there then; the facts alone would lack the submission that makes them visible."""
    warehouse = Warehouse(str(folder))
    assert warehouse.moment_of("facts", 0) == times[0]
    newest = warehouse.versions()["facts"]
    moment = warehouse.moment_of("facts", newest)
    assert moment == times[1]
    assert WarehouseAt(warehouse, moment).versions() == warehouse.versions()


def test_a_version_that_does_not_exist_is_an_error_that_says_which_do(times, folder):
    with pytest.raises(WarehouseError, match=r"no version 99 \(there are: 0—"):
        Warehouse(str(folder)).moment_of("facts", 99)
    with pytest.raises(WarehouseError, match="no_such_version"):
        Warehouse(str(folder)).moment_of("nonsense", 0)


def test_the_command_says_what_stood_then_and_what_changed_since(times, folder, tmp_path, sample_county_source):
    place = tmp_path / "县"
    place.mkdir()
    settings = (sample_county_source / "county.toml").read_text(encoding="utf-8")
    (place / "county.toml").write_text(f'{settings}\n[storage]\nwarehouse = "{folder}"\n', encoding="utf-8")
    shutil.copyfile(sample_county_source / "units.csv", place / "units.csv")
    Warehouse(str(folder), clock=lambda: times[0] + dt.timedelta(days=2)).publish(
        "年报", who="张三", why="", run_id="p", now=times[0] + dt.timedelta(days=2)
    )
    for since in ("2024-01-31", "年报"):
        said = CliRunner().invoke(app, ["changes", "--since", since, "-c", str(place)]).output
        assert "：1 个报送单位，报告 1 件，指标值 1 个" in said.splitlines()[0]
        assert said.splitlines()[1] == "现在：1 个报送单位，报告 1 件，指标值 1 个"
        assert "900 → 950" in said
        assert "改动 1，新增 0，不再有 0" in said
    unknown = CliRunner().invoke(app, ["changes", "--since", "月报", "-c", str(place)])
    assert unknown.exit_code == 2
    assert "年报" in unknown.output
