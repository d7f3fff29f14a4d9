"""Charts as SVG, drawn by Altair and Vega without a browser or a network.

Each kind of chart is compiled once; the charts of 200 indicators differ in their rows only, so only rows are put into
the compiled chart (a third of the time). Colours of text and lines are the page's own (currentColor), light and dark.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt
import vl_convert as vlc

from tasks.domain.errors import Language

__all__ = ["heat_map", "map_of", "timeliness", "trend"]

_ROWS = "rows"
# 万 and 亿 are how figures of this size are read in Chinese; 0k is read by nobody.
_LABEL = (
    "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, '~r') + '亿'"
    " : abs(datum.value) >= 1e4 ? format(datum.value / 1e4, '~r') + '万' : format(datum.value, ',~r')"
)
_PLAIN = "format(datum.value, ',~r')"
_BLUE, _ORANGE = "#3b82c4", "#d97706"
_STATES = ("on_time", "late", "missing", "expected", "quarantined")
_STATE_COLOURS = ("#4caf78", "#f0b429", "#e5674f", "#9aa5b1", "#b07cc6")
_INK = "currentColor"
_CONFIG = {
    "font": "system-ui, sans-serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {"labelColor": _INK, "titleColor": _INK, "domainColor": _INK, "tickColor": _INK, "gridOpacity": 0.25,
             "labelFontSize": 12, "titleFontWeight": "normal", "labelLimit": 260},
    "legend": {"labelColor": _INK, "titleColor": _INK, "titleFontWeight": "normal"},
    "header": {"labelColor": _INK, "titleColor": _INK},
}  # fmt: skip

Rows = Sequence[Mapping[str, Any]]


def _compiled(chart: Any) -> dict[str, Any]:
    spec = chart.to_dict()
    spec["config"] = _CONFIG
    made = vlc.vegalite_to_vega(spec)
    vega: dict[str, Any] = json.loads(made) if isinstance(made, str) else made
    return vega


def _drawn(vega: Mapping[str, Any], rows: Rows, words: str) -> str:
    """Return the chart with `rows` as an SVG element that says `words` to those who do not see it."""
    filled = copy.deepcopy(dict(vega))
    for data in filled["data"]:
        if data["name"] == _ROWS:
            data["values"] = [dict(one) for one in rows]
    svg = vlc.vega_to_svg(filled)
    # What is drawn is said in one sentence and stands in a table beside it; its hundred parts need no names.
    plain = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    label = words.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return plain.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _base(width: int | dict[str, int], height: int | dict[str, int]) -> Any:
    return alt.Chart(alt.NamedData(_ROWS)).properties(width=width, height=height)


@cache
def _trend(language: Language) -> dict[str, Any]:
    zh = language == "zh"
    period = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    label = alt.Axis(labelExpr=_LABEL if zh else _PLAIN)
    value = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=label)
    base = _base(430, 200)
    townships = base.mark_line(strokeWidth=1, opacity=0.45, point={"size": 8}, color=_BLUE).encode(
        period, value, detail="unit:N"
    )
    median = base.mark_line(strokeWidth=3, color=_ORANGE).encode(period, alt.Y("median(value):Q"))
    spread = _base(260, 200).mark_boxplot(size=14, color=_BLUE, outliers={"size": 14, "color": _ORANGE}).encode(
        alt.X("period:O", title="分布" if zh else "distribution", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=label),
    )  # fmt: skip
    return _compiled(alt.hconcat(alt.layer(townships, median), spread))


def trend(rows: Rows, words: str, language: Language) -> str:
    """Return every township's line, the median's (orange), and the distribution of each period.

    Shape: rows of unit, period, value.
    """
    return _drawn(_trend(language), rows, words)


@cache
def _heat_map(language: Language) -> dict[str, Any]:
    title = "在全县的位次 %" if language == "zh" else "place in the county, %"
    chart = _base({"step": 26}, {"step": 17}).mark_rect().encode(
        alt.X("unit:N", title=None, sort=None, axis=alt.Axis(labelAngle=-60, orient="top")),
        alt.Y("indicator:N", title=None, sort=None),
        alt.Color("share:Q", scale=alt.Scale(scheme="blueorange", domain=[0, 100]),
                  legend=alt.Legend(title=title, orient="bottom", direction="horizontal")),
    )  # fmt: skip
    return _compiled(chart)


def heat_map(rows: Rows, words: str, language: Language) -> str:
    """Return indicators (down) by townships (across), coloured by the township's place in the county.

    Shape: rows of indicator, unit, share (0 the least in the county, 100 the most), in the order to be shown.
    """
    return _drawn(_heat_map(language), rows, words)


@cache
def _timeliness(words: tuple[str, ...]) -> dict[str, Any]:
    base = _base({"step": 74}, {"step": 22})
    period = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, orient="top"))
    unit = alt.Y("unit:N", title=None, sort=None)
    colour = alt.Color("state:N", scale=alt.Scale(domain=list(words), range=list(_STATE_COLOURS)),
                       legend=alt.Legend(title=None, orient="bottom"))  # fmt: skip
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(period, unit, colour)
    days = base.mark_text(fontSize=11, color="#1b1f24").encode(period, unit, text="days:N")
    return _compiled(alt.layer(cells, days))


def timeliness(rows: Rows, words: str, states: Mapping[str, str]) -> str:
    """Return townships (down) by periods (across), coloured by state, with the days before or after the due day.

    Shape: rows of unit, period, state (in the words of `states`), days (text).
    """
    return _drawn(_timeliness(tuple(states[one] for one in _STATES)), rows, words)


@cache
def _map(unit: str, language: Language) -> dict[str, Any]:
    base = _base(560, 380)
    # Shapes without a value are drawn by no colour scale: they are what the grey below shows.
    ground = base.mark_geoshape(fill="#9aa5b1", stroke="white", strokeWidth=1)
    coloured = base.mark_geoshape(stroke="white", strokeWidth=1).encode(
        alt.Color("properties.value:Q", scale=alt.Scale(scheme="blues"),
                  legend=alt.Legend(title=unit, labelExpr=_LABEL if language == "zh" else _PLAIN))
    ).transform_filter("isValid(datum.properties.value)")  # fmt: skip
    # Dark letters with a light edge are read on every blue.
    place = {"lon": "geoCentroid(null, datum.geometry)[0]", "lat": "geoCentroid(null, datum.geometry)[1]"}
    named = base.transform_calculate(**place)
    look = {"fontSize": 12, "stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}
    at = {"longitude": "lon:Q", "latitude": "lat:Q", "text": "properties.name:N"}
    edges, names = named.mark_text(**look).encode(**at), named.mark_text(fontSize=12, color="#1b1f24").encode(**at)
    return _compiled(alt.layer(ground, coloured, edges, names).project(type="mercator"))


def map_of(features: Rows, words: str, unit: str, language: Language) -> str:
    """Return a map of the townships with their names, coloured by value, grey where there is none.

    Shape: GeoJSON features whose properties have `name` and `value` (None where there is none).
    """
    return _drawn(_map(unit, language), features, words)
