"""What a later version changed, and what changed between two moments."""

import datetime as dt

import polars as pl
import pytest

from tasks.domain.frames import empty_frame, submissions_frame
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.load import assign_versions, changed_figures, duplicates_frame, revisions_frame

GRAIN, VILLAGES = "agri.grain_area", "area.villages"
DAY = dt.timedelta(days=1)


@pytest.fixture
def two(county):
    """Two versions of a report, and the figures of both."""
    sent = [county.submission("first"), county.submission("second", received=county.NOON + DAY)]
    numbered, _ = assign_versions(sent, empty_frame("submissions"))
    return numbered


def facts_of(county, versions, *figures):
    rows = [county.content(one, stated).facts for one, stated in zip(versions, figures, strict=True)]
    return pl.concat(rows)


def test_a_changed_figure_is_told_with_both_values_and_both_quotes(county, two):
    facts = facts_of(county, two, {GRAIN: 900.0, VILLAGES: 9.0}, {GRAIN: 990.0, VILLAGES: 9.0})
    (row,) = revisions_frame(submissions_frame(two), facts).to_dicts()
    assert (row["change"], row["indicator"], row["value_before"], row["value_after"]) == (
        "changed",
        GRAIN,
        900.0,
        990.0,
    )
    assert (row["difference"], row["difference_pct"]) == (90.0, 10.0)
    assert ("900" in row["quote_before"], "990" in row["quote_after"]) == (True, True)
    assert (row["earlier_version"], row["version"]) == (1, 2)


def test_figures_that_only_one_version_states_are_added_and_removed(county, two):
    facts = facts_of(county, two, {GRAIN: 900.0}, {VILLAGES: 9.0})
    rows = revisions_frame(submissions_frame(two), facts).sort("change")
    assert rows.select("change", "indicator").rows() == [("added", VILLAGES), ("removed", GRAIN)]
    assert rows["difference"].to_list() == [None, None]


def test_one_version_or_the_same_figures_are_no_revision(county, two):
    assert revisions_frame(submissions_frame(two[:1]), facts_of(county, two[:1], {GRAIN: 900.0})).is_empty()
    assert revisions_frame(submissions_frame(two), facts_of(county, two, {GRAIN: 900.0}, {GRAIN: 900.0})).is_empty()


def test_the_same_bytes_at_another_place_are_a_duplicate_and_the_first_place_is_not(county):
    one = county.submission("bytes", name="甲")

    def stored(uri):
        file = SourceFile("inbox", uri, uri.rsplit("/", 1)[-1], 5, county.NOON, county.NOON)
        return StoredFile(file, one.sha256, is_new=False)

    rows = duplicates_frame([stored(one.uri), stored("file:///又/乙.txt"), stored("file:///又/乙.txt")],
                            submissions_frame([one]))  # fmt: skip
    assert rows.select("file_name", "first_uri", "unit_code").rows() == [("乙.txt", one.uri, county.unit_code(1))]
    assert duplicates_frame([], submissions_frame([one])).is_empty()


def test_between_two_moments_corrections_count_and_are_told(county, two):
    before = facts_of(county, two[:1], {GRAIN: 900.0, VILLAGES: 9.0})
    after = before.with_columns(
        pl.when(pl.col("indicator") == GRAIN).then(950.0).alias("corrected_value"),
        pl.when(pl.col("indicator") == GRAIN).then(pl.lit("d1")).alias("decision_id"),
    )
    made = dict.fromkeys(empty_frame("decisions").columns) | {
        "decision_id": "d1", "kind": "correction", "who": "李四", "why": "笔误", "decided_at": county.NOON,
        "sha256": "",
    }  # fmt: skip
    decisions = pl.DataFrame([made], schema=empty_frame("decisions").schema)
    (row,) = changed_figures(before, after, submissions_frame(two), decisions, dt.UTC).to_dicts()
    assert (row["value_before"], row["value_after"], row["change"]) == (900.0, 950.0, "changed")
    assert "笔误" in row["decision"]
    assert changed_figures(after, after, submissions_frame(two), decisions, dt.UTC).is_empty()
