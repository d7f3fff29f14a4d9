"""The `county export` command: what the warehouse holds, as files of the programs that people use."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from flows.cli.exits import NEEDS_OPERATOR
from flows.cli.options import CountyFolder, Periods, period_codes
from tasks.domain.county import County, read_county
from tasks.domain.moments import parse_moment

__all__ = ["ExportFormat", "app", "export_county"]

app = typer.Typer()
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ExportFormat = Literal["csv", "xlsx", "parquet", "duckdb"]


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")],
    county: CountyFolder = Path(),
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="xlsx: a workbook per period; csv: a file per table, for Excel; parquet: a data package; "
            "duckdb: one file with views.",
        ),
    ] = "xlsx",
    period: Periods = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE|VERSION",
            help="As it was at the end of that day (2024-01-31), at a time (2024-01-31 08:30), or after the run that "
            "made a version of the facts (12) or of another table (findings@12).",
        ),
    ] = None,
) -> None:
    """Export figures, findings and roster: Excel workbooks, CSV, Parquet with a data package, or a DuckDB file."""
    place = read_county(county)
    moment = _moment(place, as_of)
    periods = period_codes(period)
    with err.status("…") as line:
        written = export_county(place, folder, form, periods, moment, line.update)
    for path in written:
        out.print(str(path), markup=False)
    if not written:
        nothing = "仓库里还没有数据 the warehouse holds nothing yet: county collect"
        err.print(nothing if moment is None else "那时仓库里还没有数据 the warehouse held nothing then")
        raise typer.Exit(NEEDS_OPERATOR)


def export_county(
    county: County,
    folder: Path,
    form: ExportFormat,
    periods: Sequence[str] | None = None,
    moment: dt.datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the files of `form` into `folder` and return them; none where the warehouse holds (or held) nothing.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    from tasks import publish
    from tasks.load import Warehouse

    now = Warehouse(county.warehouse)
    warehouse = now if moment is None else publish.WarehouseAt(now, moment)
    if not warehouse.versions():
        return []
    if form == "csv":
        return publish.export_csv(warehouse, folder, periods=periods, progress=progress)
    if form == "xlsx":
        return publish.export_xlsx(
            warehouse,
            folder,
            periods=periods,
            language=county.language,
            county_name=county.name,
            mandatory={code: form.mandatory for form in county.settings.forms for code in form.periods},
            book=_book_from(county, folder),
            timezone=county.timezone,
            progress=progress,
        )
    write = {"parquet": publish.export_parquet, "duckdb": publish.export_duckdb}[form]
    return write(warehouse, folder, periods=periods, county_name=county.name, progress=progress)


def _book_from(county: County, folder: Path) -> str:
    """Return where the county book lies: where others open it, or as seen from `folder`, also when both are copied.

    The book may be published later, so it need not be there yet.
    """
    if county.settings.book.url:
        return county.settings.book.url
    try:
        seen = os.path.relpath(county.book, folder.resolve())
    except ValueError:  # on another drive of Windows
        return county.book.as_uri()
    return Path(seen).as_posix()


def _moment(county: County, text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    table, _, number = text.rpartition("@")
    if number.isdigit() and len(number) < 5:
        from tasks.load import Warehouse

        return Warehouse(county.warehouse).moment_of(table or "facts", int(number))
    try:
        return parse_moment(text, county.settings.calendar.timezone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--as-of") from error
