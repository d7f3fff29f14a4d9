"""Lines of a PDF page by the box of each of their characters: those whose widths do not tell where these stand."""

import re
from array import array
from collections.abc import Sequence
from typing import Final

from tasks.domain.documents import Box
from tasks.parse.lines import Line, PageLines, anchored
from tasks.parse.loops import boxes_of, from_left_to_right, level_lines
from tasks.parse.pdf_frame import Frame

__all__ = ["put_exact"]

# Not text: U+FFFE is PDFium's hyphen at the end of a line; the soft hyphen; controls.
_UNPRINTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufffe\uffff]")
_WORD_GAP: Final = 0.15  # of the height of a character: room that parts words


def put_exact(
    text: str, words_of: Sequence[str], spans: "array[int]", indices: Sequence[int] | None, boxes: "array[float]",
    frame: Frame, page: PageLines, lines: list[Line | None],
) -> None:  # fmt: skip
    """Put those of `lines` that are None into their places; what has no character that is text stays None.

    `words_of` are the words of each, `spans` where these begin in `text` and how many characters they have, `boxes`
    left, top, right and bottom of PDFium's characters, `indices` their numbers for the characters of `text` (None: the
    same).
    """
    is_level = page.turn == 0 and frame.rotation == 0
    whole: list[int] = []
    given = array("i")
    for at, line in enumerate(lines):
        if line is not None:
            continue
        words, first = words_of[at], spans[2 * at]
        if is_level and (words.isprintable() or _UNPRINTED.search(words) is None):
            whole.append(at)
            given.append(first)
            given.append(len(words))
            continue
        kept, places = _printed(words, first, indices)
        if kept:
            lines[at] = (
                _level(kept, places, boxes, frame, page) if is_level else _turned(kept, places, boxes, frame, page)
            )
    if not whole:
        return
    edges = array("f", bytes(4 * (sum(given[1::2]) + len(whole))))
    quads = array("d", bytes(32 * len(whole)))
    numbers = array("i", indices or ())
    in_order: bytes = level_lines(text, given, numbers, boxes, frame.left, frame.top, True, edges, quads)
    around: list[Box] = boxes_of(Box, quads)
    start = 0
    for number, at in enumerate(whole):
        words = words_of[at]
        end = start + len(words) + 1
        if in_order[number]:
            lines[at] = Line(words, page.number, around[number], edges[start:end])
        else:
            lines[at] = _reordered(words, _printed(words, spans[2 * at], indices)[1], boxes, frame, page)
        start = end


def _printed(words: str, first: int, indices: Sequence[int] | None) -> tuple[str, list[int]]:
    """Return what of `words` is text, without blanks around it, and PDFium's number of each character."""
    places: list[int] = [indices[first + at] if indices else first + at for at in range(len(words))]
    if _UNPRINTED.search(words) is None:
        return words, places
    printed = [at for at, character in enumerate(words) if _UNPRINTED.match(character) is None]
    kept = "".join([words[at] for at in printed])
    start, end = len(kept) - len(kept.lstrip()), len(kept.rstrip())
    return kept[start:end], [places[at] for at in printed][start:end]


def _level(text: str, places: Sequence[int], boxes: "array[float]", frame: Frame, page: PageLines) -> Line:
    """Return the line of `text` on a page that is not turned, its characters in the order in which they stand."""
    line = _drawn(text, array("i", places), boxes, frame, page, True)
    return _reordered(text, places, boxes, frame, page) if line is None else line


def _reordered(text: str, places: Sequence[int], boxes: "array[float]", frame: Frame, page: PageLines) -> Line:
    """Return the line of `text`, whose characters are not drawn from left to right."""
    told: tuple[str, bytes] = from_left_to_right(text, array("i", places), boxes, _WORD_GAP)
    line = _drawn(told[0], array("i", told[1]), boxes, frame, page, False)
    assert line is not None
    return line


def _drawn(
    text: str, places: "array[int]", boxes: "array[float]", frame: Frame, page: PageLines, in_order: bool
) -> Line | None:
    """Return the line of `text`; None where it shall be `in_order` and is not."""
    edges, quad, span = array("f", bytes(4 * len(text) + 4)), array("d", bytes(32)), array("i", (0, len(text)))
    is_drawn: bytes = level_lines(text, span, places, boxes, frame.left, frame.top, in_order, edges, quad)
    if not is_drawn[0]:
        return None
    box: Box = boxes_of(Box, quad)[0]
    return Line(text, page.number, box, edges)


def _turned(text: str, places: Sequence[int], boxes: "array[float]", frame: Frame, page: PageLines) -> Line:
    shown = [frame.shown((boxes[4 * at], boxes[4 * at + 3], boxes[4 * at + 2], boxes[4 * at + 1])) for at in places]
    return _line(text, shown, page)


def _line(text: str, shown: list[Box], page: PageLines) -> Line:
    """Return the line whose characters stand at `shown`; places of turned text are kept for each character."""
    upright = _without_holes(text, [page.upright(one) for one in shown])
    number = page.number
    inked = [one for one in upright if one.x1 > one.x0 and one.bottom > one.top] or upright
    box = Box(
        min(one.x0 for one in inked), min(one.top for one in inked),
        max(one.x1 for one in inked), max(one.bottom for one in inked),
    )  # fmt: skip
    edges = array("f", [*(one.x0 for one in upright), upright[-1].x1])
    return Line(text, number, box, edges, () if page.turn == 0 else anchored(number, shown))


def _without_holes(text: str, boxes: list[Box]) -> list[Box]:
    """Return `boxes` with those of blanks reaching from the character before to the one after."""
    result = list(boxes)
    for at, character in enumerate(text):
        if character.isspace():
            left = result[at - 1].x1
            after = next(box for box, other in zip(boxes[at:], text[at:], strict=True) if not other.isspace())
            result[at] = Box(left, after.top, max(left, after.x0), after.bottom)
    return result
