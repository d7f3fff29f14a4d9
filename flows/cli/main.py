"""The `county` command: every subcommand is a few lines that start a flow or call a task."""

import datetime as dt
import getpass
import json
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape

from expectations.catalogue import CatalogueError
from expectations.relations import read_data_files
from expectations.rules import RuleError
from flows.cli.backfill_commands import app as backfill_commands
from flows.cli.book_commands import app as book_commands
from flows.cli.decision_commands import app as decision_commands
from flows.cli.deploy_commands import app as deploy_commands
from flows.cli.exits import FAILED, INTERRUPTED, NEEDS_OPERATOR, WRONG_USAGE, exit_code
from flows.cli.export_commands import app as export_commands
from flows.cli.messages import disk_error, print_error
from flows.cli.operations_commands import app as operations_commands
from flows.cli.options import AsOf, CountyFolder, Periods, moment_of, period_code, period_codes
from flows.cli.province_commands import app as province_commands
from flows.cli.store_commands import app as store_commands
from flows.cli.version_commands import app as version_commands
from flows.cli.warehouse_commands import app as warehouse_commands
from tasks.domain.county import read_county
from tasks.domain.errors import ConfigurationError, XianbaoError
from tasks.domain.periods import ReportPeriod
from tasks.load.faults import DATA_ERRORS, unreadable

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Xianbao (县报): township work reports in, judged and traceable figures in a Parquet warehouse out. "
    "Exit codes: 0 done; 1 done, but something needs the operator; 2 wrong usage or settings, nothing was begun; "
    "3 failed.",
)
app.add_typer(decision_commands)
app.add_typer(deploy_commands)
app.add_typer(export_commands)
app.add_typer(book_commands)
app.add_typer(operations_commands)
app.add_typer(province_commands)
app.add_typer(version_commands)
app.add_typer(backfill_commands, name="backfill")
app.add_typer(store_commands)
app.add_typer(warehouse_commands)
# Written to a file or a pipe there is no width to ask for; tables should not be squeezed into 80 columns then.
out = Console(width=None if sys.stdout.isatty() else 140)
err = Console(stderr=True)


def main() -> None:
    """Run the command; an error is one plain message and exit code 2 or 3, and a traceback only where we are at fault.

    Python ends an unexpected exception with 1, which here says that the work was done.
    """
    try:
        app()
    except XianbaoError as error:
        print_error(err, error)
        raise SystemExit(exit_code(error)) from error
    except (CatalogueError, RuleError) as error:
        err.print(f"✗ {error}", highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(exit_code(error)) from error
    except DATA_ERRORS as error:
        print_error(err, unreadable(error))
        raise SystemExit(FAILED) from error
    except OSError as error:
        print_error(err, disk_error(error))
        raise SystemExit(FAILED) from error
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(FAILED) from error


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new county's folder.")],
    template: Annotated[
        Path | None, typer.Option("--from", help="Copy settings, units and inbox of this county folder.")
    ] = None,
    name: Annotated[str, typer.Option(help="The county's name.")] = "示例县",
    code: Annotated[str, typer.Option(help="Its 12-digit division code.")] = "000000000000",
) -> None:
    """Make a new county: county.toml, units.csv and an empty inbox. Nothing that exists is overwritten."""
    from flows.cli.new_county import create_county

    for path in create_county(folder, template, name, code):
        out.print(f"+ {path}", highlight=False)
    todo = "" if template else f"把乡镇名册写进 {folder / 'units.csv'}，把报告放进 {folder / 'inbox'}，再运行 "
    out.print(f"下一步 next: {todo}county collect -c {folder}", highlight=False, soft_wrap=True)


