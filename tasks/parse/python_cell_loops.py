"""What is worked out for each rule and cell of a table, and records: cell_loops.c where that is not compiled."""

from array import array
from itertools import pairwise
from typing import Any

__all__ = [
    "Matrix",
    "boxes_between",
    "boxes_of",
    "merged_rules",
    "quads_of",
    "record",
    "rules_of_points",
    "runs_in_cells",
]

Matrix = tuple[float, float, float, float, float, float]  # x' = ax + cy + e, y' = bx + dy + f, as PDF writes it
_MOVE, _CURVE = 2, 1  # PDFium's numbers of segments: FPDF_SEGMENT_MOVETO, FPDF_SEGMENT_BEZIERTO
_CORNERS = 5  # points of a rectangle, the first twice


def record(kind: type[tuple[Any, ...]], *values: object) -> Any:
    """Return a named tuple of this `kind`, in a fraction of the time that calling its class takes.

    Raises:
        TypeError: `kind` is no class of tuples.
    """
    if not (isinstance(kind, type) and issubclass(kind, tuple)):
        raise TypeError("a named tuple is needed")
    return tuple.__new__(kind, values)


def boxes_of(kind: type[tuple[Any, ...]], quads: "array[float]") -> list[Any]:
    """Return the boxes (records of `kind`) of which `quads` has four numbers each."""
    return [record(kind, *quads[at : at + 4]) for at in range(0, len(quads) - 3, 4)]


def quads_of(boxes: list[Any]) -> bytes:
    """Return the four sides of each of `boxes`, as numbers of 64 bits."""
    return array("d", [side for box in boxes for side in box]).tobytes()


def boxes_between(kind: type[tuple[Any, ...]], lefts: list[float], tops: list[float]) -> tuple[tuple[Any, ...], ...]:
    """Return rows of boxes (records of `kind`: left, top, right, bottom) between `lefts` and between `tops`."""
    return tuple(
        tuple(record(kind, left, top, right, bottom) for left, right in pairwise(lefts))
        for top, bottom in pairwise(tops)
    )


def runs_in_cells(
    text: str, edges: "array[float]", middle: float, cells: "array[float]", slack: float
) -> list[tuple[int, int, int, float, float]] | None:
    """Return the runs of a line's `text` whose characters have their middle in the same cell.

    `cells` holds left, top, right and bottom of each; those count that are level with the `middle` of the line, by
    `slack` points at most above or below it. Each run is start, end (of its first and last character that is no
    blank), the number of the first cell that it is in, -1 where it is in none, and the least and the greatest of its
    edges. None where no cell is level with the line.

    Raises:
        ValueError: there are not more `edges` than characters.
    """
    level = [
        at for at in range(0, len(cells) - 3, 4) if cells[at + 1] - slack <= middle <= cells[at + 3] + slack
    ]  # fmt: skip
    sides = array("d", [side for at in level for side in (cells[at], cells[at + 2])])
    runs = _runs_within(text, edges, sides)
    if not level:
        return None
    return [
        (
            start,
            end,
            level[number] // 4 if number >= 0 else -1,
            min(edges[start : end + 1]),
            max(edges[start : end + 1]),
        )
        for start, end, number in runs
    ]


def _runs_within(text: str, edges: "array[float]", sides: "array[float]") -> list[tuple[int, int, int]]:
    """Return the runs of `text` whose characters have their middle between the same two `sides`.

    Each run is start, end (of its first and last character that is no blank) and the number of the first of the pairs
    of `sides` (left, right) that it is in, -1 where it is in none.

    Raises:
        ValueError: there are not more `edges` than characters.
    """
    if len(edges) <= len(text):
        raise ValueError("a line has more edges than characters")
    pairs = list(zip(sides[0::2], sides[1::2], strict=False))
    runs: list[tuple[int, int, int]] = []
    begins, ends, where = 0, 0, -2
    for at, character in enumerate(text):
        if character.isspace():
            continue
        middle = (edges[at] + edges[at + 1]) / 2
        now = next((number for number, (left, right) in enumerate(pairs) if left <= middle <= right), -1)
        if now != where:
            if where != -2:
                runs.append((begins, ends, where))
            begins, where = at, now
        ends = at + 1
    if where != -2:
        runs.append((begins, ends, where))
    return runs


def rules_of_points(
    counts: "array[int]", points: "array[float]", kinds: "array[int]", closes: "array[int]", matrices: "array[float]",
    frames: "array[float]", shown: Matrix, straight: float, shortest: float,
) -> tuple[bytes, bytes] | None:  # fmt: skip
    """Return the level and the plumb strokes and sides of rectangles of paths, as they stand on the page as shown.

    `counts` says how many segments each path has, `points` where they end (x, y), `kinds` what they are and `closes`
    whether the path goes back from them to where it began; `matrices` are the paths' own, `frames` those of the forms
    that they stand in, and `shown` the page's. A rule is three numbers of 64 bits: y, left and right of a level one, x,
    top and bottom of a plumb one. Both of its ends are level or plumb within `straight` points, and it is at least
    `shortest` long. Curves count as the straight line between their ends, which only ever matters for corners that are
    rounded. None where a path is no rectangle, and there are no `kinds` and `closes`.

    Raises:
        ValueError: the buffers are too short.
    """
    total, paths = sum(max(0, count) for count in counts), len(counts)
    if len(points) < 2 * total or len(matrices) < 6 * paths or len(frames) < 6 * paths:
        raise ValueError("the buffers are too short")
    level: array[float] = array("d")
    plumb: array[float] = array("d")
    start = 0
    for number, count in enumerate(counts):
        if count <= 0:
            continue
        own, frame = matrices[6 * number : 6 * number + 6], frames[6 * number : 6 * number + 6]
        matrix = _times(_times(_six(own), _six(frame)), shown)
        end = start + count
        if count == _CORNERS and _is_rectangle(points, start):
            _add_sides(points, start, matrix, (straight, shortest), level, plumb)
        elif min(len(kinds), len(closes)) < total:
            return None
        else:
            _add_path(points, kinds, closes, start, end, matrix, (straight, shortest), level, plumb)
        start = end
    return level.tobytes(), plumb.tobytes()


