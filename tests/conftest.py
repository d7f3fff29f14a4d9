"""Fixtures for all tests: the repository, the shared samples where they are, a county to play with."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.county import County, read_county
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text
from tasks.validate import judge
from tests.servers import county_command

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def sample_county_source() -> Path:
    return ROOT / "deploy" / "sample_county"


@pytest.fixture
def county(tmp_path: Path, sample_county_source: Path) -> County:
    """A county with the sample county's settings and units, and an empty inbox."""
    folder = tmp_path / "county"
    (folder / "inbox").mkdir(parents=True)
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(sample_county_source / name, folder / name)
    return read_county(folder)


@pytest.fixture(scope="session")
def collected_county(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Path:
    """The sample county after `county collect`, made once for all tests: whoever changes something takes a copy.

    XIANBAO_COLLECTED names one that has collected already, which spares the minute.
    """
    if ready := os.environ.get("XIANBAO_COLLECTED"):
        return Path(ready)
    folder = tmp_path_factory.mktemp("collected") / "岚川县"
    assert county_command("init", str(folder), "--from", str(sample_county_source)).returncode == 0
    run = county_command("collect", "-c", str(folder))
    # The sample county holds bad files on purpose: done, but the operator must look.
    assert run.returncode == 1, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """Judge without Great Expectations: most of a run's time, and nothing of it is in the warehouse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "_judge_period", lambda site, period, facts, failures, *rest: failures["row"].to_list())
        yield


@pytest.fixture(scope="session")
def read_text() -> Callable[[str], Extraction]:
    """Read a text as the engine does, for the year 2023."""
    reader = build_reader(load_catalogue(), load_lexicon())
    return lambda text: extract_document(document_from_text(text), ReportPeriod.parse("2023"), reader)


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[Path]:
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a file system in memory with these options (size=1m, ro); skips where nothing can be mounted."""
    with ExitStack() as stack:
        yield lambda options: stack.enter_context(_mounted(tmp_path / "disk", options))
