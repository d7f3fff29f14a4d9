"""What is worked out for each character and rule of a page: line_loops.c where that is not compiled."""

import math
import re
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate

__all__ = ["edges_of_widths", "extent", "from_left_to_right", "level_lines", "whole_lines", "wide_blanks"]

_FAR = 1e6  # points; nothing is as high
_WIDE, _DIGIT = ord("?"), ord("0")  # of most characters, and so counted
_WHOLE = 2  # a flag of lines: printed characters only, and no blanks
_BLANKS = re.compile(r"\s+")


def level_lines(
    text: str, spans: "array[int]", places: "array[int]", boxes: "array[float]", x: float, y: float,
    in_order: bool, edges: "array[float]", quads: "array[float]",
) -> bytes:  # fmt: skip
    """Write edges and box of each line of `text` that is given by `spans`: first character and how many.

    `boxes` are left, top, right and bottom of characters, upwards: of the character at `places[n]` for the one at n, at
    n itself where `places` is empty. Blanks have none: they take the room between their neighbours, and a line begins
    and ends with no blank. Edges, one more than characters, go into `edges` and boxes into `quads` (left, top, right,
    bottom, downwards from `y`, to the right from `x`), those of one line after those of the one before; characters
    without a size widen no box. Returned is for each line 1, or with `in_order` 0 when a character stands before the
    one that it follows, by more than half of its own width: nothing good is written for it then.

    Raises:
        ValueError: the buffers are too short, or a span is no line.
    """
    if len(spans) % 2 or (len(places) and len(places) < len(text)):
        raise ValueError("the lines do not fit into the buffers")
    answer = bytearray()
    start = 0
    for line in range(0, len(spans), 2):
        first, count = spans[line], spans[line + 1]
        words = text[first : first + count] if first >= 0 else ""
        if not words or len(words) != count or words[0].isspace() or words[-1].isspace():
            raise ValueError("the lines do not fit into the buffers")
        if start + count >= len(edges) or 2 * line + 4 > len(quads):
            raise ValueError("the lines do not fit into the buffers")
        inked = [first + at for at, character in enumerate(words) if not character.isspace()]
        rects = [_rect(boxes, places[at] if places else at) for at in inked]
        if in_order and _jumps_back(rects):
            answer.append(0)
        else:
            answer.append(1)
            _write_edges(words, rects, x, edges, start)
            sized = [one for one in rects if one[2] > one[0] and one[1] > one[3]] or rects
            lefts, tops, rights, bottoms = zip(*sized, strict=True)
            quads[2 * line] = min(lefts) - x
            quads[2 * line + 1] = y - max(tops)
            quads[2 * line + 2] = max(rights) - x
            quads[2 * line + 3] = y - min(bottoms)
        start += count + 1
    return bytes(answer)


def _rect(boxes: "array[float]", at: int) -> tuple[float, float, float, float]:
    if at < 0 or 4 * at + 4 > len(boxes):
        raise ValueError("the lines do not fit into the buffers")
    return boxes[4 * at], boxes[4 * at + 1], boxes[4 * at + 2], boxes[4 * at + 3]


def _jumps_back(rects: Sequence[tuple[float, float, float, float]]) -> bool:
    left = -math.inf
    for one in rects:
        before, left = left, one[0]
        if (left + one[2]) / 2 < before:
            return True
    return False


def _write_edges(
    words: str, rects: Sequence[tuple[float, float, float, float]], x: float, edges: "array[float]", start: int
) -> None:
    at = 0
    end = 0.0
    for place, character in enumerate(words, start):
        if character.isspace():
            edges[place] = end - x
            end = max(end, rects[at][0])
            continue
        edges[place] = rects[at][0] - x
        end = rects[at][2]
        at += 1
    edges[start + len(words)] = end - x


