"""`county province`: how the counties of a province stand, on the terminal and on one page of the UI."""

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console

from flows.cli.exits import NEEDS_OPERATOR
from tasks.domain.errors import Place, Text
from tasks.domain.province import province_path, read_province

if TYPE_CHECKING:
    from tasks.publish.province import CountyStanding

__all__ = ["app"]

app = typer.Typer()


@app.command()
def province(
    file: Annotated[Path, typer.Argument(metavar="[province.toml|DIR]", help="Which counties.")] = Path(),
    publish: Annotated[
        bool, typer.Option("--publish", help="Also show it as one page of the UI of PREFECT_API_URL's server.")
    ] = False,
) -> None:
    """Show all counties of province.toml: who has reported, quality, and with --publish failed runs of a week."""
    from flows.cli.summary import table_of
    from tasks.publish.province import province_sentence, standing_rows

    place = read_province(file)
    if publish:
        standings = _published(file)
    else:
        # Prefect comes with the steps; no server is asked.
        from tasks.steps.overseeing import look_at_county

        now = dt.datetime.now(dt.UTC)
        standings = [look_at_county(folder, place, now, ask_server=False) for folder in place.county_folders]
    out = Console(width=None if sys.stdout.isatty() else 200)
    if standings:
        out.print(table_of(standing_rows(standings, place.language), place.name))
    out.print(province_sentence(standings, place.language), highlight=False, soft_wrap=True)
    if any(one.needs_attention for one in standings):
        raise typer.Exit(NEEDS_OPERATOR)


def _published(file: Path) -> list["CountyStanding"]:
    """Run the flow on the server that PREFECT_API_URL names and return what it found."""
    from flows.cli.server import ServerUnavailable, check_named

    if not os.environ.get("PREFECT_API_URL"):
        raise ServerUnavailable(
            "no_server", Place("PREFECT_API_URL"),
            Text("没有指明任务服务", "no server is named"),
            Text("请设置 PREFECT_API_URL，如 http://127.0.0.1:4200/api", "set it, e.g. to http://127.0.0.1:4200/api"),
        )  # fmt: skip
    check_named(os.environ["PREFECT_API_URL"])
    # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
    from flows.province_overview import province_overview

    return cast("list[CountyStanding]", province_overview(str(province_path(file))))
