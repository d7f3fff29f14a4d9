"""Lines of pages to what was written: no running lines, columns in order, paragraphs whole over lines and pages."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from tasks.domain.documents import Anchor, Block, Document
from tasks.parse.lines import Cell, Line, PageLines, cut, joined, moved, union
from tasks.parse.quality import quality_of
from tasks.parse.text import HeadingPath, opens_section

__all__ = ["UNKNOWN", "assemble", "gaps", "without_running_lines"]

UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")  # private characters: a font without a map to Unicode
# What OCR makes of the dashes around a page number is anything flat, or a point.
_DASH = "—–\\-－一_·~.•"
_PAGE_NUMBER = re.compile(
    rf"\s*(?:[{_DASH}]{{1,2}}\s*\d{{1,4}}\s*[{_DASH}]{{1,2}}|\d{{1,4}}(?:\s*/\s*\d{{1,4}})?"
    r"|第\s*\d{1,4}\s*页(?:[，,\s]*共\s*\d{1,4}\s*页)?)\s*"
)
_DIGITS = re.compile(r"\d+")
_MARGIN = 0.09  # running headers and footers stand in the outer 9 % of the page's height
_RUNNING_WIDTH = 0.6  # … and do not fill the line, as the report's own text does
_RUNNING_SHARE = 0.3  # a header for left pages and one for right pages stand on half of the pages each
_SENTENCE_END = "。；！？：:.!?;”）"
_GAP = 1.2  # em between two characters that belong to different columns; a full-width blank is 1
_MIN_COLUMN_LINES = 4
_TOP = itemgetter(1)  # of a box


class _Placed(NamedTuple):
    """A line in reading order, with the edges of the column it stands in and the column's number in the document."""

    line: Line
    left: float
    right: float
    column: int


def without_running_lines(pages: Sequence[PageLines]) -> list[PageLines]:
    """Drop page numbers, and short lines in the margins whose words (digits masked) stand on many pages."""
    margins: dict[tuple[int, int], str] = {}
    for page in pages:
        header, footer, narrow = page.height * _MARGIN, page.height * (1 - _MARGIN), page.width * _RUNNING_WIDTH
        for at, line in enumerate(page.lines):
            x0, top, x1, bottom = line.box
            # The last line of a paragraph can stand alone at the top of a page; no running line ends a sentence.
            if (bottom < header or top > footer) and x1 - x0 < narrow and line.text[-1] not in "。！？；":
                margins[page.number, at] = _DIGITS.sub("#", line.text)
    often = max(2, len(pages) * _RUNNING_SHARE)
    masked = Counter(margins.values())
    lines_of = {page.number: page.lines for page in pages}
    running: dict[int, set[int]] = defaultdict(set)
    for (number, at), words in margins.items():
        if masked[words] >= often or _PAGE_NUMBER.fullmatch(lines_of[number][at].text):
            running[number].add(at)
    return [
        replace(page, lines=tuple([line for at, line in enumerate(page.lines) if at not in gone])) if gone else page
        for page in pages
        for gone in (running.get(page.number),)
    ]


def gaps(line: Line) -> list[tuple[int, int]]:
    """Return the runs of blanks in `line` that are wide enough to part two columns, as offsets [start, end)."""
    em = line.box.bottom - line.box.top
    return [
        match.span()
        for match in re.finditer(r"\s+", line.text)
        if line.edges[match.end()] - line.edges[match.start()] > _GAP * em
    ]


