"""The Delta Lake warehouse: atomic loads and what is read back from it."""

from tasks.load.differences import changed_figures
from tasks.load.duplicates import duplicates_frame
from tasks.load.holding import HELD_RULE, failing_submissions, held_findings
from tasks.load.lock import one_writer
from tasks.load.quality import quality_frame
from tasks.load.reporting import reporting_frame
from tasks.load.revisions import revised_submissions, revisions_frame
from tasks.load.versions import Terms, assign_versions
from tasks.load.warehouse import LoadBatch, LoadOutcome, Warehouse

__all__ = [
    "HELD_RULE",
    "LoadBatch",
    "LoadOutcome",
    "Terms",
    "Warehouse",
    "assign_versions",
    "changed_figures",
    "duplicates_frame",
    "failing_submissions",
    "held_findings",
    "one_writer",
    "quality_frame",
    "reporting_frame",
    "revised_submissions",
    "revisions_frame",
]
