"""A full disk or a folder without permission: an error that says so, and a warehouse that is as it was."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse

GRAIN = "agri.grain_area"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(disk):
    """A file system of its own with 1 MiB."""
    return disk("size=1m")


def big_report(county, unit=2):
    """A report whose rows do not fit: text that does not compress."""
    one = county.submission("big", unit=unit)
    frames = county.content(one, {GRAIN: 900.0})
    noise = "".join(
        chr(0x4E00 + byte * 80 + other % 80)
        for byte, other in zip(os.urandom(900_000), os.urandom(900_000), strict=True)
    )
    return one, frames.blocks.with_columns(text=frames.blocks["text"] + noise)


def test_on_a_full_disk_the_error_says_what_and_where_and_nothing_is_half_visible(county, small_disk):
    folder = small_disk / "warehouse"
    warehouse, first = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    one, blocks = big_report(county)
    batch = county.batch(warehouse, [(one, {GRAIN: 700.0})])
    with pytest.raises(WarehouseError) as caught:
        warehouse.load(type(batch)(**{**vars(batch), "blocks": blocks}), run_id="r2", now=county.NOON)
    error = caught.value
    assert (error.code, error.place.file) == ("disk_full", f"{folder}/blocks")
    assert "腾出空间" in error.message("zh")
    assert warehouse.versions() == dict(first.versions)
    assert warehouse.live_facts(["2023"])["value"].to_list() == [900.0]
    assert Warehouse(str(folder)).scan("blocks").collect().height == 1


def test_with_space_again_the_same_load_goes_through(county, small_disk):
    folder = small_disk / "warehouse"
    warehouse, _ = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    filler = small_disk / "filler"
    filler.write_bytes(bytes(os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize))
    report = (county.submission("乙", unit=2), {GRAIN: 700.0})
    with pytest.raises(WarehouseError) as caught:
        county.load(folder, [report], run_id="r2")
    assert caught.value.code == "disk_full"
    filler.unlink()
    county.load(folder, [report], run_id="r3")
    assert sorted(warehouse.live_facts(["2023"])["value"]) == [700.0, 900.0]


def test_a_file_size_limit_counts_as_a_full_disk(county, tmp_path):
    """Works where nothing can be mounted: a child that may write files of 64 KiB only."""
    folder = tmp_path / "warehouse"
    county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    script = textwrap.dedent(
        """
        import os, resource, signal, sys
        import polars as pl
        from tasks.domain.errors import WarehouseError
        from tasks.load import LoadBatch, Warehouse
        import datetime as dt
        warehouse = Warehouse(sys.argv[1])
        blocks = warehouse.scan("blocks").drop("loaded_at", "run_id").collect()
        noise = [os.urandom(200_000).hex() for _ in range(3)]
        more = pl.concat([blocks] * 3).with_columns(
            submission_id=pl.lit("another"), block=pl.Series(range(3), dtype=pl.Int32), text=pl.Series(noise)
        )
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
        try:
            warehouse.load(LoadBatch(blocks=more), run_id="r2", now=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        except WarehouseError as error:
            print(error.code, error.place)
            # The writer of the runtime may still be busy closing its file: leave at once.
            sys.stdout.flush()
            os._exit(3)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, f"disk_full {folder}/blocks\n"), done.stderr[-2000:]
    assert Warehouse(str(folder)).scan("blocks").collect().height == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_without_permission_the_error_says_so(county, tmp_path):
    folder = tmp_path / "warehouse"
    county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o555)
    try:
        with pytest.raises(WarehouseError) as caught:
            county.load(folder, [(county.submission("乙", unit=2), {GRAIN: 700.0})], run_id="r2")
    finally:
        for path in folder.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
    assert caught.value.code == "not_writable"


def test_a_table_whose_file_is_gone_is_named(county, tmp_path):
    folder = tmp_path / "warehouse"
    warehouse, _ = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    (file,) = (folder / "facts" / "year=2023").iterdir()
    file.unlink()
    with pytest.raises(WarehouseError) as caught:
        county.load(folder, [(county.submission("甲"), {GRAIN: 901.0})], run_id="r2")
    assert (caught.value.code, caught.value.place.file) == ("broken_file", str(file))
    assert warehouse.versions()["submissions"] == 0
