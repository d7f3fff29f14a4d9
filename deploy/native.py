"""Compile what tasks/native.py names with mypyc into the virtual environment: `python deploy/native.py`.

Run by native.sh. Does nothing where the builds of these sources are there already, so that it may be asked each time;
two at once wait for each other. A build appears under its name complete or not at all. Builds of other sources are
removed when they are a day old: a process that started with one has all its modules by then.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

os.environ["XIANBAO_INTERPRETED"] = "1"
from mypyc.build import mypycify
from setuptools import Distribution, Extension

from tasks import native

_ROOT = Path(__file__).resolve().parents[1]
_KEPT = 24 * 3600  # seconds


def compile_modules(build: native.Build, target: Path) -> None:
    """Compile the modules of `build` into `target`."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="work-") as work:
        made = Path(work) / "made"
        os.environ["MYPY_CACHE_DIR"] = f"{work}/cache"
        extensions = mypycify(
            build.paths,
            opt_level="2", debug_level="0", group_name=build.group, target_dir=f"{work}/c",
        )  # fmt: skip
        package = build.package.replace(".", "/")
        extensions += [Extension(f"{build.package}.{name}", [f"{package}/{name}.c"]) for name in build.written_in_c]
        distribution = Distribution({"name": build.group, "ext_modules": extensions})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(made), f"{work}/o"
        distribution.run_command("build_ext")
        if native.folder(build) != target:
            sys.exit("The sources were edited while they were compiled.")
        made.rename(target)


def remove_old(store: Path, kept: Collection[Path]) -> None:
    """Remove other builds, and the remains of builds that were stopped, once they are a day old."""
    for path in store.iterdir():
        if path.is_dir() and path not in kept and time.time() - path.stat().st_mtime > _KEPT:
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    os.chdir(_ROOT)
    places = {native.folder(build): build for build in native.BUILDS}
    store = next(iter(places)).parent
    store.mkdir(exist_ok=True)
    with (store / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for place, build in places.items():
            if not place.is_dir():
                compile_modules(build, place)
        remove_old(store, places)
