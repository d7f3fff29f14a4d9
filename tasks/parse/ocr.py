"""Words in an image, by RapidOCR with the models of its own wheel: nothing is downloaded.

Lines are found in a smaller copy of the image and read from the whole one, each cut out along its own slope, so a page
that was photographed a few degrees aslant needs no straightening. Each thread has an engine of its own.
"""

import math
import re
import statistics
import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["Image", "Reading", "Recognised", "read_image"]

Image = npt.NDArray[np.uint8]
_LONGER = 4  # times that an image may be as long as it is wide; others get a margin
_FIND_AT = 1280  # pixels of the longer side: A4 at 110 dpi, where a line of 9 pt is 14 high
_GUESS_AT, _STRIPS, _MORE = 640, 8, 1.5  # pixels of the longer side; strips; times the ink alternates more
_UPSIDE_DOWN = 0.9  # surely read lines have 0.97 and more; upside down they have 0.5 to 0.8
_LINES_TRIED = 3
_WIDE = re.compile("[\u2e80-\u9fff\uff00-\uff60\u3000-\u303f“”‘’—…·]")
# The recogniser knows both widths of these and writes whichever; beside Chinese the wide one is printed.
_WIDTHS = str.maketrans("(),:;?!", "（），：；？！")
_HALF = re.compile(r"[(),:;?!]")
# The number of a heading, with its point.
_NUMBERED = re.compile(r"\d{1,2}\.(?=.)")
_engines = threading.local()
# Finding lines takes the most memory: where two threads do it at once, a scan takes 200 MiB more.
_finding = threading.Lock()


@dataclass(frozen=True, slots=True)
class Recognised:
    """One line: its corners in the upright image (pixels, from the top left clockwise) and its characters.

    `edges` are the left edges of the characters and the right edge of the last as shares of the line's length;
    `confidences` has one for each character, 0 to 1.
    """

    text: str
    corners: npt.NDArray[np.float32]
    edges: tuple[float, ...]
    confidences: tuple[float, ...]


