"""Reading stored Documents again: which of them a change of words can concern, and many of them at once.

Stands between the stages (store keeps, extract reads) and the Prefect tasks. Many are read in processes, a batch at a
time: reading is bound by one interpreter, and a process per report would cost more than the report.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TypeVar

from expectations.catalogue import load_catalogue
from tasks import extract
from tasks.domain.collector import resting
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions
from tasks.extract.view import view_of
from tasks.lexicon import load_lexicon
from tasks.store import ResultStore, StageStore

__all__ = ["ReadAgain", "StoredReport", "concerned", "may_name", "read_again", "reader"]

T = TypeVar("T")

# Starting processes takes about a second, in which one process reads a hundred reports.
_WORTH_PROCESSES = 64
# Few enough that none waits long for the last of another; a batch costs a hundredth of what it takes to read.
_BATCH = 8


@dataclass(frozen=True, slots=True)
class StoredReport:
    """Bytes that were parsed before, to be read as the report of `period`."""

    sha256: str
    file_name: str
    period: str


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What reading gave: its figures; or None where no Document is stored, or with the `fault` that stopped it."""

    report: StoredReport
    extraction: Extraction | None
    fault: str = ""


@cache
def reader() -> extract.Reader:
    """Return the compiled reading engine, built once per process."""
    return extract.build_reader(load_catalogue(), load_lexicon())


def may_name(document: Document, words: Collection[str]) -> bool:
    """Return whether one of `words` can be found in `document` by the engine.

    The engine finds a name as it is written in its view of the text, or puts it together from two parts that stand
    apart (养老、医疗保险参保率). Labels of tables are put together from cells, less what stands in brackets; for
    documents with tables it is enough that every character of the word occurs.
    """
    text = view_of(document).text
    if any(block.kind == "table_cell" for block in document.blocks):
        characters = set(text) | set(document.text)
        return any(characters.issuperset(word) for word in words)
    return any(word[:cut] in text and word[cut:] in text for word in words for cut in range(len(word)))


def concerned(
    reports: Sequence[StoredReport], words: Collection[str], folder: Path, versions: StageVersions
) -> set[StoredReport]:
    """Return those of `reports` that may read otherwise when `words` change what they stand for.

    A report whose Document is not in the store at `folder` is one of them.
    """
    if not words:
        return set()
    look = partial(_concerned, words=frozenset(words), folder=folder, versions=versions)
    return {one for one, is_concerned in _each(look, reports) if is_concerned}


def read_again(
    reports: Sequence[StoredReport], folder: Path, versions: StageVersions, *, anew: bool = False
) -> Iterator[ReadAgain]:
    """Give the figures of `reports` as their stored Documents state them, in the order they are done; keep them.

    Figures that are in the store at `folder` are taken from there, unless they are to be read `anew`.
    """
    read = partial(_read, folder=folder, versions=versions, anew=anew)
    for _, result in _each(read, reports):
        yield result


def _concerned(report: StoredReport, *, words: frozenset[str], folder: Path, versions: StageVersions) -> bool:
    document = ResultStore(StageStore(folder), versions).document(report.sha256, report.file_name)
    return document is None or may_name(document, words)


def _read(report: StoredReport, *, folder: Path, versions: StageVersions, anew: bool) -> ReadAgain:
    results = ResultStore(StageStore(folder), versions)
    extraction = None if anew else results.extraction(report.sha256, report.period)
    if extraction is not None:
        return ReadAgain(report, extraction)
    document = results.document(report.sha256, report.file_name)
    if document is None:
        return ReadAgain(report, None)
    try:
        extraction = extract.extract_document(document, ReportPeriod.parse(report.period), reader())
    except Exception as error:  # noqa: BLE001 - one report's defect stops only it; said where reports are listed
        return ReadAgain(report, None, f"{type(error).__name__}: {error}")
    results.keep_extraction(report.sha256, report.period, extraction)
    return ReadAgain(report, extraction)


def _each(function: Callable[[StoredReport], T], reports: Sequence[StoredReport]) -> Iterator[tuple[StoredReport, T]]:
    """Give every report with what `function` says of it, in the order they are done.

    Many are divided between processes, one less than there are cores: this process reads as well, from the moment on
    when the others are being started, and need not be sent what it read itself.
    """
    others = len(os.sched_getaffinity(0)) - 1
    if len(reports) < _WORTH_PROCESSES or not others:
        yield from ((one, function(one)) for one in reports)
        return
    waiting = deque(reports[start : start + _BATCH] for start in range(0, len(reports), _BATCH))
    with ProcessPoolExecutor(others, mp_context=_context()) as pool:
        given: set[Future[list[tuple[StoredReport, T]]]] = set()
        try:
            while waiting or given:
                while waiting and len(given) < 2 * others:  # one that is read and one that is next, each
                    given.add(pool.submit(_batch, function, waiting.popleft()))
                if waiting:
                    yield from _batch(function, waiting.popleft())
                    done = {one for one in given if one.done()}
                else:
                    done, _ = wait(given, return_when=FIRST_COMPLETED)
                given -= done
                for future in done:
                    yield from future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _context() -> ForkServerContext:
    # Only who starts the others needs it: they import this module, and no readers of files with it.
    from tasks.parse.reader_process import ReaderProcess

    class Context(ForkServerContext):
        Process = ReaderProcess

    context = Context()
    context.set_forkserver_preload(["tasks.rereading"])
    return context


def _batch(function: Callable[[StoredReport], T], reports: Sequence[StoredReport]) -> list[tuple[StoredReport, T]]:
    with resting():
        return [(one, function(one)) for one in reports]
