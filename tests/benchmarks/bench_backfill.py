"""Stored reports read again: what it costs and how many a second, beside reading them anew from their bytes.

Reports are the gold texts of natural density (about 4,500 characters and 85 figures, as townships send them) and,
beside them, all there are (short ones with as many figures too), under as many sha256 as are wanted. What is measured
is stage extract from the stage store to figures in the store: Document read, figures extracted, figures kept. Processor
time is true on a busy machine too. Beside it, by turns, what the machine could do at most: as many bare processes as
cores that do nothing but `extract_document` on these texts, which they hold in memory.
Run as `python tests/benchmarks/bench_backfill.py [REPORTS]` (1,000 unless given).
"""

import hashlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from saying import say

from expectations.catalogue import load_catalogue
from tasks import extract, native, parse
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text, parse_report
from tasks.rereading import StoredReport, concerned, read_again, reader
from tasks.store import ResultStore, StageStore

ROOT = Path(__file__).resolve().parents[2]
GOAL = 200
TIMES = 3
PERIOD = "2023"
FILES = (
    "2023年度/云岫2023总结（终稿）.pdf",
    "2023年度/青槐街道2023年工作总结.docx",
    "2023年度/马鞍梁乡2023年乡村振兴工作总结.docx",
)
SCAN = "2022年度/石榴坪镇领导班子2022年述职报告（扫描件）.pdf"
MARK = re.compile(r"\{([^{}|]+)\|[^{}|]*\}")


def as_sent():
    """Reports written to be as long and as dense as real ones."""
    yield from gold("new7", "new8", "new9")


def all_kinds():
    for path in sorted((ROOT / "deploy" / "sample_county" / "sources").glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")
    yield from gold("tuned")


KINDS = {"reports as townships send them": as_sent, "reports of all kinds, short and dense ones too": all_kinds}


def gold(*folders):
    for folder in folders:
        for path in sorted((ROOT / "tests" / "golden" / "reports" / folder).glob("*.gold")):
            yield f"{path.stem}.txt", MARK.sub(r"\1", path.read_text(encoding="utf-8"))


def main(number):
    say("the engine", "compiled" if native.is_compiled(native.ENGINE) else "from its sources")
    costs = [reread(what, list(texts()), number) for what, texts in KINDS.items()]
    cost = costs[0]
    files = [ROOT / "deploy" / "sample_county" / "inbox" / name for name in FILES]
    anew = sum(processor_seconds(lambda path=path: read_file(path)) for path in files) / len(files)
    say("alternative: Word and PDF files parsed and read each time", f"{1000 * anew:.1f} ms")
    say("processor time saved by stored Documents", f"{anew / cost:.1f} times")
    scan = ROOT / "deploy" / "sample_county" / "inbox" / SCAN
    ocr = processor_seconds(lambda: read_file(scan))
    say("alternative: a scan recognised and read each time", f"{ocr:.1f} s")
    say("processor time saved for a scan", f"{ocr / cost:.0f} times")


def reread(what, distinct, number):
    """Measure `number` reports made of the `distinct` texts; return the processor seconds that one takes."""
    versions = StageVersions(
        parse.PARSER_VERSION, extract.EXTRACTOR_VERSION, load_catalogue().version, load_lexicon().version, ""
    )
    with tempfile.TemporaryDirectory() as folder:
        store = ResultStore(StageStore(Path(folder)), versions)
        reports = []
        for index in range(number):
            name, text = distinct[index % len(distinct)]
            sha256 = hashlib.sha256(f"{index}{text}".encode()).hexdigest()
            store.keep_document(sha256, name, document_from_text(text))
            reports.append(StoredReport(sha256, name, PERIOD))
        characters = sum(len(text) for _, text in distinct) / len(distinct)
        # The first texts are the shortest: some of every kind.
        some, where = reports[: len(distinct)][:: max(1, len(distinct) // 50)][:50], Path(folder)
        sum(1 for _ in read_again(some[:5], where, versions, anew=True))  # the engine is built
        begun = time.process_time()
        mentions = [len(one.extraction.mentions) for one in read_again(some, where, versions, anew=True)]
        cost = (time.process_time() - begun) / len(some)
        say(f"{what}: {number}", f"{characters:.0f} characters, {sum(mentions) / len(some):.0f} figures")
        say("  processor time to read a stored report again, in one process", f"{1000 * cost:.1f} ms")
        say(f"  so two cores of their own read at most (goal {GOAL})", f"{2 / cost:.0f} a second")
        rates, most = [], []
        for _ in range(TIMES):
            most.append(bare_rate(what, number))
            rates.append(rate(number, lambda: sum(1 for _ in read_again(reports, where, versions, anew=True))))
        again, bare = statistics.median(rates), statistics.median(most)
        said = f"median of {TIMES}, load average {os.getloadavg()[0]:.1f}"
        say(f"  read again in processes, wall clock, {said}", f"{again:.1f} a second")
        say(f"  bare processes that only extract, {said}", f"{bare:.1f} a second")
        shares = [one / other for one, other in zip(rates, most, strict=True)]
        say("  share of the bare rate that reading again reaches", f"{statistics.median(shares):.0%}")
        kept = rate(number, lambda: sum(1 for _ in read_again(reports, where, versions)))
        say("  figures taken from the store instead", f"{kept:.1f} a second")
        asked = rate(number, lambda: concerned(reports, {"农村常住居民人均可支配收入"}, where, versions))
        say("  asked only whether a new name can stand in them", f"{asked:.1f} a second")
    return cost


def bare_rate(what, number):
    """Return how many texts a second processes read that are ready, hold their Documents and keep nothing."""
    cores = len(os.sched_getaffinity(0))
    command = [sys.executable, __file__, "--bare", what, str(number // cores)]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(cores)
    ]
    for one in readers:
        one.stdout.readline()
    started = time.perf_counter()
    for one in readers:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in readers:
        one.stdout.readline()
    taken = time.perf_counter() - started
    for one in readers:
        one.communicate()
    return number // cores * cores / taken


def read_bare(what, number):
    """Be one of the bare processes."""
    documents = [document_from_text(text) for _, text in KINDS[what]()]
    period, engine = ReportPeriod.parse(PERIOD), reader()
    extract.extract_document(documents[0], period, engine)
    say("ready", "")
    sys.stdin.readline()
    for index in range(number):
        extract.extract_document(documents[index % len(documents)], period, engine)
    say("done", "")


def read_file(path):
    document = parse_report(path.read_bytes(), path.name)
    extract.extract_document(document, ReportPeriod.parse(PERIOD), reader())


def processor_seconds(work):
    started = time.process_time()
    work()
    return time.process_time() - started


def rate(number, work):
    started = time.perf_counter()
    work()
    return number / (time.perf_counter() - started)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        read_bare(sys.argv[2], int(sys.argv[3]))
        raise SystemExit
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
