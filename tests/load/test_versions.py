"""Which file of a township is which version, whatever order they come in."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.frames import empty_frame, submissions_frame
from tasks.load import assign_versions


def end_state(county, runs):
    """The submissions table after `runs`, each a list of submissions."""
    known = empty_frame("submissions")
    for new in runs:
        numbered, changed = assign_versions(new, known)
        rows = pl.concat([submissions_frame(numbered), changed])
        known = pl.concat([known.join(rows, on="submission_id", how="anti"), rows])
    columns = ("submission_id", "version", "state", "received_at", "uri")
    return known.select(columns).sort("submission_id").rows()


def test_versions_count_from_one_and_the_newest_is_live(county):
    days = [county.NOON + dt.timedelta(days=number) for number in range(3)]
    new = [county.submission(f"text {number}", received=day) for number, day in enumerate(days)]
    numbered, changed = assign_versions(new, empty_frame("submissions"))
    assert [(one.version, one.state) for one in numbered] == [(1, "superseded"), (2, "superseded"), (3, "loaded")]
    assert changed.is_empty()


def test_files_received_at_one_moment_are_ordered_by_their_bytes(county):
    new = [county.submission(text) for text in ("a", "b")]
    numbered, _ = assign_versions(new, empty_frame("submissions"))
    assert [one.version for one in sorted(numbered, key=lambda one: one.sha256)] == [1, 2]


def test_units_periods_and_forms_are_numbered_apart(county):
    new = [
        county.submission("a"),
        county.submission("b", unit=2),
        county.submission("c", period="2022"),
        county.submission("d", form="other"),
    ]
    numbered, _ = assign_versions(new, empty_frame("submissions"))
    assert {(one.version, one.state) for one in numbered} == {(1, "loaded")}


def test_only_rows_that_change_come_back(county):
    known = submissions_frame([county.submission("a", version=1), county.submission("b", unit=2, version=1)])
    later = county.submission("c", received=county.NOON + dt.timedelta(days=1))
    _, changed = assign_versions([later], known)
    assert changed.select("unit_code", "state", "version").rows() == [(county.unit_code(1), "superseded", 1)]


def test_quarantined_files_have_no_version_and_push_nobody_aside(county):
    known = submissions_frame([county.submission("a", version=1)])
    refused = county.submission("broken", state="quarantined", received=county.NOON + dt.timedelta(days=1))
    numbered, changed = assign_versions([refused], known)
    assert [(one.version, one.state) for one in numbered] == [(0, "quarantined")]
    assert changed.is_empty()


def test_a_withdrawn_file_keeps_its_number_and_the_one_before_is_live_again(county):
    first = county.submission("a", version=1, state="superseded")
    second = county.submission("b", version=2, received=county.NOON + dt.timedelta(days=1))
    known = submissions_frame([first, second])
    numbered, changed = assign_versions([county.submission("b", state="withdrawn", received=second.received_at)], known)
    assert [(one.version, one.state) for one in numbered] == [(2, "withdrawn")]
    assert changed.select("version", "state").rows() == [(1, "loaded")]


def test_the_same_bytes_again_were_received_the_first_time(county):
    late = county.submission("a", received=county.NOON + dt.timedelta(days=9), name="again", on_time=False)
    numbered, _ = assign_versions([late], submissions_frame([county.submission("a", version=1, name="first")]))
    assert [(one.received_at, one.file_name, one.on_time) for one in numbered] == [(county.NOON, "first.txt", True)]


def test_the_same_bytes_twice_in_one_run_are_one_submission(county):
    new = [
        county.submission("a", name="copy", received=county.NOON + dt.timedelta(days=1)),
        county.submission("a", name="first"),
    ]
    numbered, _ = assign_versions(new, empty_frame("submissions"))
    assert [(one.file_name, one.version) for one in numbered] == [("first.txt", 1)]


def test_an_assignment_takes_the_file_out_of_quarantine(county):
    nobody = {"unit_code": "", "unit_name": "", "form": "", "period": "", "submission_id": "x-unassigned"}
    waiting = county.submission("a", state="quarantined", quarantine_code="no_unit", **nobody)
    numbered, changed = assign_versions([county.submission("a")], submissions_frame([waiting]))
    assert [(one.version, one.state) for one in numbered] == [(1, "loaded")]
    assert changed.select("submission_id", "state", "version").rows() == [("x-unassigned", "withdrawn", 0)]


def test_a_file_assigned_to_another_unit_leaves_the_first(county):
    """And the version that it had superseded there is live again."""
    first = county.submission("b", version=1, state="superseded", received=county.NOON - dt.timedelta(days=1))
    wrong = county.submission("a", version=2)
    numbered, changed = assign_versions([county.submission("a", unit=2)], submissions_frame([first, wrong]))
    assert [(one.version, one.state) for one in numbered] == [(1, "loaded")]
    rows = changed.sort("version").select("version", "state").rows()
    assert rows == [(1, "loaded"), (2, "withdrawn")]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_order_and_number_of_runs_do_not_matter(county, data):
    texts = data.draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8))
    days = data.draw(st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts)))
    files = [
        county.submission(
            text, unit=1 + ord(text) % 2, name=f"{text}{day}", received=county.NOON + dt.timedelta(days=day)
        )
        for text, day in zip(texts, days, strict=True)
    ]
    shuffled = data.draw(st.permutations(files))
    cut = data.draw(st.integers(0, len(files)))
    assert end_state(county, [shuffled[:cut], shuffled[cut:]]) == end_state(county, [files])


@pytest.mark.parametrize("known", [0, 3])
def test_nothing_new_changes_nothing(county, known):
    rows = submissions_frame([county.submission(f"t{number}", unit=number + 1) for number in range(known)])
    assert assign_versions([], rows)[0] == []
    assert assign_versions([], rows)[1].is_empty()
