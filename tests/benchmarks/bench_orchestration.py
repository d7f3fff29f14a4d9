"""What Prefect costs per report: the same reports listed, stored, planned and read through it and by plain calls.

    python tests/benchmarks/bench_orchestration.py [--reports 1000] [--bad 3]

Two counties of the same made texts, each read from nothing. The first goes through tasks, a real server and the UI's
progress; the second calls the same functions in as many threads. Their difference, in wall clock and in processor time
of this process, is orchestration; the server's own processor time is beside it.
"""

import argparse
import logging
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import made_county
import psutil

from flows.cli.server import prefect_server
from tasks.domain.county import County

THREADS = 4


def through_prefect(county: County) -> tuple[float, float, float, float]:
    """Return wall clock, processor time, the run's own figure of orchestration, and the server's processor time."""
    with prefect_server(county) as server:
        from prefect import flow

        from flows import collect_reports
        from tasks import steps

        @flow(name="bench", task_runner=collect_reports.RUNNER)
        def read(folder: str) -> float:
            stopwatch = steps.start_stopwatch()
            stored, _ = collect_reports.store_new_files(county, None)
            outcomes = collect_reports.read_all(steps.plan_run(stored, county).to_read, county, None, stopwatch)
            assert len(outcomes) >= 1
            return stopwatch.taken().orchestration

        servers = [one for one in psutil.Process().children() if "flows.cli.serving" in " ".join(one.cmdline())]
        before = sum(sum(one.cpu_times()[:2]) for one in servers)
        wall, cpu = time.monotonic(), time.process_time()
        own = read(server.api_url)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        return wall, cpu, own, sum(sum(one.cpu_times()[:2]) for one in servers) - before


def by_plain_calls(county: County) -> tuple[float, float]:
    """Return wall clock and processor time of the same without Prefect."""
    from tasks import fetch, plan
    from tasks.steps import arriving, reading

    quiet = logging.getLogger("bench")
    arriving.get_run_logger = reading.get_run_logger = lambda: quiet
    wall, cpu = time.monotonic(), time.process_time()
    (source,) = county.settings.sources
    files = fetch.list_source(source, county)
    stored, _ = arriving.store_files.fn(files, source, county)
    planned = arriving.plan_run.fn(stored, county)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda batch: reading.read_reports.fn(batch, county), plan.in_batches(planned.to_read)))
    return time.monotonic() - wall, time.process_time() - cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--bad", type=int, default=3)
    given = parser.parse_args()
    from tasks.parse.workers import shared_pool
    from tasks.rereading import reader

    reader()
    with tempfile.TemporaryDirectory() as folder:
        first = made_county.make_county(Path(folder) / "a", given.reports, bad=given.bad)
        second = made_county.make_county(Path(folder) / "b", given.reports, bad=given.bad)
        shared_pool(first.limits).run("warm", len, b"")
        wall, cpu, own, server = through_prefect(first)
        plain_wall, plain_cpu = by_plain_calls(second)
    per = 1000 / given.reports
    print(f"{given.reports} reports, {THREADS} threads", flush=True)
    print(f"through Prefect  {wall:7.2f} s wall  {cpu:7.2f} s processor  (server {server:.2f} s)", flush=True)
    print(f"plain calls      {plain_wall:7.2f} s wall  {plain_cpu:7.2f} s processor", flush=True)
    print(f"ratio            {wall / plain_wall:7.2f}         {cpu / plain_cpu:7.2f}", flush=True)
    print(
        f"orchestration    {(cpu - plain_cpu) * per:7.2f} ms of processor a report, server {server * per:.2f} ms",
        flush=True,
    )
    print(f"                 {own * per:7.2f} ms a report as the run itself says", flush=True)


if __name__ == "__main__":
    main()
