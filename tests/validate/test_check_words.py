"""The words of the checks are data: an error in them is refused with file and line."""

import pytest

from expectations.rules import RuleError
from expectations.words import load_check_words, pattern, read_check_words


def test_the_words_that_ship_are_read():
    assert "人均" in load_check_words()["statements.scopes"]
    assert pattern("places.organ_only").startswith("(?:党委|")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[statements\n", r"words.toml:1: "),
        ("a = ['x']\n", r"words.toml:1: a stands in no \[section\]"),
        ("[s]\nlist = []\n", r"words.toml:2: list must be a list of words"),
        ("[s]\nlist = [1]\n", r"words.toml:2: list must be a list of words"),
        ("[s]\nlist = [\n'ok',\n'(open',\n]\n", r"words.toml:4: .*no regular expression"),
        ("[s]\nlist = ['a(b)']\n", r"words.toml:2: .*captures a group"),
        ("[s]\nlist = ['(?<=a)b']\n", r"words.toml:2: .*no regular expression"),
    ],
)
def test_a_malformed_list_is_refused_with_its_line(text, message):
    with pytest.raises(RuleError, match=message):
        read_check_words(text, "words.toml")
