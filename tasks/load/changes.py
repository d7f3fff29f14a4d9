"""What a load changes, as pure functions of what a table holds and what a batch brings.

Two rows are the same when every column but `loaded_at`, `run_id`, `first_seen_run` and `last_seen_run` is: a load
that brings nothing new plans no change, and so leaves no version.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import polars as pl

from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.tables import KEYS, TABLES
from tasks.load.delta import Change

__all__ = [
    "change_of_content",
    "change_of_facts",
    "change_of_findings",
    "change_of_reporting",
    "change_of_rows",
    "change_of_whole",
    "checked",
    "scope_of",
    "stamp",
    "years_of",
]

_NOT_CONTENT = {"loaded_at", "run_id", "first_seen_run", "last_seen_run"}

Stamp = Callable[[pl.DataFrame], pl.DataFrame]


def stamp(run_id: str, now: dt.datetime) -> Stamp:
    """Return what adds `loaded_at` and `run_id` to the rows of a commit."""

    def add(rows: pl.DataFrame) -> pl.DataFrame:
        moment = pl.lit(now.astimezone(dt.UTC), dtype=pl.Datetime("us", "UTC"))
        return rows.with_columns(moment.alias("loaded_at"), pl.lit(run_id).alias("run_id"))

    return add


def checked(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` in the schema of `table`, identical rows once.

    Raises:
        WarehouseError: two different rows have the same key; the place names it.
    """
    rows = frame.select(pl.col(name).cast(dtype) for name, dtype in TABLES[table].items())
    keys = list(KEYS[table])
    if not rows.select(keys).is_duplicated().any():
        return rows
    repeated = rows.filter(pl.struct(keys).is_duplicated())
    first = repeated.group_by(keys, maintain_order=True).agg(pl.all().first())
    if repeated.join(first, on=keys, suffix="_first").filter(_differs(_contents(table), "_first")).height:
        name = "/".join(str(part) for part in repeated.select(keys).row(0))
        raise WarehouseError(
            "key_twice",
            Place(f"{table} {name}"),
            Text("同一主键有两行不同的数据", "two different rows have this key"),
            Text("这是程序错误，请附上报送件报告", "this is a fault of the program: report it with the submission"),
        )
    return rows.unique(subset=keys, keep="first", maintain_order=True)


def scope_of(frames: Iterable[pl.DataFrame]) -> pl.Expr:
    """Return what is true for every row that the units and periods of `frames` can have; it lets files be skipped."""
    keys = pl.concat([frame.select("unit_code", "period") for frame in frames])
    units = keys["unit_code"].unique().to_list()
    return pl.col("year").is_in(years_of(keys["period"])) & pl.col("unit_code").is_in(units)


def years_of(periods: pl.Series) -> list[int]:
    """Return the years of period codes (`2023Q3` → 2023), the partitions their rows lie in."""
    return periods.drop_nulls().filter(periods.drop_nulls() != "").str.slice(0, 4).cast(pl.Int32).unique().to_list()


def change_of_content(
    table: str, held: pl.LazyFrame, rows: pl.DataFrame, ids: Sequence[str], where: pl.Expr, add: Stamp
) -> Change | None:
    """Return the change that makes `rows` all there is of the submissions `ids` in a table of a report's content.

    `where` (`scope_of` the batch) is true for every row these submissions can have.
    """
    return _replace_submissions(table, _held(held, "submission_id", ids, where), rows, add)


