"""What changed in the warehouse between two moments, for the terminal."""

import datetime as dt
from dataclasses import dataclass

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape

from flows.cli.options import moment_of
from tasks.domain.county import County
from tasks.load import Warehouse, changed_figures

__all__ = ["Changes", "Stand", "changes_between", "print_changes", "published_or_moment"]

_WORDS = {"changed": ("改动", "changed"), "added": ("新增", "added"), "removed": ("不再有", "removed")}


@dataclass(frozen=True, slots=True)
class Stand:
    """What counted at a moment: so many townships with so many reports and figures; `when` is None for now."""

    when: dt.datetime | None
    units: int
    reports: int
    figures: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What stood before and after, and the figures that are other ones; `rows` have the shape of `changed_figures`."""

    before: Stand
    after: Stand
    rows: pl.DataFrame


def changes_between(county: County, since: dt.datetime, until: dt.datetime | None) -> Changes:
    """Return the figures that are other ones at `until` (now, without it) than at `since`; see `changed_figures`.

    Raises:
        WarehouseError: a table cannot be read, or not as of `since` any more.
    """
    warehouse = Warehouse(county.warehouse)
    before, after = warehouse.live_facts(None, as_of=since), warehouse.live_facts(None, as_of=until)
    rows = changed_figures(before, after, warehouse.known_submissions(), warehouse.decisions(), county.timezone)
    return Changes(_stand(before, since), _stand(after, until), rows)


def _stand(facts: pl.DataFrame, when: dt.datetime | None) -> Stand:
    return Stand(when, facts["unit_code"].n_unique(), facts["submission_id"].n_unique(), facts.height)


def published_or_moment(text: str, county: County) -> dt.datetime:
    """Return the moment of the publication called `text`, else the moment that `text` means."""
    publications = Warehouse(county.warehouse).scan("publications").collect()
    named = publications.filter(pl.col("name") == text)
    if named.is_empty():
        try:
            return moment_of(text, county)
        except typer.BadParameter as error:
            names = "、".join(publications["name"].unique().sort()) or "—"
            said = (
                f"；也没有名为“{text}”的发布（有：{names}） · nor is there a publication called so (there are: {names})"
            )
            raise typer.BadParameter(f"{error.message}{said}") from error
    moment: dt.datetime = named["published_at"].max()  # type: ignore[assignment]
    return moment


def print_changes(console: Console, county: County, changes: Changes, rows: pl.DataFrame) -> None:
    """Print what stood before and after, and `rows` by unit and period.

    Of each row old and new value, the words of both, where they stand, who decided.
    """
    zh = county.language == "zh"
    for stand in (changes.before, changes.after):
        when = "现在" if zh else "now"
        if stand.when is not None:
            when = f"{stand.when.astimezone(county.timezone):%Y-%m-%d %H:%M}"
        said = (
            f"{when}：{stand.units} 个报送单位，报告 {stand.reports} 件，指标值 {stand.figures} 个"
            if zh
            else f"{when}: {stand.units} townships, {stand.reports} reports, {stand.figures} figures"
        )
        console.print(said, highlight=False)
    for (unit, period), group in rows.group_by(["unit_name", "period"], maintain_order=True):
        console.print(f"[bold]{escape(str(unit))} {period}[/]", highlight=False)
        for row in group.iter_rows(named=True):
            _print_row(console, row, zh=zh)
    counts = "，".join(
        f"{both[0 if zh else 1]} {rows.filter(pl.col('change') == change).height}" for change, both in _WORDS.items()
    )
    console.print(f"[bold]{counts if rows.height else '没有变动' if zh else 'nothing changed'}[/]", highlight=False)


def _print_row(console: Console, row: dict[str, object], *, zh: bool) -> None:
    word = _WORDS[str(row["change"])][0 if zh else 1]
    percent = f"  ({row['difference_pct']:+.1f}%)" if row["difference_pct"] is not None else ""
    values = f"{_number(row['value_before'])} → {_number(row['value_after'])} {row['canonical_unit'] or ''}{percent}"
    name = " ".join(str(row[part]) for part in ("indicator_name", "item", "measure") if row[part])
    console.print(escape(f"  {word} {name}  {values}"), highlight=False, soft_wrap=True)
    for sign, side in (("−", "before"), ("+", "after")):
        if row[f"submission_id_{side}"] is not None:
            console.print(escape(f"    {sign} “{row[f'quote_{side}']}” {row[f'file_name_{side}']}"), highlight=False,
                          soft_wrap=True)  # fmt: skip
    if row["decision"]:
        console.print(escape(f"    ↳ {row['decision']}"), highlight=False, soft_wrap=True)


def _number(value: object) -> str:
    return "—" if value is None else f"{value:.10g}"
