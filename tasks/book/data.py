"""Everything the county book is made of, read once from the warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from tasks.domain.county import County
from tasks.domain.errors import Language
from tasks.domain.periods import ReportPeriod
from tasks.domain.tables import TABLES
from tasks.load import Warehouse
from tasks.publish.addresses import report_period_of, with_fact_addresses

__all__ = ["BookData", "Row", "read_book_data", "same_period_before", "stated_once"]

Row = Mapping[str, Any]
_SHOWN_STATES = ("loaded", "superseded", "held")
# Of several statements of one figure the first of these is shown in tables; all are shown in the report.
_FIGURE = ("unit_code", "period", "indicator", "item", "measure")


@dataclass(frozen=True)
class BookData:
    """The frames of the book, schemas of `TABLES`, for one county in one language.

    `facts` are those of live and superseded submissions with `anchor`, `address`, `report_period` and `live` as the
    submissions table says; `figures` are one live fact per unit, period, indicator, item and measure with `shown`, the
    value that counts (the corrected one where there is one). `submissions` are the live and superseded ones, `waiting`
    those in quarantine.
    """

    county: County
    language: Language
    submissions: pl.DataFrame
    waiting: pl.DataFrame
    blocks: Mapping[str, Sequence[Row]]
    mentions: Mapping[str, Sequence[Row]]
    facts: pl.DataFrame
    figures: pl.DataFrame
    findings: pl.DataFrame
    decisions: pl.DataFrame
    reporting: pl.DataFrame
    quality: pl.DataFrame
    indicators: pl.DataFrame
    units: pl.DataFrame
    versions: Mapping[str, int]

    @property
    def zh(self) -> bool:
        """Whether the book is in Chinese."""
        return self.language == "zh"

    @cached_property
    def periods(self) -> list[str]:
        """Every period that is owed or stated, in order of time."""
        known = [self.reporting["period"], self.figures["period"], self.submissions["period"]]
        return sorted(pl.concat(known).unique().to_list(), key=lambda code: (ReportPeriod.parse(code), code))

    @cached_property
    def latest(self) -> str:
        """The newest period with figures of a report of its own; empty where nothing is loaded."""
        loaded = set(self.submissions.filter(pl.col("state") == "loaded")["period"])
        return next((code for code in reversed(self.periods) if code in loaded), "")

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Names by unit code, in the order of codes: the gazetteer's, and those that reports were loaded under."""
        loaded = self.submissions.select("unit_code", name="unit_name")
        rows = pl.concat([self.units.select("unit_code", "name"), loaded]).unique("unit_code", keep="first",
                                                                                  maintain_order=True)  # fmt: skip
        return dict(rows.sort("unit_code").rows())

    @cached_property
    def facts_of(self) -> dict[str, list[dict[str, Any]]]:
        """The facts of each submission in the order of the text."""
        return grouped(self.facts.sort("start", "fact_id"), "submission_id")

    @cached_property
    def fact_by_id(self) -> dict[str, dict[str, Any]]:
        """Every fact by its id."""
        return {one["fact_id"]: one for one in self.facts.iter_rows(named=True)}

    @cached_property
    def findings_of_fact(self) -> dict[str, list[dict[str, Any]]]:
        """The findings about each fact."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self.findings.iter_rows(named=True):
            for fact in one["fact_ids"]:
                found.setdefault(fact, []).append(one)
        return found

    @cached_property
    def findings_of_unit(self) -> dict[str, list[dict[str, Any]]]:
        """The findings of each unit, by period and rule."""
        return grouped(self.findings, "unit_code")

    @cached_property
    def stated(self) -> set[str]:
        """The indicators that a live figure states: those that have a page."""
        return set(self.figures["indicator"])

    @cached_property
    def indicator_by_code(self) -> dict[str, dict[str, Any]]:
        """The catalogue's rows by code."""
        return {one["code"]: one for one in self.indicators.iter_rows(named=True)}

    def report_path(self, submission: Row) -> str:
        """Return the page of a submission: the live one has the permanent address, an older one its version."""
        name = submission["period"] if submission["state"] == "loaded" else _version_name(submission)
        return f"reports/{submission['unit_code']}/{name}.html"


