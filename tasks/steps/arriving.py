"""Files arrive: sources listed, bytes stored, the run planned. A source that is away may heal by itself."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from expectations.catalogue import load_catalogue
from tasks import arrivals, extract, fetch, load, parse, plan
from tasks.domain.county import County, Source
from tasks.domain.errors import ConfigurationError, Place, Text, XianbaoError
from tasks.domain.submissions import SourceFile, StageVersions, StoredFile
from tasks.lexicon import load_lexicon
from tasks.parse.workers import shared_pool
from tasks.steps.naming import named

__all__ = ["chosen_sources", "list_source", "plan_run", "stage_versions", "store_file", "unavailable_message"]


def stage_versions(county: County) -> StageVersions:
    """Return the versions of every stage that results depend on."""
    return StageVersions(
        parser=parse.PARSER_VERSION,
        extractor=extract.EXTRACTOR_VERSION,
        catalogue=load_catalogue().version,
        lexicon=load_lexicon().version,
        identity=plan.identity_version(county),
    )


@task(task_run_name=named("列出 {source.name}", "list {source.name}"), retries=2, retry_delay_seconds=[2, 10],
      cache_policy=NO_CACHE)  # fmt: skip
def list_source(source: Source, county: County) -> tuple[SourceFile, ...]:
    """List the files of one source; a source that is away is tried three times."""
    return fetch.list_source(source, county)


@task(task_run_name=named("存档 {file.path}", "store {file.path}"), retries=1, retry_delay_seconds=2,
      cache_policy=NO_CACHE)  # fmt: skip
def store_file(file: SourceFile, source: Source, county: County) -> tuple[StoredFile, ...]:
    """Store the bytes of one file untouched, and of every file in it when it is a container; tried twice."""
    stored = fetch.store_file(file, source, county)
    return arrivals.expand(stored, county, shared_pool(county.limits), arrivals.file_passwords())


@task(task_run_name=named("排定本次任务", "plan this run"), cache_policy=NO_CACHE)
def plan_run(stored: Sequence[StoredFile], county: County) -> plan.RunPlan:
    """Work out what has to be read."""
    warehouse = load.Warehouse(county.warehouse)
    decided = warehouse.decisions().filter(pl.col("kind") == "assignment").unique("sha256", keep="last")
    assignments = [plan.Assignment(*row) for row in decided.select("sha256", "unit_code", "period").rows()]
    return plan.plan_reports(
        stored,
        warehouse.known_submissions(),
        assignments,
        stage_versions(county),
        with_passwords=bool(arrivals.file_passwords()),
    )


def chosen_sources(county: County, name: str | None) -> tuple[Source, ...]:
    """Return the sources of county.toml, or the one called `name`.

    Raises:
        ConfigurationError: no source has this name.
    """
    chosen = tuple(one for one in county.settings.sources if name is None or one.name == name)
    if chosen:
        return chosen
    names = "、".join(one.name for one in county.settings.sources)
    raise ConfigurationError(
        "source_unknown",
        Place("county.toml"),
        Text(f"没有名为 {name} 的来源（有：{names}）", f"no source is called {name!r} (there are: {names})"),
        Text("请核对 --source 或 county.toml 的 sources", "check --source, or sources in county.toml"),
    )


def unavailable_message(state: State[Any], county: County) -> str:
    """Return why a source or file could not be read, in the county's words."""
    error = state.result(raise_on_failure=False)
    return error.message(county.language) if isinstance(error, XianbaoError) else str(error)
