"""The rows of the lexicon do not repeat one another: a merge of two edits once brought an older row back."""

import csv
from pathlib import Path

import tasks.lexicon

ALIASES = Path(tasks.lexicon.__file__).with_name("aliases.csv")


def rows():
    with ALIASES.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines))


def test_no_row_says_what_another_row_says():
    kept = {}
    for row in rows():
        key = tuple(row[name] for name in ("code", "side", "needs", "excludes", "item"))
        names = set(row["aliases"].split("|"))
        for other in kept.setdefault(key, []):
            assert not names <= other, f"{row['code']}: {row['aliases'][:40]}"
        kept[key].append(names)


def test_no_two_rows_of_an_indicator_differ_only_in_what_they_exclude():
    seen = {}
    for row in rows():
        key = tuple(row[name] for name in ("code", "aliases", "side", "needs", "item"))
        assert key not in seen, f"{row['code']}: {row['aliases'][:40]}"
        seen[key] = row
