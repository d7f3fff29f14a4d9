"""PDF page by page: text and rules by PDFium, tables by pdfplumber's geometry, pages without believable text by OCR.

PDFium is not thread-safe, so one lock guards every call into it.
"""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final, final

import numpy as np
import pypdfium2

from tasks.domain.documents import Box, Document
from tasks.domain.errors import Place, SourceMalformed, Text, password_needed
from tasks.domain.limits import ParseLimits
from tasks.parse import pdfium
from tasks.parse.grids import Grid, grids_of_rules
from tasks.parse.layout import assemble, without_running_lines
from tasks.parse.lines import Cell, PageLines
from tasks.parse.ocr import Image
from tasks.parse.ocr_pool import PageImage, read_pages
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_objects import objects_of, rules_of
from tasks.parse.pdf_pages import RULES_OF_A_TABLE, Doubt, Drawn, covers_page, doubt, drawn, same_words
from tasks.parse.pdf_suspects import may_have_layers
from tasks.parse.pdf_tables import aligned_grids, fill_tables
from tasks.parse.pdf_text import Sheet, TextReader
from tasks.parse.pictures import holds_text, is_paper, put_on

__all__ = ["parse_pdf"]

MEDIA_TYPE = "application/pdf"
_LOCK = threading.Lock()
_DPI: Final = (
    200  # pages are rendered for OCR so; more than scans of 150 dpi have, and lines of 9 pt are 25 pixels high
)
_RENDERED: Final = 12_000_000  # pixels at most: A3 at 200 dpi has 7.7 million; a larger page is rendered coarser


@final
class _Read:
    """What the passes over a PDF have found, page by page."""

    __slots__ = ("by_ocr", "doubts", "grids", "pages", "password", "pictures", "ruled")

    def __init__(self, password: str | None) -> None:
        self.password: Final = password
        self.pages: list[PageLines] = []
        self.doubts: dict[int, Doubt] = {}
        self.pictures: list[tuple[int, Box]] = []
        self.grids: dict[int, list[Grid]] = {}
        self.ruled: set[int] = set()
        self.by_ocr = 0


def parse_pdf(
    data: bytes, file_name: str, limits: ParseLimits | None = None, passwords: Sequence[str] = ()
) -> Document:
    """Return the Document of a PDF: paragraphs and cells of tables, every character with its page and box.

    A page whose text is missing, unreadable or hidden behind an image is read by OCR, the others are not. `passwords`
    are tried in turn on a locked file. Running headers and footers and page numbers are left out.

    Raises:
        SourceMalformed: `password_protected`; `truncated_file` when PDFium cannot open it; `too_many_pages` or
            `image_too_large` beyond `limits`.
    """
    limits = limits or ParseLimits()
    with _LOCK:
        read = _read_text(data, file_name, limits, passwords)
    if read.doubts:
        _read_doubtful(data, file_name, read)
    if read.pictures:
        _read_pictures(data, file_name, read)
    rest = without_running_lines(read.pages)
    for page in rest:
        if not read.grids.get(page.number):
            read.grids[page.number] = aligned_grids(page)
    grids = [grid for of_page in read.grids.values() for grid in of_page]
    cells: list[Cell] = []
    if grids:
        pages, cells = fill_tables(read.pages, grids)
        rest = without_running_lines(pages)
    parser = "pypdfium2" + "+pdfplumber" * bool(read.ruled) + "+rapidocr" * bool(read.by_ocr)
    return assemble(rest, cells, MEDIA_TYPE, parser)


def open_pdf(data: bytes, file_name: str, passwords: Sequence[str]) -> tuple[pypdfium2.PdfDocument, str | None]:
    """Return the open PDF, and the password that opened it (None when it needs none)."""
    handle, password = _opened(data, file_name, passwords)
    pdfium.close_pdf(handle)
    return pypdfium2.PdfDocument(data, password=password), password


