"""Is the warehouse whole? Every table read through, keys, references, partitions, counts, and quotes at their places.

Each check is an expression over the tables that leaves the rows at fault; nothing is repaired here.
"""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

import polars as pl

from tasks.domain.errors import WarehouseError
from tasks.domain.tables import KEYS, PARTITIONS, TABLES
from tasks.load.delta import files_of, rows_in
from tasks.load.faults import TABLE_ERRORS
from tasks.load.warehouse import Warehouse

__all__ = ["FAULTS", "check_warehouse"]

# What the frame of faults holds, a row per fault.
FAULTS: Mapping[str, pl.DataType] = dict.fromkeys(("table", "key", "code", "zh", "en"), pl.String())

# column of a table → the table and column it refers to; empty and null refer to nothing.
_REFERENCES = (
    ("blocks", "submission_id", "submissions", "submission_id"),
    ("mentions", "submission_id", "submissions", "submission_id"),
    ("mentions", "fact_id", "facts", "fact_id"),
    ("facts", "submission_id", "submissions", "submission_id"),
    ("facts", "indicator", "indicators", "code"),
    ("submissions", "unit_code", "units", "unit_code"),
    ("reporting", "submission_id", "submissions", "submission_id"),
    ("duplicates", "submission_id", "submissions", "submission_id"),
    ("revisions", "submission_id", "submissions", "submission_id"),
    ("revisions", "earlier_submission_id", "submissions", "submission_id"),
)
_OWED = ["unit_code", "form", "period"]
_SPACE = r"\s+"
# What stands between the cells of a table that was written as text.
_RULES = r"[\s|]+"


def check_warehouse(warehouse: Warehouse, progress: Callable[[str], None] = lambda _: None) -> pl.DataFrame:
    """Return every fault in the tables; none where the warehouse is whole. Tables that cannot be read are faults too.

    Shape: `FAULTS`. Blocks, mentions and facts are looked at year by year, so memory holds one year's text.
    """
    found: list[pl.DataFrame] = []
    readable = set()
    for table in TABLES:
        progress(table)
        try:
            found += list(_table_faults(warehouse, table))
            readable.add(table)
        except (WarehouseError, *TABLE_ERRORS) as error:
            damaged = pl.DataFrame(schema=FAULTS) if isinstance(error, WarehouseError) else _damaged(warehouse, table)
            found.append(_unreadable(warehouse, table, error) if damaged.is_empty() else damaged)
    for table, column, target, key in _REFERENCES:
        if {table, target} <= readable:
            progress(f"{table}.{column}")
            found.append(_dangling(warehouse, table, column, target, key))
    if {"submissions", "facts"} <= readable:
        found += [_live_twice(warehouse), _live_otherwise(warehouse)]
    if {"findings", "facts"} <= readable:
        found.append(_findings_without_facts(warehouse))
    if {"submissions", "facts", "reporting"} <= readable:
        found.append(_counted_otherwise(warehouse))
    if {"submissions", "blocks", "mentions", "facts"} <= readable:
        found.append(_without_text(warehouse))
        for year in sorted(warehouse.scan("blocks").select("year").unique().collect()["year"]):
            progress(f"quotes {year}")
            found += _misquoted(warehouse, year)
    return pl.concat(found) if found else pl.DataFrame(schema=FAULTS)


def _faults(rows: pl.DataFrame, table: str, keys: list[str], code: str, zh: str, en: str) -> pl.DataFrame:
    """Return a fault for each of `rows`, named by the columns `keys`."""
    key = pl.concat_str((pl.col(name).cast(pl.String).fill_null("∅") for name in keys), separator="/")
    words = {"table": table, "code": code, "zh": zh, "en": en}
    return rows.select(key.alias("key"), *(pl.lit(text).alias(name) for name, text in words.items())).select(
        list(FAULTS)
    )


def _unreadable(warehouse: Warehouse, table: str, error: Exception) -> pl.DataFrame:
    if isinstance(error, WarehouseError):
        row = (table, error.place.file, error.code, error.message("zh"), error.message("en"))
    else:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        way = ("从备份恢复，或运行 county warehouse rebuild", "restore it from a backup, or `county warehouse rebuild`")
        row = (table, f"{warehouse.uri}/{table}", "broken_file", f"数据文件损坏（{reason}）→ {way[0]}",
               f"a data file is damaged ({reason}) → {way[1]}")  # fmt: skip
    return pl.DataFrame([row], schema=FAULTS, orient="row")


