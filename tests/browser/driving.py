"""Driving the Prefect UI as a person does: signing in, filling in a form, submitting it."""

import contextlib
import json
import os
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NoAnswer

__all__ = ["Server", "field", "fill", "pick", "shoot", "submit"]

LOAD_MS = 120_000
_ANSWER_MS = 15_000
_PRESSES = 3
# The others show the folder of the test's county.
_IN_README = {"run", "runs", "findings", "roster"}


class Server:
    """A county's Prefect server: what its API says, beside what the pages show."""

    def __init__(self, url: str, login: str) -> None:
        self.url, self.login = url, login

    def ask(self, what: str, **words: Any) -> list[dict[str, Any]]:
        """Everything of one kind that the server knows."""
        found: list[dict[str, Any]] = self._post(f"{what}/filter", {"limit": 200, **words})
        return found

    def one(self, what: str, identifier: str) -> dict[str, Any]:
        """One thing by its id."""
        found: dict[str, Any] = self._open(urllib.request.Request(f"{self.url}/api/{what}/{identifier}"))
        return found

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment by its name."""
        (found,) = [one for one in self.ask("deployments") if one["name"] == name]
        return found

    def events(self, prefix: str) -> list[dict[str, Any]]:
        """Events whose name begins so."""
        found: list[dict[str, Any]] = self._post("events/filter", {"filter": {"event": {"prefix": [prefix]}}})["events"]
        return found

    def runs_of(self, deployment: str) -> list[dict[str, Any]]:
        """The runs of a deployment that are under way or over, the newest first."""
        known = self.deployment(deployment)["id"]
        # Asked for by state: hundreds of runs are scheduled ahead and would fill the answer.
        begun = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
        runs = self.ask("flow_runs", sort="EXPECTED_START_TIME_DESC", flow_runs={"state": {"type": {"any_": begun}}})
        return [one for one in runs if one["deployment_id"] == known]

    def ended(self, deployment: str, count: int = 1, seconds: float = 420) -> list[dict[str, Any]]:
        """The runs of a deployment once `count` of them are over, the newest first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.runs_of(deployment)
            over = [one for one in runs if one["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}]
            if len(over) >= count:
                return over
            time.sleep(1)
        raise AssertionError(f"{deployment}: {[(one['name'], one['state']['name']) for one in runs]}")

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        data = json.dumps(body).encode()
        return self._open(urllib.request.Request(f"{self.url}/api/{path}", data=data))

    def _open(self, request: urllib.request.Request) -> Any:
        import base64

        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Basic {base64.b64encode(self.login.encode()).decode()}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def field(page: Page, label: str) -> Locator:
    """The innermost labelled box with this title."""
    return page.locator(".p-label").filter(has_text=label).last


def fill(page: Page, label: str, words: str) -> None:
    """Type into a field."""
    field(page, label).locator("textarea, input").first.fill(words)


def pick(page: Page, label: str, option: str) -> None:
    """Choose from a list."""
    # By the keyboard: a click on a list that is not focused yet only focuses it.
    field(page, label).locator("button.p-select-button__control").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".p-select-option", has_text=option).first.click()
    page.keyboard.press("Escape")


def submit(page: Page, *, refused: bool = False) -> None:
    """Press the button under the form; unless it is refused, the page then shows that a run is on its way."""
    button = page.get_by_role("button", name="Submit")
    button.click()
    if refused:
        return
    for _ in range(_PRESSES):
        with contextlib.suppress(NoAnswer):
            page.wait_for_url(lambda url: not url.endswith("/run"), timeout=_ANSWER_MS)
            return
        # A busy SQLite server says 503 now and then; the page shows an error and stays, and a person presses again.
        button.click()
    page.wait_for_url(lambda url: not url.endswith("/run"))


def shoot(page: Page, name: str, repository: Path) -> None:
    """Keep the picture under build/; XIANBAO_SCREENSHOTS=docs writes those that the README shows into docs/."""
    shown = os.environ.get("XIANBAO_SCREENSHOTS") if name in _IN_README else None
    folder = repository / (shown or "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))
