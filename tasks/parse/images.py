"""Photographs and scans: TIFF (all its pages), JPEG, PNG and the like, each image a page that is read by OCR."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image as Pictures
from PIL import ImageOps

from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.grids import Grid
from tasks.parse.layout import assemble, without_running_lines
from tasks.parse.lines import PageLines
from tasks.parse.ocr_pool import PageImage, read_pages
from tasks.parse.pdf_tables import aligned_grids, fill_tables
from tasks.parse.pictures import holds_text, is_paper

__all__ = ["DAMAGE", "parse_image", "points_per_pixel", "read_picture"]

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
# Pillow's own guard knows one limit for the whole process; ours comes with each file and says how large it is.
Pictures.MAX_IMAGE_PIXELS = None
_A4_WIDTH = 595.0  # points; what an image without a believable resolution is taken to be a picture of
_BELIEVABLE_DPI = (100.0, 1200.0)  # cameras and screens write 72 or 96, which says nothing
_NARROW, _LOW = 130, 40  # pixels; a picture in a text that has less is a seal, a logo or a rule
_LONGEST = 3_600  # pixels of the longer side that OCR gets: A4 at 300 dpi; cameras have more and it helps no more
# What Pillow raises on damaged files; its decoders are many.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, AttributeError,
           ZeroDivisionError, RuntimeError)  # fmt: skip


def parse_image(data: bytes, file_name: str, limits: ParseLimits | None = None) -> Document:
    """Return the Document of an image file read by OCR; pages and boxes are those of the images as they are shown.

    Points are pixels at the resolution that the file states; where it states none that can be true, the shorter side
    is taken for the width of A4. Turned by 90 or 180 degrees and a few degrees askew, an image is read all the same.

    Raises:
        SourceMalformed: `truncated_file` for an image that cannot be decoded; `image_too_large` or `too_many_pages`
            beyond `limits`, told before anything is unpacked.
    """
    limits = limits or ParseLimits()
    pages: list[PageLines] = []
    grids: list[Grid] = []
    for page, ruled in read_pages(_frames(data, file_name, limits)):
        pages.append(page)
        grids += ruled
    by_rules = {grid.page for grid in grids}
    for page in without_running_lines(pages):
        if page.number not in by_rules:
            grids += aligned_grids(page)
    filled, cells = fill_tables(pages, grids)
    return assemble(without_running_lines(filled), cells, _media_type(data), "rapidocr")


def read_picture(data: bytes, limits: ParseLimits) -> Document | None:
    """Return the Document of a picture that stands in a text of another kind; None where it holds no words to read.

    That is so for photographs, seals and logos, for formats that are drawings (EMF), for damaged pictures and those of
    more pixels than `limits` allow: whoever reads the text around it goes on.
    """
    try:
        with Pictures.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > limits.pixels or picture.width < _NARROW or picture.height < _LOW:
                return None
            image = _page_image(picture, 1)
    except DAMAGE:
        return None
    if not is_paper(image.pixels):
        return None
    ((page, grids),) = read_pages([image])
    if not holds_text(page):
        return None
    filled, cells = fill_tables([page], grids or aligned_grids(page))
    return assemble(filled, cells, "image/*", "rapidocr")


def _media_type(data: bytes) -> str:
    with Pictures.open(io.BytesIO(data), formats=_FORMATS) as picture:
        return Pictures.MIME.get(picture.format or "", "image/*")


def _frames(data: bytes, file_name: str, limits: ParseLimits) -> Iterator[PageImage]:
    try:
        with Pictures.open(io.BytesIO(data), formats=_FORMATS) as picture:
            number = 0
            while True:
                number += 1
                if number > limits.pages:
                    raise _too_much("too_many_pages", Place(file_name), "页", "pages", number, limits.pages)
                pixels = picture.width * picture.height
                if pixels > limits.pixels:
                    place = Place(file_name, page=number)
                    raise _too_much("image_too_large", place, "像素", "pixels", pixels, limits.pixels)
                yield _page_image(picture, number)
                try:
                    picture.seek(number)
                except EOFError:
                    return
    except DAMAGE as error:
        raise SourceMalformed(
            "truncated_file", Place(file_name),
            Text(f"图像解不开，可能不完整：{error}", f"the image cannot be decoded, it may be truncated: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error  # fmt: skip


def _page_image(picture: Any, number: int) -> PageImage:
    shown = ImageOps.exif_transpose(picture)
    if shown.mode in {"RGBA", "LA", "PA"} or "transparency" in shown.info:
        shown = shown.convert("RGBA")
        shown = Pictures.alpha_composite(Pictures.new("RGBA", shown.size, "white"), shown)
    if shown.mode.startswith("I"):
        # 16 bits of grey; Pillow would cut them off at 255.
        values = np.asarray(shown, dtype=np.float64)
        shown = Pictures.fromarray((values / max(1.0, values.max()) * 255).astype(np.uint8))
    grey = shown.convert("L")
    scale = points_per_pixel(picture, grey.size)
    if max(grey.size) > _LONGEST:
        factor = max(grey.size) / _LONGEST
        grey = grey.resize(
            (max(1, round(grey.width / factor)), max(1, round(grey.height / factor))), Pictures.Resampling.BOX
        )
        scale *= factor
    return PageImage(number, np.array(grey, dtype=np.uint8), scale)


def points_per_pixel(picture: Any, size: tuple[int, int]) -> float:
    """Return the points that a pixel of `picture`, `size` pixels as it is shown, stands for."""
    dpi = float(picture.info.get("dpi", (0, 0))[0] or 0)
    is_stated = _BELIEVABLE_DPI[0] <= dpi <= _BELIEVABLE_DPI[1]
    return 72 / dpi if is_stated else _A4_WIDTH / max(1, min(size))


def _too_much(code: str, place: Place, zh: str, en: str, found: int, allowed: int) -> SourceMalformed:
    return SourceMalformed(
        code, place,
        Text(f"图像有 {found:,} {zh}，超过上限 {allowed:,}",
             f"the image has {found:,} {en}, more than the {allowed:,} allowed"),
        Text("请乡镇缩小后重新报送；确实需要时在 county.toml 的 [limits] 中放宽",
             "ask the township for a smaller one; if it is sound, raise [limits] in county.toml"),
    )  # fmt: skip
