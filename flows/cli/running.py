"""Running flows from the command line: once with a bar, or for good with server, worker and schedule."""

import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from flows.cli.messages import disk_error
from flows.cli.namespaces import namespace_of
from flows.cli.server import (
    LOOPBACK,
    PARENT,
    RunningServer,
    ServerProcess,
    ServerUnavailable,
    prefect_environment,
    prefect_server,
    running_server,
)
from tasks.domain.county import County
from tasks.domain.errors import Place, Text, XianbaoError
from tasks.domain.outcomes import RunSummary

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from flows.rebuild_warehouse import Rebuilt

__all__ = ["collect_once", "rebuild_once", "stay_up", "with_bar"]

_LOOK_SECONDS, _RESTART_SECONDS, _PLANS_SECONDS = 1, 5, 120


def collect_once(
    county: County, period: str | None, source: str | None, console: Console
) -> tuple[str, RunSummary | None, str]:
    """Run `collect_reports` here and now; return its closing message, its summary (None when the run failed), the UI.

    Progress is a bar on `console` and an artifact in the UI.

    Raises:
        ConfigurationError: there is no such source.
    """
    county.sources(source)
    with prefect_server(county, meanwhile=partial(import_module, "flows.collect_reports")) as server:
        # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
        from flows.collect_reports import collect_reports

        run = partial(collect_reports, str(county.folder), period, source, return_state=True)
        state = cast("State[RunSummary]", with_bar(run, console, county))
        if not state.is_completed():
            error = state.result(raise_on_failure=False)
            return _why(error or state.message, county), None, server.ui_url
        return state.message or "", state.result(), server.ui_url if not server.started else ""


def rebuild_once(county: County, swap_though_different: bool, console: Console) -> tuple[str, "Rebuilt | None"]:
    """Run `rebuild_warehouse` here and now; return why it failed, or what it made (None when it failed).

    Progress is a bar on `console` and an artifact in the UI.
    """
    with prefect_server(county):
        from flows.rebuild_warehouse import Rebuilt, rebuild_warehouse

        run = partial(rebuild_warehouse, str(county.folder), swap_though_different, return_state=True)
        result = with_bar(run, console, county).result(raise_on_failure=False)
        return ("", result) if isinstance(result, Rebuilt) else (_why(result, county), None)


def _why(error: object, county: County) -> str:
    """Return what stopped a run in the county's words."""
    said = disk_error(error) if isinstance(error, OSError) else error
    return said.message(county.language) if isinstance(said, XianbaoError) else str(said)


def with_bar(run: Callable[[], Any], console: Console, county: County, words: str = "读入 reading") -> Any:
    """Return what `run`, a flow, ends with, showing how far it is.

    Raises:
        ServerUnavailable: the server gave up in the middle of it: its database cannot be written.
    """
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.logging.handlers import APILogHandler

    from flows.progress import listener

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[what]}"))
    with Progress(*columns, console=console, transient=True) as bar:
        shown = bar.add_task(words, total=None, what="")
        token = listener.set(lambda done, total, what: bar.update(shown, completed=done, total=total, what=what[:60]))
        try:
            return run()
        except PrefectHTTPStatusError as error:
            free = shutil.disk_usage(county.folder).free // 2**20
            raise ServerUnavailable(
                "server_failed", Place(str(county.prefect_home / "server.log")),
                Text(f"任务服务中途出错，本次运行未完成（磁盘剩余 {free} MiB）",
                     f"the server failed in the middle of the run ({free} MiB free on the disk)"),
                Text("若磁盘已满，先腾出空间，否则查看此日志；再运行一次即可，已写入的不会重复",
                     "free some space where the disk is full, else look into this log; then run again: nothing is "
                     "written twice"),
            ) from error  # fmt: skip
        finally:
            listener.reset(token)
            # The server is stopped next; what is still in the queue belongs to this run.
            APILogHandler().flush()


