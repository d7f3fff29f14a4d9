"""Lines of pages to what was written: no running lines, columns in order, paragraphs whole over lines and pages."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Final, final

from tasks.domain.documents import Anchor, Block, Box, Document
from tasks.parse.headings import HeadingPath, opens_section
from tasks.parse.lines import Cell, Line, PageLines, Quad, anchor_of, anchors_of, cut, joined, numbers, union
from tasks.parse.loops import masked, record, wide_blanks
from tasks.parse.quality import quality_of

__all__ = ["assemble", "gaps", "unknown_in", "without_running_lines"]

_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")  # a font without a map to Unicode
# What OCR makes of the dashes around a page number is anything flat, or a point.
_DASH: Final = "—–\\-－一_·~.•"
_PAGE_NUMBER: Final = re.compile(
    rf"\s*(?:[{_DASH}]{{1,2}}\s*\d{{1,4}}\s*[{_DASH}]{{1,2}}|\d{{1,4}}(?:\s*/\s*\d{{1,4}})?"
    r"|第\s*\d{1,4}\s*页(?:[，,\s]*共\s*\d{1,4}\s*页)?)\s*"
)
_MARGIN: Final = 0.09  # running headers and footers stand in the outer 9 % of the page's height
_RUNNING_WIDTH: Final = 0.6  # … and do not fill the line, as the report's own text does
_RUNNING_SHARE: Final = 0.3  # a header for left pages and one for right pages stand on half of the pages each
_SENTENCE_END: Final = "。；！？：:.!?;”）"
_record: Final[Any] = record  # as in tasks.parse.lines
_BLOCK: Final[Any] = Block
_GAP: Final = 1.2  # em between two characters that belong to different columns; a full-width blank is 1
_MIN_COLUMN_LINES: Final = 4


@final
class _Placed:
    """A line in reading order, with the edges of the column it stands in and the column's number in the document."""

    __slots__ = ("column", "left", "line", "right")

    def __init__(self, line: Line, left: float, right: float, column: int) -> None:
        self.line: Final = line
        self.left: Final = left
        self.right: Final = right
        self.column: Final = column


def without_running_lines(pages: Sequence[PageLines]) -> list[PageLines]:
    """Drop page numbers, and short lines in the margins whose words (digits masked) stand on many pages."""
    margins: dict[tuple[int, int], str] = {}
    for page in pages:
        header, footer, narrow = page.height * _MARGIN, page.height * (1 - _MARGIN), page.width * _RUNNING_WIDTH
        for at, line in enumerate(page.lines):
            quad: Quad = line.box
            x0, top, x1, bottom = quad
            # The last line of a paragraph can stand alone at the top of a page; no running line ends a sentence.
            if (bottom < header or top > footer) and x1 - x0 < narrow and line.text[-1] not in "。！？；":
                margins[page.number, at] = masked(line.text)
    if not margins:
        return list(pages)
    often = max(2, len(pages) * _RUNNING_SHARE)
    times: dict[str, int] = {}
    for words in margins.values():
        times[words] = times.get(words, 0) + 1
    lines_of = {page.number: page.lines for page in pages}
    running: dict[int, set[int]] = {}
    for (number, at), words in margins.items():
        if times[words] >= often or _PAGE_NUMBER.fullmatch(lines_of[number][at].text):
            running.setdefault(number, set()).add(at)
    if not running:
        return list(pages)
    rest: list[PageLines] = []
    for page in pages:
        gone = running.get(page.number)
        kept = page.lines if gone is None else tuple([line for at, line in enumerate(page.lines) if at not in gone])
        rest.append(page if gone is None else page.with_lines(kept))
    return rest


def unknown_in(text: str) -> int:
    """Return how many characters of `text` have no known meaning."""
    # Few texts hold any, and these characters are not printable.
    private = 0 if text.isprintable() else len(_PRIVATE.findall(text))
    return private + text.count("\ufffd")


def gaps(line: Line) -> list[tuple[int, int]]:
    """Return the runs of blanks in `line` that are wide enough to part two columns, as offsets [start, end)."""
    quad: Quad = line.box
    blanks: list[tuple[int, int]] = wide_blanks(line.text, numbers(line.edges), _GAP * (quad[3] - quad[1]))
    return blanks


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
    ordered = list(lines)
    if not _is_falling(ordered):
        ordered.sort(key=_top)
        if not _is_falling(ordered):
            return _joined_rows(ordered)
    return ordered


def _top(line: Line) -> float:
    quad: Quad = line.box
    return quad[1]


def _is_falling(lines: Sequence[Line]) -> bool:
    """Return whether each of `lines` begins below the middle of the one before."""
    middle = -math.inf
    for line in lines:
        quad: Quad = line.box
        if quad[1] < middle:
            return False
        middle = (quad[1] + quad[3]) / 2
    return True


def _joined_rows(ordered: Sequence[Line]) -> list[Line]:
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
                both = [before, line]
                text, anchors = joined(both), tuple(anchors_of(both))
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
    first: Quad = lines[0].box
    left, right = first[0], first[2]
    for line in lines:
        quad: Quad = line.box
        left, right = min(left, quad[0]), max(right, quad[2])
    room = (right - left) * 0.55
    wide = blank = 0
    for line in lines:
        quad = line.box
        if quad[2] - quad[0] > room and "  " not in line.text:
            wide += 1
        if " " in line.text and gaps(line):
            blank += 1
    if wide * 5 > len(lines) * 3 and blank * 2 < len(lines):
        return None  # a page of whole lines; the cheap way out, taken by nearly every page
    return _gutter([part for line in lines for part in _segments(line)])