class _Raw(NamedTuple):
    """What the recogniser says of one line: its text, how sure it is, and where the characters are."""

    text: str
    score: float
    word: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in an image: the image turned upright, by how many degrees its text ran (0, 90, 180, 270), lines.

    `skew` is the slope of the lines in degrees, positive when they fall to the right.
    """

    upright: Image
    turn: int
    skew: float
    lines: tuple[Recognised, ...]


def read_image(image: Image) -> Reading:
    """Return the lines in a grey `image`; turned by a multiple of 90 degrees or a few degrees askew, it is read too."""
    engine = _engine()
    image, turn, corners = _level(engine, image)
    tried: dict[int, _Raw] = {}
    if corners:
        is_upright, tried = _tried(engine, image, corners)
        if not is_upright:
            # Found where they are, lines need not be found again: that takes a fifth of a page's time.
            corners = _turned_over(corners, image)
            image, turn, tried = np.rot90(image, 2), turn + 180, {}
    image = np.ascontiguousarray(image)
    lines = _read(engine, image, corners, tried)
    return Reading(image, turn, _skew(corners), lines)


def _level(engine: Any, image: Image) -> tuple[Image, int, list[npt.NDArray[np.float32]]]:
    """Return the image turned so that its lines are level, by how many degrees, and the corners of its lines.

    Text that runs up the page is upright after a quarter turn clockwise; so is half of what runs down. Finding the
    lines takes a fifth of a page's time, so it is guessed first how they run; what is found must bear it out.
    """
    if _seems_to_run_up(image):
        turned = np.rot90(image, -1)
        corners = _find(engine, turned)
        if _levelness(corners) > 0:
            return turned, 90, corners
    corners = _find(engine, image)
    if _levelness(corners) < 0:
        turned = np.rot90(image, -1)
        return turned, 90, _find(engine, turned)
    return image, 0, corners


def _seems_to_run_up(image: Image) -> bool:
    """Return whether the ink of `image` alternates more from left to right than from top to bottom.

    White stands between lines and hardly ever between the characters of all lines at one place. Looked at in strips, so
    that lines a few degrees askew do not blur into one another.
    """
    factor = max(1.0, max(image.shape) / _GUESS_AT)
    height, width = (max(_STRIPS, round(side / factor)) for side in image.shape)
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    down = sum(float(np.square(np.diff(one.mean(axis=1))).sum()) for one in np.array_split(small, _STRIPS, axis=1))
    along = sum(float(np.square(np.diff(one.mean(axis=0))).sum()) for one in np.array_split(small, _STRIPS, axis=0))
    return along > _MORE * down


def _turned_over(corners: list[npt.NDArray[np.float32]], image: Image) -> list[npt.NDArray[np.float32]]:
    """Return the corners of the lines of `image`, from top to bottom, when it is turned by 180 degrees."""
    height, width = image.shape
    last = np.array([width, height], np.float32)
    return [last - one[[2, 3, 0, 1]] for one in reversed(corners)]


def _engine() -> Any:
    if not hasattr(_engines, "engine"):
        # Takes a second and 200 MB: not for those who never see a scan.
        from rapidocr import RapidOCR

        _engines.engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.max_side_len": 100_000,
                "Global.text_score": 0.0,
                "Global.return_word_box": True,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                # An arena keeps the most that any shape of line ever took: 350 MiB more, and no time is won.
                "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
                # Lines of different lengths in one batch are padded to the longest: 1.4 times the time of one by one.
                "Rec.rec_batch_num": 1,
            }
        )
    return _engines.engine


def _colour(image: Image) -> Image:
    return cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)


def _find(engine: Any, image: Image) -> list[npt.NDArray[np.float32]]:
    """Return the corners of the lines in `image`, from top to bottom."""
    height, width = image.shape
    factor = max(1.0, max(height, width) / _FIND_AT)
    small = cv2.resize(
        image, (max(1, round(width / factor)), max(1, round(height / factor))), interpolation=cv2.INTER_AREA
    )
    # RapidOCR enlarges an image until its shorter side has 736 pixels, which makes 700 million of a line of one.
    room = [max(0, max(small.shape) // _LONGER - side) for side in small.shape]
    padded = cv2.copyMakeBorder(small, 0, room[0], 0, room[1], cv2.BORDER_CONSTANT, value=[255])
    colour = _colour(padded.astype(np.uint8, copy=False))
    with _finding:
        found = engine(colour, use_det=True, use_rec=False, use_cls=False)
    boxes = getattr(found, "boxes", None)
    if boxes is None:
        return []
    scale = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
    return [np.asarray(box, np.float32) * scale for box in boxes]


def _sides(corners: npt.NDArray[np.float32]) -> tuple[float, float]:
    return float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[3] - corners[0]))


def _levelness(found: list[npt.NDArray[np.float32]]) -> float:
    """Return how much more text runs along the image than up or down it, in pixels of the lines' length."""
    along = 0.0
    for one in found:
        length, height = _sides(one)
        if height > 1.5 * length:
            along -= height
        elif length > 1.5 * height:
            along += length
    return along


def _tried(engine: Any, image: Image, corners: list[npt.NDArray[np.float32]]) -> tuple[bool, dict[int, _Raw]]:
    """Return whether `image` is upright, told by its longest lines, and what was read in these, by their positions."""
    longest = sorted(range(len(corners)), key=lambda at: -_sides(corners[at])[0])[:_LINES_TRIED]
    parts = [_cut_out(image, corners[at]) for at in longest]
    read = _recognised(engine, parts)
    sure = statistics.fmean(one.score for one in read)
    if sure < _UPSIDE_DOWN:
        turned = _recognised(engine, [np.rot90(one, 2) for one in parts])
        if statistics.fmean(one.score for one in turned) > sure:
            return False, {}
    return True, dict(zip(longest, read, strict=True))


def _recognised(engine: Any, parts: list[Image]) -> list[_Raw]:
    """Return what the recogniser says of lines that are cut out."""
    found = engine.recognize_txt([_colour(one) for one in parts])
    return [_Raw(*one) for one in zip(found.txts, found.scores, found.word_results, strict=True)]


