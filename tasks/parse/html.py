"""HTML: a report saved from an office system, or the body of a mail; paragraphs and tables as a browser shows them."""

from collections.abc import Iterator
from typing import Any

import lxml.html
from lxml import etree

from tasks.domain.documents import Document, Location
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.assembly import Assembler
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told

__all__ = ["html_document"]

_NOT_SHOWN = {"script", "style", "head", "title", "noscript", "template", "select", "option", "button", "nav", "iframe",
              "object", "svg", "textarea", "input"}  # fmt: skip
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "section", "article",
           "header", "footer", "main", "pre", "blockquote", "center", "form", "fieldset", "hr", "br", "body", "tbody",
           "td", "th", "tr", "table", "caption", "address", "aside", "figure"}  # fmt: skip
_SPACES = " \t\r\n"


def html_document(text: str, file_name: str, encoding: str | None) -> Document:
    """Return the Document of HTML that was decoded to `text`: blocks as a browser lays them out, scripts never run.

    Anchors say paragraph (from 1) and, in tables, the cell (`T1R2C3`). Nothing is fetched: no images, no styles.

    Raises:
        SourceMalformed: `damaged_file` when the parser finds no element in it.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, recover=True)
    reader = _Reader()
    with damage_told(file_name, "HTML"):
        try:
            root = lxml.html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError) as error:
            raise SourceMalformed(
                "damaged_file", Place(file_name),
                Text("网页已损坏，读不出", f"the page cannot be read: {error}"),
                Text("请乡镇另存为 docx 或 pdf 后报送", "ask the township to save it as docx or pdf"),
            ) from error  # fmt: skip
        reader.read(root)
    document = reader.out.document(FileKind.HTML.value, "lxml.html")
    return Document(**{**{name: getattr(document, name) for name in document.__slots__}, "encoding": encoding})


class _Reader:
    def __init__(self) -> None:
        self.out = Assembler()
        self.paragraphs = 0
        self.tables = 0
        self.line: list[str] = []

    def read(self, root: Any) -> None:
        self._walk(root)
        self._end_line()

    def _walk(self, element: Any) -> None:
        """Read an element and what it holds; its tail belongs to the element around it."""
        if not _is_shown(element):
            return
        if element.tag == "table" and _is_of_data(element):
            self._end_line()
            self._table(element)
            return
        is_block = element.tag in _BLOCKS
        if is_block:
            self._end_line()
        self.line.append(element.text or "")
        for child in element:
            self._walk(child)
            self.line.append(child.tail or "")
        if is_block:
            self._end_line()

    def _end_line(self) -> None:
        words = _collapsed("".join(self.line))
        self.line = []
        if words:
            self.paragraphs += 1
            self.out.add([(words, Location(paragraph=self.paragraphs))])

    def _table(self, table: Any) -> None:
        number, self.tables = self.tables, self.tables + 1
        taken: dict[tuple[int, int], bool] = {}
        for row, line in enumerate(_own(table, "tr")):
            column = 0
            for cell in (one for one in line if one.tag in {"td", "th"}):
                while (row, column) in taken:
                    column += 1
                down, across = _span(cell, "rowspan"), _span(cell, "colspan")
                taken.update(((row + y, column + x), True) for y in range(down) for x in range(across))
                words = _collapsed("".join(_words(cell)))
                if words:
                    self.paragraphs += 1
                    place = Location(paragraph=self.paragraphs, cell=f"T{number + 1}R{row + 1}C{column + 1}")
                    self.out.add([(words, place)], cell=(number, row, column))
                column += across


def _is_shown(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NOT_SHOWN or element.get("hidden") is not None:
        return False
    style = (element.get("style") or "").replace(" ", "").lower()
    return not ("display:none" in style or "visibility:hidden" in style)


def _is_of_data(table: Any) -> bool:
    """Return whether a table holds data; one of a single cell, or with tables inside, only lays out the page."""
    rows = list(_own(table, "tr"))
    cells = [sum(1 for one in row if one.tag in {"td", "th"}) for row in rows]
    return max(cells, default=0) > 1 and next(table.iterdescendants("table"), None) is None


def _own(table: Any, tag: str) -> Iterator[Any]:
    for child in table:
        if child.tag == tag:
            yield child
        elif child.tag in {"tbody", "thead", "tfoot"}:
            yield from (one for one in child if one.tag == tag)


def _words(element: Any) -> Iterator[str]:
    if not _is_shown(element):
        return
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


def _collapsed(words: str) -> str:
    """Return `words` with runs of blanks and line breaks as one blank, and none between Chinese characters.

    Line breaks in the source of a page are no breaks of the text; between two Chinese characters they are not even a
    blank (CSS Text 3, segment breaks).
    """
    parts = words.replace("\u00a0", " ").split()
    joined = ""
    for part in parts:
        wide = joined and ord(joined[-1]) > 0x2E7F and ord(part[0]) > 0x2E7F
        joined += part if wide or not joined else f" {part}"
    return joined.strip(_SPACES)


def _span(cell: Any, name: str) -> int:
    words = (cell.get(name) or "1").strip()
    return min(max(int(words), 1), 100) if words.isdecimal() and len(words) < 12 else 1
