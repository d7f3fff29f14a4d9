"""The `county` commands of whoever keeps the system running: backup, restore, metrics."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress

from flows.cli.options import CountyFolder
from tasks.domain.county import read_county

__all__ = ["app"]

app = typer.Typer()

BackupFile = Annotated[Path, typer.Argument(metavar="FILE.tar", help="The backup file.")]


def _say(words: str) -> None:
    Console(soft_wrap=True).print(words, highlight=False, markup=False)


@app.command()
def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE.tar|DIR", help="The tar file to write; or a folder: named there by date.")
    ],
    county: CountyFolder = Path(),
    keep: Annotated[int, typer.Option(min=0, help="In a folder: keep this many backups, 0 for all.")] = 0,
) -> None:
    """Back up settings, raw store, warehouse and the server's database into one file, while runs go on."""
    from tasks.backup import back_up, prune_backups

    place, now = read_county(county), dt.datetime.now(dt.UTC)
    # A folder that is still to be made is known by having no .tar: a first backup of a series is no file called so.
    folder = target if target.is_dir() or target.suffix != ".tar" else None
    if keep and folder is None:
        raise typer.BadParameter(f"{target}: --keep 须是文件夹 needs a folder", param_hint="DIR")
    path = target if folder is None else folder / f"{place.name}-{now.astimezone(place.timezone):%Y%m%d-%H%M%S}.tar"
    with Progress(console=Console(stderr=True), transient=True) as bar:
        writing = bar.add_task("备份 backup", total=None)
        report = back_up(
            place, path, now=now, progress=lambda done, total: bar.update(writing, completed=done, total=total)
        )
    _say(f"备份 backup: {report.path}  {report.files} files, {report.bytes / 2**20:.1f} MiB")
    for table, version in report.manifest.versions.items():
        _say(f"  {table} v{version}")
    _say(f"任务数据库 server database: {report.manifest.database or '尚无 none yet'}")
    if report.manifest.warehouse:
        _say(f"数据仓库在别处，不在备份内 the warehouse lies elsewhere and is not in it: {report.manifest.warehouse}")
    if report.manifest.raw:
        _say(f"原件库在别处，不在备份内 the raw store lies elsewhere and is not in it: {report.manifest.raw}")
    for old in prune_backups(folder, place.name, keep) if folder is not None and keep else ():
        _say(f"- {old}")


@app.command()
def restore(
    source: BackupFile,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The county's new folder; must not exist or be empty.")],
) -> None:
    """Restore a backup into a new folder; every file is compared with the backup's manifest first."""
    from tasks.backup import restore as unpack

    with Progress(console=Console(stderr=True), transient=True) as bar:
        checking = bar.add_task("恢复 restore", total=None)
        report = unpack(source, folder, progress=lambda done, total: bar.update(checking, completed=done, total=total))
    _say(f"已恢复 restored: {report.county}，{report.made_at:%Y-%m-%d %H:%M} UTC，{report.files} files → {folder}")
    _say(f"任务数据库 server database: {report.database or '备份内无 none in it'}")
    if report.warehouse:
        _say(f"数据仓库在别处 the warehouse lies elsewhere: {report.warehouse}")
    if report.raw:
        _say(f"原件库在别处 the raw store lies elsewhere: {report.raw}")
    _say(f"下一步 next: county warehouse check -c {folder}")


@app.command()
def metrics(
    county: CountyFolder = Path(),
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE.prom", help="Write to this file (for node_exporter)."),
    ] = None,
) -> None:
    """Say in Prometheus' text format how the county stands: reports, figures, findings, last load, free disk."""
    from tasks.load import Warehouse
    from tasks.publish.metrics import county_metrics, write_metrics

    place = read_county(county)
    warehouse = Warehouse(place.warehouse)
    # Live is what the submissions table says: figures of a load that was cut short are not counted.
    loaded = warehouse.scan("submissions").filter(pl.col("state") == "loaded").select("submission_id")
    text = county_metrics(
        place,
        warehouse.scan("submissions").select("state", "loaded_at").collect(),
        warehouse.scan("reporting").select("period", "state").collect(),
        warehouse.scan("findings").filter(pl.col("status") != "fixed").select("severity", "status").collect(),
        facts=warehouse.scan("facts").join(loaded, on="submission_id", how="semi").select(pl.len()).collect().item(),
        versions=warehouse.versions(),
        now=dt.datetime.now(dt.UTC),
    )
    if to is None:
        typer.echo(text, nl=False)
    else:
        write_metrics(to, text)
