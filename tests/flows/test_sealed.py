"""What goes to another process goes as bytes and is opened there once."""

import pickle
from pathlib import Path

from tasks.domain.county import read_county
from tasks.domain.sealing import Sealed


def sent(value: Sealed) -> Sealed:
    return pickle.loads(pickle.dumps(value))


def test_a_county_arrives_whole(sample_county_source: Path) -> None:
    county = read_county(sample_county_source)
    arrived = sent(Sealed(county)).value
    assert arrived == county
    assert [one.name for one in arrived.gazetteer] == [one.name for one in county.gazetteer]


def test_a_county_that_comes_with_every_batch_is_opened_once(sample_county_source: Path) -> None:
    sealed = Sealed(read_county(sample_county_source))
    first = sent(sealed).value
    assert sent(Sealed(["a batch"])).value == ["a batch"]
    assert sent(sealed).value is first
