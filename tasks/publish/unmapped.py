"""What figures count that became no fact: the evidence by which the catalogue can grow.

Figures are grouped by their unit and the words that name them: the last ten characters before the figure in its clause
without words that only lead to it, or those after it where nothing stands before.
"""

from collections.abc import Sequence

import polars as pl

from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.tables import TABLES
from tasks.publish.reader import WarehouseReader

__all__ = ["UNMAPPED_COLUMNS", "rows_of_document", "unmapped_figures", "unmapped_in_warehouse"]

UNMAPPED_COLUMNS = ("unit", "words", "count", "reports", "reason", "example")
_MENTION = ("submission_id", "block", "start", "end", "surface", "unit", "fact_id", "reject_reason")
_BLOCK = ("submission_id", "block", "start", "text")
# Words between a name and its figure that do not belong to the name: 危房改造共完成|12户, 图书馆藏书量达到约|3万册.
_LEADS = (
    "同比增长|同比下降|比上年增长|比上年下降|比上年增加|比上年减少|较上年增长|较上年下降|较上年增加|较上年减少|"
    "增加到|增长到|提高到|上升到|下降到|减少到|降低到|发展到|扩大到|稳定在|保持在|控制在|累计达|"
    "不低于|不少于|不超过|超过|突破|不足|达到|完成|实现|累计|总计|共计|合计|共有|现有|已有|拥有|"
    "增长|下降|增加|减少|同比|分别|平均|其中|目前|全年|当年|仅|约|近|超|逾|达|共|为|是|有|至|到|了|的|各|均|占"
)
# The same before a name: 全镇|村级光伏电站.
_OPENS = "截至目前|截至|目前|全镇|全乡|全街道|我镇|我乡|全年|今年|当年|本年|年内|其中|累计|先后|另有|另外|共有|共"
# Between a figure and a name after it: 3名|驻村工作队员, 120余户|搬迁群众.
_BETWEEN = "以上|以下|左右|以内|余|多|来|的|名"
_HAN = r"\p{Han}"
_QUOTES = '[“”"‘’《》〈〉]'
_BEFORE, _AFTER, _EXAMPLE = 24, 16, 60


def unmapped_in_warehouse(warehouse: WarehouseReader, periods: Sequence[str] | None = None) -> pl.DataFrame:
    """Return what figures of the loaded reports count that became no fact; as `unmapped_figures`.

    Raises:
        WarehouseError: a table cannot be read.
    """
    loaded = warehouse.scan("submissions").filter(pl.col("state") == "loaded")
    if periods is not None:
        loaded = loaded.filter(pl.col("period").is_in(list(periods)))
    ids = loaded.select("submission_id")
    mentions, blocks = (
        warehouse.scan(table).join(ids, on="submission_id", how="semi") for table in ("mentions", "blocks")
    )
    return unmapped_figures(mentions, blocks)


def rows_of_document(name: str, document: Document, extraction: Extraction) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return mentions and blocks of one report as `unmapped_figures` takes them; `name` stands for the submission."""
    mentions = [
        (name, one.block, one.start, one.end, one.surface, one.unit, None if one.fact is None else str(one.fact),
         one.reject_reason)
        for one in extraction.mentions
    ]  # fmt: skip
    blocks = [(name, block.index, block.start, document.block_text(block)) for block in document.blocks]
    return (
        pl.DataFrame(mentions, schema={column: TABLES["mentions"][column] for column in _MENTION}, orient="row"),
        pl.DataFrame(blocks, schema={column: TABLES["blocks"][column] for column in _BLOCK}, orient="row"),
    )


def unmapped_figures(mentions: pl.LazyFrame, blocks: pl.LazyFrame) -> pl.DataFrame:
    """Return one row per unit and name of figures that became no fact, the most frequent first.

    `mentions` and `blocks` have (at least) the warehouse's columns `_MENTION` and `_BLOCK`. The columns returned are
    `UNMAPPED_COLUMNS`: how many such figures there are, in how many reports, why they became none (the commonest
    reason first), and the sentence of the first of them.
    """
    place = ("submission_id", "block")
    figures = (
        mentions.select(_MENTION)
        .sort("submission_id", "start")
        .with_columns(
            pl.col("end").shift(1).over(place).alias("before_end"),
            pl.col("start").shift(-1).over(place).alias("after_start"),
        )
        .filter(pl.col("fact_id").is_null())
        .join(blocks.select(*place, pl.col("start").alias("block_start"), "text"), on=list(place), how="left")
        .sort("submission_id", "start")
        .with_columns(_name().alias("words"), pl.col("reject_reason").fill_null("").alias("reason"))
    )
    key = ["unit", "words"]
    reasons = (
        figures.group_by(*key, "reason")
        .len("times")
        .sort("times", "reason", descending=[True, False])
        .group_by(key, maintain_order=True)
        .agg(pl.col("reason").str.join(" | "))
    )
    return (
        figures.group_by(key, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("count"),
            pl.col("submission_id").n_unique().cast(pl.Int64).alias("reports"),
            pl.col("text", "start", "end", "block_start", "surface").first(),
        )
        .join(reasons, on=key, how="left")
        .with_columns(_sentence().alias("example"))
        .sort("count", "reports", "unit", "words", descending=[True, True, False, False])
        .select(UNMAPPED_COLUMNS)
        .collect()
    )


def _name() -> pl.Expr:
    """Return the words that name a figure: before it in its clause, after the figure before; else after it."""
    text, start, end = pl.col("text"), pl.col("start") - pl.col("block_start"), pl.col("end") - pl.col("block_start")
    from_ = pl.max_horizontal(
        (pl.col("before_end") - pl.col("block_start")).fill_null(0), start - _BEFORE, pl.lit(0, dtype=pl.Int64)
    )
    to = pl.min_horizontal((pl.col("after_start") - pl.col("block_start")).fill_null(end + _AFTER), end + _AFTER)
    before = (
        text.str.slice(from_, start - from_)
        .str.replace_all(_QUOTES, "")
        .str.replace(rf"(?:{_LEADS}|[：:\s])+$", "")
        .str.extract(rf"({_HAN}+)$")
        .str.replace(rf"^(?:{_OPENS})+", "")
    )
    after = (
        text.str.slice(end, to - end)
        .str.replace_all(_QUOTES, "")
        .str.replace(rf"^(?:{_BETWEEN})+", "")
        .str.extract(rf"^({_HAN}{{2,10}})")
    )
    whole = before.str.extract(rf"({_HAN}{{2,10}})$")
    return pl.coalesce(whole, after, before.str.extract(rf"({_HAN}+)$"), pl.lit(""))


def _sentence() -> pl.Expr:
    """Return the sentence that a figure stands in, on one line; the figure alone where its block is not known."""
    text, start, end = pl.col("text"), pl.col("start") - pl.col("block_start"), pl.col("end") - pl.col("block_start")
    before = text.str.slice(0, start).str.extract(rf"([^。！？；\n]{{0,{_EXAMPLE}}})$")
    after = text.str.slice(end).str.extract(rf"^([^。！？；\n]{{0,{_EXAMPLE}}})")
    return pl.concat_str(before, pl.col("surface"), after).fill_null(pl.col("surface")).str.strip_chars()
