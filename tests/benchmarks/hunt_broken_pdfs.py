"""Broken PDFs by the thousand through the reader of `collect`: each must end as read or as refused with its reason.

    python -m tests.benchmarks.hunt_broken_pdfs FOLDER_OR_FILE... [--minutes 20] [--seed 1] [--keep DIR] [--no-ocr]
        [--all]

Every PDF that is named is read as it is (`--as-they-are`: only that), then damaged copies of them, one after the other,
until the time is over: cut off, bits turned, objects swapped, lengths, numbers and references changed, loops of pages
and forms. A defect is what the system would call `internal_error`, a crash of the reader (`reader_crashed`: the file is
quarantined, but the library died of it) and whatever takes longer than its limit; files with defects are kept in DIR.
With `--all` folders are searched for files of every kind, not only PDF; those that are a zip (Word, Excel, OFD,
OpenDocument) are damaged also within a member, which is then packed anew, so that it is not the checksum that fails.
OCR takes a thousand times as long as everything else; without it (`--no-ocr`) pages are rendered and found blank.
"""

import argparse
import collections
import hashlib
import importlib
import io
import random
import re
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from tasks.arrivals import read_document
from tasks.domain.documents import Document
from tasks.domain.errors import XianbaoError
from tasks.domain.limits import ParseLimits
from tasks.parse import ocr_pool
from tasks.parse.grids import Grid
from tasks.parse.lines import PageLines
from tasks.parse.workers import WorkerPool

LIMITS = ParseLimits(pages=300, pictures=4)
_WATCHED = {"internal_error", "reader_crashed", "time_limit", "memory_limit"}
_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?endobj", re.DOTALL)
_LENGTH = re.compile(rb"/Length \d+")
_NUMBER = re.compile(rb"(?<=[\s\[/(])-?\d+(?:\.\d+)?(?=[\s\])/>])")
_REFERENCE = re.compile(rb"\b\d+ 0 R\b")
_NAME = re.compile(
    rb"/(?:Kids|Parent|Count|Type|Subtype|Filter|Width|Height|MediaBox|Contents|Resources|XObject|Font|Encoding|"
    rb"ToUnicode|DescendantFonts|W|Root|Pages|Size|Prev|Rotate|Matrix|BBox|Predictor|Columns)\b"
)
_NUMBER_IN_XML = re.compile(rb"(?<=[\">])-?\d+(?:\.\d+)?(?=[\"<])")
_HUGE = (b"0", b"-1", b"2147483647", b"-2147483648", b"4294967296", b"99999999999999999999", b"1e38", b"0.00000001",
         b"65535", b"1000000")  # fmt: skip


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """End somewhere, most often near the end."""
    return data[: int(len(data) * chance.random() ** 0.3)]


def bits_turned(data: bytes, chance: random.Random) -> bytes:
    """Turn single bits, few or many."""
    result = bytearray(data)
    for _ in range(2 ** chance.randrange(0, 10)):
        result[chance.randrange(len(result))] ^= 1 << chance.randrange(8)
    return bytes(result)


def part_lost(data: bytes, chance: random.Random) -> bytes:
    """Lose a part, or have it twice."""
    start, end = sorted(chance.choices(range(len(data)), k=2))
    end = min(end, start + 2 ** chance.randrange(2, 16))
    return data[:start] + (data[end:] if chance.random() < 0.5 else data[start:end] * 2 + data[end:])


def zeroed(data: bytes, chance: random.Random) -> bytes:
    """Hold a sector of zeros, as a disk gives that failed."""
    start = chance.randrange(len(data)) // 512 * 512
    return data[:start] + bytes(len(data[start : start + 512])) + data[start + 512 :]


def objects_swapped(data: bytes, chance: random.Random) -> bytes:
    """Have two objects in each other's place."""
    found = list(_OBJECT.finditer(data))
    if len(found) < 2:
        return bits_turned(data, chance)
    one, other = sorted(chance.sample(found, 2), key=lambda match: match.start())
    return b"".join([data[: one.start()], other.group(), data[one.end() : other.start()], one.group(),
                     data[other.end() :]])  # fmt: skip


def _changed(pattern: re.Pattern[bytes], data: bytes, chance: random.Random, new: Callable[[bytes], bytes]) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return bits_turned(data, chance)
    for one in sorted(
        chance.sample(found, min(len(found), chance.choice([1, 1, 2, 5]))), key=lambda match: -match.start()
    ):
        data = data[: one.start()] + new(one.group()) + data[one.end() :]
    return data


def lengths_changed(data: bytes, chance: random.Random) -> bytes:
    """Say of a stream that it is longer or shorter than it is."""
    return _changed(_LENGTH, data, chance, lambda _: b"/Length " + chance.choice(_HUGE))


def numbers_changed(data: bytes, chance: random.Random) -> bytes:
    """Hold numbers that nobody meant: huge, negative, none."""
    return _changed(_NUMBER, data, chance, lambda _: chance.choice(_HUGE))


def references_changed(data: bytes, chance: random.Random) -> bytes:
    """Refer to another object, most often one that exists: pages in a circle, forms that draw themselves."""
    highest = max((int(one.split()[0]) for one in re.findall(rb"\d+ 0 obj", data)), default=1)
    return _changed(_REFERENCE, data, chance, lambda _: b"%d 0 R" % chance.randrange(highest + 2))


def names_changed(data: bytes, chance: random.Random) -> bytes:
    """Have one entry under another's name."""
    names = _NAME.findall(data)
    return _changed(_NAME, data, chance, lambda _: chance.choice(names))


