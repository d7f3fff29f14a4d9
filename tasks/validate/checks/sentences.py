"""Checks of quantities within one sentence, whether or not an indicator claims them: lists of parts, products, means.

A report says more than the catalogue has indicators for; what it says of 马铃薯 or of a subsidy can be reckoned too.
"""

import polars as pl

from expectations.words import pattern
from tasks.lexicon import load_lexicon
from tasks.validate.checks.frame import conform, number
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS", "SENTENCE", "half_of_last_digit", "quantities", "sentence_rows"]

SENTENCE = ("submission_id", "block", "sentence")
_SENTENCE_END = r"[。；;！!\n]"
_MOST_PARTS = 12
# Around the name of a part in a list.
_MARKS = r"[\s，,、：:；;]"
_LISTS = 3


def half_of_last_digit(surface: str) -> pl.Expr:
    """Return half of the last printed digit, in the unit: 5488万斤 is good to half of ten thousand."""
    written = pl.col(surface).str
    decimals = written.extract(r"\d\.(\d+)", 1).str.len_chars().fill_null(0)
    tens = pl.when(written.contains("亿")).then(8).when(written.contains("万")).then(4).otherwise(0)
    return 0.5 * pl.lit(10.0) ** (tens - decimals.cast(pl.Int32))


def quantities(inputs: CheckInputs) -> pl.DataFrame:
    """Return exact quantities in canonical units with the words before each, and the sentence each stands in.

    `low` and `high` allow for half of the last printed digit where a figure has decimals, 万 or 亿; whole numbers
    without them were counted and stand for themselves.
    """
    evidence = inputs.evidence
    units = {word.unit: word for word in load_lexicon().units.values()}
    factors = pl.DataFrame(
        [(unit, word.canonical, float(word.factor)) for unit, word in units.items()],
        schema={"unit": pl.String, "canonical": pl.String, "factor": pl.Float64}, orient="row",
    )  # fmt: skip
    texts = evidence.blocks.select("submission_id", "block", block_start="start", text="text")
    owners = evidence.submissions.select("submission_id", "unit_name", "file_name")
    found = (
        evidence.mentions.filter(pl.col("bound") == "exact").drop_nulls(["low", "high"])
        .join(factors, on="unit").join(texts, on=["submission_id", "block"]).join(owners, on="submission_id")
        .sort("submission_id", "start")
    )  # fmt: skip
    begins = pl.col("start") - pl.col("block_start")
    before = pl.col("end").shift(1).over("submission_id", "block") - pl.col("block_start")
    coarse = pl.col("surface").str.contains(r"[.万亿]")
    half = pl.when(coarse).then(half_of_last_digit("surface")).otherwise(0.0)
    return found.with_columns(
        pl.col("text").str.slice(before.fill_null(0), (begins - before.fill_null(0)).clip(0)).alias("words"),
        pl.col("text").str.slice(0, begins).str.count_matches(_SENTENCE_END).alias("sentence"),
        ((pl.col("low") - half) * pl.col("factor")).alias("least"),
        ((pl.col("high") + half) * pl.col("factor")).alias("most"),
        (pl.col("low") * pl.col("factor")).alias("amount"),
        pl.col("text").str.slice(before.fill_null(0), pl.col("end") - pl.col("block_start") - before.fill_null(0))
        .alias("said"),
    )  # fmt: skip


def sentence_rows(frame: pl.DataFrame, rule: str, title: str | pl.Expr, ok: pl.Expr) -> pl.DataFrame:
    """Return check rows of `frame`, which has said, reckoned, stated, ids and the keys of a report."""
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"),
        pl.lit("").alias("reason"), "unit_code", "unit_name", "period",
        pl.concat_str(pl.lit("sentence|"), pl.col("quote").str.replace_all(r"\s", "").str.slice(0, 60)).alias("about"),
        (pl.lit(title) if isinstance(title, str) else title).alias("indicator_name"),
        number("stated").alias("observed"), number("reckoned").alias("expected"),
        (pl.col("stated") - pl.col("reckoned")).alias("imbalance"),
        pl.col("ids").list.drop_nulls().alias("fact_ids"),
        pl.concat_list("quote").alias("quotes"),
        pl.format("{} [{}:{}]", "file_name", "start", "end").alias("place"),
    ).pipe(conform)  # fmt: skip


