"""Compile the reading engine with mypyc into the virtual environment: `python deploy/native.py`, run by native.sh.

Does nothing where the build of these sources is there already, so that it may be asked each time; two at once wait for
each other. A build appears under its name complete or not at all. Builds of other sources are removed when they are a
day old: a process that started with one has all its modules by then.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ["XIANBAO_INTERPRETED"] = "1"
from mypyc.build import mypycify
from setuptools import Distribution

from tasks.extract import _native

_ROOT = Path(__file__).resolve().parents[1]
_KEPT = 24 * 3600  # seconds


def build(target: Path) -> None:
    """Compile the engine's modules into `target`."""
    modules = sorted(
        path for path in Path("tasks/extract").glob("*.py") if path.stem not in _native.LEFT_OUT
    )  # fmt: skip
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="work-") as work:
        made = Path(work) / "made"
        os.environ["MYPY_CACHE_DIR"] = f"{work}/cache"
        extensions = mypycify(
            [str(path) for path in modules],
            opt_level="2", debug_level="0", group_name=_native.GROUP, target_dir=f"{work}/c",
        )  # fmt: skip
        distribution = Distribution({"name": _native.GROUP, "ext_modules": extensions})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(made), f"{work}/o"
        distribution.run_command("build_ext")
        if _native.folder() != target:
            sys.exit("The sources were edited while they were compiled.")
        made.rename(target)


def remove_old(store: Path, kept: Path) -> None:
    """Remove other builds, and the remains of builds that were stopped, once they are a day old."""
    for path in store.iterdir():
        if path.is_dir() and path != kept and time.time() - path.stat().st_mtime > _KEPT:
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    os.chdir(_ROOT)
    place = _native.folder()
    place.parent.mkdir(exist_ok=True)
    with (place.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            build(place)
            remove_old(place.parent, place)
