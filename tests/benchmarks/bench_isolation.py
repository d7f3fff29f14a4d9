"""What worker processes cost: the sample county read with them and without, side by side.

    python tests/benchmarks/bench_isolation.py [--rounds 3] [--kinds all .txt .docx] [--times 4] [--parse-alone]

Both ways use the flow's four threads and do what `collect` does with a report, in its order (the costliest first):
parse, then extract. They alternate, a pass over the whole county each; the median of the ratios of the rounds counts,
of processor time (workers included) and by the clock, which is worth little on a busy machine. The first pass of each
way, in which workers start and most models are loaded, stands apart; a thread of a worker that reads its first scan
later loads them then, which the median leaves out. The goal is at most 1.10 times what it is without. A pass over the
county with its scans takes 10 to 16 seconds on two free cores, so that all of it takes two minutes; of one kind without
scans `--times` copies are read, as a pass would be over in a blink.
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


def measured(kind: str, files: Sequence[tuple[bytes, str]], rounds: int, *, with_extraction: bool) -> str:
    """Return a line on `files` of `kind`, read `rounds` times each way after a first pass that starts everything."""
    pool = WorkerPool(LIMITS)
    ways: dict[str, Parse] = {
        "in this process": lambda data, name: read_document(data, name, LIMITS, ()),
        "in workers": lambda data, name: pool.run(name, read_document, data, name, LIMITS, ()),
    }
    took: dict[str, list[float]] = {way: [] for way in ways}
    computed: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds + 1):
        for way, parse in ways.items():
            began = processor_time()
            took[way].append(once(parse, files, with_extraction=with_extraction))
            computed[way].append(processor_time() - began)
    pool.close()
    first = [(took[way].pop(0), computed[way].pop(0)) for way in ways]
    here, there = took.values()
    alone, isolated = computed.values()
    clock = [theirs / ours for ours, theirs in zip(here, there, strict=True)]
    processor = [theirs / ours for ours, theirs in zip(alone, isolated, strict=True)]
    more = statistics.median(theirs - ours for ours, theirs in zip(alone, isolated, strict=True))
    return (
        f"{'parse and extract' if with_extraction else 'parse alone'}\t{kind}\t{len(files)} files\t"
        f"processor time {statistics.median(processor):.2f}x ({min(processor):.2f} to {max(processor):.2f}), "
        f"{more / len(files) * 1000:+.2f} ms a file\t"
        f"clock {statistics.median(clock):.2f}x ({min(clock):.2f} to {max(clock):.2f}), best "
        f"{len(files) / min(here):.1f}/s without, {len(files) / min(there):.1f}/s with workers\t"
        f"first pass {first[0][0]:.1f} s and {first[1][0]:.1f} s by the clock, "
        f"{first[0][1]:.1f} s and {first[1][1]:.1f} s of processor time\tload {os.getloadavg()[0]:.1f}\n"
    )


def main() -> None:
    """Print what workers cost for all reports, or for each kind that is named."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--times", type=int, default=4, help="How often the reports of one kind are read in a pass.")
    arguments.add_argument("--kinds", nargs="*", default=["all"], help="Endings of file names, or all.")
    arguments.add_argument("--parse-alone", action="store_true", help="Extract nothing.")
    options = arguments.parse_args()
    paths = in_order([path for path in sorted(INBOX.rglob("*")) if path.is_file() and path.suffix != ".csv"])
    files = [(path.read_bytes(), path.name) for path in paths]
    for kind in options.kinds:
        chosen = files if kind == "all" else [file for file in files if file[1].endswith(kind)] * options.times
        if not chosen:
            arguments.error(f"no report of the sample county is named *{kind}")
        sys.stdout.write(measured(kind, chosen, options.rounds, with_extraction=not options.parse_alone))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
