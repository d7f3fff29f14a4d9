"""Checks of one figure against its other statements: elsewhere in the report, in a table, in another unit beside it."""

import polars as pl

from expectations.words import load_check_words, pattern
from tasks.lexicon import load_lexicon
from tasks.validate.checks.frame import conform, number
from tasks.validate.checks.inputs import Check, CheckInputs
from tasks.validate.checks.sentences import half_of_last_digit

__all__ = ["CHECKS"]

_PART = "\N{NULL}"
_KEYS = ("unit_code", "period", "submission_id", "indicator", "measure", "item")


def _contradictions(inputs: CheckInputs) -> pl.DataFrame:
    """Statements of one key and scope whose printed intervals do not meet.

    S5 between sentences, Q21 between text and table. What speaks of a part is compared with nothing.
    """
    stated = _statements(inputs)
    several = (
        stated.group_by(*_KEYS, "scope", maintain_order=True)
        .agg(
            pl.first("unit_name", "indicator_name", "canonical_unit"),
            pl.col("place").unique(maintain_order=True).str.join("；"),
            pl.col("low").max().alias("highest_low"),
            pl.col("high").min().alias("lowest_high"),
            pl.col("value").min().alias("least"),
            pl.col("value").max().alias("most"),
            pl.col("fact_id").alias("fact_ids"),
            pl.col("evidence").unique(maintain_order=True).alias("quotes"),
            pl.len().alias("statements"),
            (pl.col("table").any() & ~pl.col("table").all()).alias("text_and_table"),
        )
        .with_columns(
            pl.col("statements").sum().over(_KEYS).alias("of_all"),
            pl.col("statements").max().over(_KEYS).alias("most_alike"),
        )
        # Of statements of several scopes one row says that they were not compared.
        .filter((pl.col("statements") > 1) | ((pl.col("most_alike") == 1) & (pl.col("of_all") > 1)))
    )  # fmt: skip
    ok = pl.when((pl.col("statements") > 1) & ~pl.col("scope").str.starts_with(_PART)).then(
        (pl.col("highest_low") <= pl.col("lowest_high")).fill_null(value=True)
    )
    return several.select(
        pl.when("text_and_table").then(pl.lit("Q21")).otherwise(pl.lit("S5")).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit("a part, another time or another base than the other statement"))
        .otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period",
        pl.concat_str("indicator", "measure", "item", separator="|").alias("about"),
        "indicator_name",
        pl.format("{} / {} {}", number("least"), number("most"), "canonical_unit").alias("observed"),
        pl.lit("").alias("expected"),
        (pl.col("most") - pl.col("least")).alias("imbalance"),
        "fact_ids", "quotes", "place",
    ).pipe(conform)  # fmt: skip


def _statements(inputs: CheckInputs) -> pl.DataFrame:
    """Return levels and rates that have a figure, with `table` and `scope`: the words of time and base around each.

    The scope of a part begins with `_PART` and ends with the figure's own id, so that it is like no other.
    """
    words = pl.col("evidence")
    # Of 粮食播种面积4.09万亩，平均亩产308公斤，总产量12610吨 only the clause of the figure tells its scope.
    clause = words.str.extract(r"([^，；。,;]*)$", 1)
    own = pl.when(clause.str.contains(pl.col("stated_value"), literal=True)).then(clause).otherwise(words)
    of_it = own.str.replace_all(pattern("statements.compared"), "")
    stated = inputs.known.filter(
        pl.col("measure").is_in(["level", "growth_pct"])
        & pl.col("bound").is_in(["exact", "range", "at_least", "at_most"])
        & pl.col("value").is_not_null() & ~pl.col("indicator").str.contains(pattern("statements.many"))
    )  # fmt: skip
    # Two figures of one clause are two things: 工业投资2.96亿元、技改投资1.12亿元.
    part = of_it.str.contains(pattern("statements.parts")) | (pl.len().over(*_KEYS, "evidence") > 1)
    scope = pl.concat_str(*(_speaks_of(one, of_it) for one in load_check_words()["statements.scopes"]))
    return stated.with_columns(
        pl.when(part).then(pl.concat_str(pl.lit(_PART), "fact_id")).otherwise(scope).alias("scope"),
        # A row of a table is told with tabs, or as it stands in a plain text: | 粮食总产量 | 吨 | 12430 |.
        words.str.contains(r"\t|^\s*\|").alias("table"),
    )