def _opened(data: bytes, file_name: str, passwords: Sequence[str]) -> tuple[int, str | None]:
    """Return PDFium's handle of the open PDF, and the password that opened it (None when it needs none)."""
    for password in (None, *passwords):
        try:
            return pdfium.open_pdf(data, password), password
        except pypdfium2.PdfiumError as error:
            if "password" not in str(error).lower():
                is_unknown = "security" in str(error).lower()  # a lock that PDFium has no key for
                zh = "打不开，加密方式不受支持" if is_unknown else "打不开，文件不完整或已损坏"
                raise _damaged(file_name, zh, f"cannot be opened, it may be truncated: {error}") from error
    tried = Text("PDF 有密码，所给密码都不对", "the PDF is locked, and none of the given passwords opens it")
    raise password_needed(file_name, tried if passwords else Text("PDF 有密码", "the PDF is locked by a password"))


def _read_text(data: bytes, file_name: str, limits: ParseLimits, passwords: Sequence[str]) -> _Read:
    pdf, password = _opened(data, file_name, passwords)
    read = _Read(password)
    try:
        count: int = pdfium.count_pages(pdf)
        if count > limits.pages:
            raise _too_much(
                "too_many_pages", Place(file_name), f"PDF 有 {count} 页，超过上限 {limits.pages} 页",
                f"the PDF has {count} pages, more than the {limits.pages} allowed",
            )  # fmt: skip
        reader = TextReader()
        layers = cache(lambda: may_have_layers(data))
        for number in range(1, count + 1):
            page = pdfium.load_page(pdf, number - 1) or 0
            try:
                if not page:
                    raise pypdfium2.PdfiumError("Failed to load page.")
                _read_page(pdf, page, number, reader, read, file_name, limits, layers)
            except pypdfium2.PdfiumError as error:
                zh, en = f"第 {number} 页已损坏，读不出", f"is damaged at page {number}: {error}"
                raise _damaged(file_name, zh, en, number) from error
            finally:
                if page:
                    pdfium.close_page(page)
    finally:
        pdfium.close_pdf(pdf)
    return read


def _read_page(
    pdf: int, page: int, number: int, reader: TextReader, read: _Read, file_name: str, limits: ParseLimits,
    has_layers: Callable[[], bool],
) -> None:  # fmt: skip
    frame = Frame(page)
    objects = objects_of(page)
    seen = drawn(objects, frame)
    can_be_rendered = seen.image_pixels <= limits.pixels
    lines, is_behind = reader.read(
        Sheet(pdf, page, frame, objects, has_layers, can_be_rendered, covers_page(seen)), number
    )
    read.pages.append(lines)
    # On a page of no size nothing is shown, and nothing can be rendered.
    why = doubt(lines, seen, is_behind) if min(frame.width, frame.height) >= 1 else None
    if why is not None:
        _refuse_large_image(seen, file_name, number, limits)
        read.doubts[number] = why
    elif seen.pictures and lines.turn == 0 and can_be_rendered:
        read.pictures += [(number, box) for box in seen.pictures][: limits.pictures - len(read.pictures)]
    if seen.strokes >= RULES_OF_A_TABLE and not (why is not None and why.needed):
        level, plumb = rules_of(objects, frame)
        read.grids[number] = [one.upright(lines) for one in grids_of_rules(level, plumb, number)]
        read.ruled.add(number)


def _refuse_large_image(seen: Drawn, file_name: str, number: int, limits: ParseLimits) -> None:
    # Before the page is rendered: PDFium unpacks an image whole.
    if seen.image_pixels > limits.pixels:
        raise _too_much(
            "image_too_large", Place(file_name, page=number),
            f"图像有 {seen.image_pixels:,} 像素，超过上限 {limits.pixels:,}",
            f"an image has {seen.image_pixels:,} pixels, more than the {limits.pixels:,} allowed",
        )  # fmt: skip


