"""`county extract` and `county parse`: what do you read in this file? No warehouse, no server."""

import csv
import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from expectations.catalogue import load_catalogue
from flows.cli.messages import print_error
from tasks import extract, parse
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceUnavailable, Text, XianbaoError
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.lexicon import load_lexicon

__all__ = [
    "FACT_COLUMNS",
    "MENTION_COLUMNS",
    "document_json",
    "fact_rows",
    "mention_rows",
    "open_document",
    "open_documents",
    "read_document",
    "read_file",
    "reader",
    "write_csv",
]

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


@cache
def reader() -> extract.Reader:
    """Return the reading engine with the lexicon and catalogue that ship with the project."""
    return extract.build_reader(load_catalogue(), load_lexicon())


def read_document(document: Document, period: ReportPeriod | None) -> Extraction:
    """Return everything read out of `document`."""
    return extract.extract_document(document, period, reader())


def open_documents(files: Sequence[Path], text: str | None, console: Console) -> Iterator[tuple[str, Document]]:
    """Yield name and Document of each of `files` and of `text`; what cannot be opened is told and left out."""
    if text is not None:
        yield TYPED, parse.document_from_text(text)
    for path in track(files, "读取 reading", console=console, disable=len(files) < 2, transient=True):
        try:
            yield path.name, open_document(path)
        except XianbaoError as error:
            print_error(console, error)


def open_document(path: Path) -> Document:
    """Return the Document in `path`; raises as `read_file`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(
            "file_unavailable",
            Place(str(path)),
            Text(f"文件打不开：{error.strerror}", f"the file cannot be opened: {error.strerror}"),
            Text("请检查路径和权限", "check path and permissions"),
        ) from error
    return parse.parse_report(data, path.name)


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
    """Return the Document as JSON: text, blocks with page, box and offsets, quality."""
    return json.dumps(dataclasses.asdict(document), ensure_ascii=False, indent=1)
