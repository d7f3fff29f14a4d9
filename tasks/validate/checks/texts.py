"""What the words of a report give away: another township's name, digits that were lost; and the lines they stand in."""

import polars as pl

from expectations.words import load_check_words, pattern
from tasks.domain.gazetteer import short_name
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS", "lines_of", "reports_of", "rows_of_reports"]

_WIDE = {chr(0xFF10 + digit): str(digit) for digit in range(10)}


def lines_of(inputs: CheckInputs) -> pl.DataFrame:
    """Return the lines of every live report: `line`, digits of half width, with its report and place."""
    reports = inputs.evidence.submissions.select("submission_id", "unit_code", "unit_name", "period", "file_name")
    blocks = inputs.evidence.blocks.select("submission_id", "block", "start", "text")
    return (
        reports.join(blocks, on="submission_id", how="inner", maintain_order="left_right")
        .with_columns(
            pl.col("text").str.replace_many(list(_WIDE), list(_WIDE.values())).str.split("\n").alias("line"),
            pl.col("period").str.slice(0, 4).cast(pl.Int32).alias("year"),
        )
        .explode("line")
        .with_columns(pl.col("line").str.strip_chars())
        .filter(pl.col("line") != "")
        .drop("text")
    )


def rows_of_reports(reports: pl.DataFrame, wrong: pl.DataFrame, rule: str, expected: str) -> pl.DataFrame:
    """Return a row per report: failed with its quotes where `wrong` (submission_id, quote, said, start) has any."""
    found = wrong.group_by("submission_id", maintain_order=True).agg(
        pl.col("quote").unique(maintain_order=True).head(3).alias("quotes"),
        pl.col("said").unique(maintain_order=True).str.join("；").alias("observed"),
        pl.col("start").first(),
        pl.len().cast(pl.Float64).alias("imbalance"),
    )
    failed = pl.col("observed").is_not_null()
    return reports.join(found, on="submission_id", how="left", maintain_order="left").select(
        pl.lit(rule).alias("rule"),
        pl.when(failed).then(pl.lit("fail")).otherwise(pl.lit("pass")).alias("result"),
        pl.lit("").alias("reason"),
        "unit_code", "unit_name", "period",
        pl.lit("text").alias("about"),
        pl.lit("报告文字 text").alias("indicator_name"),
        pl.col("observed").fill_null(""),
        pl.when(failed).then(pl.lit(expected)).otherwise(pl.lit("")).alias("expected"),
        "imbalance",
        pl.lit([], pl.List(pl.String)).alias("fact_ids"),
        pl.col("quotes").fill_null([]),
        pl.when(failed).then(pl.format("{} [{}]", "file_name", "start")).otherwise("file_name").alias("place"),
    ).pipe(conform)  # fmt: skip


