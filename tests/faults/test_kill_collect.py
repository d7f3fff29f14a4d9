"""Killed at any moment, or run four times at once: the collects leave the warehouse that one unbroken run leaves.

`XIANBAO_KILLS=200` kills two hundred times instead of five.
"""

import contextlib
import datetime as dt
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from children import Children

from tasks import auditing
from tasks.domain.county import read_county
from tasks.load import Warehouse
from tests.load import small_county

CHILD = Path(__file__).with_name("collect_in_child.py")
ROOT = CHILD.parents[2]
KILLS = int(os.environ.get("XIANBAO_KILLS", "5"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    made = Children(CHILD, tmp_path_factory.mktemp("child") / "stderr")
    yield made
    made.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The one county that every test begins anew: where a file lay is told in the warehouse too."""
    return small_county.make(tmp_path_factory.mktemp("place") / "县")


@pytest.fixture(scope="module")
def before(place, children, tmp_path_factory):
    """A copy of the county with a year collected and much in the inbox that is not.

    A year of reports, a correction, one that will be held, the same bytes again, a file that nobody knows.
    """
    small = small_county
    for number, name in enumerate(small.NAMES):
        small.send(place, name, 2022, "2023-01-10", small.words(20_000 + number, 30_000 + number))
    assert children.do("first", place.folder) == 1
    for number, name in enumerate(small.NAMES):
        small.send(place, name, 2023, "2024-01-10", small.words(20_100 + number, 30_100 + number))
    small.send(place, "白水乡", 2022, "2023-01-12", small.words(20_001, 31_000), suffix="（更正）")
    small.send(place, "红岩镇", 2023, "2024-01-12", small.words(20_102, 214_500_000), suffix="（更正）")
    again = place.folder / "inbox" / "青山镇2023年工作总结（再报）.txt"
    shutil.copy2(place.folder / "inbox" / "青山镇2023年工作总结.txt", again)
    unknown = place.folder / "inbox" / "无名2023.txt"
    unknown.write_text("某地2023年总结\n全年无大事。\n", encoding="utf-8")
    moment = dt.datetime(2024, 1, 13, tzinfo=dt.UTC).timestamp()
    os.utime(unknown, (moment, moment))
    copy = tmp_path_factory.mktemp("before") / "县"
    shutil.copytree(place.folder, copy)
    return copy


def begin_anew(place, before):
    shutil.rmtree(place.folder)
    shutil.copytree(before, place.folder)


@pytest.fixture(scope="module")
def unbroken(place, before, children, tmp_path_factory):
    """The county after a run that nothing broke, and how many seconds that took."""
    begin_anew(place, before)
    children.order("collect", place.folder)
    children.expect("ready")
    started = time.monotonic()
    assert children.until_ended() == ["done"]
    seconds = time.monotonic() - started
    folder = tmp_path_factory.mktemp("unbroken") / "县"
    shutil.copytree(place.folder, folder)
    whole = read_county(folder)
    states = Warehouse(whole.warehouse).known_submissions()["state"].value_counts()
    assert dict(states.rows()) == {"loaded": 8, "superseded": 1, "held": 1, "quarantined": 1}
    assert auditing.audit(whole, None).is_empty()
    return whole, seconds


def assert_same(place, whole):
    compared = {one.table: (one.rows_before, one.rows_after, one.differing) for one in auditing.compare(whole, place)}
    assert {table: one for table, one in compared.items() if one[0] != one[1] or one[2]} == {}
    assert auditing.audit(place, None).is_empty()


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment(place, before, unbroken, children, seed):
    whole, seconds = unbroken
    begin_anew(place, before)
    children.order("collect", place.folder)
    _, pid = children.expect("ready")
    time.sleep(random.Random(seed).uniform(0, seconds))
    with contextlib.suppress(ProcessLookupError):  # it may have ended before its moment came
        os.kill(pid, signal.SIGKILL)
    children.until_ended()
    assert children.do("collect", place.folder) == 1
    assert_same(place, whole)


def test_four_at_once_over_overlapping_townships(place, before, unbroken, children):
    begin_anew(place, before)
    assert children.do("four", place.folder) == 4
    assert_same(place, unbroken[0])
