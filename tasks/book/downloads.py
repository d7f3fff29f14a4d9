"""What goes along with the book: Excel workbooks and question letters, made where their rows have changed."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from expectations.rules import load_rules
from tasks import publish
from tasks.book.data import BookData
from tasks.book.site import Site
from tasks.load import Warehouse
from tasks.validate.docs import has_pages, link_to_book

__all__ = ["add_downloads", "link_data_docs"]

# Keys of artifacts (tasks/steps/showing.py), which are words of the book too.
_ARTIFACTS = ("roster", "findings", "quality")


def add_downloads(site: Site, data: BookData, warehouse: Warehouse, now: dt.datetime) -> dict[str, Any]:
    """Put a workbook of each period and a letter to each township with open questions into the book; return the lists.

    A file stays as long as the rows it is made of do; a letter keeps the day on which it was written.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    periods = [code for code in reversed(data.periods) if code in set(data.submissions["period"])]
    return {
        "workbooks": tuple((code, _workbook(site, data, warehouse, code)) for code in periods),
        "letters": tuple(one for code in periods for one in _letters(site, data, warehouse, code, now)),
        "data_docs": _data_docs(site, data),
        "artifacts": _artifacts(data),
    }


def _digest(data: BookData, *frames: pl.DataFrame) -> str:
    # Letters link to where the book can be opened.
    digest = hashlib.sha256(f"{data.language} {data.county.name}{data.county.settings.book.url}".encode())
    for one in frames:
        digest.update(one.write_json().encode())
    return digest.hexdigest()[:24]


def _only_file(write: Callable[[Path], object]) -> bytes:
    """Return the one file that `write` puts into a folder."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        (path,) = (one for one in Path(folder).iterdir() if one.is_file())
        return path.read_bytes()


def _workbook(site: Site, data: BookData, warehouse: Warehouse, period: str) -> str:
    path = f"downloads/{period}.xlsx"
    of_period = pl.col("period") == period
    digest = _digest(
        data, data.facts.filter(of_period & pl.col("live")), data.findings.filter(of_period),
        data.reporting.filter(of_period), data.quality.filter(of_period), data.indicators,
    )  # fmt: skip
    form = data.county.form_for(period)

    def write(folder: Path) -> object:
        mandatory = {period: form.mandatory} if form is not None else {}
        return publish.export_xlsx(warehouse, folder, periods=[period], language=data.language,
                                   county_name=data.county.name, mandatory=mandatory, book="..",
                                   timezone=data.county.timezone)  # fmt: skip

    site.made_from(path, digest, lambda: _only_file(write))
    return path


def _letters(
    site: Site, data: BookData, warehouse: Warehouse, period: str, now: dt.datetime
) -> list[tuple[str, str, str, str]]:
    """Return period, unit code, unit name and place of each letter about `period`."""
    settings = data.county.settings.letter
    today = now.astimezone(data.county.timezone).date()
    head = publish.LetterHead(data.county.name, settings.number, settings.office, today, settings.reply_days,
                              data.county.settings.book.url)  # fmt: skip
    waiting = data.findings.filter(pl.col("period") == period, publish.is_asked())
    made, digests = [], {}
    for (unit,), findings in waiting.sort("unit_code", "finding_id").group_by("unit_code", maintain_order=True):
        if (name := data.unit_names.get(str(unit))) is not None:
            path = f"downloads/{unit}-{period}.docx"
            digests[path] = _digest(data, findings.drop("last_seen_run", "first_seen_run"))
            made.append((period, str(unit), name, path))
    # The tables are read once for all letters that have changed.
    stale = {unit for _, unit, _, path in made if not site.holds(path, digests[path])}
    with tempfile.TemporaryDirectory() as folder:
        written = publish.write_letters(warehouse, Path(folder), head, load_rules(), periods=[period],
                                        unit_codes=stale, language=data.language) if stale else []  # fmt: skip
        letters = {one.unit_code: one.path.read_bytes() for one in written if one.path is not None}
    # A unit that is no township of the county any more is asked nothing.
    made = [one for one in made if one[1] in letters or one[1] not in stale]
    for _, unit, _, path in made:
        site.made_from(path, digests[path], lambda unit=unit: letters[unit])  # type: ignore[misc]
    return made


def _data_docs(site: Site, data: BookData) -> str:
    """Return the way from the book to the Data Docs: their address, else their place beside the book.

    None where the book does not lie in the county's folder, or is opened under an address: what lies beside it there
    only the county knows.
    """
    settings, docs = data.county.settings.book, data.county.data_docs
    if settings.data_docs:
        return f"{settings.data_docs.removesuffix('/index.html').rstrip('/')}/index.html"
    return f"../{docs.name}/index.html" if not settings.url and _beside(site, data) and has_pages(docs) else ""


def _beside(site: Site, data: BookData) -> bool:
    return site.folder.resolve() == data.county.book.resolve()


def _artifacts(data: BookData) -> tuple[tuple[str, str], ...]:
    """Return what the Prefect UI shows of the county after a run: the word for it and its address."""
    ui, code = data.county.settings.book.ui.rstrip("/"), data.county.settings.county.code
    return tuple((word, f"{ui}/artifacts/key/{word}-{code}") for word in _ARTIFACTS) if ui else ()


def link_data_docs(site: Site, data: BookData) -> None:
    """Link the Data Docs to the book: under its address, or where it lies beside them; else they have no link."""
    docs, url = data.county.data_docs, data.county.settings.book.url
    if has_pages(docs) and (url or _beside(site, data)):
        link_to_book(docs, url or os.path.relpath(data.county.book, docs), data.language)
