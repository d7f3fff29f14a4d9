"""The ledger of addresses: every address that was ever published leads somewhere for ever.

A figure that no report states any more (read otherwise by a newer engine, its report withdrawn) keeps its place on the
page of its report, which says what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import polars as pl

from tasks.book.data import BookData
from tasks.book.figures import shown_value
from tasks.book.site import Site
from tasks.publish.files import written_whole

__all__ = ["Ledger", "LostFigure", "open_ledger"]

_FILE = ".book/addresses.parquet"
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
            with written_whole(site.folder / _FILE) as partial:
                self.rows.write_parquet(partial)


def open_ledger(site: Site, data: BookData) -> Ledger:
    """Return the ledger of the book with the live figures of now."""
    path = site.folder / _FILE
    held = pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=_SCHEMA)
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
