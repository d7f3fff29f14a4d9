"""Checks of a figure against its township's other years and against its neighbours.

All of them look at one wide frame, a row per figure with the year before, the median of the unit's own other years
and the median of its neighbours beside it; so the strongest explanation of an oddity can keep the weaker ones quiet:
a suspected unit slip is one finding, not a swing and an outlier too.
"""

from collections.abc import Iterator

import polars as pl

from tasks.validate.checks.comparable import (
    KEYS,
    NAMED,
    PER_MAD,
    PER_MEAN_AD,
    SERIES,
    against_others,
    measured,
    modified_z,
    single_levels,
)
from tasks.validate.checks.exchanges import exchanged
from tasks.validate.checks.frame import about, conform, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

# Factors by which a unit is mistaken: 十百千万, 亩 for 公顷 (15), 斤 for 公斤, 里 for 公里 (2); words name the slip.
_SLIPS = (
    (10.0, "错位一位（10倍）", "ten"),
    (100.0, "错位两位（100倍）", "hundred"),
    (1_000.0, "千", "thousand"),
    (10_000.0, "万", "ten thousand"),
    (15.0, "公顷与亩（15倍）", "hectares for mu"),
    (2.0, "公斤与斤、公里与里（2倍）", "kilogrammes for jin"),
)
_DECIMAL = (10.0, 100.0, 1_000.0, 10_000.0)
_MANY = 50.0