def _triples(found: pl.DataFrame) -> pl.DataFrame:
    """Return every three quantities that follow each other in one sentence: columns of the first, _2 and _3."""
    names = ("words", "said", "surface", "least", "most", "amount", "canonical", "fact_id", "end")
    later = [pl.col(name).shift(-by).over(*SENTENCE).alias(f"{name}_{by + 1}") for by in (1, 2) for name in names]
    return found.with_columns(later).drop_nulls(["amount_2", "amount_3"]).with_columns(
        quote=pl.concat_str("said", "said_2", "said_3").str.strip_chars("，。；、 \n"),
        ids=pl.concat_list("fact_id", "fact_id_2", "fact_id_3"),
    ).drop("end").rename({"end_3": "end"})  # fmt: skip


def _yields(inputs: CheckInputs) -> pl.DataFrame:
    """Q13 in words: 马铃薯种植面积N亩，平均亩产M公斤，总产量K吨."""
    three = _triples(quantities(inputs)).filter(
        (pl.col("canonical") == "亩") & pl.col("words_2").str.contains(pattern("yields.per_mu"))
        & pl.col("canonical_2").is_in(["吨", "公斤/亩"]) & (pl.col("canonical_3") == "吨")
        & pl.col("words_3").str.contains(pattern("yields.output"))
    )  # fmt: skip
    per = pl.when(pl.col("canonical_2") == "公斤/亩").then(0.001).otherwise(1.0)
    low, high = pl.col("least") * pl.col("least_2") * per, pl.col("most") * pl.col("most_2") * per
    # A mean yield is printed whole, and the mean of all fields: half a unit of it and half of the output's last digit.
    slack = 0.005 * pl.col("amount_3")
    ok = (low <= pl.col("most_3") + slack) & (high >= pl.col("least_3") - slack)
    made = three.with_columns(reckoned=pl.col("amount") * pl.col("amount_2") * per, stated=pl.col("amount_3"))
    return sentence_rows(made, "Q13", "面积 × 亩产 = 总产量", ok)


def _means(inputs: CheckInputs) -> pl.DataFrame:
    """Q18 in words: 发放补贴N万元，惠及M人，人均K元; the same for 户均 and households."""
    people = (pl.col("canonical_2") == "人") & pl.col("words_3").str.contains(pattern("means.people"))
    households = (pl.col("canonical_2") == "户") & pl.col("words_3").str.contains(pattern("means.households"))
    three = _triples(quantities(inputs)).filter(
        (pl.col("canonical") == "元") & (pl.col("canonical_3") == "元") & (people | households)
        & (pl.col("amount_2") > 0) & ~pl.col("words_3").str.contains(pattern("means.income"))
    )  # fmt: skip
    slack = 0.01 * pl.col("amount_3") + 0.5
    ok = (pl.col("least") / pl.col("most_2") <= pl.col("most_3") + slack) & (
        pl.col("most") / pl.col("least_2") >= pl.col("least_3") - slack
    )
    made = three.with_columns(reckoned=pl.col("amount") / pl.col("amount_2"), stated=pl.col("amount_3"))
    return sentence_rows(made, "Q18", "总额 ÷ 人数（户数） = 人均（户均）", ok)


