"""Page images of reports: drawn once for each file and page, kept as long as the report is in the book."""

import os
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tasks import arrivals, fetch
from tasks.book.data import BookData, Row
from tasks.book.site import Site
from tasks.domain.errors import XianbaoError
from tasks.parse.page_images import WIDTH
from tasks.parse.workers import shared_pool

__all__ = ["Drawings", "PageView", "Undrawn"]

_NOTE = "pictures"
# Of a very long report only the first pages and those with figures are drawn.
_PAGES_DRAWN = 40
_Sizes = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as a picture: its file in the book, and its size in points, in which the boxes of figures are."""

    number: int
    path: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A report whose pages could not be drawn, and why."""

    file_name: str
    error: XianbaoError


@dataclass(frozen=True)
class Drawings:
    """The pictures of each submission, under way: those the book has, and those that worker processes draw."""

    site: Site
    views: dict[str, tuple[PageView, ...]]
    drawing: Mapping[str, tuple[Row, Future[_Sizes | XianbaoError]]]
    current: Set[str]

    @classmethod
    @contextmanager
    def begun(cls, site: Site, data: BookData) -> Iterator["Drawings"]:
        """Begin to draw what the book does not have yet; what is not drawn when the block is left never will be.

        Files are opened in worker processes; one that cannot be opened any more costs only its own pictures.
        """
        threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
        views: dict[str, tuple[PageView, ...]] = {}
        drawing = {}
        try:
            for one in data.submissions.iter_rows(named=True) if data.county.settings.book.images else ():
                numbers, sizes = _pages(one, data), _held(site).get(one["sha256"], {}).get(str(WIDTH))
                if sizes is not None and all(site.has(_path(one, int(number))) for number in sizes):
                    views[one["submission_id"]] = _kept(site, one, sizes)
                elif numbers:
                    drawing[one["submission_id"]] = (one, threads.submit(_draw, site, one, numbers, data))
            yield cls(site, views, drawing, set(data.submissions["sha256"]))
        finally:
            threads.shutdown(cancel_futures=True)

    def ended(self) -> tuple[Mapping[str, tuple[PageView, ...]], tuple[Undrawn, ...]]:
        """Return the pictures of each submission by its id when all are drawn, and what could not be.

        Raises:
            WarehouseError: a picture cannot be written.
        """
        undrawn, held = [], _held(self.site)
        for key, (one, future) in self.drawing.items():
            drawn = future.result()
            if isinstance(drawn, XianbaoError):
                undrawn.append(Undrawn(one["file_name"], drawn))
                continue
            held[one["sha256"]] = {str(WIDTH): drawn}
            self.views[key] = _views(one, drawn)
        for sha256 in set(held) - self.current:
            del held[sha256]
        return self.views, tuple(undrawn)


def _held(site: Site) -> dict[str, Any]:
    held: dict[str, Any] = site.notes.setdefault(_NOTE, {})
    return held


def _pages(submission: Row, data: BookData) -> list[int]:
    """Return the pages to draw: all of a report of ordinary length, else the first ones and those with figures."""
    blocks = data.blocks.get(submission["submission_id"], [])
    numbers = {one["page"] for one in blocks if one["page"] is not None}
    with_figures = {one["page"] for one in data.facts_of.get(submission["submission_id"], []) if one["bbox"]}
    return sorted(number for number in numbers if number <= _PAGES_DRAWN or number in with_figures)


def _draw(site: Site, submission: Row, numbers: Sequence[int], data: BookData) -> _Sizes | XianbaoError:
    """Put the pictures of a report into the book and return their sizes, or why they cannot be drawn."""
    limits, name = data.county.limits, submission["file_name"]
    try:
        raw = fetch.read_raw(data.county.raw, submission["sha256"])
        pictures = shared_pool(limits).run(
            name, arrivals.draw_pages, raw, name, tuple(numbers), limits, arrivals.file_passwords()
        )
    except XianbaoError as error:
        return error
    for picture in pictures:
        site.file(_path(submission, picture.number), picture.webp)
    return {str(picture.number): [picture.width, picture.height] for picture in pictures}


def _path(submission: Row, number: int) -> str:
    return f"images/{submission['sha256'][:16]}-{number}.webp"


def _kept(site: Site, submission: Row, sizes: Mapping[str, Sequence[float]]) -> tuple[PageView, ...]:
    for number in sizes:
        site.carried(_path(submission, int(number)))
    return _views(submission, sizes)


def _views(submission: Row, sizes: Mapping[str, Sequence[float]]) -> tuple[PageView, ...]:
    return tuple(
        PageView(int(number), _path(submission, int(number)), round(width, 1), round(height, 1))
        for number, (width, height) in sizes.items()
    )
