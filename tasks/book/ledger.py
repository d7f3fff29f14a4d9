"""The ledger of addresses: every address that was ever published leads somewhere for ever.

A figure that no report states any more (read otherwise by a newer engine, its report withdrawn) keeps its place on the
page of its report, which says what it was.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import polars as pl

from tasks.book.data import BookData
from tasks.book.figures import shown_value
from tasks.book.site import Site

__all__ = ["Ledger", "LostFigure", "open_ledger", "parquet_of"]

_FILE = "addresses.parquet"
_SCHEMA = {"address": pl.String(), "name": pl.String(), "text": pl.String()}


@dataclass(frozen=True, slots=True)
class LostFigure:
    """A figure that was published and is stated no more: its id on the page, what it was called, its last value."""

    anchor: str
    name: str
    text: str


@dataclass(frozen=True)
class Ledger:
    """Every address ever published, with the last name and value; `lost` are those of no live figure, by page."""

    rows: pl.DataFrame
    held: pl.DataFrame
    lost: Mapping[str, Sequence[LostFigure]]

    def write(self, site: Site) -> None:
        """Keep it for the next publication.

        Raises:
            WarehouseError: it cannot be written.
        """
        if not self.rows.equals(self.held):
            site.remember(_FILE, parquet_of(self.rows))


def parquet_of(rows: pl.DataFrame) -> bytes:
    """Return the rows as a Parquet file."""
    file = io.BytesIO()
    rows.write_parquet(file)
    return file.getvalue()


def open_ledger(site: Site, data: BookData) -> Ledger:
    """Return the ledger of the book with the live figures of now."""
    kept = site.remembered(_FILE)
    held = pl.DataFrame(schema=_SCHEMA) if kept is None else pl.read_parquet(kept)
    now = pl.DataFrame(
        [(one["address"], one["indicator_name"], shown_value(one, with_unit=True))
         for one in data.facts.filter("live").iter_rows(named=True)],
        schema=_SCHEMA, orient="row",
    )  # fmt: skip
    gone = held.join(now, on="address", how="anti")
    lost: dict[str, list[LostFigure]] = {}
    for address, name, text in gone.sort("address").rows():
        page, _, fragment = address.partition("#")
        lost.setdefault(page, []).append(LostFigure(unquote(fragment), name, text))
    return Ledger(pl.concat([now, gone]).sort("address"), held, lost)
