"""The county's own map: GeoJSON whose shapes are townships."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.domain.county import County
from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["CountyMap", "read_map"]

# What maps call a township, in the order in which they are believed.
_NAMES = ("unit_code", "code", "adcode", "name", "NAME", "乡镇", "名称")


@dataclass(frozen=True)
class CountyMap:
    """The shapes of townships: unit code and geometry."""

    shapes: tuple[tuple[str, Mapping[str, Any]], ...]

    def with_values(self, values: Mapping[str, float | None]) -> list[dict[str, Any]]:
        """Return the shapes as GeoJSON features that carry the value of each unit."""
        return [
            {"type": "Feature", "geometry": dict(geometry), "properties": {"unit": code, "value": values.get(code)}}
            for code, geometry in self.shapes
        ]


def read_map(county: County) -> CountyMap | None:
    """Return the map that `[book] geojson` names; None where none is named.

    Raises:
        ConfigurationError: the file is not there or no GeoJSON, or none of its shapes is a township of the county.
    """
    name = county.settings.book.geojson
    if not name:
        return None
    path = county.folder / name
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        shapes = [(_unit(one["properties"] or {}, county), one["geometry"]) for one in features]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _wrong(name, f"读不出（{error}）", f"cannot be read ({error})") from error
    found = tuple((code, geometry) for code, geometry in shapes if code and geometry)
    if not found:
        raise _wrong(name, "没有一块是本县乡镇", "none of its shapes is a township of units.csv")
    return CountyMap(found)


def _unit(properties: Mapping[str, Any], county: County) -> str:
    for name in _NAMES:
        found = county.gazetteer.find(str(properties[name])) if properties.get(name) else None
        if found is not None:
            return found.unit_code
    return ""


def _wrong(name: str, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        "geojson", Place(name), Text(f"地图 GeoJSON {zh}", f"the map {en}"),
        Text(
            "每块的 properties 要有 unit_code 或 name，与 units.csv 一致；不要地图时去掉 [book] geojson",
            "each shape's properties need unit_code or name as in units.csv; without a map remove [book] geojson",
        ),
    )  # fmt: skip
