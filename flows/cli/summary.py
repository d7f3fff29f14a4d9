"""What the command line prints: the summary of a run, the roster, the findings, the facts of a file."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.rules import load_rules
from flows.cli.options import of_unit
from tasks import publish
from tasks.domain.county import County
from tasks.domain.errors import ConfigurationError, Language, Place, Text
from tasks.domain.findings import UNSETTLED
from tasks.domain.outcomes import RunSummary
from tasks.load import Warehouse

__all__ = ["chosen_findings", "facts_table", "print_findings", "print_quality", "print_status", "print_summary"]

_COLOURS = {"error": "red", "question": "yellow", "note": "dim"}


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
        now = dt.datetime.now(dt.UTC)
        roster = publish.roster_rows(reporting, county.language, timezone=county.timezone, now=now)
        console.print(table_of(roster, title))
    _print_quarantine(console, county, warehouse)
    for reason in summary.unavailable:
        console.print(f"[red]✗[/] {escape(reason)}", highlight=False, soft_wrap=True)
    console.print()
    console.print(f"[bold]{summary.message(county.language)}[/]", highlight=False, soft_wrap=True)
    console.print(summary.time_message(county.language), highlight=False, soft_wrap=True)
    versions = ", ".join(f"{name} v{version}" for name, version in sorted(warehouse.versions().items()))
    places = [
        ("数据仓库" if zh else "warehouse", f"{county.warehouse}  ({versions})"),
        ("审核文档" if zh else "Data Docs", str(county.data_docs / "index.html")),
        ("界面" if zh else "UI", ui_url or (f"county up -c {county.folder}  →  http://127.0.0.1:4200")),
    ]
    for name, place in places:
        console.print(f"{name}: {place}", highlight=False, soft_wrap=True)


def print_status(
    console: Console, county: County, periods: Sequence[str] | None, as_of: dt.datetime | None = None
) -> bool:
    """Print the roster and what lies in quarantine, now or `as_of` a moment; return whether an operator must look."""
    warehouse = Warehouse(county.warehouse)
    reporting = warehouse.scan("reporting", as_of=as_of).collect()
    if periods is not None:
        reporting = reporting.filter(pl.col("period").is_in(list(periods)))
    if reporting.is_empty():
        nothing = "还没有收过报告 nothing collected yet: county collect"
        console.print(
            nothing if as_of is None else "那时还没有收过报告 nothing had been collected then", highlight=False
        )
        return False
    now = as_of or dt.datetime.now(dt.UTC)
    roster = publish.roster_rows(reporting, county.language, timezone=county.timezone, now=now)
    console.print(table_of(roster, county.name))
    quarantined = _print_quarantine(console, county, warehouse, as_of)
    return bool(quarantined) or not reporting.filter(pl.col("state").is_in(["missing", "quarantined"])).is_empty()


def print_quality(
    console: Console, county: County, periods: Sequence[str] | None, as_of: dt.datetime | None = None
) -> None:
    """Print the quality of each report, a line each: twelve measures do not fit beside each other."""
    rows = Warehouse(county.warehouse).scan("quality", as_of=as_of).collect()
    if periods is not None:
        rows = rows.filter(pl.col("period").is_in(list(periods)))
    zh = county.language == "zh"
    if rows.is_empty():
        console.print("尚无数据质量记录" if zh else "no quality measured yet", highlight=False)
        return
    console.print(f"[bold]{escape(county.name)} {'数据质量' if zh else 'data quality'}[/]", highlight=False)
    for row in publish.quality_rows(rows, county.language):
        unit, period, *measures = row.items()
        words = (
            "，".join(f"{name} {value}" for name, value in measures if value)
            if zh
            else ", ".join(f"{name} {value}" for name, value in measures if value)
        )
        console.print(f"[bold]{escape(unit[1])} {period[1]}[/]：{escape(words)}", highlight=False, soft_wrap=True)
    console.print()


def chosen_findings(
    county: County,
    periods: Sequence[str] | None,
    unit: str | None,
    as_of: dt.datetime | None = None,
    **only: str | None,
) -> pl.DataFrame:
    """Return the findings of `periods` and `unit` that have the values of `only` (severity, rule, status).

    Without a status those that wait for an answer (at `as_of`, when given); `all` is every status.

    Raises:
        ConfigurationError: there is no such unit or rule.
    """
    findings = Warehouse(county.warehouse).scan("findings", as_of=as_of).collect()
    if (rule := only.get("rule")) is not None:
        only["rule"] = _known_rule(rule, findings)
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
    return findings if unit is None else of_unit(findings, unit, county)


def _known_rule(rule: str, findings: pl.DataFrame) -> str:
    """Return the id of the rule called `rule`, however it is written; of one that was dropped there may be findings."""
    known: dict[str, str] = {one.lower(): one for one in (*load_rules(), *findings["rule"].unique())}
    if (found := known.get(rule.strip().lower())) is not None:
        return found
    names = "、".join(sorted(known.values()))
    raise ConfigurationError(
        "rule_unknown", Place("--rule"), Text(f"没有规则“{rule}”", f"there is no rule {rule!r}"),
        Text(f"请写其中之一：{names}", f"write one of {names}"),
    )  # fmt: skip


def print_findings(console: Console, county: County, findings: pl.DataFrame) -> None:
    """Print `findings` with id, status and decision, the most severe first."""
    if findings.is_empty():
        zh = county.language == "zh"
        console.print("没有这样的审核问题" if zh else "no such findings", highlight=False)
        return
    for _, of_township in in_groups(findings, "period", "unit_code"):
        _print_unit(console, of_township, county.language)
    console.print(f"[bold]{_counted(findings, county.language)}[/]", highlight=False)


def in_groups(findings: pl.DataFrame, *names: str) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """Return findings by `names` in the order of those, within each the most severe first."""
    ordered = findings.sort(
        "period", "unit_code", pl.col("severity").cast(pl.Enum(tuple(_COLOURS))), "rule", "about",
        descending=[True, False, False, False, False],
    )  # fmt: skip
    return list(ordered.group_by(names, maintain_order=True))


def _print_unit(console: Console, findings: pl.DataFrame, language: Language) -> None:
    """Print a township's findings: per rule its title, how many, what to do, and each with its words."""
    rules, zh, words_of = load_rules(), language == "zh", publish.state_words(language)
    unit, period = findings.select("unit_name", "period").row(0)
    head = f"[bold]{escape(unit)} {period}[/]  {_counted(findings, language)}"
    console.print(head, highlight=False, soft_wrap=True)
    for (rule_id, severity), of_rule in in_groups(findings, "rule", "severity"):
        rule = rules.get(rule_id)
        title, how = ("", "") if rule is None else (rule.title_zh, rule.how_zh) if zh else (rule.title_en, rule.how_en)
        words = f"{rule_id} {title} ×{of_rule.height}"
        console.print(f"  [{_COLOURS[severity]}]{escape(words)}[/]  [dim]→ {escape(how)}[/]", highlight=False,
                      soft_wrap=True)  # fmt: skip
        for one in of_rule.iter_rows(named=True):
            status = "" if one["status"] == "open" else f"[cyan]{words_of[one['status']]}[/] "
            told = _without_heading(one[f"message_{language}"], title, how)
            console.print(f"    • [dim]{one['finding_id'][:8]}[/] {status}{escape(told)}", highlight=False,
                          soft_wrap=True)  # fmt: skip
            if one[f"decision_{language}"]:
                console.print(f"      ↳ {escape(one[f'decision_{language}'])}", highlight=False, soft_wrap=True)
    console.print()


