"""OFD, the national standard for fixed layout (GB/T 33190-2016): text with its place on the page.

Read directly, by lxml: the one library on PyPI for it unpacks every member below the working folder, finds pages by
parts of their names and needs a PDF engine under another licence. Lengths in OFD are millimetres from the top left.
"""

import io
import itertools
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tasks.domain.documents import Anchor, Block, Box, Document, Location, Quality
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.assembly import readable
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told
from tasks.parse.headings import HeadingPath

__all__ = ["parse_ofd"]

_POINTS = 72 / 25.4  # per millimetre
_PAGE_NUMBER = re.compile(r"[\s—–-]*\d{1,4}[\s—–-]*|第\s*\d{1,4}\s*页.{0,12}")
_MARGIN = 0.09  # page numbers stand in the outer 9 % of the page's height
_SENTENCE_END = "。；！？：”）"
_A4 = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class _Line:
    """Characters of one line; `edges` in points, one more than characters."""

    text: str
    page: int
    top: float
    bottom: float
    edges: tuple[float, ...]


def parse_ofd(data: bytes, file_name: str, limits: ParseLimits) -> Document:
    """Return the Document of an OFD file: lines joined to paragraphs, each with page and box in PDF points.

    Page templates (letterheads, forms' frames) and annotations are not the report's text.

    Raises:
        SourceMalformed: `truncated_file`, `damaged_file`, or `too_many_pages`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, damage_told(file_name, "OFD"):
            pages = list(_pages(package))
            if len(pages) > limits.pages:
                raise SourceMalformed(
                    "too_many_pages", Place(file_name),
                    Text(f"有 {len(pages)} 页，超过上限 {limits.pages} 页",
                         f"{len(pages)} pages, more than the {limits.pages} allowed"),
                    Text("请乡镇只报送报告本身", "ask the township for the report only"),
                )  # fmt: skip
            lines = [line for number, page in enumerate(pages, start=1) for line in _lines(package, page, number)]
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, OSError, EOFError) as error:
        raise SourceMalformed(
            "truncated_file", Place(file_name),
            Text(f"OFD 打不开：{error}", f"the OFD file cannot be opened: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error  # fmt: skip
    return _assembled(lines, len(pages))


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    height: float


def _xml(package: zipfile.ZipFile, path: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(package.read(path), parser)


def _find(element: Any, name: str) -> Iterator[Any]:
    """Yield descendants called `name`, whatever prefix the writer chose for the namespace."""
    return (one for one in element.iter() if isinstance(one.tag, str) and etree.QName(one).localname == name)


def _location(base: str, words: str) -> str:
    """Return the member that a location names: from the root when it begins with /, else beside the file `base`."""
    path = words.strip()
    return posixpath.normpath(
        path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(base), path)
    )


def _pages(package: zipfile.ZipFile) -> Iterator[_Page]:
    for root in _find(_xml(package, "OFD.xml"), "DocRoot"):
        path = _location("OFD.xml", root.text or "")
        document = _xml(package, path)
        height = _height(next(_find(document, "CommonData"), document), _A4[1])
        for page in _find(next(_find(document, "Pages"), document), "Page"):
            yield _Page(_location(path, page.get("BaseLoc") or ""), height)


def _height(element: Any, otherwise: float) -> float:
    box = next(_find(element, "PhysicalBox"), None)
    numbers = _numbers(box.text) if box is not None else []
    return numbers[3] if len(numbers) == 4 and numbers[3] > 0 else otherwise


def _numbers(words: str | None) -> list[float]:
    """Return the numbers of a list; `g 3 5.2` stands for 5.2 three times."""
    parts = (words or "").split()
    numbers: list[float] = []
    while parts:
        if parts[0] == "g" and len(parts) > 2:
            numbers += [float(parts[2])] * min(int(parts[1]), 10_000)
            parts = parts[3:]
        else:
            numbers.append(float(parts.pop(0)))
    return numbers


def _lines(package: zipfile.ZipFile, page: _Page, number: int) -> list[_Line]:
    """Return the lines of a page, top to bottom; pieces on one base line are one line."""
    content = _xml(package, page.path)
    height = _height(content, page.height) * _POINTS
    pieces = [piece for one in _find(content, "TextObject") for piece in _pieces(one, number)]
    pieces.sort(key=lambda one: (one.bottom, one.edges[0]))
    lines: list[_Line] = []
    for _, group in itertools.groupby(_by_base_line(pieces), key=lambda one: one[0]):
        parts = sorted((piece for _, piece in group), key=lambda one: one.edges[0])
        text = "".join(one.text for one in parts)
        in_margin = parts[0].bottom < height * _MARGIN or parts[0].top > height * (1 - _MARGIN)
        if text.strip() and not (in_margin and _PAGE_NUMBER.fullmatch(text.strip())):
            edges = tuple(x for one in parts for x in one.edges[:-1]) + parts[-1].edges[-1:]
            lines.append(_Line(text, number, min(one.top for one in parts), max(one.bottom for one in parts), edges))
    return lines


def _by_base_line(pieces: list[_Line]) -> Iterator[tuple[int, _Line]]:
    line, base = 0, None
    for piece in pieces:
        if base is None or piece.bottom - base > 0.4 * (piece.bottom - piece.top):
            line, base = line + 1, piece.bottom
        yield line, piece


def _pieces(element: Any, page: int) -> Iterator[_Line]:
    """Yield the text codes of a text object with the places of their characters."""
    boundary = _numbers(element.get("Boundary"))
    left, top = boundary[:2] if len(boundary) == 4 else (0.0, 0.0)
    a, b, c, d, e, f = matrix if len(matrix := _numbers(element.get("CTM"))) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = float(element.get("Size") or 4)
    x, y = 0.0, 0.0
    for code in _find(element, "TextCode"):
        raw = code.text or ""
        x, y = float(code.get("X") or x), float(code.get("Y") or y)
        steps = _numbers(code.get("DeltaX"))
        text, places = "", []
        across = x
        for index, character in enumerate(raw):
            wide = size if ord(character) > 0xFF else size / 2
            for kept in readable(character):
                text += kept
                places.append(left + a * across + c * y + e)
            across += steps[index] if index < len(steps) else wide
        base, tall = top + b * x + d * y + f, size * abs(d or 1.0)
        if text:
            places.append(left + a * across + c * y + e)
            yield _Line(
                text, page, (base - 0.86 * tall) * _POINTS, (base + 0.14 * tall) * _POINTS,
                tuple(one * _POINTS for one in places),
            )  # fmt: skip


def _assembled(lines: list[_Line], pages: int) -> Document:
    right = sorted(line.edges[-1] for line in lines)[int(len(lines) * 0.95)] if lines else 0.0
    left = min((line.edges[0] for line in lines), default=0.0)
    paragraphs: list[list[_Line]] = []
    for line in lines:
        tall = max(6.0, line.bottom - line.top)
        previous = paragraphs[-1][-1] if paragraphs else None
        indented = line.text[:1] in "\u3000 " or line.edges[0] > left + 1.2 * tall
        if previous is not None and not indented and previous.edges[-1] > right - 2.2 * tall:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    text, path = "", HeadingPath()
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    for group in paragraphs:
        start = len(text)
        for line in group:
            lead = len(line.text) - len(line.text.lstrip()) if line is group[0] else 0
            words = line.text[lead:].rstrip()
            box = Box(line.edges[lead], line.top, line.edges[lead + len(words)], line.bottom)
            anchors.append(
                Anchor(len(text), len(text) + len(words), Location(page=line.page, box=box),
                       line.edges[lead : lead + len(words) + 1])
            )  # fmt: skip
            text += words
        first = [one.location.box for one in anchors if one.start >= start and one.location.page == group[0].page]
        boxes = [one for one in first if one is not None]
        around = Box(min(one.x0 for one in boxes), min(one.top for one in boxes),
                     max(one.x1 for one in boxes), max(one.bottom for one in boxes))  # fmt: skip
        words = text[start:]
        blocks.append(Block(len(blocks), path.see(words), start, len(text), str(path), group[0].page, around))
        text += "\n"
    text = text[:-1]
    unknown = len(re.findall("[\ufffd\ue000-\uf8ff]", text))
    return Document(
        text, tuple(blocks), FileKind.OFD.value, "ofd", pages=pages,
        quality=Quality(1 - unknown / max(1, len(text)), unknown), anchors=tuple(anchors),
    )  # fmt: skip
