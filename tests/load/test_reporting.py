"""The roster judged: who has reported, who is late, what is complete."""

import datetime as dt

import polars as pl
import pytest

from tasks.domain.county import RosterEntry
from tasks.domain.frames import empty_frame, findings_frame, submissions_frame
from tasks.domain.tables import TABLES
from tasks.load import reporting_frame

GRAIN, VILLAGES = "agri.grain_area", "area.villages"
DUE = dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def judge(county):
    """Judge a roster of unit 1, due on 15 January with two days of grace."""

    def run(*submissions, figures=None, findings=(), mandatory=(), as_of=DUE + 30 * DAY):
        entry = RosterEntry(
            unit_code=county.unit_code(1),
            unit_name="第1镇",
            form=county.FORM,
            period="2023",
            due_at=DUE,
            late_after=DUE + 2 * DAY,
        )
        facts = county.content(submissions[-1], figures).facts if figures else empty_frame("facts")
        rows = reporting_frame(
            (entry,),
            submissions_frame(submissions),
            facts,
            findings_frame(findings, "r1"),
            mandatory=mandatory,
            as_of=as_of,
        )
        assert rows.schema == dict(TABLES["reporting"])
        (row,) = rows.to_dicts()
        return row

    return run


@pytest.mark.parametrize(
    ("received", "state", "days"),
    [
        (DUE - DAY, "on_time", 0),
        (DUE, "on_time", 0),
        (DUE + DAY, "on_time", 0),
        (DUE + 2 * DAY + dt.timedelta(seconds=1), "late", 3),
        (DUE + 5 * DAY, "late", 5),
    ],
)
def test_late_is_after_the_grace_days_and_counted_from_the_due_date(county, judge, received, state, days):
    row = judge(county.submission("a", received=received))
    assert (row["state"], row["days_late"], row["received_at"]) == (state, days, received)


@pytest.mark.parametrize(
    ("as_of", "state", "days"),
    [(DUE - DAY, "expected", 0), (DUE + DAY, "expected", 0), (DUE + 3 * DAY, "missing", None)],
)
def test_nothing_received_is_expected_until_the_grace_days_are_over_then_missing(judge, as_of, state, days):
    row = judge(as_of=as_of)
    assert (row["state"], row["days_late"], row["submission_id"], row["completeness"]) == (state, days, None, None)


def test_a_unit_whose_only_file_waits_in_quarantine_is_quarantined(county, judge):
    waiting = county.submission("a", state="quarantined", form="")
    row = judge(waiting)
    assert (row["state"], row["submission_id"], row["facts"]) == ("quarantined", waiting.submission_id, 0)


def test_a_loaded_file_counts_even_when_another_waits_in_quarantine(county, judge):
    loaded = county.submission("a")
    row = judge(county.submission("b", state="quarantined"), loaded)
    assert (row["state"], row["submission_id"]) == ("on_time", loaded.submission_id)


def test_a_correction_sent_late_makes_nobody_late(county, judge):
    live = county.submission("b", received=DUE + 9 * DAY, version=2)
    row = judge(county.submission("a", state="superseded", version=1, received=DUE - DAY), live)
    assert (row["state"], row["submission_id"], row["received_at"]) == ("on_time", live.submission_id, DUE - DAY)


def test_withdrawn_files_do_not_count(county, judge):
    assert judge(county.submission("a", state="withdrawn"))["state"] == "missing"


@pytest.mark.parametrize(
    ("figures", "share"),
    [
        ({GRAIN: 900.0, VILLAGES: 9.0}, 1.0),
        ({GRAIN: 900.0}, 0.5),
        ({GRAIN: None, VILLAGES: 9.0}, 0.5),
        ({"area.communities": 1.0}, 0.0),
    ],
)
def test_completeness_is_mandatory_indicators_with_a_readable_level(county, judge, figures, share):
    row = judge(county.submission("a"), figures=figures, mandatory=(GRAIN, VILLAGES))
    assert (row["completeness"], row["facts"]) == (share, len(figures))
    assert (
        judge(county.submission("a"), figures=figures, mandatory={county.FORM: (GRAIN, VILLAGES)})["completeness"]
        == share
    )


def test_without_mandatory_indicators_nothing_can_be_incomplete(county, judge):
    assert judge(county.submission("a"), figures={GRAIN: 900.0})["completeness"] is None


def test_open_findings_are_counted_by_severity(county, judge):
    findings = [
        county.finding("a"),
        county.finding("b", severity="question"),
        county.finding("c", severity="question"),
        county.finding("d", status="explained"),
        county.finding("e", unit=2),
    ]
    row = judge(county.submission("a"), findings=findings)
    assert (row["errors"], row["questions"], row["notes"]) == (1, 2, 0)


def test_the_roster_is_written_once_and_rows_nobody_owes_any_more_go_away(county, folder):
    def rows(*numbers):
        entries = tuple(
            RosterEntry(
                unit_code=county.unit_code(number),
                unit_name=f"第{number}镇",
                form=county.FORM,
                period=period,
                due_at=DUE,
                late_after=DUE,
            )
            for number in numbers
            for period in ("2022", "2023")
        )
        nothing = [empty_frame(table) for table in ("submissions", "facts", "findings")]
        return reporting_frame(entries, *nothing, mandatory=(), as_of=DUE + DAY)

    county.load(folder, [], reporting=rows(1, 2, 3))
    _, again = county.load(folder, [], reporting=rows(1, 2, 3), periods=("2022", "2023"), run_id="r2")
    assert again.committed == ()
    warehouse, _ = county.load(folder, [], reporting=rows(1, 3), periods=("2023",), run_id="r3")
    kept = warehouse.scan("reporting").collect().group_by("period").agg(pl.col("unit_code").sort()).sort("period")
    codes = [county.unit_code(number) for number in (1, 2, 3)]
    assert kept["unit_code"].to_list() == [codes, [codes[0], codes[2]]]
    assert warehouse.scan("reporting").collect()["run_id"].unique().sort().to_list() == ["r1"]
