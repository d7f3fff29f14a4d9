"""Excel workbooks as a statistician lays them out: one per period, indicators down, townships across."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from tasks.domain.errors import Language
from tasks.domain.periods import ReportPeriod
from tasks.publish.addresses import with_fact_addresses
from tasks.publish.files import written_whole
from tasks.publish.matrix_sheets import COMMENTS, Matrix, write_matrix
from tasks.publish.reader import WarehouseReader, live_facts_of, periods_of, rows_of, written_at
from tasks.publish.summary import in_order_of_urgency, roster_table
from tasks.publish.table_sheets import write_table

__all__ = ["export_xlsx"]

_SHEETS = {
    "zh": ("指标", "增速", "指标明细", "审核问题", "修订", "报送情况", "数据质量", "说明"),
    "en": ("indicators", "growth", "details", "findings", "revisions", "roster", "quality", "notes"),
}
_DETAILS = (
    *("unit_code", "unit_name", "period", "indicator", "indicator_name", "item", "measure", "value"),
    *("corrected_value", "value_high", "decision_id"),
    *("canonical_unit", "stated_value", "stated_unit", "bound", "status", "evidence", "file_name", "page", "block"),
    *("start", "end", "low", "high", "rule_id", "confidence", "version", "fact_id"),
)
_FINDINGS = (
    *("severity", "status", "decision", "unit_code", "unit_name", "message", "quotes", "observed", "expected"),
    *("imbalance", "rule", "level", "first_seen_run", "last_seen_run", "finding_id"),
)
_REVISIONS = (
    *("unit_code", "unit_name", "version", "earlier_version", "indicator", "indicator_name", "item", "measure"),
    *("figure_period", "change", "value_before", "value_after", "difference", "difference_pct", "canonical_unit"),
    *("stated_before", "stated_after", "quote_before", "quote_after", "earlier_file_name", "file_name", "received_at"),
)
# Excel counts its dates from here; a workbook of an empty warehouse bears this one.
_NO_DATE = dt.datetime(1980, 1, 1)


@dataclass(frozen=True)
class _Wanted:
    """What a workbook is made with; mandatory indicators are per period, `book` is the county book's address."""

    language: Language
    county_name: str
    mandatory: Mapping[str, Sequence[str]]
    book: str
    timezone: dt.tzinfo

    @property
    def zh(self) -> bool:
        return self.language == "zh"


