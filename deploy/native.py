"""Compile the reading engine with mypyc into the virtual environment: `python deploy/native.py`, run by native.sh.

Does nothing where the build of these sources is there already. Builds of other sources are removed.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["XIANBAO_INTERPRETED"] = "1"
from mypyc.build import mypycify
from setuptools import Distribution

from tasks.extract import _native

_ROOT = Path(__file__).resolve().parents[1]


def build(target: Path) -> None:
    """Compile the engine's modules into `target`, which appears complete or not at all."""
    os.chdir(_ROOT)
    modules = sorted(
        path for path in Path("tasks/extract").glob("*.py") if path.stem not in _native.LEFT_OUT
    )  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        made = Path(work) / "made"
        extensions = mypycify(
            [str(path) for path in modules],
            opt_level=os.environ.get("OPT", "2"), debug_level="0", group_name=_native.GROUP, target_dir=f"{work}/c",
        )  # fmt: skip
        distribution = Distribution({"name": _native.GROUP, "ext_modules": extensions})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(made), f"{work}/o"
        distribution.run_command("build_ext")
        for old in target.parent.glob(f"{sys.implementation.cache_tag}-*"):
            shutil.rmtree(old)
        made.rename(target)


if __name__ == "__main__":
    if not _native.folder().is_dir():
        build(_native.folder())
