"""The `county warehouse` commands: check, maintain, rebuild, publish (note what is published), clock."""

import datetime as dt
import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows.cli.exits import FAILED, NEEDS_OPERATOR
from flows.cli.options import CountyFolder, Who
from tasks.domain.county import read_county

__all__ = ["app"]

app = typer.Typer(
    name="warehouse",
    no_args_is_help=True,
    help="Is the warehouse whole? Keep it small, make it again, note what went out.",
)
out = Console(width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True)


@app.command()
def check(
    county: CountyFolder = Path(),
    raw_sample: Annotated[
        int | None, typer.Option("--raw-sample", min=0, help="Hash this many raw files, chosen by chance; else all.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="OUT.csv", help="Write the faults here.")] = None,
) -> None:
    """Verify tables, keys, references, partitions, counts, quotes at their places and raw files; 1 on any fault."""
    from tasks import publish
    from tasks.auditing import audit

    place = read_county(county)
    with err.status("核对仓库 checking") as line:
        faults = audit(place, raw_sample, lambda what: line.update(f"核对仓库 checking {what}"))
    if csv is not None:
        publish.write_csv(faults, csv)
    zh = place.language == "zh"
    for row in faults.iter_rows(named=True):
        words = row["zh" if zh else "en"]
        out.print(
            f"✗ {row['table']}  {row['key']}  {row['code']}: {words}", highlight=False, markup=False, soft_wrap=True
        )
    if faults.height:
        out.print(f"{faults.height} 处有误" if zh else f"{faults.height} faults", highlight=False)
        raise typer.Exit(NEEDS_OPERATOR)
    out.print("仓库完好 the warehouse is whole" if zh else "the warehouse is whole", highlight=False)


@app.command()
def maintain(county: CountyFolder = Path()) -> None:
    """Join small files and remove those that no version within keep_days, and none published, needs ([upkeep])."""
    from tasks.load import Warehouse, one_writer
    from tasks.load.upkeep import maintain as keep_up

    place = read_county(county)
    warehouse, rules = Warehouse(place.warehouse), place.settings.upkeep
    with one_writer(place.folder):
        done = keep_up(
            warehouse.store, dt.datetime.now(dt.UTC), small_files=rules.small_files, published=warehouse.published(),
            small_file_mib=rules.small_file_mib, target_file_mib=rules.target_file_mib, keep_days=rules.keep_days,
        )  # fmt: skip
    zh = place.language == "zh"
    for one in done:
        joined = f"{one.files_before} → {one.files_after}"
        words = f"文件 {joined}，清理 {one.removed}" if zh else f"files {joined}, {one.removed} removed"
        if one.kept_since is not None:
            since = f"{one.kept_since.astimezone(place.timezone):%Y-%m-%d}"
            words += f"，可读到 {since}" if zh else f", readable as of {since} and later"
        out.print(f"{one.table}: {words}", highlight=False, soft_wrap=True)
    if not done:
        out.print("仓库里还没有数据" if zh else "the warehouse holds nothing yet", highlight=False)


@app.command()
def rebuild(
    county: CountyFolder = Path(),
    swap: Annotated[
        bool, typer.Option("--swap-though-different", help="Put it in place also where rows differ.")
    ] = False,
) -> None:
    """Make the warehouse again from raw files and decisions, compare, and swap; the old one is kept beside it."""
    from flows.cli.running import rebuild_once

    place = read_county(county)
    zh = place.language == "zh"
    message, rebuilt = rebuild_once(place, swap, err)
    if rebuilt is None:
        err.print(f"[red]✗[/] {escape(message)}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED)
    for one in rebuilt.compared:
        if not one.readable:
            words = f"旧表不可读，新表 {one.rows_after} 行" if zh else f"not readable before; {one.rows_after} rows now"
        elif one.differing:
            shown = "、".join(one.differing[:10])
            words = f"{len(one.differing)} 行不同：{shown}" if zh else f"{len(one.differing)} rows differ: {shown}"
        else:
            words = f"{one.rows_after} 行相同" if zh else f"{one.rows_after} rows, equal"
        out.print(f"{one.table}: {words}", highlight=False, markup=False, soft_wrap=True)
    if rebuilt.kept:
        words = f"已更换；旧仓库在 {rebuilt.kept}" if zh else f"swapped; the old one is {rebuilt.kept}"
        out.print(words, highlight=False, soft_wrap=True)
        return
    if rebuilt.equal or (swap and "://" in rebuilt.place):
        out.print(
            f"新仓库在 {rebuilt.place}；在 county.toml 的 [storage] 中把 warehouse 改为此地址即启用，旧仓库留在原处"
            if zh
            else f"the new one is {rebuilt.place}: name it in [storage] of county.toml to use it; the old one stays",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        return
    if rebuilt.read_anew:
        out.print(
            f"旧仓库有 {rebuilt.read_anew} 份报告由旧版本读入，现在读法可能不同；先 county backfill 回填，再重建"
            if zh
            else f"older versions read {rebuilt.read_anew} reports of it: `county backfill` first, then rebuild",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    out.print(
        f"有不同，未更换；新仓库在 {rebuilt.place}（更换用 --swap-though-different）"
        if zh
        else f"rows differ, not swapped; the new one is {rebuilt.place} (--swap-though-different takes it)",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    raise typer.Exit(NEEDS_OPERATOR)


@app.command()
def publish(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What is published, e.g. 2023年年报.")],
    county: CountyFolder = Path(),
    why: Annotated[str, typer.Option(help="Kept with it.")] = "",
    who: Who = "",
) -> None:
    """Note the tables as they are now under a name: they stay readable for good, `county changes --since NAME`."""
    from tasks.load import Warehouse, one_writer

    place = read_county(county)
    now = dt.datetime.now(dt.UTC)
    with one_writer(place.folder):
        versions = Warehouse(place.warehouse).publish(
            name, who=who or getpass.getuser(), why=why, run_id="cli", now=now
        )
    words = ", ".join(f"{table} v{version}" for table, version in sorted(versions.items()))
    out.print(f"+ {name}  {words}", highlight=False, soft_wrap=True)


@app.command()
def clock(
    county: CountyFolder = Path(),
    accept: Annotated[
        bool, typer.Option("--accept", help="This clock is right, later moments before were not.")
    ] = False,
) -> None:
    """Say whether the clock is behind the last load; with --accept note that it is right, the earlier one wrong."""
    from tasks.load import Warehouse, one_writer
    from tasks.load.upkeep import accept_clock, check_clock

    place = read_county(county)
    store, now = Warehouse(place.warehouse).store, dt.datetime.now(dt.UTC)
    if accept:
        with one_writer(place.folder):
            noted = accept_clock(store)
        out.print(f"已记入 noted: {', '.join(noted)}", highlight=False, soft_wrap=True)
        return
    check_clock(store, now)
    out.print(f"时钟正常 the clock is right: {now:%Y-%m-%d %H:%M} UTC", highlight=False)
