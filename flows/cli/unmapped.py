"""`county unmapped`: what figures count that became no fact, from a county's warehouse or from files."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.markup import escape

from flows.cli.reading import open_documents, read_document
from flows.cli.summary import table_of
from tasks import publish
from tasks.domain.county import County
from tasks.domain.periods import ReportPeriod
from tasks.load import Warehouse

__all__ = ["print_unmapped", "unmapped_in_county", "unmapped_in_files"]


def unmapped_in_county(county: County, periods: Sequence[str] | None) -> pl.DataFrame | None:
    """Return the figures of the county's loaded reports that became no fact, or None when no report is loaded.

    Raises:
        WarehouseError: a table cannot be read.
    """
    warehouse = Warehouse(county.warehouse)
    if warehouse.scan("mentions").limit(1).collect().is_empty():
        return None
    return publish.unmapped_in_warehouse(warehouse, periods)


def unmapped_in_files(files: Sequence[Path], periods: Sequence[str] | None, console: Console) -> pl.DataFrame | None:
    """Return the figures of `files` that became no fact, or None when no file could be read.

    `periods` says what the files are about, where it names one period.
    """
    period = ReportPeriod.parse(periods[0]) if periods is not None and len(periods) == 1 else None
    read = [
        publish.rows_of_document(f"{number} {name}", document, read_document(document, period))
        for number, (name, document) in enumerate(open_documents(files, None, console))
        if document is not None
    ]
    if not read:
        return None
    mentions, blocks = (pl.concat(frames) for frames in zip(*read, strict=True))
    return publish.unmapped_figures(mentions.lazy(), blocks.lazy())


def print_unmapped(console: Console, rows: pl.DataFrame | None, csv_file: Path | None, limit: int) -> bool:
    """Print the most frequent of `rows` and write all of them to `csv_file`; return whether there was anything to read.

    Raises:
        WarehouseError: the file cannot be written.
    """
    if rows is None:
        console.print("还没有读过报告 no report has been read yet: county collect -c DIR, county unmapped FILE…",
                      highlight=False, soft_wrap=True)  # fmt: skip
        return False
    if csv_file is not None:
        publish.write_csv(rows, csv_file)
        console.print(f"+ {csv_file}", highlight=False, soft_wrap=True)
    if rows.is_empty():
        console.print("每个数字都读成了指标值 every figure became a fact", highlight=False)
        return True
    shown = rows.head(limit)
    console.print(table_of([{**row, "example": escape(row["example"])} for row in shown.to_dicts()]))
    console.print(
        f"{rows['count'].sum()} 个数字没有读成指标值，{rows.height} 种，列出 {shown.height} 种 · "
        f"{rows['count'].sum()} figures became no fact, {rows.height} kinds, {shown.height} shown",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    return True
