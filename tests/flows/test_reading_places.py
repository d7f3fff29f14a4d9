"""Threads, processes or a Dask cluster: the same county comes out of each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.benchmarks.made_county import make_county

pytestmark = pytest.mark.slow

REPORTS = 45  # more than two batches
TABLES = ("submissions", "blocks", "mentions", "facts", "findings", "reporting")
OF_THE_RUN = ("run_id", "loaded_at", "first_seen_run", "last_seen_run", "received_at", "uri")


def collect(folder: Path, *settings: str) -> subprocess.CompletedProcess[str]:
    with (folder / "county.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "[reading]", *settings, ""]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "collect", "-c", str(folder)],
        capture_output=True, text=True, encoding="utf-8", timeout=1500, check=False,
        env={**environment, "PYTHONUTF8": "1"},
    )  # fmt: skip


def rows(folder: Path, table: str) -> pl.DataFrame:
    frame = pl.read_delta(str(folder / "warehouse" / table), use_pyarrow=True).drop(*OF_THE_RUN, strict=False)
    return frame.sort(pl.all().exclude(pl.List))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("places") / "县"
    make_county(folder, REPORTS, bad=2)
    return folder


@pytest.fixture(scope="module")
def by_threads(made: Path) -> Path:
    folder = made.with_name("threads")
    shutil.copytree(made, folder)
    run = collect(folder, 'where = "threads"')
    assert run.returncode == 1, run.stdout + run.stderr  # two files are no reports
    return folder


@pytest.mark.parametrize("where", ["processes", "dask"])
def test_the_same_warehouse_comes_from_every_place(made: Path, by_threads: Path, where: str) -> None:
    folder = made.with_name(where)
    shutil.copytree(made, folder)
    run = collect(folder, f'where = "{where}"', "workers = 2")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    for table in TABLES:
        assert_frame_equal(rows(folder, table), rows(by_threads, table))


def test_a_dask_scheduler_that_is_away_is_named_and_nothing_is_lost(made: Path) -> None:
    folder = made.with_name("away")
    shutil.copytree(made, folder)
    run = collect(folder, 'where = "dask"', 'scheduler = "tcp://127.0.0.1:9"')
    assert run.returncode == 3
    assert "dask_away" in run.stderr + run.stdout
    stored = list((folder / "raw").glob("??/*"))
    assert len(stored) == REPORTS - 1  # two are the same bytes
