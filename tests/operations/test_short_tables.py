"""Tables in the UI stay short for a large county and say how many rows there are; a small county's are whole."""

import datetime as dt

import polars as pl

from tasks.domain.errors import Text
from tasks.domain.tables import TABLES
from tasks.steps import showing


def roster(townships: int) -> pl.DataFrame:
    """Every other township has reported for 2022, none for 2023 yet; half of those are overdue."""
    rows = [
        {"unit_code": str(number), "unit_name": f"第{number}镇", "form": "f", "period": period,
         "due_at": dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC), "state": states[number % 2]}
        for period, states in (("2022", ("on_time", "late")), ("2023", ("expected", "missing")))
        for number in range(townships)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=dict(TABLES["reporting"]), orient="row")


def test_the_tables_in_the_ui_stay_short_and_say_how_many_rows_there_are(county, monkeypatch) -> None:
    shown = {}
    monkeypatch.setattr(
        showing, "create_table_artifact", lambda table, key, description: shown.update({key: (table, description)})
    )
    monkeypatch.setattr(showing, "create_markdown_artifact", lambda text, key, description: None)
    many = roster(1600)
    monkeypatch.setattr(showing.load, "Warehouse", lambda uri: Tables(reporting=many))
    showing.show_tables(county, Text("入库1件", "1 loaded"))
    table, description = shown["roster-539901000000"]
    assert len(table) == showing.ROWS_SHOWN
    assert {row["报送状态"] for row in table} == {"未报"}
    assert "共3200行" in description
    assert "county status" in description
    monkeypatch.setattr(showing.load, "Warehouse", lambda uri: Tables(reporting=roster(2)))
    showing.show_tables(county, Text("入库1件", "1 loaded"))
    table, description = shown["roster-539901000000"]
    assert (len(table), description) == (4, "岚川县 应报名册 · 入库1件")


class Tables:
    """A warehouse that holds these tables, and the others empty."""

    def __init__(self, **tables: pl.DataFrame) -> None:
        self._tables = tables

    def scan(self, table: str) -> pl.LazyFrame:
        held = self._tables.get(table)
        return (pl.DataFrame(schema=dict(TABLES[table])) if held is None else held).lazy()