def _cut_out(image: Image, corners: npt.NDArray[np.float32]) -> Image:
    length, height = _sides(corners)
    size = (max(2, round(length)), max(2, round(height)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    part = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return part.astype(np.uint8, copy=False)


def _read(
    engine: Any, image: Image, found: list[npt.NDArray[np.float32]], tried: dict[int, _Raw]
) -> tuple[Recognised, ...]:
    """Return the lines at the corners `found`; `tried` holds what was read of some already, by their positions."""
    waiting = [at for at in range(len(found)) if at not in tried]
    if waiting:
        parts = [_cut_out(image, found[at]) for at in waiting]
        tried = tried | dict(zip(waiting, _recognised(engine, parts), strict=True))
    lines = []
    for at, corners in enumerate(found):
        text, _, word = tried[at]
        if not text.strip() or not word.line_txt_len:
            continue
        centres = [(column + 0.5) / word.line_txt_len for columns in word.word_cols for column in columns]
        # Blanks have a confidence but no column.
        sure = [one for one, character in zip(word.confs, text, strict=True) if not character.isspace()]
        lines.append(_line(text, corners, centres, sure))
    return tuple(lines)


def _line(text: str, corners: npt.NDArray[np.float32], centres: list[float], sure: list[float]) -> Recognised:
    """Return the line; its blanks are dropped where they part no Latin words, its signs as wide as their neighbours."""
    kept: list[str] = []
    places: list[float] = []
    confidences: list[float] = []
    inked = iter(zip(centres, sure, strict=True))
    for at, character in enumerate(text):
        if not character.isspace():
            centre, confidence = next(inked)
            kept.append(character)
            places.append(centre)
            confidences.append(confidence)
        elif kept and kept[-1].isascii() and kept[-1].isalnum() and text[at + 1 : at + 2].isalnum():
            kept.append(" ")
            places.append(places[-1])
            confidences.append(1.0)
    words = "".join(kept)
    for match in reversed(list(_HALF.finditer(words))):
        around = words[max(0, match.start() - 1) : match.start()] + words[match.end() : match.end() + 1]
        if _WIDE.search(around):
            words = words[: match.start()] + match.group().translate(_WIDTHS) + words[match.end() :]
    words = _with_wide_point(words, places)
    return Recognised(words, corners, _edges(words, places), tuple(confidences))


def _with_wide_point(text: str, centres: list[float]) -> str:
    """Return `text` with 19．2024年 where the recogniser wrote 19.2024年.

    The point of a heading's number is as wide as an ideograph, which only the room it takes can tell.
    """
    match = _NUMBERED.match(text)
    if match is None:
        return text
    steps = [
        centres[at + 1] - centres[at]
        for at in range(match.end(), len(text) - 1)
        if _WIDE.match(text[at]) and _WIDE.match(text[at + 1])
    ]
    if not steps:
        return text
    point = match.end() - 1
    em = statistics.median(steps)
    halves = 0.25 + (0.5 if _WIDE.match(text[point + 1]) else 0.25)
    room = centres[point + 1] - centres[point - 1] - halves * em
    return text[:point] + "．" + text[point + 1 :] if room > 0.75 * em else text


def _edges(text: str, centres: list[float]) -> tuple[float, ...]:
    """Return the edges between characters: where two meet depends on how wide each of them is."""
    widths = [2.0 if _WIDE.match(character) else 1.0 for character in text]
    edges = [0.0]
    for at in range(1, len(text)):
        share = widths[at - 1] / (widths[at - 1] + widths[at])
        edge = centres[at - 1] + (centres[at] - centres[at - 1]) * share
        edges.append(min(1.0, max(edges[-1], edge)))
    return (*edges, 1.0)


def _skew(found: list[npt.NDArray[np.float32]]) -> float:
    angles = []
    for one in found:
        length, height = _sides(one)
        if length > 5 * height:
            run = one[1] - one[0]
            angles.append(math.degrees(math.atan2(float(run[1]), float(run[0]))))
    return statistics.median(angles) if angles else 0.0