def whole_lines(
    kinds: bytes, spans: bytes, flags: bytes, boxes: "array[float]", x: float, y: float, slack: float,
    widths: "dict[int, array[float]]", unknown: "Callable[[], array[float]]", quads: "array[float]",
) -> "list[array[float] | int | None]":  # fmt: skip
    """Return for each line whether the widths of its characters tell where these stand, and write its box.

    `spans` and `flags` are those of `lines_of`, of lines with blanks nothing is told; `boxes`, `x`, `y` and `quads` are
    those of `level_lines`; the box is that of the first and last character.
    `widths` has those of kinds by eight times the height of the line, as far as they are known: where a kind's is no
    number, it is learnt from its first character, and where there are none for a height, `unknown` gives some. Returned
    is for each line the widths, when its last character stands within `slack` of where they say, else the height, and
    None for a line that has no sound one.

    Raises:
        ValueError: the buffers are too short, or a span is no line.
    """
    told: list[array[float] | int | None] = []
    given = array("i", spans)
    for at in range(0, len(given) - 1, 2):
        first, last = given[at], given[at] + given[at + 1] - 1
        if not 0 <= first <= last < min(len(kinds), len(boxes) // 4) or len(quads) < 2 * at + 4:
            raise ValueError("the lines do not fit into the buffers")
        if len(flags) <= at // 2:
            raise ValueError("the lines do not fit into the buffers")
        if not flags[at // 2] & _WHOLE:
            told.append(None)
            continue
        left, top, right, bottom = _rect(boxes, first)
        begins, last_top, ends, last_bottom = _rect(boxes, last)
        height = top - bottom
        if not 0 < height < _FAR or right <= left or abs(last_bottom - bottom) > height:
            told.append(None)  # a damaged font may have no number for a height
            continue
        size = round(height * 8)
        known = widths.get(size)
        if known is None:
            known = widths[size] = unknown()
        length = _length(kinds, first, last, known)
        if math.isnan(length):  # a kind whose width is not known yet
            for one in range(first, last + 1):
                if math.isnan(known[kinds[one]]):
                    known[kinds[one]] = boxes[4 * one + 2] - boxes[4 * one]
            length = _length(kinds, first, last, known)
        told.append(known if abs(begins - left - length) <= slack else size)
        quads[2 * at], quads[2 * at + 1] = left - x, y - max(top, last_top)
        quads[2 * at + 2], quads[2 * at + 3] = ends - x, y - min(bottom, last_bottom)
    return told


def _length(kinds: bytes, first: int, last: int, widths: "array[float]") -> float:
    """Return how long the characters from `first` to before `last` are, taken together: most are wide, or digits."""
    wide, digits = kinds.count(_WIDE, first, last), kinds.count(_DIGIT, first, last)
    length = (wide * widths[_WIDE] if wide else 0.0) + (digits * widths[_DIGIT] if digits else 0.0)
    rest = 0.0
    for kind in kinds[first:last]:
        if kind not in {_WIDE, _DIGIT}:
            rest += widths[kind]
    return length + rest


def from_left_to_right(
    words: str, places: "array[int]", boxes: "array[float]", gap: float
) -> tuple[str, bytes]:  # fmt: skip
    """Return the characters of a line in the order in which they stand, and for each of these its place in `boxes`.

    `places` (32 bits each, as those returned) are those of `words`, which begin and end with no blank; blanks have that
    of what follows. LibreOffice draws the characters of a line that another font has, quotation marks mostly, after all
    the others. The blanks where they were missing go, those between characters that stay neighbours are kept, and
    others are put between characters that came together, where the room is more than `gap` times their height. What
    has no number for a place comes last.

    Raises:
        ValueError: there are too few places or boxes.
    """
    if len(places) < len(words) or any(not 0 <= 4 * one <= len(boxes) - 4 for one in places[: len(words)]):
        raise ValueError("the lines do not fit into the buffers")
    inked = [at for at, character in enumerate(words) if not character.isspace()]
    before = dict(zip(inked, [-1, *inked], strict=False))  # what stands before each in `words`
    order = sorted(inked, key=lambda at: (math.isnan(boxes[4 * places[at]]), boxes[4 * places[at]], at))
    made: list[str] = []
    told = array("i")
    last = -1
    for number, at in enumerate(order):
        left, top, _, bottom = _rect(boxes, places[at])
        if before[at] == last:
            made += words[last + 1 : at]
        elif number and left - boxes[4 * places[last] + 2] > gap * (top - bottom):
            made.append(" ")
        made.append(words[at])
        told.extend([places[at]] * (len(made) - len(told)))
        last = at
    return "".join(made), told.tobytes()


def wide_blanks(text: str, edges: "array[float]", least: float) -> list[tuple[int, int]]:
    """Return the runs of blanks in `text` that are wider than `least`, as offsets [start, end).

    Raises:
        ValueError: there are not more `edges` than characters.
    """
    _check_edges(text, edges)
    return [
        match.span() for match in _BLANKS.finditer(text) if edges[match.end()] - edges[match.start()] > least
    ]  # fmt: skip


def _check_edges(text: str, edges: "array[float]") -> None:
    if len(edges) <= len(text):
        raise ValueError("a line has more edges than characters")


def extent(numbers: "array[float]") -> tuple[float, float]:
    """Return the least and the greatest of `numbers`.

    Raises:
        ValueError: there are none.
    """
    if not numbers:
        raise ValueError("there are no numbers")
    return min(numbers), max(numbers)


def edges_of_widths(kinds: bytes, widths: "array[float]", start: float, end: float, edges: "array[float]") -> None:
    """Write where characters of `kinds` begin that are as wide as `widths` says, from `start` on, and the last `end`.

    Raises:
        ValueError: there are fewer than 256 `widths`, or not more `edges` than `kinds`.
    """
    if len(widths) < 256 or len(edges) <= len(kinds):
        raise ValueError("the buffers are too short")
    for at, left in enumerate(accumulate(map(widths.__getitem__, kinds), initial=start)):
        edges[at] = left
    edges[len(kinds)] = end
