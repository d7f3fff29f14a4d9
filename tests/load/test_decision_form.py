"""What the decision form of the UI asks for about files and terms, as it takes effect in the warehouse."""

import datetime as dt

import polars as pl
import pytest
from pydantic import ValidationError

from flows.record_decision import DecisionForm
from tasks import deciding
from tasks.domain.decisions import Decision
from tasks.load import Warehouse
from tasks.terms import extended_roster

pytestmark = pytest.mark.usefixtures("quick")
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
    assert refused.code == "left_out"
    assert "2024-03-01" in refused.message("zh")


@pytest.mark.parametrize(
    ("period", "day", "code", "said"),
    [
        ("2023", "9999-12-31", "day_too_late", "2024-01-15"),
        ("2023", "2204-03-01", "day_too_late", "2024-01-15"),
        ("2023", "2024-01-15", "day_not_later", "2024-01-15"),
        ("2032", "2033-03-01", "period_not_owed", "2023"),
    ],
)
def test_more_time_that_would_change_nothing_is_refused(small, tmp_path, period, day, code, said):
    place = small.make(tmp_path / "县")
    form = DecisionForm(decision="延期 extend", unit="青山镇", period=period, day=day, why="停电", who="张三")
    recorded = deciding.record_requests(place, [("", form.request())], run_id="r", now=NOW)
    assert [one.code for one in recorded.refused] == [code]
    assert said in recorded.refused[0].message("zh")
    assert recorded.decisions == ()


def test_a_day_beyond_the_calendar_that_was_recorded_before_disables_nothing(small, tmp_path):
    place = small.make(tmp_path / "县")
    code = place.gazetteer.find("青山镇").unit_code
    made = Decision("extension", "", code, "", "2023", "张三", NOW, "长期", given="9999-12-31")
    Warehouse(place.warehouse).record_decision(made, run_id="r", now=NOW)
    roster = extended_roster(place, Warehouse(place.warehouse).decisions())
    assert {one.due_at.year for one in roster if (one.unit_code, one.period) == (code, "2023")} == {2200}


def test_what_was_recorded_is_named_by_the_id_that_takes_it_back(small, tmp_path):
    place = small.make(tmp_path / "县")
    form = DecisionForm(decision="延期 extend", unit="青山镇", period="2023", day="2024-03-01", why="停电", who="张三")
    recorded = deciding.record_requests(place, [("", form.request())], run_id="r", now=NOW)
    assert recorded.decisions[0].decision_id in recorded.message("zh")
    back = DecisionForm(decision="撤回 withdraw", about=recorded.decisions[0].decision_id, why="误记", who="张三")
    assert deciding.record_requests(place, [("", back.request())], run_id="r", now=NOW).refused == ()


def test_a_day_that_is_none_cannot_be_sent():
    with pytest.raises(ValidationError, match="day"):
        DecisionForm(decision="延期 extend", unit="青山镇", period="2023", day="三月", why="停电", who="张三")
