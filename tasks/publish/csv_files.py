"""CSV exports: UTF-8 with a byte order mark for Excel, and no cell that a spreadsheet would run as a formula."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from tasks.domain.dictionary import dictionary_frame
from tasks.domain.tables import TABLES
from tasks.publish.files import written_whole
from tasks.publish.reader import WarehouseReader, live_facts_of, periods_of, rows_of

__all__ = ["export_csv", "write_csv"]

# The text of reports and every quantity in it are for programs: they are in the Parquet and DuckDB exports.
EXPORTED = tuple(table for table in TABLES if table not in {"blocks", "mentions"})
DICTIONARY = "dictionary.csv"
# Spreadsheets read a cell that starts so as a formula (OWASP, CSV injection); East Asian ones the wide forms too.
_FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"


def export_csv(
    warehouse: WarehouseReader,
    folder: Path,
    *,
    periods: Sequence[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write one CSV per table and the data dictionary into `folder` and return the files.

    Columns are the tables' own; facts are the live ones of the reports for `periods`; lists are joined by ` | `, times
    are UTC. A text cell that a spreadsheet would take for a formula gets an apostrophe before it; numbers are left
    alone.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    wanted = periods_of(warehouse, periods)
    written = []
    for table in EXPORTED:
        path = folder / f"{table}.csv"
        progress(path.name)
        rows = live_facts_of(warehouse, wanted) if table == "facts" else rows_of(warehouse, table, wanted)
        write_csv(rows, path)
        written.append(path)
    write_csv(dictionary_frame(), folder / DICTIONARY)
    return [*written, folder / DICTIONARY]


def write_csv(rows: pl.DataFrame, path: Path) -> None:
    """Write `rows` to `path` so that Excel shows Chinese and runs nothing: with a byte order mark, text made safe.

    Raises:
        WarehouseError: the file cannot be written.
    """
    with written_whole(path) as partial:
        _plain(rows).write_csv(partial, include_bom=True)


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with nothing but safe text, numbers and times."""
    joined = rows.with_columns(
        pl.col(name).list.eval(pl.element().cast(pl.String)).list.join(" | ")
        for name, dtype in rows.schema.items()
        if isinstance(dtype, pl.List)
    )
    text = pl.col(pl.String)
    return joined.with_columns(
        pl.when(text.str.contains(_FORMULA_START)).then(pl.lit("'") + text).otherwise(text).name.keep()
    )
