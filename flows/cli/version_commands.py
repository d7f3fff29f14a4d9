"""The `county` commands about versions of reports: what came again, what it changed, what becomes live."""

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from flows.cli.options import CountyFolder, Periods, Who, Why, of_unit, period_code, period_codes
from tasks.domain.county import County, read_county

__all__ = ["app"]

app = typer.Typer()
out = Console(width=None if sys.stdout.isatty() else 200)

Unit = Annotated[str | None, typer.Option(help="Only this township, by name or code.")]
Sha = Annotated[str, typer.Argument(metavar="SHA", help="The file, by the first digits of its sha256.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="OUT.csv", help="Write all of it here.")]


@app.command()
def versions(county: CountyFolder = Path(), period: Periods = None, unit: Unit = None) -> None:
    """List every version received: which is live, which was replaced, held or retracted."""
    from tasks import publish
    from tasks.load import Warehouse

    place = read_county(county)
    rows = Warehouse(place.warehouse).known_submissions().filter(pl.col("version") > 0)
    _print(publish.versions_rows(_chosen(rows, place, period, unit), place.language, place.timezone), place)


@app.command()
def revisions(county: CountyFolder = Path(), period: Periods = None, unit: Unit = None, csv: Csv = None) -> None:
    """List the figures that a later version of a report changed, by how much, with the words of both."""
    from tasks import publish
    from tasks.load import Warehouse

    place = read_county(county)
    rows = _chosen(Warehouse(place.warehouse).scan("revisions").collect(), place, period, unit)
    if csv is not None:
        publish.write_csv(rows, csv)
        out.print(f"+ {csv} ({rows.height})", highlight=False, soft_wrap=True)
        return
    _print(publish.revisions_rows(rows, place.language), place)


@app.command()
def duplicates(county: CountyFolder = Path(), period: Periods = None, unit: Unit = None) -> None:
    """List the files that arrived again with the same bytes."""
    from tasks import publish
    from tasks.load import Warehouse

    place = read_county(county)
    rows = _chosen(Warehouse(place.warehouse).scan("duplicates").collect(), place, period, unit)
    _print(publish.duplicates_rows(rows, place.language, place.timezone), place)


@app.command()
def accept(about: Sha, why: Why, county: CountyFolder = Path(), who: Who = "") -> None:
    """Take a held version: it becomes live, whatever held it (open errors, a lock, the county's settings)."""
    _decide(county, kind="acceptance", about=about, why=why, who=who)


@app.command()
def retract(about: Sha, why: Why, county: CountyFolder = Path(), who: Who = "") -> None:
    """Retract a version: its figures count no more, the version before it is live again."""
    _decide(county, kind="retraction", about=about, why=why, who=who)


@app.command()
def extend(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The township, by name or code.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The period, e.g. 2023.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="The last day, e.g. 2024-03-01.")],
    why: Why,
    county: CountyFolder = Path(),
    who: Who = "",
) -> None:
    """Give a township until the end of a day to report for a period; a lock moves with it."""
    _decide(county, kind="extension", unit=unit, period=period_code(period), value=day, why=why, who=who)


@app.command()
def changes(
    since: Annotated[
        str,
        typer.Option("--since", metavar="DATE", help="This day's end, a time or a publication ..."),
    ],
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="... against this one; or now.")] = None,
    county: CountyFolder = Path(),
    period: Periods = None,
    unit: Unit = None,
    csv: Csv = None,
) -> None:
    """Say what changed since a day: figures changed, added and removed, with quotes, files and decisions."""
    from flows.cli.changing import changes_between, print_changes, published_or_moment
    from tasks import publish

    place = read_county(county)
    start, end = published_or_moment(since, place), published_or_moment(until, place) if until else None
    if end is not None and end < start:
        raise typer.BadParameter(f"{until} < {since}", param_hint="--until")
    between = changes_between(place, start, end)
    rows = _chosen(between.rows, place, period, unit)
    if csv is not None:
        publish.write_csv(rows, csv)
        out.print(f"+ {csv} ({rows.height})", highlight=False, soft_wrap=True)
        return
    print_changes(out, place, between, rows)


def _chosen(rows: pl.DataFrame, county: County, periods: list[str] | None, unit: str | None) -> pl.DataFrame:
    codes = period_codes(periods)
    if codes is not None:
        rows = rows.filter(pl.col("period").is_in(codes))
    if unit is None:
        return rows
    return of_unit(rows, unit, county)


def _print(rows: list[dict[str, str]], county: County) -> None:
    from flows.cli.summary import table_of

    if not rows:
        out.print("没有 none" if county.language == "zh" else "none", highlight=False)
        return
    out.print(table_of(rows))


def _decide(county: Path, *, who: str, **words: str) -> None:
    import getpass

    from flows.cli.decisions import take_request

    take_request(read_county(county), {**words, "who": who or getpass.getuser()})