def _speaks_of(word: str, words: pl.Expr) -> pl.Expr:
    """Return `word` where `words` hold it and the indicator's own name does not: 人均 in 人均可支配收入 is no scope."""
    return (
        pl.when(words.str.contains(word) & ~pl.col("indicator_name").str.contains(word)).then(pl.lit(word))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def _dual_units(inputs: CheckInputs) -> pl.DataFrame:
    """Compare a quantity with the same in brackets in another unit: 62960亩（4197公顷）, 27441吨（5488万斤）."""
    evidence = inputs.evidence
    units = {word.unit: float(word.factor) for word in load_lexicon().units.values()}
    factors = pl.DataFrame({"unit": list(units), "factor": list(units.values())})
    stated = (
        evidence.mentions.join(factors, on="unit", how="inner")
        .filter(pl.col("bound").is_in(["exact", "range"]) & pl.col("low").is_not_null())
        .filter(pl.col("high").is_not_null())
        .sort("submission_id", "start")
    )
    told = ("start", "end", "low", "high", "unit", "dimension", "factor", "fact_id", "surface")
    after = [pl.col(name).shift(-1).over("submission_id").alias(f"{name}_2") for name in told]
    pairs = stated.with_columns(after).filter(
        (pl.col("start_2") - pl.col("end")).is_between(1, 4) & (pl.col("unit") != pl.col("unit_2"))
        & (pl.col("dimension") == pl.col("dimension_2"))
    )  # fmt: skip
    texts = evidence.blocks.select("submission_id", "block", block_start="start", text="text")
    owners = evidence.submissions.select("submission_id", "unit_name", "file_name")
    between = pl.col("text").str.slice(pl.col("end") - pl.col("block_start"), pl.col("start_2") - pl.col("end"))
    pairs = (
        pairs.join(texts, on=["submission_id", "block"])
        .filter(between.str.contains(f"^[（(]{pattern('units.same')}?$"))
        .join(owners, on="submission_id").with_columns(converted=pl.col("low") * pl.col("factor") / pl.col("factor_2"))
    )  # fmt: skip
    half, half_2 = half_of_last_digit("surface"), half_of_last_digit("surface_2")
    low, high = ((pl.col("low") - half) * pl.col("factor"), (pl.col("high") + half) * pl.col("factor"))
    low_2, high_2 = (pl.col("low_2") - half_2) * pl.col("factor_2"), (pl.col("high_2") + half_2) * pl.col("factor_2")
    ok = (low <= high_2) & (high >= low_2)
    return pairs.select(
        pl.lit("Q15").alias("rule"),
        pl.when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.concat_str(pl.lit("dual"), "surface", "surface_2", separator="|").alias("about"),
        pl.lit("同一数量的两种单位").alias("indicator_name"),
        "surface_2",
        pl.concat_str(number("converted"), "unit_2").alias("expected"),
        (pl.col("low_2") - pl.col("converted")).alias("imbalance"),
        pl.concat_list("fact_id", "fact_id_2").list.drop_nulls().alias("fact_ids"),
        pl.concat_list(pl.concat_str("surface", pl.lit("（"), "surface_2", pl.lit("）"))).alias("quotes"),
        pl.format("{} [{}:{}]", "file_name", "start", "end_2").alias("place"),
    ).rename({"surface_2": "observed"}).pipe(conform)  # fmt: skip


CHECKS = (Check(("S5", "Q21"), _contradictions), Check(("Q15",), _dual_units, texts=True))
