"""What is learnt from: each figure of gold with what a careful reader took it for, or nothing where that is open."""

import pytest
from cases import Case
from learn import examples_of, kind_of, of_case, of_sentence
from markup import GoldFact

from expectations.catalogue import load_catalogue
from tasks.domain.facts import Fact
from tasks.extract import Reader, build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text


@pytest.fixture(scope="module")
def reader() -> Reader:
    return build_reader(load_catalogue(), load_lexicon())


def fact(code: str, measure: str, value: float, start: int = 0, end: int = 0) -> GoldFact:
    return GoldFact(code, measure, value, None, "exact", "", start, end)


def kinds(text: str, cell: str, reader: Reader, read: tuple[Fact, ...] = ()) -> list[str]:
    return [kind for kind, _ in examples_of(text, of_sentence(cell, read), reader)]


def test_plans_are_of_the_same_kind_and_changes_a_kind_of_their_own() -> None:
    assert kind_of([fact("econ.gdp", "plan", 1)]) == kind_of([fact("econ.gdp", "level", 1)]) == "econ.gdp"
    assert kind_of([fact("econ.gdp", "growth_pct", 1)]) == "measure:growth_pct"
    assert kind_of([]) == ""


def test_figures_of_a_report_are_told_by_their_place(reader: Reader) -> None:
    text = "造林3200亩，用工160个。"
    case = Case("one", text, (fact("forest.planted_area", "level", 3200, 2, 7),), (), ())
    assert [kind for kind, _ in examples_of(text, of_case(case), reader)] == ["forest.planted_area", ""]


def test_figures_of_a_sentence_are_told_by_their_value_in_the_indicators_unit(reader: Reader) -> None:
    text = "造林213公顷，比上年减少5%，雨季补植花木300株。"
    cell = "forest.planted_area:level=3195 forest.planted_area:growth_pct=-5"
    assert kinds(text, cell, reader) == ["forest.planted_area", "measure:growth_pct", ""]


def test_of_two_figures_with_one_value_nothing_is_known(reader: Reader) -> None:
    assert kinds("卫生院1所，文化站1个，水塔2座。", "health.clinics:level=1", reader) == [""]


def test_what_the_annotator_had_no_code_for_is_not_learnt_as_no_fact(reader: Reader) -> None:
    text = "造林3200亩。"
    read = extract_document(document_from_text(text), None, reader).facts
    assert read
    assert kinds(text, "", reader) == [""]
    assert kinds(text, "", reader, read) == []
