import importlib.util
from pathlib import Path

import pytest


def module_beside(name):
    """The helper module `name` of this folder."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def county():
    """The builders of `county_rows.py`."""
    return module_beside("county_rows")


@pytest.fixture(scope="session")
def small():
    """The small county of `small_county.py`."""
    return module_beside("small_county")


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"
