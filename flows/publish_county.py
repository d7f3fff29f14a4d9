"""Publish the county book: bring its pages to what the warehouse says now, and say in the UI where it is.

read → build what changed → report
"""

import datetime as dt
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks import steps
from tasks.domain.county import read_county

__all__ = ["publish_county"]

_LONGEST_SECONDS = 6 * 3600


def _name() -> str:
    return f"县情册 book {Path(flow_run.parameters['county_folder']).name}"


@flow(name="publish-county", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def publish_county(county_folder: str, folder: str = "", language: str = "") -> Any:
    """Publish the county book; only pages whose contents changed are written.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        folder: 县情册放在哪里；不填为本县的 book 文件夹 · Where the book goes; empty for `book` of the county.
        language: 不选为本县的语言 · zh or en; empty for the county's language.
    """
    county = read_county(Path(county_folder))
    outcome = steps.publish_pages(county, folder, language, dt.datetime.now(dt.UTC))
    steps.trace_book(outcome.built, county, str(flow_run.id))
    steps.show_book(outcome, county)
    return Completed(message=outcome.message(county.language), data=outcome.message(county.language))
