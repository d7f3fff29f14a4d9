"""Figures of tables: a bare number takes indicator, unit and measure from its row label and its column header."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tasks.domain.documents import Block, Document
from tasks.domain.facts import Measure
from tasks.extract.view import plain_characters
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["TableCell", "table_cells", "unit_of"]

_UNIT_IN_BRACKETS: Final = re.compile(r"[（(]\s*(?:单位[:：])?\s*([^（）()]{1,6})\s*[）)]\s*$")
_UNIT_LINE: Final = re.compile(r"单位\s*[:：]\s*([^\s，。；、（）()]{1,6})")
_MYRIAD: Final = re.compile(r"^(万|亿|百|千)?(.+)$")
_YEAR: Final = re.compile(r"20\d\d")
_FIGURE: Final = re.compile(r"\d")
_ROW_NUMBER: Final = re.compile(r"^(?:序号|编号|行次|代码|[Nn][Oo]\.?|№)$")
_LABEL: Final = re.compile(r"^(?:统计|经济|主要)?(?:指标|项目)(?:名称|内容)?$")
_UNIT_COLUMN: Final = re.compile("单位")
# 完成%, 完成率, 占计划, 占全年任务, 完成进度
_OF_PLAN: Final = re.compile(r"完成.*[%％]|完成率|完成比例|占.{0,3}(?:计划|任务|目标|预算)|(?:完成|执行|序时)进度")
_RATES: Final = frozenset({"growth_pct", "completion_pct"})


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell that may hold a figure: its block and row, what row and column call it, its unit, the measure it states.

    `row_unit` is the unit of the row's level, also for its rates.
    """

    block: Block
    label: str
    head: str
    unit_words: str
    row_unit: str
    measure: Measure

    @property
    def row(self) -> tuple[int | None, int | None]:
        """The row that the cell lies in, of which table."""
        return self.block.table, self.block.row


def table_cells(document: Document) -> Iterator[TableCell]:
    """Yield the cells of tables whose rows are indicators: label, perhaps a unit column, then values."""
    tables: dict[int, dict[tuple[int, int], Block]] = {}
    for block in document.blocks:
        if (
            block.kind == "table_cell"
            and block.table is not None
            and block.row is not None
            and block.column is not None
        ):
            tables.setdefault(block.table, {})[(block.row, block.column)] = block
    if not tables:
        return
    # Words in traditional script name rows and columns, too; offsets stay as they are.
    plain = replace(document, text=plain_characters(document.text))
    for cells in tables.values():
        yield from _cells(plain, cells)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the top of a table says: what each column is called, the first row of figures, the unit of all of it."""

    names: Mapping[int, str]
    body: int
    unit: str

    def column(self, pattern: re.Pattern[str]) -> int | None:
        """Return the first column whose name is or holds `pattern`, or None."""
        return next((column for column, words in self.names.items() if pattern.search(words)), None)


def _head(document: Document, cells: Mapping[tuple[int, int], Block]) -> _Head:
    """Read the top of a table: rows of one text are its title, and a second row may divide the columns of the first."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), block in sorted(cells.items()):
        words = document.block_text(block).strip()
        if words:
            rows.setdefault(row, {})[column] = words
    unit = _common_unit(document, min(block.index for block in cells.values()))
    order = sorted(rows)
    while len(order) > 1 and len(set(rows[order[0]].values())) == 1:
        title = _UNIT_LINE.search(next(iter(rows[order[0]].values())))
        unit = title[1] if title else unit
        order = order[1:]
    first = rows.get(order[0], {}) if order else {}
    if len(order) < 3 or not _divides(first, rows[order[1]]):
        return _Head(first, order[1] if len(order) > 1 else 0, unit)
    names, above = {}, ""
    for column in sorted({*first, *rows[order[1]]}):
        below = rows[order[1]].get(column, "")
        above = first.get(column, above if below else "")
        names[column] = above if below == above else f"{above}{below}"
    return _Head(names, order[2], unit)


