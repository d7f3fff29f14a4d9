"""V1 of figures that are missing: their name stands in the report with a number of no unit, or of another thing's unit.

Such a number becomes no figure, so no check of figures sees it, and the report seems to pass it over. Only what the
township has stated in each of its three reports before is looked for, by its names and by the words that stood before
it last year, and only a number near to that of last year: a name followed by another unit is nothing strange by itself
(项目25个, 项目2.3亿元).
"""

import re

import polars as pl

from tasks.lexicon import load_lexicon
from tasks.validate.checks.frame import CHECK_SCHEMA, conform
from tasks.validate.checks.inputs import Check, CheckInputs
from tasks.validate.checks.texts import lines_of

__all__ = ["CHECKS"]

_BEFORE = 3
_SHORTEST_NAME = 2
# As far as this from last year's number it may be any other number; one in another thing's unit sooner.
_NEAR, _NEAR_FOREIGN = 3.0, 1.2
# Words that lead to any figure name none.
_LEADS = (
    r"^(?:全[镇乡街]道?|我[镇乡]|辖区|目前|截至|现|已|共|有|年|全|累计|完成|实现"
    r"|达到?|为|建成|新增?|总|合计|其中|和|及)+$"
)
_FIGURE = ("indicator", "item")
# All that may stand between a name and its number.
_BETWEEN = r"(?:总数|总量|总额|合计|共计|共有|现有|累计|共|为|达到|达|完成|实现|约|有|是|[:：])*"
_NUMBER = r"(\d[\d,]*(?:\.\d+)?)([^\d，。；、：:\s（）()|]{0,6})"
_QUOTED = 60


def _missing(inputs: CheckInputs) -> pl.DataFrame:
    """Return the figures that each report leaves out and the three before it had, a row each with the report's keys."""
    line = ["unit_code", "form", "part"]
    reports = (
        inputs.evidence.submissions.select("submission_id", "unit_code", "unit_name", "period", "form", "file_name")
        .with_columns(part=pl.col("period").str.slice(4))
        .with_columns(at=pl.col("period").rank("dense").over(line).cast(pl.Int64))
    )
    stated = (
        inputs.known.filter((pl.col("measure") == "level") & (pl.col("canonical_unit") == pl.col("unit")))
        .select("submission_id", *_FIGURE, "indicator_name", "unit", *_as_told())
        .unique(["submission_id", *_FIGURE], maintain_order=True)
        .join(reports.select("submission_id", *line, "at"), on="submission_id")
    )
    regular = stated.drop("submission_id").with_columns(at=pl.col("at") + 1)
    for back in range(2, _BEFORE + 1):
        earlier = stated.select(*line, *_FIGURE, at=pl.col("at") + back)
        regular = regular.join(earlier, on=[*line, *_FIGURE, "at"], how="semi")
    owed = regular.join(reports, on=[*line, "at"])
    return owed.join(stated, on=["submission_id", *_FIGURE], how="anti")


def _as_told() -> tuple[pl.Expr, pl.Expr]:
    """Return the words before a figure as a pattern (`words`, null where there are none) and its number (`told`)."""
    before = pl.col("evidence").str.splitn(pl.col("stated_value"), 2).struct.field("field_0")
    # Of 6168户23390人 the people have no other name than to stand behind the households.
    behind = pl.concat_str(pl.lit(r"\d"), before.str.extract(r"\d([户个人名])、?$"), pl.lit("、?"))
    words = pl.coalesce(before.str.extract(r"(\p{Han}{2,6})$"), behind)
    number = pl.col("stated_value").str.extract(r"^([\d,]+(?:\.\d+)?)").str.replace_all(",", "")
    words = pl.when(words.str.contains(_LEADS)).then(None).otherwise(words)
    return words.alias("words"), number.cast(pl.Float64, strict=False).alias("told")


