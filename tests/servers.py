"""Servers that tests start and end: a PostgreSQL, and `county up` with what its API says."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

__all__ = ["Postgres", "Server", "county_command", "county_up", "web_hook"]

_OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def without_prefect() -> dict[str, str]:
    """This environment without settings of Prefect."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**held, "PYTHONUTF8": "1"}


def county_command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *words],
        capture_output=True, text=True, encoding="utf-8", timeout=400, check=False,
        env={**without_prefect(), **environment},
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """A server of its own in a folder, on a free port; as the superuser it runs under the account `postgres`.

    `elsewhere` are words before its commands, which have them run on another host of a test's network.
    """

    def __init__(self, folder: Path, elsewhere: Sequence[str] = ()) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            pytest.skip("PostgreSQL is not installed (bash deploy/postgres.sh)")
        self.bin, self._data = found[-1].parent, folder / "data"
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._before = [*elsewhere, "setpriv", f"--reuid={self._user}", "--clear-groups"] if elsewhere else []
        self.port = free_port()
        self._run("initdb", "-D", str(self._data), "-U", "xianbao", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")

    def _run(self, tool: str, *words: str) -> subprocess.CompletedProcess[str]:
        user = None if self._before else self._user
        return subprocess.run(
            [*self._before, str(self.bin / tool), *words],
            check=True, capture_output=True, text=True, user=user, cwd="/",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def sql(self, words: str, database: str = "postgres") -> str:
        done = self._run(
            "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "xianbao", "-d", database, "-tAc", words
        )
        return done.stdout.strip()

    def environment(self, database: str) -> dict[str, str]:
        """What makes Prefect and the backup use `database`."""
        url = f"postgresql+asyncpg://xianbao:secret@127.0.0.1:{self.port}/{database}"
        return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url, "PATH": f"{self.bin}:{os.environ['PATH']}"}


class Server:
    """A county's Prefect server: what its API says, beside what the pages show; `process` is its `county up`."""

    def __init__(self, url: str, login: str = "", process: psutil.Process | None = None) -> None:
        self.url, self.login, self.process = url, login, process

    def ask(self, what: str, **words: Any) -> list[dict[str, Any]]:
        """Everything of one kind that the server knows."""
        found: list[dict[str, Any]] = self.post(f"{what}/filter", {"limit": 200, **words})
        return found

    def one(self, what: str, identifier: str) -> dict[str, Any]:
        """One thing by its id."""
        found: dict[str, Any] = self._open(urllib.request.Request(f"{self.url}/api/{what}/{identifier}"))
        return found

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment by its name."""
        (found,) = [one for one in self.ask("deployments") if one["name"] == name]
        return found

    def start(self, deployment: str, **parameters: Any) -> dict[str, Any]:
        """Start a run as the UI's button does."""
        path = f"deployments/{self.deployment(deployment)['id']}/create_flow_run"
        run: dict[str, Any] = self.post(path, {"state": {"type": "SCHEDULED"}, "parameters": parameters})
        return run

    def events(self, prefix: str) -> list[dict[str, Any]]:
        """Events whose name begins so."""
        found: list[dict[str, Any]] = self.post("events/filter", {"filter": {"event": {"prefix": [prefix]}}})["events"]
        return found

    def set_state(self, run: dict[str, Any], kind: str) -> None:
        """Put a run into a state, whatever it is in."""
        self.post(f"flow_runs/{run['id']}/set_state", {"state": {"type": kind}, "force": True})

    def runs_of(self, deployment: str) -> list[dict[str, Any]]:
        """The runs of a deployment that are under way or over, the newest first."""
        known = self.deployment(deployment)["id"]
        # Asked for by state: hundreds of runs are scheduled ahead and would fill the answer.
        begun = ["PENDING", "RUNNING", *_OVER]
        runs = self.ask("flow_runs", sort="EXPECTED_START_TIME_DESC", flow_runs={"state": {"type": {"any_": begun}}})
        return [one for one in runs if one["deployment_id"] == known]

    def ended(self, deployment: str, count: int = 1, seconds: float = 420) -> list[dict[str, Any]]:
        """The runs of a deployment once `count` of them are over, the newest first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.runs_of(deployment)
            over = [one for one in runs if one["state"]["type"] in _OVER]
            if len(over) >= count:
                return over
            time.sleep(1)
        raise AssertionError(f"{deployment}: {[(one['name'], one['state']['name']) for one in runs]}")

    def end_of(self, run: dict[str, Any], seconds: float = 300) -> dict[str, Any]:
        """The state of a run once it is over; a server that does not answer meanwhile is asked again."""
        deadline, state = time.monotonic() + seconds, run["state"]
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                state = self.one("flow_runs", run["id"])["state"]
                if state["type"] in _OVER:
                    return dict(state)
            time.sleep(1)
        raise AssertionError(f"{run['name']}: {state['name']} {state['message']}")

    def task_ends(self, seconds: float = 60) -> dict[str, dict[str, Any]]:
        """How the task runs ended, by name: what runs say of their tasks is written down some moments later."""
        deadline, before = time.monotonic() + seconds, -1
        while time.monotonic() < deadline:
            tasks = self.ask("task_runs")
            if len(tasks) == before and all(one["state"] and one["state"]["type"] in _OVER for one in tasks):
                return {one["name"]: one["state"] for one in tasks}
            before = len(tasks)
            time.sleep(1)
        raise AssertionError([one["name"] for one in tasks if not one["state"] or one["state"]["type"] not in _OVER])

    def part(self, word: str) -> psutil.Process:
        """The process of `county up` that is its `server` or `worker`."""
        assert self.process is not None
        found = [one for one in self.process.children() if {"flows.cli.serving", word} <= set(one.cmdline())]
        assert len(found) == 1, found
        return found[0]

    def post(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        """What the API answers to this."""
        data = json.dumps(body).encode()
        return self._open(urllib.request.Request(f"{self.url}/api/{path}", data=data, method=method))

    def _open(self, request: urllib.request.Request) -> Any:
        request.add_header("Content-Type", "application/json")
        if self.login:
            request.add_header("Authorization", f"Basic {base64.b64encode(self.login.encode()).decode()}")
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    said = answer.read()
                    return json.loads(said) if said else None
            except urllib.error.HTTPError as refusal:
                # SQLite was being written and nothing was changed: Prefect's own client asks again too.
                if refusal.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    raise
            time.sleep(1)


@contextlib.contextmanager
def county_up(folder: Path, login: str = "", **environment: str) -> Iterator[Server]:
    """`county up` for the county in `folder`, ready, and ended with all it started."""
    port = free_port()
    if login:
        environment["PREFECT_SERVER_API_AUTH_STRING"] = login
    said = folder / "up.log"
    with said.open("w", encoding="utf-8") as log:
        up = subprocess.Popen(
            [sys.executable, "-u", "-m", "flows.cli.main", "up", "-c", str(folder), "--port", str(port)],
            env={**without_prefect(), **environment}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 240
        while "就绪" not in said.read_text(encoding="utf-8"):
            assert up.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, said.read_text(encoding="utf-8")
            time.sleep(0.2)
        yield Server(f"http://127.0.0.1:{port}", login, psutil.Process(up.pid))
    finally:
        up.terminate()
        up.wait(90)


@contextlib.contextmanager
def web_hook() -> Iterator[SimpleNamespace]:
    """A web hook that keeps the notifications it is sent."""
    taken: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(url=f"json://127.0.0.1:{server.server_port}/", taken=taken)
    server.shutdown()
    thread.join()
    server.server_close()
