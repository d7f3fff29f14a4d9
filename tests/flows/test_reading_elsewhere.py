"""A process elsewhere reads for a run only what the run itself would read so, and says what it has to say."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from tasks import fetch
from tasks.domain.errors import ConfigurationError
from tasks.domain.outcomes import ReadReport, RefusedReport
from tasks.domain.sealing import Sealed
from tasks.plan import PlannedReport
from tasks.reading import read_sealed, stage_versions
from tests.benchmarks.made_county import make_county


@pytest.fixture
def county(tmp_path: Path):
    return make_county(tmp_path / "县", 2, bad=1)


def batch_of(county):
    source = county.settings.sources[0]
    return [PlannedReport(fetch.store_file(file, source, county)) for file in fetch.list_source(source, county)]


def test_what_it_logs_comes_back_with_what_it_read(county):
    read = read_sealed(Sealed(batch_of(county)), Sealed(county), None, stage_versions(county)).opened()
    assert {type(one) for one in read.outcomes} == {ReadReport, RefusedReport}
    refused = next(one for one in read.outcomes if isinstance(one, RefusedReport))
    good = next(one for one in read.outcomes if isinstance(one, ReadReport))
    assert [level for level, _ in read.said] == [logging.INFO, logging.WARNING]
    assert good.identity.unit_name in read.said[0][1]
    assert read.said[1][1] == refused.reason_zh


def test_a_worker_of_another_version_reads_nothing_and_is_named(county):
    other = replace(stage_versions(county), extractor="older")
    with pytest.raises(ConfigurationError, match="worker_version") as raised:
        read_sealed(Sealed(batch_of(county)), Sealed(county), None, other)
    assert "older" in raised.value.message("en")
    assert not county.store.exists()


def test_a_worker_without_the_county_quarantines_nothing(county, tmp_path):
    batch = Sealed(batch_of(county))
    (tmp_path / "县").rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="worker_without_county"):
        read_sealed(batch, Sealed(county), None, stage_versions(county))
