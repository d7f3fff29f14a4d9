"""What worker processes cost: the sample county read with them and without, side by side.

    python tests/benchmarks/bench_isolation.py [--rounds 6] [--times 4]

Both ways use the flow's four threads and do what `collect` does with a report: parse, then extract. They alternate; the
shortest time of each counts. The goal is at most 1.10 times the time without.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from expectations.catalogue import load_catalogue
from tasks.arrivals import read_document
from tasks.domain.documents import Document
from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse.workers import WorkerPool

INBOX = Path(__file__).resolve().parents[2] / "deploy" / "sample_county" / "inbox"
LIMITS = ParseLimits()
THREADS = 4  # as many as `flows.collect_reports` has
READER = build_reader(load_catalogue(), load_lexicon())

Parse = Callable[[bytes, str], Document]


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


def main() -> None:
    """Print reports a second both ways, and the ratio, for all reports and for each kind."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=6)
    arguments.add_argument("--times", type=int, default=4, help="How often the sample county is read in a round.")
    options = arguments.parse_args()
    paths = [path for path in sorted(INBOX.rglob("*")) if path.is_file() and path.suffix != ".csv"]
    files = [(path.read_bytes(), path.name) for path in paths]
    pool = WorkerPool(LIMITS)
    ways: dict[str, Parse] = {
        "in this process": lambda data, name: read_document(data, name, LIMITS, ()),
        "in workers": lambda data, name: pool.run(name, read_document, data, name, LIMITS, ()),
    }
    kinds = ["", *sorted({path.suffix for path in paths})]
    for what, with_extraction in (("parse and extract", True), ("parse alone", False)):
        for kind in kinds:
            chosen = [file for file in files if file[1].endswith(kind)] * options.times
            best = dict.fromkeys(ways, float("inf"))
            for _ in range(options.rounds):
                for way, parse in ways.items():
                    best[way] = min(best[way], once(parse, chosen, with_extraction=with_extraction))
            here, there = best.values()
            sys.stdout.write(
                f"{what}\t{kind or 'all'}\t{len(chosen)} files\twithout {len(chosen) / here:.0f}/s\t"
                f"workers {len(chosen) / there:.0f}/s\ttime {there / here:.2f}x\n"
            )
    pool.close()


if __name__ == "__main__":
    main()