@app.command()
def collect(
    county: CountyFolder = Path(),
    period: Annotated[str | None, typer.Option(help="Only reports of this period, e.g. 2023.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source of county.toml.")] = None,
) -> None:
    """Collect what has arrived: store, identify, parse, extract, validate, load, report."""
    from flows.cli.running import collect_once
    from flows.cli.summary import print_summary

    read_data_files()
    code = period_code(period) if period else None
    place = read_county(county)
    state, summary, ui_url = collect_once(place, code, source, err)
    if summary is None:
        err.print(f"[red]✗[/] {escape(state)}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED)
    print_summary(out, place, summary, ui_url)
    if summary.needs_attention:
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def extract(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="Reports, in any format of docs/documents.md.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Read these words instead of, or before, files.")] = None,
    facts: Annotated[Path | None, typer.Option(metavar="F.csv", help="Write the facts here.")] = None,
    mentions: Annotated[Path | None, typer.Option(metavar="M.csv", help="Write every quantity here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts and mentions as JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print why each figure was read as it was.")] = False,
    period: Annotated[str | None, typer.Option(help="The period that the reports are about.")] = None,
) -> None:
    """Read files and say what is in them: facts on the screen, as CSV or JSON. No warehouse, no server."""
    from flows.cli import reading

    if not files and text is None:
        raise typer.BadParameter("FILE or --text is needed", param_hint="FILE")
    code = period_code(period) if period else None
    about = ReportPeriod.parse(code) if code else None
    fact_rows: list[dict[str, Any]] = []
    mention_rows: list[dict[str, Any]] = []
    explained: list[dict[str, Any]] = []
    opened = count = 0
    for name, document in reading.open_documents(files or (), text, err):
        count += 1
        if document is None:
            continue
        opened += 1
        of_file = about or reading.period_named(name, document)
        extraction = reading.read_document(document, of_file)
        fact_rows += reading.fact_rows(name, extraction, period=code or "")
        mention_rows += reading.mention_rows(name, extraction)
        if explain:
            from flows.cli.explaining import explain_to

            explained += explain_to(None if as_json else out, name, document, of_file)
    read = [row for row in fact_rows if row["status"] != "rejected"]
    if facts:
        reading.write_csv(facts, reading.FACT_COLUMNS, fact_rows)
    if mentions:
        reading.write_csv(mentions, reading.MENTION_COLUMNS, mention_rows)
    if as_json:
        whole = {"facts": fact_rows, "mentions": mention_rows} | ({"explained": explained} if explain else {})
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    elif not facts and not mentions and not explain:
        from flows.cli.summary import facts_table

        out.print(facts_table(read))
    err.print(f"{count} files, {len(mention_rows)} quantities, {len(read)} facts", highlight=False)
    if opened < count:
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def unmapped(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Look in these reports only.")] = None,
    county: CountyFolder = Path(),
    period: Periods = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="OUT.csv", help="Write all of them here.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 40,
) -> None:
    """List what figures count that became no fact, the most frequent first: what the catalogue lacks."""
    from flows.cli.unmapped import print_unmapped, unmapped_in_county, unmapped_in_files

    codes = period_codes(period)
    rows = unmapped_in_files(files, codes, err) if files else unmapped_in_county(read_county(county), codes)
    if not print_unmapped(out, rows, csv_file, limit):
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report, in any format of docs/documents.md.")],
    text: Annotated[Path | None, typer.Option(metavar="F.txt", help="Write the text here.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="F.json", help="Write the Document here.")] = None,
) -> None:
    """Show a file's text as the system sees it: blocks with page, box and offsets."""
    from flows.cli import reading

    document = reading.open_document(file)
    if text:
        text.write_text(document.text, encoding="utf-8", newline="")
    if json_file:
        json_file.write_text(reading.document_json(document), encoding="utf-8")
    if not text and not json_file:
        typer.echo(document.text)
    err.print(
        f"{file.name}: {document.parser}, {document.encoding or document.media_type}, {len(document.blocks)} blocks, "
        f"{len(document.text)} characters, quality {document.quality.score:.3f}",
        highlight=False,
    )


@app.command()
def status(
    county: CountyFolder = Path(),
    period: Periods = None,
    quality: Annotated[bool, typer.Option("--quality", help="Show the quality of each report as well.")] = False,
    as_of: AsOf = None,
) -> None:
    """Who has reported and who has not: the roster, and what lies in quarantine."""
    from flows.cli.summary import print_quality, print_status

    place = read_county(county)
    moment = moment_of(as_of, place) if as_of else None
    if quality:
        print_quality(out, place, period_codes(period), moment)
    needs_operator = print_status(out, place, period_codes(period), moment)
    if needs_operator:
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def findings(
    county: CountyFolder = Path(),
    period: Periods = None,
    unit: Annotated[str | None, typer.Option(help="Only this township, by name or code.")] = None,
    severity: Annotated[Literal["error", "question", "note"] | None, typer.Option(help="Only this severity.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule, e.g. V3.")] = None,
    status: Annotated[
        Literal["open", "expired", "explained", "waived", "fixed", "all"] | None,
        typer.Option(help="Only this status; those that wait for an answer (open, expired) unless given."),
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="F.xlsx", help="Write them to a sheet to decide in.")] = None,
    as_of: AsOf = None,
) -> None:
    """List the findings that wait for an answer, with the words they are about."""
    from flows.cli.summary import chosen_findings, print_findings

    place = read_county(county)
    if as_of is not None and xlsx is not None:
        raise typer.BadParameter("decisions are about findings of today", param_hint="--as-of")
    moment = moment_of(as_of, place) if as_of else None
    chosen = chosen_findings(place, period_codes(period), unit, moment, severity=severity, rule=rule, status=status)
    if xlsx is None:
        print_findings(out, place, chosen)
        return
    from flows.cli.decisions import write_findings

    out.print(f"+ {xlsx} ({write_findings(place, chosen, xlsx)})", highlight=False, soft_wrap=True)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Reports, before they are sent.")],
    history: Annotated[
        Path | None, typer.Option(metavar="H", help="Earlier figures, as `county history` writes them.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="The period that the reports are about.")] = None,
    unit: Annotated[str | None, typer.Option(help="Whose reports they are.")] = None,
    county: Annotated[Path | None, typer.Option("--county", "-c", help="A county's folder, if there is one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check reports before sending them, by the county's rules. Exit code 0: nothing to ask; 1: something."""
    from flows.cli import checking

    read_data_files()
    place = read_county(county) if county else None
    past = checking.read_history(history) if history else None
    try:
        checked = checking.check_files(files, period_code(period) if period else None, unit, place, past, err)
    except ConfigurationError as error:
        print_error(err, error)
        raise typer.Exit(WRONG_USAGE) from error
    if as_json:
        typer.echo(checking.checked_json(checked))
    else:
        checking.print_checked(out, checked)
    if checked.refused or any(one.severity != "note" for one in checked.findings):
        raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def history(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The township, by name or code.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".parquet, .xlsx or .csv")],
    county: CountyFolder = Path(),
    period: Periods = None,
) -> None:
    """Write a township's earlier figures to FILE, for its own `county check --history FILE`."""
    from flows.cli import checking
    from tasks.load import Warehouse

    place = read_county(county)
    codes = period_codes(period) or [code for form in place.settings.forms for code in form.periods]
    found = place.gazetteer.named(unit)
    rows = Warehouse(place.warehouse).live_facts(codes).filter(pl.col("unit_code") == found.unit_code)
    checking.write_history(rows, file)
    out.print(f"+ {file}  {rows.height} facts", highlight=False, soft_wrap=True)


@app.command()
def letter(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the letters go.")] = Path("核实函"),
    county: CountyFolder = Path(),
    period: Periods = None,
    unit: Annotated[str | None, typer.Option(help="Only this township, by name or code.")] = None,
) -> None:
    """Write a letter (核实函, Word) to every township with open questions, to be filled in and sent back."""
    from flows.cli.letters import write_letters

    write_letters(out, read_county(county), folder, period_codes(period), unit)


@app.command()
def assign(
    sha: Annotated[str, typer.Argument(metavar="SHA", help="The file, by the first digits of its sha256.")],
    unit: Annotated[str, typer.Option(help="The township, by name or code.")],
    period: Annotated[str, typer.Option(help="The period, e.g. 2023.")],
    county: CountyFolder = Path(),
    why: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
) -> None:
    """Say by hand whose report a file in quarantine is; the next collect loads it."""
    from flows.cli.decisions import assign_file

    place = read_county(county)
    decision = assign_file(place, sha, unit, period, who=getpass.getuser(), why=why, now=dt.datetime.now(dt.UTC))
    out.print(
        f"已指派 assigned: {decision.sha256[:12]} → {place.gazetteer[decision.unit_code].name} {decision.period}；"
        f"下次 collect 入库 the next collect loads it",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def up(
    county: CountyFolder = Path(),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the UI.")] = 4200,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for all, then a password is asked for.")
    ] = "127.0.0.1",
) -> None:
    """Prefect server, worker, deployment and schedule in one process tree; Ctrl-C ends all."""
    from flows.cli.running import stay_up

    stay_up(read_county(county), port, out, host)


if __name__ == "__main__":
    main()
