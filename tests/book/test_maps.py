"""The county's own map: which shapes are townships, what is said of the others, what is refused and in which words."""

import json
import re

import pytest

from tasks.book.charts import map_of
from tasks.book.maps import read_map
from tasks.domain.errors import ConfigurationError

CLOCKWISE = [[100, 25], [100, 26], [101, 26], [101, 25], [100, 25]]


def shape(properties, ring=CLOCKWISE, kind="Polygon"):
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


@pytest.fixture
def map_with(county):
    """Read the map of these features, or of this text."""

    def read(content):
        text = content if isinstance(content, str) else json.dumps({"type": "FeatureCollection", "features": content})
        (county.folder / "map.geojson").write_text(text, encoding="utf-8")
        book = county.settings.book.model_copy(update={"geojson": "map.geojson"})
        return read_map(county.model_copy(update={"settings": county.settings.model_copy(update={"book": book})}))

    return read


def test_a_township_is_found_by_code_or_name_and_what_does_not_fit_is_said(map_with, county):
    found = map_with([shape({"unit_code": "539901100000"}), shape({"名称": "石榴坪镇"}, kind="MultiPolygon"),
                      shape({"name": "别县某乡"})])  # fmt: skip
    assert [name for _, name, _ in found.shapes] == ["云岫镇", "石榴坪镇"]
    assert found.foreign == ("别县某乡",)
    assert set(found.lacking) == {one.name for one in county.gazetteer} - {"云岫镇", "石榴坪镇"}
    lacking, foreign = found.notices()
    assert lacking.zh.startswith("地图上没有：青槐街道、")
    assert foreign.en == "on the map and not in units.csv: 别县某乡"


def test_a_ring_may_turn_either_way(map_with):
    """Drawn as it stands, a ring as the standard wants it is the whole earth without the township."""
    one = map_with([shape({"name": "云岫镇"})]).shapes
    assert one == map_with([shape({"name": "云岫镇"}, CLOCKWISE[::-1])]).shapes


def test_the_map_names_each_township_and_a_township_without_a_value_is_grey(map_with):
    right = [[x + 1, y] for x, y in CLOCKWISE]
    features = map_with([shape({"name": "云岫镇"}), shape({"name": "石榴坪镇"}, right)]).with_values(
        {"539901100000": 40_200.0}
    )  # fmt: skip
    svg = map_of(features, "粮食播种面积", "亩", "zh")
    assert {"云岫镇", "石榴坪镇"} <= set(re.findall(r">([^<>]+)</text>", svg))
    assert svg.count('fill="#9aa5b1"') == 2  # under the blue one too
    assert len(re.findall(r'fill="rgb\([^"]+" stroke="white"', svg)) == 1


@pytest.mark.parametrize(("content", "words"), [
    ("{", "不是 JSON"),
    ("[]", "没有 features"),
    ('{"type": "Topology"}', "没有 features"),
    ([shape({"name": "别县某乡"})], "没有一块是本县乡镇（有 别县某乡）"),
    ([{"type": "Feature", "properties": {"name": "云岫镇"}, "geometry": None}], r"features[1] 云岫镇"),
    ([shape({"name": "云岫镇"}, [[35_500_000, 2_770_000]] * 4)], "坐标不是经纬度"),
    ([shape({"name": "云岫镇"}, [["东", 25]] * 4)], "坐标读不出"),
])  # fmt: skip
def test_a_map_that_cannot_be_drawn_is_refused_in_words(map_with, content, words):
    with pytest.raises(ConfigurationError) as refused:
        map_with(content)
    said = refused.value.message("zh")
    assert words in said
    assert said.startswith("map.geojson")


def test_a_map_that_is_not_there_is_named(county):
    book = county.settings.book.model_copy(update={"geojson": "没有.geojson"})
    with pytest.raises(ConfigurationError, match=re.escape("没有.geojson")):
        read_map(county.model_copy(update={"settings": county.settings.model_copy(update={"book": book})}))
