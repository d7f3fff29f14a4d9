"""Pages as pictures for people: what was sent, as it looks, at the size of a screen; runs in a worker.

Boxes of facts are in points of the page as it is shown, so a picture comes with the size of its page in points.
"""

import io
from collections.abc import Iterator, Sequence

import pypdfium2
from PIL import Image as Pictures
from PIL import ImageOps

from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.content import FileKind, recognise
from tasks.parse.images import DAMAGE, points_per_pixel
from tasks.parse.page_picture import PagePicture
from tasks.parse.pdf import open_pdf

__all__ = ["draw_pages"]

# A4 is read without effort at this width, on a screen and printed; a page of text has 40 to 90 kB.
WIDTH = 1100
_QUALITY = 55
_LONGEST = 16_000  # pixels that WebP can hold are 16,383


def draw_pages(
    data: bytes, file_name: str, numbers: Sequence[int], limits: ParseLimits, passwords: Sequence[str] = ()
) -> tuple[PagePicture, ...]:
    """Return the pages `numbers` of a PDF, or those images of an image file; none for kinds that have no pages to draw.

    Raises:
        SourceMalformed: the file cannot be opened.
    """
    kind = recognise(data, file_name, limits)
    if kind is FileKind.PDF:
        return _of_pdf(data, file_name, numbers, passwords)
    if kind is FileKind.IMAGE:
        return _of_image(data, file_name, numbers)
    return ()


def _of_pdf(data: bytes, file_name: str, numbers: Sequence[int], passwords: Sequence[str]) -> tuple[PagePicture, ...]:
    pdf, _ = open_pdf(data, file_name, passwords)
    drawn: list[PagePicture] = []
    try:
        for number in numbers:
            if not 1 <= number <= len(pdf):
                continue
            page = pdf[number - 1]
            width, height = page.get_size()
            scale = min(WIDTH / width, _LONGEST / height)
            picture = page.render(scale=scale).to_pil()
            drawn.append(PagePicture(number, _webp(picture), width, height))
            page.close()
    except (pypdfium2.PdfiumError, ArithmeticError, ValueError) as error:  # also a page of no size
        raise _undrawable(file_name, error) from error
    finally:
        pdf.close()
    return tuple(drawn)


def _undrawable(file_name: str, error: Exception) -> SourceMalformed:
    return SourceMalformed(
        "page_not_drawn", Place(file_name),
        Text(f"页面画不出：{error}", f"its pages cannot be drawn: {error}"),
        Text("文字和数字不受影响；需要图像时请乡镇重新报送", "text and figures are not affected"),
    )  # fmt: skip


def _of_image(data: bytes, file_name: str, numbers: Sequence[int]) -> tuple[PagePicture, ...]:
    try:
        return tuple(_images(data, numbers))
    except DAMAGE as error:
        raise _undrawable(file_name, error) from error


def _images(data: bytes, numbers: Sequence[int]) -> Iterator[PagePicture]:
    with Pictures.open(io.BytesIO(data)) as picture:
        for number in numbers:
            try:
                picture.seek(number - 1)
            except EOFError:
                continue
            shown = ImageOps.exif_transpose(picture)
            scale = points_per_pixel(picture, shown.size)
            smaller = min(1.0, WIDTH / shown.width, _LONGEST / shown.height)
            size = (max(1, round(shown.width * smaller)), max(1, round(shown.height * smaller)))
            shown_small = shown.convert("RGB").resize(size, Pictures.Resampling.LANCZOS)
            yield PagePicture(number, _webp(shown_small), shown.width * scale, shown.height * scale)


def _webp(picture: Pictures.Image) -> bytes:
    file = io.BytesIO()
    picture.convert("RGB").save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
