"""The Prefect server of a county: found where one runs, started inside the county's folder where none does."""

import base64
import contextlib
import errno
import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from flows.cli.database import give_database
from tasks.domain.county import County
from tasks.domain.errors import Place, Text, XianbaoError

__all__ = [
    "LOOPBACK",
    "PARENT",
    "RUN_SETTINGS",
    "RunningServer",
    "ServerProcess",
    "ServerUnavailable",
    "apply_environment",
    "check_named",
    "prefect_environment",
    "prefect_server",
    "running_server",
]

LOOPBACK = "127.0.0.1"
# Names the process that a server or worker ends with.
PARENT = "XIANBAO_PARENT"
# What every run needs, also one that a worker of another machine starts: deployments carry it as well.
RUN_SETTINGS = {
    # How soon a run whose process has gone is noticed: deploy/automations.yaml waits 90 s, and Prefect's own three
    # minutes would have every longer run taken for dead.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # A server whose database restarts answers 500; asked again for a minute, as one that does not answer at all.
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
}
_START_SECONDS = 180
_STOP_SECONDS = 20
_AUTH = "PREFECT_API_AUTH_STRING"
_SERVER_AUTH = "PREFECT_SERVER_API_AUTH_STRING"
_KEPT_DAYS = 180


class ServerUnavailable(XianbaoError):
    """Raised when the Prefect server does not answer, refuses the password, or cannot be started."""


class ServerProcess:
    """A server that this process starts, and starts again when it dies; its log and a note are in `home`."""

    def __init__(self, host: str, port: int, api_url: str, home: Path) -> None:
        self._host, self._port, self._api_url = host, port, api_url
        self._log, self._note = home / "server.log", home / "server.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Start it and return when it answers; while it starts, `meanwhile` is called.

        Raises:
            ServerUnavailable: it does not become healthy.
        """
        self._process = _start(self._host, self._port, self._log)
        meanwhile()
        _wait_until_healthy(self._process, self._api_url, self._log)
        note = {"api_url": self._api_url, "pid": self._process.pid}
        self._note.write_text(json.dumps(note), encoding="utf-8")

    def ended(self) -> int | None:
        """Return its exit code; None while it runs."""
        return None if self._process is None else self._process.poll()

    def stop(self) -> None:
        """End it and wait for that."""
        self._note.unlink(missing_ok=True)
        if self._process is not None:
            _stop(self._process)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server answers; `process` is what we started and will stop, None where it ran already."""

    api_url: str
    process: ServerProcess | None = None

    @property
    def started(self) -> bool:
        """Whether we started it."""
        return self.process is not None

    @property
    def ui_url(self) -> str:
        """Where a browser finds the UI."""
        return self.api_url.removesuffix("/api")


def prefect_environment(county: County, api_url: str) -> dict[str, str]:
    """Return the settings of server and clients: state in the county's folder, nothing sent to anybody."""
    return {
        "PREFECT_HOME": str(county.prefect_home),
        "PREFECT_API_URL": api_url,
        # Relative to the page, so that the UI works under every address of this machine.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_SERVER_UI_API_URL": "/api",
        # The second UI asks an outside address on every visit; the first asks none.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        # What happened is in the warehouse; runs and their logs are kept for half a year, heartbeats for a day.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(_KEPT_DAYS * 86_400),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P30D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": '{"prefect.flow-run.heartbeat": 86400}',
        **RUN_SETTINGS,
        **_pages(county.prefect_home),
        "PYTHONUTF8": "1",
    }


def _pages(home: Path) -> dict[str, str]:
    """Return where the server copies the UI's pages to: to `home` where it may not write beside Prefect's code.

    Without a place for them it runs, answers and has no UI.
    """
    prefect = importlib.util.find_spec("prefect")
    places = prefect.submodule_search_locations if prefect else None
    if places and os.access(Path(places[0], "server"), os.W_OK):
        return {}
    return {"PREFECT_UI_STATIC_DIRECTORY": str(home / "ui")}


