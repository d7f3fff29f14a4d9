"""A commit file deleted from a table's log: what is said, what is refused, and that putting it back is enough."""

import datetime as dt
from pathlib import Path

import pytest

from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse
from tasks.load.checking import check_warehouse

GRAIN = "agri.grain_area"


@pytest.fixture
def load_many(county, folder):
    """Load reports of as many units, one after the other: a version of the facts each."""

    def run(count):
        for number in range(1, count + 1):
            county.load(folder, [(county.submission(f"r{number}", unit=number), {GRAIN: float(number)})], run_id="r")
        return Warehouse(str(folder))

    return run


def commit_file(folder, version):
    return Path(folder) / "facts" / "_delta_log" / f"{version:020d}.json"


def gaps(warehouse):
    """The faults of logs; the made rows quote no real text, which is a fault of another kind."""
    return [row for row in check_warehouse(warehouse).to_dicts() if row["code"].startswith("log_")]


@pytest.mark.parametrize("version", [0, 2])
def test_a_commit_that_is_needed_to_read_is_named_and_nothing_is_written_without_it(load_many, county, folder, version):
    warehouse = load_many(4)
    file = commit_file(folder, version)
    held = file.read_bytes()
    file.unlink()
    with pytest.raises(WarehouseError) as caught:
        warehouse.live_facts(["2023"])
    assert (caught.value.code, file.name in caught.value.message("zh")) == ("log_gap", True)
    assert "county warehouse rebuild" in caught.value.message("en")
    with pytest.raises(WarehouseError, match=file.name):
        county.load(folder, [(county.submission("r9", unit=9), {GRAIN: 9.0})], run_id="r")
    assert [row["code"] for row in gaps(warehouse)] == ["log_gap"]
    file.write_bytes(held)
    assert warehouse.live_facts(["2023"])["value"].to_list() == [1.0, 2.0, 3.0, 4.0]
    assert gaps(warehouse) == []


def test_a_commit_before_a_checkpoint_is_needed_to_say_what_was_there_then(load_many, folder):
    warehouse = load_many(13)
    file = commit_file(folder, 3)
    held = file.read_bytes()
    file.unlink()
    # The rows of today are all in the checkpoint and after it.
    assert warehouse.live_facts(["2023"]).height == 13
    (fault,) = gaps(warehouse)
    assert (fault["code"], file.name in fault["zh"]) == ("log_gap", True)
    with pytest.raises(WarehouseError, match=file.name):
        warehouse.version_at("facts", dt.datetime.now(dt.UTC))
    file.write_bytes(held)
    assert warehouse.version_at("facts", dt.datetime.now(dt.UTC)) == 12
