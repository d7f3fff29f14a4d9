"""The way back: the keys of a backfill as they were before it, from the Delta versions that its manifest notes."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

import polars as pl

from tasks.backfill.selecting import fingerprint
from tasks.domain.errors import BackfillRefused, Place, Text
from tasks.load.delta import Change, DeltaStore, Plan

__all__ = ["changed_since", "restore"]

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
    for table in tables:
        mine = _of_submissions(ids) if table in _CONTENT else _of_keys(pairs)
        old = _rows_before(store, table, before.get(table), mine, backfill_id)
        commit = store.commit(table, _bring_back(old, mine, table), {"undo": backfill_id, "at": now.isoformat()})
        written[table] = commit.rows
    return written


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
    store: DeltaStore, table: str, version: int | None, mine: pl.Expr, backfill_id: str
) -> pl.DataFrame | None:
    if version is None:
        return None
    try:
        return store.scan(table, version).filter(mine).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BackfillRefused(
            "history_gone",
            Place(backfill_id),
            Text(
                f"表 {table} 第 {version} 版已被清理，无法还原", f"version {version} of {table} was removed by vacuum"
            ),
            Text(
                "用当前的程序和词库重新回填，或从备份恢复仓库", "backfill again, or restore the warehouse from a backup"
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
