"""Spans are true in every text there is: gold reports, the sample county's reports, the shared samples."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.domain.facts import Extraction
from tasks.extract.view import plain_characters

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"\{([^{}|]+)\|[^{}|]*\}")
FILES = [
    *sorted((ROOT / "tests" / "golden" / "reports" / "tuned").glob("*.gold")),
    *sorted((ROOT / "deploy" / "sample_county" / "sources").glob("*.txt")),
    *sorted((ROOT.parent / "shared" / "samples").rglob("*.txt")),
]
# A sentence broken over lines may have the page number between in its span.
PAGE_NUMBER = re.compile(r"\n\s*[-—–－·•第]*\s?\d{1,4}\s?[-—–－·•页]*\s*\n")


def digits(words: str) -> str:
    return re.sub(r"[^0-9]", "", plain_characters(PAGE_NUMBER.sub("", words)))


@pytest.fixture(scope="module", params=FILES, ids=[path.stem for path in FILES])
def text(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return MARK.sub(r"\1", path.read_bytes().decode("utf-8-sig"))


def test_every_mention_slices_back_to_its_surface(text: str, read_text: Callable[[str], Extraction]) -> None:
    mentions = read_text(text).mentions
    assert mentions
    assert [text[one.start : one.end] for one in mentions] == [one.surface for one in mentions]
    assert all(0 <= one.start < one.end <= len(text) for one in mentions)
    starts = [one.start for one in mentions]
    assert starts == sorted(starts)


def test_every_fact_lies_in_the_text_and_states_its_digits(text: str, read_text: Callable[[str], Extraction]) -> None:
    facts = read_text(text).facts
    assert facts
    assert all(0 <= one.start < one.end <= len(text) for one in facts)
    stated = {(one.start, one.end): digits(one.stated_value) for one in facts if one.rule_id != "zero_statement"}
    assert stated == {place: digits(text[slice(*place)]) for place in stated}
    assert [one.start for one in facts] == sorted(one.start for one in facts)


def test_a_mention_that_became_a_fact_stands_where_the_fact_stands(
    text: str, read_text: Callable[[str], Extraction]
) -> None:
    extraction = read_text(text)
    for mention in extraction.mentions:
        if mention.fact is None:
            assert mention.reject_reason
        else:
            fact = extraction.facts[mention.fact]
            assert (mention.start, mention.end, mention.bound) == (fact.start, fact.end, fact.bound)
