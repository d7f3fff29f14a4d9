"""Excel workbooks as a statistician lays them out: one per period, indicators down, townships across."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from tasks.domain.errors import Language
from tasks.domain.periods import ReportPeriod
from tasks.publish.files import written_whole
from tasks.publish.labels import BOUND_FORMATS, label, state
from tasks.publish.levels import best_figures
from tasks.publish.reader import WarehouseReader, periods_of, rows_of
from tasks.publish.summary import in_order_of_urgency, roster_table

__all__ = ["export_xlsx"]

# What one sheet of Excel holds, without the heading; more goes on into another sheet.
SHEET_ROWS = 1_000_000
SHEET_UNITS = 1_000
_HEAD = ("indicator", "indicator_name", "group", "item", "canonical_unit")
_SHEETS = {
    "zh": ("指标", "指标明细", "审核问题", "报送情况", "数据质量", "说明"),
    "en": ("indicators", "details", "findings", "roster", "quality", "notes"),
}
_DETAILS = (
    *("unit_code", "unit_name", "indicator", "indicator_name", "item", "measure", "value", "corrected_value"),
    *("value_high", "decision_id"),
    *("canonical_unit", "stated_value", "stated_unit", "bound", "status", "evidence", "file_name", "page", "block"),
    *("start", "end", "low", "high", "rule_id", "confidence", "version", "fact_id"),
)
# Widths in pixels.
_PROSE = ("evidence", "message", "decision", "quotes", "expected", "observed", "file_name")
_WIDE, _NARROW = 380, 105
_SHARES = ("completeness", "explained_share", "mean_revision", "outlier_free")
_FINDINGS = (
    *(
        "severity",
        "status",
        "decision",
        "unit_code",
        "unit_name",
        "message",
        "quotes",
        "observed",
        "expected",
        "imbalance",
    ),
    *("rule", "level", "first_seen_run", "last_seen_run", "finding_id"),
)


class _Cell(NamedTuple):
    """A cell of the indicator sheet that is no plain number; `kind` names its format."""

    row: int
    column: int
    content: float | str
    kind: str


def export_xlsx(
    warehouse: WarehouseReader,
    folder: Path,
    *,
    periods: Sequence[str] | None = None,
    language: Language = "zh",
    county_name: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write one workbook per period into `folder` and return the files, e.g. `岚川县-2023年-指标汇总.xlsx`.

    Sheets: the indicators by township, every live fact with quote and place, the findings, the roster, the quality, and
    what each sheet is with the version of the data. No text is ever a formula or a link.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    written = []
    for code in periods_of(warehouse, periods):
        period = ReportPeriod.parse(code)
        words = (period.name_zh, "指标汇总") if language == "zh" else (code, "indicators")
        path = folder / ("-".join([*([county_name] if county_name else []), *words]) + ".xlsx")
        progress(path.name)
        with written_whole(path) as partial:
            _write_workbook(warehouse, partial, code, language)
        written.append(path)
    return written


def _write_workbook(warehouse: WarehouseReader, path: Path, period: str, language: Language) -> None:
    facts = rows_of(warehouse, "facts", [period])
    zh = language == "zh"
    matrix, details, findings, roster, quality, notes = _SHEETS[language]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    _matrix_sheets(book, matrix, warehouse, facts, period, zh)
    _table_sheets(book, details, _details(warehouse, facts, period), zh)
    _table_sheets(book, findings, _findings(warehouse, period, language), zh)
    _table_sheets(book, roster, roster_table(rows_of(warehouse, "reporting", [period])), zh)
    _table_sheets(book, quality, rows_of(warehouse, "quality", [period]), zh)
    _notes_sheet(book, notes, warehouse, period, zh)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _matrix_sheets(
    book: Any, name: str, warehouse: WarehouseReader, facts: pl.DataFrame, period: str, zh: bool
) -> None:
    """Write levels as indicators (down, in the catalogue's order) by townships (across)."""
    levels = best_figures(facts)
    indicators = _indicator_rows(warehouse, levels)
    units = _units(warehouse, levels, period)
    for number, part in enumerate(_parts(units, SHEET_UNITS), start=1):
        sheet = book.add_worksheet(name if number == 1 else f"{name}{number}")
        formats = _formats(book)
        for column, heading in enumerate([*(label(one, zh) for one in _HEAD), *part["name"].to_list()]):
            sheet.write_string(0, column, heading, formats["heading"])
        for row, words in enumerate(indicators.select(_HEAD).rows(), start=1):
            for column, word in enumerate(words):
                sheet.write_string(row, column, word or "")
        for cell in _cells(levels, indicators, part):
            write = sheet.write_string if isinstance(cell.content, str) else sheet.write_number
            write(cell.row, cell.column, cell.content, formats[cell.kind])
        sheet.freeze_panes(1, len(_HEAD))
        sheet.autofilter(0, 0, max(indicators.height, 1), len(_HEAD) + part.height - 1)
        for column, width in enumerate((20, 28, 14, 14, 9)):
            sheet.set_column(column, column, width)
        sheet.set_column(len(_HEAD), len(_HEAD) + part.height, 14)


def _indicator_rows(warehouse: WarehouseReader, levels: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the sheet: the whole catalogue, with a row per item where there are items."""
    catalogue = (
        rows_of(warehouse, "indicators", [])
        .select(pl.col("code").alias("indicator"), pl.col("name").alias("indicator_name"), "group", "unit")
        .with_row_index("place")
    )
    stated = levels.select("indicator", "item", "canonical_unit", name_stated="indicator_name").unique(
        ["indicator", "item"], keep="first", maintain_order=True
    )
    return (
        catalogue.join(stated, on="indicator", how="full", coalesce=True)
        .with_columns(
            pl.coalesce("indicator_name", "name_stated").alias("indicator_name"),
            pl.coalesce("canonical_unit", "unit").alias("canonical_unit"),
            pl.col("item").fill_null(""),
        )
        .sort("place", "indicator", "item", nulls_last=True)
        .drop("place")
        .with_row_index("row", offset=1)
    )


def _units(warehouse: WarehouseReader, levels: pl.DataFrame, period: str) -> pl.DataFrame:
    """Return the units of the period by code: those that owe a report and those with figures."""
    owing = rows_of(warehouse, "reporting", [period]).select("unit_code", name="unit_name")
    stating = levels.select("unit_code", name="unit_name")
    return pl.concat([owing, stating]).unique("unit_code", keep="first", maintain_order=True).sort("unit_code")


def _cells(levels: pl.DataFrame, indicators: pl.DataFrame, units: pl.DataFrame) -> list[_Cell]:
    placed = levels.join(indicators.select("indicator", "item", "row"), on=["indicator", "item"]).join(
        units.with_row_index("column", offset=len(_HEAD)).select("unit_code", "column"), on="unit_code"
    )
    rows = placed.select("row", "column", "value", "value_high", "bound", "status", "stated_value").rows()
    return [
        _Cell(row, column, *_content(value, high, bound, status, stated))
        for row, column, value, high, bound, status, stated in rows
    ]


def _content(
    value: float | None, high: float | None, bound: str, status: str, stated: str | None
) -> tuple[float | str, str]:
    if value is None:
        return stated or "××", "masked"
    if high is not None:
        return f"{value:g}—{high:g}", "range"
    digits = "whole" if value == int(value) else "decimal"
    return value, f"{bound if bound in BOUND_FORMATS else ''}{digits}{'?' if status == 'flagged' else ''}"


def _formats(book: Any) -> dict[str, Any]:
    """Return the formats of the indicator sheet by kind; a figure in doubt (?) is shaded, a masked one grey."""
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1}),
        "masked": book.add_format({"font_color": "#7F7F7F", "bg_color": "#D9D9D9", "align": "right"}),
        "range": book.add_format({"align": "right"}),
    }
    for bound, prefix in {"": "", **BOUND_FORMATS}.items():
        for digits, pattern in {"whole": "#,##0", "decimal": "#,##0.00##"}.items():
            for doubt, shade in {"": {}, "?": {"bg_color": "#FFE699"}}.items():
                formats[f"{bound}{digits}{doubt}"] = book.add_format({"num_format": prefix + pattern, **shade})
    return formats


def _details(warehouse: WarehouseReader, facts: pl.DataFrame, period: str) -> pl.DataFrame:
    files = rows_of(warehouse, "submissions", [period]).select("submission_id", "file_name")
    return facts.join(files, on="submission_id", how="left", maintain_order="left").select(_DETAILS)


def _findings(warehouse: WarehouseReader, period: str, language: Language) -> pl.DataFrame:
    findings = in_order_of_urgency(rows_of(warehouse, "findings", [period]))
    return findings.with_columns(
        pl.col(f"message_{language}").alias("message"),
        pl.col(f"decision_{language}").alias("decision"),
        pl.col("quotes").list.join(" | "),
    ).select(_FINDINGS)


def _table_sheets(book: Any, name: str, rows: pl.DataFrame, zh: bool) -> None:
    """Write `rows` with headings, a filter and the heading frozen, codes as words; further sheets for further rows."""
    coded = [one for one in ("severity", "status", "measure", "bound", "state") if one in rows.columns]
    said = rows.with_columns(pl.col(coded).replace(state(zh)))
    shown = said.rename({one: label(one, zh) for one in said.columns})
    formats: dict[Any, str] = {one: "#,##0.######" for one, dtype in shown.schema.items() if dtype.is_float()}
    formats |= {one: "0" for one, dtype in shown.schema.items() if dtype.is_integer()}
    formats |= {label(one, zh): "0%" for one in _SHARES if one in rows.columns}
    widths: dict[Any, int] = {label(one, zh): _WIDE if one in _PROSE else _NARROW for one in rows.columns}
    for number, part in enumerate(_parts(shown, SHEET_ROWS), start=1):
        part.write_excel(
            book,
            name if number == 1 else f"{name}{number}",
            column_formats=formats,
            column_widths=widths,
            freeze_panes=(1, 0),
        )


def _notes_sheet(book: Any, name: str, warehouse: WarehouseReader, period: str, zh: bool) -> None:
    matrix, details, findings, roster, quality, _ = _SHEETS["zh" if zh else "en"]
    said = (
        [
            (matrix, "各单位本期数。空白：未报或未读出；灰底：原文隐去；黄底：存疑；≥ ≤ ≈：以上、以内、左右"),
            (details, "每个指标值的原文、文件和位置；起止为文档字符位置，页从 1 起"),
            (findings, "审核发现的问题，未处理的在前"),
            (roster, "应报单位的报送情况"),
            (quality, "每份报告的及时性、完整率、不通过数、说明与更正、修订幅度"),
            ("报告期", period),
        ]
        if zh
        else [
            (matrix, "levels per unit. Blank: not reported or not read; grey: masked; yellow: in doubt; ≥ ≤ ≈: bounds"),
            (details, "the quote, file and place of every figure; start and end count characters, pages count from 1"),
            (findings, "what the checks found, open ones first"),
            (roster, "who owes a report and what came"),
            (quality, "per report: punctuality, completeness, failures, explanations, corrections, revisions"),
            ("period", period),
        ]
    )
    versions = [
        (f"{'数据版本' if zh else 'data version'} {table}", str(n)) for table, n in warehouse.versions().items()
    ]
    sheet = book.add_worksheet(name)
    for row, (what, words) in enumerate([*said, *versions]):
        sheet.write_string(row, 0, what)
        sheet.write_string(row, 1, words)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)


def _parts(rows: pl.DataFrame, size: int) -> list[pl.DataFrame]:
    return list(rows.iter_slices(size)) if rows.height else [rows]
