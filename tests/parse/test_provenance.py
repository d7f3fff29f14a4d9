"""The box of a span, cut out of the rendered page, reads as the span: for written pages and for scans."""

import difflib
import os
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
READ_BACK = int(os.environ.get("XIANBAO_SPANS", "60"))
SPANS_A_SHEET = 20
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


def bounded(page: pypdfium2.PdfTextPage, height: float, box: Box) -> str:
    """What PDFium itself finds in a box, a little within its sides, which glyphs beside it may touch."""
    inside = (box.bottom - box.top) * 0.05
    return page.get_text_bounded(box.x0 + 0.5, height - box.bottom + inside, box.x1 - 0.5, height - box.top - inside)


@pytest.mark.slow
def test_the_boxes_of_500_spans_of_the_written_pdfs_hold_exactly_their_words():
    wrong = []
    for number, path in enumerate(WRITTEN):
        document = document_of(path)
        pages = [(page.get_textpage(), page.get_height()) for page in pypdfium2.PdfDocument(path)]
        for start, end in spans(document, SPANS // len(WRITTEN) + 1, 12, seed=number):
            places = document.locate(start, end)
            there = "".join(characters_in(path, one.page, one.box) for one in places)
            within = "".join(bounded(*pages[one.page - 1], one.box) for one in places)
            words = plain(document.text[start:end])
            if plain(there) != words or plain(within) != words:
                wrong.append((path.name, document.text[start:end], there, within))
    assert wrong == []


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


def pieces_of(path: Path, document: Document, start: int, end: int) -> np.ndarray:
    """What is shown in the boxes of a span and nowhere else, beside one another, twice as large."""
    parts = []
    for page, box in merged(document, start, end):
        left, top, right, bottom = (round(side * DPI / 72) for side in box)
        parts.append(pages_of(path)[page - 1][max(0, top) : bottom, max(0, left) : right])
    height = max(one.shape[0] for one in parts)
    row = np.hstack([np.pad(one, ((0, height - one.shape[0]), (0, 0)), constant_values=255) for one in parts])
    return cv2.resize(row, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def read_rows(rows: list[np.ndarray]) -> list[str]:
    """What OCR reads in each of `rows`, which it sees as the lines of one sheet with nothing else on it."""
    step, width = max(one.shape[0] for one in rows) + 60, max(one.shape[1] for one in rows) + 120
    sheet = np.full((step * len(rows), width), 255, np.uint8)
    for at, row in enumerate(rows):
        sheet[step * at + 30 : step * at + 30 + row.shape[0], 60 : 60 + row.shape[1]] = row
    read = [""] * len(rows)
    for line in sorted(read_image(sheet).lines, key=lambda one: float(one.corners[:, 0].min())):
        read[int(line.corners[:, 1].mean() // step)] += line.text
    return read


@pytest.mark.slow
def test_the_rendered_boxes_of_spans_of_the_written_pdfs_read_as_the_spans():
    """Everything outside of a span's boxes is blank, and OCR reads the span: 500 of them with XIANBAO_SPANS=500."""
    alike = []
    for number, path in enumerate(WRITTEN):
        document = document_of(path)
        chosen = [
            (start, end)
            for start, end in spans(document, 3 * READ_BACK // len(WRITTEN), 12, seed=100 + number)
            if end - start >= 5 and len({one.page for one in document.locate(start, end)}) == 1
        ][: READ_BACK // len(WRITTEN) + 1]
        for first in range(0, len(chosen), SPANS_A_SHEET):
            some = chosen[first : first + SPANS_A_SHEET]
            read = read_rows([pieces_of(path, document, start, end) for start, end in some])
            for (start, end), there in zip(some, read, strict=True):
                words = plain(document.text[start:end])
                alike.append((difflib.SequenceMatcher(None, words, plain(there), autojunk=False).ratio(), words, there))
    assert len(alike) >= READ_BACK
    share = sum(one[0] for one in alike) / len(alike)
    # A sign alone at the edge of a piece is what OCR misses; a box that lies is not alike at all.
    assert share > 0.95, sorted(alike)[:10]
    assert sum(one[0] < 0.6 for one in alike) <= len(alike) // 50, sorted(alike)[:10]


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


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [*sorted(INBOX.rglob("*扫描件*.pdf")), *sorted(INBOX.rglob("*.jpg"))],
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
