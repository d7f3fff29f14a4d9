import pytest

from tests.load import county_rows, small_county


@pytest.fixture(scope="session")
def county():
    """The builders of `county_rows.py`."""
    return county_rows


@pytest.fixture(scope="session")
def small():
    """The small county of `small_county.py`."""
    return small_county


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"
