"""Several counties on one server: each has its own work pool, deployments and automations."""

import os
from collections import Counter
from pathlib import Path

import httpx
import pytest

from flows.cli.server import prefect_server
from tasks.domain.county import County
from tests.servers import county_command

pytestmark = pytest.mark.slow


def listed(api: str, kind: str) -> list[dict[str, object]]:
    answer = httpx.post(f"{api}/{kind}/filter", json={}, timeout=60, trust_env=False)
    answer.raise_for_status()
    found: list[dict[str, object]] = answer.json()
    return found


def test_two_counties_do_not_take_each_others_deployments(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "石桥县"
    assert county_command("init", str(other), "--name", "石桥县", "--code", "530000000002").returncode == 0
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    with prefect_server(county) as server:
        shared = {"PREFECT_API_URL": server.api_url}
        # The second time nothing may be there twice.
        for folder in (county.folder, other, county.folder):
            done = county_command("deploy", "-c", str(folder), **shared)
            assert done.returncode == 0, done.stdout + done.stderr
        pools = {str(one["name"]) for one in listed(server.api_url, "work_pools")}
        assert {"county-539901000000", "county-530000000002"} <= pools
        deployments = listed(server.api_url, "deployments")
        names = Counter(str(one["name"]) for one in deployments)
        assert set(names.values()) == {1}
        assert {"collect 岚川县", "collect 石桥县", "backfill 岚川县", "backfill 石桥县"} <= set(names)
        for one in deployments:
            # Workers of other machines have heartbeats of three minutes, and their runs would be taken for dead.
            assert dict(one["job_variables"])["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"  # type: ignore[call-overload]
            of_other = str(one["name"]).endswith("石桥县")
            assert one["work_pool_name"] == ("county-530000000002" if of_other else "county-539901000000")
            assert dict(one["parameters"])["county_folder"] == str(other if of_other else county.folder)  # type: ignore[call-overload]
        automations = Counter(str(one["name"]) for one in listed(server.api_url, "automations"))
        assert set(automations.values()) == {1}
        assert any("岚川县" in name for name in automations)
        assert any("石桥县" in name for name in automations)
