"""Figures of tables: a bare number takes indicator, unit and measure from its row label and its column header."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.documents import Block, Document
from tasks.domain.facts import Measure
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["TableCell", "table_cells", "unit_of"]

_UNIT_IN_BRACKETS = re.compile(r"[（(]\s*(?:单位[:：])?\s*([^（）()]{1,6})\s*[）)]\s*$")
_UNIT_LINE = re.compile(r"单位\s*[:：]\s*([^\s，。；、（）()]{1,6})")
_MYRIAD = re.compile(r"^(万|亿|百|千)?(.+)$")
_RATES = frozenset({"growth_pct", "completion_pct"})


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell that may hold a figure: its block, what row and column call it, its unit and the measure it states.

    `row_unit` is the unit of the row's level, also for its rates.
    """

    block: Block
    label: str
    head: str
    unit_words: str
    row_unit: str
    measure: Measure


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
    for cells in tables.values():
        yield from _cells(document, cells)


def _cells(document: Document, cells: Mapping[tuple[int, int], Block]) -> Iterator[TableCell]:
    columns = sorted({column for _, column in cells})
    heads = {column: document.block_text(cells[(0, column)]) for column in columns if (0, column) in cells}
    unit_column = next((column for column, words in heads.items() if "单位" in words), None)
    measures = _measures(columns, heads)
    common = _common_unit(document, min(block.index for block in cells.values()))
    for row in sorted({row for row, _ in cells if row > 0}):
        if (row, columns[0]) not in cells:
            continue
        label = document.block_text(cells[(row, columns[0])])
        bracket = _UNIT_IN_BRACKETS.search(label)
        unit = bracket.group(1) if bracket else common
        if unit_column is not None and (row, unit_column) in cells:
            unit = document.block_text(cells[(row, unit_column)])
        plain = _UNIT_IN_BRACKETS.sub("", label).strip() if bracket else label.strip()
        for column in columns[1:]:
            block = cells.get((row, column))
            if block is None or column == unit_column or column not in measures:
                continue
            head = heads.get(column, "")
            in_head = _UNIT_IN_BRACKETS.search(head)
            measure = measures[column]
            own = in_head.group(1) if in_head and measure not in _RATES else unit
            yield TableCell(
                block, plain, _UNIT_IN_BRACKETS.sub("", head).strip(), "%" if measure in _RATES else own, own, measure
            )


def _common_unit(document: Document, first: int) -> str:
    """Return the unit that a line right above the table gives for all of it (单位：万元), or ''."""
    for block in reversed(document.blocks[max(0, first - 2) : first]):
        match = _UNIT_LINE.search(document.block_text(block))
        if match and block.kind != "table_cell":
            return match[1]
    return ""


def _measures(columns: Sequence[int], heads: dict[int, str]) -> dict[int, Measure]:
    """Return what each column states; of two years the later is the level, the earlier the prior one."""
    years = {column: int(match.group()) for column, words in heads.items() if (match := re.search(r"20\d\d", words))}
    latest = max(years.values(), default=0)
    measures: dict[int, Measure] = {}
    for column in columns[1:]:
        words = heads.get(column, "")
        if re.search(r"增减|增长|增速|同比|比上年|升降|±", words):
            if re.search(r"[%％]|幅|率|同比|增长|增速", words):
                measures[column] = "growth_pct"
        elif re.search(r"完成.*[%％]|完成率|完成比例", words):
            measures[column] = "completion_pct"
        elif re.search(r"计划|目标|任务", words):
            measures[column] = "plan"
        elif re.search(r"上年|去年|上期", words) or (column in years and years[column] < latest):
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
