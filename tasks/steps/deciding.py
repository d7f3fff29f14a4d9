"""Decisions of people are recorded and shown."""

import datetime as dt
from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import decide, deciding
from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.steps.naming import named
from tasks.steps.showing import show_tables
from tasks.steps.timing import at_work

__all__ = ["publish_decisions", "record_requests"]


@task(task_run_name=named("记录决定 {county.name}", "record decisions {county.name}"), cache_policy=NO_CACHE)
@at_work
def record_requests(
    requests: Sequence[decide.DecisionRequest], county: County, now: dt.datetime, run_id: str
) -> deciding.Recorded:
    """Record what people decided; a refused one stops no other."""
    recorded = deciding.record_requests(county, (("", one) for one in requests), run_id=run_id, now=now)
    logger = get_run_logger()
    for warning in recorded.warnings:
        logger.warning(warning.within(county.language))
    return recorded


@task(task_run_name=named("公布 {county.name}", "report {county.name}"), cache_policy=NO_CACHE)
@at_work
def publish_decisions(recorded: deciding.Recorded, county: County) -> None:
    """Show roster and findings in the UI after decisions."""
    show_tables(county, Text(recorded.message("zh"), recorded.message("en")))