def _damaged(warehouse: Warehouse, table: str) -> pl.DataFrame:
    """Return the files of a table that cannot be read: each is read by itself."""
    broken = []
    try:
        snapshot = warehouse.snapshot(table)
        fragments = (
            [] if snapshot is None else list(snapshot.to_pyarrow_dataset(filesystem=files_of(snapshot)).get_fragments())
        )
    except (WarehouseError, *TABLE_ERRORS):
        return pl.DataFrame(schema=FAULTS)  # the table itself was named
    for fragment in fragments:
        path = f"{warehouse.uri}/{table}/{unquote(fragment.path)}"
        try:
            fragment.to_table()
        except TABLE_ERRORS as error:
            reason = str(error).splitlines()[0]
            broken.append((table, path, "broken_file", f"此文件无法读取（{reason}）→ 从备份恢复它，或由原件重建",
                           f"this file cannot be read ({reason}) → restore it from a backup, or rebuild"))  # fmt: skip
    return pl.DataFrame(broken, schema=FAULTS, orient="row")


def _table_faults(warehouse: Warehouse, table: str) -> Iterator[pl.DataFrame]:
    snapshot = warehouse.snapshot(table)
    if snapshot is None:
        return
    # Its rows can be read, only not as they were before, or not be added to.
    for look in (warehouse.store.history, warehouse.store.lacking):
        try:
            look(table, snapshot)
        except WarehouseError as error:
            yield _unreadable(warehouse, table, error)
    keys = list(KEYS[table])
    year = ["year"] if table in PARTITIONS else []
    # A fact's own period may be of part of the year, or of another: it lies with its report, see `_live_otherwise`.
    period = ["period"] if year and table != "facts" else []
    # Every column of every file is read once: a damaged file shows itself here.
    counted = warehouse.scan(table).select(pl.len().alias("rows"), *(
        pl.col(name).count().alias(name) for name in TABLES[table]
    )).collect()  # fmt: skip
    rows, logged = counted["rows"].item(), rows_in(snapshot)
    if rows != logged:
        zh, en = f"日志记有 {logged} 行，文件里有 {rows} 行", f"the log says {logged} rows, the files hold {rows}"
        yield _faults(counted.with_columns(at=pl.lit(table)), table, ["at"], "rows_differ", zh, en)
    held = warehouse.scan(table).select(*dict.fromkeys([*keys, *year, *period])).collect()
    yield _faults(held.filter(pl.struct(keys).is_duplicated()).unique(keys), table, keys, "key_twice",
                  "同一主键有多行", "several rows have this key")  # fmt: skip
    yield _faults(held.filter(pl.any_horizontal(pl.col(keys).is_null())), table, keys, "key_null",
                  "主键为空", "the key is null")  # fmt: skip
    if period:
        own = pl.col("period").str.slice(0, 4).cast(pl.Int32, strict=False)
        yield _faults(held.filter(pl.col("year").ne_missing(own)), table, keys, "wrong_partition",
                      "分区年份与报告期不符", "the year it lies in is not its period's")  # fmt: skip


def _dangling(warehouse: Warehouse, table: str, column: str, target: str, key: str) -> pl.DataFrame:
    known = warehouse.scan(target).select(pl.col(key).alias(column))
    rows = warehouse.scan(table).filter(pl.col(column).is_not_null() & (pl.col(column) != ""))
    wanted = list(dict.fromkeys([*KEYS[table], column]))
    lost = rows.select(wanted).join(known, on=column, how="anti").collect()
    return _faults(lost, table, wanted, "dangling", f"{column} 在 {target} 中不存在", f"{column} is not in {target}")


def _live_twice(warehouse: Warehouse) -> pl.DataFrame:
    live = warehouse.scan("submissions").filter(pl.col("state") == "loaded")
    twice = live.group_by(_OWED).len().filter(pl.col("len") > 1).collect()
    return _faults(twice, "submissions", _OWED, "live_twice", "同一单位、报表、报告期有多个在用版本",
                   "several versions are live for one unit, form and period")  # fmt: skip


def _live_otherwise(warehouse: Warehouse) -> pl.DataFrame:
    own = warehouse.scan("submissions").select(
        "submission_id",
        (pl.col("state") == "loaded").alias("should"),
        pl.col("period").str.slice(0, 4).cast(pl.Int32, strict=False).alias("own_year"),
    )
    facts = warehouse.scan("facts").select("fact_id", "submission_id", "live", "year").join(own, on="submission_id")
    keys = ["fact_id", "submission_id"]
    wrong, elsewhere = (
        facts.filter(pl.col(name).ne_missing(pl.col(other))).collect()
        for name, other in (("live", "should"), ("year", "own_year"))
    )
    return pl.concat([
        _faults(wrong, "facts", keys, "live_differs", "在用标记与报送件状态不符",
                "live is not what the submission says"),
        _faults(elsewhere, "facts", keys, "wrong_partition", "分区年份与报送件的报告期不符",
                "the year it lies in is not its report's"),
    ])  # fmt: skip


