"""Publishing the county book: what pages there are, and what each is made of."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from tasks import fetch
from tasks.book import (
    changes,
    comparing,
    evidence,
    findings,
    indicators,
    looking,
    overview,
    reports,
    searching,
    townships,
)
from tasks.book.data import BookData, Row, read_book_data
from tasks.book.downloads import add_downloads, link_data_docs
from tasks.book.ledger import Ledger, open_ledger
from tasks.book.maps import CountyMap, read_map
from tasks.book.pictures import Drawings, PageView, Undrawn
from tasks.book.site import Site, open_site
from tasks.book.words import period_name, words, written
from tasks.domain.county import County
from tasks.domain.errors import Language, Text
from tasks.load import Warehouse

__all__ = ["BookOutcome", "Progress", "publish_book"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BookOutcome:
    """What a publication did: where the book is, and how many files were made, kept and taken away."""

    folder: Path
    built: int
    kept: int
    gone: int
    facts: int
    bytes: int
    undrawn: tuple[Undrawn, ...] = ()
    notices: tuple[Text, ...] = ()

    def message(self, language: Language) -> str:
        """Return the counts as one sentence."""
        size = f"{self.bytes / 1e6:.1f} MB"
        if language == "zh":
            return (f"新写{self.built}个文件，未变{self.kept}个，移除{self.gone}个；"
                    f"现行指标值{self.facts}个，共 {size}")  # fmt: skip
        return (f"{self.built} files written, {self.kept} unchanged, {self.gone} removed; "
                f"{self.facts} live figures, {size}")  # fmt: skip

    @property
    def first_page(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"


def publish_book(
    county: County,
    folder: Path,
    *,
    language: Language | None = None,
    now: dt.datetime,
    progress: Progress = lambda _what, _done, _total: None,
) -> BookOutcome:
    """Bring the book in `folder` to what the warehouse says now; pages whose contents have not changed stay.

    Raises:
        WarehouseError: a table cannot be read or a page cannot be written.
        ConfigurationError: the folder holds other files and is no book.
    """
    language = language or county.language
    county_map = read_map(county)
    warehouse = Warehouse(county.warehouse)
    data = read_book_data(county, language, warehouse)
    with open_site(folder, language, _common(data)) as site, Drawings.begun(site, data) as drawings:
        _assets(site)
        _overview(site, data)
        _townships(site, data)
        _indicators(site, data, county_map)
        _findings(site, data)
        _search(site, data)
        site.page("downloads.html", "downloads.html.j2", **add_downloads(site, data, warehouse, now))
        ledger = open_ledger(site, data)
        # Last: pages of scans are drawn by other processes meanwhile.
        pictures, undrawn = drawings.ended()
        _reports(site, data, pictures, ledger, progress)
        site.page("changes.html", "publications.html.j2", publications=changes.note_publication(site, data, now))
        ledger.write(site)
        changes.note_contents(site, data)
        site.close()
        link_data_docs(site, data)
    size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    live = data.facts.filter("live").height
    return BookOutcome(folder, len(site.built), len(site.kept), len(site.gone), live, size, undrawn,
                       () if county_map is None else county_map.notices())  # fmt: skip


def _common(data: BookData) -> dict[str, Any]:
    """Return what every page knows."""
    return {
        "t": words(data.language),
        "language": data.language,
        "county": data.county.name,
        "period_name": _Named(data.language),
        "number": _Written(),
    }


class _Named:
    """Names periods in templates; equal in every run, so that pages are known to be the same."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, code: str) -> str:
        return period_name(code, self.language)

    def __repr__(self) -> str:
        return f"period_name({self.language})"


class _Written:
    """Writes figures in templates."""

    def __call__(self, value: float | None) -> str:
        return written(value)

    def __repr__(self) -> str:
        return "written"


def _assets(site: Site) -> None:
    for one in sorted((files("tasks.book") / "assets").iterdir(), key=lambda entry: entry.name):
        if one.is_file():
            site.file(f"assets/{one.name}", one.read_bytes())


