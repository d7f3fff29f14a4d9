"""A week of schedules at speed: what thousands of runs leave behind in memory and in the server's database.

    python tests/benchmarks/bench_schedules.py [--runs 2000] [--every 200] [--minutes 0]

Runs `collect` again and again on a county in which nothing changes, as a schedule does, on a real server, and prints
every so often the memory of the server and of this process and the size of the database. With `--minutes` it ends then,
however many runs that were.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import made_county
import psutil

from flows.cli.server import prefect_server


def database_mib(folder: Path) -> float:
    """Return the size of the server's database with its journal."""
    return sum(path.stat().st_size for path in folder.glob("prefect.db*")) / 2**20


def say(words: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--every", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        county = made_county.make_county(Path(folder) / "county", 2)
        with prefect_server(county):
            from flows.collect_reports import collect_reports

            (server,) = [one for one in psutil.Process().children() if "flows.cli.serving" in " ".join(one.cmdline())]
            began, marks = time.monotonic(), []
            for number in range(1, given.runs + 1):
                collect_reports(str(county.folder))
                over = bool(given.minutes) and time.monotonic() - began > 60 * given.minutes
                if number == 1 or number % given.every == 0 or over:
                    memory = [one.memory_info().rss / 2**20 for one in (server, psutil.Process())]
                    marks.append((number, *memory, database_mib(county.prefect_home)))
                    say("runs {:5d}  server {:6.0f} MiB  process {:6.0f} MiB  database {:7.1f} MiB".format(*marks[-1]))
                    say(f"            {(time.monotonic() - began) / number:.2f} s a run")
                if over:
                    break
    if len(marks) > 2:
        (first, *then), (last, *now) = marks[1], marks[-1]
        server_kib, own_kib, base_kib = (1024 * (b - a) / (last - first) for a, b in zip(then, now, strict=True))
        say(f"growth a run: server {server_kib:.1f} KiB, process {own_kib:.1f} KiB, database {base_kib:.1f} KiB")


if __name__ == "__main__":
    main()