def change_of_facts(
    held: pl.LazyFrame,
    rows: pl.DataFrame,
    ids: Sequence[str],
    where: pl.Expr,
    submissions: pl.DataFrame,
    add: Stamp,
) -> Change | None:
    """Return the change of the facts of `submissions`.

    Submissions in `ids` have their facts replaced by `rows`; the others keep theirs. All take `version` and `live`
    (loaded, not superseded) from their submission: old versions stay, with live false.
    """
    everyone = pl.concat([submissions["submission_id"], pl.Series(ids, dtype=pl.String)]).unique().to_list()
    present = _held(held, "submission_id", everyone, where)
    kept = present.filter(~pl.col("submission_id").is_in(list(ids))).select(rows.columns)
    state = submissions.select(
        "submission_id", pl.col("version").alias("version_now"), (pl.col("state") == "loaded").alias("live_now")
    )
    wanted = (
        pl.concat([rows, kept])
        .join(state, on="submission_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("version_now", "version").alias("version"), pl.coalesce("live_now", "live").alias("live")
        )
        .select(rows.columns)
    )
    return _replace_submissions("facts", present, wanted, add)


def change_of_rows(table: str, held: pl.LazyFrame, rows: pl.DataFrame, add: Stamp) -> Change | None:
    """Return the change that writes those of `rows` that are new or differ, by a key of one column."""
    (key,) = KEYS[table]
    if rows.is_empty():
        return None
    present = _held(held, key, rows[key].to_list(), pl.lit(value=True))
    return _upsert(table, present, _changed(table, present, rows), add)


def change_of_findings(
    held: pl.LazyFrame, rows: pl.DataFrame, periods: Sequence[str], run_id: str, add: Stamp
) -> Change | None:
    """Return the change of findings when the checks of `periods` found exactly `rows`.

    A finding seen before keeps `first_seen_run`; its status is what `rows` say, where decisions have been applied.
    Findings of `periods` that are gone become fixed, settled ones too: what was said of them is in the decisions, and
    counts again when they come back. Without `periods` nothing was judged and only `rows` change.
    """
    years = years_of(pl.concat([pl.Series(periods, dtype=pl.String), rows["period"]]))
    ids = rows["finding_id"].to_list()
    present = held.filter(
        pl.col("year").is_in(years) & (pl.col("period").is_in(list(periods)) | pl.col("finding_id").is_in(ids))
    ).collect()
    before = present.select("finding_id", pl.col("first_seen_run", "last_seen_run").name.suffix("_before"))
    seen = pl.lit(run_id) if periods else pl.coalesce("last_seen_run_before", "last_seen_run")
    found = (
        rows.join(before, on="finding_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("first_seen_run_before", "first_seen_run").alias("first_seen_run"),
            seen.alias("last_seen_run"),
        )
        .select(rows.columns)
    )
    gone = (
        present.select(rows.columns)
        .filter(
            pl.col("period").is_in(list(periods)) & ~pl.col("finding_id").is_in(ids) & (pl.col("status") != "fixed")
        )
        .with_columns(
            pl.lit("fixed").alias("status"),
            pl.lit(None, pl.String).alias("decision_id"),
            pl.lit(None, pl.String).alias("decision_zh"),
            pl.lit(None, pl.String).alias("decision_en"),
        )
    )
    changed = _changed("findings", present, pl.concat([found, gone]))
    return _upsert("findings", present, changed, add)


def change_of_reporting(
    table: str, held: pl.LazyFrame, rows: pl.DataFrame, periods: Sequence[str], add: Stamp
) -> Change | None:
    """Return the change of a table of the roster (reporting, quality).

    Rows are upserted; rows of `periods` that nobody owes any more go away.
    """
    touched = pl.concat([pl.Series(periods, dtype=pl.String), rows["period"]]).unique().to_list()
    keys = list(KEYS[table])
    # Without any row the caller did not judge the roster at all.
    judged = list(periods) if rows.height else []
    where = pl.col("period").is_in(touched)
    present = held.filter(where if judged else where & pl.col("unit_code").is_in(rows["unit_code"].to_list())).collect()
    gone = present.filter(pl.col("period").is_in(judged)).join(rows, on=keys, how="anti")
    changed = _changed(table, present, rows)
    if changed.is_empty() and gone.is_empty():
        return None
    if present.join(changed, on=keys, how="semi").is_empty() and gone.is_empty():
        return Change(add(changed))
    units = pl.concat([changed["unit_code"], gone["unit_code"]]).unique().sort()
    span = pl.concat([changed["period"], gone["period"]]).unique().sort()
    inside = pl.col("unit_code").is_in(units.to_list()) & pl.col("period").is_in(span.to_list())
    untouched = present.filter(inside).join(pl.concat([changed.select(keys), gone.select(keys)]), on=keys, how="anti")
    written = pl.concat([add(changed), untouched.select(add(changed).columns)])
    return Change(written, f"{_in('unit_code', units)} AND {_in('period', span)}", present.filter(inside).height)


