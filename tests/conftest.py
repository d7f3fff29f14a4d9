"""Fixtures for all tests: the repository, the shared samples where they are, a county to play with."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.county import County, read_county
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

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
def read_text() -> Callable[[str], Extraction]:
    """Read a text as the engine does, for the year 2023."""
    reader = build_reader(load_catalogue(), load_lexicon())
    return lambda text: extract_document(document_from_text(text), ReportPeriod.parse("2023"), reader)
