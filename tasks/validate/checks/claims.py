"""Checks of what the words behind a figure claim: as much as last year, more than the target, 增加到 and a smaller one.

What is claimed without a number of its own (持平, 超额完成) is held against the numbers beside it.
"""

import polars as pl

from expectations.words import pattern
from tasks.validate.checks.frame import CHECK_SCHEMA, checked, operands
from tasks.validate.checks.growth import KEYS, because, with_both, with_sources
from tasks.validate.checks.inputs import Check, CheckInputs
from tasks.validate.checks.sentences import SENTENCE, quantities, sentence_rows

__all__ = ["CHECKS"]

# 持平 is what rounds to no change, 基本持平 what nobody would call a rise.
_FLAT, _ROUGHLY_FLAT = 0.01, 0.06
# Of what doubled the shortfall may be as small.
_CLAIMS = ("flat", "roughly_flat", "doubled")
# So much of the text behind a figure is looked at.
_BEHIND = 24


def _flat(inputs: CheckInputs) -> pl.DataFrame:
    """Q10 in words: 固定资产投资1.08亿元，与上年持平 (实现翻番), against this year's figure and the one before."""
    if inputs.evidence.blocks.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    blocks = inputs.evidence.blocks.select("submission_id", "block", block_start="start", text="text")
    behind = pl.col("text").str.slice(pl.col("end") - pl.col("block_start"), _BEHIND)
    said = (
        inputs.known.filter(pl.col("measure").is_in(["level", "prior_level", "growth_abs"]))
        .select(*KEYS, "submission_id", "block", "end")
        .join(blocks, on=["submission_id", "block"])
        .with_columns(flat=behind.str.extract("(" + "|".join(pattern(f"growth.{one}") for one in _CLAIMS) + ")"))
        .filter(pl.col("flat").is_not_null())
        .unique(list(KEYS), keep="first", maintain_order=True)
        .select(*KEYS, pl.col("flat").str.strip_chars("，, "))
    )
    if said.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    frame = with_both(inputs, "level").join(said, on=list(KEYS), maintain_order="left")
    room = pl.when(pl.col("flat").str.contains(pattern("growth.roughly_flat"))).then(_ROUGHLY_FLAT).otherwise(_FLAT)
    flat = (pl.col("low") <= pl.col("high_then") * (1 + room)) & (pl.col("high") >= pl.col("low_then") * (1 - room))
    twice = pl.col("high") >= 2 * pl.col("low_then") * (1 - _ROUGHLY_FLAT)
    ok = pl.when(pl.col("flat").str.contains(pattern("growth.doubled"))).then(twice).otherwise(flat)
    growth = (pl.col("value") / pl.col("value_then") - 1) * 100
    rows = checked(
        frame, "Q10", ok, pl.col("flat"), pl.format("{}%", growth.round(1)), -growth,
        operands(pl.col("value"), pl.col("id_then")),
    ).with_columns(about=pl.concat_str("about", pl.lit("|flat")))  # fmt: skip
    sourced = because(with_sources(rows, frame), frame)
    # What is claimed is claimed of the level itself.
    return sourced.with_columns(pl.col("fact_ids").list.unique(maintain_order=True))


def _pairs(inputs: CheckInputs) -> pl.DataFrame:
    """Return the quantities of a sentence with the one before each: its columns end in _1."""
    every = quantities(inputs)
    names = ("words", "said", "least", "most", "amount", "canonical", "fact_id")
    before = [pl.col(name).shift(1).over(*SENTENCE).alias(f"{name}_1") for name in names]
    return every.with_columns(before).drop_nulls(["amount_1"]).with_columns(
        quote=pl.concat_str("said_1", "said").str.strip_chars("，。；、 \n"),
        ids=pl.concat_list("fact_id_1", "fact_id"),
    )  # fmt: skip


