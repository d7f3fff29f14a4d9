"""The warehouse tables as Polars schemas: the contract of columns between stages, loads and readers.

Every table also carries `loaded_at` (UTC) and `run_id`, which `load` adds. Partition columns are in `PARTITIONS`.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

__all__ = ["KEYS", "LOAD_COLUMNS", "PARTITIONS", "TABLES", "fact_id", "mention_id"]

_TIME = pl.Datetime("us", "UTC")

LOAD_COLUMNS: Mapping[str, pl.DataType] = MappingProxyType({"loaded_at": _TIME, "run_id": pl.String()})

_KEY = {"unit_code": pl.String(), "period": pl.String(), "year": pl.Int32()}

TABLES: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "submissions": {
            "submission_id": pl.String(),
            "unit_code": pl.String(),
            "unit_name": pl.String(),
            "form": pl.String(),
            "period": pl.String(),
            "version": pl.Int32(),
            "state": pl.String(),
            "sha256": pl.String(),
            "source": pl.String(),
            "uri": pl.String(),
            "file_name": pl.String(),
            "media_type": pl.String(),
            "bytes": pl.Int64(),
            "pages": pl.Int32(),
            "chars": pl.Int64(),
            "received_at": _TIME,
            "due_at": _TIME,
            "on_time": pl.Boolean(),
            "parser": pl.String(),
            "text_quality": pl.Float64(),
            "unknown_characters": pl.Int64(),
            "ocr_mean": pl.Float64(),
            "ocr_low": pl.Float64(),
            "order_doubts": pl.Float64(),
            "stage_versions": pl.String(),
            "quarantine_code": pl.String(),
            "quarantine_detail": pl.String(),
            "seen": pl.List(pl.String()),
        },
        "blocks": {
            "submission_id": pl.String(),
            **_KEY,
            "block": pl.Int32(),
            "page": pl.Int32(),
            "kind": pl.String(),
            "section": pl.String(),
            "start": pl.Int64(),
            "end": pl.Int64(),
            "bbox": pl.List(pl.Float64()),
            "table": pl.Int32(),
            "row": pl.Int32(),
            "column": pl.Int32(),
            "text": pl.String(),
            "ocr_confidence": pl.Float64(),
        },
        "mentions": {
            "mention_id": pl.String(),
            "submission_id": pl.String(),
            **_KEY,
            "block": pl.Int32(),
            "page": pl.Int32(),
            "start": pl.Int64(),
            "end": pl.Int64(),
            "surface": pl.String(),
            "low": pl.Float64(),
            "high": pl.Float64(),
            "unit": pl.String(),
            "dimension": pl.String(),
            "bound": pl.String(),
            "fact_id": pl.String(),
            "reject_reason": pl.String(),
        },
        "facts": {
            "fact_id": pl.String(),
            "unit_code": pl.String(),
            "unit_name": pl.String(),
            "form": pl.String(),
            "period": pl.String(),
            "year": pl.Int32(),
            "indicator": pl.String(),
            "indicator_name": pl.String(),
            "item": pl.String(),
            "measure": pl.String(),
            "value": pl.Float64(),
            "value_high": pl.Float64(),
            "low": pl.Float64(),
            "high": pl.Float64(),
            "canonical_unit": pl.String(),
            "stated_value": pl.String(),
            "stated_unit": pl.String(),
            "bound": pl.String(),
            "status": pl.String(),
            "submission_id": pl.String(),
            "version": pl.Int32(),
            "live": pl.Boolean(),
            "block": pl.Int32(),
            "page": pl.Int32(),
            "start": pl.Int64(),
            "end": pl.Int64(),
            "bbox": pl.List(pl.Float64()),
            "evidence": pl.String(),
            "ocr_confidence": pl.Float64(),
            "rule_id": pl.String(),
            "confidence": pl.Float64(),
            "corrected_value": pl.Float64(),
            "decision_id": pl.String(),
            "catalogue_version": pl.String(),
            "extractor_version": pl.String(),
        },
        "findings": {
            "finding_id": pl.String(),
            "rule": pl.String(),
            "level": pl.Int32(),
            "severity": pl.String(),
            "status": pl.String(),
            "unit_code": pl.String(),
            "unit_name": pl.String(),
            "period": pl.String(),
            "year": pl.Int32(),
            "about": pl.String(),
            "message_zh": pl.String(),
            "message_en": pl.String(),
            "observed": pl.String(),
            "expected": pl.String(),
            "imbalance": pl.Float64(),
            "fact_ids": pl.List(pl.String()),
            "quotes": pl.List(pl.String()),
            "symptoms": pl.List(pl.String()),
            "decision_id": pl.String(),
            "decision_zh": pl.String(),
            "decision_en": pl.String(),
            "first_seen_run": pl.String(),
            "last_seen_run": pl.String(),
        },
        "decisions": {
            "decision_id": pl.String(),
            "kind": pl.String(),
            "sha256": pl.String(),
            "unit_code": pl.String(),
            "form": pl.String(),
            "period": pl.String(),
            "who": pl.String(),
            "decided_at": _TIME,
            "why": pl.String(),
            "finding_id": pl.String(),
            "rule": pl.String(),
            "about": pl.String(),
            "indicator": pl.String(),
            "measure": pl.String(),
            "item": pl.String(),
            "stated_value": pl.String(),
            "stated_unit": pl.String(),
            "value_key": pl.String(),
            "corrected_value": pl.Float64(),
            "given": pl.String(),
            "target": pl.String(),
        },
        "reporting": {
            "unit_code": pl.String(),
            "unit_name": pl.String(),
            "form": pl.String(),
            "period": pl.String(),
            "due_at": _TIME,
            "received_at": _TIME,
            "state": pl.String(),
            "days_late": pl.Int32(),
            "submission_id": pl.String(),
            "facts": pl.Int32(),
            "completeness": pl.Float64(),
            "errors": pl.Int32(),
            "questions": pl.Int32(),
            "notes": pl.Int32(),
            "approval": pl.String(),
            "approved_by": pl.String(),
        },
        "quality": {
            "unit_code": pl.String(),
            "unit_name": pl.String(),
            "form": pl.String(),
            "period": pl.String(),
            "year": pl.Int32(),
            "response": pl.Boolean(),
            "on_time": pl.Boolean(),
            "days_late": pl.Int32(),
            "completeness": pl.Float64(),
            "facts": pl.Int32(),
            "errors": pl.Int32(),
            "questions": pl.Int32(),
            "notes": pl.Int32(),
            "hard_failures": pl.Int32(),
            "soft_failures": pl.Int32(),
            "explained": pl.Int32(),
            "corrected": pl.Int32(),
            "explained_share": pl.Float64(),
            "mean_revision": pl.Float64(),
            "outlier_free": pl.Float64(),
        },
        "indicators": {
            "code": pl.String(),
            "name": pl.String(),
            "unit": pl.String(),
            "kind": pl.String(),
            "group": pl.String(),
            "item": pl.String(),
            "minimum": pl.Float64(),
            "maximum": pl.Float64(),
            "definition": pl.String(),
            "catalogue_version": pl.String(),
        },
        "units": {
            "unit_code": pl.String(),
            "name": pl.String(),
            "former_names": pl.List(pl.String()),
            "valid_from": pl.Date(),
            "valid_to": pl.Date(),
        },
    }
)

PARTITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"facts": ("year",), "mentions": ("year",), "blocks": ("year",), "findings": ("year",)}
)

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "submissions": ("submission_id",),
        "blocks": ("submission_id", "block"),
        "mentions": ("mention_id",),
        "facts": ("fact_id",),
        "findings": ("finding_id",),
        "decisions": ("decision_id",),
        "reporting": ("unit_code", "form", "period"),
        "quality": ("unit_code", "form", "period"),
        "indicators": ("code",),
        "units": ("unit_code",),
    }
)


def fact_id(submission_id: str, indicator: str, measure: str, item: str, start: int) -> str:
    """Return the id of a fact: the same bytes read the same way give the same id."""
    words = "\x1f".join((submission_id, indicator, measure, item, str(start)))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def mention_id(submission_id: str, start: int, end: int) -> str:
    """Return the id of a mention: its submission and span."""
    return hashlib.sha256(f"{submission_id}\x1f{start}\x1f{end}".encode()).hexdigest()[:16]
