"""Guards: a pattern of plain words finds a place in every text that the guarded pattern does."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.guards import guard_of, words_of

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
