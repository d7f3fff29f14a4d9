"""Killed at any moment, a backfill that is taken up again gives the warehouse of one that was never cut short."""

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from children import Children
from polars.testing import assert_frame_equal

from tasks.domain.tables import KEYS, TABLES
from tasks.load import Warehouse

CHILD = Path(__file__).with_name("backfill_in_child.py")
KILLS = int(os.environ.get("XIANBAO_BACKFILL_KILLS", "4"))
REPORTS = ("雾山乡-2022", "雾山乡-2023", "青槐街道-2022", "龙潭沟乡-2023")
DATA = ("units", "indicators", "blocks", "mentions", "facts", "findings", "reporting", "quality", "submissions")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    made = Children(CHILD, tmp_path_factory.mktemp("child") / "stderr")
    yield made
    made.close()


@pytest.fixture(scope="module")
def before(tmp_path_factory, sample_county_source, children):
    """A county whose reports were read before a name was added to the lexicon."""
    folder = tmp_path_factory.mktemp("before") / "岚川县"
    folder.mkdir()
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(sample_county_source / name, folder / name)
    for report in REPORTS:
        unit, year = report.split("-")
        target = folder / "inbox" / f"{year}年度" / f"{unit}{year}年工作总结.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample_county_source / "sources" / f"{report}.txt", target)
    children.order("prepare", folder)
    assert children.expect("done", "ended")[0] == "done"
    children.expect("ended")
    read = Warehouse(str(folder / "warehouse")).scan("submissions").select("unit_code", "period").unique().collect()
    assert read.height == len(REPORTS), "a report went to quarantine: the backfill would be smaller than it looks"
    return folder


@pytest.fixture(scope="module")
def unbroken(before, tmp_path_factory, children):
    """The county after an unbroken backfill, and the seconds it took to write."""
    folder = tmp_path_factory.mktemp("unbroken") / "岚川县"
    shutil.copytree(before, folder)
    children.order("backfill", folder)
    children.expect("ready")
    started = time.monotonic()
    assert children.expect("done", "ended")[0] == "done"
    seconds = time.monotonic() - started
    children.expect("ended")
    return folder, seconds


def rows(folder, table):
    columns = [name for name in TABLES[table] if name not in {"first_seen_run", "last_seen_run"}]
    frame = Warehouse(str(folder / "warehouse")).scan(table).select(columns).collect()
    assert not frame.select(KEYS[table]).is_duplicated().any(), table
    return frame.sort(KEYS[table])


def assert_same(folder, other):
    for table in DATA:
        assert_frame_equal(rows(folder, table), rows(other, table))
    assert states(folder) == states(other)


def states(folder):
    own = rows(folder, "backfills").filter(pl.col("role") == "target")
    return own.select("unit_code", "period", "key_state").sort("period", "unit_code").rows()


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment(before, unbroken, children, tmp_path, seed):
    whole, seconds = unbroken
    folder = tmp_path / "岚川县"
    shutil.copytree(before, folder)
    children.order("backfill", folder)
    _, pid = children.expect("ready")
    time.sleep(random.Random(seed).uniform(0, seconds))
    with contextlib.suppress(ProcessLookupError):  # it may have ended before its moment came
        os.kill(pid, signal.SIGKILL)
    children.expect("ended")
    children.order("backfill", folder)
    assert children.expect("done", "ended")[0] == "done"
    children.expect("ended")
    assert_same(folder, whole)
