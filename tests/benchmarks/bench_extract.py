"""Time of the reading engine: `python tests/benchmarks/bench_extract.py [FILES]`.

Reads the sample county's reports (or FILES) and, where it is beside this checkout, the sample report of a township.
Prints, per text, the time for 5,000 characters, facts and mentions per second, and for the longest text whether time
grows with length only. Times are process time, the best of several rounds on texts read before; `first` is the time of
a text that the process has not read yet, so that no phrase of it has been seen. The goal is 5 ms for 5,000 characters.
The last lines compare with the engine read from its sources, where this one is compiled; `loop` is the time of a plain
loop, by which numbers of two machines, or of one with other work on it, may be compared.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from expectations.catalogue import load_catalogue
from tasks import native
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.extract import Reader, build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = _ROOT / "deploy" / "sample_county" / "sources"
_TOWNSHIP = _ROOT.parent / "shared" / "samples" / "township-2023.txt"
_PERIOD = ReportPeriod.parse("2023")
_PER = 5000
_ROUNDS, _ROUNDS_LONG = 30, 3
_TIMES = (1, 10, 200)
_ALONE = "--alone"  # print the seconds for the files and nothing else


def read_once(document: Document, reader: Reader) -> tuple[float, Extraction]:
    """Return the seconds that one reading of `document` takes, and what it finds."""
    start = time.process_time()
    extraction = extract_document(document, _PERIOD, reader)
    return time.process_time() - start, extraction


def best(document: Document, reader: Reader, rounds: int) -> float:
    """Return the shortest of `rounds` readings in seconds."""
    return min(read_once(document, reader)[0] for _ in range(rounds))


def row(name: str, document: Document, reader: Reader) -> tuple[float, ...]:
    """Print how one text is read; return its characters, first and best time, facts and mentions."""
    length = len(document.text)
    first, extraction = read_once(document, reader)
    seconds = best(document, reader, _ROUNDS)
    facts, mentions = len(extraction.facts), len(extraction.mentions)
    show(name, (length, first, seconds, facts, mentions))
    return length, first, seconds, facts, mentions


def show(name: str, values: Sequence[float]) -> None:
    """Print one line of the table."""
    length, first, seconds, facts, mentions = values
    sys.stdout.write(
        f"{length:9.0f} characters  {seconds * 1000:8.2f} ms  {seconds / length * _PER * 1000:6.2f} ms per {_PER}"
        f"  (first {first / length * _PER * 1000:6.2f})  {facts / seconds:8.0f} facts/s"
        f"  {mentions / seconds:8.0f} mentions/s  {name}\n"
    )


def main(paths: Sequence[Path]) -> None:
    """Print a table of texts, their sum, and how time grows with length."""
    reader = build_reader(load_catalogue(), load_lexicon())
    read_once(document_from_text("全镇粮食播种面积达到3.2万亩，增长3%。"), reader)
    texts = {path.stem: path.read_text(encoding="utf-8-sig") for path in paths}
    rows = [row(name, document_from_text(text), reader) for name, text in texts.items()]
    show("all", [sum(column) for column in zip(*rows, strict=True)])
    name, text = max(texts.items(), key=lambda one: len(one[1])) if not _TOWNSHIP.is_file() else township()
    costs = []
    for times in _TIMES:
        document = document_from_text("\n".join([text] * times))
        seconds = best(document, reader, _ROUNDS if times == 1 else _ROUNDS_LONG)
        costs.append(seconds / len(document.text))
        sys.stdout.write(
            f"{len(document.text):9} characters  {seconds * 1000:8.1f} ms  {costs[-1] * _PER * 1000:6.2f} ms per {_PER}"
            f"  {costs[-1] / costs[0]:4.2f} of the first per character  {name} × {times}\n"
        )


def loop() -> float:
    """Return the seconds of 5 million steps of a plain loop."""
    start = time.process_time()
    number = 0
    while number < 5_000_000:
        number += 1
    return time.process_time() - start


def compare(paths: Sequence[Path]) -> None:
    """Print the time of all texts, compiled and from the sources in turn, and their ratio."""
    seconds: dict[str, list[float]] = {"0": [], "1": []}
    for interpreted in ("0", "1") * 3:
        environment = {**os.environ, native.INTERPRETED: interpreted, "PYTHONPATH": str(_ROOT)}
        done = subprocess.run(
            [sys.executable, __file__, _ALONE, *map(str, paths)], env=environment, capture_output=True, check=True
        )
        seconds[interpreted].append(float(done.stdout))
    compiled, sources = min(seconds["0"]), min(seconds["1"])
    sys.stdout.write(
        f"compiled {compiled * 1000:.1f} ms, from the sources {sources * 1000:.1f} ms: {sources / compiled:.2f} times\n"
    )


def total(paths: Sequence[Path]) -> float:
    """Return the seconds that all texts take, each at its best."""
    reader = build_reader(load_catalogue(), load_lexicon())
    documents = [document_from_text(path.read_text(encoding="utf-8-sig")) for path in paths]
    return sum(best(document, reader, _ROUNDS) for document in documents)


def township() -> tuple[str, str]:
    """Return name and text of the sample report of a township."""
    return _TOWNSHIP.stem, _TOWNSHIP.read_text(encoding="utf-8-sig")


if __name__ == "__main__":
    given = [Path(one) for one in sys.argv[1:] if one != _ALONE]
    given = given or [*sorted(_SOURCES.glob("*.txt")), *([_TOWNSHIP] if _TOWNSHIP.is_file() else [])]
    if _ALONE in sys.argv:
        sys.stdout.write(f"{total(given)}\n")
        sys.exit()
    sys.stdout.write(
        f"{'compiled' if native.is_compiled(native.ENGINE) else 'read from its sources'}, loop {loop() * 1000:.0f} ms\n"
    )
    main(given)
    if native.is_compiled(native.ENGINE):
        compare(given)