def _findings_without_facts(warehouse: Warehouse) -> pl.DataFrame:
    # Fixed findings are history: the figures they were about may be gone.
    told = (
        warehouse.scan("findings")
        .filter((pl.col("status") != "fixed") & (pl.col("fact_ids").list.len() > 0))
        .select("finding_id", fact_id="fact_ids")
        .explode("fact_id")
    )
    lost = told.join(warehouse.scan("facts").select("fact_id"), on="fact_id", how="anti").collect()
    return _faults(lost, "findings", ["finding_id", "fact_id"], "dangling", "所指的指标值不存在",
                   "it is about a fact that is not there")  # fmt: skip


def _counted_otherwise(warehouse: Warehouse) -> pl.DataFrame:
    live = warehouse.scan("submissions").filter(pl.col("state") == "loaded").select("submission_id")
    counted = warehouse.scan("facts").join(live, on="submission_id", how="semi").group_by(_OWED).len()
    wrong = (
        warehouse.scan("reporting")
        .select(*_OWED, "facts")
        .join(counted, on=_OWED, how="left")
        .filter(pl.col("facts").fill_null(0) != pl.col("len").fill_null(0))
        .collect()
    )
    return _faults(wrong, "reporting", _OWED, "count_differs", "名册上的指标值数与事实表不符",
                   "the roster counts other figures than there are")  # fmt: skip


def _without_text(warehouse: Warehouse) -> pl.DataFrame:
    held = pl.col("state").is_in(["loaded", "superseded", "held"]) & (pl.col("chars") > 0)
    read = warehouse.scan("submissions").filter(held).select("submission_id", "file_name")
    bare = read.join(warehouse.scan("blocks").select("submission_id").unique(), on="submission_id", how="anti")
    return _faults(bare.collect(), "submissions", ["submission_id", "file_name"], "no_text", "没有任何文本段",
                   "none of its text is there")  # fmt: skip


def _misquoted(warehouse: Warehouse, year: int) -> list[pl.DataFrame]:
    """Return the mentions and facts of `year` whose words are not at their place in the text."""
    here = pl.col("year") == year
    blocks = (
        warehouse.scan("blocks").filter(here).select("submission_id", "block", pl.col("start").alias("from"), "text")
    )
    cut = pl.col("text").str.slice(pl.col("start") - pl.col("from"), pl.col("end") - pl.col("start"))
    on = ["submission_id", "block"]
    mentions = warehouse.scan("mentions").filter(here).join(blocks, on=on, how="left")
    wrong = (
        mentions.filter(cut.ne_missing(pl.col("surface"))).select("mention_id", "submission_id", "surface").collect()
    )
    evidence, text = (pl.col(name).str.replace_all(_SPACE, "") for name in ("evidence", "text"))
    facts = warehouse.scan("facts").filter(here).join(blocks, on=on, how="left")
    quoted = text.str.contains(evidence, literal=True) & evidence.str.contains(
        cut.str.replace_all(_SPACE, ""), literal=True
    )
    misquoted = facts.filter(~quoted.fill_null(value=False)).select("fact_id", "submission_id", "evidence").collect()
    misquoted = misquoted.join(
        _quoted_from_rows(warehouse, year, misquoted), on=["fact_id", "submission_id"], how="anti"
    )
    return [
        _faults(wrong, "mentions", ["mention_id", "submission_id"], "not_at_place", "原文该处不是这些字",
                "these words do not stand at their place in the text"),
        _faults(misquoted, "facts", ["fact_id", "submission_id"], "not_quoted", "原文中找不到所引的话",
                "its quote does not stand in the text"),
    ]  # fmt: skip


def _quoted_from_rows(warehouse: Warehouse, year: int, facts: pl.DataFrame) -> pl.DataFrame:
    """Return the `facts` whose quote goes over several cells of a table: every cell is a block of its own."""
    cells = (
        warehouse.scan("blocks")
        .filter(pl.col("year") == year, pl.col("kind") == "table_cell")
        .join(facts.select("submission_id").unique().lazy(), on="submission_id", how="semi")
        .sort("submission_id", "block")
        .group_by("submission_id")
        .agg(pl.col("text").str.join("").alias("cells"))
        .collect()
    )
    quote, text = (pl.col(name).str.replace_all(_RULES, "") for name in ("evidence", "cells"))
    joined = facts.join(cells, on="submission_id").filter(text.str.contains(quote, literal=True))
    return joined.select("fact_id", "submission_id")
