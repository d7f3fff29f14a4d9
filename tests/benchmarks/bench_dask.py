"""What orchestration costs on Dask: the same reports read by a flow on a cluster, and plainly by as many processes.

    python tests/benchmarks/bench_dask.py [--reports 1000 | --mixed 6] [--workers 2] [--times 5] [--chunk 0]

One county of made texts, or with `--mixed` the inbox of the sample county so many times over (text, Word, PDF, sheets,
scans, and what cannot be read), stored once; its stage store is emptied before each reading, so that everything is read
from nothing. Both read in turns, each first in every other turn. The plain one is a pool of processes of the standard
library that calls the same function on the same batches. Starting is measured by itself, once a run however many
reports there are: a cluster with its workers against as many processes, each with the engine built and its process for
untrusted files started. What the flow takes longer after that is orchestration: by the clock, which other work on the
machine disturbs, and in processor time of this process and all it started, split into the run (Dask's scheduler,
submission), the workers with what they started, and the server. `--chunk` sets how many texts a chunk holds; 0 leaves
it to the project.
"""

import argparse
import contextlib
import logging
import multiprocessing
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import made_county
import psutil

from flows.cli.server import prefect_server
from tasks.domain.county import County, read_county
from tasks.parse.workers import shared_pool
from tasks.plan import PlannedReport, batch_size, in_batches
from tasks.reading import ReadBatch, read_batch, read_beside
from tasks.rereading import reader

_HERE: dict[str, County] = {}
_PARTS = ("run", "workers", "server")