def member_damaged(data: bytes, chance: random.Random) -> bytes:
    """Damage one member of a zip and pack it anew, so that its checksum is right."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as after:
        names = before.namelist()
        broken = chance.choice(names)
        for name in names:
            member = before.read(name)
            if name == broken and member:
                member = chance.choice((*ANY_KIND, numbers_in_xml_changed))(member, chance)
            after.writestr(name, member)
    return whole.getvalue()


def numbers_in_xml_changed(data: bytes, chance: random.Random) -> bytes:
    """Hold numbers that nobody meant between quotation marks or tags."""
    return _changed(_NUMBER_IN_XML, data, chance, lambda _: chance.choice(_HUGE))


ANY_KIND = (cut_off, bits_turned, part_lost, zeroed)
WAYS = (cut_off, bits_turned, part_lost, zeroed, objects_swapped, lengths_changed, numbers_changed,
        references_changed, references_changed, names_changed)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return a copy damaged in one to three ways, and their names."""
    is_pdf = b"%PDF" in data[:1024]
    known = WAYS if is_pdf else ANY_KIND + (member_damaged,) * 8 if zipfile.is_zipfile(io.BytesIO(data)) else ANY_KIND
    ways = chance.choices(known, k=chance.choice([1, 1, 1, 2, 3]) if is_pdf else 1)
    for way in ways:
        data = way(data, chance) or (b"%PDF-" if is_pdf else b"")
    return data, "+".join(way.__name__ for way in ways)


def copies(paths: Sequence[Path], seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies without end; the name of each tells its file, number and ways."""
    chance = random.Random(seed)
    number = 0
    while True:
        path = chance.choice(paths)
        data, ways = damaged(path.read_bytes(), random.Random(seed * 1_000_003 + number))
        yield f"{path.stem}-{seed}-{number}-{ways}{path.suffix}", data
        number += 1


def read_without_ocr(data: bytes, name: str, limits: ParseLimits) -> Document:
    """Return what is read when pages that would go to OCR are rendered as for it and have no words."""

    def blank(pixels: ocr_pool.Image, number: int, scale: float) -> tuple[PageLines, list[Grid]]:
        height, width = (side * scale for side in pixels.shape)
        return PageLines(number, width, height, (), by_ocr=True), []

    ocr_pool.read_page = blank
    return read_document(data, name, limits, ())


def read_all(data: bytes, name: str, limits: ParseLimits) -> Document:
    """Return what `collect` reads."""
    return read_document(data, name, limits, ())


def ends(pool: WorkerPool, read_one: Callable[..., Document], name: str, data: bytes) -> tuple[str, str]:
    """Return how reading ends, by its code, and what was said."""
    try:
        read = pool.run(name, read_one, data, name, pool.limits)
    except XianbaoError as error:
        said = error.message("en")
        return (error.code, said) if all(error.what) and all(error.next_step) else ("no words", said)
    except Exception as error:  # noqa: BLE001 - what the system calls internal_error
        return "internal_error", "".join(traceback.format_exception(error)) + "".join(getattr(error, "__notes__", ()))
    return "read", f"{read.pages} pages, {len(read.text)} characters"


def main() -> None:
    """Read until the time is over; print how many ended how, and every defect."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("places", nargs="+", type=Path)
    arguments.add_argument("--minutes", type=float, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=60, help="A file's time, after which it is refused.")
    arguments.add_argument("--keep", type=Path)
    arguments.add_argument("--as-they-are", action="store_true")
    arguments.add_argument("--no-ocr", action="store_true")
    arguments.add_argument("--all", action="store_true", help="Files of every kind.")
    options = arguments.parse_args()
    # By the name that workers import it by: this module is the main one here.
    read_one = getattr(importlib.import_module("tests.benchmarks.hunt_broken_pdfs"),
                       "read_without_ocr" if options.no_ocr else "read_all")  # fmt: skip
    kind = "*" if options.all else "*.pdf"
    paths = sorted({
        one for place in options.places for one in ([place] if place.is_file() else place.rglob(kind)) if one.is_file()
    })  # fmt: skip
    pool = WorkerPool(replace(LIMITS, seconds=options.seconds), options.workers)
    counts: collections.Counter[str] = collections.Counter()
    slowest: list[tuple[float, str]] = []
    end = time.monotonic() + options.minutes * 60

    def one(file: tuple[str, bytes]) -> None:
        name, data = file
        if time.monotonic() > end:
            return
        began = time.monotonic()
        code, said = ends(pool, read_one, name, data)
        counts[code] += 1
        slowest.append((round(time.monotonic() - began, 1), name))
        if sum(counts.values()) % 100 == 0:
            sys.stdout.write(f"{sum(counts.values())}: {dict(counts)}\n")
            sys.stdout.flush()
        if code in _WATCHED or code == "no words":
            digest = hashlib.sha256(data).hexdigest()[:12]
            sys.stdout.write(f"{code}\t{digest}\t{name}\t{said}\n")
            sys.stdout.flush()
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{code}-{digest}{Path(name).suffix}").write_bytes(data)

    whole = [(path.name, path.read_bytes()) for path in paths if path.stat().st_size]
    with ThreadPoolExecutor(options.workers) as threads:
        list(threads.map(one, whole))
        sys.stdout.write(f"{len(whole)} files as they are: {dict(counts)}\n")
        sys.stdout.flush()
        made = copies([path for path in paths if path.stat().st_size], options.seed)
        while not options.as_they_are and time.monotonic() < end:
            list(threads.map(one, islice(made, 50)))
    pool.close()
    sys.stdout.write(f"{sum(counts.values())} in all: {dict(counts)}\nlongest: {sorted(slowest)[-5:]}\n")


if __name__ == "__main__":
    main()
