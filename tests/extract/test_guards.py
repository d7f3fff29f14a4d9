"""Guards: a pattern of plain words finds a place in every text that the guarded pattern does."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.guards import Words, guard_of, letters_in, matches_at, one_of, words_of

_WORDS = st.lists(st.text("年计划力争上", min_size=1, max_size=4), min_size=1, max_size=12)


@given(_WORDS, st.text("年计划力争上内", max_size=30))
def test_a_guard_of_words_finds_a_text_exactly_where_one_of_the_words_stands(words, text):
    assert guard_of(words).stand_in(text) == any(word in text for word in words)


def test_where_a_pattern_holds_no_certain_word_its_guard_lets_every_text_pass():
    assert words_of("计?划?") == frozenset()
    assert guard_of(["力争", "计?划?"]).stand_in("今天")


def test_what_must_not_stand_before_a_word_is_no_part_of_its_guard():
    guard = guard_of(["(?<!年度)计划(?!生育)", "(?:要|再)[^，]{0,3}(?:新建|改造)了?"])
    assert guard.stand_in("年度计划")  # only the pattern itself tells more
    assert guard.stand_in("再新建一处")
    assert not guard.stand_in("今年完成了任务")


@given(_WORDS, st.text("年计划力争上内", max_size=30), st.integers(0, 8), st.integers(0, 30))
def test_words_are_found_where_they_begin_and_only_whole_inside_the_span(words, text, start, end):
    places = [at for at in range(start, min(end, len(text))) if any(text.startswith(one, at, end) for one in words)]
    assert Words(words).places(text, start, end) == places
    assert Words(words).stand_in(text, start, end) == bool(places)


@given(_WORDS, st.text("年计划力争上内", max_size=30))
def test_matches_at_the_places_of_their_words_are_those_of_a_search(words, text):
    pattern = re.compile(f"(?:{one_of(words)})(?!上)内?")
    found = matches_at(pattern, text, Words(words).places(text, 0, len(text)))
    assert [one.span() for one in found] == [one.span() for one in pattern.finditer(text)]


@given(st.text("年计划力争上内", max_size=30), st.sets(st.sampled_from("年计内"), min_size=1))
def test_letters_are_found_in_the_order_of_the_text(text, letters):
    assert letters_in(text, "".join(letters)) == [at for at, letter in enumerate(text) if letter in letters]


def test_letters_outside_the_first_plane_are_letters_like_others():
    assert Words(["𠮷村"]).places("在𠮷村，见𠮷", 0, 9) == [1]