def _extent(lines: Sequence[Line]) -> tuple[float, float]:
    left = math.inf
    rights: list[float] = []
    for line in lines:
        quad: Quad = line.box
        left = min(left, quad[0])
        rights.append(quad[2])
    rights.sort()
    return left, rights[int(len(lines) * 0.95)]


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
    above: Quad = before.box
    here: Quad = line.box
    # The taller of the two: a line that holds nothing but a full stop has a box of two points.
    size = max(above[3] - above[1], here[3] - here[1])
    size = max(size, 6.0)
    if above[2] <= previous.right - 1.8 * size:
        return False
    if previous.column == current.column and here[1] - above[3] > 1.2 * size + 6:
        return False
    return not (before.text[-1] in _SENTENCE_END and opens_section(line.text))


def _paragraphs(placed: Sequence[_Placed]) -> list[list[int]]:
    """Return the lines of each paragraph, as positions in `placed`."""
    paragraphs: list[list[int]] = []
    last: _Placed | None = None
    for at, one in enumerate(placed):
        quad: Quad = one.line.box
        indented = quad[0] > one.left + max(6.0, quad[3] - quad[1])
        if last is not None and not indented and _joins(last, one):
            paragraphs[-1].append(at)
        else:
            paragraphs.append([at])
        last = one
    return paragraphs


def assemble(pages: Sequence[PageLines], cells: Sequence[Cell], media_type: str, parser: str) -> Document:
    """Return the Document of `pages` (without running lines and without what stands in `cells`)."""
    placed = _in_order(pages)
    tables: dict[tuple[int, int], list[Cell]] = {}
    page = table = -1
    group: list[Cell] = []
    for cell in cells:
        if cell.page != page or cell.table != table:
            page, table = cell.page, cell.table
            group = tables.setdefault((page, table), [])
        group.append(cell)
    entries: list[tuple[float, int, list[int] | list[Cell]]] = [
        (float(places[0]), 0, places) for places in _paragraphs(placed)
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
    if tables:
        entries.sort(key=lambda one: one[:2])
    for _, _, entry in entries:
        lines: list[Line] = []
        section = str(path)
        for one in entry:
            if isinstance(one, Cell):
                if len(one.lines) == 1 and not one.lines[0].anchors:
                    own, sure = [anchor_of(one.lines[0], offset)], None
                else:
                    own = anchors_of(one.lines, offset)
                    sure = _mean_confidence(one.lines, own)
                blocks.append(
                    _record(_BLOCK, len(blocks), "table_cell", offset, offset + len(one.text), section, one.page,
                            one.shown, one.table, one.row, one.column, sure)
                )  # fmt: skip
                pieces.append(one.text)
                anchors += own
                offset += len(one.text) + 1
            else:
                lines.append(placed[one].line)
        if lines:
            words, own = joined(lines), anchors_of(lines, offset)
            blocks.append(_paragraph(len(blocks), offset, words, lines, own, path))
            pieces.append(words)
            anchors += own
            offset += len(words) + 1
    text = "\n".join(pieces)
    quality = quality_of(len(text), unknown_in("".join(pieces)), anchors, _order_doubts(pages))
    return Document(
        text, tuple(blocks), media_type, parser, pages=len(pages), quality=quality, anchors=tuple(anchors)
    )  # fmt: skip


def _paragraph(
    index: int, start: int, text: str, lines: Sequence[Line], own: Sequence[Anchor], path: HeadingPath
) -> Block:
    kind = path.see(text)
    page = lines[0].page
    boxes: list[Box] = []
    if any(line.anchors for line in lines):
        for one in own:
            location = one.location
            if location.page == page and location.box is not None:
                boxes.append(location.box)
    else:
        boxes = [line.box for line in lines if line.page == page]
    sure = _mean_confidence(lines, own)
    block: Block = _record(
        _BLOCK, index, kind, start, start + len(text), str(path), page, union(boxes), None, None, None, sure
    )
    return block


def _mean_confidence(lines: Sequence[Line], anchors: Sequence[Anchor]) -> float | None:
    """Return how sure OCR was of `lines`, whose anchors are `anchors`; lines without any of their own are no OCR's."""
    for line in lines:
        if line.anchors:
            break
    else:
        return None
    total = 0.0
    count = 0
    for one in anchors:
        sure = one.ocr_confidence
        if sure is not None:
            length = one.end - one.start
            total += sure * length
            count += length
    return total / count if count else None


def _order_doubts(pages: Sequence[PageLines]) -> float:
    lines = over = 0
    for page in pages:
        boxes: list[Quad] = [line.box for line in page.lines]
        lines += len(boxes)
        boxes.sort(key=lambda quad: quad[1])
        for at in range(1, len(boxes)):
            one, other = boxes[at - 1], boxes[at]
            if other[1] < one[3]:
                height = min(one[3] - one[1], other[3] - other[1])
                deep = min(one[3], other[3]) - other[1] > height * 0.6
                wide = min(one[2], other[2]) - max(one[0], other[0]) > height
                over += deep and wide
    return over / max(1, lines)
