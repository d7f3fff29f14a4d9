"""What loading costs: 40,000 reports in chunks, one more at 40 and at 40,000, the same again, one indicator read.

    python tests/benchmarks/bench_load.py [--reports 40000] [--facts 60] [--chunk 2000] [--years 10]

The rows are made up, the shape is a real report's: 60 facts and mentions, 20 blocks of 250 characters; townships come
in no order, so every file holds all of them. Beside it the naive layout, one Parquet file per report. With `--years`
the years before are loaded too, and one indicator is read over all of them.
"""

import argparse
import datetime as dt
import hashlib
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from saying import say

from expectations.catalogue import load_catalogue
from tasks.domain.frames import submissions_frame
from tasks.domain.submissions import Submission, submission_id
from tasks.domain.tables import TABLES
from tasks.load import LoadBatch, Warehouse, assign_versions

NOW = dt.datetime(2024, 1, 10, 4, tzinfo=dt.UTC)
CODES = [indicator.code for indicator in load_catalogue()]
BLOCKS, CHARACTERS = 20, 250
READ_AGAIN = 5


def reports(numbers: Sequence[int], period: str = "2023", corrected: str = "") -> list[Submission]:
    """Return a submission for every number, each of a unit of its own."""
    made = []
    for number in numbers:
        sha = hashlib.sha256(f"report {number} of {period}{corrected}".encode()).hexdigest()
        unit = f"53{number:010d}"
        made.append(
            Submission(
                submission_id(sha, unit, period), sha, "inbox", f"file:///inbox/{number}.txt", f"{number}.txt", 15_000,
                NOW, "loaded", unit, f"第{number}镇", "annual-work-report", period, chars=5_000, stage_versions="v1",
                seen=("文件名",),
            )
        )  # fmt: skip
    return made


def rows(table: str, submissions: pl.DataFrame, per_report: int, values: dict[str, pl.Expr]) -> pl.DataFrame:
    """Return `per_report` rows of `table` for every submission; columns without a value are null."""
    numbered = submissions.join(pl.DataFrame({"n": range(per_report)}), how="cross")
    known = {name: pl.col(name) for name in ("submission_id", "unit_code", "unit_name", "form", "period", "version")}
    given = {**known, "year": pl.col("period").str.slice(0, 4).cast(pl.Int32), **values}
    return numbered.select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in TABLES[table].items()
    )


