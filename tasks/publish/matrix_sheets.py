"""The sheet a statistician looks for: indicators down in groups, townships across, totals where adding has sense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_range

from expectations.catalogue import adds_up
from tasks.publish.labels import BOUND_FORMATS, label, state
from tasks.publish.levels import best_figures
from tasks.publish.reader import WarehouseReader, rows_of

__all__ = ["COMMENTS", "SHEET_UNITS", "Matrix", "write_matrix"]

# What one sheet of Excel holds; more townships go on into another sheet.
SHEET_UNITS = 1_000
# Each note is a drawing of its own: beyond these a workbook takes a minute to open, and the details sheet has them all.
COMMENTS = 20_000
_HEAD = ("indicator_name", "item", "canonical_unit")
_TOTALS = 2
_DECIMALS = 4
_QUOTE = 300
_RELATIVE_UNITS = ("%", "‰", "百分点")
_REPORTED = ("on_time", "late")


@dataclass(frozen=True)
class Matrix:
    """One measure of one period: its best figures, the rows and columns they stand in, what every report owes."""

    figures: pl.DataFrame
    rows: pl.DataFrame
    units: pl.DataFrame
    mandatory: frozenset[str]
    with_totals: bool

    @classmethod
    def of(
        cls,
        warehouse: WarehouseReader,
        facts: pl.DataFrame,
        period: str,
        *,
        measure: str,
        mandatory: Sequence[str] = (),
    ) -> "Matrix":
        """Return the matrix of `measure`: levels with the whole catalogue, other measures with what is stated.

        Shape: `facts` in the schema `TABLES["facts"]` with `file_name`.
        """
        figures = best_figures(facts.filter(pl.col("period") == period), measure)
        is_level = measure == "level"
        return cls(
            figures=figures,
            rows=_indicator_rows(warehouse, figures, whole=is_level),
            units=_units(warehouse, figures, period),
            mandatory=frozenset(mandatory if is_level else ()),
            with_totals=is_level,
        )


def write_matrix(book: Any, name: str, matrix: Matrix, *, zh: bool, with_comments: bool) -> None:
    """Write `matrix` as a sheet of `book`, for every thousand townships one."""
    parts = list(matrix.units.iter_slices(SHEET_UNITS)) if matrix.units.height else [matrix.units]
    for number, units in enumerate(parts, start=1):
        sheet = book.add_worksheet(name if number == 1 else f"{name}{number}")
        _Sheet(book, sheet, matrix, units, zh, with_comments, is_all=len(parts) == 1).write()


def _indicator_rows(warehouse: WarehouseReader, figures: pl.DataFrame, *, whole: bool) -> pl.DataFrame:
    """Return the rows of the sheet in the order of the catalogue, group by group, with a row per item."""
    catalogue = (
        rows_of(warehouse, "indicators", [])
        .select(pl.col("code").alias("indicator"), "kind", pl.col("name").alias("indicator_name"), "group", "unit")
        .with_row_index("place")
        .with_columns(pl.col("place").min().over("group").alias("group_place"))
    )
    stated = figures.select("indicator", "item", "canonical_unit", name_stated="indicator_name").unique(
        ["indicator", "item"], keep="first", maintain_order=True
    )
    rows = (
        catalogue.join(stated, on="indicator", how="full" if whole else "right", coalesce=True)
        .with_columns(
            pl.coalesce("indicator_name", "name_stated").alias("indicator_name"),
            pl.coalesce("canonical_unit", "unit").alias("canonical_unit"),
            pl.col("item", "group").fill_null(""),
        )
        .sort("group_place", "place", "indicator", "item", nulls_last=True)
    )
    # What the catalogue does not know is not added up.
    sums = [kind is not None and adds_up(kind, name or "", unit or "") for kind, name, unit in
            rows.select("kind", "indicator_name", "canonical_unit").rows()]  # fmt: skip
    return rows.with_columns(pl.Series("adds", sums, dtype=pl.Boolean)).select("indicator", *_HEAD, "group", "adds")


def _units(warehouse: WarehouseReader, figures: pl.DataFrame, period: str) -> pl.DataFrame:
    """Return the units of the period by code: those that owe a report, with its state, and those with figures."""
    owing = rows_of(warehouse, "reporting", [period]).select("unit_code", "state", name="unit_name")
    stating = figures.select("unit_code", pl.lit(None, pl.String).alias("state"), name="unit_name")
    return pl.concat([owing, stating]).unique("unit_code", keep="first", maintain_order=True).sort("unit_code")


class _Sheet:
    """One sheet being written: where each row and township stands, and the formats."""

    def __init__(
        self, book: Any, sheet: Any, matrix: Matrix, units: pl.DataFrame, zh: bool, with_comments: bool, *, is_all: bool
    ) -> None:
        self._sheet, self._matrix, self._units, self._zh = sheet, matrix, units, zh
        self._is_all, self._with_comments = is_all, with_comments
        self._first = len(_HEAD) + (_TOTALS if matrix.with_totals else 0)
        self._column = {code: self._first + number for number, code in enumerate(units["unit_code"])}
        self._last = self._first + max(units.height, 1)
        self._formats: dict[tuple[Any, ...], Any] = {}
        self._book = book

    def write(self) -> None:
        """Write headings, groups, figures and totals, and make the sheet ready for screen and printer."""
        by_row = self._matrix.figures.partition_by("indicator", "item", as_dict=True)
        self._headings()
        group, row = None, 0
        for indicator, name, item, unit, of_group, adds in self._matrix.rows.rows():
            if of_group != group:
                row += 1
                group = of_group
                self._sheet.set_row(row, None, self._format(bold=True, bg_color="#DDEBF7"))
                self._sheet.write_string(row, 0, group or "—", self._format(bold=True, bg_color="#DDEBF7"))
            row += 1
            self._sheet.set_row(row, None, None, {"level": 1})
            for column, words in enumerate((name, item, unit)):
                self._sheet.write_string(row, column, words or "")
            self._sheet.write_string(row, self._last, indicator, self._format(font_color="#7F7F7F", indent=1))
            self._figures(row, indicator, item, unit or "", adds, by_row.get((indicator, item)))
        self._settle(row)

    def _headings(self) -> None:
        bold: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1}
        heads = [label(one, self._zh) for one in _HEAD]
        if self._matrix.with_totals:
            heads += ["合计", "报数单位"] if self._zh else ["total", "units counted"]
        for column, head in enumerate(heads):
            side = "right" if column >= len(_HEAD) else "left"
            self._sheet.write_string(0, column, head, self._format(**bold, align=side))
        for code, name, reported in self._units.select("unit_code", "name", "state").rows():
            is_in = reported is None or reported in _REPORTED
            words = name if is_in else f"{name}\n（{state(self._zh).get(reported, reported)}）"
            shade = {} if is_in else {"bg_color": "#EDEDED", "font_color": "#7F7F7F"}
            self._sheet.write_string(0, self._column[code], words, self._format(**bold, align="right", **shade))
            if not is_in:
                self._sheet.set_column(self._column[code], self._column[code], 14, self._format(bg_color="#EDEDED"))
        self._sheet.write_string(0, self._last, label("indicator", self._zh), self._format(**bold, indent=1))

    def _figures(
        self, row: int, indicator: str, item: str, unit: str, adds: bool, figures: pl.DataFrame | None
    ) -> None:
        found = {} if figures is None else {one["unit_code"]: one for one in figures.iter_rows(named=True)}
        plain = {code: one for code, one in found.items() if one["value"] is not None and one["value_high"] is None}
        pattern = _pattern(unit, [one["value"] for one in plain.values()])
        for code, one in found.items():
            if code in self._column:
                self._cell(row, self._column[code], one, pattern)
        if indicator in self._matrix.mandatory and not item:
            self._lacking(row, found)
        if self._matrix.with_totals and adds and plain:
            self._total(row, plain, pattern)

    def _cell(self, row: int, column: int, one: Mapping[str, Any], pattern: str) -> None:
        doubt: dict[str, Any] = {"bg_color": "#FFE699"} if one["status"] == "flagged" else {}
        if one["value"] is None:
            masked = self._format(font_color="#7F7F7F", bg_color="#D9D9D9", align="right")
            self._sheet.write_string(row, column, one["stated_value"] or "××", masked)
        elif one["value_high"] is not None:
            words = f"{one['value']:g}—{one['value_high']:g}"
            self._sheet.write_string(row, column, words, self._format(align="right", **doubt))
        else:
            form = {"num_format": BOUND_FORMATS.get(one["bound"], "") + pattern, **doubt}
            if one["corrected_value"] is not None:
                form |= {"font_color": "#0070C0", "bold": True}
            self._sheet.write_number(row, column, one["value"], self._format(**form))
        if self._with_comments:
            self._sheet.write_comment(row, column, self._comment(one), {"width": 320, "height": 140, "author": ""})

    def _comment(self, one: Mapping[str, Any]) -> str:
        lines = [one["evidence"][:_QUOTE]]
        place = one["file_name"] or ""
        if one["page"] is not None:
            place += f" 第{one['page']}页" if self._zh else f" p. {one['page']}"
        lines.append(place)
        if one["corrected_value"] is not None:
            lines.append(self._correction(one))
        if one["status"] == "flagged":
            lines.append("存疑，见审核问题" if self._zh else "in doubt: see the findings")
        return "\n".join(lines)

    def _correction(self, one: Mapping[str, Any]) -> str:
        unit = one["canonical_unit"] or ""
        stated = f"{one['stated_value']}{one['stated_unit'] or ''}"
        if one["reported"] is not None:
            stated += f"（{one['reported']:,.10g}{unit}）" if self._zh else f" ({one['reported']:,.10g} {unit})"
        now = f"{one['corrected_value']:,.10g}{unit}" if self._zh else f"{one['corrected_value']:,.10g} {unit}"
        return f"更正：报告为 {stated}，更正为 {now}" if self._zh else f"corrected: reported {stated}, now {now}"

    def _lacking(self, row: int, found: Mapping[str, Any]) -> None:
        """Say where a mandatory indicator is missing in a report that came."""
        words = "缺" if self._zh else "lacks"
        form = self._format(font_color="#C00000", align="right")
        for code, reported in self._units.select("unit_code", "state").rows():
            if code not in found and reported in _REPORTED:
                self._sheet.write_string(row, self._column[code], words, form)

    def _total(self, row: int, plain: Mapping[str, Mapping[str, Any]], pattern: str) -> None:
        """Write the total of the figures there are, bounded where they are, and how many units it counts."""
        bounds = {one["bound"] for one in plain.values()} & set(BOUND_FORMATS)
        bound = bounds.pop() if len(bounds) == 1 else ("approx" if bounds else "")
        owing = self._matrix.units.height
        form = self._format(
            num_format=BOUND_FORMATS.get(bound, "") + pattern,
            bold=True,
            **({} if len(plain) == owing else {"font_color": "#7F7F7F"}),
        )
        total = round(sum(one["value"] for one in plain.values()), _DECIMALS)
        if self._is_all:
            cells = xl_range(row, self._first, row, self._first + self._units.height - 1)
            self._sheet.write_formula(row, len(_HEAD), f"=SUM({cells})", form, total)
        else:
            self._sheet.write_number(row, len(_HEAD), total, form)
        self._sheet.write_string(row, len(_HEAD) + 1, f"{len(plain)}/{owing}", self._format(align="right"))

    def _settle(self, last_row: int) -> None:
        self._sheet.freeze_panes(1, len(_HEAD))
        self._sheet.autofilter(0, 0, max(last_row, 1), self._last)
        for column, width in enumerate((30, 12, 9)):
            self._sheet.set_column(column, column, width)
        if self._matrix.with_totals:
            self._sheet.set_column(len(_HEAD), len(_HEAD), 15)
            self._sheet.set_column(len(_HEAD) + 1, len(_HEAD) + 1, 9)
        self._sheet.set_row(0, 36)
        for code, reported in self._units.select("unit_code", "state").rows():
            if reported is None or reported in _REPORTED:
                self._sheet.set_column(self._column[code], self._column[code], 14)
        self._sheet.set_column(self._last, self._last, 28)
        self._sheet.outline_settings(True, False, True, False)
        self._sheet.set_landscape()
        self._sheet.set_paper(8)  # A3
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_header("&C&B&14&F")  # county and period: what is printed must say whose figures it shows
        self._sheet.set_footer("&L&A&R&P / &N")

    def _format(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]


def _pattern(unit: str, values: Sequence[float]) -> str:
    """Return the number format of a row: as many decimals as its figures need, grouped unless it is a rate."""
    decimals = max((_decimals(value) for value in values), default=0)
    whole = "0" if unit in _RELATIVE_UNITS else "#,##0"
    return f"{whole}.{'0' * decimals}" if decimals else whole


def _decimals(value: float) -> int:
    return len(f"{value:.{_DECIMALS}f}".rstrip("0").partition(".")[2])
