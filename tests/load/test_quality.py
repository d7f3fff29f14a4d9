"""The quality of each report: every measure by hand, and nothing written where nothing changed."""

import datetime as dt

import polars as pl
import pytest

from tasks.domain.county import RosterEntry
from tasks.domain.frames import empty_frame, findings_frame, submissions_frame
from tasks.domain.tables import TABLES
from tasks.load import quality_frame, reporting_frame

GRAIN, VILLAGES = "agri.grain_area", "area.villages"
DUE = dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def measure(county):
    """Measure the report of unit 1: what was live at last, what an earlier version said, what was found."""

    def run(live=None, figures=None, *, before=None, findings=(), corrected=None):
        entry = RosterEntry(
            unit_code=county.unit_code(1), unit_name="第1镇", form=county.FORM, period="2023", due_at=DUE,
            late_after=DUE,
        )  # fmt: skip
        facts = county.content(live, figures).facts if figures else empty_frame("facts")
        if corrected is not None:
            value = pl.when(pl.col("indicator") == corrected).then(1.0)
            facts = facts.with_columns(value.alias("corrected_value"))
        first = county.submission("first", version=1, state="superseded")
        earlier = county.content(first, before).facts if before else empty_frame("facts")
        found = findings_frame([one(facts) if callable(one) else one for one in findings], "r1")
        submissions = submissions_frame((live,) if live else ())
        reporting = reporting_frame((entry,), submissions, facts, found, mandatory=(GRAIN,), as_of=DUE + 30 * DAY)
        rows = quality_frame(reporting, facts, earlier, found)
        assert rows.schema == dict(TABLES["quality"])
        (row,) = rows.to_dicts()
        return row

    return run


def test_a_report_that_has_not_come_has_no_measure_but_that(measure):
    row = measure()
    assert (row["response"], row["on_time"], row["days_late"], row["completeness"]) == (False, None, None, None)
    assert (row["explained_share"], row["mean_revision"], row["outlier_free"]) == (None, None, None)
    assert (row["year"], row["facts"], row["hard_failures"]) == (2023, 0, 0)


def test_a_late_report_is_a_response_that_was_not_on_time(county, measure):
    row = measure(county.submission("a", received=DUE + 3 * DAY), {GRAIN: 900.0})
    assert (row["response"], row["on_time"], row["days_late"], row["completeness"]) == (True, False, 3, 1.0)


def test_failures_are_hard_or_soft_and_fixed_ones_are_none(county, measure):
    findings = [
        county.finding("a", rule="V3"),
        county.finding("b", rule="S5", severity="question", status="explained"),
        county.finding("c", rule="V3", status="fixed"),
        county.finding("d", rule="Q10", severity="question"),
        county.finding("e", rule="M6", severity="question", status="waived"),
        county.finding("f", rule="K1", severity="note"),
        county.finding("g", rule="V3", unit=2),
    ]
    row = measure(county.submission("a"), {GRAIN: 900.0}, findings=findings)
    assert (row["hard_failures"], row["soft_failures"], row["explained"]) == (2, 2, 2)
    assert (row["errors"], row["questions"], row["notes"]) == (1, 1, 1)


def test_explanations_are_set_against_corrections(county, measure):
    settled = [county.finding(about, rule="V3", status="explained") for about in ("a", "b", "c")]
    row = measure(county.submission("a"), {GRAIN: 9.0, VILLAGES: 9.0}, findings=settled, corrected=GRAIN)
    assert (row["explained"], row["corrected"], row["explained_share"]) == (3, 1, 0.75)


def test_a_revision_is_relative_to_the_live_value_and_averaged(county, measure):
    live = county.submission("b", version=2)
    row = measure(live, {GRAIN: 800.0, VILLAGES: 10.0}, before={GRAIN: 1000.0, VILLAGES: 10.0, "area.communities": 3.0})
    assert row["mean_revision"] == pytest.approx((200 / 800 + 0) / 2)


def test_a_level_of_zero_and_a_masked_one_have_no_revision(county, measure):
    live = county.submission("b", version=2)
    assert measure(live, {GRAIN: 0.0, VILLAGES: 9.0}, before={GRAIN: 5.0, VILLAGES: None})["mean_revision"] is None


def test_facts_that_a_doubt_names_are_not_free_of_outliers(county, measure):
    def doubt(status):
        return lambda facts: county.finding(
            status, rule="Q10", severity="question", status=status, fact_ids=(facts["fact_id"][0],)
        )

    live, figures = county.submission("a"), {GRAIN: 1.0, VILLAGES: 9.0}
    assert measure(live, figures, findings=[doubt("open")])["outlier_free"] == 0.5
    assert measure(live, figures, findings=[doubt("explained")])["outlier_free"] == 1.0


def test_the_same_measures_again_write_nothing_and_a_changed_one_only_its_row(county, folder, measure):
    first = [measure(), measure() | {"unit_code": county.unit_code(2)}]

    def frame(rows):
        return pl.DataFrame(rows, schema=dict(TABLES["quality"]), orient="row")

    county.load(folder, [], quality=frame(first))
    _, again = county.load(folder, [], quality=frame(first), periods=("2023",), run_id="r2")
    assert again.committed == ()
    changed = [first[0], first[1] | {"explained": 1}]
    warehouse, outcome = county.load(folder, [], quality=frame(changed), periods=("2023",), run_id="r3")
    assert outcome.committed == ("quality",)
    rows = warehouse.scan("quality").sort("unit_code").collect()
    assert rows["explained"].to_list() == [0, 1]
    assert rows["run_id"].to_list() == ["r1", "r3"]
