"""Dates that cannot be those of the report: after its period, of no calendar, of a year before it."""

import polars as pl

from expectations.words import captures, pattern
from tasks.validate.checks.frame import CHECK_SCHEMA
from tasks.validate.checks.inputs import Check, CheckInputs
from tasks.validate.checks.texts import lines_of, reports_of, rows_of_reports

__all__ = ["CHECKS"]

# A line so short is a heading.
_HEADING = 40
_HEADS = 2
# A report is signed in its last lines or, in brackets, right below its title, at most so many months before the period
# ends; elsewhere a date that stands alone may be the heading of what happened then.
_OUTER, _BELOW_TITLE = 2, 3
_EARLY = 2
# 2014年以来 tells of a time; from so few years back it may still be an old opening.
_STORY = 5


def _read(text: pl.Expr, name: str, group: int = 1) -> pl.Expr:
    """Return what the first fitting pattern of the list `name` reads in `text`: its placeholder number `group`."""
    return pl.coalesce(text.str.extract(one, group) for one in captures(name))


def _stale_period(inputs: CheckInputs) -> pl.DataFrame:
    """Q42: years that stand where the report's own year, or the next one, has to stand.

    A title, an announcement (现将2022年工作…), the name of a table or a date below the title of another year; an
    opening (2022年，全镇…) of one of the years before, or of one to come that is no plan; a plan's heading
    (2023年工作打算) for the period itself without one for the year after; and a report signed long before the end of
    its period.
    """
    lines = lines_of(inputs)
    if lines.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    line, year = pl.col("line"), pl.col("year")
    short = pl.when(line.str.len_chars() <= _HEADING).then(line)
    head = pl.col("block").rank("dense").over("submission_id")
    of = {name: _read(line, f"years.{name}").cast(pl.Int32) for name in ("opening", "reported", "dated", "table")}
    read = lines.with_columns(
        **of, planned=pl.coalesce(_read(short, "years.plan_line"), _read(line, "years.plan_head")).cast(pl.Int32),
        title=_read(short, "years.title").cast(pl.Int32), first=head <= _HEADS,
        own=line.str.contains(year.cast(pl.String), literal=True),
        signed=_read(line, "years.signed").cast(pl.Int32), month=_read(line, "years.signed", 2).cast(pl.Int32),
        outer=(pl.col("block").rank("dense", descending=True).over("submission_id") <= _OUTER)
        | ((head <= _BELOW_TITLE) & line.str.contains("^[（(]")),
    )  # fmt: skip
    plan_is_old = (
        # The title may name both years (2022年工作情况和2023年工作思路): the later counts.
        (pl.col("planned").max().over("submission_id") == year) & (pl.col("planned") == year) & ~pl.col("first")
    )
    told = [(pl.col(name) < year) | (pl.col(name) > year + 1) for name in ("reported", "dated", "table", "title")]
    # What the year is the opening of stands behind it, not at the end of a long paragraph.
    planned = line.str.slice(0, _HEADING).str.contains(pattern("times.planned"))
    since = line.str.slice(0, _HEADING).str.contains(pattern("years.since"))
    before = pl.col("opening").is_between(year - _STORY, year - 1) | ((pl.col("opening") < year) & ~since)
    opened = before | ((pl.col("opening") > year + 1) & ~planned)
    # Nobody reports a year before it is nearly over.
    early = pl.col("outer") & (pl.col("signed") == year) & (pl.col("month") < _closes() - _EARLY)
    wrong = pl.any_horizontal(opened, *(one & ~pl.col("own") for one in told), plan_is_old, early)
    wrong = wrong.fill_null(value=False)
    said = read.filter(wrong).select(
        "submission_id", line.str.slice(0, 60).alias("quote"), line.str.slice(0, 24).alias("said"), "start"
    )
    # One old year inside a long report may be a story told; the first sentences and headings are not.
    return rows_of_reports(reports_of(lines), said, "Q42", "报告期的年份 the years of the period reported")


def _late_dates(inputs: CheckInputs) -> pl.DataFrame:
    """V9 in words: 截至2024年6月底 in a report for 2023; a few months after the period, to close the books, may be.

    A date that no calendar has (11月31日) is no date of the period either.
    """
    lines = lines_of(inputs)
    if lines.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    wrong = pl.concat([_behind(lines, int(inputs.rules["V9"].thresholds[0])), _in_no_calendar(lines)])
    return rows_of_reports(reports_of(lines), wrong, "V9", "报告期内的日期 a date within the period")


def _closes() -> pl.Expr:
    """Return the last month of the period."""
    part = pl.col("period").str.slice(4)
    return (
        pl.when(part == "H1").then(6)
        .when(part.str.starts_with("Q")).then(part.str.slice(1, 1).cast(pl.Int32, strict=False) * 3)
        .when(part.str.starts_with("M")).then(part.str.slice(-2).cast(pl.Int32, strict=False))
        .otherwise(12)
    )  # fmt: skip


def _behind(lines: pl.DataFrame, room: int) -> pl.DataFrame:
    """Return the cut-off dates more than `room` months behind the period."""
    sentence = pl.col("sentence")
    told = (
        lines.filter(pl.col("line").str.contains(pattern("years.cut_off")))
        .with_columns(pl.col("line").str.split("。").alias("sentence")).explode("sentence")
        .with_columns(
            sentence.str.extract(f"({pattern('years.cut_off')})").alias("said"),
            _read(sentence, "years.cut_off").cast(pl.Int32).alias("of_year"),
            _read(sentence, "years.cut_off", 2).cast(pl.Int32).fill_null(1).alias("month"),
        )
        .filter(pl.col("said").is_not_null())
    )  # fmt: skip
    late = (pl.col("of_year") - pl.col("year")) * 12 + pl.col("month") - _closes() > room
    # Plans may stand later in the sentence: what the date is said of stands beside it.
    beside = sentence.str.extract(f"({pattern('years.cut_off')}[^，；]*(?:，[^，；]*)?)")
    planned = beside.str.contains(pattern("times.planned"))
    return told.filter(late & ~planned).select(
        "submission_id", sentence.str.slice(0, 80).alias("quote"), "said", "start"
    )


def _in_no_calendar(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the dates with a month or a day that there is not; 29 February may always be."""
    told = (
        lines.select("submission_id", "start", pl.col("line").str.split("。").alias("line")).explode("line")
        .with_columns(said=pl.col("line").str.extract_all(pattern("years.day"))).explode("said").drop_nulls("said")
        .with_columns(
            month=_read(pl.col("said"), "years.day").cast(pl.Int32),
            day=_read(pl.col("said"), "years.day", 2).cast(pl.Int32),
        )
    )  # fmt: skip
    longest = pl.when(pl.col("month").is_in([4, 6, 9, 11])).then(30).when(pl.col("month") == 2).then(29).otherwise(31)
    exists = pl.col("month").is_between(1, 12) & pl.col("day").is_between(1, longest)
    return told.filter(~exists).select("submission_id", pl.col("line").str.slice(0, 80).alias("quote"), "said", "start")


CHECKS = (Check(("Q42",), _stale_period, texts=True), Check(("V9",), _late_dates, texts=True))
