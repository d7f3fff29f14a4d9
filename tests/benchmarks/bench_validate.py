"""What judging costs: reports of 60 figures, with and without Data Docs, and what the checks alone take.

    python tests/benchmarks/bench_validate.py [--reports 200] [--no-docs]

The figures are made up: a level for each of 60 indicators, one in fifty out of its range.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.frames import empty_frame
from tasks.domain.tables import TABLES
from tasks.validate import validate_facts
from tasks.validate.checks import CheckInputs, Evidence, judge_checks

FIGURES = 60
ONE_BAD_IN = 50


def county(reports: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the facts and submissions of `reports` townships for 2023."""
    indicators = [one for one in load_catalogue() if one.minimum < one.maximum][:FIGURES]
    figures = pl.DataFrame(
        [(one.code, one.name, one.unit, one.minimum, one.maximum) for one in indicators],
        schema=["indicator", "indicator_name", "canonical_unit", "minimum", "maximum"],
        orient="row",
    ).with_row_index("start")
    units = pl.DataFrame({"number": range(reports)}).select(
        pl.format("S{}", "number").alias("submission_id"), pl.format("U{}", "number").alias("unit_code"),
        pl.format("第{}镇", "number").alias("unit_name"), pl.format("{}.txt", "number").alias("file_name"),
        pl.lit("2023").alias("period"), pl.lit("annual-work-report").alias("form"),
        pl.lit(1.0).alias("text_quality"),
    )  # fmt: skip
    made = units.drop("text_quality", "file_name").join(figures, how="cross").with_row_index("row")
    value = pl.when(pl.col("row") % ONE_BAD_IN == 0).then(pl.col("maximum") * 2 + 1).otherwise("minimum")
    facts = made.select(
        pl.exclude("row", "minimum", "maximum"), value.alias("value"), value.alias("low"), value.alias("high"),
        value.cast(pl.String).alias("stated_value"), pl.format("F{}", "row").alias("fact_id"),
        pl.format("{}为{}", "indicator_name", value).alias("evidence"), (pl.col("start") + 2).alias("end"),
        pl.lit("").alias("item"), pl.lit("level").alias("measure"), pl.lit("exact").alias("bound"),
        pl.lit("bench").alias("rule_id"), pl.lit(0.9).alias("confidence"),
    )  # fmt: skip
    return tuple(
        pl.concat([empty_frame(table), frame], how="diagonal_relaxed").cast(dict(TABLES[table]))
        for table, frame in (("facts", facts), ("submissions", units))
    )  # type: ignore[return-value]


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print one line per measurement: seconds, and the peak memory of the whole process at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--no-docs", action="store_true", help="only without Data Docs")
    options = parser.parse_args()
    reports = options.reports
    catalogue, mandatory = load_catalogue(), {"annual-work-report": ("pop.total",)}
    began = time.perf_counter()
    import expectations.suites  # noqa: F401

    say(f"import Great Expectations  {time.perf_counter() - began:8.2f} s")
    facts, submissions = county(reports)
    began = time.perf_counter()
    counts = judge_checks(CheckInputs(Evidence(facts, submissions), catalogue, load_rules(), mandatory)).counts
    say(f"checks alone               {time.perf_counter() - began:8.2f} s  {counts['checks'].sum()} checks")
    alone = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        docs_folder = Path(folder) / "data_docs"
        for name, docs in (("judged", None), ("judged, with Data Docs", docs_folder))[: 1 if options.no_docs else 2]:
            began = time.perf_counter()
            result = validate_facts(
                Evidence(facts, submissions), catalogue=catalogue, mandatory=mandatory, language="zh", data_docs=docs
            )
            seconds = time.perf_counter() - began
            say(f"{name:26} {seconds:8.2f} s  {facts.height} facts, {len(result.findings)} findings")
            say(f"  of it Great Expectations and findings {seconds - alone:.2f} s")
    say(f"peak memory                {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")


if __name__ == "__main__":
    main()
