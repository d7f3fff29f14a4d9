"""What changed in the warehouse between two moments, for the terminal."""

import datetime as dt

import polars as pl
from rich.console import Console
from rich.markup import escape

from flows.cli.options import moment_of
from tasks.domain.county import County
from tasks.load import Warehouse, changed_figures

__all__ = ["changes_between", "print_changes", "published_or_moment"]

_WORDS = {"changed": ("改动", "changed"), "added": ("新增", "added"), "removed": ("不再有", "removed")}


def changes_between(county: County, since: dt.datetime, until: dt.datetime | None) -> pl.DataFrame:
    """Return the figures that are other ones at `until` (now, without it) than at `since`; see `changed_figures`.

    Raises:
        WarehouseError: a table cannot be read, or not as of `since` any more.
    """
    warehouse = Warehouse(county.warehouse)
    return changed_figures(
        warehouse.live_facts(None, as_of=since),
        warehouse.live_facts(None, as_of=until),
        warehouse.known_submissions(),
        warehouse.decisions(),
    )


def published_or_moment(text: str, county: County) -> dt.datetime:
    """Return the moment of the publication called `text`, else the moment that `text` means."""
    named = Warehouse(county.warehouse).scan("publications").filter(pl.col("name") == text).collect()
    if named.is_empty():
        return moment_of(text, county)
    moment: dt.datetime = named["published_at"].max()  # type: ignore[assignment]
    return moment


def print_changes(console: Console, county: County, rows: pl.DataFrame) -> None:
    """Print `rows` by unit and period: old and new value, the words of both, where they stand, who decided."""
    zh = county.language == "zh"
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
