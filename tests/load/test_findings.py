"""The life of a finding: open, fixed, open again; a person's word comes with the rows."""

import polars as pl
import pytest

GRAIN, VILLAGES = "agri.grain_area", "area.villages"


@pytest.fixture
def judge(county, folder):
    """Load the findings of a period as a run found them and return the table."""

    def run(run_id, *findings, periods=("2023",)):
        warehouse, outcome = county.load(folder, [], findings=findings, run_id=run_id, periods=periods)
        rows = warehouse.scan("findings").sort("finding_id").collect()
        return {row["message_en"].split()[0]: row for row in rows.to_dicts()}, outcome

    return run


def test_a_finding_is_open_then_fixed_then_open_again_and_remembers_when_it_was_first_seen(county, judge):
    rows, _ = judge("r1", county.finding(GRAIN))
    assert (rows[GRAIN]["status"], rows[GRAIN]["first_seen_run"]) == ("open", "r1")
    rows, _ = judge("r2")
    assert (rows[GRAIN]["status"], rows[GRAIN]["last_seen_run"]) == ("fixed", "r1")
    rows, _ = judge("r3", county.finding(GRAIN))
    assert (rows[GRAIN]["status"], rows[GRAIN]["first_seen_run"], rows[GRAIN]["last_seen_run"]) == ("open", "r1", "r3")


def test_the_same_findings_again_leave_no_version(county, judge):
    judge("r1", county.finding(GRAIN), county.finding(VILLAGES))
    judge("r2", county.finding(VILLAGES))
    _, outcome = judge("r3", county.finding(VILLAGES))
    assert outcome.committed == ()


def test_findings_of_other_periods_are_left_alone(county, judge):
    judge("r1", county.finding(GRAIN, period="2022"), periods=("2022",))
    rows, _ = judge("r2", county.finding(VILLAGES))
    assert rows[GRAIN]["status"] == "open"


@pytest.mark.parametrize("word", ["explained", "waived"])
def test_the_status_is_what_decisions_gave_the_rows_and_fixed_when_they_are_gone(county, judge, word):
    judge("r1", county.finding(GRAIN))
    rows, _ = judge("r2", county.finding(GRAIN, status=word, decision_id="d1"))
    assert (rows[GRAIN]["status"], rows[GRAIN]["decision_id"], rows[GRAIN]["first_seen_run"]) == (word, "d1", "r1")
    rows, _ = judge("r3")
    assert (rows[GRAIN]["status"], rows[GRAIN]["decision_id"]) == ("fixed", None)
    rows, _ = judge("r4", county.finding(GRAIN))
    assert (rows[GRAIN]["status"], rows[GRAIN]["first_seen_run"]) == ("open", "r1")


def test_a_decision_without_a_judgement_changes_only_the_finding_it_is_about(county, judge):
    judge("r1", county.finding(GRAIN), county.finding(VILLAGES))
    rows, outcome = judge("r2", county.finding(GRAIN, status="explained", decision_id="d1"), periods=())
    assert (rows[GRAIN]["status"], rows[VILLAGES]["status"]) == ("explained", "open")
    assert (rows[GRAIN]["last_seen_run"], outcome.rows["findings"]) == ("r1", 1)


def test_only_what_changed_is_written(county, folder, judge):
    judge("r1", *(county.finding(GRAIN, unit=number) for number in range(1, 30)))
    changed = [county.finding(GRAIN, unit=number, observed="1" if number == 7 else "900") for number in range(1, 30)]
    _, outcome = judge("r2", *changed)
    assert outcome.rows["findings"] == 1
    assert pl.read_delta(str(folder / "findings")).height == 29
