"""Time of the PDF text path beside pypdfium2 alone on the same pages: `python tests/benchmarks/bench_parse.py FILES`.

Prints the best of five rounds for each file and the ratio of the sums. The goal is 1.3 for pages without ruled tables.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2

from tasks.parse import parse_report

_ROUNDS = 5


def text_alone(data: bytes) -> None:
    """Read the text of every page, as little as pypdfium2 can do."""
    pdf = pypdfium2.PdfDocument(data)
    for page in pdf:
        page.get_textpage().get_text_range()
    pdf.close()


def best(work: Callable[[], object]) -> float:
    """Return the shortest of five times in seconds."""
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main(paths: list[Path]) -> None:
    """Print one line per file and the ratio over files read without pdfplumber."""
    alone_sum = parsed_sum = 0.0
    for path in paths:
        data = path.read_bytes()
        if not data.startswith(b"%PDF"):
            continue
        document = parse_report(data, path.name)
        alone, parsed = best(partial(text_alone, data)), best(partial(parse_report, data, path.name))
        if document.parser == "pypdfium2":
            alone_sum, parsed_sum = alone_sum + alone, parsed_sum + parsed
        sys.stdout.write(
            f"{path.name}\t{document.parser}\t{document.pages} pages\t"
            f"pypdfium2 {alone * 1000:.1f} ms\tparse {parsed * 1000:.1f} ms\t{parsed / alone:.2f}x\n"
        )
    if alone_sum:
        sys.stdout.write(f"text path over pypdfium2 alone: {parsed_sum / alone_sum:.2f}x\n")


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]])
