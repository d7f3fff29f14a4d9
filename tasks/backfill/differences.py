"""The facts that change: what a report states by today's stages beside what the warehouse holds of it, with quotes."""

from collections.abc import Iterable

import polars as pl

from expectations.catalogue import Catalogue
from tasks.backfill.reading import FileRead
from tasks.domain.backfills import ChangeKind, FactChange
from tasks.domain.submissions import submission_id
from tasks.domain.tables import TABLES, fact_id

__all__ = ["changes_by_submission", "facts_read"]

# What a figure is and says; of the rest (confidence, rule) a change is none that a person would look at.
_SAYS = ("period", "value", "value_high", "canonical_unit", "stated_value", "stated_unit", "bound")
_STANDS = ("evidence", "start", "end")
_CALLED = ("submission_id", "indicator", "measure", "item")
_SCHEMA = {
    name: TABLES["facts"][name] for name in ("fact_id", *_CALLED, "indicator_name", "unit_name", *_SAYS, *_STANDS)
}


def facts_read(reads: Iterable[FileRead], catalogue: Catalogue) -> pl.DataFrame:
    """Return the facts of every file that was read, with the columns that are compared."""
    rows = []
    for one in reads:
        if one.extraction is None:
            continue
        whose = submission_id(one.file.sha256, one.file.unit_code, one.file.period)
        rows += [
            (
                fact_id(whose, fact.indicator, fact.measure, fact.item, fact.start),
                whose,
                fact.indicator,
                fact.measure,
                fact.item,
                catalogue[fact.indicator].name,
                one.file.unit_name,
                fact.period or one.file.period,
                fact.value,
                fact.value_high,
                fact.unit,
                fact.stated_value,
                fact.stated_unit,
                fact.bound,
                fact.evidence,
                fact.start,
                fact.end,
            )
            for fact in one.extraction.facts
        ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def changes_by_submission(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, list[FactChange]]:
    """Return what changes from `before` to `after` (facts of the same submissions), by submission, in order of place.

    A figure is the same one when it stands in the same place under the same name; of the others, those of one name are
    paired in the order they stand in. `changed` says another value, unit or bound; `moved` the same elsewhere.
    """
    before, after = (
        frame.select(list(_SCHEMA)).unique("fact_id", keep="first", maintain_order=True) for frame in (before, after)
    )
    same = before.join(after, on="fact_id", how="inner", suffix="_after")
    lost = _numbered(before.join(after, on="fact_id", how="anti"))
    new = _numbered(after.join(before, on="fact_id", how="anti"))
    by = [*_CALLED, "number"]
    paired = lost.join(new, on=by, how="full", suffix="_after", coalesce=False)
    columns = [f"{name}{which}" for which in ("", "_after") for name in _SCHEMA if name != "fact_id"]
    everything = pl.concat([same.select(columns), paired.select(columns)])
    is_gone, is_new = pl.col("start_after").is_null(), pl.col("start").is_null()
    kind = (
        pl.when(is_new)
        .then(pl.lit("added"))
        .when(is_gone)
        .then(pl.lit("removed"))
        .when(_differs(_SAYS))
        .then(pl.lit("changed"))
        .when(_differs(_STANDS))
        .then(pl.lit("moved"))
    )
    rows = (
        everything.with_columns(kind.alias("kind"))
        .filter(pl.col("kind").is_not_null())
        .with_columns(pl.coalesce(f"{name}_after", name).alias(name) for name in _CALLED)
        .sort("submission_id", pl.coalesce("start_after", "start"), "indicator", "measure", "item")
    )
    found: dict[str, list[FactChange]] = {}
    for row in rows.to_dicts():
        found.setdefault(row["submission_id"], []).append(_change(row))
    return found


def _numbered(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.sort("start", maintain_order=True).with_columns(pl.int_range(pl.len()).over(_CALLED).alias("number"))


def _differs(columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in columns)


def _change(row: dict[str, object]) -> FactChange:
    def either(name: str) -> str:
        value = row[f"{name}_after"]
        return str(row[name] if value is None else value)

    kind: ChangeKind = row["kind"]  # type: ignore[assignment]
    return FactChange(
        kind=kind,
        unit_name=either("unit_name"),
        period=either("period"),
        indicator_name=either("indicator_name"),
        measure=str(row["measure"]),
        item=str(row["item"]),
        before=_figure(row, "") if kind != "added" else "",
        after=_figure(row, "_after") if kind != "removed" else "",
        quote_before=str(row["evidence"] or ""),
        quote_after=str(row["evidence_after"] or ""),
    )


def _figure(row: dict[str, object], which: str) -> str:
    """Return a figure as it was written and as it counts: 5.27万亩 = 52700 亩."""
    stated = f"{row[f'stated_value{which}']}{row[f'stated_unit{which}']}"
    value, high = row[f"value{which}"], row[f"value_high{which}"]
    if value is None:
        return f"{stated} ({row[f'bound{which}']})"
    number = f"{value:.10g}" + (f"—{high:.10g}" if high is not None else "")
    bound = row[f"bound{which}"]
    return f"{stated} = {number} {row[f'canonical_unit{which}']}" + (f" ({bound})" if bound != "exact" else "")