def _divides(first: Mapping[int, str], second: Mapping[int, str]) -> bool:
    """Say whether the second row names parts of columns: nothing new in the label's column, and no figure anywhere."""
    label = min(first)
    new = {column: words for column, words in second.items() if words != first.get(column)}
    return bool(new) and label not in new and not any(_FIGURE.search(_YEAR.sub("", words)) for words in new.values())


def _label_column(head: _Head, columns: Sequence[int]) -> int:
    """Return the column of the row labels: the one called 指标 or 项目, or the first that does not number rows."""
    named = head.column(_LABEL)
    if named is not None:
        return named
    return next((column for column in columns if not _ROW_NUMBER.search(head.names.get(column, ""))), columns[0])


def _cells(document: Document, cells: Mapping[tuple[int, int], Block]) -> Iterator[TableCell]:
    columns = sorted({column for _, column in cells})
    head = _head(document, cells)
    label_column = _label_column(head, columns)
    unit_column = head.column(_UNIT_COLUMN)
    measures = _measures([column for column in columns if column > label_column], head.names)
    for row in sorted({row for row, _ in cells if row >= head.body}):
        if (row, label_column) not in cells:
            continue
        label = document.block_text(cells[(row, label_column)])
        bracket = _UNIT_IN_BRACKETS.search(label)
        unit = bracket.group(1) if bracket else head.unit
        if unit_column is not None and (row, unit_column) in cells:
            unit = document.block_text(cells[(row, unit_column)])
        plain = _UNIT_IN_BRACKETS.sub("", label).strip() if bracket else label.strip()
        for column, measure in measures.items():
            block = cells.get((row, column))
            if block is None or column == unit_column:
                continue
            name = head.names.get(column, "")
            in_head = _UNIT_IN_BRACKETS.search(name)
            own = in_head.group(1) if in_head and measure not in _RATES else unit
            yield TableCell(
                block, plain, _UNIT_IN_BRACKETS.sub("", name).strip(), "%" if measure in _RATES else own, own, measure
            )


def _common_unit(document: Document, first: int) -> str:
    """Return the unit that a line right above the table gives for all of it (单位：万元), or ''."""
    for block in reversed(document.blocks[max(0, first - 2) : first]):
        match = _UNIT_LINE.search(document.block_text(block))
        if match and block.kind != "table_cell":
            return match[1]
    return ""


def _measures(columns: Sequence[int], heads: Mapping[int, str]) -> dict[int, Measure]:
    """Return what each column states; of two years the later is the level, the earlier the prior one."""
    years = {column: int(match.group()) for column, words in heads.items() if (match := _YEAR.search(words))}
    latest = max(years.values(), default=0)
    measures: dict[int, Measure] = {}
    for column in columns:
        words = heads.get(column, "")
        past = column in years and years[column] < latest
        if re.search(r"增减|增长|增速|增幅|降幅|涨幅|同比|环比|比上年|较上年|比增|比减|升降|±", words):
            # How much last year had grown is no figure of this report's year.
            if past:
                continue
            if re.search(r"[%％]|幅|率|同比|增长|增速", words):
                measures[column] = "growth_pct"
            elif re.search(r"[增减]减?[量额数]", words):
                measures[column] = "growth_abs"
        elif _OF_PLAN.search(words):
            measures[column] = "completion_pct"
        elif re.search(r"计划|目标|任务", words):
            measures[column] = "plan"
        elif past or re.search(r"上年|去年|上期|同期", words):
            measures[column] = "prior_level"
        elif not re.search(r"单位|备注|说明|序号|排名", words):
            measures[column] = "level"
    return measures


def unit_of(words: str, lexicon: Lexicon) -> tuple[str, UnitWord] | None:
    """Return the multiplier (万, 亿 or '') and the unit that a header's words mean, or None."""
    words = words.strip()
    if words in lexicon.units:
        return "", lexicon.units[words]
    match = _MYRIAD.match(words)
    if match and match.group(1) and match.group(2) in lexicon.units:
        return match.group(1), lexicon.units[match.group(2)]
    return None
