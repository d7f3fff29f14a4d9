"""Figures that no rule reads are told by their likeness to annotated ones; what rules refuse stays refused."""

import zlib
from collections.abc import Callable

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.errors import ConfigurationError
from tasks.domain.facts import Extraction
from tasks.extract import Reader, build_reader, extract_document
from tasks.extract.explain import explain_document
from tasks.extract.likeness import traits_of
from tasks.extract.scene import Scene
from tasks.lexicon import load_lexicon, load_weights
from tasks.lexicon.weights import read_weights, written
from tasks.parse import document_from_text

Read = Callable[[str], Extraction]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return build_reader(load_catalogue(), load_lexicon())


@pytest.fixture(scope="module")
def read(reader: Reader) -> Read:
    return lambda text: extract_document(document_from_text(text), None, reader)


def told(extraction: Extraction) -> list[tuple[str, str, float | None]]:
    return [(one.indicator, one.measure, one.value) for one in extraction.facts if one.rule_id == "likeness"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("境内有石材厂、砂石厂等企业5家。", ("econ.firms", "level", 5)),
    ],
)
def test_a_figure_whose_words_stand_otherwise_is_told(read: Read, text: str, fact: tuple[str, str, float]) -> None:
    assert told(read(text)) == [fact]


def test_it_is_less_sure_than_a_rule(read: Read) -> None:
    likely = next(one for one in read("境内有石材厂、砂石厂等企业5家。").facts)
    named = next(one for one in read("全镇有企业5家。").facts)
    assert (likely.rule_id, named.rule_id) == ("likeness", "name_before")
    assert likely.confidence < named.confidence


def test_nothing_is_told_against_what_a_rule_read(read: Read) -> None:
    text = "全镇现有企业12家。境内有石材厂、砂石厂等企业5家。"
    extraction = read(text)
    assert told(extraction) == []
    assert "another figure of the same is stated" in {one.reject_reason for one in extraction.mentions}


def test_a_figure_like_none_is_no_fact(read: Read) -> None:
    assert told(read("会场摆放桌椅36张，悬挂彩旗120面，老张一家5口人高高兴兴地来了。")) == []


def test_the_reasons_are_explained(reader: Reader) -> None:
    document = document_from_text("境内有石材厂、砂石厂等企业5家。")
    figure = explain_document(document, None, reader)[0].figures[0]
    assert figure.decided is not None
    assert (figure.decided.code, figure.decided.place) == ("econ.firms", "likeness.bin")
    assert "企业" in figure.decided.words


def test_traits_are_those_the_weights_were_learnt_for(reader: Reader) -> None:
    """Whoever changes what a trait is has to learn anew (`make learn`), and then changes the number here."""
    scene = Scene(document_from_text("一是山上有雾。河边柳树1.2万棵，开花350余朵，香得很。"), reader.index)
    assert scene.hits_between(7, 20) == []  # the words of the lexicon grow, and are no matter here
    traits = [sorted(traits_of(scene, q)) for q in reader.finder.find(scene.view.text)]
    assert zlib.crc32(repr(traits).encode()) == 1084698154


def test_weights_are_read_as_they_were_written() -> None:
    weights = load_weights()
    again = read_weights(written(weights))
    assert list(again.weights) == list(weights.weights)
    assert list(again.starts) == list(weights.starts)
    assert (again.kinds, again.bias, again.scale) == (weights.kinds, weights.bias, weights.scale)


def test_every_kind_is_an_indicator_a_measure_or_none() -> None:
    codes = {one.code for one in load_catalogue()}
    assert {one for one in load_weights().kinds if one and not one.startswith("measure:")} <= codes


@pytest.mark.parametrize("damage", [b"", b"no weights", "cut", "other form"])
def test_a_damaged_file_is_told(damage: bytes | str) -> None:
    content = written(load_weights())
    if damage == "cut":
        damage = zlib.compress(zlib.decompress(content)[:-5])
    elif damage == "other form":
        damage = zlib.compress(zlib.decompress(content).replace(b'"form": 1', b'"form": 9', 1))
    assert isinstance(damage, bytes)
    with pytest.raises(ConfigurationError, match=r"likeness\.bin"):
        read_weights(damage)
