"""A page as a picture for people; what draws it (`tasks.parse.page_images`) loads every reader of pages."""

from dataclasses import dataclass

__all__ = ["PagePicture"]


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as WebP, and its width and height in points; pages count from 1."""

    number: int
    webp: bytes
    width: float
    height: float
