import sys
from pathlib import Path

import pytest

from tests.load import county_rows

sys.path.insert(0, str(Path(__file__).parent))  # for `children`, which the tests of kills share


@pytest.fixture(scope="session")
def county():
    """The builders of `tests/load/county_rows.py`."""
    return county_rows


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"
