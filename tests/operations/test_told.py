"""What goes wrong where nobody looks is told: a disk that fills, a run that failed, a worker that is gone."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.cli.server import prefect_server
from tasks.domain.county import County, read_county
from tests.servers import Server, county_command, web_hook, without_prefect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def messages() -> Iterator[SimpleNamespace]:
    with web_hook() as hook:
        yield hook


@pytest.fixture
def full(county: County) -> County:
    """A county on a disk that has less room than it wants."""
    settings = (county.folder / "county.toml").read_text(encoding="utf-8")
    more = "[alerts]\nfree_disk_mib = 999999999\n"
    assert "[alerts]" not in settings
    (county.folder / "county.toml").write_text(f"{settings}\n{more}", encoding="utf-8")
    return read_county(county.folder)


def told(messages: SimpleNamespace, words: str, seconds: float = 240) -> dict[str, str]:
    """The one message with these words in its title, once it has come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = [one for one in messages.taken if words in one["title"]]
        if found:
            assert len(found) == 1, found
            return found[0]
        time.sleep(0.5)
    raise AssertionError(f"{words}: {messages.taken}")


def start_worker(api_url: str, pool: str, folder: Path) -> subprocess.Popen[bytes]:
    """A worker as systemd starts one."""
    words = ["worker", "start", "--pool", pool, "--type", "process"]
    with (folder / "worker.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli.serving", *words],
            env={**without_prefect(), "PREFECT_API_URL": api_url, "PREFECT_WORKER_QUERY_SECONDS": "2"},
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


def test_a_filling_disk_a_failed_run_and_a_worker_that_is_gone_are_each_told_once(
    full: County, messages: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    with prefect_server(full) as running:
        shared = {"PREFECT_API_URL": running.api_url, "XIANBAO_NOTIFY": messages.url}
        done = county_command("deploy", "-c", str(full.folder), **shared)
        assert done.returncode == 0, done.stdout + done.stderr
        server, name = Server(running.ui_url), f"watch {full.name}"
        worker = start_worker(running.api_url, f"county-{full.settings.county.code}", full.folder)
        try:
            assert server.end_of(server.start(name))["type"] == "COMPLETED"
            assert "MiB" in told(messages, "磁盘空间不足")["message"]
            shutil.move(full.folder / "units.csv", full.folder / "gone.csv")
            failed = server.end_of(server.start(name))
            assert failed["type"] == "FAILED"
            assert "units.csv" in told(messages, "任务失败")["message"]
        finally:
            worker.kill()
            worker.wait()
        assert "county up" in told(messages, "没有执行进程")["message"]
