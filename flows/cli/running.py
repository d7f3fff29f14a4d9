"""Running flows from the command line: once with a bar, or for good with server, worker and schedule."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from flows.cli.server import prefect_environment, prefect_server
from tasks.domain.county import County
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.outcomes import RunSummary

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

__all__ = ["collect_once", "stay_up"]

WORK_POOL = "county"
DEPLOYMENTS = Path(__file__).resolve().parents[2] / "deploy" / "prefect.yaml"


def collect_once(
    county: County, period: str | None, source: str | None, console: Console
) -> tuple[str, RunSummary | None, str]:
    """Run `collect_reports` here and now; return its closing message, its summary (None when the run failed), the UI.

    Progress is a bar on `console` and an artifact in the UI.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[what]}"))
    with prefect_server(county) as server:
        # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
        from prefect.logging.handlers import APILogHandler

        from flows.collect_reports import collect_reports
        from flows.progress import listener

        with Progress(*columns, console=console, transient=True) as bar:
            reading = bar.add_task("读入 reading", total=None, what="")
            token = listener.set(
                lambda done, total, what: bar.update(reading, completed=done, total=total, what=what[:60])
            )
            try:
                state = cast(
                    "State[RunSummary]",
                    collect_reports(str(county.folder), period, source, return_state=True),
                )
            finally:
                listener.reset(token)
                # The server is stopped next; what is still in the queue belongs to this run.
                APILogHandler().flush()
        if not state.is_completed():
            error = state.result(raise_on_failure=False)
            return str(error or state.message), None, server.ui_url
        return state.message or "", state.result(), server.ui_url if not server.started else ""


def stay_up(county: County, port: int, console: Console) -> None:
    """Run server, deployments and worker until Ctrl-C or SIGTERM; everything started here ends here.

    Raises:
        ConfigurationError: the deployments file is not there (the project runs from a checkout).
        ServerUnavailable: the server does not come up.
    """
    if not DEPLOYMENTS.exists():
        raise ConfigurationError(
            "deployments",
            Place(str(DEPLOYMENTS)),
            Text("找不到部署文件", "the deployments file is missing"),
            Text("请在项目目录中运行 make up", "run `make up` in the project's folder"),
        )
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with prefect_server(county, port) as server:
        environment = {
            **os.environ,
            **prefect_environment(county, server.api_url),
            "XIANBAO_COUNTY": str(county.folder),
            "XIANBAO_COUNTY_NAME": county.name,
            "XIANBAO_SCHEDULE": county.settings.calendar.schedule,
            "XIANBAO_TIMEZONE": county.settings.calendar.timezone,
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        prefect = [sys.executable, "-m", "prefect", "--no-prompt"]
        root = DEPLOYMENTS.parents[1]
        for words in (
            ["work-pool", "create", WORK_POOL, "--type", "process", "--overwrite"],
            ["deploy", "--all", "--prefect-file", str(DEPLOYMENTS)],
        ):
            subprocess.run([*prefect, *words], env=environment, cwd=root, stdout=subprocess.DEVNULL, check=True)
        worker = subprocess.Popen(
            [*prefect, "worker", "start", "--pool", WORK_POOL, "--name", county.name],
            env=environment, cwd=root,
            stdout=(county.prefect_home / "worker.log").open("ab"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        console.print(
            f"界面 UI: {server.ui_url}\n定时 schedule: {county.settings.calendar.schedule} "
            f"({county.settings.calendar.timezone})\n按 Ctrl-C 结束 · Ctrl-C ends all",
            highlight=False,
        )
        try:
            worker.wait()
        except KeyboardInterrupt:
            console.print("正在结束 stopping …")
        finally:
            worker.terminate()
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