def _shares(inputs: CheckInputs) -> pl.DataFrame:
    """Q18 in words: 党员582名，其中女党员210名，占36.1%."""
    three = _triples(quantities(inputs)).filter(
        (pl.col("canonical") == pl.col("canonical_2")) & (pl.col("canonical") != "%") & (pl.col("canonical_3") == "%")
        & pl.col("words_2").str.contains(pattern("lists.opens")) & pl.col("words_3").str
        .contains(pattern("shares.of_whole")) & (pl.col("least") > 0)
    )  # fmt: skip
    half = half_of_last_digit("surface_3") + 1e-9
    ok = (pl.col("least_2") / pl.col("most") * 100 <= pl.col("amount_3") + half) & (
        pl.col("most_2") / pl.col("least") * 100 >= pl.col("amount_3") - half
    )
    share = (pl.col("amount_2") / pl.col("amount") * 100).round(2)
    made = three.with_columns(reckoned=share, stated=pl.col("amount_3"))
    return sentence_rows(made, "Q18", "部分 ÷ 总数 = 占比（%）", ok)


def _points(inputs: CheckInputs) -> pl.DataFrame:
    """V1 of growth: 人均可支配收入15090元，增长7.0个百分点; only what is a rate itself grows by points."""
    every = quantities(inputs)
    before = [pl.col(name).shift(1).over(*SENTENCE).alias(f"{name}_1") for name in ("canonical", "fact_id", "said")]
    grown = every.with_columns(before).filter(
        (pl.col("canonical") == "百分点") & pl.col("fact_id_1").is_not_null()
        & pl.col("words").str.contains(pattern("growth.by"))
    )  # fmt: skip
    made = grown.with_columns(
        quote=pl.concat_str("said_1", "said").str.strip_chars("，。；、 \n"), ids=pl.concat_list("fact_id"),
        stated=pl.col("amount"), reckoned=pl.lit(None, pl.Float64),
    )  # fmt: skip
    return sentence_rows(made, "V1", "增减的单位：总量增减用%", pl.col("canonical_1").is_in(["%", "‰", "百分点"]))


def _parts(inputs: CheckInputs) -> pl.DataFrame:
    """V7 in words: N亩，其中：甲a亩，乙b亩，丙c亩. The parts may leave a rest, but never exceed the whole."""
    opening = pattern("lists.opens")
    every = quantities(inputs).with_columns(
        opens=pl.col("words").str.contains(opening),
        rank=pl.col("start").rank("ordinal").over(*SENTENCE).cast(pl.Int64),
    )
    opened = pl.col("opens").cast(pl.Int64).cum_sum().over(*SENTENCE)
    parts = every.with_columns(opened=opened, before=pl.col("rank") - 1).filter(pl.col("opened") == 1)
    wholes = every.with_columns(opened=opened).filter(pl.col("opened") == 0).group_by(SENTENCE).agg(
        pl.last("canonical", "least", "most", "amount", "fact_id", "said", "words", "start").name.suffix("_whole")
    )  # fmt: skip
    same = parts.join(wholes, on=list(SENTENCE)).sort("submission_id", "start")
    # What stands before the whole in its own clause: 比 of a ratio in the sentence before is no word of change.
    of_whole = pl.col("words_whole").str.extract(r"([^，。；;：:\n]*)$", 1)
    mark = pl.col("words").str.extract(r"^\s*([，,、])", 1).fill_null("")
    first_mark = mark.filter(~pl.col("opens")).first().over(*SENTENCE)
    colon = (
        pl.col("words")
        .filter(pl.col("opens"))
        .first()
        .str.extract(f"({opening})")
        .str.contains("[:：]$")
        .over(*SENTENCE)
    )
    # A list is 甲、乙、丙, or after a colon 甲，乙，丙; it ends where the mark changes, another unit comes, or a word
    # that opens something else.
    breaks = (
        (pl.col("canonical") != pl.col("canonical_whole"))
        | (~pl.col("opens") & ((mark != first_mark) | ((mark != "、") & ~colon)))
        | (~pl.col("opens") & pl.col("words").str.contains(pattern("lists.breaks")))
        # Shares of one whole add up, rates of growth do not.
        | ((pl.col("canonical") == "%") & pl.col("words").str.contains(pattern("growth.words")))
    )
    listed = (
        same.filter(~of_whole.str.contains(pattern("lists.change")))
        .with_columns(broken=breaks.cast(pl.Int64).cum_sum().over(*SENTENCE)).filter(pl.col("broken") == 0)
    )  # fmt: skip
    made = listed.group_by([*SENTENCE, "unit_code", "unit_name", "period", "file_name"], maintain_order=True).agg(
        pl.col("amount").sum().alias("reckoned"), pl.col("least").sum().alias("parts_low"),
        pl.col("most").sum().alias("parts_high"), pl.len().alias("parts"),
        pl.first("amount_whole", "least_whole", "most_whole", "fact_id_whole", "said_whole"),
        pl.first("start_whole").alias("start"), pl.last("end"), pl.first("canonical_whole", "words_whole"),
        pl.concat_str("said").str.join("").alias("said"), pl.col("fact_id").alias("ids"),
        pl.col("words").str.replace_all(f"{opening}|{_MARKS}", "").str.join("|").alias("labels"),
        pl.last("words").alias("last_words"), pl.col("amount").alias("amounts"),
    )  # fmt: skip
    # One part alone makes no sum, but in the whole's own breath (党员900名，其中预备党员950名) it is no more.
    alone = (
        (pl.col("parts") == 1) & pl.col("last_words").str.contains(pattern("lists.one_of"))
        & ~pl.col("canonical_whole").is_in(["%", "‰", "百分点"])
        & ~pl.col("words_whole").str.contains(pattern("lists.means"))
    )  # fmt: skip
    made = made.filter(alone | ((pl.col("parts") > 1) & (pl.col("parts") <= _MOST_PARTS))).with_columns(
        stated=pl.col("amount_whole"), quote=pl.concat_str("said_whole", "said").str.strip_chars("，。；、 \n"),
        ids=pl.concat_list("ids", "fact_id_whole"),
    )  # fmt: skip
    return _sums(made)


