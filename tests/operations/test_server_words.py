"""What is wrong with a server is said in plain words, before anything is started."""

import contextlib
import io
import json
import logging
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import yaml
from rich.console import Console

from flows.cli import deploying, running
from flows.cli.running import stay_up
from flows.cli.server import ServerUnavailable, apply_environment, prefect_environment, prefect_server
from tasks.domain.errors import WarehouseError
from tasks.load import one_writer
from tasks.steps import judging

FOUND, REFUSED, ELSEWHERE = 200, 401, 404


@pytest.fixture
def answering() -> Iterator[list[int]]:
    """A server that answers with the status in the list; its address is the second entry."""
    answers: list = [FOUND]

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    answers.append(f"http://127.0.0.1:{server.server_port}/api")
    yield answers
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(county, **more) -> ServerUnavailable:
    with pytest.raises(ServerUnavailable) as refused, prefect_server(county, **more):
        pass
    return refused.value


def test_a_taken_port_is_named_before_a_server_is_started(county, monkeypatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = refusal(county, port=port)
    assert (error.code, str(port) in error.message("zh"), "--port" in error.message("en")) == ("port_taken", True, True)
    assert not county.prefect_home.exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_no_taken_port(county, monkeypatch, host: str) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    error = refusal(county, port=4200, host=host)
    assert error.code == "host_unknown"
    assert host in error.message("zh")
    assert "--host" in error.message("zh")


def test_where_prefect_may_not_write_the_pages_are_kept_by_the_county(county, monkeypatch) -> None:
    """A server without a place for its pages runs, answers and has no UI."""
    assert "PREFECT_UI_STATIC_DIRECTORY" not in prefect_environment(county, "http://x")
    monkeypatch.setattr(os, "access", lambda path, mode: "site-packages" not in str(path))
    kept = prefect_environment(county, "http://x")["PREFECT_UI_STATIC_DIRECTORY"]
    assert kept == str(county.prefect_home / "ui")


def test_the_services_keep_the_pages_where_they_may_write(repository) -> None:
    """Their checkout is read-only to them."""
    unit = (repository / "deploy/systemd/xianbao-server.service").read_text(encoding="utf-8")
    assert {"ProtectSystem=strict", "StateDirectory=xianbao"} <= set(unit.splitlines())
    assert "Environment=PREFECT_UI_STATIC_DIRECTORY=/var/lib/xianbao/ui" in unit
    server = yaml.safe_load((repository / "deploy/compose/compose.yaml").read_text(encoding="utf-8"))["services"][
        "server"
    ]
    image = (repository / "deploy/compose/Dockerfile").read_text(encoding="utf-8")
    assert "useradd --create-home --uid 10001 xianbao" in image
    assert server["environment"]["PREFECT_UI_STATIC_DIRECTORY"].startswith("/home/xianbao/")


@pytest.mark.parametrize(
    ("status", "code"), [(REFUSED, "wrong_password"), (ELSEWHERE, "no_prefect_server"), (None, "server_unreachable")]
)
def test_a_named_server_is_asked_first(county, monkeypatch, answering, status, code) -> None:
    answering[0] = status
    monkeypatch.setenv("PREFECT_API_URL", answering[1] if status else "http://127.0.0.1:9/api")
    error = refusal(county)
    assert error.code == code
    assert error.next_step.zh
    assert "Traceback" not in error.message("en")
    with pytest.raises(ServerUnavailable, match=code):
        apply_environment(county)


def test_a_named_server_that_takes_us_is_used_and_not_stopped(county, monkeypatch, answering) -> None:
    monkeypatch.setenv("PREFECT_API_URL", answering[1])
    with prefect_server(county) as server:
        assert (server.api_url, server.started) == (answering[1], False)


def test_a_server_that_is_away_is_asked_for_its_plans_later_and_ends_nothing(county, monkeypatch) -> None:
    def away() -> list[str]:
        raise httpx.ConnectError("away")

    monkeypatch.setattr(deploying, "unplanned", away)
    said = io.StringIO()
    assert time.monotonic() < running._say_unplanned(Console(file=said), county) < math.inf
    monkeypatch.setattr(deploying, "unplanned", lambda: ["collect"])
    assert running._say_unplanned(Console(file=said), county) == math.inf
    assert said.getvalue().startswith("collect：任务服务没有排定下次运行")


def test_without_a_server_deploying_says_what_to_do(county, monkeypatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(ServerUnavailable, match="county up"):
        apply_environment(county)


def test_nothing_is_sent_to_anybody(county) -> None:
    environment = prefect_environment(county, "http://127.0.0.1:4200/api")
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT"] == "false"


def test_a_second_county_up_says_where_the_first_one_is(county, monkeypatch, answering) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    county.prefect_home.mkdir()
    note = {"api_url": answering[1], "pid": 1}
    (county.prefect_home / "server.json").write_text(json.dumps(note), encoding="utf-8")
    with pytest.raises(ServerUnavailable, match="already_up") as refused:
        stay_up(county, 4200, Console(file=io.StringIO()))
    assert answering[1].removesuffix("/api") in refused.value.message("zh")


def test_a_run_that_meets_another_one_writing_says_so_once_and_goes_on_when_that_ends(county, monkeypatch) -> None:
    """A schedule while a backfill loads: the lock is the backfill's."""
    said: list[str] = []
    logger = logging.getLogger("run")
    monkeypatch.setattr(logger, "info", said.append)
    monkeypatch.setattr(judging, "_log", lambda: logger)
    with contextlib.ExitStack() as backfill:
        backfill.enter_context(one_writer(county.folder))
        timer = threading.Timer(1.2, backfill.pop_all().close)
        timer.start()
        with judging.one_writer_only(county):
            timer.join()
    assert said == ["另一次运行正在入库，等它结束"]


def test_a_run_that_waits_too_long_says_what_it_waited_for(county) -> None:
    with (
        one_writer(county.folder),
        pytest.raises(WarehouseError, match="other_run"),
        one_writer(county.folder, patience=0.1),
    ):
        pass
