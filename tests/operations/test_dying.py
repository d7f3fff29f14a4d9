"""Whatever dies in the middle of a run, its work is finished, once, and no run stays Running.

One `county up` on a real PostgreSQL lives through all of it: the server not answering for a minute, the database
restarted, the server killed, the worker killed with the run it had started.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tasks import auditing
from tasks.domain.county import County, read_county
from tasks.load import Warehouse
from tests.servers import Postgres, Server, county_up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AT_ONCE = 20
NUMBERS = "一二三四五六七八九十"
AWAY_SECONDS = 60
# Heartbeats every 30 s, and missed for 90 s.
CRASHED_SECONDS = 120


@dataclass
class Running:
    """The county, its server, and how many reports have been sent."""

    county: County
    server: Server
    postgres: Postgres
    sent: int = 0

    def mid_collect(self, reports: Path) -> dict[str, Any]:
        """Send more reports and start a collect; return its run while it is reading them."""
        files = sorted(reports.iterdir())[self.sent : self.sent + AT_ONCE]
        for file in files:
            shutil.copyfile(file, self.county.folder / "inbox" / file.name)
        self.sent += len(files)
        before = self.read()
        run = self.server.start("collect")
        deadline = time.monotonic() + 120
        while self.read() == before:
            assert time.monotonic() < deadline, "the run reads nothing"
            time.sleep(0.05)
        return run

    def read(self) -> int:
        """How many reports' figures the stage store holds."""
        return sum(1 for _ in self.county.store.glob("extract/*/*/*"))

    def assert_all_loaded_once(self) -> None:
        known = Warehouse(self.county.warehouse).known_submissions()
        assert known["state"].to_list() == ["loaded"] * self.sent
        assert auditing.audit(self.county, None).is_empty()

    def assert_nothing_runs(self) -> None:
        left = self.server.ask("flow_runs", flow_runs={"state": {"type": {"any_": ["RUNNING", "PENDING"]}}})
        assert [(one["name"], one["state"]["name"]) for one in left] == []


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Path:
    """A report for every township: the authored ones by turns, under other names."""
    folder = tmp_path_factory.mktemp("reports")
    texts = sorted((sample_county_source / "sources").glob("*-2023.txt"))
    for number, name in enumerate(names()):
        text = texts[number % len(texts)]
        words = text.read_text(encoding="utf-8").replace(text.stem.split("-")[0], name)
        (folder / f"{number:03d}{name}2023年工作总结.txt").write_text(words, encoding="utf-8")
    return folder


def names() -> list[str]:
    return [f"{'青白红金'[number // 20]}{NUMBERS[number // 10]}{NUMBERS[number % 10]}镇" for number in range(80)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("dying") / "县"
    (folder / "inbox").mkdir(parents=True)
    shutil.copyfile(sample_county_source / "county.toml", folder / "county.toml")
    rows = [f"53990110{number:04d},{name}" for number, name in enumerate(names())]
    (folder / "units.csv").write_text("\n".join(["unit_code,name", *rows, ""]), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="xianbao-pg-") as place:
        postgres = Postgres(Path(place))
        postgres.start()
        postgres.sql("CREATE DATABASE live")
        try:
            with county_up(folder, **postgres.environment("live")) as server:
                yield Running(read_county(folder), server, postgres)
        finally:
            postgres.stop("immediate")


def test_a_server_that_does_not_answer_for_a_minute_is_waited_for(running: Running, reports: Path) -> None:
    run = running.mid_collect(reports)
    server = running.server.part("server")
    server.suspend()
    try:
        time.sleep(AWAY_SECONDS)
    finally:
        server.resume()
    state = running.server.end_of(run)
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()


def test_a_database_restarted_in_mid_run_stops_nothing(running: Running, reports: Path) -> None:
    run = running.mid_collect(reports)
    running.postgres.stop("immediate")
    time.sleep(5)
    running.postgres.start()
    state = running.server.end_of(run)
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()


def test_a_server_that_was_killed_is_started_again_and_the_run_goes_on(running: Running, reports: Path) -> None:
    run = running.mid_collect(reports)
    killed = running.server.part("server")
    killed.kill()
    state = running.server.end_of(run)
    assert running.server.part("server").pid != killed.pid
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()


def test_a_run_killed_with_its_worker_is_crashed_in_two_minutes_and_the_next_one_finishes(
    running: Running, reports: Path
) -> None:
    run = running.mid_collect(reports)
    worker = running.server.part("worker")
    for one in [worker, *worker.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    killed = time.monotonic()
    state = running.server.end_of(run)
    assert state["type"] == "CRASHED", state["message"]
    assert "心跳" in state["message"]
    assert time.monotonic() - killed < CRASHED_SECONDS
    again = running.server.end_of(running.server.start("collect"))
    assert again["type"] == "COMPLETED", again["message"]
    running.assert_all_loaded_once()
    running.assert_nothing_runs()
