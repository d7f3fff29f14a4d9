"""Units: conversions are exact both ways, and what measures different things never mixes."""

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import UnitWord, load_lexicon
from tasks.parse import document_from_text

UNITS = load_lexicon().units
READER = build_reader(load_catalogue(), load_lexicon())


def groups() -> dict[tuple[str, str], list[UnitWord]]:
    """The units by dimension and canonical unit, those that convert into one another."""
    found: dict[tuple[str, str], list[UnitWord]] = defaultdict(list)
    for unit in UNITS.values():
        found[(unit.dimension, unit.canonical)].append(unit)
    return found


GROUPS = groups()
PAIRS = st.sampled_from(sorted(GROUPS)).flatmap(
    lambda key: st.tuples(st.sampled_from(GROUPS[key]), st.sampled_from(GROUPS[key]))
)
AMOUNTS = st.fractions(min_value=0, max_value=10**12)


@given(PAIRS, AMOUNTS)
def test_there_and_back_is_exact(pair: tuple[UnitWord, UnitWord], amount: Fraction) -> None:
    one, other = pair
    converted = amount * one.factor / other.factor
    assert converted * other.factor / one.factor == amount
    assert isinstance(converted, Fraction)
    # By way of the canonical unit it is the same.
    assert (amount * one.factor) / other.factor == converted


@given(PAIRS, AMOUNTS, AMOUNTS)
def test_conversion_keeps_sums_and_order(pair: tuple[UnitWord, UnitWord], a: Fraction, b: Fraction) -> None:
    ratio = pair[0].factor / pair[1].factor
    assert (a + b) * ratio == a * ratio + b * ratio
    assert (a < b) == (a * ratio < b * ratio)


@pytest.mark.parametrize(
    ("surface", "canonical", "factor"),
    [
        ("公顷", "亩", Fraction(15)),
        ("平方公里", "亩", Fraction(1500)),
        ("km²", "亩", Fraction(1500)),
        ("斤", "吨", Fraction(1, 2000)),
        ("公斤", "吨", Fraction(1, 1000)),
        ("担", "吨", Fraction(1, 20)),
        ("里", "公里", Fraction(1, 2)),
        ("成", "%", Fraction(10)),
        ("兆瓦", "千瓦", Fraction(1000)),
    ],
)
def test_known_factors(surface: str, canonical: str, factor: Fraction) -> None:
    assert (UNITS[surface].canonical, UNITS[surface].factor) == (canonical, factor)


def test_no_canonical_unit_has_two_dimensions_and_each_stands_for_itself() -> None:
    dimensions: dict[str, set[str]] = defaultdict(set)
    for unit in UNITS.values():
        dimensions[unit.canonical].add(unit.dimension)
    assert {canonical: found for canonical, found in dimensions.items() if len(found) > 1} == {}
    itself = {canonical: UNITS[canonical] for canonical in dimensions if canonical in UNITS}
    assert all((one.canonical, one.factor) == (canonical, 1) for canonical, one in itself.items())
    assert dimensions.keys() - itself.keys() == set()


def test_one_unit_means_one_thing() -> None:
    meanings: dict[str, set[tuple[str, str, Fraction]]] = defaultdict(set)
    for unit in UNITS.values():
        meanings[unit.unit].add((unit.dimension, unit.canonical, unit.factor))
    assert {unit: found for unit, found in meanings.items() if len(found) > 1} == {}


def test_a_figure_fits_an_indicator_only_in_a_dimension_it_accepts() -> None:
    measured = {"亩", "吨", "元", "公里", "平方米", "头", "只"}
    fitting = {
        (unit.dimension, indicator.unit)
        for unit in UNITS.values()
        for indicator in load_catalogue()
        if indicator.unit in measured and READER.resolver.names.fits(unit, indicator.code)
    }
    assert {unit for _, unit in fitting} == measured
    others = {one for one in fitting if one[0] not in {"any", UNITS[one[1]].dimension}}
    assert others == {("head", "只"), ("count", "头")}  # 山羊1200头, 生猪300口


@pytest.mark.parametrize(
    ("stated", "value"),
    [("100公顷", 1500), ("2平方公里", 3000), ("1.5万亩", 15000), ("3平方千米", 4500)],
)
def test_areas_are_kept_in_mu(stated: str, value: float) -> None:
    fact = extract_document(document_from_text(f"粮食播种面积{stated}。"), None, READER).facts[0]
    assert (fact.indicator, fact.value, fact.unit) == ("agri.grain_area", value, "亩")


@pytest.mark.parametrize(
    ("stated", "value"), [("2000斤", 1), ("1万斤", 5), ("300公斤", 0.3), ("40担", 2), ("1.5万吨", 15000)]
)
def test_masses_are_kept_in_tonnes(stated: str, value: float) -> None:
    fact = extract_document(document_from_text(f"粮食总产量{stated}。"), None, READER).facts[0]
    assert (fact.indicator, fact.value, fact.unit) == ("agri.grain_output", value, "吨")


@pytest.mark.parametrize("stated", ["5.27万吨", "300头", "12公里", "40万元", "8000平方米", "12架"])
def test_an_area_is_not_read_from_another_dimension(stated: str) -> None:
    facts = extract_document(document_from_text(f"粮食播种面积{stated}。"), None, READER).facts
    assert "agri.grain_area" not in {one.indicator for one in facts}


@pytest.mark.parametrize(
    ("told", "figure"),
    [
        ("全镇总人口-5210人。", ("damaged", "-5210")),
        ("全镇总人口为-5210人。", ("damaged", "-5210")),
        ("全年财政收入：−1500万元。", ("damaged", "-1500万")),
        # A range, a dash, a rate with its own sign, a cell of a table.
        ("全年生猪出栏5-8头。", ("range", "5-8")),
        ("全年转移就业20人-50人。", ("exact", "20")),
        ("全年财政收入——1500万元。", ("exact", "1500万")),
        ("人口自然增长率-2.7‰。", ("exact", "-2.7")),
        ("| 指标 | 单位 | 数值 |\n| --- | --- | --- |\n| 总人口 | 人 | -5 |", ("exact", "-5")),
    ],
)
def test_a_minus_between_a_word_and_its_number_leaves_the_figure_in_doubt(told: str, figure: tuple[str, str]) -> None:
    facts = extract_document(document_from_text(told), None, READER).facts
    assert (facts[0].bound, facts[0].stated_value) == figure
    assert (facts[0].status == "flagged") == (figure[0] == "damaged")
