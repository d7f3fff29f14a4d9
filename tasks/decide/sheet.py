"""Findings as an Excel sheet to decide in, and what people wrote into it read back row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import polars as pl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import ValidationError
from xlsxwriter.exceptions import FileCreateError

from tasks.decide.requests import DecisionRequest, RequestKind
from tasks.decide.world import refused
from tasks.domain.errors import DecisionRefused

__all__ = ["SheetRow", "read_sheet", "write_sheet"]

SHEET = "审核问题 findings"
# Column of the frame, heading in the sheet, width in characters.
_SHOWN = (
    ("finding_id", "问题编号 id", 18),
    ("unit_name", "报送单位 township", 14),
    ("period", "报告期 period", 9),
    ("rule", "规则 rule", 7),
    ("severity", "严重程度 severity", 9),
    ("message", "问题 message", 60),
    ("quote", "原文 quote", 40),
    ("place", "位置 place", 28),
    ("observed", "实际 observed", 16),
    ("expected", "应为 expected", 16),
    ("fact_id", "指标值编号 fact", 18),
)
_ASKED = (
    ("decision", "决定 decision", 10),
    ("value", "更正值 value", 14),
    ("why", "理由 why", 36),
    ("who", "经办人 who", 10),
)
_KINDS: dict[str, RequestKind] = {
    "说明": "explanation",
    "更正": "correction",
    "豁免": "waiver",
    "explanation": "explanation",
    "correction": "correction",
    "waiver": "waiver",
}
_CHOICES = ("说明", "更正", "豁免")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row somebody filled in: its number in the sheet, and the request or why it is none."""

    number: int
    request: DecisionRequest | None
    error: DecisionRefused | None


def write_sheet(rows: pl.DataFrame, path: Path) -> None:
    """Write one row per finding with empty columns for the decision, its choices in a list.

    Shape: the columns of `_SHOWN` as text. No text becomes a formula.

    Raises:
        DecisionRefused: the file cannot be written.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(path), options) as book:
            _fill(book, rows)
    except (OSError, FileCreateError) as error:
        raise refused(
            "sheet_not_written", str(path), f"无法写入（{error}）", f"it cannot be written ({error})",
            "检查空间和权限，关闭正打开它的程序", "check space and permission, close the program that has it open",
        ) from error  # fmt: skip


def _fill(book: Any, rows: pl.DataFrame) -> None:
    sheet = book.add_worksheet(SHEET)
    heading = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "vcenter"})
    asked = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#FFF2CC"})
    prose = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (_, words, width) in enumerate((*_SHOWN, *_ASKED)):
        sheet.write_string(0, column, words, heading if column < len(_SHOWN) else asked)
        sheet.set_column(column, column, width, prose)
    for number, row in enumerate(rows.select([name for name, _, _ in _SHOWN]).iter_rows(), start=1):
        for column, word in enumerate(row):
            sheet.write_string(number, column, word or "", prose)
    last, decision = max(rows.height, 1), len(_SHOWN)
    sheet.data_validation(
        1, decision, last, decision,
        {"validate": "list", "source": list(_CHOICES), "error_title": "决定 decision",
         "error_message": "请选择：说明、更正、豁免"},
    )  # fmt: skip
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(_SHOWN) + len(_ASKED) - 1)


def read_sheet(path: Path, who: str) -> list[SheetRow]:
    """Return the rows of the first sheet of `path` in which a decision was filled in, each read or refused by itself.

    `who` stands where the column is empty.

    Raises:
        DecisionRefused: the file cannot be read, or a column is missing.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise refused(
            "sheet_unreadable", str(path),
            f"不是可读的 Excel 文件（{error}）", f"no Excel file that can be read ({error})",
            "请用 county findings --xlsx 导出的文件", "use the file that `county findings --xlsx` wrote",
        ) from error  # fmt: skip
    try:
        return list(_rows(book.worksheets[0], path.name, who))
    finally:
        book.close()


def _rows(sheet: Any, name: str, who: str) -> Iterator[SheetRow]:
    lines = enumerate(sheet.iter_rows(values_only=True), start=1)
    _, head = next(lines, (1, ()))
    asked = {key for key, _, _ in _ASKED}
    places = {str(cell).strip(): column for column, cell in enumerate(head) if cell is not None}
    wanted = {key: words for key, words, _ in (*_SHOWN, *_ASKED) if key in {"finding_id", "fact_id"} | asked}
    missing = [words for words in wanted.values() if words not in places]
    if missing:
        raise refused(
            "sheet_columns", f"{name} 1", f"缺少列：{'、'.join(missing)}", f"columns missing: {', '.join(missing)}",
            "请用 county findings --xlsx 导出的文件，不要改表头",
            "use the file of `county findings --xlsx`, headings as they are",
        )  # fmt: skip
    for number, line in lines:
        cells = {
            key: _text(line[places[words]] if places[words] < len(line) else None) for key, words in wanted.items()
        }
        if any(cells[key] for key in ("decision", "value", "why")):
            yield _row(number, f"{name} 第{number}行 row {number}", cells, who)


def _row(number: int, where: str, cells: dict[str, str], who: str) -> SheetRow:
    def bad(column: str, zh: str, en: str, next_zh: str, next_en: str) -> SheetRow:
        return SheetRow(number, None, refused("row_refused", f"{where} [{column}]", zh, en, next_zh, next_en))

    kind = _KINDS.get(cells["decision"])
    if kind is None:
        return bad("决定 decision", f"“{cells['decision']}”不是决定", f"{cells['decision']!r} is no decision",
                   f"请选 {'、'.join(_CHOICES)}", "choose 说明 (explain), 更正 (correct) or 豁免 (waive)")  # fmt: skip
    if not cells["why"]:
        return bad("理由 why", "没有写理由", "no reason is given", "请写明理由", "say why")
    if (kind == "correction") != bool(cells["value"]):
        return bad("更正值 value", "更正必须有更正值，其他决定不能有",
                   "a correction needs a value, no other decision has one",
                   "请填写或清空更正值，如 5.27万亩", "fill in (e.g. 5.27万亩) or clear the value")  # fmt: skip
    about = cells["fact_id"] if kind == "correction" and cells["fact_id"] else cells["finding_id"]
    try:
        request = DecisionRequest(
            kind=kind, about=about, who=cells["who"] or who, why=cells["why"], value=cells["value"]
        )  # fmt: skip
    except ValidationError as error:
        return bad(
            "经办人 who", f"{error.errors()[0]['msg']}", f"{error.errors()[0]['msg']}", "请改正此行", "correct the row"
        )
    if not about:
        return bad("问题编号 id", "编号为空", "the id is empty", "请保留导出时的编号", "keep the id that was exported")
    return SheetRow(number, request, None)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()
