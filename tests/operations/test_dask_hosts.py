"""Reading on a Dask cluster whose scheduler and workers are on other hosts, with cables that are pulled out of them."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks import auditing
from tasks.domain.county import County
from tasks.load import Warehouse
from tests.benchmarks.made_county import make_county
from tests.hosts import Host, network
from tests.servers import without_prefect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

REPORTS = 300
AWAY_SECONDS = 60
ENDED_SECONDS = 240
PORT = 8786
# As docs/operations.md says a worker is started.
WORKER = {"MALLOC_TRIM_THRESHOLD_": "268435456", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


@dataclass
class Cluster:
    """The host that collects, those of the scheduler and the workers, and where their logs are."""

    desk: Host
    scheduler: Host
    workers: tuple[Host, ...]
    logs: Path

    def collect(self, county: County) -> "subprocess.Popen[str]":
        words = self.desk.command(sys.executable, "-m", "flows.cli.main", "collect", "-c", str(county.folder))
        return subprocess.Popen(
            words, env=without_prefect(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )

    @contextlib.contextmanager
    def collecting(self, county: County) -> Iterator["subprocess.Popen[str]"]:
        """Give a collect of the county that is in the middle of reading."""
        with (county.folder / "county.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[reading]\nwhere = "dask"\nscheduler = "tcp://{self.scheduler.address}:{PORT}"\n')
        run = self.collect(county)
        try:
            deadline = time.monotonic() + 120
            while not any(county.store.glob("extract/*/*/*")):
                assert run.poll() is None, run.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield run
        finally:
            run.kill()
            run.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    logs = tmp_path_factory.mktemp("cluster")
    with network() as net, contextlib.ExitStack() as stack:
        desk, scheduler, *workers = (net.add(name) for name in ("desk", "scheduler", "one", "two"))

        def start(host: Host, *words: str, **more: str) -> None:
            stack.enter_context(host.running(logs / f"{host.name}.log", sys.executable, "-m", "dask", *words, **more))

        start(scheduler, "scheduler", "--port", str(PORT), "--no-dashboard")
        for host in workers:
            address = f"tcp://{scheduler.address}:{PORT}"
            start(host, "worker", address, "--nthreads", "1", "--no-dashboard", **WORKER)
        yield Cluster(desk, scheduler, tuple(workers), logs)


def assert_all_loaded_once(county: County) -> None:
    known = Warehouse(county.warehouse).known_submissions()
    assert known["state"].to_list() == ["loaded"] * REPORTS
    assert auditing.audit(county, None).is_empty()


def test_a_reader_cut_off_for_a_minute_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    county = make_county(tmp_path / "县", REPORTS)
    with cluster.collecting(county) as run:
        cluster.workers[1].unplug()
        try:
            time.sleep(AWAY_SECONDS)
        finally:
            cluster.workers[1].plug_in()
        said, _ = run.communicate(timeout=ENDED_SECONDS)
    assert run.returncode in {0, 1}, said
    assert_all_loaded_once(county)


def test_a_reader_cut_off_for_good_has_its_work_done_by_the_other(cluster: Cluster, tmp_path: Path) -> None:
    county = make_county(tmp_path / "县", REPORTS)
    with cluster.collecting(county) as run:
        cluster.workers[1].unplug()
        try:
            said, _ = run.communicate(timeout=ENDED_SECONDS)
        finally:
            cluster.workers[1].plug_in()
    assert run.returncode in {0, 1}, said
    assert_all_loaded_once(county)


@pytest.mark.parametrize(("lost", "said"), [("readers", "已没有执行进程"), ("scheduler", "与调度器的连接中断")])
def test_a_cluster_that_is_gone_fails_the_run_in_words_and_the_next_one_goes_on(
    cluster: Cluster, tmp_path: Path, lost: str, said: str
) -> None:
    county = make_county(tmp_path / "县", REPORTS)
    hosts = cluster.workers if lost == "readers" else (cluster.scheduler,)
    with cluster.collecting(county) as run:
        for host in hosts:
            host.unplug()
        try:
            told, _ = run.communicate(timeout=ENDED_SECONDS)
        finally:
            for host in hosts:
                host.plug_in()
    assert run.returncode == 3, told
    assert "dask_lost" in told
    assert said in told
    assert "Traceback" not in told
    assert_the_next_one_reads_the_rest(cluster, county)


def assert_the_next_one_reads_the_rest(cluster: Cluster, county: County) -> None:
    again = cluster.collect(county)
    told, _ = again.communicate(timeout=ENDED_SECONDS)
    assert again.returncode in {0, 1}, told
    assert_all_loaded_once(county)