def _six(numbers: "array[float]") -> Matrix:
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _is_rectangle(points: "array[float]", start: int) -> bool:
    """Return whether five points go round a rectangle, level or plumb: no kinds need be asked for."""
    x, y, x1, y1, x2, y2, x3, y3, x4, y4 = points[2 * start : 2 * start + 10]
    if x != x4 or y != y4:
        return False
    return (y1 == y and x2 == x1 and y3 == y2 and x3 == x) or (x1 == x and y2 == y1 and x3 == x2 and y3 == y)


def _add_sides(
    points: "array[float]", start: int, matrix: Matrix, least: tuple[float, float], level: "array[float]",
    plumb: "array[float]",
) -> None:  # fmt: skip
    """Add the four sides of a rectangle, given as the five points that `_is_rectangle` knows."""
    a, b, c, d, e, f = matrix
    corners = [
        (a * points[at] + c * points[at + 1] + e, b * points[at] + d * points[at + 1] + f)
        for at in range(2 * start, 2 * start + 2 * _CORNERS, 2)
    ]
    (x, y), (x2, y2) = corners[0], corners[2]
    if b == 0 and c == 0:
        left, right, top, bottom = min(x, x2), max(x, x2), min(y, y2), max(y, y2)
        if right - left >= least[1]:
            level.extend((y, left, right, y2, left, right))
        if bottom - top >= least[1]:
            plumb.extend((x2, top, bottom, x, top, bottom))
        return
    for one, other in pairwise(corners):
        _add_stroke(*one, *other, least, level, plumb)


def _add_path(
    points: "array[float]", kinds: "array[int]", closes: "array[int]", start: int, end: int, matrix: Matrix,
    least: tuple[float, float], level: "array[float]", plumb: "array[float]",
) -> None:  # fmt: skip
    """Add the rules that the path of the segments `start` to `end` draws."""
    a, b, c, d, e, f = matrix
    first_x = first_y = x = y = 0.0
    controls = 0
    for at in range(start, end):
        if kinds[at] == _CURVE and controls < 2:
            # Two control points, then the end of the curve.
            controls += 1
            continue
        controls = 0
        across, up = points[2 * at], points[2 * at + 1]
        before_x, before_y = x, y
        x, y = a * across + c * up + e, b * across + d * up + f
        if kinds[at] == _MOVE:
            first_x, first_y = x, y
            continue
        _add_stroke(before_x, before_y, x, y, least, level, plumb)
        # A stroke that is closed goes back over itself, which makes no second rule.
        is_last = at + 1 == end or kinds[at + 1] == _MOVE
        if is_last and (x != first_x or y != first_y) and (before_x != first_x or before_y != first_y) and closes[at]:
            _add_stroke(x, y, first_x, first_y, least, level, plumb)


def _add_stroke(
    x: float, y: float, to_x: float, to_y: float, least: tuple[float, float], level: "array[float]",
    plumb: "array[float]",
) -> None:  # fmt: skip
    """Add a stroke that is level or plumb; `least` is how straight it must be, and how long."""
    width, height = abs(to_x - x), abs(to_y - y)
    if height <= least[0] and width >= least[1]:
        level.extend((y, min(x, to_x), max(x, to_x)))
    elif width <= least[0] and height >= least[1]:
        plumb.extend((x, min(y, to_y), max(y, to_y)))


def merged_rules(rules: "array[float]", snap: float) -> list[tuple[float, float, float]]:
    """Return `rules` of one direction in order, those within `snap` of the one before as one.

    Each rule is three numbers: where it is, from where and to where it goes. The one lies in their middle; where they
    do not touch within `snap` there are several, and shorter ones are left out.
    """
    merged: list[tuple[float, float, float]] = []
    ordered = sorted(zip(rules[0::3], rules[1::3], rules[2::3], strict=True))
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and ordered[end][0] <= ordered[end - 1][0] + snap:
            continue
        group = ordered[start:end]
        start = end
        middle = sum([one[0] for one in group]) / len(group)
        parts = sorted([(one[1], one[2]) for one in group])
        first, last = parts[0]
        for begins, ends in parts:
            if begins <= last + snap:
                last = max(last, ends)
                continue
            if last - first >= snap:
                merged.append((middle, first, last))
            first, last = begins, ends
        if last - first >= snap:
            merged.append((middle, first, last))
    return merged
