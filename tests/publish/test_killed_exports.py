"""An export that is killed leaves, under the names of its files, whole files or none."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from frictionless import Package

from tasks.publish.data_package import DESCRIPTOR

pytestmark = pytest.mark.slow
# The full number is for whoever changes how files are written: XIANBAO_KILLS=200.
KILLS = int(os.environ.get("XIANBAO_KILLS", "2"))
CHILD = Path(__file__).with_name("export_in_child.py")
OPENS = {
    ".csv": pl.read_csv,
    ".xlsx": lambda path: openpyxl.load_workbook(path)["说明"]["A1"].value,
    ".parquet": pl.read_parquet,
    ".duckdb": lambda path: duckdb.connect(str(path), read_only=True).sql("select count(*) from facts").fetchall(),
    ".json": lambda path: Package(str(path)).validate().valid,
    "": lambda path: subprocess.run(
        ["sha256sum", "--quiet", "-c", path.name], cwd=path.parent, check=(path.parent / DESCRIPTOR).exists()
    ),
}


def child(warehouse, folder, form):
    process = subprocess.Popen(
        [sys.executable, str(CHILD), warehouse, str(folder), form],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert process.stdout.readline() == "begins\n"
    return process


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "duckdb"])
def test_what_lies_there_is_whole(warehouse, folder, tmp_path, form):
    out, begun = tmp_path / "导出", time.monotonic()
    with child(str(folder), out, form) as whole:
        assert whole.stdout.readline() == "ends\n"
    lasts = time.monotonic() - begun
    names = {path.name for path in out.iterdir()}
    for number in range(KILLS):
        # Into a new folder and over an older export in turn.
        target = tmp_path / f"new {number}" if number % 2 else out
        with child(str(folder), target, form) as process:
            time.sleep(random.Random(f"{form}{number}").uniform(0, lasts * 0.7))
            process.kill()
        there = [path for path in target.iterdir() if not path.name.startswith(".")] if target.exists() else []
        assert {path.name for path in there} <= names
        for path in there:
            assert OPENS[path.suffix](path) is not False, path
    with child(str(folder), out, form) as again:
        assert again.stdout.readline() == "ends\n"
    assert {path.name for path in out.iterdir()} == names
