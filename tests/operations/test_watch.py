"""The daily watch: what became late and a disk that fills are told of although nothing arrives, and once."""

import datetime as dt
import json
import os
import subprocess
import sys

import polars as pl
import pytest

from tasks.load import Warehouse
from tasks.steps import announcing, chasing
from tests.load import small_county

pytestmark = pytest.mark.usefixtures("quick")

# Before and after the deadline of the small county's reports of 2023.
BEFORE, AFTER = (dt.datetime(2024, 1, day, tzinfo=dt.UTC) for day in (12, 25))

# A process of its own: Prefect reads where its server is when it is imported.
RUN = """
import json, sys, time
from pathlib import Path
from flows.cli.server import prefect_server
from tasks.domain.county import read_county
from tests.servers import Server

with prefect_server(read_county(Path(sys.argv[1]))) as running:
    server = Server(running.ui_url)
    from flows.chase_missing import chase_missing
    from flows.watch_county import watch_county

    first = watch_county(sys.argv[1], return_state=True)
    chase_missing(sys.argv[1])
    again = watch_county(sys.argv[1], return_state=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(server.events("xianbao.")) < 3:
        time.sleep(0.5)
    events = server.events("xianbao.")
print(json.dumps([first.message, again.message, [[one["event"], one["payload"]["count"]] for one in events]]))
"""


@pytest.fixture
def small():
    return small_county


@pytest.fixture
def place(small, tmp_path):
    """A county that collected one report before the deadline, and nothing since."""
    place = small.make(tmp_path / "县", "[alerts]\nfree_disk_mib = 1000000000\n")
    small.send(place, small.NAMES[0], 2023, "2024-01-10", small.words(20_000, 30_000))
    small.collect(place, BEFORE, "r1")
    states = Warehouse(place.warehouse).scan("reporting").filter(pl.col("period") == "2023").collect()["state"]
    assert sorted(states) == ["expected", "expected", "expected", "on_time"]
    return place


def of_2023(late):
    return [name for _, name, period in late if period == "2023"]


def test_what_became_late_is_said_once_by_the_watch_or_by_the_next_collect(place, small, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(announcing, "emit_event", lambda **event: sent.append(event))
    assert of_2023(chasing.notice_late.fn(place, BEFORE)) == []
    assert of_2023(chasing.notice_late.fn(place, AFTER)) == list(small.NAMES[1:])
    assert sent[-1]["event"] == "xianbao.reports.late"
    # Nobody has written to them yet: tomorrow it is said again.
    assert of_2023(chasing.notice_late.fn(place, AFTER + dt.timedelta(days=1))) == list(small.NAMES[1:])
    remind(place, AFTER)
    count = len(sent)
    assert of_2023(chasing.notice_late.fn(place, AFTER + dt.timedelta(days=1))) == []
    assert len(sent) == count
    assert of_2023(late_of_collect(place, AFTER + dt.timedelta(days=1))) == []


def test_the_next_collect_says_it_where_the_watch_did_not(place, small) -> None:
    assert of_2023(late_of_collect(place, AFTER)) == list(small.NAMES[1:])


def remind(place, now):
    from tasks import publish

    head = publish.LetterHead(place.name, "号", "统计局", now.date(), 10)
    forms = {form.code: form.name for form in place.settings.forms}
    return publish.write_reminders(chasing.overdue_reports(place, now), place.reminders, head, forms, pause_days=6)


def late_of_collect(place, now):
    """What a collect at `now`, to which nothing comes, calls newly late."""
    from tasks import steps

    judged = steps.validate_reports.fn([], place, now, "r2")
    return announcing.newly_late(judged, place)


@pytest.mark.slow
def test_the_flow_tells_the_server_and_chasing_makes_it_silent(place) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(place.folder)],
        capture_output=True, text=True, encoding="utf-8", timeout=240, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, again, events = json.loads(done.stdout.splitlines()[-1])
    late = next(count for kind, count in events if kind == "xianbao.reports.late")
    assert late == 3
    assert first.startswith(f"新逾期未报{late}件；磁盘剩余")
    assert again.startswith("新逾期未报0件")
    assert sorted(kind for kind, _ in events) == ["xianbao.disk.low", "xianbao.disk.low", "xianbao.reports.late"]


def announced(small, place, now, monkeypatch):
    """What a collect of the county announces, with how many reports."""
    from tasks import fetch, steps

    sent = []
    monkeypatch.setattr(announcing, "emit_event", lambda **event: sent.append(event))
    source = place.settings.sources[0]
    stored = [fetch.store_file(file, source, place) for file in fetch.list_source(source, place)]
    planned = steps.plan_run.fn(stored, place)
    outcomes = [*planned.carried, *(small.read(one, place) for one in planned.to_read)]
    with steps.one_writer(place):
        judged = steps.validate_reports.fn(outcomes, place, now, "r", arrived=stored)
        steps.load_reports.fn(judged, place, now, "r")
    announcing.announce_run.fn(judged, [], place)
    return len(planned.to_read), {one["event"].rpartition(".")[2]: one["payload"]["count"] for one in sent}


def test_what_a_new_version_of_the_program_reads_again_is_no_news(small, place, monkeypatch) -> None:
    small.send(place, small.NAMES[0], 2023, "2024-01-12", small.words(20_000, 31_000), suffix="（更正）")
    small.send(place, small.NAMES[1], 2023, "2024-01-12", small.words(10_000, 9_000))
    (place.folder / "inbox" / f"{small.NAMES[2]}2023年工作总结.txt").write_bytes(b"")
    assert announced(small, place, BEFORE, monkeypatch) == (3, {"received": 2, "resubmitted": 1, "quarantined": 1})
    monkeypatch.setattr("tasks.parse.PARSER_VERSION", "another")
    read, told = announced(small, place, BEFORE, monkeypatch)
    assert read >= 4
    assert told == {}
    small.send(place, small.NAMES[2], 2023, "2024-01-13", small.words(12_000, 8_000), suffix="（补报）")
    assert announced(small, place, BEFORE, monkeypatch) == (1, {"received": 1})


def test_a_source_that_cannot_be_read_is_told_and_the_others_are_read(small, place, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(announcing, "emit_event", lambda **event: sent.append(event))
    judged = judged_nothing(place)
    announcing.announce_run.fn(judged, [], place, ("来源 网盘 的证书不被接受",))
    (event,) = sent
    assert event["event"] == "xianbao.sources.unavailable"
    assert event["payload"] == {"count": 1, "text": "来源 网盘 的证书不被接受"}


def judged_nothing(place):
    from tasks import steps

    return steps.validate_reports.fn([], place, BEFORE, "r2")
