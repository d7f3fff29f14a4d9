"""Checks of what a report says about change: growth, increments, the words for them, completion of a target.

The printed digits decide: every figure is an interval, and a check fails only where the intervals cannot meet.
"""

import polars as pl

from expectations.words import pattern
from tasks.validate.checks.frame import checked, levels_of, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS", "KEYS", "because", "with_both", "with_sources"]

# Quotients of decimal numbers are exact to this many points of a percent.
_EXACT = 1e-6
KEYS = ("unit_code", "period", "indicator", "item")


def with_both(inputs: CheckInputs, measure: str) -> pl.DataFrame:
    """Return the single statements of `measure` with this year's level and the value before.

    The value before is the one the report itself gives; where it gives none, the level the same unit reported for the
    same part of the year before.
    """
    known = inputs.known
    shown = {"low": "low", "high": "high", "value": "value", "id": "fact_id", "quote": "evidence"}
    levels = levels_of(known, "level").filter(pl.col("canonical_unit") == pl.col("unit"))
    now = levels.select(*KEYS, **{f"{name}_now": pl.col(column) for name, column in shown.items()})
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    next_period = pl.concat_str((year + 1).cast(pl.String), pl.col("period").str.slice(4))
    told = levels_of(known, "prior_level").filter(~_of_another_year())
    before = pl.concat([told, levels.with_columns(next_period.alias("period"))])
    then = before.unique(KEYS, keep="first", maintain_order=True).select(
        *KEYS, **{f"{name}_then": pl.col(column) for name, column in shown.items()}
    )
    stated = levels_of(known, measure)
    return stated.join(now, on=KEYS, how="left", maintain_order="left").join(
        then, on=KEYS, how="left", maintain_order="left"
    )


def _of_another_year() -> pl.Expr:
    """Whether a value before is said to be of another year than the one before: 由2010年的3920元提高到8650元."""
    named = pl.col("evidence").str.extract_all(r"(?:19|20)\d\d年").list.eval(pl.element().str.slice(0, 4))
    last = (pl.col("period").str.slice(0, 4).cast(pl.Int32) - 1).cast(pl.String)
    return (named.list.len() > 0) & ~named.list.contains(last)


