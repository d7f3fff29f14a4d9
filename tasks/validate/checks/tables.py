"""V7 in tables: the line of the total (合计) against the lines that it adds up."""

import polars as pl

from expectations.words import pattern
from tasks.validate.checks.frame import conform, number
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_TABLE = ("submission_id", "table")
_COLUMN = (*_TABLE, "column")
_FIGURE = r"^[-－−]?\d[\d,，]*(?:\.\d+)?$"
# A figure that is hidden, lost or none: the line belongs to the body of the table.
_NO_FIGURE = r"^(?:[XxＸ×*＊□■?？]+|[-－—–/／]+)$"
# What says that there is nothing to count in a line.
_NOTHING = r"^[-－—–/／\s]*$"
_LEAST_LINES = 2


def _cells(inputs: CheckInputs) -> pl.DataFrame:
    """Return the cells of every table; `total`: theirs is the line of the sum, `nested`: one of a part of a part."""
    cells = (
        inputs.evidence.blocks.filter(pl.col("table").is_not_null() & pl.col("row").is_not_null())
        .select("submission_id", "block", "table", "row", "column", "start", pl.col("text").str.strip_chars())
        .with_columns(figure=pl.col("text").str.contains(_FIGURE))
        .sort(*_TABLE, "row", "column")
    )
    lines = cells.group_by(*_TABLE, "row", maintain_order=True).agg(
        pl.col("text").filter(~pl.col("figure")).first().fill_null("").alias("label"),
        pl.col("text").str.join(" | ").alias("line"),
        (pl.col("figure") | pl.col("text").str.contains(_NO_FIGURE)).any().alias("figures"),
    )
    label = pl.col("label").str.replace_all(r"\s", "")
    return cells.join(
        lines.with_columns(
            total=label.str.contains(f"^(?:{pattern('tables.totals')})$") & pl.col("figures"),
            nested=label.str.contains(pattern("tables.nested")),
        ),
        on=[*_TABLE, "row"],
        maintain_order="left",
    )


def _columns(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a row per column with a total: its head, the printed interval of its parts and of the total.

    Only tables with one total, above or below all of its parts, and without lines of lines (小计, 其中).
    """
    at = pl.col("row").filter("total")
    first = pl.col("row").filter("figures").min()
    single = (at.n_unique().over(_TABLE) == 1) & ~pl.col("nested").any().over(_TABLE)
    plain = cells.filter(single).with_columns(
        at=at.first().over(_TABLE), first=first.over(_TABLE), last=pl.col("row").max().over(_TABLE)
    )
    ends = plain.filter((pl.col("at") == pl.col("first")) | (pl.col("at") == pl.col("last")))
    head = ends.filter(pl.col("row") < pl.col("first")).group_by(_COLUMN, maintain_order=True).agg(
        pl.col("text").str.join("").alias("head")
    )  # fmt: skip
    value = pl.col("text").str.replace_all("[,，]", "").str.replace("[－−]", "-").cast(pl.Float64, strict=False)
    rounded = pl.col("text").str.contains(r"\.") | pl.col("head").str.contains("[万亿千]")
    places = pl.col("text").str.extract(r"\.(\d+)$", 1).str.len_chars().fill_null(0).cast(pl.Int32)
    half = pl.when(rounded).then(0.5 * pl.lit(10.0) ** -places).otherwise(0.0)
    # An empty cell counts nothing; XX or words in it are a figure that is missing.
    empty = pl.col("text").str.contains(_NOTHING)
    body = (
        ends.filter(pl.col("row") >= pl.col("first")).join(head, on=list(_COLUMN), how="left")
        .with_columns(pl.col("head").fill_null(""), value=pl.when(empty).then(0.0).when("figure").then(value))
        .with_columns(half=pl.when("figure").then(half).otherwise(0.0))
    )  # fmt: skip
    part = ~pl.col("total")
    return body.group_by(_COLUMN, maintain_order=True).agg(
        pl.first("head"), pl.col("value").filter(part).sum().alias("reckoned"),
        pl.col("half").sum().alias("slack"), (part & pl.col("figure")).sum().alias("parts"),
        pl.len().alias("operands"), pl.col("value").count().alias("stated"),
        pl.col("figure").filter("total").first().alias("summed"),
        *(pl.col(name).filter("total").first().alias(name) for name in ("value", "block", "start", "line")),
    ).filter(pl.col("summed") & (pl.col("parts") >= _LEAST_LINES))  # fmt: skip


def _totals(inputs: CheckInputs) -> pl.DataFrame:
    cells = _cells(inputs)
    columns = _columns(cells).filter(~pl.col("head").str.contains(pattern("tables.no_sums")))
    owners = inputs.evidence.submissions.select("submission_id", "unit_code", "unit_name", "period", "file_name")
    known = inputs.evidence.facts.select("submission_id", "block", "fact_id").group_by("submission_id", "block").agg(
        pl.col("fact_id").alias("ids")
    )  # fmt: skip
    frame = columns.join(owners, on="submission_id").join(known, on=["submission_id", "block"], how="left")
    ok = (pl.col("value") - pl.col("reckoned")).abs() <= pl.col("slack") + 1e-6
    title = pl.concat_str(pl.lit("表中合计 total of the table："), "head")
    return frame.sort("submission_id", "table", "column").select(
        pl.lit("V7").alias("rule"),
        pl.when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail")).alias("result"), pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period", pl.concat_str(pl.lit("table"), "table", "column", "head", separator="|")
        .alias("about"), title.alias("indicator_name"), number("value").alias("observed"),
        number("reckoned").alias("expected"), (pl.col("value") - pl.col("reckoned")).alias("imbalance"),
        pl.col("ids").fill_null([]).alias("fact_ids"), pl.concat_list("line").alias("quotes"),
        pl.format("{} [{}]", "file_name", "start").alias("place"), "operands", "stated",
    ).pipe(conform)  # fmt: skip


CHECKS = (Check(("V7",), _totals, texts=True),)
