"""Scans and photographs are read as the pages they were made from: askew, turned, in every image format."""

import io
import re
import socket
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report
from tasks.parse.workers import WorkerPool

INBOX = Path(__file__).resolve().parents[2] / "deploy" / "sample_county" / "inbox" / "2022年度"
SOURCES = INBOX.parents[1] / "sources"
LINES = (
    "　示例镇全年粮食播种面积3.86万亩，粮食总产量12345吨，",
    "比上年增长3.2%。农村居民人均可支配收入达到16543元，比",
    "上年增长7.1%（扣除价格因素后增长6.5%），群众满意。",
)
WRITTEN = "".join(LINES).strip("　")


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def page(sheet, scanner):
    """One page of text at 150 dpi."""
    pdf = sheet()
    pdf.add_page()
    (pixels,) = scanner.rendered(pdf.lines(*LINES).data)
    return pixels


@pytest.fixture(scope="module")
def narrow_pool():
    pool = WorkerPool(ParseLimits(memory_bytes=2**30), workers=1)
    yield pool
    pool.close()


def png(pixels: np.ndarray, **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **more)
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_is_read_however_it_lies_on_the_scanner(turn, page):
    document = parse_report(png(np.rot90(page, turn // 90), dpi=(150, 150)), "扫描.png")
    assert plain(document.text) == plain(WRITTEN)
    start = document.text.index("12345")
    number, box = document.place(start, start + 5)
    assert number == 1
    # Where the figure stands on the page as it was scanned: turned with it.
    across, down = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    height, width = (side * 72 / 150 for side in page.shape)
    upright = {0: (across, down), 90: (width - down, across), 180: (width - across, height - down),
               270: (down, height - across)}[turn]  # fmt: skip
    assert upright == pytest.approx((431, 105), abs=15)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [-4, -2, 1.5, 3])
def test_a_page_that_lies_askew_is_read(degrees, page, scanner):
    document = parse_report(scanner.jpeg(scanner.photographed(page, degrees=degrees)), "拍照.jpg")
    assert SequenceMatcher(None, plain(document.text), plain(WRITTEN)).ratio() > 0.97
    assert len(document.blocks) == 1


def test_every_page_of_a_tiff_is_a_page(page, scanner):
    document = parse_report(scanner.tiff([page, page, page]), "扫描.tif")
    assert (document.pages, document.media_type) == (3, "image/tiff")
    assert [plain(document.block_text(one)) for one in document.blocks] == [plain(WRITTEN)] * 3
    assert [one.page for one in document.blocks] == [1, 2, 3]


@pytest.mark.slow
def test_a_photograph_that_only_says_it_is_to_be_turned_is_read_as_it_is_shown(page):
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    Image.fromarray(np.rot90(page, 1)).save(buffer, "JPEG", quality=80, exif=exif, dpi=(150, 150))
    document = parse_report(buffer.getvalue(), "拍照.jpg")
    assert plain(document.text) == plain(WRITTEN)
    assert document.blocks[0].bbox.top < 200


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "I;16", "LA"])
def test_colours_of_every_kind_are_read(mode, page):
    picture = Image.fromarray(page)
    if mode == "I;16":
        picture = Image.fromarray(page.astype(np.uint16) * 256)
    elif mode in {"RGBA", "LA"}:
        # Black letters on nothing at all.
        picture = Image.merge("LA", (Image.new("L", picture.size, 0), Image.fromarray(255 - page))).convert(mode)
    else:
        picture = picture.convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(150, 150))
    assert SequenceMatcher(None, plain(parse_report(buffer.getvalue(), "图.png").text), plain(WRITTEN)).ratio() > 0.98


@pytest.mark.slow
def test_an_image_without_a_resolution_is_taken_for_a_sheet_of_a4(page):
    document = parse_report(png(page), "扫描.png")
    assert 80 < document.blocks[0].bbox.x0 < 120
    assert document.blocks[0].bbox.x1 < 595


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (40, 2000)])
def test_a_strip_without_words_takes_no_more_memory_than_a_page(size, narrow_pool):
    buffer = io.BytesIO()
    Image.new("L", size, 255).save(buffer, "PNG")
    with pytest.raises(SourceMalformed, match="no_text"):
        narrow_pool.run("条.png", parse_report, buffer.getvalue(), "条.png")


