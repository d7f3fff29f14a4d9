"""The county book is published and shown in the UI. Nothing is retried: a disk that is full stays full."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.domain.county import County
from tasks.domain.errors import Language
from tasks.steps.naming import named

if TYPE_CHECKING:
    from tasks.book import BookOutcome

__all__ = ["publish_pages", "show_book"]


@task(task_run_name=named("发布县情册 {county.name}", "publish the book {county.name}"), cache_policy=NO_CACHE)
def publish_pages(county: County, folder: str, language: str, now: dt.datetime) -> "BookOutcome":
    """Bring the book to what the warehouse says."""
    from tasks.book import publish_book  # its charts take most of a second to import, and most runs draw none

    chosen: Language = "en" if (language or county.language) == "en" else "zh"
    outcome = publish_book(county, Path(folder) if folder else county.book, language=chosen, now=now)
    for notice in outcome.notices:
        get_run_logger().warning(notice.within(county.language))
    for one in outcome.undrawn:
        get_run_logger().warning(one.error.message(county.language))
    return outcome


@task(task_run_name=named("公布 {county.name}", "report {county.name}"), cache_policy=NO_CACHE)
def show_book(outcome: "BookOutcome", county: County) -> None:
    """Show in the UI where the book is and what changed.

    A browser opens no file from a page of a server: without `[book] url` the place is said, to be opened by hand.
    """
    slug, url = county.settings.county.code, county.settings.book.url
    if url:
        create_link_artifact(link=f"{url.rstrip('/')}/index.html", key=f"book-{slug}", description=county.name)
    words = "县情册" if county.language == "zh" else "County book"
    said = f"# {words} {county.name}\n\n{outcome.message(county.language)}\n\n- `{outcome.first_page}`"
    create_markdown_artifact(said, key=f"book-pages-{slug}", description=county.name)