def reports_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each report of `lines`."""
    return lines.select("submission_id", "unit_code", "unit_name", "period", "file_name").unique(maintain_order=True)


def _damaged_words(inputs: CheckInputs) -> pl.DataFrame:
    """K2 in words: digits broken by marks of lost characters (8□25万元), where no damaged figure was read."""
    read = inputs.evidence.mentions.filter(pl.col("bound") == "damaged").select("submission_id", "surface")
    broken = pattern("values.damage")
    lines = lines_of(inputs).filter(pl.col("line").str.contains(broken))
    if lines.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    known = read.group_by("submission_id").agg(pl.col("surface").str.join("|").alias("known"))
    wrong = (
        lines.with_columns(pl.col("line").str.extract_all(broken).alias("said")).explode("said")
        .join(known, on="submission_id", how="left", maintain_order="left")
        .filter(~pl.col("known").str.contains(pl.col("said"), literal=True).fill_null(value=False))
        .with_columns(pl.col("line").str.find(pl.col("said"), literal=True).cast(pl.Int64).alias("at"))
        # `find` counts bytes; three of them are a character of Chinese, so the quote begins early rather than late.
        .select("submission_id", pl.col("line").str.slice((pl.col("at") // 3 - 10).clip(0), 60).alias("quote"), "said",
                "start")
    )  # fmt: skip
    return rows_of_reports(reports_of(lines), wrong, "K2", "完整的数字 whole digits")


def _names(inputs: CheckInputs) -> pl.DataFrame:
    units = inputs.evidence.units
    former = units.select("unit_code", pl.col("former_names").alias("name")).explode("name")
    return pl.concat([units.select("unit_code", "name"), former]).drop_nulls()


def _other_townships(inputs: CheckInputs) -> pl.DataFrame:
    """Q43: another township's name where the report speaks of its own: its party committee, or alone in a sentence.

    A sentence about neighbours (与…接壤, 赴…考察, 通往…) may name whom it likes.
    """
    lines, names = lines_of(inputs), _names(inputs)
    if lines.is_empty() or names.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    sentences = lines.with_columns(pl.col("line").str.split("。").alias("sentence")).explode("sentence")
    all_names = names["name"].to_list()
    own = names.group_by("unit_code").agg(pl.col("name").alias("own_names"))
    named = (
        sentences.filter(pl.col("sentence").str.contains_any(all_names))
        .with_columns(pl.col("sentence").str.extract_many(all_names, leftmost=True).list.unique().alias("name"))
        .explode("name")
        .join(own, on="unit_code", how="left", maintain_order="left")
        .filter(~pl.col("name").is_in(pl.col("own_names")).fill_null(value=False))
    )
    told = _own_claims(named, pattern("places.organ"), organs_only=False).select(
        "submission_id", pl.col("sentence").alias("quote"), "name", "start"
    )
    strangers = _strangers(sentences, [short_name(name) for name in all_names])
    wrong = pl.concat([told, strangers]).select(
        "submission_id", pl.col("quote").str.slice(0, 80), pl.col("name").alias("said"), "start"
    )
    return rows_of_reports(reports_of(lines), wrong, "Q43", "本单位名称 the unit's own name")


def _own_claims(named: pl.DataFrame, organs: str, *, organs_only: bool) -> pl.DataFrame:
    """Return the rows whose sentence speaks of `name` as its own: an organ of it, or no word that makes it another's.

    The first place of the name in the sentence decides.
    """
    parts = pl.col("sentence").str.splitn(pl.col("name"), 2)
    before, behind = parts.struct.field("field_0"), parts.struct.field("field_1").fill_null("")
    organ = behind.str.contains("^" + organs)
    alone = pl.lit(not organs_only) & ~behind.str.contains("^" + pattern("places.goes_on"))
    other = before.str.contains(f"{pattern('places.before')}[^，。；：]{{0,5}}$") | behind.str.contains(
        f"^[^，。；]{{0,4}}{pattern('places.behind')}"
    )
    # 请…和全乡干部群众监督 speaks to one's own people, whoever stands before them.
    asked = pl.col("sentence").str.contains(pattern("places.asked"))
    return named.filter((organ | alone) & (~other | (asked & organ)))


def _strangers(sentences: pl.DataFrame, known: list[str]) -> pl.DataFrame:
    """Return the organs of townships that this county does not have (…青山镇党委), by the two characters before 镇."""
    stranger = rf"([\p{{Han}}]{{2}}(?:镇|乡|街道)){pattern('places.organ_only')}"
    stems = [name[-2:] for name in known]
    found = (
        sentences.with_columns(pl.col("sentence").str.extract(stranger).alias("name"))
        .filter(pl.col("name").is_not_null())
        .filter(
            ~pl.col("name").str.slice(0, 2).str.contains(pattern("places.generic"))
            & ~pl.col("name").str.slice(0, 2).is_in([*stems, *load_check_words()["places.no_names"]])
            & ~pl.col("name").str.slice(1, 1).eq("族")
        )
    )
    return _own_claims(found, pattern("places.organ_only"), organs_only=True).select(
        "submission_id", pl.col("sentence").alias("quote"), "name", "start"
    )


CHECKS = (
    Check(("Q43",), _other_townships, texts=True),
    Check(("K2",), _damaged_words, texts=True),
)
