"""What orchestration costs on Dask: the same reports read by a flow on a cluster, and plainly by as many processes.

    python tests/benchmarks/bench_dask.py [--reports 1000] [--workers 2] [--times 3]

One county of made texts, stored once; its stage store is emptied before each reading, so that everything is read from
nothing. Both read in turns. The plain one is a pool of processes of the standard library that calls the same function
on the same batches: like Dask's workers they import, build the engine and start processes for untrusted files.
Orchestration is what the flow takes longer, as a share of what it takes; starting and ending the cluster stands by
itself, for the plain processes likewise. Beside the clock, which other work on the machine disturbs, the same share of
processor time: of this process and all it started, the server's too, the cluster's start and end included.
"""

import argparse
import contextlib
import logging
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import made_county
import psutil

from flows.cli.server import prefect_server
from tasks.domain.county import County, read_county
from tasks.plan import PlannedReport, batch_size, in_batches

_HERE: dict[str, County] = {}


def begin(processes: int, folder: str) -> None:
    """Make this process one of those that read plainly."""
    from tasks.steps import read_beside, reading

    read_beside(processes)
    quiet = logging.getLogger("bench")
    reading.get_run_logger = lambda: quiet
    _HERE["county"] = read_county(Path(folder))


class ProcessorTime:
    """Adds up the processor time of this process and all it starts while the block runs: seen five times a second."""

    def __enter__(self) -> "ProcessorTime":
        self._end, self._seen = threading.Event(), dict[int, float]()
        self._look()
        self._before = dict(self._seen)
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._look()
        self._end.set()
        self._thread.join()
        self.seconds = sum(taken - self._before.get(pid, 0.0) for pid, taken in self._seen.items())

    def _watch(self) -> None:
        while not self._end.wait(0.2):
            self._look()

    def _look(self) -> None:
        here = psutil.Process()
        for one in (here, *here.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._seen[one.pid] = sum(one.cpu_times()[:2])


def read_plainly(batch: Sequence[PlannedReport]) -> Any:
    """Read a batch by a plain call."""
    from tasks import steps

    return steps.read_reports.fn(batch, _HERE["county"])


def by_processes(county: County, planned: Sequence[PlannedReport], workers: int) -> tuple[float, float]:
    """Return the seconds of reading in plain processes, and those of starting and ending them."""
    began = time.monotonic()
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawned, initializer=begin, initargs=(workers, str(county.folder))) as pool:
        # Started when they can be given work, as a cluster is: what they import for it counts as reading.
        start = time.monotonic()
        batches = in_batches(planned, batch_size(planned, workers))
        outcomes = [outcome for done in pool.map(read_plainly, batches) for outcome in done.outcomes]
        reading = time.monotonic() - start
    assert len(outcomes) == len(planned)
    return reading, time.monotonic() - began - reading


def on_dask(county: County, planned: Sequence[PlannedReport], workers: int) -> tuple[float, float]:
    """Return the seconds of reading by a flow on a cluster, and those of starting and ending it."""
    from prefect import flow

    from flows import collect_reports, runners
    from tasks import steps

    ordinary, cluster = runners._runner, [0.0]

    @contextlib.contextmanager
    def timed(reading: Any) -> Iterator[Any]:
        began = time.monotonic()
        with ordinary(reading) as (runner, found):
            runner.client.wait_for_workers(workers)  # type: ignore[attr-defined]
            cluster[0] += time.monotonic() - began
            yield runner, found
            began = time.monotonic()
        cluster[0] += time.monotonic() - began

    @flow(name="bench", task_runner=collect_reports.RUNNER)
    def read() -> float:
        began = time.monotonic()
        outcomes = collect_reports.read_all(tuple(planned), county, None, steps.start_stopwatch())
        assert len(outcomes) == len(planned)
        return time.monotonic() - began

    runners._runner = timed
    try:
        taken = read()
    finally:
        runners._runner = ordinary
    return taken - cluster[0], cluster[0]


def say(words: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        made = made_county.make_county(Path(top) / "县", given.reports)
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

            planned = store()
            shares, used_shares = [], []
            for _ in range(given.times):
                load = os.getloadavg()[0]
                taken, used = {}, {}
                for way in (by_processes, on_dask):
                    shutil.rmtree(county.store, ignore_errors=True)
                    with ProcessorTime() as used[way]:
                        taken[way] = way(county, planned, given.workers)
                (plain, pool), (dask, cluster) = taken.values()
                plain_used, dask_used = (one.seconds for one in used.values())
                shares.append((dask - plain) / dask)
                used_shares.append((dask_used - plain_used) / dask_used)
                say(
                    f"{len(planned)} reports: plain {plain:6.1f} s (and {pool:.1f} s for the processes)   "
                    f"Dask {dask:6.1f} s (and {cluster:.1f} s for the cluster)   "
                    f"orchestration {shares[-1]:6.1%}, {1000 * (dask - plain) / len(planned):.1f} ms a report   "
                    f"processor time: plain {plain_used:.1f} s, Dask {dask_used:.1f} s, {used_shares[-1]:.1%}   "
                    f"load {load:.1f}"
                )
    say(
        f"median of {len(shares)}: {statistics.median(shares):.1%} of the clock, "
        f"{statistics.median(used_shares):.1%} of processor time"
    )


if __name__ == "__main__":
    main()
