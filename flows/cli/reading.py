"""`county extract` and `county parse`: what do you read in this file? No warehouse, no server."""

import csv
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from flows.cli.messages import print_error
from tasks import arrivals, extract, parse
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, SourceUnavailable, Text, XianbaoError
from tasks.domain.facts import Extraction
from tasks.domain.limits import ParseLimits
from tasks.domain.periods import ReportPeriod
from tasks.parse.workers import shared_pool
from tasks.rereading import reader

__all__ = [
    "FACT_COLUMNS",
    "MENTION_COLUMNS",
    "document_json",
    "fact_rows",
    "mention_rows",
    "open_document",
    "open_documents",
    "period_named",
    "read_document",
    "read_file",
    "write_csv",
]

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
TYPED = "--text"  # stands for the file name of a text that was typed

FACT_COLUMNS = (
    "file", "unit_code", "period", "code", "measure", "value", "value_high", "unit", "bound", "item", "start", "end",
    "evidence", "status", "rule_id", "confidence",
)  # fmt: skip
MENTION_COLUMNS = ("file", "start", "end", "surface", "low", "high", "unit", "bound")


def read_file(path: Path, period: ReportPeriod | None) -> tuple[Document, Extraction]:
    """Return the Document in `path` and everything read out of it.

    Raises:
        SourceUnavailable: the file cannot be opened.
        SourceMalformed: it cannot be parsed.
    """
    document = open_document(path)
    return document, read_document(document, period)


def read_document(document: Document, period: ReportPeriod | None) -> Extraction:
    """Return everything read out of `document`."""
    return extract.extract_document(document, period, reader())


def period_named(name: str, document: Document) -> ReportPeriod | None:
    """Return the year in a file's name (青坪镇2023.txt) where the report itself tells no other, else None."""
    match = _YEAR.search(name)
    year = int(match.group()) if match else None
    return ReportPeriod(year, 1, 12) if year and extract.report_year(document.text, year) == year else None


def open_documents(files: Sequence[Path], text: str | None, console: Console) -> Iterator[tuple[str, Document | None]]:
    """Yield name and Document of each of `files`, of the files in those that are containers, and of `text`.

    What cannot be opened is told, and its Document is None; a file in an archive is called `报送.zip!/报告.docx`.
    """
    if text is not None:
        yield TYPED, parse.document_from_text(text)
    for path in track(files, "读取 reading", console=console, disable=len(files) < 2, transient=True):
        try:
            found = _files_in(path)
        except XianbaoError as error:
            print_error(console, error)
            yield path.name, None
            continue
        for name, data in found:
            try:
                if isinstance(data, XianbaoError):
                    raise data
                document = _parsed(data, name)
            except XianbaoError as error:
                print_error(console, error)
                yield name, None
            else:
                yield name, document


def _files_in(path: Path) -> list[tuple[str, bytes | SourceMalformed]]:
    """Return name and bytes of the file at `path`, or of each file in it when it is a container."""
    data = _read(path)
    if not arrivals.may_be_container(data):
        return [(path.name, data)]
    limits = ParseLimits()
    members = shared_pool(limits, 1).run(
        path.name, arrivals.open_container, data, path.name, limits, arrivals.file_passwords()
    )
    return [(f"{path.name}!/{one.path}", one.refused or one.data) for one in members] or [(path.name, data)]


def _parsed(data: bytes, name: str) -> Document:
    """Return the Document in `data`, read in a worker process with the default limits."""
    limits = ParseLimits()
    return shared_pool(limits, 1).run(name, parse.parse_report, data, name, limits, arrivals.file_passwords())


def open_document(path: Path) -> Document:
    """Return the Document in `path`; raises as `read_file`, and `SourceMalformed` for a container of several files."""
    found = _files_in(path)
    name, data = found[0]
    if len(found) > 1:
        names = "、".join(one for one, _ in found[:10])
        raise SourceMalformed(
            "several_files", Place(str(path)),
            Text(f"其中有 {len(found)} 个文件：{names}", f"it holds {len(found)} files: {names}"),
            Text("请用 county extract 读取全部，或解压后逐个读取",
                 "read all of them with `county extract`, or unpack it and read one"),
        )  # fmt: skip
    if isinstance(data, SourceMalformed):
        raise data
    return _parsed(data, name)


def _read(path: Path) -> bytes:
    allowed = ParseLimits().file_bytes
    try:
        if path.stat().st_size > allowed:
            size = path.stat().st_size // 2**20
            raise SourceMalformed(
                "file_too_large", Place(str(path)),
                Text(f"文件有 {size} MiB，超过上限 {allowed // 2**20} MiB",
                     f"the file has {size} MiB, more than the {allowed // 2**20} MiB allowed"),
                Text("请只选报告本身", "choose the report only"),
            )  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(
            "file_unavailable",
            Place(str(path)),
            Text(f"文件打不开：{error.strerror}", f"the file cannot be opened: {error.strerror}"),
            Text("请检查路径和权限", "check path and permissions"),
        ) from error


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}" if abs(value) < 1e11 else f"{value:.0f}"


def fact_rows(file: str, extraction: Extraction, unit_code: str = "", period: str = "") -> list[dict[str, Any]]:
    """Return one row per fact with the columns `FACT_COLUMNS`; readings that lost come last, status `rejected`."""
    return [
        {
            "file": file,
            "unit_code": unit_code,
            "period": fact.period or period,
            "code": fact.indicator,
            "measure": fact.measure,
            "value": _number(fact.value),
            "value_high": _number(fact.value_high),
            "unit": fact.unit,
            "bound": fact.bound,
            "item": fact.item,
            "start": fact.start,
            "end": fact.end,
            "evidence": fact.evidence,
            "status": fact.status,
            "rule_id": fact.rule_id,
            "confidence": fact.confidence,
        }
        for fact in (*extraction.facts, *extraction.rejects)
    ]


def mention_rows(file: str, extraction: Extraction) -> list[dict[str, Any]]:
    """Return one row per mention with the columns `MENTION_COLUMNS`; an open end is empty."""
    return [
        {
            "file": file,
            "start": mention.start,
            "end": mention.end,
            "surface": mention.surface,
            "low": _number(mention.low),
            "high": _number(mention.high),
            "unit": mention.unit,
            "bound": mention.bound,
        }
        for mention in extraction.mentions
    ]


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write `rows` as UTF-8 CSV with a byte order mark, so that Excel shows Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(rows)


def document_json(document: Document) -> str:
    """Return the Document as JSON: text, blocks with page, box and offsets, quality, the place of each part."""
    anchors = [
        {**one._asdict(), "location": one.location._asdict(), "edges": list(one.edges)} for one in document.anchors
    ]  # fmt: skip
    blocks = [one._asdict() for one in document.blocks]
    shown = dataclasses.asdict(dataclasses.replace(document, blocks=(), anchors=()))
    return json.dumps({**shown, "blocks": blocks, "anchors": anchors}, ensure_ascii=False, indent=1)
