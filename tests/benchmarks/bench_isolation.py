"""What worker processes cost: the sample county read with them and without, side by side.

    python tests/benchmarks/bench_isolation.py [--rounds 6] [--times 4] [--kinds all .txt .docx]

Both ways use the flow's four threads and do what `collect` does with a report, in its order (the costliest first):
parse, then extract. They alternate; the shortest time of each counts, the median of the ratios stands beside it.
Processor time is that of all rounds, workers included, which a busy machine changes less. The goal is at most 1.10
times what it is without. Kinds with scans take half a minute a round.
"""

import argparse
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from expectations.catalogue import load_catalogue
from tasks.arrivals import read_document
from tasks.domain.documents import Document
from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse.workers import WorkerPool
from tasks.plan import PlannedReport, costliest_first

INBOX = Path(__file__).resolve().parents[2] / "deploy" / "sample_county" / "inbox"
LIMITS = ParseLimits()
THREADS = 4  # as many as `flows.collect_reports` has
READER = build_reader(load_catalogue(), load_lexicon())

Parse = Callable[[bytes, str], Document]


def in_order(paths: Sequence[Path]) -> list[Path]:
    """Return `paths` as `collect` begins to read them."""
    now = dt.datetime.now(dt.UTC)
    files = [SourceFile("inbox", one.as_uri(), one.name, one.stat().st_size, now, now) for one in paths]
    batches = [[PlannedReport(StoredFile(one, one.path, is_new=True))] for one in files]
    return [paths[at] for at in costliest_first(batches)]


def read(parse: Parse, data: bytes, name: str, *, with_extraction: bool) -> None:
    """Parse a report and extract its figures; one that is refused costs what it costs."""
    try:
        document = parse(data, name)
    except SourceMalformed:
        return
    if with_extraction:
        extract_document(document, ReportPeriod.parse("2023"), READER)


def once(parse: Parse, files: Sequence[tuple[bytes, str]], *, with_extraction: bool) -> float:
    """Return the seconds that all `files` take on the flow's threads."""
    with ThreadPoolExecutor(THREADS) as threads:
        start = time.perf_counter()
        list(threads.map(lambda file: read(parse, *file, with_extraction=with_extraction), files))
        return time.perf_counter() - start


def processor_time() -> float:
    """Return the seconds that this process and its workers have computed, those that have ended included."""
    workers = [one.cpu_times() for one in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(
        one.user + one.system + one.children_user + one.children_system for one in workers
    )  # fmt: skip


def main() -> None:
    """Print reports a second both ways, and the ratio, for all reports and for each kind."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=6)
    arguments.add_argument("--times", type=int, default=4, help="How often the sample county is read in a round.")
    arguments.add_argument("--kinds", nargs="*", help="Endings of file names, or all; without it, all and each.")
    options = arguments.parse_args()
    paths = in_order([path for path in sorted(INBOX.rglob("*")) if path.is_file() and path.suffix != ".csv"])
    files = [(path.read_bytes(), path.name) for path in paths]
    pool = WorkerPool(LIMITS)
    ways: dict[str, Parse] = {
        "in this process": lambda data, name: read_document(data, name, LIMITS, ()),
        "in workers": lambda data, name: pool.run(name, read_document, data, name, LIMITS, ()),
    }
    for kind in options.kinds or ["all", *sorted({path.suffix for path in paths})]:
        chosen = [file for file in files if kind == "all" or file[1].endswith(kind)] * options.times
        for what, with_extraction in (("parse and extract", True), ("parse alone", False)):
            for parse in ways.values():  # starts the workers, loads the models
                once(parse, chosen[: len(chosen) // options.times], with_extraction=False)
            took: dict[str, list[float]] = {way: [] for way in ways}
            computed = dict.fromkeys(ways, 0.0)
            for _ in range(options.rounds):
                for way, parse in ways.items():
                    began = processor_time()
                    took[way].append(once(parse, chosen, with_extraction=with_extraction))
                    computed[way] += processor_time() - began
            here, there = map(min, took.values())
            middle = statistics.median(theirs / ours for ours, theirs in zip(*took.values(), strict=True))
            alone, isolated = computed.values()
            sys.stdout.write(
                f"{what}\t{kind}\t{len(chosen)} files\twithout {len(chosen) / here:.1f}/s\t"
                f"workers {len(chosen) / there:.1f}/s\ttime {there / here:.2f}x (median {middle:.2f}x)\t"
                f"processor time {isolated / alone:.2f}x, "
                f"{(isolated - alone) / len(chosen) / options.rounds * 1000:+.2f} ms a file\t"
                f"load {os.getloadavg()[0]:.1f}\n"
            )
            sys.stdout.flush()
    pool.close()


if __name__ == "__main__":
    main()