def _overview(site: Site, data: BookData) -> None:
    site.page("index.html", "glance.html.j2", **overview.glance_contents(data))
    site.page("roster.html", "roster.html.j2", **overview.roster_contents(data),
              chart=looking.timeliness_chart(data))  # fmt: skip
    site.page("method.html", "method.html.j2", **overview.method_contents(data))
    site.page("townships/index.html", "townships.html.j2", **overview.township_list(data))
    site.page("indicators/index.html", "indicators.html.j2", **overview.indicator_list(data),
              chart=looking.heat_map_chart(data))  # fmt: skip


def _reports(
    site: Site, data: BookData, pictures: Mapping[str, tuple[PageView, ...]], ledger: Ledger, progress: Progress
) -> None:
    owed = data.submissions.group_by("unit_code", "period", maintain_order=True)
    total, done = data.submissions.height, 0
    for _, versions in owed:
        siblings = versions.sort("version").to_dicts()
        for one in siblings:
            progress(f"{one['unit_name']} {one['period']}", done, total)
            _pack(site, data, one)
            lost = ledger.lost.get(data.report_path(one), ())
            drawn = pictures.get(one["submission_id"], ())
            site.page(
                data.report_path(one), "report.html.j2", **reports.report_contents(one, data, siblings, drawn, lost)
            )
            done += 1
    progress("", total, total)
    live = {data.report_path(one) for one in data.submissions.iter_rows(named=True) if one["state"] == "loaded"}
    for path, figures in ledger.lost.items():
        if path not in live:
            site.page(path, "gone.html.j2", lost=tuple(figures))


def _pack(site: Site, data: BookData, submission: Row) -> None:
    """Put the evidence pack of a report into the book, where it has figures."""
    facts = data.facts_of.get(submission["submission_id"], [])
    if not facts:
        return
    contents = evidence.pack_contents(submission, data, facts)
    with_original = data.county.settings.book.originals

    def make() -> bytes:
        original = fetch.read_raw(data.county.raw, submission["sha256"]) if with_original else None
        return evidence.packed(contents, data.versions.get("facts"), original, submission["file_name"])

    site.made_from(evidence.pack_path(submission, data), evidence.pack_digest(contents, with_original), make)


def _townships(site: Site, data: BookData) -> None:
    for code in data.unit_names:
        site.page(f"townships/{code}.html", "township.html.j2", **townships.township_contents(code, data))


def _indicators(site: Site, data: BookData, county_map: CountyMap | None) -> None:
    apart = county_map.lacking if county_map is not None else ()
    for (code,), figures in data.figures.sort("indicator").group_by("indicator", maintain_order=True):
        if code in data.indicator_by_code:
            contents = indicators.indicator_contents(str(code), figures, data)
            pictures = looking.indicator_charts(str(code), figures, county_map, data)
            site.page(f"indicators/{code}.html", "indicator.html.j2", **contents, **pictures, apart=apart)


def _search(site: Site, data: BookData) -> None:
    periods = searching.searched_periods(data)
    site.page("search.html", "search.html.j2", shards=tuple(periods))
    site.file("search/names.js", searching.names_script(data))
    for period in periods:
        site.file(f"search/{period}.js", searching.period_script(period, data))


def _findings(site: Site, data: BookData) -> None:
    site.page("findings/index.html", "findings_index.html.j2", **findings.findings_overview(data))
    compared = {}
    for one in data.findings.filter(pl.col("rule").is_in(comparing.COPIES)).iter_rows(named=True):
        if sides := comparing.copied_from(one, data):
            path = compared[one["finding_id"]] = comparing.copied_path(one)
            site.page(path, "compare.html.j2", **comparing.copied_contents(*sides, one, data))
    for period in findings.finding_periods(data):
        site.page(f"findings/{period}.html", "findings.html.j2", **findings.findings_contents(period, data, compared))
    for before, after in comparing.revisions(data):
        path = comparing.revision_path(before, after)
        site.page(path, "compare.html.j2", **comparing.revision_contents(before, after, data))
