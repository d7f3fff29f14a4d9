"""What changed between two moments: live figures then and now, with the words, files and decisions behind both."""

import datetime as dt

import polars as pl

__all__ = ["changed_figures"]

_FIGURE = ["unit_code", "form", "period", "indicator", "item", "measure"]
_SHOWN = ("value", "value_high", "bound", "unit_name", "indicator_name", "canonical_unit", "quote", "file_name",
          "submission_id", "decision_id")  # fmt: skip
_SIDES = ("before", "after")


def changed_figures(
    before: pl.DataFrame,
    after: pl.DataFrame,
    submissions: pl.DataFrame,
    decisions: pl.DataFrame,
    timezone: dt.tzinfo,
) -> pl.DataFrame:
    """Return a row per figure whose value that counts (the corrected one, else the stated one) is another.

    `change` is `changed`, `added` or `removed`; `decision` says who decided what and why, where a person did: the
    correction of either side, else a retraction or acceptance of the files; days are those of `timezone`.

    Shape: `before` and `after` the live facts of two moments, all `submissions` and `decisions`; schemas of `TABLES`.
    """
    sides = [_stated(facts, submissions, side) for facts, side in zip((before, after), _SIDES, strict=True)]
    both = sides[0].join(sides[1], on=_FIGURE, how="full", coalesce=True)
    held = [pl.col(f"told_{side}").is_not_null() for side in _SIDES]
    differs = pl.any_horizontal(
        pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in ("value", "value_high", "bound")
    )
    difference = pl.col("value_after") - pl.col("value_before")
    rows = both.filter(~held[0] | ~held[1] | differs).with_columns(
        pl.when(~held[0]).then(pl.lit("added")).when(~held[1]).then(pl.lit("removed")).otherwise(pl.lit("changed"))
        .alias("change"),
        *(pl.coalesce(f"{name}_after", f"{name}_before").alias(name)
          for name in ("unit_name", "indicator_name", "canonical_unit")),
        difference.round_sig_figs(6).alias("difference"),
        pl.when(pl.col("value_before") != 0)
        .then((difference / pl.col("value_before").abs() * 100).round_sig_figs(6)).alias("difference_pct"),
    )  # fmt: skip
    return _decided(rows, submissions, decisions, timezone).select(
        "unit_code", "unit_name", "form", "period", "indicator", "indicator_name", "item", "measure", "change",
        "value_before", "value_after", "difference", "difference_pct", "canonical_unit", "quote_before", "quote_after",
        "file_name_before", "file_name_after", "submission_id_before", "submission_id_after", "decision",
    ).sort(_FIGURE)  # fmt: skip


def _stated(facts: pl.DataFrame, submissions: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return the first statement of every figure, its columns named for the `side` they stand on."""
    files = submissions.select("submission_id", "file_name")
    return (
        facts.filter(pl.col("status") != "rejected")
        .with_columns(
            pl.col("item").fill_null(""),
            pl.coalesce("corrected_value", "value").alias("value"),
            pl.col("evidence").alias("quote"),
        )
        .sort("submission_id", "start", "fact_id")
        .unique(_FIGURE, keep="first", maintain_order=True)
        .join(files, on="submission_id", how="left")
        .select(
            *_FIGURE,
            *(pl.col(name).alias(f"{name}_{side}") for name in _SHOWN),
            pl.lit(value=True).alias(f"told_{side}"),
        )
    )


def _decided(
    rows: pl.DataFrame, submissions: pl.DataFrame, decisions: pl.DataFrame, timezone: dt.tzinfo
) -> pl.DataFrame:
    """Return `rows` with the decision that explains each, in words; null where no person decided."""
    kinds = {"correction": "更正 correction", "retraction": "撤销报送 retraction", "acceptance": "采用 acceptance"}
    day = pl.col("decided_at").dt.convert_time_zone(str(timezone)).dt.to_string("%Y-%m-%d")
    told = decisions.filter(pl.col("kind").is_in(list(kinds))).with_columns(
        pl.format("{} {} {}: {}", pl.col("kind").replace(kinds), day, "who", "why").alias("words")
    )
    by_id = told.select(decision_id="decision_id", words="words")
    last = told.sort("decided_at").unique(["sha256", "kind"], keep="last").filter(pl.col("sha256") != "")
    by_file = submissions.select("submission_id", "sha256").join(last.select("sha256", "kind", "words"), on="sha256")
    accepted, retracted = (
        by_file.filter(pl.col("kind") == kind).select("submission_id", "words").unique("submission_id")
        for kind in ("acceptance", "retraction")
    )
    joined = rows
    for key, table, name in (
        ("decision_id_after", by_id.rename({"decision_id": "key"}), "corrected"),
        ("decision_id_before", by_id.rename({"decision_id": "key"}), "was_corrected"),
        ("submission_id_after", accepted.rename({"submission_id": "key"}), "accepted"),
        ("submission_id_before", retracted.rename({"submission_id": "key"}), "retracted"),
    ):
        joined = joined.join(table.rename({"words": name}), left_on=key, right_on="key", how="left")
    return joined.with_columns(pl.coalesce("corrected", "was_corrected", "accepted", "retracted").alias("decision"))
