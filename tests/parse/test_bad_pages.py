"""PDFs and images that were made to hurt: each ends as read or as refused with its reason, in time and in memory."""

import io
import math
import random
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import accumulate

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report
from tasks.parse.page_images import draw_pages
from tasks.parse.workers import WorkerPool

LIMITS = ParseLimits(seconds=60, memory_bytes=3 * 1024**3)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(LIMITS, workers=1)
    yield pool
    pool.close()


def outcome(data: bytes, name: str, limits: ParseLimits | None = None) -> str:
    """`read`, or the code of the refusal, whose message must say in both languages what to do."""
    try:
        parse_report(data, name, limits)
    except SourceMalformed as error:
        refusal = error
    else:
        return "read"
    assert refusal.place.file == name
    assert all(refusal.next_step)
    return refusal.code


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    parts = [b"%PDF-1.7\n", *(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, start=1))]
    places = list(accumulate(map(len, parts)))[:-1]
    body = b"".join(parts)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + tail


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def test_a_page_tree_that_is_its_own_branch_ends() -> None:
    looped = raw_pdf(CATALOGUE, b"<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R] >>")
    with pytest.raises(SourceMalformed) as caught:
        parse_report(looped, "圈.pdf")
    assert caught.value.code == "truncated_file"
    assert caught.value.message("zh") == "圈.pdf p.1: truncated_file: PDF 第 1 页已损坏，读不出 → 请乡镇重新报送"


