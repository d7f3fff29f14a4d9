"""Official letters (公文): fonts, sizes and forms of address that every letter of the county shares."""

import datetime as dt
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

__all__ = [
    "BODY",
    "BODY_SIZE",
    "TITLE",
    "TITLE_SIZE",
    "add_link",
    "add_paragraph",
    "addressee",
    "day_words",
    "number_pages",
    "set_font",
]

# Fonts and sizes of official documents (GB/T 9704-2012): title 小标宋 二号, text 仿宋 三号; tables are set smaller.
TITLE, BODY = "SimSun", "FangSong"
TITLE_SIZE, BODY_SIZE = Pt(22), Pt(16)


def addressee(unit: str) -> str:
    """Return whom the letter is addressed to: a street has an office, a township a government."""
    if unit.endswith("街道"):
        return f"{unit}办事处"
    return f"{unit}人民政府" if unit.endswith(("乡", "镇", "苏木")) else unit


def day_words(day: dt.date, zh: bool) -> str:
    """Return a day as letters write it."""
    return f"{day.year}年{day.month}月{day.day}日" if zh else day.isoformat()


def number_pages(section: Any) -> None:
    """Put the page number into the foot of a section."""
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("— ", None, " —"):
        run = foot.add_run(words or "")
        set_font(run, TITLE, Pt(12))
        if words is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            foot._p.append(field)


def add_paragraph(
    letter: Any, words: str, font: str, size: Any, alignment: Any = None, *, bold: bool = False, indent: bool = False
) -> None:
    """Add a paragraph in one font; sizes are python-docx lengths."""
    paragraph = letter.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(4)
    if indent:
        paragraph.paragraph_format.first_line_indent = size * 2
    run = paragraph.add_run(words)
    run.bold = bold
    set_font(run, font, size)


def add_link(paragraph: Any, words: str, address: str, font: str, size: Any) -> None:
    """Add words that open `address` to a paragraph, blue and underlined as Word shows links."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    set_font(run, font, size)
    run.font.underline, run.font.color.rgb = True, RGBColor(0x05, 0x63, 0xC1)
    link.append(run._r)
    paragraph._p.append(link)


def set_font(run: Any, font: str, size: Any) -> None:
    """Set the font for Chinese too: Word takes that from an attribute of its own."""
    run.font.name, run.font.size = font, size
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
