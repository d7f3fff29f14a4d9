"""Text that cannot be believed is compared with what the page shows, and read by OCR where they differ."""

import io
import re
import unicodedata

import pypdfium2
import pytest
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTCollection

from tasks.parse import parse_report

FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
TRUE = (
    "　示例镇全年粮食播种面积稳定，粮食总产量12345吨，",
    "比上年增长3.2%。农村居民人均可支配收入16543元，",
    "比上年增长7.1%，群众的获得感、幸福感不断增强，全",
    "镇经济社会发展的各项工作都取得了新的成绩。",
)
FALSE = (
    "　示列镇全年粮食播种面枳稳定，粮食总广量12845吨，",
    "比上年增氏8.2%。农村居民人圴可攴配收入16548元，",
    "比上年增长7.l%，群众的荻得惑、幸福惑不断增强，全",
    "镇经济社会发展旳各项工作都取碍了新旳成续。",
)


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


WRITTEN = plain("".join(TRUE))


def with_hidden_text(sheet, scanner, shown, hidden) -> bytes:
    """A scan of `shown` with the invisible words `hidden` behind it, as scanner programs make them."""
    page = sheet()
    page.add_page()
    (image,) = scanner.rendered(page.lines(*shown).data)
    behind = sheet()
    behind.add_page()
    behind.image(io.BytesIO(scanner.jpeg(image, quality=80)), 0, 0, w=behind.w, h=behind.h)
    behind.text_mode = 3
    return behind.lines(*hidden).data


def test_words_behind_a_scan_are_kept_when_the_scan_says_the_same(sheet, scanner):
    document = parse_report(with_hidden_text(sheet, scanner, TRUE, TRUE), "总结.pdf")
    assert document.parser == "pypdfium2"
    assert plain(document.text) == WRITTEN


def test_words_behind_a_scan_that_are_another_programs_mistakes_are_read_anew(sheet, scanner):
    document = parse_report(with_hidden_text(sheet, scanner, TRUE, FALSE), "总结.pdf")
    assert document.parser == "pypdfium2+rapidocr"
    assert plain(document.text) == WRITTEN


def test_characters_without_a_map_to_unicode_are_read_from_the_page(sheet):
    pdf = sheet()
    pdf.add_page()
    data = pdf.lines(*TRUE).data
    # The font keeps its shapes; its map says that every character is a private one.
    broken = re.sub(rb"beginbfchar.*?endbfchar", _private, data, flags=re.S)
    assert broken != data
    assert "示例镇" not in pypdfium2.PdfDocument(broken)[0].get_textpage().get_text_range()
    document = parse_report(broken, "总结.pdf")
    assert "rapidocr" in document.parser
    assert plain(document.text) == WRITTEN


def test_characters_mapped_to_other_characters_are_read_from_the_page(sheet):
    pdf = sheet()
    pdf.add_page()
    broken = re.sub(rb"beginbfchar.*?endbfchar", _shifted, pdf.lines(*TRUE).data, flags=re.S)
    assert "示例镇" not in pypdfium2.PdfDocument(broken)[0].get_textpage().get_text_range()
    document = parse_report(broken, "总结.pdf")
    assert "rapidocr" in document.parser
    assert plain(document.text) == WRITTEN


def _private(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"<[0-9A-Fa-f]{4}>\n", lambda one: b"<E000>\n", match.group())


def _shifted(match: re.Match[bytes]) -> bytes:
    def shift(one: re.Match[bytes]) -> bytes:
        return b"<%04X>\n" % (int(one.group()[1:5], 16) + 300)

    return re.sub(rb"<[0-9A-Fa-f]{4}>\n", shift, match.group())


def test_a_scanned_page_among_written_ones_is_read_in_its_place(sheet, scanner):
    page = sheet()
    page.add_page()
    (image,) = scanner.rendered(page.lines(*TRUE).data)
    mixed = sheet()
    for number in range(3):
        mixed.add_page()
        if number == 1:
            mixed.image(io.BytesIO(scanner.jpeg(image)), 0, 0, w=mixed.w, h=mixed.h)
        else:
            mixed.lines(f"　这是第{number + 1}页，全镇各项工作都有新的进展，", "群众满意。")
    document = parse_report(mixed.data, "总结.pdf")
    paragraphs = document.text.split("\n")
    assert [paragraphs[0][:4], plain(paragraphs[1]), paragraphs[2][:4]] == ["这是第1", WRITTEN, "这是第3"]
    assert [one.page for one in document.blocks] == [1, 2, 3]
    assert [one.ocr_confidence is None for one in document.blocks] == [True, False, True]


def as_curves(words: str, size: float, x: float, y: float) -> str:
    """The outlines of `words` as paths of an SVG."""
    font = TTCollection(str(FONT)).fonts[0]
    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    scale = size / font["head"].unitsPerEm
    paths = []
    for character in words:
        pen = SVGPathPen(glyphs)
        glyph = glyphs[names[ord(character)]]
        glyph.draw(pen)
        paths.append(f'<path transform="translate({x} {y}) scale({scale} {-scale})" d="{pen.getCommands()}"/>')
        x += glyph.width * scale
    return "".join(paths)


def test_letters_turned_into_curves_are_read(sheet):
    lines = "".join(as_curves(line.strip("　"), 14, 85, 110 + 26 * at) for at, line in enumerate(TRUE))
    pdf = sheet()
    pdf.add_page()
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842" viewBox="0 0 595 842">{lines}</svg>'
    pdf.image(io.BytesIO(svg.encode()), 0, 0)
    assert pypdfium2.PdfDocument(pdf.data)[0].get_textpage().get_text_range() == ""
    document = parse_report(pdf.data, "总结.pdf")
    assert plain(document.text) == WRITTEN
    assert document.quality.ocr_mean is not None


@pytest.mark.parametrize("extra", ["", "　一张照片见上。"])
def test_a_photograph_in_a_written_page_changes_nothing(extra, sheet, scanner):
    blank = sheet()
    blank.add_page()
    noise = scanner.photographed(scanner.rendered(blank.data)[0])
    pdf = sheet()
    pdf.add_page()
    pdf.image(io.BytesIO(scanner.jpeg(noise)), 85, 300, w=200, h=150)
    document = parse_report(pdf.lines(*TRUE, extra).data, "总结.pdf")
    assert document.parser == "pypdfium2"
    assert plain(document.text).startswith(WRITTEN)
