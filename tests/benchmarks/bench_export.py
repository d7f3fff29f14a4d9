"""What exports cost, and one indicator over ten years from each reader.

    python tests/benchmarks/bench_export.py [--units 100] [--years 10] [--facts 60]

The rows are those of bench_load. Beside the workbook the naive way, pandas with openpyxl; beside the reads of the
warehouse the naive layout, one Parquet file per report.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl
from bench_load import CODES, NOW, batch_of, reports
from deltalake import DeltaTable

from tasks import publish
from tasks.load import Warehouse

READ_AGAIN = 5
_T = TypeVar("_T")


def main() -> None:
    """Load, export in each format, read one indicator with each reader, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--facts", type=int, default=60)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-export-") as folder:
        root = Path(folder)
        years = [str(2024 - wanted.years + number) for number in range(wanted.years)]
        warehouse = Warehouse(str(root / "warehouse"))
        for year in years:
            batch = batch_of(reports(range(wanted.units), year, corrected=year), warehouse, wanted.facts)
            warehouse.load(batch, run_id=year, now=NOW)
            naive_files(root / "naive", year, batch.facts)
        print(f"{wanted.units} units × {wanted.years} years × {wanted.facts} facts "
            f"= {wanted.units * wanted.years * wanted.facts:,} facts", flush=True)  # fmt: skip
        exports(warehouse, root, years[-1])
        reads(root)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB", flush=True)


def naive_files(folder: Path, year: str, facts: pl.DataFrame) -> None:
    """Write one Parquet file per report."""
    (folder / year).mkdir(parents=True)
    for (submission,), rows in facts.partition_by("submission_id", as_dict=True).items():
        rows.write_parquet(folder / year / f"{submission}.parquet")


def exports(warehouse: Warehouse, root: Path, year: str) -> None:
    """Export in each format, the workbook of one year beside pandas with openpyxl."""
    for name, write in {
        "csv": publish.export_csv, "parquet": publish.export_parquet, "duckdb": publish.export_duckdb
    }.items():  # fmt: skip
        seconds, paths = timed(lambda write=write, name=name: write(warehouse, root / name))
        print(
            f"  {name:8} all periods {seconds:6.2f} s  {sum(one.stat().st_size for one in paths) / 1e6:6.1f} MB",
            flush=True,
        )
    ours, _ = timed(lambda: publish.export_xlsx(warehouse, root / "xlsx", periods=[year]))
    facts = warehouse.live_facts([year]).drop("bbox").to_pandas()
    wide = facts.pivot_table(index="indicator", columns="unit_name", values="value", aggfunc="first")

    def naive() -> None:
        import pandas as pd

        with pd.ExcelWriter(root / "naive.xlsx", engine="openpyxl") as book:
            wide.to_excel(book, sheet_name="indicators")
            facts.to_excel(book, sheet_name="details", index=False)

    theirs, _ = timed(naive)
    print(f"  xlsx     one year    {ours:6.2f} s  with notes, links, totals, 8 sheets", flush=True)
    print(f"           pandas with openpyxl, two bare sheets {theirs:6.2f} s: {theirs / ours:.1f} × ours", flush=True)


def reads(root: Path) -> None:
    """Read one indicator of all units and years with each reader, opening the table each time."""
    code = CODES[0]
    facts = str(root / "warehouse" / "facts")

    def with_polars() -> int:
        rows = pl.scan_delta(facts).filter(pl.col("live") & (pl.col("indicator") == code))
        return rows.select("unit_code", "year", "value").collect().height

    def with_duckdb() -> int:
        table = duckdb.from_arrow(DeltaTable(facts).to_pyarrow_dataset())
        query = f"select unit_code, year, value from facts where live and indicator = '{code}'"
        return len(table.query("facts", query).fetchall())

    def with_pandas() -> int:
        filters = [("live", "=", True), ("indicator", "=", code)]
        return len(DeltaTable(facts).to_pandas(columns=["unit_code", "year", "value"], filters=filters))

    def naive() -> int:
        rows = pl.scan_parquet(str(root / "naive" / "**" / "*.parquet")).filter(pl.col("indicator") == code)
        return rows.select("unit_code", "year", "value").collect().height

    readers: dict[str, Callable[[], int]] = {"Polars": with_polars, "DuckDB": with_duckdb, "pandas": with_pandas}
    base, expected = median(naive)
    for name, read in readers.items():
        seconds, rows = median(read)
        assert rows == expected, (name, rows, expected)
        print(f"  one indicator, every unit and year: {name:7} {seconds * 1000:7.1f} ms for {rows:,} rows", flush=True)
    print(f"  the same from one file per report (Polars)  {base * 1000:7.1f} ms", flush=True)


def timed(work: Callable[[], _T]) -> tuple[float, _T]:
    """Return how long `work` took, and what it gave."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def median(work: Callable[[], int]) -> tuple[float, int]:
    """Return the median time of `work`, and what it gave."""
    times = [timed(work) for _ in range(READ_AGAIN)]
    return statistics.median(seconds for seconds, _ in times), times[-1][1]


if __name__ == "__main__":
    main()
