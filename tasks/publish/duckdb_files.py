"""One DuckDB file with every table, views that answer the usual questions, and a comment on every table and column."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tasks.domain.dictionary import Entry, column_entry, table_entry
from tasks.domain.errors import Text
from tasks.domain.tables import TABLES
from tasks.publish.data_package import chunks_of
from tasks.publish.files import written_whole
from tasks.publish.labels import COLUMNS
from tasks.publish.levels import best_figures
from tasks.publish.reader import WarehouseReader, periods_of, rows_of, written_at

__all__ = ["export_duckdb"]

_LEVELS = (
    *("period", "unit_code", "unit_name", "indicator", "indicator_name", "group", "item", "value", "value_high"),
    *("canonical_unit", "bound", "status", "reported", "evidence", "submission_id", "fact_id"),
)
_WORDS: Mapping[str, Text] = {
    "levels": Text(
        "每个单位、报告期、指标、项目的一个本期数，更正优先；reported 是报告原数",
        "one level per unit, period, indicator and item, corrections first; reported is what the report states",
    ),
    "live_facts": Text(
        "当前有效的指标值；figure 是更正值，没有更正时是报告的数",
        "the facts that count now; figure is the corrected value, else the stated one",
    ),
    "wide": Text(
        "每个报告期和单位一行，每个指标一列（没有分项的本期数）",
        "a row per period and unit, a column per indicator (levels without items)",
    ),
    "series": Text(
        "每个单位、指标、项目一行，每个报告期一列（本期数）",
        "a row per unit, indicator and item, a column per period (levels)",
    ),
    "open_findings": Text("等待处理的审核问题，严重的在前", "findings that wait for an answer, the gravest first"),
    "about": Text("这份数据是哪个仓库、哪个版本", "which warehouse and version this is"),
}
_OWN_COLUMNS: Mapping[str, Text] = {
    "figure": Text("更正值，没有更正时是报告的数", "corrected value, else the stated one"),
    "reported": Text("报告原数，以 canonical_unit 计", "the value that the report states, in canonical_unit"),
}


def export_duckdb(
    warehouse: WarehouseReader,
    folder: Path,
    *,
    periods: Sequence[str] | None = None,
    county_name: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write one DuckDB file into `folder`, e.g. `岚川县.duckdb`, and return it.

    Tables as in the warehouse (facts of every version that was ever live), the table `levels` (one figure per unit,
    period, indicator and item), the views `live_facts`, `wide`, `series` and `open_findings`; all with comments.

    Raises:
        WarehouseError: a table cannot be read or the file cannot be written.
    """
    wanted = periods_of(warehouse, periods)
    path = folder / f"{county_name or 'xianbao'}.duckdb"
    with written_whole(path) as unfinished:
        unfinished.unlink(missing_ok=True)
        try:
            with duckdb.connect(str(unfinished)) as database:
                # One transaction: nothing is written out until the end, and hundreds of comments cost one commit.
                database.begin()
                _write(database, warehouse, wanted, county_name, progress)
                database.commit()
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from error
    return [path]


def _write(
    database: duckdb.DuckDBPyConnection,
    warehouse: WarehouseReader,
    periods: Sequence[str],
    county_name: str,
    progress: Callable[[str], None],
) -> None:
    database.execute("set timezone = 'UTC'")
    for table in TABLES:
        progress(table)
        _fill(database, table, chunks_of(warehouse, table, periods))
        _comment(database, "table", table, _both(table_entry(table)))
        for column in TABLES[table]:
            _comment_column(database, table, column, _both(column_entry(table, column)))
    progress("levels")
    catalogue = rows_of(warehouse, "indicators", [])
    _fill(database, "levels", [partial(_levels, warehouse, catalogue, code) for code in periods or ("",)])
    _fill(database, "about", [partial(_about, warehouse, county_name)])
    stated = database.sql("select distinct indicator, indicator_name, canonical_unit from levels where item = ''")
    made = {code: f"{code} 的本期数 · level of {code}" for code in periods}
    made |= {code: f"{name}（{unit}）" for code, name, unit in sorted(stated.fetchall())}
    for view, query in _views([one for one in made if one not in periods], periods).items():
        database.execute(f"create view {view} as {query}")
    for name, words in _WORDS.items():
        kind = "table" if name in {"levels", "about"} else "view"
        _comment(database, kind, name, f"{words.zh} · {words.en}")
        for column in database.sql(f"select * from {name}").columns:
            said = _OWN_COLUMNS.get(column) or COLUMNS.get(column)
            text = made.get(column) if said is None else f"{said.zh} · {said.en}"
            if text is not None:
                _comment_column(database, name, column, text)


def _fill(database: duckdb.DuckDBPyConnection, table: str, chunks: Sequence[Callable[[], pl.DataFrame]]) -> None:
    for number, chunk in enumerate(chunks):
        database.register("chunk", chunk().to_arrow(compat_level=pl.CompatLevel.oldest()))
        into = f"insert into {table}" if number else f"create table {table} as"
        database.execute(f"{into} select * from chunk")
        database.unregister("chunk")


def _levels(warehouse: WarehouseReader, catalogue: pl.DataFrame, period: str) -> pl.DataFrame:
    groups = catalogue.select("group", indicator="code")
    figures = best_figures(warehouse.live_facts([period] if period else []))
    return figures.join(groups, on="indicator", how="left", maintain_order="left").select(_LEVELS)


def _about(warehouse: WarehouseReader, county_name: str) -> pl.DataFrame:
    written = written_at(warehouse)
    rows = [("county", county_name), ("written_at", "" if written is None else written.isoformat())]
    rows += [(f"version of {table}", str(version)) for table, version in sorted(warehouse.versions().items())]
    return pl.DataFrame(rows, schema={"what": pl.String(), "value": pl.String()}, orient="row")


def _views(codes: Sequence[str], periods: Sequence[str]) -> dict[str, str]:
    """Return the query of every view; values in them are quoted, never pasted."""
    wide = "".join(
        f", max(value) filter (where indicator = {_literal(code)}) as {_name(code)}" for code in codes
    )  # fmt: skip
    series = "".join(f", max(value) filter (where period = {_literal(code)}) as {_name(code)}" for code in periods)
    return {
        "live_facts": "select *, coalesce(corrected_value, value) as figure from facts "
        "where live and status <> 'rejected'",
        "wide": f"select period, unit_code, any_value(unit_name) as unit_name{wide} from levels where item = '' "
        "group by period, unit_code order by period, unit_code",
        "series": "select unit_code, any_value(unit_name) as unit_name, indicator, "
        f"any_value(indicator_name) as indicator_name, item, any_value(canonical_unit) as canonical_unit{series} "
        "from levels group by unit_code, indicator, item order by unit_code, indicator, item",
        "open_findings": "select * from findings where status in ('open', 'expired') "
        "order by case severity when 'error' then 0 when 'question' then 1 else 2 end, period desc, unit_code, rule, "
        "finding_id",
    }


def _both(entry: Entry) -> str:
    return f"{entry.name.zh}：{entry.meaning.zh} · {entry.name.en}: {entry.meaning.en}"


def _comment(database: duckdb.DuckDBPyConnection, kind: str, name: str, text: str) -> None:
    database.execute(f"comment on {kind} {_name(name)} is {_literal(text)}")


def _comment_column(database: duckdb.DuckDBPyConnection, table: str, column: str, text: str) -> None:
    database.execute(f"comment on column {_name(table)}.{_name(column)} is {_literal(text)}")


def _name(name: Any) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
