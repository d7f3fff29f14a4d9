"""List sources and store new files untouched, content-addressed, never overwritten."""

from tasks.fetch.journal import note_arrivals, read_journal
from tasks.fetch.raw import raw_path, read_raw, store_bytes, store_file
from tasks.fetch.rehash import RawCheck, check_raw_sample
from tasks.fetch.sources import REGISTER_NAMES, list_source

__all__ = [
    "REGISTER_NAMES",
    "RawCheck",
    "check_raw_sample",
    "list_source",
    "note_arrivals",
    "raw_path",
    "read_journal",
    "read_raw",
    "store_bytes",
    "store_file",
]
