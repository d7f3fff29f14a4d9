"""Server, database and workers on hosts of their own, as deploy/ sets them up: what a cable does that is pulled out.

The server and PostgreSQL on one host, a worker of the county on each of two others. The county's folder is shared and
stays in reach, the worst case: a host that is cut off goes on writing.
"""

import contextlib
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tasks import auditing
from tasks.domain.county import County
from tasks.load import Warehouse
from tests.benchmarks.made_county import make_county
from tests.hosts import Host, Network, network
from tests.servers import Postgres, Server, county_command, free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

LOGIN = "xianbao:geheim"
TOWNSHIPS, AT_ONCE = 240, 40
AWAY_SECONDS = 60
# Heartbeats every 30 s, and missed for 90 s.
CRASHED_SECONDS = 120
# Five minutes, and as long as the server takes to look.
NEVER_BEGUN_SECONDS = 360


@dataclass
class Running:
    """A county, its server on one host, and the hosts for workers."""

    county: County
    server: Server
    folder: Path
    reports: list[Path]
    logs: Path
    sent: int = 0

    def settings(self, name: str) -> dict[str, str]:
        """A file of deploy/etc as an administrator of this network fills it in."""
        lines = (self.folder / "deploy" / "etc" / name).read_text(encoding="utf-8").splitlines()
        held = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {key: value.replace("CHANGE-ME", "geheim") for key, value in held.items()}

    @property
    def client(self) -> dict[str, str]:
        return {**self.settings("client.env"), "PREFECT_API_URL": f"{self.server.url}/api", "PYTHONUTF8": "1"}

    @contextlib.contextmanager
    def worker(self, host: Host) -> Iterator[None]:
        """The unit `xianbao-worker@` on a host, once the server has heard from it."""
        words = ["flows.cli.serving", "worker", "start", "--pool", POOL, "--type", "process", "--name", host.name]
        home = self.logs / f"home-{host.name}"
        with host.running(
            self.logs / f"{host.name}.log", sys.executable, "-m", *words, **self.client, PREFECT_HOME=str(home)
        ):
            self.wait_online(host)
            yield

    def wait_online(self, host: Host) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            workers = self.server.post(f"work_pools/{POOL}/workers/filter", {})
            if any(one["name"] == host.name and one["status"] == "ONLINE" for one in workers):
                return
            time.sleep(1)
        raise AssertionError((self.logs / f"{host.name}.log").read_text(encoding="utf-8")[-2000:])

    def send(self) -> None:
        """More reports arrive."""
        for file in self.reports[self.sent : self.sent + AT_ONCE]:
            shutil.move(file, self.county.folder / "inbox" / file.name)
        self.sent += AT_ONCE
        assert self.sent <= TOWNSHIPS

    def collect(self) -> dict[str, Any]:
        return self.server.start("collect 岚川县")

    def mid_collect(self) -> dict[str, Any]:
        """Start a collect of more reports; return its run while it is reading them."""
        self.send()
        before = self.read()
        run = self.collect()
        deadline = time.monotonic() + 120
        while self.read() == before:
            assert time.monotonic() < deadline, self.server.one("flow_runs", run["id"])["state"]
            time.sleep(0.05)
        return run

    def read(self) -> int:
        """How many reports' figures the stage store holds."""
        return sum(1 for _ in self.county.store.glob("extract/*/*/*"))

    def assert_all_loaded_once(self) -> None:
        known = Warehouse(self.county.warehouse).known_submissions()
        assert known["state"].to_list() == ["loaded"] * self.sent
        assert auditing.audit(self.county, None).is_empty()

    def assert_nothing_runs_for_ever(self) -> None:
        """What a collect has set off (reminders to the late) may run on for a while."""
        deadline = time.monotonic() + CRASHED_SECONDS
        begun = {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}
        while left := self.server.ask("flow_runs", flow_runs=begun):
            assert time.monotonic() < deadline, [(one["name"], one["state"]) for one in left]
            time.sleep(1)


POOL = "county-539901000000"


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    with network() as made:
        yield made