def batch_of(new: list[Submission], warehouse: Warehouse, facts: int) -> LoadBatch:
    """Return what the flow would load for `new`: 60 facts and mentions, 20 blocks and a roster row each."""
    numbered, changed = assign_versions(new, warehouse.known_submissions())
    submissions = submissions_frame(numbered)
    ident = pl.concat_str("submission_id", pl.col("n").cast(pl.String), separator="-")
    codes = pl.Series("code", CODES)
    words = "粮食播种面积比上年增长，产量稳步提高，农民收入持续增加。"
    span = {"block": pl.col("n") % BLOCKS, "start": pl.col("n") * 40, "end": pl.col("n") * 40 + 6}
    value = (pl.col("unit_code").hash() % 90_000 + pl.col("n")).cast(pl.Float64)
    text = pl.concat_str(pl.col("unit_name"), pl.lit(words * (CHARACTERS // len(words))), pl.col("n").cast(pl.String))
    exact = {"low": value, "high": value, "bound": pl.lit("exact")}
    measured = {"value": value, "measure": pl.lit("level"), "status": pl.lit("accepted"), "live": pl.lit(value=True)}
    indicator = {"indicator": pl.lit(codes).gather(pl.col("n") % len(CODES)), "confidence": pl.lit(0.9)}
    return LoadBatch(
        submissions=pl.concat([submissions, changed]),
        blocks=rows("blocks", submissions, BLOCKS, {**span, "block": pl.col("n"), "text": text}),
        mentions=rows("mentions", submissions, facts, {**span, **exact, "mention_id": ident}),
        facts=rows(
            "facts", submissions, facts,
            {**span, **exact, **measured, **indicator, "fact_id": ident, "evidence": pl.lit(words), "item": pl.lit("")},
        ),
        reporting=rows("reporting", submissions, 1, {"state": pl.lit("on_time"), "facts": pl.lit(facts)}),
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_gib() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def in_no_order(count: int) -> list[int]:
    """Return the numbers below `count` shuffled, the same way every time."""
    return random.Random(1).sample(range(count), count)


def fill(warehouse: Warehouse, reports_wanted: int, facts: int, chunk: int, period: str = "2023") -> float:
    """Load `reports_wanted` reports of `period` chunk by chunk and return the seconds."""
    started = time.perf_counter()
    order = in_no_order(reports_wanted)
    for first in range(0, reports_wanted, chunk):
        new = reports(order[first : first + chunk], period)
        warehouse.load(batch_of(new, warehouse, facts), run_id=f"{period} chunk-{first}", now=NOW)
    return time.perf_counter() - started


def add_one(warehouse: Warehouse, number: int, facts: int, corrected: str = "") -> float:
    """Return the seconds of one report more: what is known is read, versions assigned, and the report loaded."""
    new = reports([number], corrected=corrected)
    return seconds(lambda: warehouse.load(batch_of(new, warehouse, facts), run_id="one", now=NOW))


def compare(
    what: str, small: Warehouse, big: Warehouse, wanted: argparse.Namespace, cases: list[tuple[int, str]]
) -> None:
    """Add the reports of `cases` to both warehouses in turn and say what one of them costs in each."""
    costs = [tuple(add_one(one, number, wanted.facts, how) for one in (small, big)) for number, how in cases]
    few, many = (statistics.median(column) for column in zip(*costs[1:], strict=True))
    say(f"{what}, at 40", f"{few * 1000:.0f} ms")
    say(f"{what}, at {wanted.reports:,}", f"{many * 1000:.0f} ms")
    say("  ratio", f"{many / few:.2f}")


def read_years(warehouse: Warehouse, wanted: argparse.Namespace) -> None:
    """Load the years before and say what one indicator over all of them costs to read."""
    first = 2023 - wanted.years + 1
    took = sum(fill(warehouse, wanted.reports, wanted.facts, wanted.chunk, str(year)) for year in range(first, 2023))
    say(f"load {wanted.years - 1} years before", f"{took:.1f} s")
    chosen = pl.col("year").is_between(first, 2023) & (pl.col("indicator") == CODES[7]) & pl.col("live")
    times = [seconds(lambda: warehouse.scan("facts").filter(chosen).collect()) for _ in range(READ_AGAIN)]
    columns = ("unit_code", "unit_name", "year", "period", "measure", "value", "bound", "status", "submission_id")
    figures = [
        seconds(lambda: warehouse.scan("facts").filter(chosen).select(columns).collect()) for _ in range(READ_AGAIN)
    ]
    found = warehouse.scan("facts").filter(chosen).select(pl.len()).collect().item()
    say(f"one indicator of {wanted.years} years, all townships", f"{statistics.median(figures) * 1000:.0f} ms")
    say("  with every column, evidence too", f"{statistics.median(times) * 1000:.0f} ms")
    say("  figures read", f"{found:,}")
    say("  most memory", f"{peak_gib():.2f} GiB")


def naive(folder: Path, reports_wanted: int, facts: int, warehouse: Warehouse) -> tuple[float, float]:
    """Return the seconds to write one Parquet file per report, and to read one indicator back from all of them."""
    whole = batch_of(reports(range(min(reports_wanted, 2_000))), warehouse, facts).facts
    folder.mkdir()
    parts = whole.partition_by("submission_id")
    written = seconds(lambda: [part.write_parquet(folder / f"{number}.parquet") for number, part in enumerate(parts)])
    read = seconds(lambda: pl.scan_parquet(folder / "*.parquet").filter(pl.col("indicator") == CODES[7]).collect())
    return written / len(parts) * reports_wanted, read / len(parts) * reports_wanted


def main() -> None:
    """Measure and write one line per result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=40_000)
    parser.add_argument("--facts", type=int, default=60)
    parser.add_argument("--chunk", type=int, default=2_000)
    parser.add_argument("--years", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        small, big = Warehouse(f"{place}/small"), Warehouse(f"{place}/big")
        fill(small, 40, wanted.facts, 40)
        took = fill(big, wanted.reports, wanted.facts, wanted.chunk)
        say(f"load {wanted.reports:,} reports × {wanted.facts} facts", f"{took:.1f} s")
        say("  reports per second", f"{wanted.reports / took:,.0f}")
        say("  most memory", f"{peak_gib():.2f} GiB")
        beyond = range(wanted.reports, wanted.reports + READ_AGAIN)
        compare("one report more", small, big, wanted, [(number, "") for number in beyond])
        compare("one report corrected", small, big, wanted, [(number, " again") for number in range(READ_AGAIN)])
        again = reports(in_no_order(wanted.reports)[: wanted.chunk])
        before = big.versions()
        say(
            f"the same {wanted.chunk:,} reports again",
            f"{seconds(lambda: big.load(batch_of(again, big, wanted.facts), run_id='again', now=NOW)):.1f} s",
        )
        say("  tables with a new version", str(sum(big.versions()[table] != before[table] for table in before)))
        one = pl.col("indicator") == CODES[7]
        read = statistics.median(
            seconds(lambda: big.scan("facts").filter((pl.col("year") == 2023) & one & pl.col("live")).collect())
            for _ in range(READ_AGAIN)
        )
        say("one indicator of a year, all townships", f"{read * 1000:.0f} ms")
        written, naive_read = naive(Path(place) / "naive", wanted.reports, wanted.facts, small)
        say("naive (a Parquet file per report): writing facts only", f"{written:.1f} s")
        say("naive: one indicator", f"{naive_read * 1000:.0f} ms")
        say("  reading is faster by", f"{naive_read / read:.0f} ×")
        if wanted.years > 1:
            read_years(big, wanted)


if __name__ == "__main__":
    main()