def _version_name(submission: Row) -> str:
    return f"{submission['period']}-v{submission['version']}"


def grouped(rows: pl.DataFrame, key: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by the value of `key`, in their order."""
    return {name: part.to_dicts() for (name,), part in rows.group_by(key, maintain_order=True)}


def read_book_data(county: County, language: Language, warehouse: Warehouse) -> BookData:
    """Return what the book of `county` is made of, as the warehouse is now.

    Raises:
        WarehouseError: a table cannot be read.
    """
    known = warehouse.known_submissions().sort("period", "unit_code", "version", "submission_id")
    shown = known.filter(pl.col("state").is_in(_SHOWN_STATES))
    ids = shown["submission_id"].to_list()
    facts = _facts(warehouse, shown)

    def rows(table: str, *order: str) -> pl.DataFrame:
        return warehouse.scan(table).select(list(TABLES[table])).sort(*order, nulls_last=True).collect()

    def content(table: str, columns: Sequence[str], *order: str) -> dict[str, list[dict[str, Any]]]:
        held = warehouse.scan(table).filter(pl.col("submission_id").is_in(ids)).select("submission_id", *columns)
        return grouped(held.sort("submission_id", *order).collect(), "submission_id")

    places = ("block", "page", "kind", "start", "end", "bbox", "table", "row", "column", "text", "ocr_confidence")
    unread = ("start", "end", "fact_id", "reject_reason")
    return BookData(
        county=county,
        language=language,
        submissions=shown,
        waiting=known.filter(pl.col("state") == "quarantined"),
        blocks=content("blocks", places, "block"),
        mentions=content("mentions", unread, "start"),
        facts=facts,
        figures=stated_once(facts.filter("live")),
        findings=rows("findings", "period", "unit_code", "rule", "finding_id"),
        decisions=warehouse.decisions(),
        reporting=rows("reporting", "period", "unit_code", "form"),
        quality=rows("quality", "period", "unit_code", "form"),
        indicators=warehouse.scan("indicators").select(list(TABLES["indicators"])).collect(),
        units=rows("units", "unit_code"),
        versions=warehouse.versions(),
    )


def _facts(warehouse: Warehouse, shown: pl.DataFrame) -> pl.DataFrame:
    ids = shown["submission_id"].to_list()
    read = warehouse.scan("facts").filter(pl.col("submission_id").is_in(ids) & (pl.col("status") != "rejected"))
    facts = with_fact_addresses(read.collect().sort("submission_id", "start", "fact_id"))
    # The submissions table says what is live; of another version only what the warehouse holds is known.
    live = shown.filter(pl.col("state") == "loaded")["submission_id"].to_list()
    return facts.with_columns(
        pl.col("item").fill_null(""),
        pl.col("submission_id").is_in(live).alias("live"),
        report_period_of(),
        pl.col("address").str.split("#").list.last().alias("fragment"),
    )


def stated_once(facts: pl.DataFrame) -> pl.DataFrame:
    """Return one fact per unit, period, indicator, item and measure, with `shown`, the value that counts.

    Corrected before accepted before flagged, readable before masked, exact before rounded, then the surer and earlier.
    """
    rank = pl.col("status").replace_strict({"corrected": 0, "accepted": 1, "flagged": 2}, default=3)
    # Of a figure that two reports state, the one whose period it is counts.
    own = pl.col("report_period") == pl.col("period")
    return (
        facts.with_columns(pl.coalesce("corrected_value", "value").alias("shown"))
        .sort(pl.col("shown").is_null(), ~own, rank, pl.col("bound") != "exact", -pl.col("confidence"),
              "submission_id", "start", maintain_order=True)
        .unique(_FIGURE, keep="first", maintain_order=True)
    )  # fmt: skip


def same_period_before(code: str) -> str:
    """Return the same period of the year before.

    >>> same_period_before("2023"), same_period_before("2023H1")
    ('2022', '2022H1')
    """
    return f"{int(code[:4]) - 1}{code[4:]}"
