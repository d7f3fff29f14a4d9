"""Versions (版本) of a submission: which files are about one thing owed, in which order, and which one is live.

A pure function of the set of submissions, new and known, and of the terms under which a version becomes live: whether
two files come in one run or in two, in this order or the other, the numbers, states and times of arrival at the end
are the same.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from tasks.domain.frames import submissions_frame
from tasks.domain.submissions import BY_HAND, Submission
from tasks.domain.tables import TABLES

__all__ = ["CANDIDATES", "Owed", "Replace", "Terms", "assign_versions"]

Replace = Literal["when_checks_pass", "after_approval", "always"]
Owed = tuple[str, str, str]  # unit_code, form, period

# States of a version that was read whole; `held` is kept from being live.
CANDIDATES = ("loaded", "superseded", "held")
_OWED = ("unit_code", "form", "period")
# How and when the bytes came, as against what was read in them.
_ARRIVAL = ("source", "uri", "file_name", "received_at", "due_at", "on_time")
_SETTLED = ("version", "state", "held_reason", "held_detail")
_TIME = pl.Datetime("us", "UTC")
# Codes of `IdentityUnclear`; what is assigned never gets one.
_NO_IDENTITY = "^(?:unit|period)_"


@dataclass(frozen=True)
class Terms:
    """Under which terms a version becomes live.

    `replace` is the county's policy for a version that is not the first. What came after `locked_at` waits, whichever
    version it is. `accepted` and `retracted` are the sha256 that people have decided about, `decided` those
    of decisions taken back. `failing` are submissions
    whose own checks were found to fail. What was received before `since` is asked nothing.
    """

    replace: Replace = "always"
    locked_at: Mapping[Owed, dt.datetime] = field(default_factory=dict)
    accepted: Collection[str] = ()
    retracted: Collection[str] = ()
    decided: Collection[str] = ()
    failing: Collection[str] = ()
    since: dt.datetime | None = None


ALWAYS = Terms()


def assign_versions(
    new: Sequence[Submission], known: pl.DataFrame, terms: Terms = ALWAYS
) -> tuple[list[Submission], pl.DataFrame]:
    """Return `new` with version, state and arrival settled, and the rows of `known` that change because of them.

    Versions count from 1 per unit, form and period by `received_at`, then sha256. The newest one that the `terms`
    allow is live (`loaded`), those before it are `superseded`, those after it are `held`, with the reason. A withdrawn
    one keeps its number and is never live; a quarantined one has none (0). The same submission again keeps the
    earliest arrival that was seen: bytes sent twice were received the first time. Bytes belong to one unit and period:
    when `new` has them loaded, a known row of the same bytes for another unit or period, or in quarantine, becomes
    `withdrawn`.

    Shape: `known` and the returned frame have the schema `TABLES["submissions"]`.
    """
    columns = list(TABLES["submissions"])
    # The last of `new` with an id says what was read; the same bytes read the same way give the same.
    read = {one.submission_id: one for one in new}
    arrived = submissions_frame(new)
    known = _touched(known.select(columns), arrived, terms)
    old = known.filter(~pl.col("submission_id").is_in(list(read)))
    everyone = pl.concat([_first_arrivals(submissions_frame(read.values()), [arrived, known]), old])
    settled = _settled(_withdrawn_elsewhere(everyone, list(read)), list(read), terms)
    mine = settled.filter(pl.col("submission_id").is_in(list(read)))
    answers = {row["submission_id"]: row for row in mine.select("submission_id", *_SETTLED, *_ARRIVAL).to_dicts()}
    numbered = [
        replace(one, **{name: answers[one.submission_id][name] for name in (*_SETTLED, *_ARRIVAL)})
        for one in read.values()
    ]
    before = old.select("submission_id", pl.col(_SETTLED).name.suffix("_before"))
    changed = settled.join(before, on="submission_id", maintain_order="left").filter(
        pl.any_horizontal(_plain(name).ne_missing(_plain(f"{name}_before")) for name in _SETTLED)
    )
    return numbered, changed.select(columns)


def _plain(name: str) -> pl.Expr:
    """Return a column where no words and null are the same: older rows lack the column."""
    return pl.col(name).cast(pl.String).fill_null("")


def _touched(known: pl.DataFrame, new: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the known rows that can change: those `new` has bytes or things owed of, and what decisions are about."""
    decided = pl.col("sha256").is_in([*terms.accepted, *terms.retracted, *terms.decided]) | (
        _plain("held_reason") != ""
    )
    same = known.filter(pl.col("sha256").is_in(new["sha256"].unique().to_list()) | decided)
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
    """Return every submission, withdrawn where the same bytes are now loaded for another unit or period.

    So is what was loaded by an assignment that is in force no more, where the names of the file say too little now.
    """
    is_new, loaded = pl.col("submission_id").is_in(new_ids), pl.col("state").is_in(CANDIDATES)
    shas = everyone.filter(is_new & loaded)["sha256"].unique().to_list()
    unclear = pl.col("quarantine_code").fill_null("").str.contains(_NO_IDENTITY)
    nobodys = everyone.filter(is_new & unclear)["sha256"].unique().to_list()
    by_hand = pl.col("seen").list.eval(pl.element().str.starts_with(BY_HAND)).list.any().fill_null(value=False)
    elsewhere = (pl.col("sha256").is_in(shas) & ~(is_new & loaded)) | (
        ~is_new & loaded & by_hand & pl.col("sha256").is_in(nobodys)
    )
    return everyone.with_columns(
        pl.when(elsewhere).then(pl.lit("withdrawn")).otherwise("state").alias("state"),
        # Not by a person's word: it does not come back when that word is taken back.
        pl.when(elsewhere).then(pl.lit("")).otherwise("held_reason").alias("held_reason"),
    )