@pytest.fixture(scope="module")
def running(net: Network, tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    logs = tmp_path_factory.mktemp("hosts")
    county = make_county(logs / "岚川县", TOWNSHIPS)
    inbox, waiting = county.folder / "inbox" / "2023年度", logs / "waiting"
    inbox.rename(waiting)
    host, port = net.add("server"), free_port()
    with tempfile.TemporaryDirectory(prefix="xianbao-pg-") as place, contextlib.ExitStack() as stack:
        postgres = Postgres(Path(place), host.command())
        postgres.start()
        stack.callback(postgres.stop, "immediate")
        postgres.sql("CREATE DATABASE xianbao")
        server = Server(f"http://{host.address}:{port}", LOGIN)
        made = Running(county, server, repository, sorted(waiting.iterdir()), logs)
        settings = made.settings("server.env")
        settings |= {
            name: value.replace("127.0.0.1/", f"127.0.0.1:{postgres.port}/") for name, value in settings.items()
        }
        words = ["flows.cli.serving", "server", "start", "--host", "0.0.0.0", "--port", str(port)]
        stack.enter_context(
            host.running(logs / "server.log", sys.executable, "-m", *words, **settings, PREFECT_HOME=str(logs / "home"))
        )
        wait_healthy(server)
        deployed = county_command("deploy", "-c", str(county.folder), **made.client)
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        yield made


def wait_healthy(server: Server) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{server.url}/api/health", timeout=3).close()
            return
        time.sleep(0.5)
    raise AssertionError(server.url)


@pytest.fixture(scope="module")
def first(net: Network, running: Running) -> Iterator[Host]:
    """A host whose worker runs what is started."""
    host = net.add("first")
    with running.worker(host):
        yield host


def test_a_worker_cut_off_for_a_minute_loses_nothing_and_still_hears_of_cancelling(
    running: Running, first: Host
) -> None:
    run = running.mid_collect()
    first.unplug()
    time.sleep(AWAY_SECONDS)
    first.plug_in()
    state = running.server.end_of(run)
    if state["type"] == "CRASHED":  # it may be taken for dead, not left Running
        state = running.server.end_of(running.collect())
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()
    run = running.mid_collect()
    running.server.set_state(run, "CANCELLING")
    assert running.server.end_of(run)["type"] == "CANCELLED"
    assert running.server.end_of(running.collect())["type"] == "COMPLETED"
    running.assert_all_loaded_once()
    running.assert_nothing_runs_for_ever()


def test_a_worker_cut_off_for_good_has_its_run_crashed_and_another_host_goes_on(
    running: Running, first: Host, net: Network
) -> None:
    run = running.mid_collect()
    first.unplug()
    cut = time.monotonic()
    state = running.server.end_of(run)
    assert state["type"] == "CRASHED", state["message"]
    assert "心跳" in state["message"]
    assert time.monotonic() - cut < CRASHED_SECONDS
    with running.worker(net.add("second")):
        state = running.server.end_of(running.collect())
        assert state["type"] == "COMPLETED", state["message"]
        running.assert_all_loaded_once()
        running.assert_nothing_runs_for_ever()
    first.plug_in()
    running.wait_online(first)
    running.send()
    state = running.server.end_of(running.collect())
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()
    running.assert_nothing_runs_for_ever()
    # What the first host had in hand went on there without a server; when it can, it says that it could not go on.
    assert running.server.one("flow_runs", run["id"])["state"]["type"] in {"CRASHED", "FAILED"}


def test_a_run_whose_worker_was_lost_before_it_began_makes_room_for_the_next(running: Running, first: Host) -> None:
    running.send()
    run = running.collect()
    deadline = time.monotonic() + 60
    while (state := running.server.one("flow_runs", run["id"])["state"])["type"] == "SCHEDULED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert state["type"] == "PENDING"
    first.unplug()
    cut = time.monotonic()
    try:
        state = running.server.end_of(run, NEVER_BEGUN_SECONDS)
        assert state["type"] == "CRASHED", state["message"]
        assert "没有开始" in state["message"], time.monotonic() - cut
    finally:
        first.plug_in()
    running.wait_online(first)
    state = running.server.end_of(running.collect())
    assert state["type"] == "COMPLETED", state["message"]
    running.assert_all_loaded_once()
    running.assert_nothing_runs_for_ever()
