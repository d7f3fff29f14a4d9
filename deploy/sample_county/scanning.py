"""From a PDF to what a township's scanner or telephone makes of it; the same PDF gives the same bytes.

Used by `build_inbox.py`, and by the tests and benchmarks of OCR. Needs pypdfium2, Pillow, NumPy and OpenCV.
"""

import io

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

Pixels = npt.NDArray[np.uint8]
DPI = 150  # what office copiers are set to
_SEED = 539901


def rendered(pdf: bytes, dpi: int = DPI) -> list[Pixels]:
    """Return the pages of `pdf` as grey pixels."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [np.array(page.render(scale=dpi / 72, grayscale=True).to_pil(), dtype=np.uint8) for page in document]
    document.close()
    return pages


def aslant(page: Pixels, degrees: float) -> Pixels:
    """Return the page turned by `degrees` (counter-clockwise) on a white sheet of the same size."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255).astype(np.uint8)


def scanned(page: Pixels, number: int = 0, degrees: float = 0.4) -> Pixels:
    """Return the page as a copier scans it: a little aslant, grey edges, some dust."""
    random = np.random.default_rng(_SEED + number)
    height, width = page.shape
    grey = cv2.GaussianBlur(aslant(page, degrees), (0, 0), 0.5).astype(np.float32)
    grey += random.normal(0, 6, (height, width))
    for _ in range(40):
        y, x = int(random.integers(0, height - 2)), int(random.integers(0, width - 2))
        grey[y : y + 2, x : x + 2] = 60
    return grey.clip(0, 255).astype(np.uint8)


def photographed(page: Pixels, number: int = 0, degrees: float = -2.5) -> Pixels:
    """Return the page as a telephone sees it: askew, lit from one side, not quite sharp, noisy."""
    random = np.random.default_rng(_SEED + number)
    height, width = page.shape
    soft = cv2.GaussianBlur(aslant(page, degrees), (0, 0), 0.7).astype(np.float32)
    light = (
        np.linspace(0.72, 1.0, width, dtype=np.float32)[None, :]
        * np.linspace(1.0, 0.88, height, dtype=np.float32)[:, None]
    )
    return (soft * light + random.normal(0, 4, (height, width))).clip(0, 255).astype(np.uint8)


def fax_pdf(pages: list[Pixels], dpi: int = DPI) -> bytes:
    """Return a PDF of black-and-white pages, CCITT group 4: what a copier sends."""
    return _pdf([Image.fromarray(page).point(lambda value: 255 * (value > 150), mode="1") for page in pages], dpi)


def photo_pdf(pages: list[Pixels], dpi: int = DPI, quality: int = 45) -> bytes:
    """Return a PDF of grey JPEG pages."""
    return _pdf([Image.open(io.BytesIO(jpeg(page, dpi, quality))) for page in pages], dpi)


def _pdf(pages: list[Image.Image], dpi: int) -> bytes:
    buffer = io.BytesIO()
    # Fixed dates: Pillow would write the time of building.
    fixed = (2024, 1, 2, 8, 0, 0, 0, 0, 0)
    import time

    pages[0].save(
        buffer, "PDF", save_all=True, append_images=pages[1:], resolution=dpi,
        creationDate=time.struct_time(fixed), modDate=time.struct_time(fixed),
    )  # fmt: skip
    return buffer.getvalue()


def jpeg(page: Pixels, dpi: int = DPI, quality: int = 45) -> bytes:
    """Return the page as a JPEG file."""
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi), optimize=True)
    return buffer.getvalue()


def tiff(pages: list[Pixels], dpi: int = DPI) -> bytes:
    """Return a TIFF of several black-and-white pages."""
    buffer = io.BytesIO()
    images = [Image.fromarray(page).point(lambda value: 255 * (value > 150), mode="1") for page in pages]
    images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], compression="group4", dpi=(dpi, dpi))
    return buffer.getvalue()
