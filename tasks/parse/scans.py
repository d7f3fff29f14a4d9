"""A page that is an image: what OCR read, as lines with the place and the confidence of each part."""

import math
import re

import numpy as np

from tasks.domain.documents import Anchor, Box, Location
from tasks.parse.grids import Grid, grids_of_image
from tasks.parse.lines import Line, PageLines, union
from tasks.parse.ocr import Image, Recognised, read_image

__all__ = ["read_page"]

# A figure has an anchor of its own, so that its confidence is that of its digits; the rest goes in short parts, since
# the box of a long one would cover the lines above and below where the page is askew.
_PARTS = re.compile(r"[\d.,，:：%％‰]*\d[\d.,，:：%％‰]*|\D{1,8}")


def read_page(image: Image, number: int, scale: float) -> tuple[PageLines, list[Grid]]:
    """Return the lines of page `number` and the grids of its ruled tables; `image` is grey, `scale` points a pixel.

    Boxes are in points of the page as it is shown. The lines' own boxes are straightened where the page is askew.
    """
    reading = read_image(image)
    height, width = (side * scale for side in reading.upright.shape)
    page = PageLines(number, width, height, (), by_ocr=True, turn=reading.turn)
    lines = tuple(_line(one, page, scale, reading.skew) for one in reading.lines)
    straight = abs(reading.skew) < 0.3
    upright = reading.upright if straight else _straightened(reading.upright, reading.skew)
    grids = grids_of_image(upright, number, scale)
    return PageLines(number, width, height, lines, by_ocr=True, turn=reading.turn), grids


def _straightened(image: Image, skew: float) -> Image:
    import cv2

    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def _line(read: Recognised, page: PageLines, scale: float, skew: float) -> Line:
    corners = read.corners * scale
    top_left, top_right, bottom_right, bottom_left = corners
    middle = corners.mean(axis=0)
    length = float(np.linalg.norm(top_right - top_left))
    height = float(np.linalg.norm(bottom_left - top_left))
    turned = math.radians(-skew)
    x, y = middle[0] - page.width / 2, middle[1] - page.height / 2
    x, y = x * math.cos(turned) - y * math.sin(turned), x * math.sin(turned) + y * math.cos(turned)
    x, y = float(x) + page.width / 2, float(y) + page.height / 2
    box = Box(x - length / 2, y - height / 2, x + length / 2, y + height / 2)
    edges = tuple(box.x0 + one * length for one in read.edges)

    def at(share: float) -> tuple[float, float, float, float]:
        """Return x and y of the upper and of the lower edge at a share of the line's length."""
        upper = top_left + (top_right - top_left) * share
        lower = bottom_left + (bottom_right - bottom_left) * share
        return float(upper[0]), float(upper[1]), float(lower[0]), float(lower[1])

    def place(start: int, end: int) -> Box:
        points = (*at(read.edges[start]), *at(read.edges[end]))
        return Box(min(points[0::2]), min(points[1::2]), max(points[0::2]), max(points[1::2]))

    anchors: list[Anchor] = []
    for match in _PARTS.finditer(read.text):
        start, end = match.span()
        sure = read.confidences[start:end]
        # A figure is as sure as its least sure digit.
        confidence = min(sure) if any(one.isdigit() for one in match.group()) else sum(sure) / len(sure)
        if page.turn in (0, 180):
            shown = page.shown(place(start, end))
            xs = [sum(at(read.edges[one])[0::2]) / 2 for one in range(start, end + 1)]
            shown_edges = tuple(xs if page.turn == 0 else (page.width - one for one in xs))
            anchors.append(Anchor(start, end, Location(page=page.number, box=shown), shown_edges, confidence))
        else:
            anchors += [
                Anchor(one, one + 1, Location(page=page.number, box=page.shown(place(one, one + 1))), (), confidence)
                for one in range(start, end)
            ]
    return Line(read.text, page.number, union([box]), edges, tuple(anchors))
