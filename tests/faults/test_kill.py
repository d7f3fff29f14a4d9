"""Killed at any point, the next load of the same batch completes it: nothing twice, nothing lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tasks.domain.tables import KEYS
from tasks.load import Warehouse

CHILD = Path(__file__).with_name("load_in_child.py")
ROOT = CHILD.parents[2]
TABLES = ("units", "indicators", "blocks", "mentions", "facts", "findings", "reporting", "submissions")
KILLS = int(os.environ.get("XIANBAO_KILLS", "12"))


def start(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(folder), *words], env=environment, stdout=subprocess.PIPE, text=True
    )


def run(folder, *words):
    child = start(folder, *words)
    out, _ = child.communicate(timeout=120)
    return child.returncode, out


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A warehouse with the first batch, to be copied."""
    folder = tmp_path_factory.mktemp("before") / "warehouse"
    assert run(folder, "before")[0] == 0
    return folder


@pytest.fixture(scope="module")
def unbroken(before, tmp_path_factory):
    """The warehouse after an unbroken load of the second batch, and the seconds that it took."""
    folder = tmp_path_factory.mktemp("unbroken") / "warehouse"
    shutil.copytree(before, folder)
    child = start(folder, "r2")
    assert child.stdout.readline() == "ready\n"
    started = time.monotonic()
    assert child.stdout.readline() == "loaded\n"
    seconds = time.monotonic() - started
    child.communicate(timeout=60)
    return Warehouse(str(folder)), seconds


def assert_same(county, folder, whole):
    warehouse = Warehouse(str(folder))
    for table in TABLES:
        rows = county.table_rows(warehouse, table)
        assert not rows.select(KEYS[table]).is_duplicated().any(), table
        assert_frame_equal(rows, county.table_rows(whole, table))


@pytest.mark.parametrize("table", TABLES)
def test_killed_before_any_table(county, before, unbroken, tmp_path, table):
    folder = tmp_path / "warehouse"
    shutil.copytree(before, folder)
    code, out = run(folder, "r2", table)
    assert (code, out) == (-signal.SIGKILL, "ready\n")
    live = Warehouse(str(folder)).live_facts(["2023"])
    assert set(live["submission_id"]) == set(Warehouse(str(before)).live_facts(["2023"])["submission_id"])
    assert run(folder, "r3") == (0, "ready\nloaded\n")
    assert_same(county, folder, unbroken[0])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment(county, before, unbroken, tmp_path, seed):
    folder = tmp_path / "warehouse"
    shutil.copytree(before, folder)
    child = start(folder, "r2")
    assert child.stdout.readline() == "ready\n"
    time.sleep(random.Random(seed).uniform(0, unbroken[1]))
    child.kill()
    child.communicate(timeout=60)
    assert run(folder, "r3")[0] == 0
    assert_same(county, folder, unbroken[0])


def test_killed_in_the_first_load_of_all(county, before, tmp_path):
    folder = tmp_path / "warehouse"
    child = start(folder, "r1")
    deadline = time.monotonic() + 60
    while not (folder / "blocks" / "_delta_log").exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    child.kill()
    child.communicate(timeout=60)
    cut = Warehouse(str(folder))
    assert "submissions" not in cut.versions()
    # The child takes the first batch only for an empty folder: load it here as the next run would.
    whole = Warehouse(str(before))
    for table in cut.versions():
        assert cut.scan(table).collect().height in {0, whole.scan(table).collect().height}
    assert cut.live_facts(["2023"]).is_empty()
