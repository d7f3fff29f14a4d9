"""From a PDF page's own space (origin at the lower left, unturned) to the page as it is shown, from its top left."""

from typing import Final, final

import pypdfium2

from tasks.domain.documents import Box
from tasks.parse import pdfium
from tasks.parse.python_rule_loops import Matrix

__all__ = ["Frame", "Matrix", "Rect", "times"]

Rect = tuple[float, float, float, float]  # left, bottom, right, top in the page's own space


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does what `first` does and after it what `then` does.

    >>> times((2, 0, 0, 2, 0, 0), (1, 0, 0, 1, 5, 7))
    (2, 0, 0, 2, 5, 7)
    """
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


@final
class Frame:
    """What of a page is shown, and how it is turned; sizes in points."""

    def __init__(self, page: int) -> None:
        """Ask `page`, PDFium's handle, for its box, size and rotation.

        Raises:
            pypdfium2.PdfiumError: it has none.
        """
        told: tuple[float, float, float, float, float, float, int] | None = pdfium.frame_of(page)
        if told is None:
            raise pypdfium2.PdfiumError("Failed to get page bounding box.")
        left, top, right, bottom, width, height, turns = told
        self.left: Final = left
        self.bottom: Final = bottom
        self.right: Final = right
        self.top: Final = top
        self.width: Final = width
        self.height: Final = height
        self.rotation: Final = 90 * turns

    def shown(self, rect: Rect) -> Box:
        """Return where a rectangle of the page's own space stands on the page as it is shown."""
        left, bottom, right, top = rect
        if self.rotation == 90:
            return Box(bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        if self.rotation == 180:
            return Box(self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        if self.rotation == 270:
            return Box(self.top - top, self.right - right, self.top - bottom, self.right - left)
        return Box(left - self.left, self.top - top, right - self.left, self.top - bottom)

    @property
    def matrix(self) -> Matrix:
        """The way of points that `shown` is for rectangles."""
        if self.rotation == 90:
            return (0, 1, 1, 0, -self.bottom, -self.left)
        if self.rotation == 180:
            return (-1, 0, 0, 1, self.right, -self.bottom)
        if self.rotation == 270:
            return (0, -1, -1, 0, self.top, self.right)
        return (1, 0, 0, -1, -self.left, self.top)
