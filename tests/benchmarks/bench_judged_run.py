"""What judging adds to a run: one county's period collected with and without it, by turns, each in a fresh process.

    python tests/benchmarks/bench_judged_run.py [--reports 16] [--times 5]

Both ways are the flow `collect-reports` against one server, from an empty warehouse; the second finds nothing wrong and
imports no Great Expectations. Processor time is that of the process that collects (the server's is left out), import
included; the clock runs from the flow's first line to its end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import made_county

from flows.cli.server import prefect_server
from tasks.domain.county import read_county


def blind() -> None:
    """Let this process judge nothing: every figure is accepted."""
    import polars as pl

    from tasks import evidence, validate
    from tasks.steps import judging

    def unjudged(gathered: Any, held: Any, facts: pl.DataFrame, *rest: Any, **named: Any) -> evidence.Judgement:
        accepted = facts.with_columns(pl.lit("accepted").alias("status"))
        return evidence.Judgement(validate.Validation((), accepted, pl.DataFrame(), None, None, frozenset()), "blind")

    judging.judge_changes = unjudged
    validate.make_ready = lambda: None


def collect(folder: Path, judged: str) -> None:
    """Collect once and print what it took."""
    from flows.collect_reports import collect_reports
    from tasks.load import Warehouse

    if judged == "blind":
        blind()
    began, worked = time.perf_counter(), time.process_time()
    collect_reports(str(folder))
    taken = {"clock": time.perf_counter() - began, "processor": time.process_time() - worked}
    assert ("great_expectations" in sys.modules) == (judged != "blind")
    findings = Warehouse(read_county(folder).warehouse).scan("findings").collect().height
    assert (findings > 0) == (judged != "blind")
    sys.stdout.write(json.dumps({**taken, "findings": findings}) + "\n")


def once(top: Path, number: str, judged: str, reports: int, api: str) -> dict[str, float]:
    """Collect a new county in a process of its own and return what it took."""
    folder = top / f"{number}{judged}"
    made_county.make_county(folder, reports)
    done = subprocess.run(
        [sys.executable, __file__, "--child", str(folder), judged],
        capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PREFECT_API_URL": api, "PYTHONUTF8": "1", "PREFECT_LOGGING_LEVEL": "ERROR"},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    taken: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    made_county.remove_county(folder)
    return taken


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--child"]:
        collect(Path(sys.argv[2]), sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=16)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    taken: dict[str, list[dict[str, float]]] = {"judged": [], "blind": []}
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        with prefect_server(made_county.make_county(top / "server", 1)) as server:
            once(top, "warm", "blind", given.reports, server.api_url)
            for number in range(given.times):
                for judged in ("judged", "blind") if number % 2 else ("blind", "judged"):
                    taken[judged].append(once(top, str(number), judged, given.reports, server.api_url))
    print(f"{given.reports} reports of one period, median of {given.times}; load {os.getloadavg()[0]:.1f}", flush=True)
    for what in ("clock", "processor"):
        judged, blind = (statistics.median(one[what] for one in taken[name]) for name in ("judged", "blind"))
        least = min(one[what] for one in taken["judged"]) - min(one[what] for one in taken["blind"])
        print(f"{what:10} judged {judged:6.2f} s   not judged {blind:6.2f} s   judging adds {judged - blind:5.2f} s "
            f"(best runs {least:.2f} s)", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
