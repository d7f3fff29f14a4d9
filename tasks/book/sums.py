"""The county as a whole: sums with what is missing said, and the largest changes against the year before."""

from dataclasses import dataclass

import polars as pl

from expectations.catalogue import adds_up
from tasks.book.data import BookData, same_period_before
from tasks.book.words import written

__all__ = ["ChangeRow", "SumRow", "county_sums", "largest_changes"]

# A figure that a check holds for wrong is in no sum until somebody corrects it.
_SUMMED = ("accepted", "corrected")


@dataclass(frozen=True, slots=True)
class SumRow:
    """An indicator summed over townships: how many state it, of how many, and who is missing and why."""

    indicator: str
    name: str
    group: str
    unit: str
    total: str
    stated: int
    owing: int
    missing: tuple[tuple[str, str], ...]
    change: float | None
    compared: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A figure beside that of the year before."""

    unit_code: str
    unit_name: str
    indicator: str
    name: str
    item: str
    unit: str
    before: str
    before_address: str
    after: str
    after_address: str
    ratio: float
    status: str


def county_sums(period: str, data: BookData) -> list[SumRow]:
    """Return a row per indicator that adds up and that any township states for `period`, in the catalogue's order.

    A sum holds the accepted or corrected levels without item; `missing` names every other township that owes a report,
    with the reason: no report, masked, in doubt, not stated. `change` is the change in percent against the year before
    over the townships that count in both.
    """
    levels = data.figures.filter((pl.col("measure") == "level") & (pl.col("item") == ""))
    now = levels.filter(pl.col("period") == period)
    before = levels.filter((pl.col("period") == same_period_before(period)) & _counts()).select(
        "unit_code", "indicator", before="shown"
    )
    both = now.filter(_counts()).join(before, on=["unit_code", "indicator"])
    changes = {
        code: (after / was - 1, units)
        for code, after, was, units in both.group_by("indicator")
        .agg(pl.col("shown").sum(), pl.col("before").sum(), pl.len())
        .rows()
        if was
    }
    owing = data.reporting.filter(pl.col("period") == period).sort("unit_code")
    states = dict(owing.select("unit_code", "state").rows())
    by_indicator = {code: part for (code,), part in now.group_by("indicator", maintain_order=True)}
    rows = []
    for indicator in data.indicators.iter_rows(named=True):
        part = by_indicator.get(indicator["code"])
        if part is None or not adds_up(indicator["kind"], indicator["name"], indicator["unit"]):
            continue
        counted = part.filter(_counts())
        doubts = dict(part.filter(~_counts()).select("unit_code", "status").rows())
        has = set(counted["unit_code"])
        missing: list[tuple[str, str]] = [
            (data.unit_names.get(unit) or unit, _why(states[unit], doubts.get(unit)))
            for unit in states
            if unit not in has
        ]
        change, compared = changes.get(indicator["code"], (None, 0))
        rows.append(
            SumRow(indicator["code"], indicator["name"], indicator["group"], indicator["unit"],
                   written(float(counted["shown"].sum())) if counted.height else "", counted.height,
                   max(len(states), counted.height), tuple(missing), change, compared)
        )  # fmt: skip
    return rows


def _counts() -> pl.Expr:
    return pl.col("status").is_in(_SUMMED) & pl.col("shown").is_not_null()


def _why(state: str, doubt: str | None) -> str:
    """Return the code of the reason why a township is not in a sum."""
    if doubt is not None:
        return "masked" if doubt in _SUMMED else doubt
    return "unstated" if state in {"on_time", "late"} else state


def largest_changes(period: str, data: BookData, limit: int) -> list[ChangeRow]:
    """Return the levels of `period` that differ most from the year before, by ratio; zeros have none."""
    levels = data.figures.filter((pl.col("measure") == "level") & (pl.col("shown") > 0))
    keys = ["unit_code", "indicator", "item"]
    before = levels.filter(pl.col("period") == same_period_before(period)).select(
        *keys, was="shown", was_address="address"
    )
    both = levels.filter(pl.col("period") == period).join(before, on=keys)
    ranked = both.with_columns((pl.col("shown") / pl.col("was")).alias("ratio")).sort(
        pl.col("ratio").log().abs(), "unit_code", "indicator", "item", descending=[True, False, False, False]
    )
    changed = ranked.filter(pl.col("ratio") != 1).head(limit)
    return [
        ChangeRow(one["unit_code"], one["unit_name"], one["indicator"], one["indicator_name"], one["item"],
                  one["canonical_unit"], written(one["was"]), one["was_address"], written(one["shown"]),
                  one["address"], one["ratio"], one["status"])
        for one in changed.iter_rows(named=True)
    ]  # fmt: skip