def _segments(line: Line) -> list[Line]:
    """Return the parts of `line` between its gaps."""
    holes = gaps(line) if " " in line.text or "\u3000" in line.text else []
    if not holes:
        return [line]
    starts = [0, *(end for _, end in holes)]
    ends = [*(start for start, _ in holes), len(line.text)]
    return [cut(line, start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def _gutter(segments: Sequence[Line]) -> float | None:
    """Return the x between two columns of text, or None when the page has one column.

    A column's lines fill it, which those of a table do not: their widths say which of the two it is.
    """
    left = min(one.box.x0 for one in segments)
    right = max(one.box.x1 for one in segments)
    span = right - left
    narrow = [one for one in segments if one.box.x1 - one.box.x0 < span * 0.55]
    if len(narrow) < 2 * _MIN_COLUMN_LINES or len(narrow) * 2 < len(segments):
        return None
    ends = sorted(one.box.x1 for one in narrow)
    best: tuple[int, float] | None = None
    for line in narrow:
        x = line.box.x0 - 1.0
        if not left + span * 0.25 < x < left + span * 0.75:
            continue
        crossing = sum(one.box.x0 < x < one.box.x1 for one in segments)
        beside = sum(one.box.x1 <= x for one in segments)
        beyond = len(segments) - crossing - beside
        if min(beside, beyond) >= _MIN_COLUMN_LINES and crossing * 2 <= beside + beyond:
            nearest = ends[max(0, bisect_right(ends, x) - 1)]
            if best is None or crossing < best[0]:
                best = (crossing, (nearest + x) / 2)
    if best is None:
        return None
    columns = ([one for one in segments if one.box.x1 <= best[1]], [one for one in segments if one.box.x0 >= best[1]])
    for lines in columns:
        if len(lines) < _MIN_COLUMN_LINES:
            return None
        room = max(one.box.x1 for one in lines) - min(one.box.x0 for one in lines)
        widths = sorted(one.box.x1 - one.box.x0 for one in lines)
        if widths[len(widths) // 2] < room * 0.7 or room < span * 0.3:
            return None
    return best[1]


def _by_rows(lines: Sequence[Line]) -> list[Line]:
    """Return `lines` from top to bottom, those of one row from left to right and written as one where they touch."""
    ordered = sorted(lines, key=lambda one: one.box.top)
    boxes = [line.box for line in ordered]
    if all((one.top + one.bottom) / 2 <= other.top for one, other in pairwise(boxes)):
        return ordered
    rows: list[list[Line]] = []
    for line in ordered:
        middle = (line.box.top + line.box.bottom) / 2
        if rows and any(one.box.top < middle < one.box.bottom for one in rows[-1][-2:]):
            rows[-1].append(line)
        else:
            rows.append([line])
    result: list[Line] = []
    for row in rows:
        row.sort(key=lambda one: one.box.x0)
        for at, line in enumerate(row):
            if at and 0 <= line.box.x0 - result[-1].box.x1 < _GAP * (line.box.bottom - line.box.top):
                before = result.pop()
                text, anchors = joined([before, line])
                edges = (
                    *(before.edges if len(text) > len(before.text) + len(line.text) else before.edges[:-1]),
                    *line.edges,
                )
                result.append(Line(text, line.page, union([before.box, line.box]), edges, anchors))
            else:
                result.append(line)
    return result


def _in_order(pages: Sequence[PageLines]) -> list[_Placed]:
    """Return every line in the order it is read: from top to bottom, two columns one after the other."""
    everything = [line for page in pages for line in page.lines]
    if not everything:
        return []
    sizes = {page.number: (round(page.width), page.by_ocr) for page in pages}
    extents: dict[tuple[int, bool], tuple[float, float]] = {}
    for key in set(sizes.values()):
        same = [line for line in everything if sizes[line.page] == key]
        if same:
            extents[key] = _extent(same)
    placed: list[_Placed] = []
    column = 0
    for page in pages:
        if not page.lines:
            continue
        gutter = _page_gutter(page.lines)
        if gutter is None:
            left, right = extents[sizes[page.number]]
            placed += [_Placed(line, left, right, column) for line in _by_rows(page.lines)]
            column += 1
            continue
        for group in _bands(page.lines, gutter):
            left, right = _extent(group)
            placed += [_Placed(line, left, right, column) for line in _by_rows(group)]
            column += 1
    return placed


def _page_gutter(lines: Sequence[Line]) -> float | None:
    boxes = [line.box for line in lines]
    left, right = min(boxes)[0], max([box.x1 for box in boxes])
    room = (right - left) * 0.55
    wide = sum([box.x1 - box.x0 > room and "  " not in line.text for box, line in zip(boxes, lines, strict=True)])
    if wide * 5 > len(lines) * 3:
        # A page of whole lines; the cheap way out, taken by nearly every page.
        blank = sum(bool(gaps(one)) for one in lines if " " in one.text)
        if blank * 2 < len(lines):
            return None
    return _gutter([part for line in lines for part in _segments(line)])


def _extent(lines: Sequence[Line]) -> tuple[float, float]:
    rights = sorted([line.box.x1 for line in lines])
    return min([line.box.x0 for line in lines]), rights[int(len(lines) * 0.95)]


def _bands(lines: Sequence[Line], gutter: float) -> list[list[Line]]:
    """Return groups in reading order: between lines that cross the gutter, the left column, then the right one."""
    groups: list[list[Line]] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda one: one.box.top):
        parts = [line]
        if line.box.x0 < gutter < line.box.x1:
            parts = _segments(line)
        if any(one.box.x0 < gutter < one.box.x1 for one in parts):
            groups += [group for group in (left, right) if group]
            left, right = [], []
            groups.append([line])
            continue
        for part in parts:
            (left if part.box.x1 <= gutter else right).append(part)
    return groups + [group for group in (left, right) if group]


def _joins(previous: _Placed, current: _Placed) -> bool:
    """Return whether `current` goes on the paragraph of `previous`, which reached the right edge."""
    before, line = previous.line, current.line
    _, before_top, before_x1, before_bottom = before.box
    # The taller of the two: a line that holds nothing but a full stop has a box of two points.
    size = max(6.0, before_bottom - before_top, line.box.bottom - line.box.top)
    if before_x1 <= previous.right - 1.8 * size:
        return False
    if previous.column == current.column and line.box.top - before_bottom > 1.2 * size + 6:
        return False
    return not (before.text[-1] in _SENTENCE_END and opens_section(line.text))


def _paragraphs(placed: Sequence[_Placed]) -> list[list[int]]:
    """Return the lines of each paragraph, as positions in `placed`."""
    paragraphs: list[list[int]] = []
    for at, one in enumerate(placed):
        x0, top, _, bottom = one.line.box
        indented = x0 > one.left + max(6.0, bottom - top)
        if paragraphs and not indented and _joins(placed[paragraphs[-1][-1]], one):
            paragraphs[-1].append(at)
        else:
            paragraphs.append([at])
    return paragraphs


def assemble(pages: Sequence[PageLines], cells: Sequence[Cell], media_type: str, parser: str) -> Document:
    """Return the Document of `pages` (without running lines and without what stands in `cells`)."""
    placed = _in_order(pages)
    tables: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        tables[cell.page, cell.table].append(cell)
    entries: list[tuple[float, int, list[int] | list[Cell]]] = [
        (float(group[0]), 0, group) for group in _paragraphs(placed)
    ]
    for (page, _), group in tables.items():
        top = min(cell.box.top for cell in group)
        # Before the first line that is read after it.
        before = next(
            (at for at, one in enumerate(placed) if (one.line.page, one.line.box.top) >= (page, top)), len(placed)
        )
        entries.append((before - 0.5, page, group))
    pieces: list[str] = []
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    path = HeadingPath()
    offset = 0
    for _, _, entry in sorted(entries, key=lambda one: one[:2]):
        parts: list[tuple[str, tuple[Anchor, ...], Cell | None]] = [
            (one.text, one.anchors, one) for one in entry if isinstance(one, Cell)
        ]  # their anchors count from their own first character
        if not parts:
            parts = [(*joined([placed[at].line for at in entry if isinstance(at, int)], offset), None)]
        for text, own, of_cell in parts:
            block = _block(len(blocks), offset, text, own, of_cell, path)
            blocks.append(block)
            anchors += own if of_cell is None else [moved(one, offset) for one in own]
            pieces.append(text)
            offset += len(text) + 1
    text = "\n".join(pieces)
    quality = quality_of(len(text), len(UNKNOWN.findall(text)), anchors, _order_doubts(pages))
    return Document(
        text, tuple(blocks), media_type, parser, pages=len(pages), quality=quality, anchors=tuple(anchors)
    )  # fmt: skip


def _block(
    index: int, offset: int, text: str, own: Sequence[Anchor], cell: Cell | None, path: HeadingPath
) -> Block:  # fmt: skip
    confidence = _mean_confidence(own)
    end = offset + len(text)
    if cell is not None:
        return Block(
            index, "table_cell", offset, end, str(path), cell.page, cell.shown, cell.table, cell.row, cell.column,
            confidence,
        )  # fmt: skip
    kind = path.see(text)
    page = own[0].location.page
    boxes = [box for on, box, *_ in [one.location for one in own] if on == page and box is not None]
    return Block(index, kind, offset, end, str(path), page, union(boxes), None, None, None, confidence)


def _mean_confidence(anchors: Sequence[Anchor]) -> float | None:
    read = [(one.ocr_confidence, one.end - one.start) for one in anchors if one.ocr_confidence is not None]
    return sum(sure * length for sure, length in read) / sum(length for _, length in read) if read else None


def _order_doubts(pages: Sequence[PageLines]) -> float:
    lines = over = 0
    for page in pages:
        boxes = sorted([line.box for line in page.lines], key=_TOP)
        lines += len(boxes)
        for one, other in pairwise(boxes):
            if other.top >= one.bottom:
                continue
            height = min(one.bottom - one.top, other.bottom - other.top)
            deep = min(one.bottom, other.bottom) - other.top > height * 0.6
            wide = min(one.x1, other.x1) - max(one.x0, other.x0) > height
            over += deep and wide
    return over / max(1, lines)