def _settled(everyone: pl.DataFrame, new_ids: Sequence[str], terms: Terms) -> pl.DataFrame:
    """Return every submission with its version, state and, where it is kept from being live, the reason."""
    ours = pl.col("state").is_in(CANDIDATES) | ((pl.col("state") == "withdrawn") & (_plain("held_reason") != ""))
    withdrawn = (pl.col("state") == "withdrawn") & (pl.col("quarantine_code").fill_null("") == "")
    counted = (
        everyone.join(_locks(terms), on=_OWED, how="left", maintain_order="left")
        .with_columns(
            (ours | withdrawn).alias("counts"),
            (ours & ~pl.col("sha256").is_in(list(terms.retracted))).alias("contends"),
            (ours & pl.col("sha256").is_in(list(terms.retracted))).alias("retracted"),
            pl.col("sha256").is_in(list(terms.accepted)).alias("accepted"),
        )
        .sort("received_at", "sha256")
    )
    judged = counted.with_columns(_reason(new_ids, terms).alias("reason"))
    fit = pl.col("contends") & (pl.col("reason") == "")
    placed = judged.with_columns(
        pl.when("counts").then(pl.col("counts").cum_sum().over(_OWED)).otherwise(0).cast(pl.Int32).alias("version"),
        (fit.cum_sum().over(_OWED) == fit.sum().over(_OWED)).alias("newest"),
        fit.any().over(_OWED).alias("any_fit"),
        fit.alias("fit"),
    )
    live = pl.col("fit") & pl.col("newest")
    after = ~pl.col("any_fit") | pl.col("newest")
    return (
        placed.with_columns(
            pl.when("retracted")
            .then(pl.lit("withdrawn"))
            .when(~pl.col("contends"))
            .then("state")
            .when(live)
            .then(pl.lit("loaded"))
            .when(after)
            .then(pl.lit("held"))
            .otherwise(pl.lit("superseded"))
            .alias("state")
        )
        .with_columns(_kept_reason().alias("held_reason"), _kept_detail().alias("held_detail"))
        .select(everyone.columns)
    )


def _locks(terms: Terms) -> pl.DataFrame:
    rows = [(*owed, moment) for owed, moment in terms.locked_at.items()]
    return pl.DataFrame(rows, schema={**dict.fromkeys(_OWED, pl.String()), "locked_at": _TIME}, orient="row")


def _reason(new_ids: Sequence[str], terms: Terms) -> pl.Expr:
    """Return why a version cannot be live, empty where it can.

    The first version that came in time replaces nothing and needs no leave.
    """
    is_new = pl.col("submission_id").is_in(list(new_ids))
    since = pl.lit(terms.since, dtype=_TIME)
    free = pl.col("accepted") | (pl.col("received_at") < since).fill_null(value=False)
    late = (pl.col("received_at") > pl.col("locked_at")).fill_null(value=False) & ~free
    in_time = pl.col("contends") & ~late
    first = in_time & (in_time.cum_sum().over(_OWED) == 1)
    stands = ~is_new & (pl.col("state") == "held") & (_plain("held_reason") == "hard_checks")
    failing = pl.col("submission_id").is_in(list(terms.failing)) | stands
    reason = pl.when(late).then(pl.lit("locked")).when(first | free).then(pl.lit(""))
    if terms.replace == "after_approval":
        return reason.otherwise(pl.lit("awaiting_approval"))
    if terms.replace == "when_checks_pass":
        reason = reason.when(failing).then(pl.lit("hard_checks"))
    return reason.otherwise(pl.lit(""))


def _kept_reason() -> pl.Expr:
    """Return the reason a row keeps; failing checks of a replaced version are nobody's business any more."""
    moot = (pl.col("state") == "superseded") & (pl.col("reason") == "hard_checks")
    return (
        pl.when("retracted")
        .then(pl.lit("retracted"))
        .when(~pl.col("contends") | moot)
        .then(pl.lit(""))
        .otherwise("reason")
    )


def _kept_detail() -> pl.Expr:
    held = (pl.col("state") == "held") & (pl.col("held_reason") == "hard_checks")
    return pl.when(held).then(_plain("held_detail")).otherwise(pl.lit(""))
