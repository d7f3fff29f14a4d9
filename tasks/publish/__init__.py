"""What people take away: exports, the run summary, the quarantine notes."""

from tasks.publish.csv_files import export_csv, write_csv
from tasks.publish.data_package import export_parquet
from tasks.publish.duckdb_files import export_duckdb
from tasks.publish.labels import state_words
from tasks.publish.letters import LetterHead, WrittenLetter, is_asked, write_letters
from tasks.publish.quarantine import clear_quarantine, write_quarantine
from tasks.publish.reader import WarehouseAt
from tasks.publish.reminders import Reminder, reminder_rows, was_reminded, write_reminders
from tasks.publish.revising import duplicates_rows, revisions_rows, versions_rows
from tasks.publish.summary import findings_rows, quality_rows, roster_rows, worst_quality
from tasks.publish.unmapped import rows_of_document, unmapped_figures, unmapped_in_warehouse
from tasks.publish.workbooks import export_xlsx

__all__ = [
    "LetterHead",
    "Reminder",
    "WarehouseAt",
    "WrittenLetter",
    "clear_quarantine",
    "duplicates_rows",
    "export_csv",
    "export_duckdb",
    "export_parquet",
    "export_xlsx",
    "findings_rows",
    "is_asked",
    "quality_rows",
    "reminder_rows",
    "revisions_rows",
    "roster_rows",
    "rows_of_document",
    "state_words",
    "unmapped_figures",
    "unmapped_in_warehouse",
    "versions_rows",
    "was_reminded",
    "worst_quality",
    "write_csv",
    "write_letters",
    "write_quarantine",
    "write_reminders",
]
