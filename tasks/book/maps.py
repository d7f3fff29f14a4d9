"""The county's own map: GeoJSON whose shapes are townships."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.domain.county import County
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.gazetteer import ReportingUnit

__all__ = ["CountyMap", "read_map"]

# What maps call a township, in the order in which they are believed.
_NAMES = ("unit_code", "code", "adcode", "name", "NAME", "乡镇", "名称")


@dataclass(frozen=True)
class CountyMap:
    """The shapes of townships: unit code, name and geometry; `lacking` have none, `foreign` are of no township."""

    shapes: tuple[tuple[str, str, Mapping[str, Any]], ...]
    lacking: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    def with_values(self, values: Mapping[str, float | None]) -> list[dict[str, Any]]:
        """Return the shapes as GeoJSON features that carry name and value of each unit."""
        return [
            {"type": "Feature", "geometry": dict(geometry),
             "properties": {"unit": code, "name": name, "value": values.get(code)}}
            for code, name, geometry in self.shapes
        ]  # fmt: skip

    def notices(self) -> tuple[Text, ...]:
        """Return what the map and units.csv do not have in common, in words."""
        said = []
        if self.lacking:
            said.append(Text(f"地图上没有：{'、'.join(self.lacking)}", f"not on the map: {', '.join(self.lacking)}"))
        if self.foreign:
            said.append(Text(f"地图上有 units.csv 没有的：{'、'.join(self.foreign)}",
                             f"on the map and not in units.csv: {', '.join(self.foreign)}"))  # fmt: skip
        return tuple(said)


def read_map(county: County) -> CountyMap | None:
    """Return the map that `[book] geojson` names; None where none is named.

    Raises:
        ConfigurationError: the file is not there or no GeoJSON in degrees, or none of its shapes is a township of the
            county.
    """
    name = county.settings.book.geojson
    if not name:
        return None
    try:
        content = json.loads((county.folder / name).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _wrong(name, f"打不开（{error.strerror}）", f"cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise _wrong(name, f"不是 JSON（{error}）", f"is no JSON ({error})") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise _wrong(name, "不是 FeatureCollection：没有 features", "is no FeatureCollection: it has no features")
    shapes, foreign = [], []
    for number, one in enumerate(features, start=1):
        properties = (one.get("properties") if isinstance(one, dict) else None) or {}
        unit = _unit(properties, county)
        if unit is None:
            foreign.append(next((str(properties[key]) for key in _NAMES if properties.get(key)), f"#{number}"))
        else:
            geometry = _geometry(one.get("geometry"), f"{name} features[{number}] {unit.name}")
            shapes.append((unit.unit_code, unit.name, geometry))
    if not shapes:
        raise _wrong(name, f"没有一块是本县乡镇（有 {'、'.join(foreign[:5])}）",
                     f"has no shape of a township of units.csv (but {', '.join(foreign[:5])})")  # fmt: skip
    drawn = {code for code, _, _ in shapes}
    lacking = tuple(one.name for one in county.gazetteer if one.unit_code not in drawn)
    return CountyMap(tuple(shapes), lacking, tuple(foreign))


def _geometry(geometry: Any, place: str) -> Mapping[str, Any]:
    """Return a Polygon or MultiPolygon with outer rings clockwise, as the drawing library wants them.

    The standard (RFC 7946) wants them the other way round; drawn so, a township is the whole earth but itself.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise _wrong(place, f"不是 Polygon 或 MultiPolygon（{kind}）", f"is no Polygon or MultiPolygon ({kind})")
    try:
        polygons = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
        rings = [[[(float(x), float(y)) for x, y, *_ in ring] for ring in polygon] for polygon in polygons]
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(place, f"坐标读不出（{error}）", f"has coordinates that cannot be read ({error})") from error
    if any(abs(x) > 180 or abs(y) > 90 for polygon in rings for ring in polygon for x, y in ring):
        raise _wrong(place, "坐标不是经纬度（要以度为单位）", "has coordinates that are no longitude and latitude")
    turned = [[_turned(ring, clockwise=number == 0) for number, ring in enumerate(polygon)] for polygon in rings]
    return {"type": "MultiPolygon", "coordinates": turned}


def _turned(ring: list[tuple[float, float]], *, clockwise: bool) -> list[tuple[float, float]]:
    area = sum(x * following_y - following_x * y
               for (x, y), (following_x, following_y) in zip(ring, [*ring[1:], *ring[:1]], strict=True))  # fmt: skip
    return ring if (area < 0) == clockwise else ring[::-1]


def _unit(properties: Mapping[str, Any], county: County) -> ReportingUnit | None:
    for name in _NAMES:
        found = county.gazetteer.find(str(properties[name])) if properties.get(name) else None
        if found is not None:
            return found
    return None


def _wrong(name: str, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        "geojson", Place(name), Text(f"地图 GeoJSON {zh}", f"the map {en}"),
        Text(
            "每块的 properties 要有 unit_code 或 name，与 units.csv 一致，坐标用经纬度；不要地图时去掉 [book] geojson",
            "each shape's properties need unit_code or name as in units.csv, coordinates are degrees; "
            "without a map remove [book] geojson",
        ),
    )  # fmt: skip
