"""Checks of the relations in `expectations/relations.csv`: parts and wholes, sums, products, ratios, pairs.

Every side is an interval: what the printed digits and the words of bound (余, 近, 以上) allow. A relation fails only
where no values within the intervals would keep it.
"""

from collections.abc import Iterator
from functools import reduce

import polars as pl

from expectations.relations import Figure, Relation, load_relations
from tasks.validate.checks.frame import conform, number, operands, wholes
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_REPORT = ("unit_code", "period")
_STATED = ("exact", "range", "at_least", "at_most")


def _identities(inputs: CheckInputs) -> Iterator[pl.DataFrame]:
    relations = load_relations()
    codes = {one.indicator for relation in relations for one in (*relation.left, relation.right)}
    figures = _figures(inputs.known.filter(pl.col("indicator").is_in(codes)))
    names = {one.code: one.name for one in inputs.catalogue}
    for relation in relations:
        if relation.operator == "<=>":
            yield _pair(figures, relation, names)
        else:
            yield _relation(figures, relation, names)


def _figures(known: pl.DataFrame) -> pl.DataFrame:
    """One row per unit, period, indicator and item: a level stated once, or twice without contradiction."""
    keys = [*_REPORT, "indicator", "item"]
    # A rate printed 98% is anything that rounds to it; whole numbers of everything else were counted.
    whole = (pl.col("unit") == "%") & ~pl.col("stated_value").str.contains(r"\d[.．]\d")
    whole = whole & (pl.col("low") == pl.col("high"))
    half = pl.when(whole).then(0.5).otherwise(0.0)
    stated = known.filter(
        (pl.col("measure") == "level") & (pl.col("canonical_unit") == pl.col("unit")) & pl.col("bound").is_in(_STATED)
    ).with_columns(low=pl.col("low") - half, high=pl.col("high") + half)
    grouped = (
        wholes(stated, keys)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.first("unit_name", "place", "value"),
            pl.col("low").fill_null(float("-inf")).max(),
            pl.col("high").fill_null(float("inf")).min(),
            pl.col("fact_id").first(),
            pl.col("evidence").first(),
        )
    )
    return grouped.filter(pl.col("low") <= pl.col("high"))


def _side(figures: pl.DataFrame, one: Figure, number_of: int) -> pl.DataFrame:
    return figures.filter((pl.col("indicator") == one.indicator) & (pl.col("item") == one.item)).select(
        *_REPORT, *(pl.col(name).alias(f"{name}_{number_of}") for name in
                    ("unit_name", "low", "high", "value", "fact_id", "evidence", "place")),
    )  # fmt: skip


def _relation(figures: pl.DataFrame, relation: Relation, names: dict[str, str]) -> pl.DataFrame:
    sides = [_side(figures, one, at) for at, one in enumerate((*relation.left, relation.right))]
    frame = reduce(lambda a, b: a.join(b, on=list(_REPORT), how="full", coalesce=True), sides)
    count = len(relation.left)
    lows = [pl.col(f"low_{at}") for at in range(count)]
    highs = [pl.col(f"high_{at}") for at in range(count)]
    values = [pl.col(f"value_{at}") for at in range(count)]
    # Where a part may be missing, as the policy of the rule has it, it counts as nothing.
    low, high, value = (_joined([one.fill_null(0.0) for one in parts], relation) for parts in (lows, highs, values))
    whole_low, whole_high, whole = (pl.col(f"{name}_{count}") for name in ("low", "high", "value"))
    slack = whole.abs() * relation.tolerance
    if relation.operator == "<=":
        ok, imbalance, expected = low <= whole_high, low - whole_high, pl.format("≤ {}", number(f"value_{count}"))
    elif relation.operator == "=":
        ok = (low <= whole_high + slack) & (high >= whole_low - slack)
        imbalance, expected = value - whole, pl.format("= {}", number(f"value_{count}"))
    else:
        ok = pl.when(whole_low > 0).then((low <= relation.high * whole_high) & (high >= relation.low * whole_low))
        imbalance = value / whole - (relation.low + relation.high) / 2
        expected = pl.format("{} – {} × {}", pl.lit(relation.low), pl.lit(relation.high), number(f"value_{count}"))
    return _rows(frame.with_columns(joined=value), relation, names, ok, number("joined"), expected, imbalance)


def _joined(parts: list[pl.Expr], relation: Relation) -> pl.Expr:
    if not relation.product:
        return reduce(lambda a, b: a + b, parts)
    return reduce(lambda a, b: a * b, parts) * relation.factor


def _pair(figures: pl.DataFrame, relation: Relation, names: dict[str, str]) -> pl.DataFrame:
    sides = [_side(figures, one, at) for at, one in enumerate((*relation.left, relation.right))]
    frame = sides[0].join(sides[1], on=list(_REPORT), how="full", coalesce=True)
    ok = pl.col("fact_id_0").is_not_null() & pl.col("fact_id_1").is_not_null()
    missing = pl.when(pl.col("fact_id_0").is_null()).then(pl.lit(names[relation.left[0].indicator]))
    wanted = missing.otherwise(pl.lit(names[relation.right.indicator]))
    return _rows(frame, relation, names, ok, pl.lit(""), wanted, pl.lit(None, pl.Float64))


def _rows(frame: pl.DataFrame, relation: Relation, names: dict[str, str], ok: pl.Expr, observed: pl.Expr,
          expected: pl.Expr, imbalance: pl.Expr) -> pl.DataFrame:  # fmt: skip
    every = range(len(relation.left) + 1)
    title = " / ".join(
        dict.fromkeys(names[one.indicator] + one.item.join("（）") * bool(one.item)
                      for one in (*relation.left, relation.right))
    )  # fmt: skip

    def listed(name: str) -> pl.Expr:
        return pl.concat_list(*(f"{name}_{at}" for at in every)).list.drop_nulls().list.unique(maintain_order=True)

    rows = frame.select(
        pl.lit(relation.rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit("not every figure of the relation is stated")).otherwise(pl.lit(""))
        .alias("reason"),
        *operands(*(pl.col(f"fact_id_{at}") for at in every)),
        "unit_code", pl.coalesce(*(f"unit_name_{at}" for at in every)).alias("unit_name"), "period",
        pl.lit(relation.id).alias("about"), pl.lit(title).alias("indicator_name"),
        observed.alias("observed"), expected.alias("expected"), imbalance.alias("imbalance"),
        listed("fact_id").alias("fact_ids"), listed("evidence").alias("quotes"),
        listed("place").list.join("；").alias("place"),
    )  # fmt: skip
    return rows.pipe(conform)


# Named here, not taken from the file: a file with an error must be refused by whoever reads it, not while importing.
CHECKS = (Check(("V8", "V7", "V5", "Q13", "Q14", "Q18", "Q2"), _identities),)
