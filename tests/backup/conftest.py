import pytest

from tests.load import county_rows


@pytest.fixture(scope="session")
def rows():
    """The builders of tests/load/county_rows.py."""
    return county_rows