@contextlib.contextmanager
def prefect_server(
    county: County, port: int | None = None, host: str = LOOPBACK, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[RunningServer]:
    """Give a server for the length of the block, with this process's environment set for its clients.

    PREFECT_API_URL, when set, names it; else the one that `county up` runs for this county; else one is started on
    `port` (a free one by default) and stopped at the end. Beyond loopback it always asks for a password. While it
    starts, `meanwhile` is called: the environment is set by then, so it may import Prefect.

    Raises:
        ServerUnavailable: the server named does not answer or refuses the password, the port is taken, or the server
            started does not become healthy.
    """
    named = os.environ.get("PREFECT_API_URL")
    if named:
        check_named(named)
        yield RunningServer(named)
        return
    running = running_server(county)
    if running:
        os.environ.update(prefect_environment(county, running))
        os.environ.update(_login(county))
        yield RunningServer(running)
        return
    port = port or _free_port()
    _check_port(host, port)
    api_url = f"http://{LOOPBACK if host in {LOOPBACK, '0.0.0.0'} else host}:{port}/api"
    environment = {**prefect_environment(county, api_url), **_login(county, make=host != LOOPBACK)}
    os.environ.update(environment)
    county.prefect_home.mkdir(parents=True, exist_ok=True)
    give_database(county)
    process = ServerProcess(host, port, api_url, county.prefect_home)
    try:
        process.start(meanwhile)
        yield RunningServer(api_url, process)
    finally:
        process.stop()
        for name in environment:
            if name.startswith("PREFECT_"):
                os.environ.pop(name, None)


def apply_environment(county: County) -> str:
    """Set this process's environment for the clients of the server that runs already; return its address.

    Raises:
        ServerUnavailable: PREFECT_API_URL names one that does not answer or refuses the password, or none is named
            and `county up` does not run.
    """
    named = os.environ.get("PREFECT_API_URL", "")
    if named:
        check_named(named)
        return named
    running = running_server(county)
    if not running:
        raise ServerUnavailable(
            "no_server", Place(county.name),
            Text("没有任务服务在运行", "no server runs for the county"),
            Text(
                "请先运行 county up，或用 PREFECT_API_URL 指明服务地址",
                "run county up first, or name a server with PREFECT_API_URL",
            ),
        )  # fmt: skip
    os.environ.update({**prefect_environment(county, running), **_login(county)})
    return running


def running_server(county: County) -> str:
    """Return the address of the server that runs for the county on this machine, or ''."""
    note = county.prefect_home / "server.json"
    try:
        api_url = str(json.loads(note.read_text(encoding="utf-8"))["api_url"])
    except (OSError, json.JSONDecodeError, KeyError):
        return ""
    return api_url if _healthy(api_url) else ""


def _login(county: County, *, make: bool = False) -> Mapping[str, str]:
    """Return the settings of the password: the one in the environment, else the county's own, made where needed."""
    if os.environ.get(_SERVER_AUTH):
        return {_AUTH: os.environ.get(_AUTH) or os.environ[_SERVER_AUTH]}
    path = county.prefect_home / "login"
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"county:{secrets.token_urlsafe(12)}", encoding="utf-8")
    if not path.exists():
        return {}
    words = path.read_text(encoding="utf-8").strip()
    return {_SERVER_AUTH: words, _AUTH: words}


def check_named(api_url: str) -> None:
    """Ask the server that PREFECT_API_URL names whether it is there and takes the password.

    Raises:
        ServerUnavailable: it is not or does not.
    """
    place, login = Place("PREFECT_API_URL"), os.environ.get(_AUTH, "")
    headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"} if login else {}
    try:
        answer = httpx.get(f"{api_url}/admin/version", headers=headers, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        raise ServerUnavailable(
            "server_unreachable", place,
            Text(f"任务服务 {api_url} 没有应答：{error}", f"the server {api_url} does not answer: {error}"),
            Text(
                "请检查网络和地址；要用本机服务，取消设置 PREFECT_API_URL",
                "check network and address; to use a server of this machine, unset PREFECT_API_URL",
            ),
        ) from error  # fmt: skip
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise ServerUnavailable(
            "wrong_password", place,
            Text(f"任务服务 {api_url} 不接受此用户名和密码", f"the server {api_url} refuses this user and password"),
            Text(f"请在环境变量 {_AUTH} 中写入 用户名:密码", f"put user:password into the variable {_AUTH}"),
        )  # fmt: skip
    if answer.is_error:
        raise ServerUnavailable(
            "no_prefect_server", place,
            Text(
                f"{api_url} 应答 {answer.status_code}，不像 Prefect 服务",
                f"{api_url} answers {answer.status_code}: that is no Prefect server",
            ),
            Text("地址应以 /api 结尾", "the address should end with /api"),
        )  # fmt: skip


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise ServerUnavailable(
                    "host_unknown", Place(f"{host}:{port}"),
                    Text(f"{host} 不是本机的地址：{error.strerror}",
                         f"{host} is no address of this machine: {error.strerror}"),
                    Text("请用 --host 指定本机地址，0.0.0.0 为全部", "name one with --host; 0.0.0.0 is all of them"),
                ) from error  # fmt: skip
            raise ServerUnavailable(
                "port_taken", Place(f"{host}:{port}"),
                Text(f"端口 {port} 不能使用：{error.strerror}", f"port {port} cannot be used: {error.strerror}"),
                Text("请用 --port 换一个端口，或停止占用它的程序", "take another with --port, or stop what uses it"),
            ) from error  # fmt: skip


def _start(host: str, port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli.serving", "server", "start", "--host", host, "--port", str(port)],
            # What goes wrong in the server's own services is nowhere but in its log.
            env={**os.environ, PARENT: str(os.getpid()), "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING"},
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _wait_until_healthy(process: subprocess.Popen[bytes], api_url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    # One client for all questions: each new one reads the certificates of the whole world again.
    with httpx.Client(timeout=2, trust_env=False) as client:
        while time.monotonic() < deadline and process.poll() is None:
            if _answers(client, api_url):
                return
            time.sleep(0.1)
    raise ServerUnavailable(
        "server_start",
        Place(str(log)),
        Text("Prefect 服务没有启动起来", "the Prefect server did not come up"),
        Text(f"请看日志 {log} 的最后几行", f"read the last lines of {log}"),
    )


def _healthy(api_url: str) -> bool:
    with httpx.Client(timeout=2, trust_env=False) as client:
        return _answers(client, api_url)


def _answers(client: httpx.Client, api_url: str) -> bool:
    try:
        return client.get(f"{api_url}/health").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
