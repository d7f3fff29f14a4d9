"""The `county backfill` commands: see what would change, apply it, go on, take it back; and the stage store."""

import datetime as dt
import getpass
import sys
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console

from flows.cli.exits import FAILED, NEEDS_OPERATOR
from flows.cli.options import CountyFolder
from tasks.backfill import showing
from tasks.backfill.manifest import Manifest, changes_of
from tasks.domain.backfills import BackfillPlan, FromStage, OnError, Order, Reprocess
from tasks.domain.county import County, read_county
from tasks.domain.errors import XianbaoError
from tasks.publish.csv_files import write_csv

__all__ = ["app"]

app = typer.Typer(invoke_without_command=True)
# Written to a file or a pipe there is no width to ask for; tables should not be squeezed into 80 columns then.
out = Console(width=None if sys.stdout.isatty() else 140, highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The backfill, by the first digits of its id.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="F.csv", help="Write every change here.")]


@app.callback(invoke_without_command=True)
def backfill(
    context: typer.Context,
    county: CountyFolder = Path(),
    periods: Annotated[
        list[str] | None,
        typer.Option("--periods", help="2022, 2019..2023 or 2023Q1..2023Q4; may be given again. All that have ended."),
    ] = None,
    units: Annotated[
        list[str] | None, typer.Option("--units", help="Townships, by name or code; may be given again. All of them.")
    ] = None,
    from_stage: Annotated[FromStage, typer.Option(help="Where to begin; extract uses stored texts.")] = "extract",
    reprocess: Annotated[
        Reprocess, typer.Option(help="Which keys; each takes in the ones before it in this list.")
    ] = "changed",
    order: Annotated[Order, typer.Option(help="Which period comes first.")] = "oldest",
    max_active: Annotated[int, typer.Option(min=1, max=32, help="How many files are parsed at once.")] = 4,
    on_error: Annotated[OnError, typer.Option(help="What to do when a key fails.")] = "continue",
    reason: Annotated[str, typer.Option(help="Why; kept in the manifest.")] = "",
    who: Annotated[str, typer.Option(help="Who asks for it; your login name unless given.")] = "",
    include_locked: Annotated[
        bool, typer.Option("--include-locked", help="Approved and locked keys too; needs --reason.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Do it; otherwise only say what would change.")
    ] = False,
    csv: Csv = None,
) -> None:
    """Run stages again over past periods: every key with its action, and the facts that change, with quotes."""
    if context.invoked_subcommand is not None:
        return
    place = read_county(county)
    options: dict[str, Any] = {
        "from_stage": from_stage, "reprocess": reprocess, "order": order, "max_active": max_active,
        "on_error": on_error, "include_locked": include_locked, "why": reason, "who": who or getpass.getuser(),
    }  # fmt: skip
    if not apply:
        print_plan(place, _planned(place, periods or [], units or [], options), csv)
        return
    _run(place, "执行 apply", periods=periods or [], units=units or [], **options)


@app.command("list")
def list_backfills(county: CountyFolder = Path()) -> None:
    """List the backfills, the newest first."""
    place = read_county(county)
    rows = showing.backfill_rows(Manifest(place.warehouse).rows(), place.language)
    if not rows:
        err.print("还没有回填过 there has been no backfill yet")
        return
    out.print(_table(rows))


@app.command()
def show(backfill_id: Id, county: CountyFolder = Path(), csv: Csv = None) -> None:
    """Show a backfill key by key: what was done, what failed and why, and which figures changed."""
    place = read_county(county)
    manifest = Manifest(place.warehouse)
    rows = manifest.rows(manifest.find(backfill_id))
    out.print(_table(showing.backfill_rows(rows, place.language)))
    out.print(_table(showing.manifest_rows(rows, place.language)))
    for unit_name, period, error in rows.select("unit_name", "period", f"error_{place.language}").rows():
        for line in error.splitlines():
            out.print(f"✗ {unit_name} {period}: {line}", markup=False)
    _print_changes(place, [change for row in rows.to_dicts() for change in changes_of(row)], csv)


