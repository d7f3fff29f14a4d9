"""Driving the Prefect UI as a person does: signing in, filling in a form, submitting it."""

import contextlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NoAnswer

__all__ = ["field", "fill", "pick", "shoot", "submit"]

LOAD_MS = 120_000
_ANSWER_MS = 15_000
_PRESSES = 3
# The others show the folder of the test's county.
_IN_README = {"run", "findings"}


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
            page.wait_for_url(_has_left, timeout=_ANSWER_MS)
            return
        # A busy SQLite server says 503 now and then; the page shows an error and stays, and a person presses again.
        button.click()
    page.wait_for_url(_has_left)


def _has_left(url: str) -> bool:
    """Whether the page is no form any more; a form filled in by a link has its values behind the path."""
    return not urlsplit(url).path.endswith("/run")


def shoot(page: Page, name: str, repository: Path) -> None:
    """Keep the picture under build/; XIANBAO_SCREENSHOTS=docs writes those that the README shows into docs/."""
    shown = os.environ.get("XIANBAO_SCREENSHOTS") if name in _IN_README else None
    folder = repository / (shown or "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))
