"""The page of an indicator: every township ranked and over time, how the figures lie, what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tasks.book.data import BookData, Row
from tasks.book.figures import Cell, cell_of, relation_words, relations_of
from tasks.book.sparklines import Sparkline, sparkline_of
from tasks.book.words import written

__all__ = ["ItemView", "RankRow", "UnitRow", "indicator_contents", "outliers"]

# Iglewicz and Hoaglin: 0.6745·|x − median|/MAD above 3.5; of fewer than 8 townships nothing is told.
_CUT, _FACTOR, _LEAST = 3.5, 0.6745, 8


@dataclass(frozen=True, slots=True)
class RankRow:
    """A township's place: `width` is the length of its bar, 0 to 100."""

    place: int
    unit_code: str
    name: str
    cell: Cell
    width: float
    outlier: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A township over the periods."""

    unit_code: str
    name: str
    cells: tuple[Cell | None, ...]
    spark: Sparkline | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """The levels of an indicator, of one of its items where it has any."""

    item: str
    ranking: tuple[RankRow, ...]
    unread: tuple[tuple[str, Cell], ...]
    median: str
    rows: tuple[UnitRow, ...]


def indicator_contents(code: str, figures: pl.DataFrame, data: BookData) -> dict[str, Any]:
    """Return what the page of an indicator shows; `figures` are all of it."""
    indicator = data.indicator_by_code[code]
    periods = tuple(one for one in data.periods if one in set(figures["period"]))
    levels = figures.filter(pl.col("measure") == "level")
    latest = next((one for one in reversed(periods) if one in set(levels["period"])), "")
    parts = sorted(levels.group_by("item"), key=lambda part: (part[0][0] != "", -part[1].height, part[0][0]))
    names = {one: row["name"] for one, row in data.indicator_by_code.items()}
    others = figures.filter(pl.col("measure") != "level").sort("period", "unit_code", "item", "measure",
                                                               descending=[True, False, False, False])  # fmt: skip
    return {
        "indicator": indicator,
        "periods": periods,
        "latest": latest,
        "items": tuple(_item(item, part, periods, latest, data) for (item,), part in parts),
        "relations": tuple((one.rule, relation_words(one, names)) for one in relations_of(code)),
        "others": tuple(
            (one["period"], one["unit_code"], one["unit_name"], one["item"], one["measure"], one["canonical_unit"],
             cell_of(one))
            for one in others.iter_rows(named=True)
        ),
    }  # fmt: skip


def _item(item: str, levels: pl.DataFrame, periods: Sequence[str], latest: str, data: BookData) -> ItemView:
    facts = {(one["unit_code"], one["period"]): one for one in levels.iter_rows(named=True)}
    units = sorted({unit for unit, _ in facts})
    now = [facts[unit, latest] for unit in units if (unit, latest) in facts]
    known = sorted((one for one in now if one["shown"] is not None), key=lambda one: -one["shown"])
    values = pl.Series([one["shown"] for one in known], dtype=pl.Float64)
    return ItemView(
        item,
        tuple(_ranked(known, values)),
        tuple((one["unit_name"], cell_of(one)) for one in now if one["shown"] is None),
        written(values.median()) if known else "",  # type: ignore[arg-type]
        tuple(
            UnitRow(
                unit, data.unit_names[unit],
                tuple(cell_of(facts[unit, code]) if (unit, code) in facts else None for code in periods),
                sparkline_of([facts[unit, code]["shown"] if (unit, code) in facts else None for code in periods]),
            )
            for unit in units
        ),
    )  # fmt: skip


def _ranked(known: Sequence[Row], values: pl.Series) -> list[RankRow]:
    top = max((abs(one["shown"]) for one in known), default=0) or 1
    far = outliers(values)
    places = values.rank("min", descending=True).to_list()
    return [
        RankRow(
            int(place), one["unit_code"], one["unit_name"], cell_of(one), round(abs(one["shown"]) / top * 100, 1), out
        )
        for one, place, out in zip(known, places, far.to_list(), strict=True)
    ]


def outliers(values: pl.Series) -> pl.Series:
    """Return for each value whether its modified z-score is above 3.5; never where there are fewer than 8."""
    if values.len() < _LEAST:
        return pl.Series([False] * values.len())
    distance = (values - values.median()).abs()
    spread = distance.median()
    if not spread:
        return pl.Series([False] * values.len())
    return _FACTOR * distance / spread > _CUT
