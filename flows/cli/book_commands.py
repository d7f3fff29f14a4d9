"""The `county` commands of the county book: publish, evidence, verify."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows.cli.exits import NEEDS_OPERATOR
from flows.cli.messages import print_error
from flows.cli.options import CountyFolder
from tasks.domain.county import read_county
from tasks.domain.errors import Language

__all__ = ["app"]

app = typer.Typer()
_out = Console(width=None if sys.stdout.isatty() else 140)
_err = Console(stderr=True)


_MARKS = {"pass": "[green]✓[/]", "fail": "[red]✗[/]", "not_evaluated": "[dim]–[/]"}


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
    said = outcome.message(language or place.language)
    _out.print(f"+ {outcome.first_page}\n{said}", highlight=False, soft_wrap=True)
    for notice in outcome.notices:
        _out.print(f"[yellow]•[/] {escape(notice.within(language or place.language))}", highlight=False, soft_wrap=True)
    for one in outcome.undrawn:
        print_error(_err, one.error)


@app.command()
def evidence(
    about: Annotated[str, typer.Argument(metavar="ID", help="A figure, by the first digits of its id.")],
    file: Annotated[Path | None, typer.Argument(metavar="[PACK.zip]", help="Where the pack goes.")] = None,
    county: CountyFolder = Path(),
) -> None:
    """Write the evidence pack of one figure: place, rule, checks, decisions and the file that was sent."""
    from tasks.book import figure_pack, read_book_data
    from tasks.load import Warehouse
    from tasks.publish.files import written_whole

    place = read_county(county)
    name, data = figure_pack(about, read_book_data(place, place.language, Warehouse(place.warehouse)))
    target = file or Path(name)
    with written_whole(target) as partial:
        partial.write_bytes(data)
    _out.print(f"+ {target}", highlight=False, soft_wrap=True)


@app.command()
def verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="An evidence pack, from the book or county evidence.")],
    fact: Annotated[str, typer.Option(help="Only this figure, by the first digits of its id.")] = "",
    file: Annotated[Path | None, typer.Option(help="The file that was sent, where the pack does not hold it.")] = None,
    county: Annotated[
        Path | None, typer.Option("--county", "-c", help="Compare with this county's warehouse too.")
    ] = None,
) -> None:
    """Verify an evidence pack: the file is the one sent, the figure stands where it says. Exit code 1: it does not."""
    from collections import Counter

    from tasks.book import verify_pack
    from tasks.load import Warehouse

    warehouse = Warehouse(read_county(county).warehouse) if county else None
    verdicts = verify_pack(pack, original=file, figure=fact, warehouse=warehouse)
    # Of a pack with many figures the good ones are counted and the others listed.
    for one in verdicts:
        if not one.figure or fact or one.result == "fail":
            words = f"{one.figure} {one.what.zh} {one.what.en}".strip()
            _out.print(f"{_MARKS[one.result]} {escape(words)}  [dim]{escape(one.detail)}[/]", highlight=False,
                       soft_wrap=True)  # fmt: skip
    counts = Counter(one.result for one in verdicts)
    figures = len({one.figure for one in verdicts if one.figure})
    _out.print(
        f"{figures} 个数 figures：{counts['pass']} 项相符 hold，{counts['fail']} 项不符 fail，"
        f"{counts['not_evaluated']} 项未能核对 not evaluated",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    if counts["not_evaluated"]:
        _out.print(
            "“未能核对”不等于不符：缺原件（用 --file 给出），或读取程序的版本与证据包不同\n"
            "not evaluated is not a failure: the file is lacking (give it with --file), or was read by another version",
            style="dim", highlight=False, soft_wrap=True,
        )  # fmt: skip
    if counts["fail"]:
        raise typer.Exit(NEEDS_OPERATOR)
