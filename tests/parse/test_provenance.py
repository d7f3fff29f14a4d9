"""The box of a span, cut out of the rendered page, reads as the span: for written pages and for scans."""

import difflib
import random
import re
import unicodedata
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tasks.domain.documents import Box, Document
from tasks.parse import parse_report
from tasks.parse.ocr import read_image

INBOX = Path(__file__).resolve().parents[2] / "deploy" / "sample_county" / "inbox"
WRITTEN = [
    path for path in sorted(INBOX.rglob("*.pdf")) if path.read_bytes().startswith(b"%PDF") and "扫描件" not in path.name
]
SPANS = 500
DPI = 200


@cache
def document_of(path: Path) -> Document:
    return parse_report(path.read_bytes(), path.name)


@cache
def pages_of(path: Path) -> list[np.ndarray]:
    """The pages as they are shown, at 200 dpi, whatever the file is."""
    if path.suffix == ".jpg":
        picture = Image.open(path)
        dpi = picture.info["dpi"][0]
        size = (round(picture.width * DPI / dpi), round(picture.height * DPI / dpi))
        return [np.array(picture.convert("L").resize(size))]
    return [np.array(page.render(scale=DPI / 72, grayscale=True).to_pil()) for page in pypdfium2.PdfDocument(path)]


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def spans(document: Document, count: int, longest: int, seed: int) -> list[tuple[int, int]]:
    chosen = random.Random(seed)
    result = []
    while len(result) < count:
        start = chosen.randrange(len(document.text))
        end = min(len(document.text), start + chosen.randint(1, longest))
        if document.text[start:end].strip():
            result.append((start, end))
    return result


@cache
def characters_of(path: Path) -> list[list[tuple[float, float, str]]]:
    """The characters of each page's text layer, with the middle of each, as PDFium tells it one by one."""
    pages = []
    for page in pypdfium2.PdfDocument(path):
        textpage, height = page.get_textpage(), page.get_height()
        boxes = [textpage.get_charbox(index, loose=True) for index in range(textpage.count_chars())]
        pages.append(
            [
                ((left + right) / 2, height - (bottom + top) / 2, textpage.get_text_range(index, 1))
                for index, (left, bottom, right, top) in enumerate(boxes)
            ]
        )
    return pages


def characters_in(path: Path, page: int, box: Box) -> str:
    return "".join(
        word for x, y, word in characters_of(path)[page - 1] if box.x0 < x < box.x1 and box.top < y < box.bottom
    )


@pytest.mark.slow
def test_the_boxes_of_500_spans_of_the_written_pdfs_hold_exactly_their_words():
    wrong = []
    for number, path in enumerate(WRITTEN):
        document = document_of(path)
        for start, end in spans(document, SPANS // len(WRITTEN) + 1, 12, seed=number):
            there = "".join(characters_in(path, one.page, one.box) for one in document.locate(start, end))
            if plain(there) != plain(document.text[start:end]):
                wrong.append((path.name, document.text[start:end], there))
    assert wrong == []


def seen_in(path: Path, document: Document, start: int, end: int) -> str:
    """What OCR reads in the boxes of a span, all pieces of a line pasted beside one another on white."""
    read = ""
    for page, box in merged(document, start, end):
        left, top, right, bottom = (round(side * DPI / 72) for side in box)
        part = pages_of(path)[page - 1][max(0, top) : bottom, max(0, left) : right]
        canvas = np.full((max(64, part.shape[0] + 40), max(200, part.shape[1] + 80)), 255, np.uint8)
        canvas[20 : 20 + part.shape[0], 40 : 40 + part.shape[1]] = part
        canvas = cv2.resize(canvas, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        read += "".join(line.text for line in sorted(read_image(canvas).lines, key=lambda one: one.corners[0][0]))
    return read


def merged(document: Document, start: int, end: int) -> list[tuple[int, Box]]:
    """The boxes of a span, those that follow one another on a line as one."""
    result: list[tuple[int, Box]] = []
    for one in document.locate(start, end):
        assert one.page is not None
        assert one.box is not None
        if result and result[-1][0] == one.page and abs(result[-1][1].x1 - one.box.x0) < 2:
            before = result.pop()[1]
            box = Box(before.x0, min(before.top, one.box.top), one.box.x1, max(before.bottom, one.box.bottom))
        else:
            box = one.box
        result.append((one.page, box))
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [*WRITTEN[:1], *sorted(INBOX.rglob("*扫描件*.pdf")), *sorted(INBOX.rglob("*.jpg"))],
    ids=lambda one: one.name,
)
def test_the_rendered_box_of_a_span_reads_as_the_span(path):
    document = document_of(path)
    alike = []
    for start, end in spans(document, 30, 10, seed=7):
        if end - start < 4 or len({one.page for one in document.locate(start, end)}) != 1:
            continue
        words, there = plain(document.text[start:end]), plain(seen_in(path, document, start, end))
        alike.append((difflib.SequenceMatcher(None, words, there, autojunk=False).ratio(), words, there))
    # A sign at the edge of a piece, without anything beside it, is what OCR misses.
    assert sum(one[0] for one in alike) / len(alike) > 0.93, sorted(alike)[:10]
