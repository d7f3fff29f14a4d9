"""An indicator is data: rows in the catalogue and the lexicon are all it takes; a wrong row is named file:line."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.catalogue import Catalogue, CatalogueError, read_catalogue
from tasks.domain.errors import ConfigurationError
from tasks.extract import build_reader, extract_document
from tasks.lexicon import Alias, Lexicon, load_lexicon
from tasks.lexicon.loading import read_aliases, read_frames, read_units
from tasks.parse import document_from_text

DRONES = "agri.drones,植保无人机数,架,stock,农业,,0,10000,drones that spray fields"
ALIASES = "code,aliases,side,needs,excludes,item\n"
FRAMES = "code,nouns,verbs,alone,excludes,item\n"
UNITS = "surface,unit,dimension,canonical,factor\n"


@pytest.fixture(scope="module")
def catalogue_text(repository: Path) -> str:
    return (repository / "expectations" / "indicators.csv").read_text(encoding="utf-8")


def read(text: str, catalogue: Catalogue, aliases: tuple[Alias, ...], **more: object) -> list[tuple[str, float | None]]:
    lexicon: Lexicon = replace(load_lexicon(), aliases=(*load_lexicon().aliases, *aliases), **more)  # type: ignore[arg-type]
    extraction = extract_document(document_from_text(text), None, build_reader(catalogue, lexicon))
    return [(one.indicator, one.value) for one in extraction.facts]


def test_a_new_indicator_with_aliases_is_read(catalogue_text: str) -> None:
    catalogue = read_catalogue(catalogue_text.rstrip("\n") + "\n" + DRONES, "indicators.csv")
    aliases = read_aliases(ALIASES + "agri.drones,植保无人机|飞防无人机,both,,报废,\n")
    text = "粮食播种面积5.27万亩，植保无人机达到12架。另有3架飞防无人机，报废植保无人机2架。"
    assert read(text, catalogue, aliases) == [("agri.grain_area", 52700), ("agri.drones", 12), ("agri.drones", 3)]
    assert read(text, catalogue, ()) == [("agri.grain_area", 52700)]


def test_a_new_indicator_with_a_frame_a_need_and_an_item_is_read(catalogue_text: str) -> None:
    rows = [DRONES, "agri.drone_flights,无人机作业架次,架次,flow,农业,model,0,100000,sorties by model"]
    catalogue = read_catalogue("\n".join([catalogue_text.rstrip("\n"), *rows]), "indicators.csv")
    units = {**load_lexicon().units, **read_units(UNITS + "架次,架次,sorties,架次,1\n")}
    aliases = (
        *read_frames(FRAMES + "agri.drones,无人机,保有,verb,,\n"),
        *read_aliases(ALIASES + "agri.drone_flights,极飞|大疆,before,飞防|作业,,=\n"),
    )
    text = "无人机保有12架，飞防作业大疆300架次。"
    assert read(text, catalogue, aliases, units=units) == [("agri.drones", 12), ("agri.drone_flights", 300)]
    assert read("大疆300架次。", catalogue, aliases, units=units) == []


def test_an_alias_of_no_indicator_is_named_with_its_line(catalogue_text: str) -> None:
    aliases = read_aliases(ALIASES + "# a comment\nagri.unheard_of,无人机,both,,,\n", "aliases.csv")
    with pytest.raises(ConfigurationError, match=r"named here: aliases\.csv:3 agri\.unheard_of"):
        read("", read_catalogue(catalogue_text, "indicators.csv"), aliases)


def test_an_indicator_that_no_unit_can_state_is_named(catalogue_text: str) -> None:
    row = "agri.drone_flights,无人机作业架次,架次,flow,农业,model,0,100000,sorties by model"
    catalogue = read_catalogue(catalogue_text.rstrip("\n") + "\n" + row, "indicators.csv")
    with pytest.raises(ConfigurationError, match=r"unit of agri\.drone_flights \(架次\).*units\.csv"):
        read("", catalogue, ())


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ("agri.drones,无人机,beside,,,\n", 2, "side 'beside' is none of before, after, both"),
        ("# why\n\nagri.drones,无人机,both,,\n", 4, "6 cells expected, 5 found"),
        ("agri.drones,无人机,both,,,\nagri.drones,|,both,,,\n", 3, "no alias"),
    ],
)
def test_a_wrong_alias_row_is_named_with_its_line(rows: str, line: int, what: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_aliases(ALIASES + rows)
    _assert_place(error.value, f"tasks/lexicon/aliases.csv:{line}", what)


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ("agri.drones,无人机,,noun,,\n", 2, "a frame needs nouns and verbs"),
        ("agri.drones,无人机,保有,noun|verb,,\n\nagri.drones,,保有,,,\n", 4, "a frame needs nouns and verbs"),
        ("agri.drones,无人机,保有\n", 2, "6 cells expected, 3 found"),
    ],
)
def test_a_wrong_frame_row_is_named_with_its_line(rows: str, line: int, what: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_frames(FRAMES + rows)
    _assert_place(error.value, f"tasks/lexicon/frames.csv:{line}", what)


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ("架,架,drones,架,one\n", 2, "factor 'one' is no number"),
        ("# why\n架,架,drones,架,1/0\n", 3, "factor '1/0' is no number"),
        ("架,架,drones,架,-1\n", 2, "factor '-1' is not above 0"),
        ("架,架,drones\n", 2, "5 cells expected, 3 found"),
    ],
)
def test_a_wrong_unit_row_is_named_with_its_line(rows: str, line: int, what: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_units(UNITS + rows)
    _assert_place(error.value, f"tasks/lexicon/units.csv:{line}", what)


def test_wrong_columns_are_named_with_their_line() -> None:
    with pytest.raises(ConfigurationError) as error:
        read_units("# why\nsurface,unit\n")
    _assert_place(error.value, "tasks/lexicon/units.csv:2", "columns must be surface,unit,dimension,canonical,factor")


def _assert_place(error: ConfigurationError, place: str, what: str) -> None:
    assert error.place.file == place
    assert error.what.en == what
    assert place in error.message("zh")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (DRONES.replace("stock", "stack"), "kind 'stack' is none of stock, flow, rate"),
        (DRONES.replace("10000", "many"), "min and max must be numbers"),
        (DRONES.replace(",0,10000", ",5,1"), "min 5.0 is above max 1.0"),
        (DRONES.replace("agri.drones", "agri.grain_area"), "code agri.grain_area occurs twice"),
        ("agri.drones,植保无人机数,架,stock", "9 cells expected"),
        (DRONES + ",one more", "9 cells expected"),
    ],
)
def test_a_wrong_catalogue_row_is_named_with_its_line(row: str, what: str, catalogue_text: str) -> None:
    text = catalogue_text.rstrip("\n") + "\n" + row
    with pytest.raises(CatalogueError, match=re.escape(f"indicators.csv:{text.count(chr(10)) + 1}: {what}")):
        read_catalogue(text, "indicators.csv")


def test_missing_columns_of_the_catalogue_are_named() -> None:
    with pytest.raises(CatalogueError, match=r"indicators\.csv:1: columns missing: unit, kind"):
        read_catalogue("code,name,group,item,min,max,definition\n", "indicators.csv")
