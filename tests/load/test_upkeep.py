"""Upkeep: small files joined, old ones removed within the window, older tables migrated, a clock that went back."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse, delta
from tasks.load.upkeep import accept_clock, check_clock, maintain, migrate

GRAIN = "agri.grain_area"
DAY = dt.timedelta(days=1)
RULES = {"small_files": 2, "small_file_mib": 16, "target_file_mib": 128}


@pytest.fixture
def crowded(county, folder):
    """A warehouse that four loads have left with four small files of facts."""
    for unit in range(1, 5):
        report = (county.submission(f"report {unit}", unit=unit), {GRAIN: 100.0 * unit})
        county.load(folder, [report], run_id=f"r{unit}")
    return Warehouse(str(folder))


def values(warehouse, version=None):
    return sorted(warehouse.scan("facts", version).collect()["value"])


def test_small_files_are_joined_and_no_row_or_older_version_is_lost(crowded):
    now = dt.datetime.now(dt.UTC)
    done = {one.table: one for one in maintain(crowded.store, now, keep_days=400, published={}, **RULES)}
    assert (done["facts"].files_before, done["facts"].files_after, done["facts"].removed) == (4, 1, 0)
    assert values(crowded) == [100.0, 200.0, 300.0, 400.0]
    assert values(crowded, 1) == [100.0, 200.0]
    again = {one.table: one for one in maintain(crowded.store, now, keep_days=400, published={}, **RULES)}
    assert (again["facts"].files_before, again["facts"].files_after) == (1, 1)


def test_beyond_the_window_old_versions_go_but_published_ones_stay(crowded):
    now = dt.datetime.now(dt.UTC)
    crowded.publish("年报", who="张三", why="", run_id="p", now=now)
    published = crowded.published()
    maintain(crowded.store, now, keep_days=400, published=published, **RULES)
    for path in Path(crowded.uri).rglob("*.parquet"):
        os.utime(path, (0, 0))
    done = {one.table: one for one in maintain(crowded.store, now + DAY, keep_days=0, published=published, **RULES)}
    assert values(crowded) == values(crowded, published["facts"][0]) == [100.0, 200.0, 300.0, 400.0]
    assert done["facts"].table == "facts"


def test_an_older_table_gains_its_columns_with_a_message_and_once(crowded):
    folder = Path(crowded.uri)
    old = crowded.scan("submissions").collect().drop("held_reason", "held_detail")
    shutil.rmtree(folder / "submissions")
    write_deltalake(str(folder / "submissions"), delta._as_arrow(old))
    (said,) = migrate(crowded.store)
    assert "held_reason" in said.zh
    columns = {field.name for field in DeltaTable(str(folder / "submissions")).schema().fields}
    assert {"held_reason", "held_detail"} <= columns
    assert migrate(crowded.store) == []
    assert crowded.known_submissions().height == 4


def test_a_clock_behind_the_last_load_is_refused_until_somebody_says_it_is_right(county, folder):
    ahead = county.NOON + 400 * DAY
    warehouse = Warehouse(str(folder), clock=lambda: ahead)
    batch = county.batch(warehouse, [(county.submission("甲"), {GRAIN: 900.0})])
    warehouse.load(batch, run_id="r1", now=ahead)
    check_clock(warehouse.store, ahead)
    with pytest.raises(WarehouseError) as caught:
        check_clock(warehouse.store, county.NOON)
    assert caught.value.code == "clock_back"
    right = Warehouse(str(folder), clock=lambda: county.NOON)
    accept_clock(right.store)
    check_clock(right.store, county.NOON + DAY)
    assert right.version_at("facts", county.NOON) == 1


def test_a_table_whose_log_is_gone_is_refused_and_not_begun_anew(county, crowded):
    shutil.rmtree(Path(crowded.uri) / "facts" / "_delta_log")
    with pytest.raises(WarehouseError) as caught:
        county.load(crowded.uri, [(county.submission("乙", unit=9), {GRAIN: 1.0})], run_id="r9")
    assert caught.value.code == "log_missing"
    assert "county warehouse rebuild" in caught.value.message("zh")


def test_a_commit_that_leaves_other_rows_than_planned_is_taken_back(crowded):
    facts = crowded.scan("facts").filter(value=100.0).collect()
    wrong = delta.Change(facts, "value = 100.0", removed=0)
    before = crowded.versions()["facts"]
    with pytest.raises(WarehouseError) as caught:
        crowded.store.commit("facts", lambda _: wrong, {})
    assert caught.value.code == "rows_differ"
    assert crowded.versions()["facts"] > before
    assert values(crowded) == [100.0, 200.0, 300.0, 400.0]
