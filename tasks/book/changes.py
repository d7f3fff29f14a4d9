"""What changed since the last publication: figures, findings and reports, from what the book noted then.

Kept beside the pages as Parquet (`.book/figures.parquet`, `.book/findings.parquet`): time travel in the warehouse would
say it too, as long as nobody cleans the old versions away.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from tasks.book.data import BookData
from tasks.book.figures import shown_value
from tasks.book.ledger import parquet_of
from tasks.book.site import Site

__all__ = ["Publication", "changes_contents", "note_contents", "note_publication"]

_NOTE = "publications"
_KEPT = 50  # publications listed; their pages stay as long as they are listed
_SHOWN = 2_000
_FIGURE: dict[str, pl.DataType] = {
    "address": pl.String(),
    "unit_code": pl.String(),
    "unit_name": pl.String(),
    "period": pl.String(),
    "name": pl.String(),
    "measure": pl.String(),
    "text": pl.String(),
    "status": pl.String(),
    "submission_id": pl.String(),
    "evidence": pl.String(),
}
_FINDING: dict[str, pl.DataType] = {
    "finding_id": pl.String(),
    "unit_code": pl.String(),
    "unit_name": pl.String(),
    "period": pl.String(),
    "rule": pl.String(),
    "severity": pl.String(),
    "status": pl.String(),
    "message": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication: its number from 1, its moment, how much it changed, and the versions of the tables."""

    number: int
    at: str
    added: int
    changed: int
    gone: int
    findings: int
    versions: str


def _figures(data: BookData) -> pl.DataFrame:
    rows = [
        (one["address"], one["unit_code"], one["unit_name"], one["report_period"],
         f"{one['indicator_name']}（{one['item']}）" if one["item"] else one["indicator_name"], one["measure"],
         shown_value(one, with_unit=True), one["status"], one["submission_id"], one["evidence"] or "")
        for one in data.facts.filter("live").iter_rows(named=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_FIGURE, orient="row").sort("address")


def _findings(data: BookData) -> pl.DataFrame:
    return data.findings.select(
        "finding_id", "unit_code", "unit_name", "period", "rule", "severity", "status",
        pl.col(f"message_{data.language}").alias("message"),
    ).cast(pl.String()).sort("finding_id")  # fmt: skip


def _held(site: Site, name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame | None:
    kept = site.remembered(f"{name}.parquet")
    if kept is None:
        return None
    rows = pl.read_parquet(kept)
    # A book of another version of this program: its changes cannot be told, its pages can.
    return rows if dict(rows.schema) == schema else None


def note_publication(site: Site, data: BookData, now: dt.datetime) -> tuple[Publication, ...]:
    """Make the page of what changed since the last publication, and return all publications, newest first.

    Where nothing changed no publication is added and the pages stay. The first publication has no changes.

    Raises:
        WarehouseError: the page or what is noted cannot be written.
    """
    listed = [Publication(**one) for one in site.notes.get(_NOTE, [])]
    figures, findings = _figures(data), _findings(data)
    before, before_findings = _held(site, "figures", _FIGURE), _held(site, "findings", _FINDING)
    if listed and before is not None and figures.equals(before) and before_findings is not None and findings.equals(
        before_findings
    ):  # fmt: skip
        _carry(site, listed)
        return tuple(listed)
    changes = changes_contents(figures, before, findings, before_findings)
    number = listed[0].number + 1 if listed else 1
    made = Publication(
        number, now.astimezone(data.county.timezone).strftime("%Y-%m-%d %H:%M"), len(changes["added"]),
        len(changes["changed"]), len(changes["gone"]), len(changes["findings"]),
        " ".join(f"{table} v{version}" for table, version in sorted(data.versions.items())),
    )  # fmt: skip
    site.page(_path(number), "changes.html.j2", publication=made, is_first=before is None,
              limit=_SHOWN, **changes)  # fmt: skip
    kept = listed[: _KEPT - 1]
    _carry(site, kept)
    site.notes[_NOTE] = [_plain(one) for one in (made, *kept)]
    return (made, *kept)


def note_contents(site: Site, data: BookData) -> None:
    """Keep the figures and findings of this publication for the next one.

    Raises:
        WarehouseError: they cannot be written.
    """
    for name, rows, schema in (("figures", _figures(data), _FIGURE), ("findings", _findings(data), _FINDING)):
        held = _held(site, name, schema)
        if held is None or not rows.equals(held):
            site.remember(f"{name}.parquet", parquet_of(rows))


def _plain(one: Publication) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _path(number: int) -> str:
    return f"changes/{number:04d}.html"


def _carry(site: Site, publications: list[Publication]) -> None:
    for one in publications:
        if site.has(_path(one.number)):
            site.carried(_path(one.number))


def changes_contents(
    figures: pl.DataFrame, before: pl.DataFrame | None, findings: pl.DataFrame, before_findings: pl.DataFrame | None
) -> dict[str, Any]:
    """Return the figures that are new, other, or gone, and the findings that are new or have another status.

    A figure is other where its value, status or report is another; nothing is told of the first publication.
    """
    if before is None or before_findings is None:
        return {"added": (), "changed": (), "gone": (), "findings": (), "reports": ()}
    then = before.rename({name: f"{name}_before" for name in before.columns if name != "address"})
    both = figures.join(then, on="address", how="inner", maintain_order="left")
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_before") for name in ("text", "status"))
    held = before_findings.select("finding_id", status_before="status")
    answered = findings.join(held, on="finding_id", how="left", maintain_order="left").filter(
        pl.col("status").ne_missing(pl.col("status_before"))
    )
    order = ["period", "unit_code", "address"]
    added = figures.join(before, on="address", how="anti").sort(order, descending=[True, False, False])
    gone = before.join(figures, on="address", how="anti").sort(order, descending=[True, False, False])
    changed = both.filter(differs).sort(order, descending=[True, False, False])
    reports = figures.join(before.select("submission_id").unique(), on="submission_id", how="anti")
    return {
        "added": tuple(added.to_dicts()),
        "changed": tuple(changed.to_dicts()),
        "gone": tuple(gone.to_dicts()),
        "findings": tuple(answered.sort("period", "unit_code", "rule", "finding_id").to_dicts()),
        "reports": tuple(reports.group_by("unit_code", "unit_name", "period").len().sort("period", "unit_code").rows()),
    }
