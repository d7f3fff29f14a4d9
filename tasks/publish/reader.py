"""What publishing needs of a warehouse; anything that has these methods will do."""

from collections.abc import Sequence
from typing import Protocol

import polars as pl

from tasks.domain.tables import TABLES

__all__ = ["WarehouseReader", "periods_of", "rows_of"]


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
    if table == "indicators":
        # Written as a whole, in the order of the catalogue, which is the order people know.
        return rows.collect()
    order = [name for name in ("period", "unit_code", "version") if name in TABLES[table]]
    keys = [name for name in ("submission_id", "finding_id") if name in TABLES[table]]
    return rows.sort(*order, *keys, nulls_last=True).collect()
