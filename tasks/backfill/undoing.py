"""The way back: the keys of a backfill as they were before it, from the Delta versions that its manifest notes."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

import polars as pl

from tasks.backfill.selecting import fingerprint
from tasks.domain.errors import BackfillRefused, Place, Text, WarehouseError
from tasks.load.delta import Change, DeltaStore, Plan
from tasks.load.faults import TABLE_ERRORS

__all__ = ["changed_since", "put_readings", "readings_of", "restore"]

_CONTENT = ("blocks", "mentions", "facts", "revisions", "submissions")
_JUDGED = ("findings", "reporting", "quality")


def changed_since(rows: pl.DataFrame, known: pl.DataFrame) -> list[str]:
    """Return the keys (unit and period, as people read them) that another run changed after the backfill."""
    return [
        f"{row['unit_name']} {row['period']}"
        for row in rows.to_dicts()
        if json.loads(row["after"] or "[]") != fingerprint(known, row["unit_code"], row["form"], row["period"])
    ]


def restore(uri: str, rows: pl.DataFrame, now: dt.datetime) -> dict[str, int]:
    """Bring the submissions of the keys in `rows` back to what they were, the row of the submission last.

    Rows come back as they stood, with the time and run they were written in. Returns the rows written per table;
    a table that is as it was already gets no version.

    Raises:
        BackfillRefused: the old versions are not there any more (vacuum removed their files).
    """
    store = DeltaStore(uri)
    before: Mapping[str, int] = json.loads(rows["table_versions"][0])
    ids = sorted(
        {one[0] for row in rows.to_dicts() for which in ("before", "after") for one in json.loads(row[which] or "[]")}
    )
    is_judged_only = (rows["action"] == "judge").all()
    backfill_id = str(rows["backfill_id"][0])
    written: dict[str, int] = {}
    pairs = rows.select("unit_code", "period").unique().rows()
    tables: Sequence[str] = _JUDGED if is_judged_only else _CONTENT
    which = {table: _of_submissions(ids) if table in _CONTENT else _of_keys(pairs) for table in tables}
    # All of it is read before any of it is written: where some of the history is gone, nothing is brought back.
    old = {table: _rows_before(store, table, before.get(table), mine, rows) for table, mine in which.items()}
    for table, mine in which.items():
        commit = store.commit(table, _bring_back(old[table], mine, table), {"undo": backfill_id, "at": now.isoformat()})
        written[table] = commit.rows
    return written


def readings_of(uri: str, ids: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return all that the warehouse at `uri` holds of the submissions `ids`, by table.

    Raises:
        WarehouseError: a table cannot be read.
    """
    return {table: DeltaStore(uri).scan(table).filter(_of_submissions(ids)).collect() for table in _CONTENT}


def put_readings(uri: str, readings: Mapping[str, pl.DataFrame], words: Mapping[str, str]) -> None:
    """Put `readings` in the place of what the warehouse at `uri` holds of these submissions, their own rows last.

    Raises:
        WarehouseError: a table cannot be written.
    """
    ids = readings["submissions"]["submission_id"].to_list()
    for table, rows in readings.items():
        DeltaStore(uri).commit(table, _bring_back(rows, _of_submissions(ids), table), words)


def _of_submissions(ids: Sequence[str]) -> pl.Expr:
    return pl.col("submission_id").is_in(list(ids))


def _of_keys(pairs: Sequence[tuple[str, str]]) -> pl.Expr:
    by_period: dict[str, list[str]] = {}
    for unit, period in pairs:
        by_period.setdefault(period, []).append(unit)
    return pl.any_horizontal(
        [(pl.col("period") == period) & pl.col("unit_code").is_in(units) for period, units in by_period.items()]
    )


def _rows_before(
    store: DeltaStore, table: str, version: int | None, mine: pl.Expr, rows: pl.DataFrame
) -> pl.DataFrame | None:
    if version is None:
        return None
    try:
        return store.scan(table, version).filter(mine).collect()
    except (WarehouseError, *TABLE_ERRORS) as error:
        backfill_id = str(rows["backfill_id"][0])
        began = str(rows["started_at"].dt.to_string("%Y-%m-%d %H:%M UTC").min())
        raise BackfillRefused(
            "history_gone",
            Place(backfill_id),
            Text(
                f"表 {table} 第 {version} 版的文件已被清理（[upkeep] 的 keep_days），无法还原；未作任何改动",
                f"files of version {version} of {table} were removed ([upkeep] keep_days); nothing was changed",
            ),
            Text(
                f"county backfill show {backfill_id} 列出回填前的数，可用 county correct 逐个更正；"
                f"或从 {began} 以前的备份恢复仓库（county restore）",
                f"`county backfill show {backfill_id}` lists the figures before it, `county correct` sets them one by "
                f"one; or restore the warehouse from a backup made before {began} (`county restore`)",
            ),
        ) from error


def _bring_back(old: pl.DataFrame | None, mine: pl.Expr, table: str) -> Plan:
    key = "submission_id" if table in _CONTENT else "finding_id" if table == "findings" else None

    def plan(held: pl.LazyFrame) -> Change | None:
        present = held.filter(mine).collect()
        wanted = present.clear() if old is None else old.select(present.columns)
        if _as_text(present).equals(_as_text(wanted)):
            return None
        if key is not None:
            ids = pl.concat([present[key], wanted[key]]).unique().sort()
            listed = ", ".join("'" + str(one).replace("'", "''") + "'" for one in ids)
            return Change(wanted, f"{key} IN ({listed})")
        pairs = (
            pl.concat([present.select("unit_code", "period"), wanted.select("unit_code", "period")])
            .unique()
            .sort("period", "unit_code")
        )
        where = " OR ".join(f"(unit_code = '{unit}' AND period = '{period}')" for unit, period in pairs.rows())
        return Change(wanted, where)

    return plan


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` as words in a steady order, lists too, to be compared."""
    words = [
        pl.col(name).cast(pl.List(pl.String)).list.join("\x1f") if dtype.is_nested() else pl.col(name).cast(pl.String)
        for name, dtype in rows.schema.items()
    ]
    return rows.select(words).sort(rows.columns)
