"""The data dictionary says what every table and column is; a new column without a row fails here, by name."""

import csv
from importlib import resources

import pytest

from tasks.domain.dictionary import column_entry, dictionary_frame, headings, table_entry
from tasks.domain.errors import ConfigurationError
from tasks.domain.tables import LOAD_COLUMNS, TABLES

COLUMNS = [(table, column) for table, columns in TABLES.items() for column in (*columns, *LOAD_COLUMNS)]


def rows():
    text = resources.files("tasks.domain").joinpath("dictionary.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_name_and_a_meaning_in_both_languages(table):
    entry = table_entry(table)
    assert all((*entry.name, *entry.meaning))


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda one: one)
def test_every_column_has_a_name_and_a_meaning_in_both_languages(table, column):
    """A column added to `TABLES` gets a row in tasks/domain/dictionary.csv; for table `*` where several have it."""
    entry = column_entry(table, column)
    assert all((*entry.name, *entry.meaning))


def test_no_row_is_about_what_does_not_exist():
    known = {("", table) for table in TABLES} | {(column, table) for table, column in COLUMNS}
    anywhere = {column for _, column in COLUMNS}
    strays = [
        (row["table"], row["column"])
        for row in rows()
        if (row["column"], row["table"]) not in known and not (row["table"] == "*" and row["column"] in anywhere)
    ]
    assert strays == []


def test_a_column_is_called_the_same_wherever_it_stands():
    names = {}
    for row in rows():
        if row["column"]:
            names.setdefault(row["column"], set()).add((row["zh"], row["en"]))
    assert {column: found for column, found in names.items() if len(found) > 1} == {}
    assert {column: {tuple(words)} for column, words in headings().items()} == names


def test_it_is_a_table_itself_with_the_type_of_each_column():
    frame = dictionary_frame()
    assert frame.height == len(COLUMNS) + len(TABLES)
    assert frame.filter(table="facts", column="value")["type"].item() == "Float64"
    assert frame.filter(table="facts", column="")["zh"].item() == "指标值"


def test_an_unknown_column_is_an_error_that_says_where_to_add_it():
    with pytest.raises(ConfigurationError, match=r"dictionary\.csv.*facts\.nonsense"):
        column_entry("facts", "nonsense")
    with pytest.raises(ConfigurationError, match="nonsense"):
        table_entry("nonsense")
