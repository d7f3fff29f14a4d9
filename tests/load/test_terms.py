"""When a later version becomes live: the county's terms, and what people decide."""

import datetime as dt
import itertools

import polars as pl
import pytest

from tasks.domain.frames import empty_frame, submissions_frame
from tasks.load import Terms, assign_versions

DAY = dt.timedelta(days=1)


@pytest.fixture
def sent(county):
    """Three versions of one report, a day apart, by number."""
    return [county.submission(f"text {number}", received=county.NOON + number * DAY) for number in range(3)]


def table_after(runs, terms):
    """The submissions table after `runs`, each a list of submissions, every one under `terms`."""
    known = empty_frame("submissions")
    for new in runs:
        numbered, changed = assign_versions(new, known, terms)
        rows = pl.concat([submissions_frame(numbered), changed])
        known = pl.concat([known.join(rows, on="submission_id", how="anti"), rows])
    return known.sort("received_at")


def states(runs, terms):
    return [(row["state"], row["held_reason"]) for row in table_after(runs, terms).to_dicts()]


def ids(submissions, *numbers):
    return [submissions[number].submission_id for number in numbers]


def test_a_version_that_fails_its_checks_is_held_and_the_one_before_stays_live(sent):
    terms = Terms("when_checks_pass", failing=ids(sent, 1))
    assert states([sent[:2]], terms) == [("loaded", ""), ("held", "hard_checks")]


def test_a_version_that_passes_replaces_also_the_one_that_was_held(sent):
    terms = Terms("when_checks_pass", failing=ids(sent, 1))
    assert states([sent], terms) == [("superseded", ""), ("superseded", ""), ("loaded", "")]


def test_the_first_version_replaces_nothing_and_is_live_whatever_its_checks_say(sent):
    assert states([sent[:1]], Terms("when_checks_pass", failing=ids(sent, 0))) == [("loaded", "")]


def test_always_asks_for_no_checks(sent):
    assert states([sent[:2]], Terms("always", failing=ids(sent, 1))) == [("superseded", ""), ("loaded", "")]


def test_after_approval_every_later_version_waits_until_it_is_accepted(sent):
    waits = ("held", "awaiting_approval")
    assert states([sent], Terms("after_approval")) == [("loaded", ""), waits, waits]
    accepted = Terms("after_approval", accepted=[sent[1].sha256])
    assert states([sent], accepted) == [("superseded", ""), ("loaded", ""), waits]


def test_an_accepted_version_is_live_though_its_checks_fail(sent):
    terms = Terms("when_checks_pass", failing=ids(sent, 2), accepted=[sent[2].sha256])
    assert states([sent], terms) == [("superseded", ""), ("superseded", ""), ("loaded", "")]


def test_what_comes_after_the_lock_waits_and_an_extension_or_a_person_lets_it_in(county, sent):
    owed = (county.unit_code(1), county.FORM, "2023")
    locked = Terms("always", locked_at={owed: county.NOON + DAY / 2})
    waits = ("held", "locked")
    assert states([sent[:2]], locked) == [("loaded", ""), waits]
    assert states([sent[1:2]], locked) == [waits]
    extended = Terms("always", locked_at={owed: county.NOON + DAY})
    assert states([sent[:2]], extended) == [("superseded", ""), ("loaded", "")]
    accepted = Terms("always", locked_at=locked.locked_at, accepted=[sent[1].sha256])
    assert states([sent[:2]], accepted) == [("superseded", ""), ("loaded", "")]


def test_a_retracted_version_counts_no_more_and_the_one_before_is_live_again(sent):
    known = table_after([sent[:2]], Terms())
    _, changed = assign_versions([], known, Terms(retracted=[sent[1].sha256]))
    after = {row["version"]: (row["state"], row["held_reason"]) for row in changed.to_dicts()}
    assert after == {1: ("loaded", ""), 2: ("withdrawn", "retracted")}
    whole = pl.concat([known.join(changed, on="submission_id", how="anti"), changed])
    _, back = assign_versions([], whole, Terms())
    assert {row["version"]: row["state"] for row in back.to_dicts()} == {1: "superseded", 2: "loaded"}


def test_what_came_before_the_policy_began_is_asked_nothing(county, sent):
    known = table_after([sent[:2]], Terms())
    owed = (county.unit_code(1), county.FORM, "2023")
    terms = Terms("after_approval", locked_at={owed: county.NOON - DAY}, since=county.NOON + 1.5 * DAY)
    numbered, changed = assign_versions(sent[2:], known, terms)
    assert [(one.state, one.held_reason) for one in numbered] == [("held", "locked")]
    assert changed.is_empty()


@pytest.mark.parametrize("policy", ["always", "after_approval", "when_checks_pass"])
def test_the_end_is_the_same_whatever_order_the_files_come_in(sent, policy):
    terms = Terms(policy, failing=ids(sent, 1), accepted=[sent[0].sha256])
    whole = states([sent], terms)
    for order in itertools.permutations(sent):
        assert states([[one] for one in order], terms) == whole


def test_nothing_new_and_nothing_decided_changes_nothing(sent):
    terms = Terms("when_checks_pass", failing=ids(sent, 2))
    known = table_after([sent], terms)
    numbered, changed = assign_versions([], known, Terms("when_checks_pass"))
    assert numbered == []
    assert changed.is_empty()
