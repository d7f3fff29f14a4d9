"""What publishing needs of a warehouse, now or as it was at a moment; anything that has these methods will do."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import polars as pl

from tasks.domain.tables import KEYS, TABLES

__all__ = [
    "TravellingWarehouse",
    "WarehouseAt",
    "WarehouseReader",
    "live_facts_of",
    "periods_of",
    "rows_of",
    "seen_facts",
    "written_at",
]

# A submission in these states was loaded once: its facts were seen. Others have facts only while a load is under way.
_WAS_LOADED = ("loaded", "superseded", "withdrawn")
_TEXTS = ("blocks", "mentions")
# What people expect first; the keys of the table make it one order.
_ORDER = ("period", "unit_code", "decided_at", "version", "submission_id", "start")


class WarehouseReader(Protocol):
    """The reading side of the warehouse."""

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Return the rows of a table."""
        ...

    def versions(self) -> dict[str, int]:
        """Return the version of every table."""
        ...

    def live_facts(self, periods: Sequence[str]) -> pl.DataFrame:
        """Return the facts of the live submissions of some periods."""
        ...


class TravellingWarehouse(Protocol):
    """A warehouse that also knows what it held at any moment."""

    def scan(self, table: str, version: int | None = None, *, as_of: dt.datetime | None = None) -> pl.LazyFrame:
        """Return the rows of a table, now or at a moment."""
        ...

    def versions(self) -> dict[str, int]:
        """Return the version of every table."""
        ...

    def version_at(self, table: str, when: dt.datetime) -> int | None:
        """Return the version that a table had at a moment, None when there was no such table."""
        ...

    def live_facts(self, periods: Sequence[str], *, as_of: dt.datetime | None = None) -> pl.DataFrame:
        """Return the facts of the live submissions of some periods, now or at a moment."""
        ...


class WarehouseAt:
    """A warehouse as it was at `moment`: whatever reads it reads the past and needs to know nothing of it."""

    def __init__(self, warehouse: TravellingWarehouse, moment: dt.datetime) -> None:
        self._warehouse = warehouse
        self._moment = moment

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Return the rows that `table` had at the moment (or those of `version`)."""
        if version is not None:
            return self._warehouse.scan(table, version)
        return self._warehouse.scan(table, as_of=self._moment)

    def versions(self) -> dict[str, int]:
        """Return the version that every table had at the moment."""
        found = ((table, self._warehouse.version_at(table, self._moment)) for table in self._warehouse.versions())
        return {table: version for table, version in found if version is not None}

    def live_facts(self, periods: Sequence[str]) -> pl.DataFrame:
        """Return the facts that were live at the moment."""
        return self._warehouse.live_facts(periods, as_of=self._moment)


def periods_of(warehouse: WarehouseReader, periods: Sequence[str] | None) -> list[str]:
    """Return `periods`, or every period the warehouse knows something of, in order."""
    if periods is not None:
        return list(periods)
    known = [warehouse.scan(table).select("period") for table in ("reporting", "submissions", "findings")]
    return pl.concat(known).filter(pl.col("period") != "").unique().collect()["period"].sort().to_list()


def rows_of(warehouse: WarehouseReader, table: str, periods: Sequence[str]) -> pl.DataFrame:
    """Return the rows of `table` that belong to `periods` (all rows where the table has none), in a steady order.

    Facts are the live ones; a submission nobody could assign belongs to every period.
    """
    if table == "facts":
        return warehouse.live_facts(periods)
    rows = warehouse.scan(table).select(list(TABLES[table]))
    if "period" in TABLES[table]:
        rows = rows.filter(pl.col("period").fill_null("").is_in([*periods, ""]))
    if table in _TEXTS:
        # Of a load that was cut short there are texts and no submission yet.
        rows = rows.join(warehouse.scan("submissions").select("submission_id"), on="submission_id", how="semi")
    if table == "indicators":
        # Written as a whole, in the order of the catalogue, which is the order people know.
        return rows.collect()
    order = [*_ORDER, *KEYS.get(table, ())]
    return rows.sort([name for name in dict.fromkeys(order) if name in TABLES[table]], nulls_last=True).collect()


def live_facts_of(warehouse: WarehouseReader, periods: Sequence[str]) -> pl.DataFrame:
    """Return the live facts of the reports for `periods`, also those about another period (1—9月… in a yearly report).

    Shape: the schema `TABLES["facts"]`.
    """
    reports = warehouse.scan("submissions").filter(pl.col("period").is_in(list(periods))).select("submission_id")
    stated = (
        warehouse.scan("facts").filter(pl.col("year").is_in(sorted({int(code[:4]) for code in periods})))
        .join(reports, on="submission_id", how="semi").select("period").unique().collect()
    )  # fmt: skip
    about = sorted({*periods, *stated["period"]})
    ours = pl.col("period").is_in(list(periods))
    facts = warehouse.live_facts(about)
    if about == sorted(periods):
        return facts
    return facts.filter(ours | pl.col("submission_id").is_in(reports.collect()["submission_id"].to_list()))


def seen_facts(warehouse: WarehouseReader, periods: Sequence[str]) -> pl.DataFrame:
    """Return the facts of every version of the reports for `periods` that was ever live; `live` marks those that are.

    Shape: the schema `TABLES["facts"]`, in order of period, unit, version and place.
    """
    reports = warehouse.scan("submissions").filter(
        pl.col("state").is_in(_WAS_LOADED) & pl.col("period").is_in(list(periods))
    )
    states = reports.select("submission_id", "state", numbered="version")
    return (
        warehouse.scan("facts")
        .filter(pl.col("year").is_in(sorted({int(code[:4]) for code in periods})))
        .join(states, on="submission_id", how="inner")
        .with_columns((pl.col("state") == "loaded").alias("live"), pl.col("numbered").alias("version"))
        .select(list(TABLES["facts"]))
        .sort("period", "unit_code", "version", "submission_id", "start", "fact_id")
        .collect()
    )


def written_at(warehouse: WarehouseReader) -> dt.datetime | None:
    """Return when a row of the submissions, findings or decisions was written last; None in an empty warehouse.

    The date that exported files bear: with the time of the export in them no two exports would be the same.
    """
    tables = [warehouse.scan(table).select("loaded_at") for table in ("submissions", "findings", "decisions")]
    moment: dt.datetime | None = pl.concat(tables).max().collect().item()
    return moment
