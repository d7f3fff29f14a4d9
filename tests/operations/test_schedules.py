"""A schedule is kept by the server: runs are planned ahead by themselves, at the hour of the county."""

import datetime as dt
import os
import time
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.cli.deploying import unplanned
from flows.cli.server import prefect_server
from tasks.domain.county import County
from tests.servers import Server, county_command

LOCKED_BELOW = (2, 1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        tuple(int(part) for part in sqlalchemy.__version__.split(".")[:2]) >= LOCKED_BELOW,
        reason="the environment is older than requirements.lock (SQLAlchemy 2.1: no schedule fires): make setup",
    ),
]
SECONDS = 60


def planned(server: Server, deployment: str) -> list[dt.datetime]:
    """When the runs of a deployment are to begin, once the server has planned them."""
    known, deadline = server.deployment(deployment)["id"], time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        runs = server.ask("flow_runs", flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})
        found = [one["expected_start_time"] for one in runs if one["deployment_id"] == known]
        if found:
            return sorted(dt.datetime.fromisoformat(one) for one in found)
        time.sleep(1)
    raise AssertionError(f"{deployment}: the server has planned no run within {SECONDS} s")


def test_runs_are_planned_for_half_past_six_on_working_days(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    with prefect_server(county) as running:
        deployed = county_command("deploy", "-c", str(county.folder), PREFECT_API_URL=running.api_url)
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        server = Server(running.ui_url)
        mornings = [one.astimezone(ZoneInfo("Asia/Shanghai")) for one in planned(server, f"collect {county.name}")]
        assert len(mornings) >= 3
        assert {(one.hour, one.minute) for one in mornings} == {(6, 30)}
        assert all(one.isoweekday() <= 5 for one in mornings)
        assert planned(server, f"watch {county.name}")[0] > dt.datetime.now(dt.UTC)
        with temporary_settings({PREFECT_API_URL: running.api_url}):
            assert unplanned() == []
            known = server.deployment(f"watch {county.name}")
            ahead = {"state": {"type": {"any_": ["SCHEDULED"]}}, "deployment_id": {"any_": [known["id"]]}}
            for one in server.ask("flow_runs", flow_runs=ahead):
                server.set_state(one, "CANCELLED")
            assert unplanned() == [known["name"]]
        assert "ERROR" not in (county.prefect_home / "server.log").read_text(encoding="utf-8")
