"""The `county` commands of the county book: publish."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tasks.domain.county import read_county
from tasks.domain.errors import Language

__all__ = ["app"]

app = typer.Typer()
_out = Console(width=None if sys.stdout.isatty() else 140)

CountyFolder = Annotated[
    Path, typer.Option("--county", "-c", envvar="XIANBAO_COUNTY", help="The county's folder (with county.toml).")
]


@app.command()
def publish(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where the book goes; `book` in the county's folder.")
    ] = None,
    county: CountyFolder = Path(),
    language: Annotated[Language | None, typer.Option(help="zh or en; the county's language unless given.")] = None,
) -> None:
    """Publish the county book: a folder of pages where every figure opens its sentence and its place on the page."""
    from tasks.book import publish_book

    place = read_county(county)
    outcome = publish_book(place, folder or place.book, language=language, now=dt.datetime.now(dt.UTC))
    zh = (language or place.language) == "zh"
    said = (
        f"新写{outcome.built}个文件，未变{outcome.kept}个，移除{outcome.gone}个；现行指标值{outcome.facts}个，"
        f"共 {outcome.bytes / 1e6:.1f} MB"
        if zh
        else f"{outcome.built} files written, {outcome.kept} unchanged, {outcome.gone} removed; "
        f"{outcome.facts} live figures, {outcome.bytes / 1e6:.1f} MB"
    )
    _out.print(f"+ {outcome.first_page}\n{said}", highlight=False, soft_wrap=True)
