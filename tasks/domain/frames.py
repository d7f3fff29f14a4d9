"""From what a report was read to (dataclasses) to rows of the warehouse tables (Polars frames)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from expectations.catalogue import Catalogue
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.findings import Finding
from tasks.domain.gazetteer import Gazetteer
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions, Submission
from tasks.domain.tables import TABLES, fact_id, mention_id

__all__ = [
    "ReportFrames",
    "empty_frame",
    "findings_frame",
    "indicators_frame",
    "report_frames",
    "submissions_frame",
    "units_frame",
]


_Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ReportFrames:
    """The rows one submission contributes: schemas `TABLES["blocks"]`, `["mentions"]`, `["facts"]`."""

    blocks: pl.DataFrame
    mentions: pl.DataFrame
    facts: pl.DataFrame


def empty_frame(table: str) -> pl.DataFrame:
    """Return a frame without rows with the schema of `table` (without the load columns)."""
    return pl.DataFrame(schema=dict(TABLES[table]))


def _frame(table: str, rows: Iterable[_Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(TABLES[table]), orient="row")


def report_frames(
    submission: Submission,
    document: Document,
    extraction: Extraction,
    catalogue: Catalogue,
    versions: StageVersions,
) -> ReportFrames:
    """Return the rows of one loaded submission; `live` is True until `load` finds a newer version."""
    key: _Row = {
        "unit_code": submission.unit_code,
        "period": submission.period,
        "year": ReportPeriod.parse(submission.period).year,
    }
    fact_ids = [
        fact_id(submission.submission_id, fact.indicator, fact.measure, fact.item, fact.start)
        for fact in extraction.facts
    ]
    return ReportFrames(
        _frame("blocks", _block_rows(submission, document, key)),
        _frame("mentions", _mention_rows(submission, document, extraction, key, fact_ids)),
        _frame("facts", _fact_rows(submission, document, extraction, key, fact_ids, catalogue, versions)),
    )


def _block_rows(submission: Submission, document: Document, key: _Row) -> Iterator[_Row]:
    for block in document.blocks:
        yield {
            "submission_id": submission.submission_id,
            **key,
            "block": block.index,
            "page": block.page,
            "kind": block.kind,
            "section": block.section,
            "start": block.start,
            "end": block.end,
            "bbox": list(block.bbox) if block.bbox else None,
            "table": block.table,
            "row": block.row,
            "column": block.column,
            "text": document.block_text(block),
            "ocr_confidence": block.ocr_confidence,
        }


def _mention_rows(
    submission: Submission, document: Document, extraction: Extraction, key: _Row, fact_ids: Sequence[str]
) -> Iterator[_Row]:
    for mention in extraction.mentions:
        yield {
            "mention_id": mention_id(submission.submission_id, mention.start, mention.end),
            "submission_id": submission.submission_id,
            **key,
            "block": mention.block,
            "page": document.place(mention.start, mention.end)[0] or mention.page,
            "start": mention.start,
            "end": mention.end,
            "surface": mention.surface,
            "low": mention.low,
            "high": mention.high,
            "unit": mention.unit,
            "dimension": mention.dimension,
            "bound": mention.bound,
            "fact_id": None if mention.fact is None else fact_ids[mention.fact],
            "reject_reason": mention.reject_reason or None,
        }


def _fact_rows(
    submission: Submission, document: Document, extraction: Extraction, key: _Row, fact_ids: Sequence[str],
    catalogue: Catalogue, versions: StageVersions,
) -> Iterator[_Row]:  # fmt: skip
    for identifier, fact in zip(fact_ids, extraction.facts, strict=True):
        page, box = document.place(fact.start, fact.end)
        yield {
            **key,
            # 1—9月完成… in a yearly report is a figure of those months, never silently of the year.
            "period": fact.period or submission.period,
            "fact_id": identifier,
            "unit_name": submission.unit_name,
            "form": submission.form,
            "indicator": fact.indicator,
            "indicator_name": catalogue[fact.indicator].name,
            "item": fact.item,
            "measure": fact.measure,
            "value": fact.value,
            "value_high": fact.value_high,
            "low": fact.low,
            "high": fact.high,
            "canonical_unit": fact.unit,
            "stated_value": fact.stated_value,
            "stated_unit": fact.stated_unit,
            "bound": fact.bound,
            "status": fact.status,
            "submission_id": submission.submission_id,
            "version": submission.version,
            "live": True,
            "block": fact.block,
            "page": page or fact.page,
            "start": fact.start,
            "end": fact.end,
            "bbox": list(box) if box else None,
            "evidence": fact.evidence,
            "ocr_confidence": document.ocr_confidence(fact.start, fact.end),
            "rule_id": fact.rule_id,
            "confidence": fact.confidence,
            "corrected_value": None,
            "decision_id": None,
            "catalogue_version": versions.catalogue,
            "extractor_version": versions.extractor,
        }


def submissions_frame(submissions: Iterable[Submission]) -> pl.DataFrame:
    """Return one row per submission, schema `TABLES["submissions"]`."""
    return _frame("submissions", ({**asdict(one), "seen": list(one.seen)} for one in submissions))


def findings_frame(findings: Iterable[Finding], run_id: str) -> pl.DataFrame:
    """Return one row per finding, first and last seen in `run_id`; `load` keeps an earlier first run."""
    return _frame(
        "findings",
        (
            {
                **asdict(one),
                "year": ReportPeriod.parse(one.period).year,
                "fact_ids": list(one.fact_ids),
                "quotes": list(one.quotes),
                "symptoms": list(one.symptoms),
                "first_seen_run": run_id,
                "last_seen_run": run_id,
            }
            for one in findings
        ),
    )


def indicators_frame(catalogue: Catalogue) -> pl.DataFrame:
    """Return the catalogue as a table, so that the warehouse explains itself."""
    return _frame("indicators", ({**asdict(one), "catalogue_version": catalogue.version} for one in catalogue))


def units_frame(gazetteer: Gazetteer) -> pl.DataFrame:
    """Return the reporting units as a table."""
    return _frame("units", ({**asdict(one), "former_names": list(one.former_names)} for one in gazetteer))
