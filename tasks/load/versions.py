"""Versions (版本) of a submission: which files are about one thing owed, in which order, and which one is live.

A pure function of the set of submissions, new and known: whether two files come in one run or in two, in this order
or the other, the numbers, states and times of arrival at the end are the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tasks.domain.frames import submissions_frame
from tasks.domain.submissions import Submission
from tasks.domain.tables import TABLES

__all__ = ["assign_versions"]

_LOADED = ("loaded", "superseded")
_OWED = ("unit_code", "form", "period")
# How and when the bytes came, as against what was read in them.
_ARRIVAL = ("source", "uri", "file_name", "received_at", "due_at", "on_time")


def assign_versions(new: Sequence[Submission], known: pl.DataFrame) -> tuple[list[Submission], pl.DataFrame]:
    """Return `new` with version, state and arrival settled, and the rows of `known` that change because of them.

    Versions count from 1 per unit, form and period by `received_at`, then sha256; the newest one is live (`loaded`),
    older ones are `superseded`. A withdrawn one keeps its number and is never live; a quarantined one has none (0).
    The same submission again keeps the earliest arrival that was seen: bytes sent twice were received the first
    time. Bytes belong to one unit and period: when `new` has them loaded, a known row of the same bytes for another
    unit or period, or in quarantine, becomes `withdrawn`.

    Shape: `known` and the returned frame have the schema `TABLES["submissions"]`.
    """
    columns = list(TABLES["submissions"])
    known = known.select(columns)
    if not new:
        return [], known.clear()
    # The last of `new` with an id says what was read; the same bytes read the same way give the same.
    read = {one.submission_id: one for one in new}
    arrived = submissions_frame(new)
    known = _touched(known, arrived)
    old = known.filter(~pl.col("submission_id").is_in(list(read)))
    everyone = pl.concat([_first_arrivals(submissions_frame(read.values()), [arrived, known]), old])
    settled = _settled(_withdrawn_elsewhere(everyone, list(read)))
    mine = settled.filter(pl.col("submission_id").is_in(list(read)))
    answers = {
        row["submission_id"]: row for row in mine.select("submission_id", "version", "state", *_ARRIVAL).to_dicts()
    }
    numbered = [
        replace(one, **{name: answers[one.submission_id][name] for name in ("version", "state", *_ARRIVAL)})
        for one in read.values()
    ]
    before = old.select("submission_id", pl.col("version", "state").name.suffix("_before"))
    changed = settled.join(before, on="submission_id", maintain_order="left").filter(
        pl.col("version").ne_missing(pl.col("version_before")) | pl.col("state").ne_missing(pl.col("state_before"))
    )
    return numbered, changed.select(columns)


def _touched(known: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return the known rows that `new` can change: of the same bytes, or for anything owed that these are about."""
    same = known.filter(pl.col("sha256").is_in(new["sha256"].unique().to_list()))
    owed = pl.concat([new.select(_OWED), same.select(_OWED)]).unique()
    return known.join(owed, on=_OWED, how="semi", nulls_equal=True, maintain_order="left")


def _first_arrivals(rows: pl.DataFrame, seen: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return `rows` with the earliest arrival in `seen` of each."""
    first = (
        pl.concat([frame.select("submission_id", *_ARRIVAL) for frame in seen])
        .sort("received_at", "uri", nulls_last=True)
        .unique("submission_id", keep="first", maintain_order=True)
    )
    return rows.drop(_ARRIVAL).join(first, on="submission_id", maintain_order="left").select(rows.columns)


def _withdrawn_elsewhere(everyone: pl.DataFrame, new_ids: Sequence[str]) -> pl.DataFrame:
    """Return every submission, withdrawn where the same bytes are now loaded for another unit or period."""
    is_new, loaded = pl.col("submission_id").is_in(new_ids), pl.col("state").is_in(_LOADED)
    shas = everyone.filter(is_new & loaded)["sha256"].unique().to_list()
    elsewhere = pl.col("sha256").is_in(shas) & ~(is_new & loaded)
    return everyone.with_columns(pl.when(elsewhere).then(pl.lit("withdrawn")).otherwise("state").alias("state"))


def _settled(everyone: pl.DataFrame) -> pl.DataFrame:
    """Return every submission with its version and state."""
    loaded = pl.col("state").is_in(_LOADED)
    withdrawn = (pl.col("state") == "withdrawn") & (pl.col("quarantine_code").fill_null("") == "")
    counted = everyone.with_columns(
        (loaded | withdrawn).alias("counts"),
        loaded.alias("candidate"),
    ).sort("received_at", "sha256")
    return (
        counted.with_columns(
            pl.when("counts").then(pl.col("counts").cum_sum().over(_OWED)).otherwise(0).cast(pl.Int32).alias("version"),
            (pl.col("candidate").cum_sum().over(_OWED) == pl.col("candidate").sum().over(_OWED)).alias("newest"),
        )
        .with_columns(
            pl.when("candidate")
            .then(pl.when("newest").then(pl.lit("loaded")).otherwise(pl.lit("superseded")))
            .otherwise("state")
            .alias("state")
        )
        .select(everyone.columns)
    )