def stay_up(county: County, port: int, console: Console, host: str = LOOPBACK) -> None:
    """Run server, deployments and worker until Ctrl-C or SIGTERM; everything started here ends here.

    With PREFECT_API_URL set, that server gets the deployments and this machine's worker.

    Raises:
        ConfigurationError: the deployments file is not there (the project runs from a checkout).
        ServerUnavailable: the county is up already, the port is taken, or the server does not come up.
    """
    began, space = time.monotonic(), namespace_of(county)
    already = "" if os.environ.get("PREFECT_API_URL") else running_server(county)
    if already:
        raise ServerUnavailable(
            "already_up", Place(county.name),
            Text(f"已在运行：{already.removesuffix('/api')}", f"it is up already: {already.removesuffix('/api')}"),
            Text("直接打开此地址即可；要重新启动，先结束原来的 county up", "open that address; or end it first"),
        )  # fmt: skip
    # Both also where the shell started us in the background, with SIGINT ignored.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)
    with prefect_server(county, port, host, _prepare) as server:
        # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
        from flows.cli.deploying import DEPLOYMENTS, deploy_county

        start_worker = partial(_start_worker, county, space.pool, DEPLOYMENTS.parents[1], ours=server.started)
        worker = start_worker()
        try:
            deploy_county(county, space)
            _say_ready(console, county, server, time.monotonic() - began)
            look_at_plans = time.monotonic() + _PLANS_SECONDS
            while True:
                time.sleep(_LOOK_SECONDS)
                if look_at_plans < time.monotonic():
                    look_at_plans = _say_unplanned(console, county)
                if server.process is not None and (code := server.process.ended()) is not None:
                    console.print(f"任务服务已退出（{code}），重新启动 · the server ended ({code}); starting it again")
                    _start_again(server.process, county, console)
                if (code := worker.poll()) is not None:
                    console.print(f"执行进程已退出（{code}），重新启动 · the worker ended ({code}); starting it again")
                    time.sleep(_RESTART_SECONDS)
                    worker = start_worker()
        except KeyboardInterrupt:
            console.print("正在结束 stopping …")
        finally:
            worker.terminate()
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()


def _say_unplanned(console: Console, county: County) -> float:
    """Say where the server plans no run of an active schedule: nobody would miss what never begins.

    Returns when to look again, by the monotonic clock: never, or later where the server was away.
    """
    from flows.cli.deploying import unplanned

    try:
        names = unplanned()
    except httpx.HTTPError:  # away or starting again: nothing is known, and what is up stays up
        return time.monotonic() + _PLANS_SECONDS
    for name in names:
        console.print(
            f"{name}：任务服务没有排定下次运行，定时任务不会自动开始，请看 {county.prefect_home / 'server.log'} · "
            f"the server has planned no run of this schedule; read its log",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
    return math.inf


def _prepare() -> None:
    # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
    from flows.cli.deploying import import_flows

    import_flows()


def _start_again(process: ServerProcess, county: County, console: Console) -> None:
    """Start the server as often as it takes: its database may be away for longer than one attempt."""
    while True:
        time.sleep(_RESTART_SECONDS)
        try:
            process.start()
        except ServerUnavailable as error:
            console.print(error.message(county.language), highlight=False, markup=False, soft_wrap=True)
        else:
            return


def _start_worker(county: County, pool: str, root: Path, *, ours: bool) -> "subprocess.Popen[bytes]":
    """Start the worker beside the deployments: both take some seconds, and it waits for its pool.

    Its name says the machine as well where the server is not `ours`: workers of one name are one to Prefect.
    """
    environment = {
        **os.environ,
        **prefect_environment(county, os.environ["PREFECT_API_URL"]),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        PARENT: str(os.getpid()),
    }
    # A county whose server is another machine's has had no use for it yet.
    county.prefect_home.mkdir(parents=True, exist_ok=True)
    with (county.prefect_home / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli.serving", "--no-prompt", "worker", "start",
             "--pool", pool, "--type", "process", "--name",
             county.name if ours else f"{county.name}-{socket.gethostname()}"],
            env=environment, cwd=root, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


def _say_ready(console: Console, county: County, server: RunningServer, seconds: float) -> None:
    calendar = county.settings.calendar
    lines = [f"界面 UI: {server.ui_url}", f"定时 schedule: {calendar.schedule} ({calendar.timezone})"]
    login = county.prefect_home / "login"
    if server.started and login.exists():
        lines.append(f"登录用的用户名和密码 user and password: {login}")
    lines.append(f"{seconds:.1f} 秒就绪，按 Ctrl-C 结束 · ready in {seconds:.1f} s, Ctrl-C ends all")
    console.print("\n".join(lines), highlight=False, soft_wrap=True)