class ProcessorTime:
    """Adds up the processor time of this process and all it started, by part: seen once a second."""

    def __init__(self) -> None:
        self._end, self._seen = threading.Event(), dict[int, tuple[str, float]]()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def now(self) -> Counter[str]:
        """Return the seconds of each part until now."""
        self._look()
        parts: Counter[str] = Counter()
        for part, taken in list(self._seen.values()):
            parts[part] += taken  # type: ignore[assignment]
        return parts

    def _watch(self) -> None:
        while not self._end.wait(1):
            self._look()

    def _look(self) -> None:
        here = psutil.Process()
        for one in (here, *here.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                known = self._seen.get(one.pid)
                part = known[0] if known else "run" if one == here else _part(one)
                self._seen[one.pid] = part, sum(one.cpu_times()[:2])


def _part(process: psutil.Process) -> str:
    return "server" if "flows.cli.serving" in process.cmdline() else "workers"


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of the processor, by part, of starting and of reading."""

    start: float
    start_used: Counter[str]
    reading: float
    used: Counter[str]
    chunks: int


def begin(processes: int, folder: str) -> None:
    """Make this process one of those that read plainly."""
    read_beside(processes)
    _HERE["county"] = read_county(Path(folder))


def get_ready(folder: str, pause: float = 0) -> None:
    """Give a process what it needs once: the engine, and the process that opens untrusted files."""
    reader()
    shared_pool(read_county(Path(folder)).limits).run("ready", len, b"")
    time.sleep(pause)


def read_plainly(batch: Sequence[PlannedReport]) -> ReadBatch:
    """Read a batch by a plain call."""
    return read_batch(batch, _HERE["county"], None, logging.getLogger("bench"))


def chunks_of(planned: Sequence[PlannedReport], given: argparse.Namespace) -> list[list[PlannedReport]]:
    """Return what one task reads."""
    return in_batches(planned, given.chunk or batch_size(planned, given.workers))


def by_processes(
    county: County, planned: Sequence[PlannedReport], given: argparse.Namespace, clock: ProcessorTime
) -> Taken:
    """Read in plain processes."""
    began, before = time.monotonic(), clock.now()
    spawned = multiprocessing.get_context("spawn")
    folder, chunks = str(county.folder), chunks_of(planned, given)
    with ProcessPoolExecutor(given.workers, spawned, initializer=begin, initargs=(given.workers, folder)) as pool:
        # Each takes one, since none is done soon.
        list(pool.map(get_ready, [folder] * given.workers, [3.0] * given.workers))
        start, ready = time.monotonic(), clock.now()
        outcomes = [outcome for done in pool.map(read_plainly, chunks) for outcome in done.outcomes]
        reading, after = time.monotonic() - start, clock.now()
    assert len(outcomes) == len(planned)
    return Taken(start - began, ready - before, reading, after - ready, len(chunks))


def on_dask(county: County, planned: Sequence[PlannedReport], given: argparse.Namespace, clock: ProcessorTime) -> Taken:
    """Read by a flow on a cluster."""
    from prefect import flow

    from flows import collect_reports, runners
    from tasks import steps

    ordinary, ordinary_size = runners._processes, runners.batch_size
    marks = dict[str, tuple[float, Counter[str]]]()

    def mark(name: str) -> None:
        marks[name] = time.monotonic(), clock.now()

    @contextlib.contextmanager
    def marked(reading: Any) -> Iterator[Any]:
        mark("began")
        with ordinary(reading) as (submit, *known):
            client = submit.func.__self__
            client.wait_for_workers(given.workers)
            client.run(get_ready, str(county.folder))
            mark("ready")
            yield submit, *known

    @flow(name="bench", task_runner=collect_reports.RUNNER)
    def read() -> None:
        outcomes = collect_reports.read_all(tuple(planned), county, None, steps.start_stopwatch())
        assert len(outcomes) == len(planned)

    class Progress(collect_reports.RunProgress):
        """Ends with the last report that was read, and so before the cluster does."""

        def __exit__(self, *how: Any) -> None:
            mark("read")

    runners._processes, collect_reports.RunProgress = marked, Progress
    if given.chunk:
        runners.batch_size = lambda planned, workers: given.chunk
    try:
        read()
    finally:
        runners._processes, runners.batch_size = ordinary, ordinary_size
        collect_reports.RunProgress = Progress.__base__
    (began, before), (start, ready), (end, after) = (marks[one] for one in ("began", "ready", "read"))
    return Taken(start - began, ready - before, end - start, after - ready, len(chunks_of(planned, given)))


def parts(used: Counter[str]) -> str:
    """Return the seconds of each part."""
    return ", ".join(f"{one} {used[one]:.1f}" for one in _PARTS)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--mixed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--chunk", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "县"
        if given.mixed:
            made = made_county.make_mixed_county(folder, given.mixed)
        else:
            made = made_county.make_county(folder, given.reports)
        with (made.folder / "county.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[reading]\nwhere = "dask"\nworkers = {given.workers}\n')
        county = read_county(made.folder)
        with prefect_server(county):
            from prefect import flow

            from flows import collect_reports
            from tasks import steps

            @flow(name="store")
            def store() -> tuple[PlannedReport, ...]:
                stored, _ = collect_reports.store_new_files(county, None)
                return steps.plan_run(stored, county).to_read

            measure(county, store(), given)


def measure(county: County, planned: Sequence[PlannedReport], given: argparse.Namespace) -> None:
    """Read both ways in turns."""
    clock, shares = ProcessorTime(), list[tuple[float, float, float]]()
    for turn in range(given.times):
        taken = dict[Any, Taken]()
        for way in (by_processes, on_dask) if turn % 2 == 0 else (on_dask, by_processes):
            shutil.rmtree(county.store, ignore_errors=True)
            taken[way] = way(county, planned, given, clock)
        plain, dask = taken[by_processes], taken[on_dask]
        more = dask.used.total() - plain.used.total()
        shares.append(((dask.reading - plain.reading) / dask.reading, more / dask.used.total(), more / len(planned)))
        print(
            f"{len(planned)} reports in {dask.chunks} chunks, load {os.getloadavg()[0]:.1f}\n"
            f"  start    plain {plain.start:5.1f} s, processor {parts(plain.start_used)}"
            f"   Dask {dask.start:5.1f} s, processor {parts(dask.start_used)}\n"
            f"  reading  plain {plain.reading:5.1f} s, processor {parts(plain.used)}"
            f"   Dask {dask.reading:5.1f} s, processor {parts(dask.used)}\n"
            f"  orchestration {shares[-1][0]:.1%} of the clock; {shares[-1][1]:.1%} of processor time, "
            f"{1000 * more / dask.chunks:.0f} ms a chunk, {1000 * more / len(planned):.2f} ms a report",
            flush=True,
        )
    by_clock, used, each = (statistics.median(one) for one in zip(*shares, strict=True))
    print(
        f"median of {len(shares)}: {by_clock:.1%} of the clock; {used:.1%} of processor time, "
        f"{1000 * each:.2f} ms a report",
        flush=True,
    )


if __name__ == "__main__":
    main()