def with_sources(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Return check `rows` with the figures and quotes of both years from `frame` (`with_both`)."""
    return rows.with_columns(
        frame.select(
            pl.concat_list("fact_id", "id_now", "id_then").list.drop_nulls().alias("fact_ids"),
            pl.concat_list("evidence", "quote_now", "quote_then").list.drop_nulls().list.unique(maintain_order=True)
            .alias("quotes"),
        )
    )  # fmt: skip


def because(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Say why a check was not evaluated."""
    why = frame.select(
        pl.when(pl.col("evidence").str.contains(pattern("growth.other_base")))
        .then(pl.lit("at comparable prices, or another base"))
        .when(pl.col("id_now").is_null()).then(pl.lit("no single level is stated"))
        .when(pl.col("id_then").is_null()).then(pl.lit("no single value before is known"))
        .otherwise(pl.lit("an end of an interval is open, or the value before is not positive")).alias("why")
    )["why"]  # fmt: skip
    return rows.with_columns(pl.when(pl.col("result") == "not_evaluated").then(why).otherwise("reason").alias("reason"))


def _three(needless: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the operands of a statement of change: itself, this year's level and the one before."""
    return operands(pl.col("value"), pl.col("id_now"), pl.col("id_then"), needless=needless)


def _stated_growth(inputs: CheckInputs) -> pl.DataFrame:
    frame = with_both(inputs, "growth_pct")
    # The interval of 16.2% is 16.15 to 16.25; whole numbers are points everywhere else (5 villages), but a rate
    # printed 16% is anything that rounds to it.
    whole = ~pl.col("stated_value").str.contains(r"\d[.．]\d")
    half = pl.when(whole).then(0.5).otherwise(0.0) + _EXACT
    lowest = (pl.col("low_now") / pl.col("high_then") - 1) * 100
    highest = (pl.col("high_now") / pl.col("low_then") - 1) * 100
    meets = (pl.col("high") + half >= lowest) & (pl.col("low") - half <= highest)
    same_base = ~pl.col("evidence").str.contains(pattern("growth.other_base"))
    ok = pl.when(same_base & (pl.col("low_then") > 0)).then(meets)
    expected = pl.format("{}% – {}%", lowest.round(1), highest.round(1))
    rows = checked(frame, "Q10", ok, pl.format("{}%", number("value")), expected,
                   pl.col("value") - (lowest + highest) / 2, _three(~same_base))  # fmt: skip
    return because(with_sources(rows, frame), frame)


def _stated_increment(inputs: CheckInputs) -> pl.DataFrame:
    frame = with_both(inputs, "growth_abs")
    lowest, highest = pl.col("low_now") - pl.col("high_then"), pl.col("high_now") - pl.col("low_then")
    same_base = ~pl.col("evidence").str.contains(pattern("growth.other_base"))
    ok = pl.when(same_base).then((pl.col("high") >= lowest) & (pl.col("low") <= highest))
    frame = frame.with_columns(difference=pl.col("value_now") - pl.col("value_then"))
    gap = pl.col("value") - pl.col("difference")
    rows = checked(frame, "Q12", ok, number("value"), number("difference"), gap, _three(~same_base))
    return because(with_sources(rows, frame), frame)


def _words(inputs: CheckInputs) -> pl.DataFrame:
    """Find a minus after a word of growth, and a fall that the two levels show to be a rise, or the reverse."""
    frame = with_both(inputs, "growth_pct")
    said = pl.col("evidence").str.contains
    signed = pl.concat_str(
        pl.lit(f"{pattern('growth.words')}{pattern('growth.before_minus')}?[-－−]"),
        pl.col("stated_value").str.strip_chars("-－−"),
    )
    minus_after_word = pl.col("evidence").str.contains(signed) & ~said(pattern("growth.own_minus"))
    rose, fell = pl.col("low_now") > pl.col("high_then"), pl.col("high_now") < pl.col("low_then")
    against = ((pl.col("low") > 0) & fell) | ((pl.col("high") < 0) & rose)
    same_base = ~said(pattern("growth.other_base"))
    ok = pl.when(minus_after_word).then(pl.lit(value=False)).when(same_base).then(~against)
    expected = pl.when(rose).then(pl.lit("增长 up")).when(fell).then(pl.lit("下降 down")).otherwise(pl.lit(""))
    of = _three(minus_after_word | ~same_base)
    rows = checked(frame, "Q11", ok, pl.format("{}%", number("value")), expected, of=of)
    return pl.concat([because(with_sources(rows, frame), frame), _words_of_increments(inputs)])


def _words_of_increments(inputs: CheckInputs) -> pl.DataFrame:
    """Find 比上年增加140人 where the two levels show that it fell, or the reverse."""
    frame = with_both(inputs, "growth_abs")
    rose, fell = pl.col("low_now") > pl.col("high_then"), pl.col("high_now") < pl.col("low_then")
    against = ((pl.col("low") > 0) & fell) | ((pl.col("high") < 0) & rose)
    same_base = ~pl.col("evidence").str.contains(pattern("growth.other_base"))
    ok = pl.when(same_base).then(~against)
    expected = pl.when(rose).then(pl.lit("增加 up")).when(fell).then(pl.lit("减少 down")).otherwise(pl.lit(""))
    rows = checked(frame, "Q11", ok, number("value"), expected, of=_three(~same_base))
    return because(with_sources(rows, frame), frame)


def _rate_and_increment(inputs: CheckInputs) -> pl.DataFrame:
    """Q49: level, rate and increment where no value before is known: 产量1.2万吨，增长5%，减产600吨.

    The value before is level / (1 + rate), so the increment is level · rate / (1 + rate); where the level is not
    known either, rate and increment still must have one sign. With a value before, Q10 and Q12 judge each by itself.
    """
    rates = with_both(inputs, "growth_pct").filter(pl.col("canonical_unit") == "%")
    # What is itself a rate grows by points (增加0.5个百分点), and 增长5% of it says something else.
    increments = levels_of(inputs.known, "growth_abs").filter(
        (pl.col("canonical_unit") == pl.col("unit")) & (pl.col("unit") != "%")
    )
    shown = {"low": "low", "high": "high", "value": "value", "id": "fact_id", "quote": "evidence"}
    frame = rates.join(
        increments.select(*KEYS, **{f"{name}_more": pl.col(column) for name, column in shown.items()}),
        on=KEYS, maintain_order="left",
    )  # fmt: skip
    whole = ~pl.col("stated_value").str.contains(r"\d[.．]\d")
    half = pl.when(whole).then(0.5).otherwise(0.0) + _EXACT
    least, most = (pl.col("low") - half) / 100, (pl.col("high") + half) / 100
    corners = [pl.col(level) * rate / (1 + rate) for level in ("low_now", "high_now") for rate in (least, most)]
    lowest, highest = pl.min_horizontal(corners), pl.max_horizontal(corners)
    meets = (pl.col("high_more") >= lowest) & (pl.col("low_more") <= highest)
    against = ((pl.col("low") > 0) & (pl.col("high_more") < 0)) | ((pl.col("high") < 0) & (pl.col("low_more") > 0))
    said = pl.concat_str("evidence", "quote_more")
    same_base = ~said.str.contains(pattern("growth.other_base"))
    known = pl.col("id_then").is_not_null()
    ok = (
        pl.when(~same_base | known).then(None)
        .when(against).then(pl.lit(value=False))
        .when((pl.col("low_now") > 0) & (least > -1)).then(meets)
    )  # fmt: skip
    expected = pl.when(pl.col("id_now").is_null() | (least <= -1)).then(
        pl.when(pl.col("value") > 0).then(pl.lit("增加 up")).otherwise(pl.lit("减少 down"))
    ).otherwise(pl.format("{} – {}", lowest.round_sig_figs(4), highest.round_sig_figs(4)))  # fmt: skip
    gap = pl.col("value_more") - (lowest + highest) / 2
    of = operands(pl.col("value"), pl.col("value_more"), pl.col("id_now"), needless=against | known | ~same_base)
    rows = checked(frame, "Q49", ok, pl.format("{}%; {}", number("value"), number("value_more")), expected, gap, of)
    reason = (
        pl.when(~same_base).then(pl.lit("at comparable prices, or another base"))
        .when(known).then(pl.lit("a value before is known: Q10 and Q12 judge"))
        .when(pl.col("id_now").is_null()).then(pl.lit("no single level is stated"))
        .otherwise(pl.lit("an end of an interval is open, or the level is not positive"))
    )  # fmt: skip
    why = frame.select(reason.alias("why"))["why"]
    sources = frame.with_columns(id_then="id_more", quote_then="quote_more")
    return with_sources(rows, sources).with_columns(
        pl.when(pl.col("result") == "not_evaluated").then(why).otherwise("reason").alias("reason")
    )


def _completion(inputs: CheckInputs) -> pl.DataFrame:
    """Completion against level and target where one sentence gives the target: other targets may be of another year."""
    frame = with_both(inputs, "completion_pct")
    targets = levels_of(inputs.known, "plan").select(
        *KEYS, low_plan="low", high_plan="high", value_plan="value", id_plan="fact_id", quote_plan="evidence"
    )
    both = frame.join(targets, on=KEYS, how="left", maintain_order="left")
    beside = pl.col("quote_plan") == pl.col("evidence")
    lowest = pl.col("low_now") / pl.col("high_plan") * 100
    highest = pl.col("high_now") / pl.col("low_plan") * 100
    ok = pl.when(beside & (pl.col("low_plan") > 0)).then((pl.col("high") >= lowest) & (pl.col("low") <= highest))
    rows = checked(both, "Q16", ok, pl.format("{}%", number("value")),
                   pl.format("{}% – {}%", lowest.round(1), highest.round(1)),
                   pl.col("value") - (lowest + highest) / 2,
                   operands(pl.col("value"), pl.col("id_now"), pl.when(beside).then("id_plan")))  # fmt: skip
    sources = both.with_columns(id_then="id_plan", quote_then="quote_plan")
    return with_sources(rows, sources).with_columns(
        pl.when(pl.col("result") == "not_evaluated").then(pl.lit("no target beside it")).otherwise("reason")
        .alias("reason")
    )  # fmt: skip


CHECKS = (
    Check(("Q10",), _stated_growth),
    Check(("Q11",), _words),
    Check(("Q12",), _stated_increment),
    Check(("Q49",), _rate_and_increment),
    Check(("Q16",), _completion),
)
