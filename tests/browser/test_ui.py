"""What a person sees in the Prefect UI after a run, in a real headless Chromium."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium here (apt could not install it)", allow_module_level=True)

from playwright.sync_api import Page, sync_playwright  # noqa: E402


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Iterator[str]:
    """The address of the UI of a county that has just collected, served by `county up`."""
    folder = tmp_path_factory.mktemp("ui") / "county"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    county = [sys.executable, "-m", "flows.cli.main"]
    subprocess.run([*county, "init", str(folder), "--from", str(sample_county_source)], check=True, env=environment)
    up = subprocess.Popen([*county, "up", "-c", str(folder), "--port", "4317"], env=environment)
    try:
        note, deadline = folder / ".prefect" / "server.json", time.monotonic() + 120
        while not note.exists() and time.monotonic() < deadline:
            time.sleep(0.5)
        collect = subprocess.run([*county, "collect", "-c", str(folder)], env=environment, check=False, timeout=240)
        assert collect.returncode == 1
        yield json.loads(note.read_text(encoding="utf-8"))["api_url"].removesuffix("/api")
    finally:
        up.terminate()
        up.wait(60)


def ask(ui: str, what: str) -> list[dict[str, Any]]:
    """Everything of one kind that the server knows."""
    request = urllib.request.Request(
        f"{ui}/api/{what}/filter", data=b'{"limit": 200}', headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


@pytest.fixture
def page(ui: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        tab = browser.new_page(viewport={"width": 1440, "height": 1000})
        yield tab
        browser.close()


def shoot(page: Page, name: str, repository: Path) -> None:
    """Keep the picture under build/; XIANBAO_SCREENSHOTS=docs writes it where the README shows it."""
    folder = repository / os.environ.get("XIANBAO_SCREENSHOTS", "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))


def test_the_run_is_named_for_what_it_did(ui: str, page: Page, repository: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{ui}/runs", wait_until="networkidle")
    page.get_by_text("岚川县").first.wait_for(timeout=30_000)
    shoot(page, "runs", repository)
    run = ask(ui, "flow_runs")[0]
    assert "入库24件，隔离5件" in run["name"]
    tasks = {one["name"] for one in ask(ui, "task_runs")}
    assert {"提取 云岫镇 2023", "审核 岚川县", "入库 岚川县"} <= tasks
    # Parsed before anybody knows for sure whose it is: the file says which one.
    assert any(one.startswith("解析 ") and one.endswith("云岫2023总结（终稿）.pdf") for one in tasks)
    page.goto(f"{ui}/runs/flow-run/{run['id']}", wait_until="networkidle")
    page.get_by_text("岚川县").first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    shoot(page, "run", repository)
    assert [url for url in asked if not url.startswith((ui, "data:", "blob:"))] == []


@pytest.mark.parametrize(("key", "word"), [("roster", "按时"), ("findings", "数字被隐去")])
def test_roster_and_findings_are_tables(ui: str, page: Page, repository: Path, key: str, word: str) -> None:
    (artifact,) = [one for one in ask(ui, "artifacts") if one["key"] == f"{key}-539901000000"]
    page.goto(f"{ui}/artifacts/artifact/{artifact['id']}", wait_until="networkidle")
    page.get_by_text(word).first.wait_for(timeout=30_000)
    shoot(page, key, repository)


def test_the_deployment_has_a_schedule(ui: str) -> None:
    deployments = {one["name"]: one for one in ask(ui, "deployments")}
    assert {"collect", "decide", "backfill"} <= set(deployments)
    assert not deployments["decide"]["schedules"]
    deployment = deployments["collect"]
    assert deployment["schedules"][0]["schedule"]["cron"] == "30 6 * * 1-5"
    assert deployment["schedules"][0]["schedule"]["timezone"] == "Asia/Shanghai"
