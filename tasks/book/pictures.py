"""Page images of reports: drawn once for each file and page, kept as long as the report is in the book."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tasks import arrivals, fetch
from tasks.book.data import BookData, Row
from tasks.book.site import Site
from tasks.domain.errors import XianbaoError
from tasks.parse.page_images import WIDTH
from tasks.parse.workers import shared_pool

__all__ = ["PageView", "Undrawn", "draw_reports"]

_NOTE = "pictures"
# Of a very long report only the first pages and those with figures are drawn.
_PAGES_DRAWN = 40


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


def draw_reports(site: Site, data: BookData) -> tuple[Mapping[str, tuple[PageView, ...]], tuple[Undrawn, ...]]:
    """Return the pictures of each submission by its id, drawn where the book does not have them yet.

    Files are opened in worker processes; one that cannot be opened any more costs only its own pictures.

    Raises:
        WarehouseError: a picture cannot be written.
    """
    wanted = {one["submission_id"]: (one, _pages(one, data)) for one in data.submissions.iter_rows(named=True)}
    wanted = {key: value for key, value in wanted.items() if value[1]}
    held: dict[str, Any] = site.notes.setdefault(_NOTE, {})
    views: dict[str, tuple[PageView, ...]] = {}
    missing = []
    for key, (one, numbers) in wanted.items():
        sizes = held.get(one["sha256"], {}).get(str(WIDTH))
        if sizes is None or not all(site.has(_path(one, int(number))) for number in sizes):
            missing.append((key, one, numbers))
        else:
            views[key] = _kept(site, one, sizes)
    undrawn = []
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        drawing = [(key, one, threads.submit(_draw, one, numbers, data)) for key, one, numbers in missing]
        for key, one, future in drawing:
            try:
                pictures = future.result()
            except XianbaoError as error:
                undrawn.append(Undrawn(one["file_name"], error))
                continue
            for picture in pictures:
                site.file(_path(one, picture.number), picture.webp)
            sizes = {str(picture.number): [picture.width, picture.height] for picture in pictures}
            held[one["sha256"]] = {str(WIDTH): sizes}
            views[key] = _views(one, sizes)
    current = set(data.submissions["sha256"])
    for sha256 in set(held) - current:
        del held[sha256]
    return views, tuple(undrawn)


def _pages(submission: Row, data: BookData) -> list[int]:
    """Return the pages to draw: all of a report of ordinary length, else the first ones and those with figures."""
    blocks = data.blocks.get(submission["submission_id"], [])
    numbers = {one["page"] for one in blocks if one["page"] is not None}
    with_figures = {one["page"] for one in data.facts_of.get(submission["submission_id"], []) if one["bbox"]}
    return sorted(number for number in numbers if number <= _PAGES_DRAWN or number in with_figures)


def _draw(submission: Row, numbers: Sequence[int], data: BookData) -> Sequence[Any]:
    raw = fetch.read_raw(data.county.raw, submission["sha256"])
    limits, name = data.county.limits, submission["file_name"]
    return shared_pool(limits).run(
        name, arrivals.draw_pages, raw, name, tuple(numbers), limits, arrivals.file_passwords()
    )


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
