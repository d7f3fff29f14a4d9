"""Later versions of a report, from the inbox to the warehouse: what becomes live, and what is said of what does not."""

import datetime as dt

import polars as pl
import pytest

from tasks.load import Warehouse

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]
NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
# 214 million mu of land in one township: beyond what the catalogue holds for possible.
IMPOSSIBLE = 214_500_000


@pytest.fixture
def place(small, tmp_path):
    """A county with the first report of 青山镇."""
    made = small.make(tmp_path / "县")
    small.send(made, "青山镇", 2023, "2024-01-10", small.words(20_000, 30_000))
    small.collect(made, NOW, "r1")
    return made


def warehouse(place):
    return Warehouse(place.warehouse)


def versions(place):
    rows = warehouse(place).known_submissions().sort("version")
    return rows.select("version", "state", "held_reason").rows()


def area(place):
    facts = warehouse(place).live_facts(["2023"]).filter(pl.col("indicator") == "agri.grain_area")
    return facts["value"].to_list()


def held_findings(place):
    rows = warehouse(place).scan("findings").filter((pl.col("rule") == "H1") & (pl.col("status") == "open"))
    return rows.collect()["message_zh"].to_list()


def roster_state(place):
    rows = warehouse(place).scan("reporting").filter((pl.col("period") == "2023") & (pl.col("unit_name") == "青山镇"))
    return rows.collect()["state"].item()


def send_corrected(small, place, figure, day="2024-01-12"):
    small.send(place, "青山镇", 2023, day, small.words(20_000, figure), suffix="（更正）")


def test_a_correction_that_passes_its_checks_is_live_and_its_revision_is_told(small, place):
    send_corrected(small, place, 31_500)
    small.collect(place, NOW, "r2")
    assert versions(place) == [(1, "superseded", ""), (2, "loaded", "")]
    assert area(place) == [31_500.0]
    (row,) = warehouse(place).scan("revisions").collect().to_dicts()
    assert (row["value_before"], row["value_after"], row["difference_pct"]) == (30_000.0, 31_500.0, 5.0)


def test_a_correction_with_an_error_waits_the_old_one_stays_live_and_a_finding_says_why(small, place):
    send_corrected(small, place, IMPOSSIBLE)
    small.collect(place, NOW, "r2")
    assert versions(place) == [(1, "loaded", ""), (2, "held", "hard_checks")]
    assert area(place) == [30_000.0]
    (said,) = held_findings(place)
    assert "1 个错误" in said
    assert "在用的仍是第 1 版" in said
    assert "county accept" in said
    assert warehouse(place).scan("facts").filter(~pl.col("live")).collect()["version"].unique().to_list() == [2]


def test_a_held_version_stays_held_in_the_next_runs_which_write_nothing(small, place):
    send_corrected(small, place, IMPOSSIBLE)
    small.collect(place, NOW, "r2")
    before = warehouse(place).versions()
    assert small.collect(place, NOW, "r3").committed == ()
    assert warehouse(place).versions() == before


def test_a_person_takes_a_held_version_and_takes_that_back(small, place):
    send_corrected(small, place, IMPOSSIBLE)
    small.collect(place, NOW, "r2")
    sha = warehouse(place).known_submissions().filter(pl.col("state") == "held")["sha256"].item()
    small.decide(place, NOW, "acceptance", about=sha[:12])
    assert versions(place) == [(1, "superseded", ""), (2, "loaded", "")]
    assert area(place) == [float(IMPOSSIBLE)]
    assert held_findings(place) == []
    decision = warehouse(place).decisions()["decision_id"].item()
    small.decide(place, NOW + dt.timedelta(hours=1), "withdrawal", about=decision)
    assert area(place) == [30_000.0]


def test_a_third_version_without_the_error_replaces_both(small, place):
    send_corrected(small, place, IMPOSSIBLE)
    small.collect(place, NOW, "r2")
    send_corrected(small, place, 32_000, "2024-01-13")
    small.collect(place, NOW, "r3")
    assert [state for _, state, _ in versions(place)] == ["superseded", "superseded", "loaded"]
    assert (area(place), held_findings(place)) == ([32_000.0], [])


def test_a_retracted_version_gives_its_place_back(small, place):
    send_corrected(small, place, 31_500)
    small.collect(place, NOW, "r2")
    sha = warehouse(place).known_submissions().filter(pl.col("version") == 2)["sha256"].item()
    small.decide(place, NOW, "retraction", about=sha[:12])
    assert versions(place) == [(1, "loaded", ""), (2, "withdrawn", "retracted")]
    assert area(place) == [30_000.0]


def test_a_retracted_only_version_leaves_nothing_and_the_roster_says_missing(small, place):
    sha = warehouse(place).known_submissions()["sha256"].item()
    small.decide(place, NOW, "retraction", about=sha[:12])
    assert area(place) == []
    assert roster_state(place) == "missing"


def test_after_the_lock_a_file_waits_and_an_extension_lets_it_in_on_time(small, tmp_path):
    made = small.make(tmp_path / "县", "[policy]\nlock_days = 10\n")
    small.send(made, "青山镇", 2023, "2024-02-20", small.words(20_000, 30_000))
    small.collect(made, NOW, "r1")
    assert versions(made) == [(1, "held", "locked")]
    assert (area(made), roster_state(made)) == ([], "held")
    small.decide(made, NOW, "extension", unit="青山镇", period="2023", value="2024-02-25")
    assert versions(made) == [(1, "loaded", "")]
    assert (area(made), roster_state(made)) == ([30_000.0], "on_time")
    assert warehouse(made).known_submissions()["on_time"].item() is True


def test_where_the_county_wants_approval_a_good_correction_waits_too(small, tmp_path):
    made = small.make(tmp_path / "县", '[policy]\nreplace = "after_approval"\n')
    small.send(made, "青山镇", 2023, "2024-01-10", small.words(20_000, 30_000))
    send_corrected(small, made, 31_500)
    small.collect(made, NOW, "r1")
    assert versions(made) == [(1, "loaded", ""), (2, "held", "awaiting_approval")]
    assert "须经人工采用" in held_findings(made)[0]


def test_the_same_bytes_under_another_name_are_noted_once(small, place):
    path = place.folder / "inbox" / "青山镇2023年工作总结.txt"
    (place.folder / "inbox" / "青山镇2023年工作总结（再报）.txt").write_bytes(path.read_bytes())
    small.collect(place, NOW, "r2")
    small.collect(place, NOW, "r3")
    rows = warehouse(place).scan("duplicates").collect()
    assert rows["file_name"].to_list() == ["青山镇2023年工作总结（再报）.txt"]
    assert rows["run_id"].to_list() == ["r2"]


def test_what_changed_between_two_days_is_told_with_quotes(small, place):
    from tasks.load import changed_figures

    before = dt.datetime.now(dt.UTC)
    send_corrected(small, place, 31_500)
    small.collect(place, NOW, "r2")
    here = warehouse(place)
    rows = changed_figures(
        here.live_facts(None, as_of=before), here.live_facts(None), here.known_submissions(), here.decisions(), dt.UTC
    )
    (row,) = rows.to_dicts()
    assert (row["value_before"], row["value_after"]) == (30_000.0, 31_500.0)
    assert ("30000亩" in row["quote_before"], "31500亩" in row["quote_after"]) == (True, True)
