"""The life of a finding: open, fixed, open again; a person's word stays."""

import polars as pl
import pytest
from deltalake import DeltaTable

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
def test_what_a_person_settled_stays_settled(county, folder, judge, word):
    judge("r1", county.finding(GRAIN))
    DeltaTable(str(folder / "findings")).update({"status": f"'{word}'"})
    rows, outcome = judge("r2", county.finding(GRAIN))
    assert (rows[GRAIN]["status"], outcome.committed) == (word, ())
    rows, _ = judge("r3", county.finding(GRAIN, observed="901"))
    assert (rows[GRAIN]["status"], rows[GRAIN]["observed"]) == (word, "901")
    rows, _ = judge("r4")
    assert rows[GRAIN]["status"] == word


def test_only_what_changed_is_written(county, folder, judge):
    judge("r1", *(county.finding(GRAIN, unit=number) for number in range(1, 30)))
    changed = [county.finding(GRAIN, unit=number, observed="1" if number == 7 else "900") for number in range(1, 30)]
    _, outcome = judge("r2", *changed)
    assert outcome.rows["findings"] == 1
    assert pl.read_delta(str(folder / "findings")).height == 29
