"""What the decision form of the UI asks for about files and terms, as it takes effect in the warehouse."""

import datetime as dt

import polars as pl
import pytest
from pydantic import ValidationError

from flows.record_decision import DecisionForm
from tasks import deciding
from tasks.load import Warehouse

NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def county_of(small, tmp_path):
    """Make a county with a report of 青山镇 received on a day, collected under `policy`, and decide by the form."""

    def make(day, policy):
        place = small.make(tmp_path / "县", f"[policy]\n{policy}\n")
        small.send(place, "青山镇", 2023, day, small.words(20_000, 30_000))
        small.collect(place, NOW, "r1")
        return place

    return make


def filled(small, place, **fields):
    """Record and apply what the form says when it is filled in with `fields`."""
    request = DecisionForm(why="电话核实", who="张三", **fields).request()
    asked = request.model_dump(exclude={"kind", "who", "why"})
    small.decide(place, NOW, request.kind, **{**asked, "who": request.who, "why": request.why})


def states(place):
    return Warehouse(place.warehouse).known_submissions().sort("version")["state"].to_list()


def sha_of(place, version):
    return Warehouse(place.warehouse).known_submissions().filter(pl.col("version") == version)["sha256"].item()


@pytest.mark.slow
def test_a_held_file_is_accepted_and_a_file_is_retracted(small, county_of):
    place = county_of("2024-01-10", 'replace = "after_approval"')
    small.send(place, "青山镇", 2023, "2024-01-12", small.words(20_000, 31_500), suffix="（更正）")
    small.collect(place, NOW, "r2")
    assert states(place) == ["loaded", "held"]
    filled(small, place, decision="采用 accept", about=sha_of(place, 2)[:12])
    assert states(place) == ["superseded", "loaded"]
    filled(small, place, decision="撤销报送 retract", about=sha_of(place, 2)[:12])
    assert states(place) == ["loaded", "withdrawn"]


@pytest.mark.slow
def test_a_township_is_given_more_time_and_its_locked_report_counts(small, county_of):
    place = county_of("2024-02-20", "lock_days = 10")
    assert states(place) == ["held"]
    filled(small, place, decision="延期 extend", unit="青山镇", period="2023", day="2024-02-25")
    assert states(place) == ["loaded"]


def test_more_time_without_a_day_is_refused_and_says_what_to_write(small, tmp_path):
    place = small.make(tmp_path / "县")
    form = DecisionForm(decision="延期 extend", unit="青山镇", period="2023", why="停电", who="张三")
    (refused,) = deciding.record_requests(place, [("", form.request())], run_id="r", now=NOW).refused
    assert refused.code == "day_unreadable"
    assert "2024-03-01" in refused.message("zh")


def test_a_day_that_is_none_cannot_be_sent():
    with pytest.raises(ValidationError, match="day"):
        DecisionForm(decision="延期 extend", unit="青山镇", period="2023", day="三月", why="停电", who="张三")
