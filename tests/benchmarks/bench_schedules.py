"""A week of schedules at speed: what thousands of runs leave behind in memory and in the server's database.

    python tests/benchmarks/bench_schedules.py [--runs 2000] [--every 100] [--counties 10] [--keep-days 2] [--minutes 0]

A week of one county is 14 scheduled runs: five collects, seven looks at deadlines and disk, one chase, one upkeep
(deploy/prefect.yaml). 2,000 runs are a week of 143 counties; here `--counties` take turns, in which nothing changes any
more, as on most days. The runs are made in this process, one after the other, on a real server with its retention
running. Since a week passes in an hour, what the database remembers is moved back by a day whenever a seventh of the
runs is done, and the server looks every minute for what is older than `--keep-days`. Printed every so often: memory of
the server and of this process, size of the database, runs in it. With `--minutes` it ends then.
"""

import argparse
import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import made_county
import psutil

from flows.cli import server
from tasks.domain.county import County

_DAYS = 7
# What is deleted when it is old, and by which of its times.
_AGES = {"flow_run": ("end_time", "start_time"), "events": ("occurred", "received"), "event_resources": ("occurred",)}


def keep_for(days: int) -> None:
    """Let the servers of this process keep runs and events for `days` and look every minute for older ones."""
    ordinary = server.prefect_environment

    def environment(county: County, api_url: str) -> dict[str, str]:
        return {
            **ordinary(county, api_url),
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(days * 86_400),
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{days}D",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "60",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ORPHAN_CLEANUP_LOOP_SECONDS": "60",
        }

    server.prefect_environment = environment


def a_day_passes(database: Path) -> None:
    """Move everything that the server remembers back by a day."""
    with sqlite3.connect(database, timeout=120) as connection:
        for table, columns in _AGES.items():
            moved = ", ".join(f"{one} = strftime('%Y-%m-%d %H:%M:%f000', {one}, '-1 day')" for one in columns)
            connection.execute(f"UPDATE {table} SET {moved}")
    connection.close()


def runs_kept(database: Path) -> int:
    """Return how many runs stand in the database."""
    with sqlite3.connect(database, timeout=120) as connection:
        (count,) = connection.execute("SELECT count(*) FROM flow_run").fetchone()
    connection.close()
    return int(count)


def database_mib(folder: Path) -> float:
    """Return the size of the server's database with its journal."""
    return sum(path.stat().st_size for path in folder.glob("prefect.db*")) / 2**20


def scheduled(counties: list[County]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give, for ever, the runs of a week day by day: kind, and what runs it."""
    from flows.chase_missing import chase_missing
    from flows.collect_reports import collect_reports
    from flows.maintain import maintain_county
    from flows.watch_county import watch_county

    monday, saturday, sunday = 0, 5, 6
    for day in itertools.cycle(range(_DAYS)):
        for folder in (str(one.folder) for one in counties):
            if day == sunday:
                yield "maintain", lambda folder=folder: maintain_county(folder)  # type: ignore[misc]
            if day < saturday:
                yield "collect", lambda folder=folder: collect_reports(folder)  # type: ignore[misc]
            yield "watch", lambda folder=folder: watch_county(folder)  # type: ignore[misc]
            if day == monday:
                yield "chase", lambda folder=folder: chase_missing(folder)  # type: ignore[misc]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--keep-days", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0)
    given = parser.parse_args()
    keep_for(given.keep_days)
    with tempfile.TemporaryDirectory() as folder:
        counties = [made_county.make_county(Path(folder) / f"县{number}", 2) for number in range(given.counties)]
        home = counties[0].prefect_home
        with server.prefect_server(counties[0]):
            measure(given, counties, home)


def measure(given: argparse.Namespace, counties: list[County], home: Path) -> None:
    """Make the runs, and print a line every so often."""
    from flows.collect_reports import collect_reports

    (process,) = [one for one in psutil.Process().children() if "flows.cli.serving" in " ".join(one.cmdline())]
    for county in counties:
        collect_reports(str(county.folder))
    database, seconds = home / "prefect.db", dict.fromkeys(("collect", "watch", "chase", "maintain"), 0.0)
    began, marks, done = time.monotonic(), [], 0
    for number, (kind, run) in enumerate(itertools.islice(scheduled(counties), given.runs), start=1):
        start = time.monotonic()
        run()
        seconds[kind] += time.monotonic() - start
        if number * _DAYS // given.runs > done:
            done += 1
            a_day_passes(database)
            print(f"runs {number:5d}  a day has passed", flush=True)
        over = bool(given.minutes) and time.monotonic() - began > 60 * given.minutes
        if number % given.every == 0 or over or number == given.runs:
            memory = [one.memory_info().rss / 2**20 for one in (process, psutil.Process())]
            marks.append((number, *memory, database_mib(home)))
            print(
                "runs {:5d}  server {:6.0f} MiB  process {:6.0f} MiB  database {:7.1f} MiB".format(*marks[-1])
                + f"  runs in it {runs_kept(database):5d}  {(time.monotonic() - began) / number:.2f} s a run"
                + f"  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        if over:
            break
    print("seconds: " + ", ".join(f"{kind} {taken:.0f}" for kind, taken in seconds.items()), flush=True)
    if len(marks) > 2:
        half = marks[len(marks) // 2]
        for name, (first, *then), (last, *now) in (("first", marks[0], half), ("second", half, marks[-1])):
            grown = [1024 * (b - a) / (last - first) for a, b in zip(then, now, strict=True)]
            print(
                f"growth a run in the {name} half: "
                "server {:.1f} KiB, process {:.1f} KiB, database {:.1f} KiB".format(*grown),
                flush=True,
            )


if __name__ == "__main__":
    main()
