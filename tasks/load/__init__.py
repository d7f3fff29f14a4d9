"""The Delta Lake warehouse: atomic loads and what is read back from it."""

from tasks.load.quality import quality_frame, with_kept_status
from tasks.load.reporting import reporting_frame
from tasks.load.versions import assign_versions
from tasks.load.warehouse import LoadBatch, LoadOutcome, Warehouse

__all__ = [
    "LoadBatch",
    "LoadOutcome",
    "Warehouse",
    "assign_versions",
    "quality_frame",
    "reporting_frame",
    "with_kept_status",
]
