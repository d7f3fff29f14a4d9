"""Pictures among the text of a page: a table that was pasted as a picture is read, a photograph is left alone.

Whether it is one or the other the picture says itself: a page of paper is mostly of one light shade, and what OCR reads
on it fills a good part and is read surely.
"""

from collections.abc import Sequence

import numpy as np

from tasks.domain.documents import Anchor, Box
from tasks.parse.grids import Grid
from tasks.parse.lines import Line, PageLines
from tasks.parse.ocr import Image

__all__ = ["MIN_HEIGHT", "MIN_WIDTH", "holds_text", "is_paper", "put_on"]

MIN_WIDTH, MIN_HEIGHT = 100.0, 30.0  # points; a smaller picture is a seal, a logo or a rule
_PAPER_SHARE = 0.4
_PAPER_SHADE = 128
_SHADES = 16
_SURE = 0.85
_FILLED = 0.05  # of the picture's area; the words on a shop's sign in a photograph take less
_FEW = 6  # characters


def is_paper(pixels: Image) -> bool:
    """Return whether grey `pixels` are mostly of one light shade, as everything printed is."""
    counts, _ = np.histogram(pixels[::3, ::3], bins=_SHADES, range=(0, 256))
    shade = int(counts.argmax())
    # A shade at the border of two bins counts with its neighbour.
    share = int(counts[max(0, shade - 1) : shade + 2].sum()) / max(1, int(counts.sum()))
    return share >= _PAPER_SHARE and (shade + 0.5) * 256 / _SHADES > _PAPER_SHADE


def holds_text(page: PageLines) -> bool:
    """Return whether what OCR read in a picture, as a page of its own, is worth being read."""
    sure = [(one.ocr_confidence or 0.0, one.end - one.start) for line in page.lines for one in line.anchors]
    length = sum(count for _, count in sure)
    area = sum((line.box.x1 - line.box.x0) * (line.box.bottom - line.box.top) for line in page.lines)
    is_sure = sum(one * count for one, count in sure) >= _SURE * length
    return length >= _FEW and is_sure and area >= _FILLED * page.width * page.height


def put_on(
    page: PageLines, picture: PageLines, grids: Sequence[Grid], left: float, top: float
) -> tuple[PageLines, list[Grid]]:
    """Return `page` with the lines of an upright `picture` whose corner stands at `left`, `top`, and the moved grids.

    Lines of the picture that the page has as text of its own, written over the picture, are dropped.
    """
    own = [line.box for line in page.lines]
    added = [line for line in (_moved(one, left, top, page.number) for one in picture.lines) if not _is_on(line, own)]
    shifted = [
        Grid(page.number, _shifted(grid.box, left, top),
             tuple(tuple(None if cell is None else _shifted(cell, left, top) for cell in row) for row in grid.rows))
        for grid in grids
    ]  # fmt: skip
    return page.with_lines((*page.lines, *added)), shifted


def _is_on(line: Line, boxes: Sequence[Box]) -> bool:
    x, y = (line.box.x0 + line.box.x1) / 2, (line.box.top + line.box.bottom) / 2
    return any(box.x0 <= x <= box.x1 and box.top <= y <= box.bottom for box in boxes)


def _moved(line: Line, left: float, top: float, page: int) -> Line:
    anchors = tuple(_anchor(one, left, top, page) for one in line.anchors)
    return Line(line.text, page, _shifted(line.box, left, top), [one + left for one in line.edges], anchors)


def _anchor(anchor: Anchor, left: float, top: float, page: int) -> Anchor:
    box = anchor.location.box
    location = anchor.location._replace(page=page, box=None if box is None else _shifted(box, left, top))
    return anchor._replace(location=location, edges=tuple(one + left for one in anchor.edges))


def _shifted(box: Box, left: float, top: float) -> Box:
    return Box(box.x0 + left, box.top + top, box.x1 + left, box.bottom + top)
