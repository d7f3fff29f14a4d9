"""How fast and how right pages are read: `python tests/benchmarks/bench_parse.py [FILE.pdf …]`.

Without files it takes the sample county's.

Born-digital text beside pypdfium2 alone and pdfplumber alone on the same pages; OCR of scans made from the sample
county's PDFs against the text that was set; facts of a scan against those of its twin; memory of a PDF of 500 pages.
"""

import importlib.util
import io
import os
import re
import statistics
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from types import ModuleType

import pdfplumber
import pypdfium2

from expectations.catalogue import load_catalogue
from tasks import extract
from tasks.domain.documents import Document
from tasks.domain.periods import ReportPeriod
from tasks.lexicon import load_lexicon
from tasks.parse.ocr import read_image
from tasks.parse.pdf import parse_pdf

COUNTY = Path(__file__).resolve().parents[2] / "deploy" / "sample_county"
_ROUNDS = 40
_FOLD = 500  # pages of the long PDF
_WAYS = {"clean": 0.0, "askew": 2.0, "aslant": -1.5}


def loaded(name: str) -> ModuleType:
    """Return a module of the sample county's builder."""
    if str(COUNTY) not in sys.path:
        sys.path.insert(0, str(COUNTY))
    spec = importlib.util.spec_from_file_location(name, COUNTY / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_alone(data: bytes) -> None:
    """Read the text of every page, as little as pypdfium2 can do, and close what was opened."""
    pdf = pypdfium2.PdfDocument(data)
    for page in pdf:
        textpage = page.get_textpage()
        textpage.get_text_range()
        textpage.close()
        page.close()
    pdf.close()


def text_with_places(data: bytes) -> None:
    """Read what provenance and cells need at the least, as pypdfium2 gives it: text, a box a character, ruled lines."""
    pdf = pypdfium2.PdfDocument(data)
    for page in pdf:
        textpage = page.get_textpage()
        textpage.get_text_range()
        for at in range(textpage.count_chars()):
            textpage.get_charbox(at)
        for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
            one.get_bounds()
        textpage.close()
        page.close()
    pdf.close()


def plumber_alone(data: bytes) -> None:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_text()


def alternating(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the least processor time of each of `works` in seconds; they take turns on a busy machine."""
    times = [float("inf")] * len(works)
    for _ in range(rounds):
        for at, work in enumerate(works):
            start = time.process_time()
            work()
            times[at] = min(times[at], time.process_time() - start)
    return times


def born_digital(paths: Sequence[Path]) -> None:
    print(
        f"born-digital pages, ms of processor time (least of rounds that take turns), load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    sums: dict[bool, list[float]] = {True: [0.0] * 4, False: [0.0] * 4}
    for path in paths:
        data = path.read_bytes()
        document = parse_pdf(data, path.name)
        if "rapidocr" in document.parser:
            continue
        alone, ours = alternating([lambda d=data: text_alone(d), lambda d=data: parse_pdf(d, "")], _ROUNDS)
        placed, plumber = alternating([lambda d=data: text_with_places(d), lambda d=data: plumber_alone(d)], 3)
        ruled = "pdfplumber" in document.parser
        sums[ruled] = [one + other for one, other in zip(sums[ruled], (alone, ours, placed, plumber), strict=True)]
        print(
            f"  {path.name}\t{document.pages} pages, {len(document.text)} characters, {document.parser}\t"
            f"pypdfium2 {alone * 1000:.1f}\tours {ours * 1000:.1f} ({ours / alone:.2f}x)\t"
            f"pypdfium2 with places {placed * 1000:.1f} ({placed / alone:.1f}x)\t"
            f"pdfplumber {plumber * 1000:.1f} ({plumber / alone:.1f}x)",
            flush=True,
        )
    together = [one + other for one, other in zip(sums[False], sums[True], strict=True)]
    for of_kind, name in (
        (sums[False], "without ruled tables"), (sums[True], "with ruled tables"), (together, "all together"),
    ):  # fmt: skip
        alone, ours, placed, plumber = of_kind
        if alone:
            print(
                f"  {name}: ours {ours / alone:.2f}x of pypdfium2 alone, pypdfium2 with a box for each character and "
                f"the bounds of lines {placed / alone:.1f}x, pdfplumber alone {plumber / alone:.1f}x",
                flush=True,
            )


def plain(text: str) -> str:
    """Return `text` without blanks and in half width: OCR cannot tell （ from ( and no reader of figures minds."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def accuracy(read: str, written: str) -> float:
    """Return the share of the written characters that were read, in order."""
    blocks = SequenceMatcher(None, plain(written), plain(read), autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(plain(written))


def facts_of(document: Document, period: str, reader: extract.Reader) -> set[tuple[object, ...]]:
    facts = extract.extract_document(document, ReportPeriod.parse(period), reader).facts
    return {(one.indicator, one.measure, one.item, one.value, one.bound) for one in facts}


def scans() -> None:
    builder, scanning = loaded("build_inbox"), loaded("scanning")
    if not builder.FONT.exists():
        print("scans: not measured, the font wqy-zenhei is not installed (Debian: fonts-wqy-zenhei)", flush=True)
        return
    reader = extract.build_reader(load_catalogue(), load_lexicon())
    right: dict[str, list[float]] = {name: [] for name in _WAYS}
    seconds: list[float] = []
    twin = same = 0
    for source in sorted((COUNTY / "sources").glob("*-2022.txt")):
        pdf = builder.write_pdf(source.read_text(encoding="utf-8"), builder.FONT)
        born = parse_pdf(pdf, source.name)
        known = facts_of(born, "2022", reader)
        sheets = scanning.rendered(pdf)
        for way, degrees in _WAYS.items():
            if way == "clean":
                pages = sheets
            elif way == "askew":
                pages = [scanning.scanned(page, number, degrees) for number, page in enumerate(sheets)]
            else:
                pages = [scanning.photographed(page, number, degrees) for number, page in enumerate(sheets)]
            document = parse_pdf(scanning.photo_pdf(pages), source.name)
            right[way].append(accuracy(document.text, born.text))
            found = facts_of(document, "2022", reader)
            twin, same = twin + len(known), same + len(known & found)
        took = []
        for _ in range(2):
            start = time.thread_time()
            read_image(sheets[0])
            took.append(time.thread_time() - start)
        seconds.append(min(took))
    print("OCR at 150 dpi, share of the characters read (mean, worst report)", flush=True)
    for way, degrees in _WAYS.items():
        print(f"  {way} ({degrees:g}°): {statistics.mean(right[way]):.4f}, {min(right[way]):.4f}", flush=True)
    middle, longest = statistics.median(seconds), max(seconds)
    print(
        f"  processor time of a full page on one core: median {middle:.1f} s, longest {longest:.1f} s (goal: 6)",
        flush=True,
    )
    print(
        f"  facts of scans that equal those of their born-digital twins: {same} of {twin} ({same / twin:.1%})",
        flush=True,
    )


def peak_of_long_pdf(path: Path) -> None:
    """Read `path` and print the peak of this process's memory in MiB."""
    start = time.perf_counter()
    document = parse_pdf(path.read_bytes(), path.name)
    # Not getrusage: its peak is the parent's where that was higher at the fork.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(re.search(r"VmHWM:\s*(\d+)", status)[1]) // 1024  # type: ignore[index]
    print(
        f"  {document.pages} pages, {document.parser}: peak {peak} MiB, {time.perf_counter() - start:.1f} s", flush=True
    )


def long_pdfs(folder: Path) -> None:
    print(f"memory of a PDF of {_FOLD} pages, in a process of its own (goal: 1024 MiB)", flush=True)
    builder, scanning = loaded("build_inbox"), loaded("scanning")
    inbox = COUNTY / "inbox"
    for kind, stem in (("written", "半坡彝族乡2022年工作情况.pdf"), ("with tables", "望坪乡2023年情况简报.pdf")):
        source = pypdfium2.PdfDocument(next(inbox.rglob(stem)))
        whole = pypdfium2.PdfDocument.new()
        while len(whole) < _FOLD:
            whole.import_pages(source)
        path = folder / f"{kind}.pdf"
        whole.save(path)
        subprocess.run([sys.executable, __file__, "--peak", str(path)], check=True)
    # Scans of 4, 20 and 40 pages show whether memory grows with pages; 500 would take an hour.
    if builder.FONT.exists():
        sheets = scanning.rendered(
            builder.write_pdf((COUNTY / "sources" / "云岫镇-2022.txt").read_text(encoding="utf-8"), builder.FONT)
        )
        for count in (4, 20, 40):
            path = folder / f"scan of {count}.pdf"
            path.write_bytes(scanning.photo_pdf([sheets[0]] * count))
            subprocess.run([sys.executable, __file__, "--peak", str(path)], check=True)


def main(arguments: Sequence[str]) -> None:
    """Measure everything, or only the files that are named."""
    if arguments[:1] == ["--peak"]:
        peak_of_long_pdf(Path(arguments[1]))
        return
    paths = [Path(one) for one in arguments] or sorted((COUNTY / "inbox").rglob("*.pdf"))
    born_digital([path for path in paths if path.read_bytes().startswith(b"%PDF")])
    if not arguments:
        import tempfile

        scans()
        with tempfile.TemporaryDirectory() as folder:
            long_pdfs(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
