"""The `county` commands that decide: explain, waive, correct, approve, withdraw, decide, show."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.exits import NEEDS_OPERATOR
from flows.cli.options import CountyFolder, Who, Why
from tasks.domain.county import read_county
from tasks.domain.facts import Measure

__all__ = ["app"]

app = typer.Typer()

FindingId = Annotated[str, typer.Argument(metavar="ID", help="The finding, by the first digits of its id.")]


@app.command()
def explain(
    about: Annotated[str, typer.Argument(metavar="ID", help="A finding or figure, by the first digits of its id.")],
    why: Annotated[str, typer.Argument(metavar="[WHY]", help="The explanation; without it ID is shown.")] = "",
    county: CountyFolder = Path(),
    who: Who = "",
) -> None:
    """Explain a finding: it is no error, and why. Without WHY, show what it is about and what was decided."""
    if not why:
        show(about, county)
        return
    _decide(county, kind="explanation", about=about, why=why, who=who)


@app.command()
def waive(about: FindingId, why: Why, county: CountyFolder = Path(), who: Who = "") -> None:
    """Waive a finding: it stays true and nothing will be done about it."""
    _decide(county, kind="waiver", about=about, why=why, who=who)


@app.command()
def correct(
    value: Annotated[str, typer.Option(help="The right figure with its unit, e.g. 5.27万亩.")],
    why: Why,
    about: Annotated[str, typer.Argument(metavar="[ID]", help="The figure (or the finding about it) by id.")] = "",
    unit: Annotated[str, typer.Option(help="Instead of ID: the township, by name or code.")] = "",
    period: Annotated[str, typer.Option(help="Instead of ID: the period.")] = "",
    indicator: Annotated[str, typer.Option(help="Instead of ID: the indicator, by name or code.")] = "",
    measure: Annotated[Measure, typer.Option(help="Which figure of the indicator.")] = "level",
    item: Annotated[str, typer.Option(help="Its item, where it has one.")] = "",
    stated: Annotated[str, typer.Option(help="The stated number, where there are several.")] = "",
    county: CountyFolder = Path(),
    who: Who = "",
) -> None:
    """Correct a figure: what the report said stays beside it, everything downstream uses the corrected one."""
    _decide(
        county, kind="correction", about=about, value=value, why=why, who=who, unit=unit, period=period,
        indicator=indicator, measure=measure, item=item, stated=stated,
    )  # fmt: skip


@app.command()
def approve(
    unit: Annotated[str, typer.Option(help="The township, by name or code.")],
    period: Annotated[str, typer.Option(help="The period, e.g. 2023.")],
    county: CountyFolder = Path(),
    why: Why = "",
    who: Who = "",
) -> None:
    """Approve what a township sent for a period; it expires when another version comes."""
    _decide(county, kind="approval", unit=unit, period=period, why=why, who=who)


@app.command()
def withdraw(
    about: Annotated[str, typer.Argument(metavar="DECISION_ID", help="The decision, by the first digits of its id.")],
    why: Why,
    county: CountyFolder = Path(),
    who: Who = "",
) -> None:
    """Withdraw a decision: it stays in the record and counts no more."""
    _decide(county, kind="withdrawal", about=about, why=why, who=who)


@app.command()
def decide(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The .xlsx of `findings --xlsx` or the .docx of `letter`, filled in."),
    ],
    county: CountyFolder = Path(),
    who: Who = "",
) -> None:
    """Take the decisions of an Excel sheet, or the replies in a question letter: good rows are applied, bad ones named.

    In a letter 确认 with a reason explains a finding, 更正 with a figure corrects it. Twice changes nothing.
    """
    from flows.cli.decisions import take_sheet

    if not take_sheet(read_county(county), file, who or getpass.getuser()):
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def show(
    about: Annotated[str, typer.Argument(metavar="ID", help="A finding, figure or decision, by its first digits.")],
    county: CountyFolder = Path(),
) -> None:
    """Show a finding or figure: quote, place, rule and every decision about it."""
    from flows.cli.decisions import print_subject

    print_subject(read_county(county), about)


def _decide(county: Path, *, who: str, **words: str) -> None:
    from flows.cli.decisions import take_request

    take_request(read_county(county), {**words, "who": who or getpass.getuser()})
