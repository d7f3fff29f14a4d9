"""The data dictionary (数据字典): what every table and column of the warehouse is, in both languages, as data.

`dictionary.csv` has a row per table (no column) and per column; a row for table `*` is about every table with that
column that has no row of its own. Excel headings, DuckDB comments and data packages all take their words from here.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.tables import LOAD_COLUMNS, TABLES

__all__ = ["Entry", "column_entry", "dictionary_frame", "headings", "table_entry"]

_FILE = "dictionary.csv"
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """A table or column: what people call it, and what it holds."""

    name: Text
    meaning: Text


def table_entry(table: str) -> Entry:
    """Return the entry of `table`.

    Raises:
        ConfigurationError: the dictionary has none.
    """
    return _entry(table, "")


def column_entry(table: str, column: str) -> Entry:
    """Return the entry of `column` in `table`.

    Raises:
        ConfigurationError: the dictionary has none.
    """
    return _entry(table, column)


def headings() -> dict[str, Text]:
    """Return what people read above a column, by column name: the words for every table, else of the first with it."""
    ordered = sorted(_entries().items(), key=lambda one: one[0][0] != _EVERY)
    found: dict[str, Text] = {}
    for (_, column), entry in ordered:
        if column:
            found.setdefault(column, entry.name)
    return found


def dictionary_frame() -> pl.DataFrame:
    """Return the whole dictionary, a row per table (`column` is empty) and column: type, names, meanings.

    Shape: table, column, type, zh, en, meaning_zh, meaning_en; the type is the one of Polars.
    """
    rows = []
    for table, columns in TABLES.items():
        for column, dtype in {"": None, **columns, **LOAD_COLUMNS}.items():
            entry = _entry(table, column)
            rows.append((table, column, "" if dtype is None else str(dtype), *entry.name, *entry.meaning))
    names = ("table", "column", "type", "zh", "en", "meaning_zh", "meaning_en")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


def _entry(table: str, column: str) -> Entry:
    entries = _entries()
    entry = entries.get((table, column)) or entries.get((_EVERY, column))
    if entry is None or (not column and (table, column) not in entries):
        what = f"{table}.{column}" if column else table
        raise ConfigurationError(
            "dictionary_lacks",
            Place(f"tasks/domain/{_FILE}"),
            Text(f"数据字典里没有 {what}", f"the data dictionary has no row for {what}"),
            Text("补一行中英文名称和含义", "add a row with its names and meanings in Chinese and English"),
        )
    return entry


@cache
def _entries() -> dict[tuple[str, str], Entry]:
    text = resources.files("tasks.domain").joinpath(_FILE).read_text(encoding="utf-8")
    entries: dict[tuple[str, str], Entry] = {}
    for row in (reader := csv.DictReader(text.splitlines())):
        key = (row["table"], row["column"])
        if key in entries or not all(row[name] for name in ("zh", "en", "meaning_zh", "meaning_en")):
            raise ConfigurationError(
                "dictionary_row",
                Place(f"tasks/domain/{_FILE}:{reader.line_num}"),
                Text(f"{'.'.join(key)} 重复或有空格子", f"{'.'.join(key)} stands there twice or has an empty cell"),
                Text("改正这一行", "correct this row"),
            )
        entries[key] = Entry(Text(row["zh"], row["en"]), Text(row["meaning_zh"], row["meaning_en"]))
    return entries