def change_of_whole(table: str, held: pl.LazyFrame, rows: pl.DataFrame, add: Stamp) -> Change | None:
    """Return the change that makes `rows` the whole table (catalogue, units); no rows change nothing."""
    if rows.is_empty():
        return None
    present = held.collect()
    if present.height == rows.height and _changed(table, present, rows).is_empty():
        return None
    return Change(add(rows), None if present.is_empty() else "true", present.height)


def _contents(table: str) -> list[str]:
    return [name for name in TABLES[table] if name not in _NOT_CONTENT and name not in KEYS[table]]


def _differs(columns: Iterable[str], suffix: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + suffix)) for name in columns)


def _changed(table: str, present: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return those of `rows` that are not in `present`, or differ from what is there."""
    if present.is_empty() or rows.is_empty():
        return rows
    keys = list(KEYS[table])
    marked = rows.join(
        present.with_columns(pl.lit(value=True).alias("held")),
        on=keys,
        how="left",
        suffix="_held",
        maintain_order="left",
    )
    return marked.filter(pl.col("held").is_null() | _differs(_contents(table), "_held")).select(rows.columns)


def _held(held: pl.LazyFrame, key: str, values: Sequence[str], where: pl.Expr) -> pl.DataFrame:
    """Return the rows whose `key` is one of `values`; most often there are none, so the keys alone are read first."""
    wanted = held.filter(where & pl.col(key).is_in(list(values)))
    if not values or wanted.select(key).head(1).collect().is_empty():
        return pl.DataFrame(schema=held.collect_schema())
    return wanted.collect()


def _replace_submissions(table: str, present: pl.DataFrame, rows: pl.DataFrame, add: Stamp) -> Change | None:
    lost = present.join(rows, on=list(KEYS[table]), how="anti")
    touched = pl.concat([_changed(table, present, rows)["submission_id"], lost["submission_id"]]).unique()
    if touched.is_empty():
        return None
    written = rows.filter(pl.col("submission_id").is_in(touched.to_list())).sort("submission_id", maintain_order=True)
    replaced = present.filter(pl.col("submission_id").is_in(touched.to_list()))
    if replaced.is_empty():
        return Change(add(written))
    # Rows of every touched submission are named, or rows that are only appended would fall outside the predicate.
    both = pl.concat([replaced.select("year", "unit_code"), written.select("year", "unit_code")])
    files = f"{_in('year', both['year'].unique().sort())} AND {_in('unit_code', both['unit_code'].unique().sort())}"
    return Change(add(written), f"{files} AND {_in('submission_id', touched.sort())}", replaced.height)


def _upsert(table: str, present: pl.DataFrame, changed: pl.DataFrame, add: Stamp) -> Change | None:
    (key,) = KEYS[table]
    if changed.is_empty():
        return None
    replaced = present.join(changed, on=key, how="semi")
    if replaced.is_empty():
        return Change(add(changed))
    predicate = _in(key, changed[key].sort())
    if "year" in changed.columns:
        predicate = f"{_in('year', changed['year'].unique().sort())} AND {predicate}"
    return Change(add(changed), predicate, replaced.height)


def _in(column: str, values: pl.Series) -> str:
    if values.dtype == pl.String:
        words = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    else:
        words = ", ".join(str(value) for value in values)
    return f"{column} IN ({words})"
