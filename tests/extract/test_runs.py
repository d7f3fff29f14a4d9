"""Runs of letters that numbers are made of are told letter by letter, exactly as a pattern of them would."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.mentions import _NUMBER, _PLAIN
from tasks.extract.runs import MASKS, NUMERALS, is_plain, runs_in

_TEXT = st.text("上数几一百千万亿零0123.,X×*#@分之至人元余，", max_size=24)
_RUN = re.compile(rf"[0-9{MASKS}{NUMERALS}几上数](?:(?<=[上数])[{NUMERALS}]+|(?<![上数])[0-9{MASKS}{NUMERALS}几]*)")
_WHOLE = re.compile(_NUMBER.pattern.replace("UNIT_STARTS", "人元分"))


@given(_TEXT)
def test_runs_are_those_of_a_pattern(text):
    assert runs_in(text) == [match.span() for match in _RUN.finditer(text)]


@given(_TEXT)
def test_a_plain_number_is_read_as_the_whole_pattern_reads_it(text):
    for start, end in runs_in(text):
        for begin in range(start, end):
            if is_plain(text, begin, end):
                plain, whole = _PLAIN.match(text, begin), _WHOLE.match(text, begin)
                assert (plain.span(), plain.groups()) == (whole.span(), whole.groups())
                assert plain.groupdict() == whole.groupdict()