def _exceeded(inputs: CheckInputs) -> pl.DataFrame:
    """Q16 in words: 到位资金3154万元，超额完成全年目标任务3400万元; and 未完成 of a target that was reached."""
    over, short = (pl.col("words").str.contains(pattern(f"targets.{name}")) for name in ("exceeded", "missed"))
    behind = pl.col("text").str.slice(pl.col("end") - pl.col("block_start"), 1)
    told = _pairs(inputs).filter(
        # Of 完成目标任务3400万元的92% the rate is judged, by itself.
        (over | short)
        & (pl.col("canonical") == pl.col("canonical_1"))
        & (behind != "的")
        & (pl.col("amount") > 0)
        # 较上年扩种4600亩 is what was added, and no target is.
        & ~pl.col("words_1").str.extract(r"([^，。；]*)$").str.contains(pattern("lists.change"))
    )
    ok = pl.when(over).then(pl.col("most_1") >= pl.col("least")).otherwise(pl.col("least_1") <= pl.col("most"))
    made = told.with_columns(stated=pl.col("amount_1"), reckoned=pl.col("amount"))
    return sentence_rows(made, "Q16", "所述完成情况与目标", ok)


def _reached(inputs: CheckInputs) -> pl.DataFrame:
    """S5 in one clause: 网格86个，增加到79个 grows to less than it was; nothing grows to 0.2 percentage points.

    贫困户1200户，减少到35户 is how what was and what became is often told.
    """
    levels = inputs.evidence.facts.filter(pl.col("measure") == "level").select(fact_id_1="fact_id")
    points = (pl.col("canonical") == "百分点") & pl.col("canonical_1").is_in(["%", "‰"])
    told = (
        _pairs(inputs)
        .join(levels, on="fact_id_1", how="semi", maintain_order="left")
        .filter(
            pl.col("words").str.contains(pattern("growth.reached"))
            & ((pl.col("canonical") == pl.col("canonical_1")) | points)
            & ~pl.col("words_1").str.contains(pattern("growth.from"))
        )
    )
    falls = pl.col("words").str.contains(pattern("growth.fell"))
    meets = pl.when(falls).then(pl.col("least") <= pl.col("most_1")).otherwise(pl.col("most") >= pl.col("least_1"))
    made = told.with_columns(stated=pl.col("amount"), reckoned=pl.col("amount_1"))
    return sentence_rows(made, "S5", "同一句话中两个数字", meets & ~points)


def _from_to(inputs: CheckInputs) -> pl.DataFrame:
    """Q11 in one clause: 收入由14000元下降到15090元; both figures are of one indicator, so none is a rank."""
    owned = inputs.known.select("fact_id", "indicator", "measure", "item")
    told = (
        _pairs(inputs)
        .filter(
            pl.col("words").str.contains(pattern("growth.reached"))
            & (pl.col("canonical") == pl.col("canonical_1"))
            & pl.col("words_1").str.contains(pattern("growth.from"))
        )
        .join(owned, on="fact_id")
        .join(owned.rename({"fact_id": "fact_id_1", "measure": "measure_1"}), on=["fact_id_1", "indicator", "item"])
        .filter((pl.col("measure") == "level") & (pl.col("measure_1") == "prior_level"))
    )
    falls = pl.col("words").str.contains(pattern("growth.fell"))
    meets = pl.when(falls).then(pl.col("least") <= pl.col("most_1")).otherwise(pl.col("most") >= pl.col("least_1"))
    made = told.with_columns(stated=pl.col("amount"), reckoned=pl.col("amount_1"))
    rows = sentence_rows(made, "Q11", "由……到……的方向", meets)
    return rows.with_columns(operands=pl.lit(2, pl.Int16), stated=pl.lit(2, pl.Int16))


CHECKS = (
    Check(("Q10",), _flat, texts=True),
    Check(("Q16",), _exceeded, texts=True),
    Check(("S5",), _reached, texts=True),
    Check(("Q11",), _from_to, texts=True),
)
