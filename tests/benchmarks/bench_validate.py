"""What judging costs: all rules over the figures of many counties, Great Expectations' share of it, and the memory.

    python tests/benchmarks/bench_validate.py [--reports 4000] [--years 10] [--townships 16] [--docs]

40,000 reports (2.4 million figures) are `--reports 40000`. The figures are made up by a seeded generator: 60 levels for
each report that drift from year to year, one in two hundred ten times too large or out of its range. The office is
one above the counties, so townships are compared within theirs. Processor time is given too: the wall clock of a busy
machine says little.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from expectations.catalogue import load_catalogue
from expectations.relations import load_relations
from tasks.domain.tables import TABLES
from tasks.validate import Evidence, judge, validate_facts

FIGURES = 60
ONE_BAD_IN = 200
FORM = "annual-work-report"
LAST_YEAR = 2023
OFFICE = "530000000000"


def made_up(reports: int, years: int, townships: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return facts and submissions of `reports` reports: counties of `townships` units with `years` reports each."""
    units = max(1, reports // years)
    indicators = [one for one in load_catalogue() if 0 <= one.minimum < one.maximum and not one.item][:FIGURES]
    rng = np.random.default_rng(20231231)
    level = np.array([max(one.minimum, min(one.maximum, 1000.0)) for one in indicators])
    base = level * np.exp(rng.normal(0, 0.3, (units, 1, len(indicators))))
    drift = np.exp(np.cumsum(rng.normal(0.02, 0.05, (units, years, len(indicators))), axis=1))
    value = np.minimum(np.round(base * drift, 2), np.array([one.maximum for one in indicators]))
    value = _related(value, [one.code for one in indicators])
    bad = rng.random(value.shape) < 1 / ONE_BAD_IN
    value = np.where(bad, value * np.where(rng.random(value.shape) < 0.5, 10.0, 1e6), value)
    number = pl.int_range(units, eager=True).alias("number")
    unit = pl.DataFrame({"number": number}).select(
        # 53 01 00…: the six digits of a county, then the township.
        pl.format("53{}{}000", ((pl.col("number") // townships) + 1000).cast(pl.String),
                  (pl.col("number") % townships + 100).cast(pl.String)).alias("unit_code"),
        pl.format("第{}镇", "number").alias("unit_name"),
    )  # fmt: skip
    report = unit.join(pl.DataFrame({"year": range(LAST_YEAR - years + 1, LAST_YEAR + 1)}), how="cross").with_columns(
        pl.col("year").cast(pl.String).alias("period"), pl.format("S{}{}", "unit_code", "year").alias("submission_id"),
        pl.lit(FORM).alias("form"),
    )  # fmt: skip
    submissions = report.drop("year").with_columns(
        pl.format("{}.txt", "submission_id").alias("file_name"), pl.lit(1.0).alias("text_quality"),
        pl.lit("loaded").alias("state"),
    )  # fmt: skip
    figure = pl.DataFrame(
        [(one.code, one.name, one.unit) for one in indicators],
        schema=["indicator", "indicator_name", "canonical_unit"], orient="row",
    ).with_row_index("start")  # fmt: skip
    facts = (
        report.join(figure, how="cross")
        .with_columns(pl.Series("value", value.reshape(-1)))
        .select(
            pl.all(), pl.col("value").alias("low"), pl.col("value").alias("high"),
            pl.col("value").cast(pl.String).alias("stated_value"), pl.col("canonical_unit").alias("stated_unit"),
            pl.int_range(pl.len()).cast(pl.String).str.zfill(16).alias("fact_id"),
            pl.format("{}为{}{}，比上年有所变化", "indicator_name", "value", "canonical_unit").alias("evidence"),
            (pl.col("start") + 2).alias("end"), pl.lit("").alias("item"), pl.lit("level").alias("measure"),
            pl.lit("exact").alias("bound"), pl.lit("bench").alias("rule_id"), pl.lit(0.9).alias("confidence"),
            pl.lit(value=True).alias("live"), pl.lit(1).alias("version"),
        )
    )  # fmt: skip
    return _conformed("facts", facts), _conformed("submissions", submissions)


def _related(value: np.ndarray, codes: list[str]) -> np.ndarray:
    """Return the values with parts below their wholes and means and products as they must be."""
    at = {code: place for place, code in enumerate(codes)}
    for one in load_relations():
        names = [figure.indicator for figure in (*one.left, one.right)]
        if one.operator == "<=>" or not set(names) <= set(at) or any(figure.item for figure in (*one.left, one.right)):
            continue
        left, right = [at[name] for name in names[:-1]], at[names[-1]]
        if one.operator == "<=":
            value[..., left[0]] = np.minimum(value[..., left[0]], np.round(value[..., right] * 0.8, 2))
        elif one.operator == "/":
            value[..., left[0]] = np.round(value[..., right] * (one.low * one.high) ** 0.5 / one.factor, 2)
        else:
            parts = [value[..., place] for place in left]
            value[..., right] = np.round(
                (np.prod(parts, axis=0) if one.product else np.sum(parts, axis=0)) * one.factor, 2
            )
    return value


def _conformed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in TABLES[table].items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in TABLES[table].items())


GX = {"wall": 0.0, "cpu": 0.0}


def _timed(judge_period: Callable[..., list[int]]) -> Callable[..., list[int]]:
    """Return `judge_period`, everything Great Expectations does and the frames made for it, timed into `GX`."""

    def run(*parts: object) -> list[int]:
        wall, cpu = time.perf_counter(), time.process_time()
        failed = judge_period(*parts)
        GX["wall"] += time.perf_counter() - wall
        GX["cpu"] += time.process_time() - cpu
        return failed

    return run


def peak() -> float:
    """Return the peak memory of the process so far in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print one line per measurement: seconds, and the peak memory of the whole process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=4000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--townships", type=int, default=16)
    parser.add_argument("--docs", action="store_true", help="with Data Docs")
    options = parser.parse_args()
    began = time.perf_counter()
    import expectations.suites  # noqa: F401

    print(f"import Great Expectations  {time.perf_counter() - began:8.2f} s", flush=True)
    judge._judge_period = _timed(judge._judge_period)
    facts, submissions = made_up(options.reports, options.years, options.townships)
    print(f"made up {facts.height} figures; memory so far {peak():.0f} MiB", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        began, worked = time.perf_counter(), time.process_time()
        result = validate_facts(
            Evidence(facts, submissions, office=OFFICE), catalogue=load_catalogue(),
            mandatory={FORM: ("pop.total",)}, language="zh",
            data_docs=Path(folder) / "data_docs" if options.docs else None,
        )  # fmt: skip
        seconds, work = time.perf_counter() - began, time.process_time() - worked
    checks = result.verdicts["checks"].sum()
    print(f"judged                     {seconds:8.2f} s  {checks} checks, {len(result.findings)} findings", flush=True)
    print(f"  processor time           {work:8.2f} s", flush=True)
    print(
        f"  Great Expectations       {GX['wall']:8.2f} s, processor time {GX['cpu']:.2f} s ({GX['cpu'] / work:.0%})",
        flush=True,
    )
    print(f"peak memory                {peak():8.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
