"""List sources and store new files untouched, content-addressed, never overwritten."""

from tasks.fetch.journal import note_arrivals, read_journal
from tasks.fetch.raw import has_raw, raw_address, raw_head, read_note, read_raw, store_bytes, store_file, write_note
from tasks.fetch.rehash import RawCheck, check_raw_sample
from tasks.fetch.sources import REGISTER_NAMES, list_source

__all__ = [
    "REGISTER_NAMES",
    "RawCheck",
    "check_raw_sample",
    "has_raw",
    "list_source",
    "note_arrivals",
    "raw_address",
    "raw_head",
    "read_journal",
    "read_note",
    "read_raw",
    "store_bytes",
    "store_file",
    "write_note",
]
