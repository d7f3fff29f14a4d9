import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def county():
    """The builders of `county_rows.py`."""
    spec = importlib.util.spec_from_file_location("county_rows", Path(__file__).with_name("county_rows.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"