def _read_doubtful(data: bytes, file_name: str, read: _Read) -> None:
    """Read the doubtful pages by OCR, and keep their own text only where both agree."""
    for page, grids in read_pages(_rendered(data, file_name, sorted(read.doubts), read.password)):
        why, at = read.doubts[page.number], page.number - 1
        agrees = not why.needed and same_words(read.pages[at], page) >= why.agreement
        if agrees or (not page.lines and read.pages[at].lines):
            continue
        read.pages[at] = page
        read.grids[page.number] = grids
        read.ruled.discard(page.number)
        read.by_ocr += 1


def _read_pictures(data: bytes, file_name: str, read: _Read) -> None:
    """Read the pictures among the text that hold words of their own, and put these in their places."""
    places: list[tuple[int, float, float]] = []

    def on_paper() -> Iterator[PageImage]:
        for image, left, top in _parts(data, file_name, read.pictures, read.password):
            if is_paper(image.pixels):
                places.append((image.number, left, top))
                yield image

    for at, (picture, grids) in enumerate(read_pages(on_paper())):
        number, left, top = places[at]
        if picture.turn == 0 and holds_text(picture):
            page, moved = put_on(read.pages[number - 1], picture, grids, left, top)
            read.pages[number - 1] = page
            read.grids.setdefault(number, []).extend(moved)
            read.by_ocr += 1


def _rendered(data: bytes, file_name: str, numbers: Sequence[int], password: str | None) -> Iterator[PageImage]:
    for image, _, _ in _parts(data, file_name, [(number, None) for number in numbers], password):
        yield image


def _parts(
    data: bytes, file_name: str, parts: Sequence[tuple[int, Box | None]], password: str | None
) -> Iterator[tuple[PageImage, float, float]]:
    """Yield pages (numbers from 1) or boxes of them as they are shown, in grey, with where their top left corner is."""
    with _LOCK:
        pdf = pypdfium2.PdfDocument(data, password=password)
    try:
        for number, box in parts:
            with _LOCK:
                try:
                    page = pdf[number - 1]
                    image, left, top = _grey(page, box)
                    page.close()
                except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:  # also a page of no size
                    zh, en = f"第 {number} 页已损坏，画不出", f"cannot be drawn at page {number}: {error}"
                    raise _damaged(file_name, zh, en, number) from error
            yield PageImage(number, image[0], image[1]), left, top
    finally:
        with _LOCK:
            pdf.close()


def _grey(page: pypdfium2.PdfPage, box: Box | None) -> tuple[tuple[Image, float], float, float]:
    """Return the pixels of `box` (of all of the page without one), points a pixel, and the corner in points."""
    width, height = page.get_size()
    x0, top, x1, bottom = box or Box(0, 0, width, height)
    scale = min(_DPI / 72, (_RENDERED / max(1.0, (x1 - x0) * (bottom - top))) ** 0.5)
    # PDFium's binding cuts off whole pixels, rounded up.
    left_cut, top_cut = max(0, math.floor(x0 * scale)), max(0, math.floor(top * scale))
    right_cut, bottom_cut = (max(0, math.floor(rest * scale)) for rest in (width - x1, height - bottom))
    cut = tuple(max(0.0, (one - 0.5) / scale) for one in (left_cut, bottom_cut, right_cut, top_cut))
    bitmap = page.render(scale=scale, grayscale=True, crop=cut)
    pixels = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    bitmap.close()
    return (pixels, 1 / scale), left_cut / scale, top_cut / scale


def _damaged(file_name: str, zh: str, en: str, page: int | None = None) -> SourceMalformed:
    return SourceMalformed(
        "truncated_file", Place(file_name, page=page), Text(f"PDF {zh}", f"the PDF {en}"),
        Text("请乡镇重新报送", "ask the township to send it again"),
    )  # fmt: skip


def _too_much(code: str, place: Place, zh: str, en: str) -> SourceMalformed:
    return SourceMalformed(
        code, place, Text(zh, en),
        Text("请乡镇核对文件；确实需要时在 county.toml 的 [limits] 中放宽",
             "ask the township to check the file; if it is sound, raise [limits] in county.toml"),
    )  # fmt: skip
