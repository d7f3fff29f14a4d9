"""What orchestration costs where reports are read: whole collects in threads, in processes and on Dask.

    python tests/benchmarks/bench_reading_places.py [--reports 400] [--places threads,dask]

Counties of the same made texts, each collected from nothing on a real server. Printed is what the run says at its
end (the share of wall clock in which no step was at work, a local cluster's start included), the time of reading alone,
and whether the warehouses are equal.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import made_county

from flows.cli.server import prefect_server
from tasks import auditing
from tasks.domain.county import County, read_county


def make(folder: Path, place: str, reports: int) -> County:
    """Make the county whose reports are read in `place`."""
    made_county.make_county(folder, reports)
    with (folder / "county.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[reading]\nwhere = "{place}"\n')
    return read_county(folder)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=400)
    parser.add_argument("--places", default="threads,dask")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        # Of the same name: whose folder it is stands in the rows.
        counties = {place: make(Path(top) / place / "县", place, given.reports) for place in given.places.split(",")}
        with prefect_server(next(iter(counties.values()))):
            from flows import collect_reports
            from tasks.parse.workers import shared_pool
            from tasks.rereading import reader

            reader()
            shared_pool(next(iter(counties.values())).limits).run("warm", len, b"")
            plain = collect_reports.read_all
            reading: list[float] = []

            def timed(*words: object) -> object:
                began = time.monotonic()
                outcomes = plain(*words)  # type: ignore[arg-type]
                reading.append(time.monotonic() - began)
                return outcomes

            collect_reports.read_all = timed  # type: ignore[assignment]
            print(f"{given.reports} reports, load {os.getloadavg()[0]:.1f}", flush=True)
            for place, county in counties.items():
                summary = collect_reports.collect_reports(str(county.folder))
                share = summary.orchestration_seconds / summary.seconds
                print(
                    f"{place:10} {summary.seconds:7.1f} s, of it reading {reading[-1]:6.1f} s; orchestration "
                    f"{summary.orchestration_seconds:6.2f} s = {share:.1%}, "
                    f"{1000 * summary.orchestration_seconds / given.reports:.2f} ms a report; "
                    f"load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
        first, *others = counties
        for other in others:
            compared = auditing.compare(counties[first], counties[other])
            # Files were written one county after the other: when they were received differs, and what says so.
            read = [one for one in compared if one.table in {"blocks", "mentions", "facts", "findings"}]
            differing = {one.table: len(one.differing) for one in read if one.differing}
            print(
                f"blocks, mentions, facts, findings that differ between {first} and {other}: {differing or 'none'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
