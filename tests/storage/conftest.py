"""A real S3-compatible server in a process of its own; each test has a bucket to itself."""

import itertools
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from tests.load import county_rows

GRAIN, CORRECTED = "agri.grain_area", 3100.0
_BUCKETS = itertools.count(1)


@pytest.fixture(scope="session")
def county():
    """The builders of `tests/load/county_rows.py`."""
    return county_rows


@pytest.fixture(scope="session")
def years_loaded(county):
    """Load two townships' reports of `years` into the warehouse at `where`, year by year; correct the last of one."""

    def load(where, years):
        for year in years:
            reports = [
                (county.submission(f"{unit} in {year}", unit=unit, period=str(year)), {GRAIN: 1000.0 * unit + year})
                for unit in (1, 2)
            ]
            county.load(where, reports, run_id=f"r{year}")
        wrong = county.submission("later", period=str(years[-1]), received=county.NOON.replace(day=20))
        county.load(where, [(wrong, {GRAIN: CORRECTED, "area.villages": 9.0})], run_id="again")
        return where

    return load


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The endpoint of the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    command = Path(sys.executable).parent / "moto_server"
    with (tmp_path_factory.mktemp("moto") / "server.log").open("wb") as log:
        process = subprocess.Popen([command, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{endpoint}/moto-api/data.json", timeout=1)
                break
            except OSError:
                assert process.poll() is None, "moto_server ended at once"
                time.sleep(0.1)
        else:
            pytest.fail("moto_server did not answer within 30 seconds")
        yield endpoint
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def environment(endpoint):
    """What an operator sets: account and endpoint, in the environment alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "county")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_REGION", "us-east-1")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_ALLOW_HTTP"):
            patch.delenv(name, raising=False)
        yield


def new_bucket():
    name = f"county-{next(_BUCKETS)}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3_environment(server):
    with environment(server):
        yield


@pytest.fixture
def bucket(s3_environment):
    """A new bucket: its name."""
    return new_bucket()


@pytest.fixture(scope="module")
def shared_bucket(server):
    """A bucket that the tests of a module share, to read from."""
    with environment(server):
        yield new_bucket()
