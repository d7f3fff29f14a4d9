"""Options that several `county` commands share, and how their words are read."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from tasks.domain.county import County
from tasks.domain.moments import parse_moment
from tasks.domain.periods import ReportPeriod

__all__ = ["AsOf", "CountyFolder", "Periods", "Who", "Why", "moment_of", "of_unit", "period_code", "period_codes"]

CountyFolder = Annotated[
    Path, typer.Option("--county", "-c", envvar="XIANBAO_COUNTY", help="The county's folder (with county.toml).")
]
Why = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Who = Annotated[str, typer.Option(help="Who decides; your login name unless given.")]
Periods = Annotated[list[str] | None, typer.Option("--period", help="Only this period (may be given again).")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="As it was at the end of that day (or at a time).")
]


def moment_of(text: str, place: County) -> dt.datetime:
    """Return the moment that `text` (a day, or a day and a time) means in the county's time zone."""
    try:
        return parse_moment(text, place.settings.calendar.timezone)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def period_code(text: str) -> str:
    """Return the code of the period that `text` means."""
    try:
        return ReportPeriod.parse(text).code
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def period_codes(texts: list[str] | None) -> list[str] | None:
    """Return the codes of several periods; None where none are given."""
    return [period_code(one) for one in texts] if texts else None


def of_unit(rows: pl.DataFrame, unit: str, county: County) -> pl.DataFrame:
    """Return those of `rows` about `unit`, by name or code: of the county as a whole, or left units.csv, by code.

    Raises:
        ConfigurationError: there is no such unit.
    """
    if unit in rows["unit_code"]:
        return rows.filter(pl.col("unit_code") == unit)
    return rows.filter(pl.col("unit_code") == county.gazetteer.named(unit).unit_code)