def test_a_strip_of_one_line_is_read(page):
    rows, columns = np.nonzero(page < 128)
    left = columns.min()
    strip = page[rows.min() - 4 : rows.min() + 40, left - 8 : columns.max() + 8]
    assert strip.shape[1] > 8 * strip.shape[0]
    for turned in (strip, np.rot90(strip)):
        assert plain(parse_report(png(turned, dpi=(150, 150)), "条.png").text) == plain(LINES[0])


def test_a_figure_is_as_sure_as_its_least_sure_digit_and_words_have_confidence(page):
    document = parse_report(png(page, dpi=(150, 150)), "扫描.png")
    assert document.quality.ocr_mean > 0.95
    assert document.quality.ocr_low < 0.05
    start = document.text.index("12345")
    assert 0.9 < document.ocr_confidence(start, start + 5) <= 1
    assert all(one.ocr_confidence is not None for one in document.blocks)


@pytest.mark.slow
def test_a_smudged_digit_is_unsure(page, scanner):
    document = parse_report(png(page, dpi=(150, 150)), "扫描.png")
    start = document.text.index("345")
    _, box = document.place(start, start + 2)
    left, top, right, bottom = (round(side * 150 / 72) for side in box)
    smudged = page.copy()
    smudged[(top + bottom) // 2 - 3 : bottom, left:right] = 90
    worse = parse_report(png(smudged, dpi=(150, 150)), "扫描.png")
    figure = re.search(r"总产量(\S+?)吨", worse.text)
    assert worse.ocr_confidence(figure.start(1), figure.end(1)) < 0.9


@pytest.mark.slow
def test_a_heading_with_a_wide_point_is_not_a_number_with_decimals(sheet, scanner):
    pdf = sheet()
    pdf.add_page()
    pdf.lines("　19．2024年打算。粮食面积稳定在3.38万亩，多种粮。", "　3.5万亩粮食已经种下，苗情很好。", "特此报告。")
    (pixels,) = scanner.rendered(pdf.data)
    document = parse_report(png(pixels, dpi=(150, 150)), "扫描.png")
    assert [one.section for one in document.blocks] == ["19．2024年打算"] * 3
    assert document.text.split("\n")[1].startswith("3.5万亩")


def test_nothing_is_fetched_from_anywhere(page, monkeypatch):
    def refused(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    from tasks.parse import ocr

    monkeypatch.setattr(ocr, "_engines", ocr.threading.local())
    assert len(ocr.read_image(page).lines) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("石榴坪镇领导班子2022年述职报告（扫描件）.pdf", "石榴坪镇-2022"),
        ("河湾乡2022年政府工作报告（拍照）.jpg", "河湾镇-2022"),
    ],
)
def test_the_sample_countys_scan_and_photograph_are_read(name, source):
    document = parse_report((INBOX / name).read_bytes(), name)
    written = plain((SOURCES / f"{source}.txt").read_text(encoding="utf-8"))
    assert SequenceMatcher(None, plain(document.text), written, autojunk=False).ratio() > 0.99
    assert document.quality.score > 0.98


def test_a_blank_image_has_no_text(scanner):
    with pytest.raises(SourceMalformed) as caught:
        parse_report(png(np.full((1754, 1240), 255, np.uint8)), "空白.png")
    assert caught.value.code == "no_text"


@pytest.mark.parametrize("side", [1, 2, 7])
def test_an_image_of_next_to_nothing_has_no_text(side):
    with pytest.raises(SourceMalformed) as caught:
        parse_report(png(np.zeros((side, side), np.uint8)), "点.png")
    assert caught.value.code == "no_text"


def test_an_image_that_unpacks_to_more_than_allowed_is_refused_unopened(page):
    with pytest.raises(SourceMalformed) as caught:
        parse_report(png(page), "大.png", ParseLimits(pixels=1_000_000))
    assert caught.value.code == "image_too_large"
    assert "1,000,000" in caught.value.message("zh")


def test_a_tiff_of_too_many_pages_is_refused(scanner):
    pages = [np.full((40, 40), 255, np.uint8)] * 5
    with pytest.raises(SourceMalformed) as caught:
        parse_report(scanner.tiff(pages), "多页.tif", ParseLimits(pages=4))
    assert caught.value.code == "too_many_pages"
