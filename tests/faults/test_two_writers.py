"""Two runs that load at once: every report is there once, whoever was first."""

import multiprocessing
from pathlib import Path

import polars as pl
import pytest

from tasks.domain.errors import WarehouseError
from tasks.domain.tables import KEYS
from tasks.load import Warehouse, delta
from tasks.load.delta import Change, DeltaStore

GRAIN = "agri.grain_area"


def load_reports(folder, rows_module, numbers, gate):
    """Load one report after the other in a process of its own."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("county_rows", rows_module)
    county = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(county)
    gate.wait()
    for number in numbers:
        county.load(folder, [(county.submission(f"report {number}", unit=number), {GRAIN: float(number)})], run_id="r")


def test_the_same_reports_loaded_by_two_processes_at_once_are_there_once(county, tmp_path):
    folder = tmp_path / "warehouse"
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(3)
    module = Path(county.__file__)
    shares = [range(1, 11), range(10, 0, -1), range(6, 16)]
    processes = [spawn.Process(target=load_reports, args=(folder, module, share, gate)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    warehouse = Warehouse(str(folder))
    for table in ("submissions", "facts", "mentions", "blocks"):
        rows = warehouse.scan(table).collect()
        assert rows.height == 15, table
        assert not rows.select(KEYS[table]).is_duplicated().any()
    assert sorted(warehouse.live_facts(["2023"])["value"]) == [float(number) for number in range(1, 16)]


@pytest.fixture
def row(county):
    """A row of the units table under any code."""

    def make(code):
        return pl.DataFrame({"unit_code": [code], "loaded_at": [county.NOON], "run_id": ["r"]}).select(
            pl.col(name).cast(dtype)
            if name in ("unit_code", "loaded_at", "run_id")
            else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in delta.schema_of("units").items()
        )

    return make


def test_a_writer_that_lost_plans_again_on_what_the_other_wrote(tmp_path, row):
    mine, other = DeltaStore(str(tmp_path)), DeltaStore(str(tmp_path))
    other.commit("units", lambda _: Change(row("0")), {})
    seen = []

    def plan(held):
        seen.append(sorted(held.collect()["unit_code"]))
        if len(seen) == 1:
            other.commit("units", lambda _: Change(row("1")), {})
        return Change(row("2"))

    commit = mine.commit("units", plan, {})
    assert seen == [["0"], ["0", "1"]]
    assert sorted(mine.scan("units").collect()["unit_code"]) == ["0", "1", "2"]
    assert (commit.version, commit.made) == (2, True)


def test_two_writers_that_create_one_table_both_get_their_rows_in(tmp_path, row):
    mine, other = DeltaStore(str(tmp_path)), DeltaStore(str(tmp_path))
    calls = []

    def plan(_):
        calls.append(1)
        if len(calls) == 1:
            other.commit("units", lambda _: Change(row("1")), {})
        return Change(row("2"))

    mine.commit("units", plan, {})
    assert sorted(mine.scan("units").collect()["unit_code"]) == ["1", "2"]


def test_whoever_always_loses_gives_up_with_a_reason(tmp_path, row, monkeypatch):
    monkeypatch.setattr(delta, "PAUSE_SECONDS", 0.0)
    mine, other = DeltaStore(str(tmp_path)), DeltaStore(str(tmp_path))
    other.commit("units", lambda _: Change(row("0")), {})

    def plan(held):
        other.commit("units", lambda _: Change(row(f"o{held.collect().height}")), {})
        return Change(row("mine"))

    with pytest.raises(WarehouseError) as caught:
        mine.commit("units", plan, {})
    assert caught.value.code == "conflict"
    assert "mine" not in mine.scan("units").collect()["unit_code"].to_list()
