"""What is worked out for each rule of a page: rule_loops.c where that is not compiled."""

from array import array
from itertools import pairwise

__all__ = ["Matrix", "crossings", "merged_rules", "rules_of_points"]

Matrix = tuple[float, float, float, float, float, float]  # x' = ax + cy + e, y' = bx + dy + f, as PDF writes it
_MOVE, _CURVE = 2, 1  # PDFium's numbers of segments: FPDF_SEGMENT_MOVETO, FPDF_SEGMENT_BEZIERTO
_CORNERS = 5  # points of a rectangle, the first twice


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


def crossings(
    across: list[tuple[float, float, float]], down: list[tuple[float, float, float]], snap: float
) -> list[tuple[int, ...]]:  # fmt: skip
    """Return for each level rule of `across` the numbers of those of `down` that it crosses or touches within `snap`.

    A level rule is y, left and right, a plumb one x, top and bottom.
    """
    return [
        tuple(
            at for at, (x, top, bottom) in enumerate(down)
            if top <= y + snap and bottom >= y - snap and left - snap <= x <= right + snap
        )
        for y, left, right in across
    ]  # fmt: skip


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
