"""A paragraph cut at its figures: nothing of the text is lost, every figure begins once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.book.reports import Mark, segments_of
from tasks.book.sparklines import sparkline_of

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(["accepted", "flagged"])), max_size=8
)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30), st.integers(0, 10), SPANS)
def test_the_segments_together_are_the_text_and_every_figure_in_it_begins_once(text, start, spans):
    marks = [Mark(a, a + n, f"m{i}", f"m{i}", status) for i, (a, n, status) in enumerate(spans)]
    parts = segments_of(text, start, marks, [])
    assert "".join(one.text for one in parts) == text
    begun = [mark.anchor for one in parts for mark in one.begins]
    inside = [one.anchor for one in marks if one.start < start + len(text) and one.end > start]
    assert sorted(begun) == sorted(inside)


def test_a_figure_and_a_quantity_without_indicator_are_told_apart():
    parts = segments_of(
        "人口27540人，高出0.3个百分点", 0, [Mark(2, 8, "pop", "pop", "accepted")], [(11, 17, "没有对应指标")]
    )
    assert [(one.text, one.status, one.note) for one in parts] == [
        ("人口", "", ""), ("27540人", "accepted", ""), ("，高出", "", ""),
        ("0.3个百分", "", "没有对应指标"), ("点", "", ""),
    ]  # fmt: skip


def test_a_line_is_broken_where_a_year_is_missing():
    line = sparkline_of([1.0, 2.0, None, 4.0, 5.0])
    assert len(line.lines) == 2
    assert len(line.dots) == 4
    assert sparkline_of([None, 3.0]) is None
