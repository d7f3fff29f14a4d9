import datetime as dt

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.county import RosterEntry
from tasks.domain.frames import indicators_frame
from tasks.load import Warehouse, reporting_frame
from tests.load import county_rows

GRAIN, VILLAGES, AREA = "agri.grain_area", "area.villages", "area.total"


@pytest.fixture(scope="session")
def county():
    """The builders of `tests/load/county_rows.py`."""
    return county_rows


@pytest.fixture
def folder(tmp_path):
    """The address of a warehouse that does not exist yet."""
    return tmp_path / "warehouse"


@pytest.fixture
def warehouse(county, tmp_path):
    """Two units in 2023 (one with a corrected and a masked figure), one in 2022, findings and a roster."""
    folder = tmp_path / "warehouse"
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1), name="=cmd|' /C calc'!A0")
    reports = [
        (county.submission("first"), {GRAIN: 900.0}),
        (later, {GRAIN: 950.0, VILLAGES: None, AREA: 1234.5}),
        (county.submission("other", unit=2), {GRAIN: 1200.0}),
        (county.submission("before", period="2022"), {GRAIN: 800.0}),
    ]
    entries = tuple(
        RosterEntry(
            unit_code=county.unit_code(number),
            unit_name=f"第{number}镇",
            form=county.FORM,
            period="2023",
            due_at=dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC),
            late_after=dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC),
        )
        for number in (1, 2, 3)
    )
    findings = [
        county.finding(GRAIN, severity="note"),
        county.finding(VILLAGES, message_zh="=1+1", quotes=("-5%", "村")),
    ]
    batch = county.batch(Warehouse(str(folder)), reports, findings=findings)
    rows = reporting_frame(
        entries,
        batch.submissions,
        batch.facts,
        batch.findings,
        mandatory=(GRAIN,),
        as_of=county.NOON + dt.timedelta(days=30),
    )
    made, _ = county.load(
        folder,
        reports,
        findings=findings,
        reporting=rows,
        indicators=indicators_frame(load_catalogue()),
        periods=("2023",),
    )
    return made
