"""The warehouse and the raw store checked against each other, and the warehouse made again from what was received.

Stands between the stages, like `tasks.batches`.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tasks import fetch
from tasks.domain.county import County
from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.source_paths import path_in_source
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.domain.tables import KEYS, LOAD_COLUMNS, TABLES
from tasks.load import Warehouse
from tasks.load.checking import FAULTS, check_warehouse
from tasks.load.faults import TABLE_ERRORS

__all__ = ["Compared", "arrivals_of", "audit", "carry_history", "carry_over", "compare", "fresh_folder", "swap"]

# Files that were refused unread need not lie in the raw store.
_NEVER_STORED = ("file_too_large",)
# What no run can make again: what people decided, and what was done when.
_KEPT = ("decisions", "backfills", "publications")
_OF_THE_RUN = {*LOAD_COLUMNS, "first_seen_run", "last_seen_run"}


def audit(county: County, sample: int | None, progress: Callable[[str], None] = lambda _: None) -> pl.DataFrame:
    """Return every fault of the warehouse and of the raw store; `sample` raw files are hashed, all without it.

    Shape: `FAULTS`.
    """
    warehouse = Warehouse(county.warehouse)
    faults = [check_warehouse(warehouse, progress)]
    try:
        submissions = warehouse.known_submissions()
    except WarehouseError:
        return pl.concat(faults)  # named there already
    stored = submissions.filter(~pl.col("quarantine_code").fill_null("").is_in(_NEVER_STORED))
    # Members of an archive that were refused have a name of their own and no bytes.
    journal = {one.sha256 for one in fetch.read_journal(county.raw) if one.refused is not None}
    wanted = stored.filter(~pl.col("sha256").is_in(list(journal))).sort("sha256").unique("sha256", maintain_order=True)
    if sample is not None and sample < wanted.height:
        chosen = random.Random().sample(range(wanted.height), sample)
        wanted = wanted[sorted(chosen)]
    broken = []
    for number, (sha256, name) in enumerate(wanted.select("sha256", "file_name").rows(), 1):
        if number % 200 == 0:
            progress(f"raw {number}/{wanted.height}")
        try:
            fetch.read_raw(county.raw, sha256)
        except WarehouseError as error:
            broken.append(("raw", f"{sha256}/{name}", error.code, error.message("zh"), error.message("en")))
    faults.append(pl.DataFrame(broken, schema=dict(FAULTS), orient="row"))
    return pl.concat(faults)


def arrivals_of(county: County) -> list[StoredFile]:
    """Return everything that was received, from the journal beside the raw bytes.

    A county older than the journal has arrivals in its submissions table only; those are taken from there.

    Raises:
        WarehouseError: neither can be read.
    """
    noted = fetch.read_journal(county.raw)
    seen = {one.sha256 for one in noted}
    try:
        known = Warehouse(county.warehouse).known_submissions()
    except WarehouseError:
        if not noted:
            raise
        return noted
    older = known.filter(~pl.col("sha256").is_in(list(seen))).unique("sha256", keep="first", maintain_order=True)
    return noted + [
        StoredFile(
            SourceFile(
                source=row["source"], uri=row["uri"],
                path=path_in_source(row["uri"], row["source"], row["file_name"], county),
                size=row["bytes"], modified_at=row["received_at"], received_at=row["received_at"],
            ),
            row["sha256"], is_new=False,
        )
        for row in older.iter_rows(named=True)
    ]  # fmt: skip


def fresh_folder(county: County, now: dt.datetime) -> County:
    """Return the county with a warehouse that does not exist yet, beside its own."""
    address = f"{county.warehouse}.rebuilt-{now:%Y%m%dT%H%M%S}"
    storage = county.settings.storage.model_copy(update={"warehouse": address})
    return county.model_copy(update={"settings": county.settings.model_copy(update={"storage": storage})})


def carry_over(old: County, new: County, *, run_id: str, now: dt.datetime) -> list[str]:
    """Copy what people decided and what was done when; return the tables that could not be read.

    Raises:
        WarehouseError: the decisions cannot be read: without them the rebuilt warehouse would be another one.
    """
    source, target = Warehouse(old.warehouse), Warehouse(new.warehouse)
    missing = []
    for table in (name for name in _KEPT if name in TABLES):
        try:
            rows = source.scan(table).collect()
        except (WarehouseError, *TABLE_ERRORS):
            if table == "decisions":
                raise
            missing.append(table)
            continue
        if not rows.is_empty():
            target.copy_rows(table, rows, run_id=run_id)
    return missing


def carry_history(old: County, new: County) -> None:
    """Copy the findings that were fixed before and are not found any more: what runs of the past have said.

    A table that cannot be read has no history to give.
    """
    source, target = Warehouse(old.warehouse), Warehouse(new.warehouse)
    try:
        rows = source.scan("findings").filter(pl.col("status") == "fixed").collect()
    except (WarehouseError, *TABLE_ERRORS):
        return
    if not rows.is_empty():
        target.copy_rows("findings", rows, run_id="history")


@dataclass(frozen=True, slots=True)
class Compared:
    """One table of two warehouses: rows of each, and the keys of rows that only one of them has or that differ."""

    table: str
    rows_before: int
    rows_after: int
    differing: tuple[str, ...]
    readable: bool = True


def compare(old: County, new: County) -> list[Compared]:
    """Return for each table whether the two warehouses hold the same rows, but for run ids and times of loading."""
    before, after = Warehouse(old.warehouse), Warehouse(new.warehouse)
    results = []
    for table in TABLES:
        columns = [name for name in TABLES[table] if name not in _OF_THE_RUN]
        here = after.scan(table).select(columns).collect()
        try:
            there = before.scan(table).select(columns).collect()
        except (WarehouseError, *TABLE_ERRORS):
            results.append(Compared(table, 0, here.height, (), readable=False))
            continue
        lists = [name for name, dtype in TABLES[table].items() if isinstance(dtype, pl.List) and name in columns]
        sides = [_hashable(rows, lists) for rows in (there, here)]
        odd = pl.concat([
            one.join(other, on=columns, how="anti", nulls_equal=True).select(KEYS[table])
            for one, other in (sides, sides[::-1])
        ]).unique()  # fmt: skip
        keys = tuple(sorted("/".join(map(str, key)) for key in odd.rows()))
        results.append(Compared(table, there.height, here.height, keys))
    return results


def _hashable(rows: pl.DataFrame, lists: list[str]) -> pl.DataFrame:
    return rows.with_columns(
        pl.col(name).map_elements(lambda value: repr(value.to_list()), return_dtype=pl.String) for name in lists
    )


def swap(old: County, new: County, now: dt.datetime) -> Path | None:
    """Put the new warehouse in the place of the old one, which is kept; return where it is now.

    None on an object store, where nothing can be moved at once: both stay, and county.toml says which one counts.

    Raises:
        WarehouseError: a folder cannot be moved.
    """
    if "://" in old.warehouse:
        return None
    place = Path(old.warehouse)
    kept = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%S}")
    try:
        if place.exists():
            place.rename(kept)
        Path(new.warehouse).rename(place)
    except OSError as error:
        raise WarehouseError(
            "swap_failed",
            Place(str(place)),
            Text(f"文件夹无法移动：{error}", f"a folder cannot be moved: {error}"),
            Text(f"旧仓库在 {kept} 或原处，新仓库在 {new.warehouse}；请手工改名",
                 f"the old one is at {kept} or in its place, the new one at {new.warehouse}: rename by hand"),
        ) from error  # fmt: skip
    return kept