def export_xlsx(
    warehouse: WarehouseReader,
    folder: Path,
    *,
    periods: Sequence[str] | None = None,
    language: Language = "zh",
    county_name: str = "",
    mandatory: Mapping[str, Sequence[str]] | None = None,
    book: str = "book",
    timezone: dt.tzinfo = dt.UTC,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write one workbook per period into `folder` and return the files, e.g. `岚川县-2023年-指标汇总.xlsx`.

    Sheets: the levels by township with totals, the stated growth by township, every live fact with quote, place and a
    link into the county book, the findings, the revisions, the roster, the quality, and what each sheet is with the
    version of the data. `mandatory` says per period which indicators every report must state; `book` is the address of
    the county book's folder as seen from `folder`; the days of the roster are those of
    `timezone`. No text is ever a formula. The same data give the same bytes.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    wanted = _Wanted(language, county_name, mandatory or {}, book.rstrip("/"), timezone)
    written = []
    for code in periods_of(warehouse, periods):
        period = ReportPeriod.parse(code)
        words = (period.name_zh, "指标汇总") if wanted.zh else (code, "indicators")
        path = folder / ("-".join([*([county_name] if county_name else []), *words]) + ".xlsx")
        progress(path.name)
        with written_whole(path) as partial:
            _write_workbook(warehouse, partial, code, wanted)
        written.append(path)
    return written


def _write_workbook(warehouse: WarehouseReader, path: Path, period: str, wanted: _Wanted) -> None:
    files = rows_of(warehouse, "submissions", [period]).select("submission_id", "file_name")
    facts = with_fact_addresses(live_facts_of(warehouse, [period])).join(
        files, on="submission_id", how="left", maintain_order="left"
    )
    levels, growth, details, findings, revisions, roster, quality, notes = _SHEETS[wanted.language]
    # Excel knows no time zones; the moments of the revisions sheet are UTC.
    options = {
        "remove_timezone": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    # The date of the data, not of the export: with that one no two workbooks would be the same.
    created = written_at(warehouse)
    book.set_properties({
        "title": f"{wanted.county_name} {period}".strip(),
        "created": _NO_DATE if created is None else created.replace(tzinfo=None, microsecond=0),
    })  # fmt: skip
    with_comments = facts.height <= COMMENTS
    for name, measure in ((levels, "level"), (growth, "growth_pct")):
        matrix = Matrix.of(
            warehouse, facts, period, measure=measure, mandatory=wanted.mandatory.get(period, ())
        )  # fmt: skip
        write_matrix(book, name, matrix, zh=wanted.zh, with_comments=with_comments)
    links = [f"{wanted.book}/{address}" for address in facts["address"]]
    write_table(book, details, facts.select(_DETAILS), wanted.zh, links=links)
    write_table(book, findings, _findings(warehouse, period, wanted.language), wanted.zh)
    write_table(book, revisions, rows_of(warehouse, "revisions", [period]).select(_REVISIONS), wanted.zh)
    owed = roster_table(rows_of(warehouse, "reporting", [period]), timezone=wanted.timezone)
    write_table(book, roster, owed, wanted.zh)
    write_table(book, quality, rows_of(warehouse, "quality", [period]), wanted.zh)
    _notes_sheet(book, notes, warehouse, period, wanted, with_comments=with_comments)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _findings(warehouse: WarehouseReader, period: str, language: Language) -> pl.DataFrame:
    findings = in_order_of_urgency(rows_of(warehouse, "findings", [period]))
    return findings.with_columns(
        pl.col(f"message_{language}").alias("message"),
        pl.col(f"decision_{language}").alias("decision"),
        pl.col("quotes").list.join(" | "),
    ).select(_FINDINGS)


def _notes_sheet(
    book: Any, name: str, warehouse: WarehouseReader, period: str, wanted: _Wanted, *, with_comments: bool
) -> None:
    zh = wanted.zh
    levels, growth, details, findings, revisions, roster, quality, _ = _SHEETS[wanted.language]
    if zh:
        quotes = "批注是原文、文件和页。" if with_comments else "指标值太多，不加批注，原文见指标明细。"
        said = [
            (levels, "各单位本期数，按分组排列。空白：报告中没有写或没有读出；缺：必报指标没有读出；灰色列：报告未到；"
                     "灰底：原文隐去；黄底：存疑；蓝色粗体：已更正（原数在批注）；≥ ≤ ≈：以上、以内、左右。" + quotes),
            ("合计", "只加得出的指标（比率、人均、村均不加）；只加读出的数，“报数单位”写明加了几个，没有加全的为灰色"),
            (growth, "报告所写的增长（%），下降为负"),
            (details, "每个指标值的原文、文件和位置；起止为文档字符位置，页从 1 起。"
                      "“证据”链接到县情册（先运行 county publish；县情册和本文件的相对位置变了，链接就打不开）"),
            (findings, "审核发现的问题，未处理的在前"),
            (revisions, "同一报告前后两版之间改了哪些数、改了多少，附两版原文"),
            (roster, "应报单位的报送情况"),
            (quality, "每份报告的及时性、完整率、不通过数、说明与更正、修订幅度"),
            ("报告期", period),
        ]  # fmt: skip
    else:
        quotes = (
            "Notes hold quote, file and page."
            if with_comments
            else "Too many figures for notes: quotes are in details."
        )
        said = [
            (levels, "levels per unit, by group. Blank: not stated or not read; lacks: a mandatory indicator not read; "
                     "grey column: no report came; grey cell: masked; yellow: in doubt; bold blue: corrected (the note "
                     "has the reported figure); ≥ ≤ ≈: bounds. " + quotes),
            ("total", "of indicators that can be added (no rates, no averages); of the figures that were read: 'units "
                      "counted' says how many, grey where some are missing"),
            (growth, "growth as the report states it (%), a decline is negative"),
            (details, "the quote, file and place of every figure; start and end count characters, pages count from 1. "
                      "'evidence' opens the county book (run county publish first; the link holds while book and "
                      "workbook stay where they are to each other)"),
            (findings, "what the checks found, open ones first"),
            (revisions, "which figures changed between two versions of a report, by how much, with both quotes"),
            (roster, "who owes a report and what came"),
            (quality, "per report: punctuality, completeness, failures, explanations, corrections, revisions"),
            ("period", period),
        ]  # fmt: skip
    versions = [
        (f"{'数据版本' if zh else 'data version'} {table}", str(n)) for table, n in warehouse.versions().items()
    ]
    sheet = book.add_worksheet(name)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (what, words) in enumerate([*said, *versions]):
        sheet.write_string(row, 0, what, wrapped)
        sheet.write_string(row, 1, words, wrapped)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
