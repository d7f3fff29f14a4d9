"""What the command line prints: the summary of a run, the roster, the findings, the facts of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks import publish
from tasks.domain.county import County
from tasks.domain.findings import UNSETTLED
from tasks.domain.outcomes import RunSummary
from tasks.load import Warehouse

__all__ = ["chosen_findings", "facts_table", "print_findings", "print_status", "print_summary"]

_SHOWN = 200


def table_of(rows: Sequence[Mapping[str, Any]], title: str = "") -> Table:
    """Return a terminal table of `rows`; the keys of the first row are the headings."""
    table = Table(title=title or None, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table


def facts_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the facts of `county extract` as a table."""
    columns = ("code", "item", "measure", "value", "unit", "bound", "evidence")
    return table_of([{name: row[name] for name in columns} for row in rows])


def print_summary(console: Console, county: County, summary: RunSummary, ui_url: str) -> None:
    """Print what a run did: per township and period what came, figures read and findings; and where to look."""
    warehouse = Warehouse(county.warehouse)
    zh = county.language == "zh"
    reporting = warehouse.scan("reporting").collect()
    if not reporting.is_empty():
        title = f"{county.name} 应报名册" if zh else f"{county.name} roster"
        console.print(table_of(publish.roster_rows(reporting, county.language), title))
    _print_quarantine(console, county, warehouse)
    for reason in summary.unavailable:
        console.print(f"[red]✗[/] {escape(reason)}", highlight=False, soft_wrap=True)
    console.print()
    console.print(f"[bold]{summary.message(county.language)}[/]", highlight=False, soft_wrap=True)
    versions = ", ".join(f"{name} v{version}" for name, version in sorted(warehouse.versions().items()))
    places = [
        ("数据仓库" if zh else "warehouse", f"{county.warehouse}  ({versions})"),
        ("审核文档" if zh else "Data Docs", str(county.data_docs / "index.html")),
        ("界面" if zh else "UI", ui_url or (f"county up -c {county.folder}  →  http://127.0.0.1:4200")),
    ]
    for name, place in places:
        console.print(f"{name}: {place}", highlight=False, soft_wrap=True)


def print_status(console: Console, county: County, periods: Sequence[str] | None) -> bool:
    """Print the roster and what lies in quarantine; return whether an operator must look."""
    warehouse = Warehouse(county.warehouse)
    reporting = warehouse.scan("reporting").collect()
    if periods is not None:
        reporting = reporting.filter(pl.col("period").is_in(list(periods)))
    if reporting.is_empty():
        console.print("还没有收过报告 nothing collected yet: county collect", highlight=False)
        return False
    console.print(table_of(publish.roster_rows(reporting, county.language), county.name))
    quarantined = _print_quarantine(console, county, warehouse)
    return bool(quarantined) or not reporting.filter(pl.col("state").is_in(["missing", "quarantined"])).is_empty()


def chosen_findings(
    county: County, periods: Sequence[str] | None, unit: str | None, **only: str | None
) -> pl.DataFrame:
    """Return the findings of `periods` and `unit` that have the values of `only` (severity, rule, status).

    Without a status those that wait for an answer; `all` is every status.
    """
    findings = Warehouse(county.warehouse).scan("findings").collect()
    status = only.pop("status", None)
    if status is None:
        findings = findings.filter(pl.col("status").is_in(UNSETTLED))
    elif status != "all":
        findings = findings.filter(pl.col("status") == status)
    if periods is not None:
        findings = findings.filter(pl.col("period").is_in(list(periods)))
    for column, value in only.items():
        if value is not None:
            findings = findings.filter(pl.col(column) == value)
    if unit is not None:
        found = county.gazetteer.find(unit)
        findings = findings.filter(pl.col("unit_code") == (found.unit_code if found else unit))
    return findings


def print_findings(console: Console, county: County, findings: pl.DataFrame) -> None:
    """Print `findings` with id, status and decision, the most severe first."""
    if findings.is_empty():
        console.print("没有这样的审核问题 no such findings", highlight=False)
        return
    rank = {"error": 0, "question": 1, "note": 2}
    colour = {"error": "red", "question": "yellow", "note": "dim"}
    message, words = f"message_{county.language}", publish.state_words(county.language)
    ordered = findings.sort(pl.col("severity").replace_strict(rank), "period", "unit_code", "rule", message)
    for one in ordered.iter_rows(named=True):
        status = "" if one["status"] == "open" else f"[cyan]{words[one['status']]}[/] "
        console.print(
            f"[{colour[one['severity']]}]{one['rule']:>4}[/] [dim]{one['finding_id'][:8]}[/] {status}"
            f"{one['unit_name']} {one['period']} {escape(one[message])}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        if one[f"decision_{county.language}"]:
            console.print(f"     ↳ {escape(one[f'decision_{county.language}'])}", highlight=False, soft_wrap=True)
    waiting = findings.filter(pl.col("status").is_in(UNSETTLED)).height
    console.print(f"{waiting} 个未处理 open，{findings.height - waiting} 个其他 other", highlight=False)


def _print_quarantine(console: Console, county: County, warehouse: Warehouse) -> int:
    waiting = warehouse.scan("submissions").filter(pl.col("state") == "quarantined").sort("file_name").collect()
    if waiting.is_empty():
        return 0
    zh = county.language == "zh"
    console.print()
    console.print(f"[bold]{'隔离' if zh else 'Quarantine'}[/] {county.quarantine}", highlight=False, soft_wrap=True)
    for sha256, detail in waiting.select("sha256", "quarantine_detail").iter_rows():
        reason = detail.split("\n", 1)[0 if zh else -1]
        console.print(f"[yellow]•[/] {sha256[:12]} {escape(reason)}", highlight=False, soft_wrap=True)
    return waiting.height