def _without_heading(message: str, title: str, how: str) -> str:
    """Return the message of a finding without what stands above it: the rule's title and what to do."""
    told = message.removesuffix(how).rstrip("。. ") if how else message
    for words in (f"{title}；", f"{title}; ", f"：{title}", f": {title}"):
        if title and words in told:
            return told.replace(words, "", 1)
    return told


def _counted(findings: pl.DataFrame, language: Language) -> str:
    """Return how many findings there are, by severity."""
    words = publish.state_words(language)
    waiting = findings.filter(pl.col("status").is_in(UNSETTLED)).height
    counts = ((one, findings.filter(pl.col("severity") == one).height) for one in _COLOURS)
    parts = [f"{words[one]} {count}" for one, count in counts if count]
    zh, others = language == "zh", findings.height - waiting
    settled = "" if not others else f"，{others} 个其他" if zh else f", {others} other"
    if zh:
        return f"{waiting} 个未处理{settled}（{'，'.join(parts)}）"
    return f"{waiting} open{settled} ({', '.join(parts)})"


def _print_quarantine(console: Console, county: County, warehouse: Warehouse, as_of: dt.datetime | None = None) -> int:
    waiting = (
        warehouse.scan("submissions", as_of=as_of).filter(pl.col("state") == "quarantined").sort("file_name").collect()
    )
    if waiting.is_empty():
        return 0
    zh = county.language == "zh"
    console.print()
    console.print(f"[bold]{'隔离' if zh else 'Quarantine'}[/] {county.quarantine}", highlight=False, soft_wrap=True)
    for sha256, uri, detail in waiting.select("sha256", "uri", "quarantine_detail").iter_rows():
        reason = _with_path(
            detail.split("\n", 1)[0 if zh else -1], uri.removeprefix(f"file://{county.folder.absolute()}/")
        )
        console.print(f"[yellow]•[/] {sha256[:12]} {escape(reason)}", highlight=False, soft_wrap=True)
    return waiting.height


def _with_path(reason: str, path: str) -> str:
    """Return `reason`, which begins with a file's name, with its whole `path` there: many folders hold a 总结.docx.

    >>> _with_path("总结.pdf p.2: image_too_large: …", "inbox/云岫镇/总结.pdf")
    'inbox/云岫镇/总结.pdf p.2: image_too_large: …'
    """
    parts = path.split("/")
    for at in range(len(parts)):
        name = "/".join(parts[at:])
        if reason.startswith((f"{name}:", f"{name} ")):
            return path + reason[len(name) :]
    return f"{path}: {reason}"