@app.command()
def resume(backfill_id: Id, county: CountyFolder = Path()) -> None:
    """Go on with a backfill that was stopped or cut short; what is done stays done."""
    _run(read_county(county), "继续 resume", backfill_id=backfill_id)


@app.command("retry-failed")
def retry_failed(backfill_id: Id, county: CountyFolder = Path()) -> None:
    """Try the failed keys of a backfill once more, and go on with what was not begun."""
    _run(read_county(county), "重试 retry-failed", backfill_id=backfill_id)


@app.command()
def undo(backfill_id: Id, county: CountyFolder = Path()) -> None:
    """Bring the keys of a backfill back to what they were before it; other keys stay as they are."""
    _run(read_county(county), "撤销 undo", backfill_id=backfill_id)


@app.command()
def cancel(backfill_id: Id, county: CountyFolder = Path()) -> None:
    """Cancel what has not begun; what is done stays, and can be undone."""
    place = read_county(county)
    manifest = Manifest(place.warehouse)
    number = manifest.cancel(manifest.find(backfill_id), dt.datetime.now(dt.UTC))
    out.print(f"已取消 {number} 项 keys cancelled")


def _planned(county: County, periods: list[str], units: list[str], options: dict[str, Any]) -> BackfillPlan:
    """Return the plan, made here and now: no server is needed to look."""
    from flows.cli.backfilling import without_server

    now = dt.datetime.now(dt.UTC)
    with without_server(county), err.status("…") as line:
        from tasks import steps

        request = steps.backfill_request(periods, units, county, now, **options)
        return steps.plan_backfill.fn(
            request, county, now, lambda done, of, what: line.update(f"{done}/{of} {what[:60]}")
        )


def _run(county: County, do: str, **words: Any) -> None:
    """Run the flow and print what came of it."""
    from flows.cli.backfilling import backfill_once

    message, outcome, ui_url = backfill_once(county, {"do": do, **words}, err)
    if isinstance(outcome, XianbaoError):
        raise outcome
    if isinstance(outcome, Exception):
        err.print(f"✗ {outcome}", markup=False)
        raise typer.Exit(FAILED)
    if ui_url:
        err.print(ui_url)
    out.print(message, markup=False)
    if outcome is None:
        return
    out.print(f"county backfill show {outcome.backfill_id}", markup=False)
    if outcome.needs_attention:
        raise typer.Exit(NEEDS_OPERATOR)


def print_plan(county: County, plan: BackfillPlan, csv: Path | None) -> None:
    """Print every key with its action and reason, then the figures that would change."""
    out.print(_table(showing.key_rows(plan.keys, county.language)))
    for key in plan.keys:
        for line in (key.error_zh if county.language == "zh" else key.error_en).splitlines():
            out.print(f"✗ {key.unit_name} {key.period}: {line}", markup=False)
    _print_changes(county, list(plan.changes), csv)
    out.print(showing.plan_message(plan.keys, county.language), markup=False)
    if plan.to_do:
        out.print("未写入任何数据；加 --apply 执行 nothing was written; --apply does it")


def _print_changes(county: County, changes: list[Any], csv: Path | None) -> None:
    rows = showing.change_rows(changes, county.language)
    if csv is not None:
        write_csv(pl.DataFrame(rows), csv)
        out.print(f"+ {csv} ({len(rows)})", markup=False)
        return
    for one in changes:
        where = " ".join(
            part for part in (one.unit_name, one.period, one.indicator_name, one.item, one.measure) if part
        )
        out.print(f"{_SIGNS[one.kind]} {where}: {one.before or '—'} → {one.after or '—'}", markup=False)
        for sign, quote in (("−", one.quote_before), ("+", one.quote_after)):
            if quote and (sign == "+" or one.quote_before != one.quote_after):
                out.print(f"    {sign} “{quote}”", markup=False)


_SIGNS = {"added": "+", "removed": "−", "changed": "~", "moved": "≈", "status": "!"}


def _table(rows: list[dict[str, object]]) -> Any:
    from flows.cli.summary import table_of

    return table_of(rows)
