"""Several counties on one server: each has its own work pool, deployments and automations, and keeps to them."""

import os
import socket
import time
from collections import Counter
from pathlib import Path

import pytest

from flows.cli.server import prefect_server
from tasks.domain.county import County
from tests.servers import Server, county_command, county_up

pytestmark = pytest.mark.slow


PROVINCE = 'name = "云州省"\ncode = "530000000000"\ncounties = ["石桥县"]\n'


def set_by_hand(server: Server, pool: str) -> dict[str, object]:
    """What an operator has set on a pool in the UI."""
    found = server.one("work_pools", pool)
    return {name: found[name] for name in ("description", "is_paused", "concurrency_limit")}


def test_two_counties_and_a_province_do_not_take_what_is_each_others(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "石桥县"
    assert county_command("init", str(other), "--name", "石桥县", "--code", "530000000002").returncode == 0
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    (tmp_path / "province.toml").write_text(PROVINCE, encoding="utf-8")
    with prefect_server(county) as running:
        server = Server(running.ui_url)
        shared = {"PREFECT_API_URL": running.api_url, "XIANBAO_NOTIFY": "json://127.0.0.1:9/"}

        def deploy(*words: str) -> None:
            done = county_command("deploy", *words, **shared)
            assert done.returncode == 0, done.stdout + done.stderr

        deploy("-c", str(county.folder))
        deploy("-c", str(other))
        by_hand = {"is_paused": True, "concurrency_limit": 3}
        for pool in ("county-539901000000", "county-530000000002"):
            server.post(f"work_pools/{pool}", by_hand, "PATCH")
        # The second time nothing may be there twice, and what an operator has set stays.
        deploy("-c", str(county.folder))
        deploy("--province", str(tmp_path), "--pool", "county-530000000002")
        for pool, owner in (("county-539901000000", "岚川县"), ("county-530000000002", "石桥县")):
            found = set_by_hand(server, pool)
            assert str(found.pop("description")).startswith(f"{owner} · ")
            assert found == by_hand
        deployments = [one for one in server.ask("deployments") if not one["name"].startswith("province-")]
        names = Counter(str(one["name"]) for one in deployments)
        assert set(names.values()) == {1}
        assert {"collect 岚川县", "collect 石桥县", "backfill 岚川县", "backfill 石桥县"} <= set(names)
        for one in deployments:
            # Workers of other machines have heartbeats of three minutes, and their runs would be taken for dead.
            assert one["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
            of_other = str(one["name"]).endswith("石桥县")
            assert one["work_pool_name"] == ("county-530000000002" if of_other else "county-539901000000")
            assert one["parameters"]["county_folder"] == str(other if of_other else county.folder)
        automations = Counter(str(one["name"]) for one in server.ask("automations"))
        assert set(automations.values()) == {1}
        # A county is told when the workers of its pool are gone; the province that uses the pool not once more.
        gone = {name.partition(" · ")[2] for name in automations if "worker gone" in name}
        assert gone == {"岚川县", "石桥县"}
        assert "通知：任务失败 run failed · 云州省" in automations


def test_a_new_county_joins_the_server_of_another_machine(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "石桥县"
    assert county_command("init", str(other), "--name", "石桥县", "--code", "530000000002").returncode == 0
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    with prefect_server(county) as running, county_up(other, PREFECT_API_URL=running.api_url):
        server, deadline = Server(running.ui_url), time.monotonic() + 60
        while not (workers := server.post("work_pools/county-530000000002/workers/filter", {})):
            assert time.monotonic() < deadline, (other / "up.log").read_text(encoding="utf-8")
            time.sleep(1)
    # Workers of one name would be one to Prefect, on whatever machines they are.
    assert [one["name"] for one in workers] == [f"石桥县-{socket.gethostname()}"]