def drawing_itself(times: int) -> bytes:
    """A page with a form that draws itself so many times."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources << /XObject << /F 5 0 R >> >>"
    return raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>",
        stream(b"/F Do"), stream(b"/F Do " * times, form),
    )  # fmt: skip


def test_a_form_that_draws_itself_ends() -> None:
    assert outcome(drawing_itself(1), "圈.pdf") == "no_text"


def test_words_that_a_form_enlarges_each_time_it_draws_itself_stand_nowhere_and_cost_nothing() -> None:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 300 500]"
    growing = raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /T 6 0 R >> /XObject << /F 5 0 R >> >> >>",
        stream(b"BT /T 24 Tf 72 720 Td (Grain output 12345 tons.) Tj ET q 1 0 0 1 72 200 cm /F Do Q"),
        stream(b"BT /T 24 Tf 0 320 Td (FX1) Tj 0 -200 Td (FX2) Tj ET q 100 0 0 100 0 200 cm /F Do Q", form),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )  # fmt: skip
    document = parse_report(growing, "大.pdf")
    assert "Grain output 12345 tons." in document.text
    assert all(math.isfinite(sum(one.bbox)) for one in document.blocks if one.bbox)


def test_a_page_of_no_size_costs_its_neighbours_nothing() -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    sized = raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 482 -1 792] /CropBox [0 482 0.00001 792] /Contents 7 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R "
        b"/Resources << /Font << /T 6 0 R >> >> >>",
        stream(b"BT /T 12 Tf 20 100 Td (Grain output 12345 tons.) Tj ET"), font,
        stream(b"0 0 100 100 re f " * 20),
    )  # fmt: skip
    assert parse_report(sized, "窄.pdf").text == "Grain output 12345 tons."
    assert draw_pages(sized, "窄.pdf", (2,), ParseLimits())[0].number == 2
    with pytest.raises(SourceMalformed, match="page_not_drawn"):
        draw_pages(sized, "窄.pdf", (1,), ParseLimits())


@pytest.mark.slow
def test_a_form_that_draws_itself_twice_costs_one_worker(pool: WorkerPool) -> None:
    # PDFium follows all 2 to the power of its depth and runs out of memory; only the worker's limits stand against it.
    with pytest.raises(SourceMalformed) as caught:
        pool.run("圈.pdf", outcome, drawing_itself(2), "圈.pdf")
    assert caught.value.code in {"reader_crashed", "memory_limit", "time_limit"}
    assert pool.run("脚本.pdf", reads, written()).startswith("Grain output")


@pytest.mark.parametrize("stated", [100_000, 2_000_000_000, -1])
def test_a_page_count_that_is_not_true_costs_nothing(stated: int) -> None:
    start = time.monotonic()
    lying = raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count %d /Kids [3 0 R] >>" % stated,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )  # fmt: skip
    assert outcome(lying, "多页.pdf") in {"no_text", "too_many_pages", "truncated_file"}
    assert time.monotonic() - start < 10


def test_a_hundred_thousand_pages_are_refused_by_their_number() -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 100_003))
    start = time.monotonic()
    with pytest.raises(SourceMalformed) as caught:
        parse_report(
            raw_pdf(CATALOGUE, b"<< /Type /Pages /Count 100000 /Kids [%s] >>" % kids, *[page] * 100_000), "多页.pdf"
        )
    assert caught.value.code == "too_many_pages"
    assert "100000" in caught.value.message("zh")
    assert time.monotonic() - start < 20


def huge_image(side: int) -> bytes:
    packed = zlib.compress(bytes(1_000_000), 9)
    return raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>",
        stream(b"595 0 0 842 0 0 cm /I Do"),
        stream(
            packed, b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8 /Filter /FlateDecode" % (side, side),
        ),
    )  # fmt: skip


def test_an_image_of_50000_by_50000_in_a_pdf_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(SourceMalformed) as caught:
        parse_report(huge_image(50_000), "大图.pdf")
    assert caught.value.code == "image_too_large"
    assert caught.value.place.page == 1
    assert "2,500,000,000" in caught.value.message("zh")


def test_an_image_of_50000_by_50000_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    picture = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(SourceMalformed) as caught:
        parse_report(picture, "大图.png")
    assert caught.value.code == "image_too_large"
    assert "2,500,000,000" in caught.value.message("zh")


def test_a_page_as_large_as_a_field_is_rendered_small(pool: WorkerPool) -> None:
    vast = raw_pdf(
        CATALOGUE, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1000000 1000000] /Contents 4 0 R >>",
        stream(b"0 0 m 900000 900000 l 5000 w S"),
    )  # fmt: skip
    assert pool.run("田.pdf", outcome, vast, "田.pdf") == "no_text"


def test_scripts_and_actions_are_never_run(pool: WorkerPool) -> None:
    scripted = raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while(true){app.alert(1)}) >> "
        b"/AA << /WC << /S /Launch /F (calc.exe) >> >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> "
        b"/AA << /O << /S /JavaScript /JS (while(true){}) >> >> >>",
        stream(b"BT /F 14 Tf 85 700 Td (Grain output of the township was 12345 tons.) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )  # fmt: skip
    assert pool.run("脚本.pdf", reads, scripted) == "Grain output of the township was 12345 tons."


def reads(data: bytes) -> str:
    return parse_report(data, "脚本.pdf").text


def picture(kind: str) -> bytes:
    chance = np.random.default_rng(1)
    buffer = io.BytesIO()
    Image.fromarray(chance.integers(0, 255, (120, 160), dtype=np.uint8)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
def test_an_image_cut_at_every_tenth_is_refused(kind: str) -> None:
    whole = picture(kind)
    name = f"图.{kind.lower()}"
    for tenth in range(1, 10):
        assert outcome(whole[: len(whole) * tenth // 10], name) != "read"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF"])
def test_an_image_with_changed_bytes_is_read_or_refused(kind: str) -> None:
    chance = random.Random(5)
    whole = bytearray(picture(kind))
    for _ in range(25):
        changed = whole.copy()
        for _ in range(8):
            changed[chance.randrange(min(400, len(changed)))] = chance.randrange(256)
        outcome(bytes(changed), f"图.{kind.lower()}", ParseLimits(pixels=4_000_000, pages=20))


def test_a_tiff_whose_pages_go_in_a_circle_ends() -> None:
    buffer = io.BytesIO()
    white = Image.new("L", (20, 20), 255)
    white.save(buffer, "TIFF", save_all=True, append_images=[white])
    data = bytearray(buffer.getvalue())
    first = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, first + 2 + 12 * entries)[0]
    entries = struct.unpack_from("<H", data, second)[0]
    struct.pack_into("<I", data, second + 2 + 12 * entries, first)
    assert outcome(bytes(data), "圈.tif", ParseLimits(pages=30)) in {"no_text", "too_many_pages", "truncated_file"}


def written() -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for _ in range(2):
        pdf.add_page()
        pdf.multi_cell(0, 8, "Grain output 12345 tons. " * 30)
        with pdf.table() as table:
            for _ in range(4):
                table.row(["name", "unit", "12345"])
    return bytes(pdf.output())


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` as bad disks, bad lines and bad programs leave it."""
    result = bytearray(data)
    ways: list[Callable[[], None]] = [
        lambda: result.__delitem__(slice(chance.randrange(len(result)), None)),
        lambda: result.__delitem__(slice(0, chance.randrange(1, 300))),
        lambda: result.__setitem__(slice(*sorted(chance.choices(range(len(result)), k=2))), b""),
        lambda: result.extend(result[chance.randrange(len(result)) :]),
    ]
    for _ in range(chance.randrange(0, 30)):
        result[chance.randrange(len(result))] = chance.randrange(256)
    if chance.random() < 0.6:
        chance.choice(ways)()
    return bytes(result)


@pytest.mark.slow
def test_three_hundred_damaged_pdfs_are_each_read_or_refused(pool: WorkerPool) -> None:
    chance = random.Random(11)
    whole = written()
    ends: dict[str, int] = {}
    for _ in range(300):
        end = pool.run("坏.pdf", outcome, damaged(whole, chance), "坏.pdf")
        ends[end] = ends.get(end, 0) + 1
    assert ends["read"] > 10
    assert ends["truncated_file"] > 10
    assert sum(ends.values()) == 300
