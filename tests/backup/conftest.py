import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def rows():
    """The builders of tests/load/county_rows.py."""
    path = Path(__file__).parents[1] / "load" / "county_rows.py"
    spec = importlib.util.spec_from_file_location("county_rows", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
