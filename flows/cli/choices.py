"""What may be chosen in the forms of the UI: a county's townships, periods and sources, and the indicators."""

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.catalogue import load_catalogue
from tasks.domain.county import County

__all__ = ["choices_of", "with_choices"]

# Flow parameters by name; fields of forms bring titles of their own.
_TITLES = {
    "county_folder": "县文件夹 county folder",
    "province_file": "省设置文件 province.toml",
    "period": "报告期 period",
    "periods": "报告期 periods",
    "source": "来源 source",
    "unit": "报送单位 township",
    "units": "报送单位 townships",
    "form": "表单 form",
    "again": "再次催报 remind again",
    "folder": "县情册文件夹 folder of the book",
    "language": "语言 language",
    "raw_sample": "核对原件数 raw files to check",
}

# The form sends a number to be checked without its bounds, and the server's refusal then stands in the page's corner;
# one that is chosen cannot be wrong.
_NUMBERS = {"max_active": (1, 2, 4, 8, 16, 32), "raw_sample": (0, 10, 50, 200, 1_000, 10_000, 1_000_000)}


def choices_of(county: County) -> dict[str, list[str]]:
    """Return what may be chosen for a parameter or field of this name; indicators by name where it is unambiguous."""
    periods = sorted({code for form in county.settings.forms for code in form.periods}, reverse=True)
    units = [unit.name for unit in county.gazetteer]
    sources = [source.name for source in county.settings.sources]
    names = [indicator.name for indicator in load_catalogue()]
    indicators = [one.name if names.count(one.name) == 1 else one.code for one in load_catalogue()]
    return {
        "county_folder": [str(county.folder)],
        "period": periods, "periods": periods,
        "unit": units, "units": units,
        "source": sources, "sources": sources,
        "indicator": indicators, "indicators": indicators,
        "language": ["zh", "en"],
    }  # fmt: skip


def with_choices(schema: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a flow's parameter schema with the choices written into it, in the flow's own parameters and in its forms.

    A parameter that may be left out keeps that: one that may be null has no value unless one is chosen, one with an
    empty default gets the empty choice. The county's folder comes last, with one choice: nobody need know it.
    """
    top = {name: _chosen(name, _titled(name, one), choices) for name, one in schema.get("properties", {}).items()}
    if "county_folder" in top:
        top["county_folder"]["position"] = len(top)
    definitions = {
        title: {**form, "properties": {name: _chosen(name, one, choices) for name, one in form["properties"].items()}}
        if "properties" in form
        else form
        for title, form in schema.get("definitions", {}).items()
    }
    return {**schema, "properties": top, "definitions": definitions}


def _titled(name: str, property_: Mapping[str, Any]) -> dict[str, Any]:
    return {**property_, "title": _TITLES.get(name, property_.get("title", name))}


def _chosen(name: str, property_: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    if property_.get("type") == "integer" and name in _NUMBERS:
        return {**property_, "enum": list(_NUMBERS[name])}
    values = list(choices.get(name, ()))
    if not values:
        return _day_or_none(property_)
    if property_.get("type") == "array":
        return {**property_, "items": {"type": "string", "enum": values}, "uniqueItems": True}
    kinds = {one.get("type") for one in property_.get("anyOf", ())}
    if kinds == {"string", "null"}:
        plain = {key: value for key, value in property_.items() if key not in {"anyOf", "default"}}
        return {**plain, "type": "string", "enum": values}
    if property_.get("type") == "string":
        plain = {key: value for key, value in property_.items() if key != "pattern"}
        return {**plain, "enum": ["", *values] if property_.get("default") == "" else values}
    return dict(property_)


def _day_or_none(property_: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a day that may be left out as that of a day: the form then shows one calendar."""
    if {"type": "string", "format": "date"} not in property_.get("anyOf", ()):
        return dict(property_)
    return {
        **{key: value for key, value in property_.items() if key not in {"anyOf", "default"}},
        "type": "string", "format": "date",
    }  # fmt: skip
