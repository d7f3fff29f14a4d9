"""The page of a township: its figures by group over the periods, its findings, its reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tasks.book.data import BookData, Row
from tasks.book.figures import Cell, cell_of, finding_link
from tasks.book.sparklines import Sparkline, sparkline_of

__all__ = ["FigureRow", "GroupView", "township_contents"]

_MEASURES = ("level", "prior_level", "growth_pct", "growth_abs", "share_pct", "completion_pct", "plan", "forecast")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """An indicator, item and measure over the periods: a cell for each, None where nothing was stated."""

    indicator: str
    name: str
    item: str
    measure: str
    unit: str
    cells: tuple[Cell | None, ...]
    spark: Sparkline | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """The indicators of one group of the catalogue."""

    name: str
    rows: tuple[FigureRow, ...]


def township_contents(unit_code: str, data: BookData) -> dict[str, Any]:
    """Return what the page of a township shows; nothing but its name where nothing was loaded."""
    figures = data.figures.filter(pl.col("unit_code") == unit_code)
    periods = tuple(code for code in data.periods if code in set(figures["period"]))
    reports = data.submissions.filter(pl.col("unit_code") == unit_code)
    return {
        "unit_code": unit_code,
        "name": data.unit_names[unit_code],
        "former": tuple(_former(unit_code, data)),
        "periods": periods,
        "groups": tuple(_groups(figures, periods, data)),
        "reports": tuple(
            (one["period"], one["version"], one["state"], one["file_name"], data.report_path(one))
            for one in reports.sort("period", "version", descending=True).iter_rows(named=True)
        ),
        "reporting": tuple(
            (one["period"], one["state"], one["facts"], one["completeness"], one["errors"], one["questions"],
             one["notes"], one["days_late"], one["approval"])
            for one in data.reporting.filter(pl.col("unit_code") == unit_code).iter_rows(named=True)
        ),
        "findings": tuple(
            (one["period"], finding_link(one, data))
            for one in data.findings_of_unit.get(unit_code, [])
            if one["status"] != "fixed"
        ),
    }  # fmt: skip


def _former(unit_code: str, data: BookData) -> Sequence[str]:
    names = data.units.filter(pl.col("unit_code") == unit_code)["former_names"].to_list()
    return [name for one in names for name in one or ()]


def _groups(figures: pl.DataFrame, periods: Sequence[str], data: BookData) -> list[GroupView]:
    """Return the figures in the catalogue's order of groups and indicators."""
    order = {code: place for place, code in enumerate(data.indicator_by_code)}
    by_row: dict[tuple[int, str, str, int], dict[str, Row]] = {}
    for fact in figures.iter_rows(named=True):
        key = (order.get(fact["indicator"], len(order)), fact["indicator"], fact["item"],
               _MEASURES.index(fact["measure"]))  # fmt: skip
        by_row.setdefault(key, {})[fact["period"]] = fact
    groups: dict[str, list[FigureRow]] = {}
    for key in sorted(by_row):
        row = _row(by_row[key], periods)
        known = data.indicator_by_code.get(row.indicator)
        groups.setdefault("" if known is None else known["group"], []).append(row)
    return [GroupView(name, tuple(rows)) for name, rows in groups.items()]


def _row(facts: dict[str, Row], periods: Sequence[str]) -> FigureRow:
    one = next(iter(facts.values()))
    values = [facts[code]["shown"] if code in facts else None for code in periods]
    return FigureRow(
        one["indicator"], one["indicator_name"], one["item"], one["measure"], one["canonical_unit"],
        tuple(cell_of(facts[code]) if code in facts else None for code in periods),
        sparkline_of(values),
    )  # fmt: skip
