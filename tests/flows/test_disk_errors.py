"""What the file system refuses is one plain message with the next step, whatever command met it; never a traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli.messages import disk_error
from tasks.load.faults import table_error


@pytest.fixture
def read_only(disk):
    """A file system that cannot be written."""
    return disk("size=1m,ro")


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *words], env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def test_a_new_county_on_a_read_only_disk(read_only):
    done = run("init", str(read_only / "县"))
    assert done.returncode == 3
    assert done.stderr.startswith(f"✗ {read_only / '县'}")
    assert "not_writable" in done.stderr
    assert "换到可写的磁盘" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_backup_to_a_read_only_disk(read_only, county):
    done = run("backup", str(read_only / "b.tar"), "-c", str(county.folder))
    assert done.returncode == 3
    assert "备份未写成" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(Path(county.folder).glob(".xianbao-*")) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "not_writable"),
        (errno.EROFS, "not_writable"),
        (errno.ENOENT, "no_such_path"),
        (errno.ENOTDIR, "wrong_kind_of_path"),
        (errno.EEXIST, "path_exists"),
        (errno.ECONNRESET, "system_error"),
    ],
)
def test_what_an_operator_can_mend_is_said_with_its_place(number, code):
    known = disk_error(OSError(number, os.strerror(number), "/county/raw"))
    assert (known.code, known.place.file) == (code, "/county/raw")


def test_a_table_with_features_of_a_newer_version_is_not_called_broken():
    error = table_error("w/facts", OSError("Kernel error: Unsupported: Feature 'brandNew' is not supported"))
    assert error.code == "schema_newer"
    assert "没有损坏" in error.message("zh")
