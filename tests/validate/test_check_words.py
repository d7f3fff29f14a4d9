"""The words of the checks are data: an error in them is refused with file and line."""

import re
import shutil

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import RuleError
from expectations.words import captures, load_check_words, pattern, read_check_words
from tasks.domain.county_figures import COUNTY_FIGURES_SCHEMA
from tasks.domain.frames import empty_frame
from tasks.validate import judged_by, scope


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
        ("[s]\nlist = ['a']\nlisst = ['a']\n", r"words.toml:3: no check uses s.lisst; known are s.list, s.years"),
        ("[s]\nlist = ['a']\n", r"words.toml:1: lists missing: s.years"),
        ("[s]\nlist = ['a']\nyears = ['20\\d\\d年']\n", r"words.toml:3: .* must have \{year\}"),
        ("[s]\nlist = ['{year}年']\n", r"words.toml:2: .* must have no placeholder"),
    ],
)
def test_a_malformed_list_is_refused_with_its_line(text, message):
    with pytest.raises(RuleError, match=message):
        read_check_words(text, "words.toml", {"s.list": (), "s.years": ("year",)})


def test_placeholders_are_read_out_of_the_text():
    (cut_off,) = captures("years.cut_off")
    assert re.search(cut_off, "截至2024年6月底").groups() == ("2024", "6")
    assert re.search(pattern("years.cut_off"), "截至2024年6月底")[0] == "截至2024年6月"


def test_a_change_of_the_words_judges_every_report_again(monkeypatch, tmp_path):
    def mark():
        empty = empty_frame("units")
        return judged_by(load_catalogue(), {}, empty, pl.DataFrame(schema=dict(COUNTY_FIGURES_SCHEMA)), "530000000000")

    before = mark()
    copy = tmp_path / "expectations"
    shutil.copytree(str(scope.files("expectations")), copy)
    (copy / "words.toml").write_text((copy / "words.toml").read_text("utf-8") + "# more", encoding="utf-8")
    real = scope.files
    monkeypatch.setattr(scope, "files", lambda name: copy if name == "expectations" else real(name))
    assert mark() != before
