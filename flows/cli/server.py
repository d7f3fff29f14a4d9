"""The Prefect server of a county: found where one runs, started inside the county's folder where none does."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tasks.domain.county import County
from tasks.domain.errors import Place, Text, XianbaoError

__all__ = ["ServerUnavailable", "prefect_environment", "prefect_server"]

_START_SECONDS = 120
_STOP_SECONDS = 20


class ServerUnavailable(XianbaoError):
    """Raised when the Prefect server does not answer or cannot be started."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server answers; `started` says whether we started it and will stop it."""

    api_url: str
    started: bool

    @property
    def ui_url(self) -> str:
        """Where a browser finds the UI."""
        return self.api_url.removesuffix("/api")


def prefect_environment(county: County, api_url: str) -> dict[str, str]:
    """Return the settings of server and clients: state in the county's folder, nothing sent to anybody."""
    return {
        "PREFECT_HOME": str(county.prefect_home),
        "PREFECT_API_URL": api_url,
        "PREFECT_UI_API_URL": api_url,
        "PREFECT_SERVER_UI_API_URL": api_url,
        # The second UI asks an outside address on every visit; the first asks none.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PYTHONUTF8": "1",
    }


@contextlib.contextmanager
def prefect_server(county: County, port: int | None = None) -> Iterator[RunningServer]:
    """Give a server for the length of the block, with this process's environment set for its clients.

    PREFECT_API_URL, when set, names it; else the one that `county up` runs for this county; else one is started on
    `port` (a free one by default) and stopped at the end.

    Raises:
        ServerUnavailable: the server named does not answer, or the one started does not become healthy.
    """
    named = os.environ.get("PREFECT_API_URL")
    if named:
        yield RunningServer(named, started=False)
        return
    note = county.prefect_home / "server.json"
    running = _noted(note)
    if running:
        os.environ.update(prefect_environment(county, running))
        yield RunningServer(running, started=False)
        return
    port = port or _free_port()
    api_url = f"http://127.0.0.1:{port}/api"
    os.environ.update(prefect_environment(county, api_url))
    county.prefect_home.mkdir(parents=True, exist_ok=True)
    log = county.prefect_home / "server.log"
    process = _start(port, log)
    try:
        _wait_until_healthy(process, api_url, log)
        note.write_text(json.dumps({"api_url": api_url, "pid": process.pid}), encoding="utf-8")
        yield RunningServer(api_url, started=True)
    finally:
        note.unlink(missing_ok=True)
        _stop(process)
        for name in ("PREFECT_API_URL", "PREFECT_UI_API_URL", "PREFECT_SERVER_UI_API_URL"):
            os.environ.pop(name, None)


def _start(port: int, log: Path) -> subprocess.Popen[bytes]:
    # In the foreground with a log file: the server's own --background mode writes into a pipe nobody reads and
    # stops answering once a log line does not fit.
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _wait_until_healthy(process: subprocess.Popen[bytes], api_url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _healthy(api_url):
            return
        time.sleep(0.2)
    raise ServerUnavailable(
        "server_start",
        Place(str(log)),
        Text("Prefect 服务没有启动起来", "the Prefect server did not come up"),
        Text(f"请看日志 {log} 的最后几行", f"read the last lines of {log}"),
    )


def _healthy(api_url: str) -> bool:
    try:
        return httpx.get(f"{api_url}/health", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _noted(note: Path) -> str:
    """Return the address of the server that `note` tells of, when it still answers."""
    if not note.exists():
        return ""
    try:
        api_url = str(json.loads(note.read_text(encoding="utf-8"))["api_url"])
    except (json.JSONDecodeError, KeyError):
        return ""
    return api_url if _healthy(api_url) else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
