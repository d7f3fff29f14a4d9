"""What the warehouse said at a moment of the past."""

import datetime as dt

import pytest

from tasks.load import Warehouse
from tasks.load.timeline import commit_times, version_at

GRAIN = "agri.grain_area"
DAY = dt.timedelta(days=1)


class Clock:
    """A clock that tests set."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(county):
    return Clock(county.NOON)


@pytest.fixture
def told(county, folder, clock):
    """A warehouse that was told 900 on the first day and 950 on the third."""
    warehouse = Warehouse(str(folder), clock=clock)
    warehouse.load(county.batch(warehouse, [(county.submission("first"), {GRAIN: 900.0})]), run_id="r1", now=clock.now)
    clock.now += 2 * DAY
    again = county.submission("again", received=clock.now)
    warehouse.load(county.batch(warehouse, [(again, {GRAIN: 950.0})]), run_id="r2", now=clock.now)
    return warehouse


def values(warehouse, when):
    return warehouse.live_facts(["2023"], as_of=when)["value"].to_list()


def test_each_day_has_the_figures_that_were_live_then(told, county):
    assert values(told, county.NOON - DAY) == []
    assert values(told, county.NOON) == [900.0]
    assert values(told, county.NOON + DAY) == [900.0]
    assert values(told, county.NOON + 2 * DAY) == [950.0]


def test_before_a_table_existed_it_had_no_version_and_no_rows(told, county):
    assert told.version_at("facts", county.NOON - DAY) is None
    assert told.scan("facts", as_of=county.NOON - DAY).collect().is_empty()
    assert told.version_at("facts", county.NOON + DAY) == 0
    assert told.version_at("decisions", county.NOON + DAY) is None


def test_a_copied_warehouse_remembers_its_own_times(told, county, tmp_path):
    import shutil

    shutil.copytree(told.uri, tmp_path / "副本", copy_function=shutil.copyfile)
    assert values(Warehouse(str(tmp_path / "副本")), county.NOON + DAY) == [900.0]


def test_a_commit_made_while_the_clock_was_behind_counts_as_made_after_the_one_before_it(told, county, clock):
    clock.now = county.NOON - 300 * DAY
    third = county.submission("third", received=county.NOON + 5 * DAY)
    told.load(county.batch(told, [(third, {GRAIN: 970.0})]), run_id="r3", now=clock.now)
    assert values(told, county.NOON - 100 * DAY) == []
    assert values(told, county.NOON + DAY) == [900.0]
    assert values(told, county.NOON + 2 * DAY) == [970.0]


def test_where_the_clock_is_accepted_the_times_that_were_ahead_count_as_its_own():
    def commit(version, day, **more):
        return {"version": version, "committed_at": f"2024-01-{day:02d}T00:00:00+00:00", **more}

    history = [commit(0, 1), commit(1, 30), commit(2, 5, clock_accepted="true"), commit(3, 6)]
    assert [moment.day for _, moment in commit_times(history)] == [1, 5, 5, 6]
    assert version_at(history, dt.datetime(2024, 1, 4, tzinfo=dt.UTC)) == 0
    assert version_at(reversed(history), dt.datetime(2024, 1, 5, tzinfo=dt.UTC)) == 2


def test_an_older_warehouse_without_our_moments_has_those_of_delta():
    history = [{"version": 0, "timestamp": 1_704_067_200_000}, {"version": 1, "timestamp": 1_706_659_200_000}]
    assert version_at(history, dt.datetime(2024, 1, 15, tzinfo=dt.UTC)) == 0