def _with_slips(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Add `slip` and `slip_by` (see `_slips`); factors are tried on the few figures that are far from home."""
    off = inputs.rules["Q3"].thresholds[2]
    far = (pl.col("value") > 0) & ((pl.col("value") / pl.col("own")).log().abs() > pl.lit(off).log()).fill_null(
        value=True
    )
    found = _slips(frame.filter(far), inputs).filter(pl.col("slip").is_not_null())
    return frame.join(found.select("fact_id", "slip", "slip_by"), on="fact_id", how="left", maintain_order="left")


def _slips(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Add `slip`, the factor that brings an outlier home, and `slip_by`, whose figures are home; else null.

    Home are the unit's own other years where there are three. With fewer a factor of ten or more decides, and 15 or 2
    where the year before was stated in another unit, where the neighbours say that it is this figure that is off, or,
    for want of three neighbours, where this is the later year; Q8 would ask about such a figure anyway, Q3 says what is
    likely wrong. Without other years the neighbours alone decide, if they are eight. Of several factors the nearest fit
    wins. What has a name of its own is judged by three years of its own only.
    """
    near, near_ten, off, own_enough, near_enough, extreme = inputs.rules["Q3"].thresholds
    x, own = pl.col("value").log(), pl.col("own").log()
    # One accident instead of ten is no slip of a digit.
    counted = pl.col("unit").is_in(measured()) | (pl.max_horizontal("value", "own") >= _MANY)
    later = pl.when(pl.col("near_n") < 3).then(pl.col("before").is_not_null())
    spread = pl.when(pl.col("mad") > 0).then(pl.col("mad") / PER_MAD).otherwise(pl.col("mean_ad") * PER_MEAN_AD)
    named = pl.col("kind") == NAMED
    other_unit = (pl.col("stated_unit") != pl.col("unit_before")).fill_null(value=False)
    fits: dict[float, tuple[pl.Expr, pl.Expr]] = {}
    for factor, _, _ in _SLIPS:
        may = {15.0: pl.col("unit") == "亩", 2.0: pl.col("unit").is_in(["吨", "公斤/亩", "公里"])}.get(
            factor, pl.lit(value=True)
        )
        for k in (factor, 1 / factor):
            moved = x + pl.lit(k).log()
            room = pl.lit(near if factor in (2.0, 15.0) else near_ten).log()
            home = may & counted & ((moved - own).abs() < room) & ((x - own).abs() > pl.lit(off).log())
            closer = (moved - pl.col("near_log")).abs() < (x - pl.col("near_log")).abs()
            sure = pl.lit(value=True) if factor in _DECIMAL else other_unit
            by_few = home & sure & ~named & (pl.col("own_n") < own_enough) & later.fill_null(closer)
            by_own = (home & (pl.col("own_n") >= own_enough)) | by_few
            away = (moved - pl.col("near_log")).abs()
            by_near = (
                may & ~named & pl.lit(factor > 15) & (pl.col("own_n") == 0) & (pl.col("near_n") >= near_enough)
                & (modified_z(x).abs() > extreme) & (away <= spread)
            )  # fmt: skip
            fits[k] = (pl.when(by_own).then((moved - own).abs()), pl.when(by_near).then(away))
    best_own = pl.min_horizontal(one for one, _ in fits.values())
    best_near = pl.min_horizontal(one for _, one in fits.values())
    return frame.with_columns(best_own.alias("best_own"), best_near.alias("best_near")).with_columns(
        pl.when(pl.col("value") > 0).then(
            pl.coalesce(
                *(pl.when(one == pl.col("best_own")).then(pl.lit(k)) for k, (one, _) in fits.items()),
                *(pl.when(one == pl.col("best_near")).then(pl.lit(k)) for k, (_, one) in fits.items()),
            )
        ).alias("slip"),
        pl.when(pl.col("best_own").is_null() & pl.col("best_near").is_not_null()).then(pl.lit("near"))
        .otherwise(pl.lit("own")).alias("slip_by"),
    )  # fmt: skip


def _row(inputs: CheckInputs, frame: pl.DataFrame, rule: str, ok: pl.Expr, reason: pl.Expr, observed: pl.Expr,
         expected: pl.Expr, imbalance: pl.Expr, of: tuple[pl.Expr, ...], *,
         before: bool = False) -> pl.DataFrame:  # fmt: skip
    """Return check rows that say why where `ok` is null; `before` shows the figure of the year before as well.

    `of` are the operands.
    """
    both = [pl.concat_list("fact_id", "id_before").list.drop_nulls(), pl.concat_list("evidence", "quote_before")]
    one = [pl.concat_list("fact_id"), pl.concat_list("evidence")]
    ids, quotes = both if before else one
    place = pl.concat_str("place", "place_before", separator="；", ignore_nulls=True) if before else pl.col("place")
    marked = frame.with_columns(ok.alias("_ok"), *of)
    # Where a missing value does not excuse, its check may fail for it.
    excused = inputs.rules[rule].missing == "skip_if_any"
    spoken = ~pl.col("_ok").fill_null(pl.lit(excused) | (pl.col("stated") == pl.col("operands")))
    result = pl.when(pl.col("_ok").is_null()).then(pl.lit("not_evaluated")).when("_ok").then(pl.lit("pass"))
    why = pl.when(pl.col("_ok").is_null()).then(reason).otherwise(pl.lit("")).alias("reason")
    who_and_why = (result.otherwise(pl.lit("fail")).alias("result"), why, "operands", "stated")
    empty = pl.lit([], pl.List(pl.String))
    who = (pl.lit(rule).alias("rule"), "unit_code", "unit_name", "period", about().alias("about"), "indicator_name")
    failed = marked.filter(spoken).select(
        *who, *who_and_why, observed.alias("observed"), expected.alias("expected"),
        imbalance.cast(pl.Float64).alias("imbalance"), ids.alias("fact_ids"),
        quotes.list.drop_nulls().alias("quotes"), place.alias("place"),
    )  # fmt: skip
    # Millions hold: nobody reads their words, and writing them would take most of the time.
    held = marked.filter(~spoken).select(
        *who, *who_and_why, pl.lit("").alias("observed"), pl.lit("").alias("expected"),
        pl.lit(None, pl.Float64).alias("imbalance"),
        empty.alias("fact_ids"), empty.alias("quotes"), "place",
    )  # fmt: skip
    return pl.concat([conform(failed), conform(held)])


def _said(column: str = "value") -> pl.Expr:
    return pl.concat_str(number(column), pl.lit(" "), pl.col("unit"))


def _of_history(inputs: CheckInputs) -> Iterator[pl.DataFrame]:
    levels = against_others(single_levels(inputs, named=True), inputs)
    swapped = exchanged(levels, *inputs.rules["Q47"].thresholds)
    yield swapped
    # What is explained by an exchange is no slip of a unit and no swing.
    explained = swapped["fact_ids"].explode().drop_nulls()
    levels = levels.filter(~pl.col("fact_id").is_in(explained.implode()))
    yield _at_home(levels, inputs)
    frame = _with_slips(levels, inputs)
    yield _unit_slips(frame, inputs)
    frame = frame.filter(pl.col("kind") != NAMED)
    quiet = frame.filter(pl.col("slip").is_null()).with_columns(
        # A year before that is itself suspected is no measure for this one.
        pl.when(~pl.col("id_before").is_in(frame.filter(pl.col("slip").is_not_null())["fact_id"].implode()))
        .then("before").alias("before")
    )  # fmt: skip
    swung = _with_swing(quiet, inputs)
    yield _swings(swung, inputs)
    yield _steady(swung, inputs)
    yield _outliers(swung, inputs)
    yield _zeros(frame, inputs)


def _at_home(levels: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Q47 of the figures that stand in no other one's place."""
    ok = pl.when(pl.col("own").is_not_null()).then(pl.lit(value=True))
    return _row(
        inputs, levels, "Q47", ok, pl.lit("no other year of its own"), _said(), pl.lit(""), pl.lit(None),
        operands(pl.col("value"), pl.col("own")),
    )  # fmt: skip


def _unit_slips(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    judged = (pl.col("own_n") > 0) | (pl.col("near_n") >= inputs.rules["Q3"].thresholds[4])
    ok = pl.when(judged & (pl.col("value") > 0)).then(pl.col("slip").is_null())
    right = pl.col("value") * pl.col("slip")
    names = {k: zh for factor, zh, _ in _SLIPS for k in (factor, 1 / factor)}
    shown = frame.with_columns(right.alias("right"), pl.col("slip").replace_strict(names, default="").alias("name"))
    home = (
        pl.when(pl.col("slip_by") == "near").then(pl.lit("各乡镇中位数 neighbours' median "))
        .otherwise(pl.lit("本单位其他年份 own other years "))
    )  # fmt: skip
    centre = pl.when(pl.col("slip_by") == "near").then(pl.col("near_log").exp()).otherwise("own").round_sig_figs(4)
    expected = pl.concat_str(
        pl.lit("疑似单位或位数有误（"), pl.col("name"), pl.lit("），应为 "), _said("right"),
        pl.lit("；"), home, centre.cast(pl.String), ignore_nulls=True,
    )  # fmt: skip
    return _row(
        inputs, shown, "Q3", ok, pl.lit("no other year and too few neighbours, or nothing is stated (0)"), _said(),
        expected, right - pl.col("value"), operands(pl.col("value"), pl.when(judged).then("value")),
    )  # fmt: skip


def _with_swing(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Add `swing` (null where there is nothing to compare) and `too_far`, the threshold of the indicator's kind.

    Stocks may change by one factor, flows by another, rates by points; a count must also change by more than chance
    would: three times the root of the sum, as counts of independent events spread.
    """
    stock, flow, points = inputs.rules["Q8"].thresholds
    growth = inputs.known.filter(pl.col("measure") == "growth_pct").select(
        *KEYS, pl.col("low").alias("least_growth"), pl.col("high").alias("most_growth")
    )
    said = growth.unique(list(KEYS), keep="none")
    joined = frame.join(said, on=list(KEYS), how="left", maintain_order="left")
    ratio = (pl.col("value") / pl.col("before")).log().abs()
    change = (pl.col("value") - pl.col("before")).abs()
    chance = 3 * (pl.col("value") + pl.col("before")).sqrt()
    limit = pl.when(pl.col("kind") == "stock").then(pl.lit(stock)).otherwise(pl.lit(flow))
    by_factor = (ratio > limit.log()) & (pl.col("unit").is_in(measured()) | (change > chance))
    measured_pct = pl.col("unit").is_in(["%", "‰"])
    far = pl.when(measured_pct).then(change > points).otherwise(by_factor)
    computed = (pl.col("value") / pl.col("before") - 1) * 100
    explained = (computed >= pl.col("least_growth") - 1) & (computed <= pl.col("most_growth") + 1)
    return joined.with_columns(
        pl.when(measured_pct | ((pl.col("before") > 0) & (pl.col("value") > 0)))
        .then(far & ~explained.fill_null(value=False)).alias("swing"),
        pl.when(measured_pct).then(pl.format("±{} 点 points", pl.lit(points)))
        .otherwise(pl.format("÷{} – ×{}", limit, limit)).alias("too_far"),
    )  # fmt: skip


def _swings(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    ok = pl.when(pl.col("before").is_not_null()).then(~pl.col("swing"))
    expected = pl.concat_str(
        pl.lit("上年 year before "), number("before"), pl.lit("，"), pl.col("too_far"), ignore_nulls=True
    )
    return _row(
        inputs, frame, "Q8", ok, pl.lit("no comparable figure of the year before"), _said(), expected,
        pl.col("value") - pl.col("before"), operands(pl.col("value"), pl.col("before")), before=True,
    )  # fmt: skip


def _steady(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Compare with the mean of the three years before: a drift that no single year shows.

    A flow is judged too where its three years lie close together, with more room: it was steady until now.
    """
    theta, close, room = inputs.rules["Q7"].thresholds
    last = frame.filter(~pl.col("unit").is_in(["%", "‰"]))
    for back in (1, 2, 3):
        other = frame.select(*SERIES, (pl.col("year") + back).alias("year"), pl.col("value").alias(f"back_{back}"))
        last = last.join(other, on=[*SERIES, "year"], how="left", maintain_order="left")
    past = ("back_1", "back_2", "back_3")
    mean = (pl.col("back_1") + pl.col("back_2") + pl.col("back_3")) / 3
    stock = pl.col("kind") == "stock"
    steady = pl.max_horizontal(past) <= close * pl.min_horizontal(past)
    small = (pl.col("value") - mean).abs() <= 3 * (pl.col("value") + mean).sqrt()
    limit = pl.when(stock).then(pl.lit(theta)).otherwise(pl.lit(room))
    inside = ((pl.col("value") / mean - 1).abs() <= limit) | (~pl.col("unit").is_in(measured()) & small)
    swung = pl.col("swing").fill_null(value=False)
    ok = pl.when(~swung & (mean > 0) & (stock | steady)).then(inside)
    shown = last.with_columns(mean.alias("mean"))
    expected = pl.format(
        "前三年平均 mean of three years {}，±{}%", number("mean"), (limit * 100).round(0).cast(pl.Int32)
    )
    return _row(
        inputs, shown, "Q7", ok, pl.lit("fewer than three years before, unsteady ones, or a swing (Q8)"), _said(),
        expected, pl.col("value") - pl.col("mean"),
        operands(pl.col("value"), *(pl.col(name) for name in past), needless=swung),
    )  # fmt: skip


def _outliers(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    """Compare with the neighbours; silent where another year says much the same, for it is just so there."""
    limit, enough, alike = inputs.rules["Q5"].thresholds
    z = modified_z(pl.col("value").log())
    confirmed = (pl.col("value").log() - pl.col("own").log()).abs() <= pl.lit(alike).log()
    shown = frame.with_columns(z.alias("z"), pl.col("near_log").exp().alias("near"))
    # A rate is bounded and hugs its bound: its logarithm says nothing.
    usable = (pl.col("near_n") >= enough) & (pl.col("value") > 0) & ~pl.col("unit").is_in(["%", "‰"])
    ok = pl.when(usable & ~pl.col("swing").fill_null(value=False)).then(
        (pl.col("z").abs() <= limit) | confirmed.fill_null(value=False)
    )
    expected = pl.format(
        "各乡镇中位数 neighbours' median {}（{} 个 townships），|z| ≤ {}；z = {}",
        pl.col("near").round_sig_figs(4), "near_n", pl.lit(f"{limit:g}"), pl.col("z").round(1),
    )  # fmt: skip
    of = operands(pl.col("value"), pl.when(pl.col("near_n") >= enough).then("near_n"))
    why = pl.lit("too few neighbours, or a swing (Q8)")
    return _row(inputs, shown, "Q5", ok, why, _said(), expected, pl.col("z"), of)


def _zeros(frame: pl.DataFrame, inputs: CheckInputs) -> pl.DataFrame:
    enough, large = inputs.rules["Q41"].thresholds
    zeros = frame.filter(pl.col("value") == 0)
    ok = pl.when(pl.col("own_n") >= enough).then(pl.col("own") < large)
    return _row(
        inputs, zeros, "Q41", ok, pl.lit("too few other years"), _said(),
        pl.format("其他年份中位数 median of other years {}", number("own")), -pl.col("own"),
        operands(pl.col("value"), pl.when(pl.col("own_n") >= enough).then("own")), before=True,
    )  # fmt: skip


CHECKS = (Check(("Q47", "Q3", "Q8", "Q7", "Q5", "Q41"), _of_history),)
