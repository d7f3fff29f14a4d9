import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `children`, which the tests of kills share


@pytest.fixture(scope="session")
def county():
    """The builders of `tests/load/county_rows.py`."""
    spec = importlib.util.spec_from_file_location("county_rows", Path(__file__).parents[1] / "load" / "county_rows.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"