def _sums(lists: pl.DataFrame) -> pl.DataFrame:
    """Judge lists of parts: a sum above the whole is wrong, one below it where the list is known to be complete.

    A list is complete that ends with the rest (其他), or that made the whole exactly in another report of the township,
    or in three of other townships, under the same names and in the same order. Incomplete ones show one slip: a part
    that lacks a zero and with it makes the whole exactly.
    """
    over, short = pl.col("parts_low") > pl.col("most_whole"), pl.col("parts_high") < pl.col("least_whole")
    exact = (~over & ~short).cast(pl.Int64)
    named = pl.col("labels").str.contains(r"[^|]")
    of_unit = exact.sum().over("unit_code", "labels") - exact
    of_all = exact.sum().over("labels") - exact
    complete = (named & ((of_unit >= 1) | (of_all >= _LISTS))) | pl.col("last_words").str.contains(
        pattern("lists.rest")
    )
    gap = pl.col("amount_whole") - pl.col("reckoned")
    zero_lost = pl.col("amounts").list.eval(pl.element() * 9).list.contains(gap)
    judged = lists.with_columns(
        wrong=over | (short & (complete | zero_lost) & (pl.col("parts") > 1)),
        title=pl.when(pl.col("parts") == 1)
        .then(pl.lit("其中一项 ≤ 总数"))
        .when(over)
        .then(pl.lit("其中各项之和 ≤ 总数"))
        .otherwise(pl.lit("其中各项之和 = 总数")),
    )
    sums = sentence_rows(judged.filter(pl.col("parts") > 1), "V7", pl.col("title"), ~pl.col("wrong"))
    single = sentence_rows(judged.filter(pl.col("parts") == 1), "V8", pl.col("title"), ~pl.col("wrong"))
    # The part is what is compared with the whole: both stand there.
    return pl.concat([sums, single.with_columns(operands=pl.lit(2, pl.Int16), stated=pl.lit(2, pl.Int16))])


CHECKS = (
    Check(("V7", "V8"), _parts, among="county", texts=True),
    Check(("Q13",), _yields, texts=True),
    Check(("Q18",), _means, texts=True),
    Check(("Q18",), _shares, texts=True),
    Check(("V1",), _points, texts=True),
)
