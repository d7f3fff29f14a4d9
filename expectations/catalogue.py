"""The indicator catalogue (指标目录): what is counted, in which unit, within which plausible range.

Owns `indicators.csv`. One row is one indicator; its `code` never changes its meaning, because warehouses hold it.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Catalogue", "CatalogueError", "Indicator", "adds_up", "load_catalogue"]

COLUMNS = ("code", "name", "unit", "kind", "group", "item", "min", "max", "definition")
KINDS = ("stock", "flow", "rate")
# The catalogue calls income per person a flow; it adds up no more than a rate does.
_PER_ONE = ("均", "/")


def adds_up(kind: str, name: str, unit: str) -> bool:
    """Return whether the figures of townships make a sum: no rate, no average per head, village or mu (人均, 村均).

    >>> adds_up("flow", "粮食产量", "吨"), adds_up("flow", "村均集体收入", "元"), adds_up("rate", "粮食亩产", "公斤/亩")
    (True, False, False)
    """
    return kind != "rate" and not any(one in name + unit for one in _PER_ONE)


class CatalogueError(ValueError):
    """Raised when a row of the catalogue is malformed; the message starts with `file:line`."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator (指标) of the catalogue.

    `unit` is the canonical unit in which every value is kept; `minimum` and `maximum` bound a plausible level in
    that unit; `item` names the breakdown the indicator allows (crop, class, project, …), or is empty.
    """

    code: str
    name: str
    unit: str
    kind: str
    group: str
    item: str
    minimum: float
    maximum: float
    definition: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators by code, and the version (a hash of the file) that facts carry."""

    indicators: Mapping[str, Indicator]
    version: str

    def __getitem__(self, code: str) -> Indicator:
        return self.indicators[code]

    def __contains__(self, code: object) -> bool:
        return code in self.indicators

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.indicators.values())

    def __len__(self) -> int:
        return len(self.indicators)


def read_catalogue(text: str, source: str) -> Catalogue:
    """Return the catalogue written in `text` (CSV with the columns of `COLUMNS`).

    Raises:
        CatalogueError: a column or a cell is missing, a code occurs twice, a bound is no number or the bounds are
            crossed.
    """
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise CatalogueError(f"{source}:1: columns missing: {', '.join(missing)}")
    indicators: dict[str, Indicator] = {}
    for row in reader:
        place = f"{source}:{reader.line_num}"
        if None in row or None in row.values():
            raise CatalogueError(f"{place}: {len(reader.fieldnames or [])} cells expected")
        if row["code"] in indicators:
            raise CatalogueError(f"{place}: code {row['code']} occurs twice")
        if row["kind"] not in KINDS:
            raise CatalogueError(f"{place}: kind {row['kind']!r} is none of {', '.join(KINDS)}")
        try:
            minimum, maximum = float(row["min"]), float(row["max"])
        except ValueError as error:
            raise CatalogueError(f"{place}: min and max must be numbers: {error}") from error
        if minimum > maximum:
            raise CatalogueError(f"{place}: min {minimum} is above max {maximum}")
        indicators[row["code"]] = Indicator(
            code=row["code"],
            name=row["name"],
            unit=row["unit"],
            kind=row["kind"],
            group=row["group"],
            item=row["item"],
            minimum=minimum,
            maximum=maximum,
            definition=row["definition"],
        )
    version = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return Catalogue(MappingProxyType(indicators), version)


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue that ships with the project, read once per process.

    >>> load_catalogue()["agri.grain_area"].unit
    '亩'
    """
    source = files("expectations") / "indicators.csv"
    return read_catalogue(source.read_text(encoding="utf-8"), "expectations/indicators.csv")