def _names(indicator: str, item: str) -> set[str]:
    """Return the names of a figure that stand before its number, as patterns."""
    words = {
        re.escape(one.words)
        for one in load_lexicon().aliases
        if one.code == indicator and not one.is_verb and one.side in {"before", "both"}
        and len(one.words) >= _SHORTEST_NAME + bool(one.needs) and (not item or one.item == item)
    }  # fmt: skip
    if item:
        words.add(re.escape(item) + r"[^，。；\d]{0,6}")
    return words


def _canonical(tail: pl.Expr) -> pl.Expr:
    """Return the canonical unit that `tail` begins with, empty where it is no unit at all."""
    units = load_lexicon().units
    surfaces = "|".join(re.escape(one) for one in sorted(units, key=len, reverse=True))
    known = {surface: one.canonical for surface, one in units.items()}
    surface = tail.str.replace(r"^[余多来]?[万亿]?[余多]?", "").str.extract(f"^({surfaces})")
    return pl.when(tail == "").then(pl.lit("")).otherwise(surface.replace_strict(known, default=None))


def _unfit(inputs: CheckInputs) -> pl.DataFrame:
    lines = lines_of(inputs)
    frames = [pl.DataFrame(schema=dict(CHECK_SCHEMA))]
    if lines.is_empty():
        return frames[0]
    read = (
        inputs.known.select("submission_id", digits=pl.col("stated_value").str.extract(r"^([\d,]+(?:\.\d+)?)"))
        .drop_nulls()
        .unique()
    )
    missing = _missing(inputs).join(lines, on="submission_id", how="semi", maintain_order="left")
    for (indicator, item, unit), owed in missing.group_by(*_FIGURE, "unit", maintain_order=True):
        names = _names(str(indicator), str(item)) | set(owed["words"].drop_nulls())
        if not names:
            continue
        said = f"((?:{'|'.join(sorted(names, key=len, reverse=True))}){_BETWEEN}{_NUMBER})"
        number = pl.col("digits").str.replace_all(",", "").cast(pl.Float64)
        found = (
            lines.join(owed, on="submission_id", suffix="_owed", maintain_order="left")
            .with_columns(pl.col("line").str.extract_groups(said).alias("found"))
            .with_columns(*(pl.col("found").struct.field(f"{at}").alias(name) for at, name in
                            ((1, "said"), (2, "digits"), (3, "tail"))))
            .filter(pl.col("said").is_not_null() & (pl.col("digits").str.len_chars() > 1))
            .with_columns(canonical=_canonical(pl.col("tail").str.strip_chars_end("万亿")))
            # What is no unit may be anything: 项目2023年, 党员10年来.
            .filter(pl.col("canonical").is_not_null() & (pl.col("canonical") != unit))
            .with_columns(near=pl.when(pl.col("canonical") == "").then(_NEAR).otherwise(_NEAR_FOREIGN))
            .filter((number / pl.col("told")).is_between(1 / pl.col("near"), pl.col("near")))
            # 水稻产量1330吨 is a figure of its own, and not the area that is missing.
            .join(read, on=["submission_id", "digits"], how="anti", maintain_order="left")
            .unique("submission_id", keep="first", maintain_order=True)
        )  # fmt: skip
        frames.append(
            found.select(
                pl.lit("V1").alias("rule"), pl.lit("fail").alias("result"), pl.lit("").alias("reason"),
                "unit_code", "unit_name", "period",
                pl.concat_str("indicator", pl.lit("unit"), "item", separator="|").alias("about"), "indicator_name",
                pl.concat_str("digits", pl.when(pl.col("canonical") == "").then(pl.lit("（无单位 no unit）"))
                              .otherwise("tail")).alias("observed"),
                pl.lit(str(unit)).alias("expected"), pl.lit(None, pl.Float64).alias("imbalance"),
                pl.lit([], pl.List(pl.String)).alias("fact_ids"),
                pl.concat_list(pl.col("said").str.slice(0, _QUOTED)).alias("quotes"),
                pl.format("{} [{}]", "file_name", "start").alias("place"),
            ).pipe(conform)
        )  # fmt: skip
    return pl.concat(frames)


CHECKS = (Check(("V1",), _unfit, texts=True),)
