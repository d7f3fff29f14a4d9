"""Pages by OCR, several at once: threads, since the engine's work is done outside of Python's lock."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from tasks.parse.cores import own_cores
from tasks.parse.grids import Grid
from tasks.parse.lines import PageLines
from tasks.parse.ocr import Image
from tasks.parse.scans import read_page

__all__ = ["PageImage", "read_pages"]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page to be read: grey pixels, `scale` points a pixel."""

    number: int
    pixels: Image
    scale: float


class _Pool:
    """The threads of this process; a child that was forked has its own, as threads are not inherited."""

    def __init__(self) -> None:
        self.owner = 0
        self.executor: ThreadPoolExecutor | None = None

    def get(self) -> ThreadPoolExecutor:
        if self.executor is None or self.owner != os.getpid():
            self.owner = os.getpid()
            # Threads are started as they are needed; each has an engine of its own from then on.
            self.executor = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="ocr")
        return self.executor


_POOL = _Pool()


def read_pages(images: Iterable[PageImage]) -> Iterator[tuple[PageLines, list[Grid]]]:
    """Yield what `read_page` returns for each of `images`, in their order; as many are read at once as cores are ours.

    Images are taken only as fast as they are read, so that a scan of 500 pages is never in memory as a whole.
    """
    executor, at_once = _POOL.get(), own_cores()
    free = BoundedSemaphore(at_once)

    def read(one: PageImage) -> tuple[PageLines, list[Grid]]:
        with free:
            return read_page(one.pixels, one.number, one.scale)

    waiting: deque[Future[tuple[PageLines, list[Grid]]]] = deque()
    for one in images:
        waiting.append(executor.submit(read, one))
        if len(waiting) > at_once:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
