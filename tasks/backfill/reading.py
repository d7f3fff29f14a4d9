"""The files of a backfill read: parsed where needed, identified, their figures extracted.

Nothing is written but the stage store: a plan can say what would change, and doing it need not read anything again.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from tasks import arrivals, fetch, identify, parse
from tasks.domain.backfills import BackfillFile
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import Text, XianbaoError
from tasks.domain.facts import Extraction
from tasks.domain.outcomes import ReadReport
from tasks.parse.workers import shared_pool
from tasks.rereading import StoredReport, read_again
from tasks.store import ResultStore

__all__ = ["FileRead", "read_files", "report_of"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file with its identity, and its figures or what stopped them."""

    file: BackfillFile
    extraction: Extraction | None = None
    error: Text | None = None


def read_files(
    files: Iterable[BackfillFile],
    county: County,
    results: ResultStore,
    *,
    parse_anew: bool = False,
    extract_anew: bool = False,
    max_active: int = 4,
    progress: Progress = lambda done, of, what: None,
) -> dict[str, FileRead]:
    """Return what each of `files` (by sha256) is and states; a file that cannot be read has an error.

    Documents and figures in the store are used; `parse_anew` and `extract_anew` make them again. `max_active` files
    are parsed at once.
    """
    unique = list({one.sha256: one for one in files}.values())
    read: dict[str, FileRead] = {}
    lock = threading.Lock()

    def prepare(file: BackfillFile) -> None:
        made = _prepared(file, county, results, parse_anew)
        with lock:
            read[file.sha256] = made
            progress(len(read), 2 * len(unique), file.path)

    with ThreadPoolExecutor(max_active) as pool:
        for future in [pool.submit(prepare, one) for one in unique]:
            future.result()
    ready = {sha: one for sha, one in read.items() if one.error is None}
    reports = [StoredReport(sha, one.file.path, one.file.period) for sha, one in sorted(ready.items())]
    done = len(unique)
    for again in read_again(reports, county.store, results.versions, anew=extract_anew):
        one = ready[again.report.sha256]
        fault = again.fault or "the stage store cannot be written"
        error = None if again.extraction is not None else Text(f"取数失败：{fault}", f"figures cannot be read: {fault}")
        read[again.report.sha256] = replace(one, extraction=again.extraction, error=error)
        done += 1
        progress(done, 2 * len(unique), one.file.path)
    return read


def _prepared(file: BackfillFile, county: County, results: ResultStore, parse_anew: bool) -> FileRead:
    """Return `file` with its Document in the store and its identity known."""
    try:
        document = None if parse_anew else results.document(file.sha256, file.path)
        if document is None:
            document = _parsed(file, county)
            results.keep_document(file.sha256, file.path, document)
        if file.form:
            return FileRead(file)
        identity = identify.identify_report(file.stored.source_file, parse.read_head(document), county, file.sha256)
    except XianbaoError as error:
        return FileRead(file, error=Text(error.message("zh"), error.message("en")))
    return FileRead(
        replace(
            file,
            unit_code=identity.unit_code,
            unit_name=identity.unit_name,
            form=identity.form,
            period=identity.period,
            seen=identity.seen,
        )
    )


def _parsed(file: BackfillFile, county: County) -> Document:
    data = fetch.read_raw(county.raw, file.sha256)
    name = file.stored.file_name
    return shared_pool(county.limits).run(
        name, arrivals.read_document, data, name, county.limits, arrivals.file_passwords()
    )


def report_of(read: FileRead, results: ResultStore) -> ReadReport | None:
    """Return a file that was read as the load takes it; None where its Document has left the store since."""
    document = results.document(read.file.sha256, read.file.path)
    if document is None or read.extraction is None:
        return None
    return ReadReport(read.file.stored, read.file.identity, document, read.extraction)
