"""OFD, the national standard for fixed layout (GB/T 33190-2016): text with its place on the page, and the rules drawn.

Read directly, by lxml: the one library on PyPI for it unpacks every member below the working folder, finds pages by
parts of their names and needs a PDF engine under another licence. What stands where is then read as PDF pages are
(`tasks.parse.layout`). Lengths in OFD are millimetres from the top left.
"""

import contextlib
import io
import posixpath
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tasks.domain.documents import Box, Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.assembly import readable
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told, not_opened
from tasks.parse.grids import Grid, grids_of_rules
from tasks.parse.layout import assemble, without_running_lines
from tasks.parse.lines import Cell, Line, PageLines
from tasks.parse.pdf_pages import RULES_OF_A_TABLE
from tasks.parse.pdf_tables import aligned_grids, fill_tables

__all__ = ["parse_ofd"]

_POINTS = 72 / 25.4  # per millimetre
_A4 = (210.0, 297.0)
_APART = 1.2  # em between two pieces of a row that are lines of their own: cells, columns
_BLANK = 0.5  # em between two pieces of a line that are read with a blank between them
_SHORTEST, _STRAIGHT = 1.0, 0.1  # points of a rule's length, and by which its ends may differ
# The numbers that each letter of a path takes; the last two are where it leads.
_NUMBER = r"[\s,]*-?[\d.]+(?:[eE][-+]?\d+)?"
_PATH = re.compile(rf"([MSLQBAC])((?:{_NUMBER})*)")
_NUMBERS = re.compile(r"-?[\d.]+(?:[eE][-+]?\d+)?")
_SEGMENTS_SEEN = 40_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters written in one go; `edges` in points, one more than characters."""

    text: str
    top: float
    bottom: float
    edges: Sequence[float]


def parse_ofd(data: bytes, file_name: str, limits: ParseLimits) -> Document:
    """Return the Document of an OFD file: paragraphs and cells of tables, with page and box in PDF points.

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
            read = [_read(package, page, number) for number, page in enumerate(pages, start=1)]
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, OSError, EOFError) as error:
        raise SourceMalformed(
            "truncated_file", Place(file_name),
            Text(not_opened("OFD", error), f"the OFD file cannot be opened: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error  # fmt: skip
    return _assembled([page for page, _ in read], {page.number: grids for page, grids in read if grids})


def _assembled(pages: list[PageLines], ruled: dict[int, list[Grid]]) -> Document:
    grids = [grid for of_page in ruled.values() for grid in of_page]
    rest = without_running_lines(pages)
    for page in rest:
        if page.number not in ruled:
            grids += aligned_grids(page)
    cells: list[Cell] = []
    if grids:
        filled, cells = fill_tables(pages, grids)
        rest = without_running_lines(filled)
    return assemble(rest, cells, FileKind.OFD.value, "ofd")


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    size: tuple[float, float]


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
        size = _size(next(_find(document, "CommonData"), document), _A4)
        for page in _find(next(_find(document, "Pages"), document), "Page"):
            yield _Page(_location(path, page.get("BaseLoc") or ""), size)


def _size(element: Any, otherwise: tuple[float, float]) -> tuple[float, float]:
    box = next(_find(element, "PhysicalBox"), None)
    numbers = _numbers(box.text) if box is not None else []
    return (numbers[2], numbers[3]) if len(numbers) == 4 and min(numbers[2:]) > 0 else otherwise


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


def _read(package: zipfile.ZipFile, page: _Page, number: int) -> tuple[PageLines, list[Grid]]:
    """Return the lines of a page, and where its rules tell that tables are."""
    content = _xml(package, page.path)
    width, height = (side * _POINTS for side in _size(content, page.size))
    pieces = [piece for one in _find(content, "TextObject") for piece in _pieces(one)]
    level: array[float] = array("d")  # y, left and right of each
    plumb: array[float] = array("d")  # x, top and bottom
    for one in _find(content, "PathObject"):
        if len(level) + len(plumb) < 3 * _SEGMENTS_SEEN:
            # A drawing that is written wrongly costs its rules, and not the report.
            with contextlib.suppress(ValueError):
                _add_rules(one, level, plumb)
    grids = grids_of_rules(level, plumb, number) if len(level) + len(plumb) >= 3 * RULES_OF_A_TABLE else []
    return PageLines(number, width, height, tuple(_lines(pieces, number))), grids


def _matrix(element: Any) -> tuple[float, float, float, float, float, float]:
    """Return the way from an object's own millimetres to those of the page."""
    boundary = _numbers(element.get("Boundary"))
    left, top = boundary[:2] if len(boundary) == 4 else (0.0, 0.0)
    a, b, c, d, e, f = matrix if len(matrix := _numbers(element.get("CTM"))) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return a, b, c, d, left + e, top + f


def _add_rules(element: Any, level: "array[float]", plumb: "array[float]") -> None:
    """Add the level and plumb strokes of a path; a curve counts as the straight line between its ends."""
    a, b, c, d, e, f = _matrix(element)
    if element.get("Visible") == "false" or (element.get("Stroke") == "false" and element.get("Fill") != "true"):
        return
    # Its own only: a path has further ones within that clip it, and are not seen.
    for data in (
        one for one in element if isinstance(one.tag, str) and etree.QName(one).localname == "AbbreviatedData"
    ):
        x = y = first_x = first_y = 0.0
        for letter, words in _PATH.findall(data.text or ""):
            if len(level) + len(plumb) >= 3 * _SEGMENTS_SEEN:
                return
            numbers = [float(one) for one in _NUMBERS.findall(words)]
            before_x, before_y = x, y
            if letter == "C":
                x, y = first_x, first_y
            elif len(numbers) >= 2:
                across, down = numbers[-2:]
                x, y = (a * across + c * down + e) * _POINTS, (b * across + d * down + f) * _POINTS
            if letter in "MS":
                first_x, first_y = x, y
            elif abs(y - before_y) <= _STRAIGHT and abs(x - before_x) >= _SHORTEST:
                level.extend((y, min(x, before_x), max(x, before_x)))
            elif abs(x - before_x) <= _STRAIGHT and abs(y - before_y) >= _SHORTEST:
                plumb.extend((x, min(y, before_y), max(y, before_y)))


def _lines(pieces: list[_Piece], number: int) -> Iterator[Line]:
    """Yield the lines of a page; pieces of one base line are one line where they touch, whatever wrote them."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda one: (one.bottom, one.edges[0])):
        if rows and piece.bottom - rows[-1][0].bottom <= 0.4 * (piece.bottom - piece.top):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda one: one.edges[0])
        parts: list[_Piece] = []
        for piece in row:
            if parts and _room(parts[-1], piece) > _APART:
                yield _line(parts, number)
                parts = []
            parts.append(piece)
        yield _line(parts, number)


def _room(before: _Piece, piece: _Piece) -> float:
    """Return the em between two pieces of a row."""
    return (piece.edges[0] - before.edges[-1]) / max(1.0, piece.bottom - piece.top)


def _line(parts: Sequence[_Piece], number: int) -> Line:
    texts: list[str] = []
    edges: list[float] = []
    for at, piece in enumerate(parts):
        if at and _room(parts[at - 1], piece) > _BLANK:
            texts.append(" ")
            edges.append(parts[at - 1].edges[-1])
        texts.append(piece.text)
        edges += piece.edges[:-1]
    edges.append(parts[-1].edges[-1])
    box = Box(min(edges), min(one.top for one in parts), max(edges), max(one.bottom for one in parts))
    return Line("".join(texts), number, box, array("f", edges))


def _pieces(element: Any) -> Iterator[_Piece]:
    """Yield the text codes of a text object with the places of their characters, without blanks at their ends."""
    a, b, c, d, e, f = _matrix(element)
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
                places.append((a * across + c * y + e) * _POINTS)
            across += steps[index] if index < len(steps) else wide
        places.append((a * across + c * y + e) * _POINTS)
        base, tall = b * x + d * y + f, size * abs(d or 1.0)
        lead, end = len(text) - len(text.lstrip()), len(text.rstrip())
        if lead < end:
            top, bottom = (base - 0.86 * tall) * _POINTS, (base + 0.14 * tall) * _POINTS
            yield _Piece(text[lead:end], top, bottom, places[lead : end + 1])
