"""What a Prefect server must know of a county or province: work pool, deployments with forms, schedules, automations.

Applied through Prefect's client in one process: its command line would cost two seconds a call.
"""

import asyncio
import datetime as dt
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import yaml  # type: ignore[import-untyped]
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyOptions, StateType
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.server.schemas.schedules import CronSchedule as ServerCron
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from flows.cli.automating import apply_automations
from flows.cli.choices import choices_of, with_choices
from flows.cli.namespaces import Namespace
from flows.cli.server import RUN_SETTINGS
from tasks.domain.county import County
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.province import Province
from tasks.domain.seasons import Season, reporting_seasons

__all__ = ["DEPLOYMENTS", "Applied", "county_values", "deploy_county", "deploy_province", "import_flows", "unplanned"]

DEPLOYMENTS = Path(__file__).resolve().parents[2] / "deploy" / "prefect.yaml"
AUTOMATIONS = DEPLOYMENTS.with_name("automations.yaml")
_PLACEHOLDER = re.compile(r"\{\{ *\$(?P<name>\w+) *\}\}")
_SEASON = "season-"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment as the server has it now; `entry` is what the file calls it, `name` what the server does."""

    entry: str
    name: str
    id: UUID
    flow_name: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What was applied to a server: deployments, names of automations, and of those that wait for an address."""

    deployments: tuple[Deployed, ...]
    automations: tuple[str, ...]
    without_address: tuple[str, ...]


def import_flows() -> None:
    """Import every flow that may be deployed: two seconds, which pass while a server starts."""
    for one in _read(DEPLOYMENTS, "deployments"):
        importlib.import_module(one["entrypoint"].rpartition(".")[0])


def deploy_county(county: County, space: Namespace) -> Applied:
    """Create or update everything in the server of the settings; a schedule that an operator has paused stays paused.

    Raises:
        ConfigurationError: the deployments file is not there (the project runs from a checkout) or names no flow.
    """
    deployments = _entries(DEPLOYMENTS, "deployments", county_values(county, space.pool))
    automations = _entries(AUTOMATIONS, "automations", county_values(county, space.pool))
    now, choices = dt.datetime.now(county.timezone), choices_of(county)
    with get_client(sync_client=True) as client:
        _make_pool(client, space, county.name)
        deployed = tuple(_deploy(client, one, county.name, space, choices, _seasons(one, county, now))
                         for one in deployments)  # fmt: skip
        applied, left_out = apply_automations(
            client, automations, county.name, county.settings.county.code, {one.entry: one.id for one in deployed}
        )
    return Applied(deployed, tuple(applied), tuple(left_out))


def deploy_province(province: Province, file: Path, space: Namespace) -> Applied:
    """Create or update what a province has in the server of the settings; `file` is its province.toml.

    In the work pool of a county (that of its `county up`, or one that was named) the county is told when its workers
    are gone, and the province not once more.

    Raises:
        ConfigurationError: the deployments file is not there (the project runs from a checkout) or names no flow.
    """
    values = {
        "XIANBAO_PROVINCE": str(file),
        "XIANBAO_PROVINCE_SCHEDULE": province.schedule,
        "XIANBAO_TIMEZONE": province.timezone,
        "XIANBAO_NAME": province.name,
        "XIANBAO_POOL": space.pool,
    }
    deployments, automations = (
        _entries(path, kind, values) for path, kind in ((DEPLOYMENTS, "deployments"), (AUTOMATIONS, "automations"))
    )
    if space.of_a_county:
        automations = [one for one in automations if not _is_about_workers(one)]
    with get_client(sync_client=True) as client:
        _make_pool(client, space, province.name)
        choices = {"province_file": [str(file)]}
        deployed = tuple(_deploy(client, one, province.name, space, choices) for one in deployments)
        applied, left_out = apply_automations(
            client, automations, province.name, province.code, {one.entry: one.id for one in deployed}
        )
    return Applied(deployed, tuple(applied), tuple(left_out))


def unplanned() -> list[str]:
    """Return the deployments whose schedule is active and of which the server has planned no run."""
    with get_client(sync_client=True) as client:
        active = [
            one for one in client.read_deployments()
            if not one.paused and any(schedule.active for schedule in one.schedules)
        ]  # fmt: skip
        ahead = FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        )
        return [
            one.name for one in active
            if not client.read_flow_runs(
                flow_run_filter=ahead, deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[one.id])), limit=1
            )
        ]  # fmt: skip


def _make_pool(client: SyncPrefectClient, space: Namespace, name: str) -> None:
    """Make the pool where there is none; of one that is there only the description is written, and only of an own one.

    Not by Prefect's `overwrite`: it would start a paused pool and take away its limit of runs.
    """
    description = f"{name} · its runs are started on the machines whose workers poll here"
    template = ProcessWorker.get_default_base_job_template()
    try:
        client.create_work_pool(
            WorkPoolCreate(name=space.pool, type="process", description=description, base_job_template=template)
        )
    except ObjectAlreadyExists:
        if space.own:
            client.update_work_pool(space.pool, WorkPoolUpdate(description=description))


def _is_about_workers(automation: Mapping[str, Any]) -> bool:
    return any(one.startswith("prefect.work-pool.") for one in automation["trigger"]["expect"])


def county_values(county: County, pool: str) -> dict[str, str]:
    """Return what stands for the placeholders in a county's entries of the deployment files."""
    return {
        "XIANBAO_COUNTY": str(county.folder),
        "XIANBAO_COUNTY_CODE": county.settings.county.code,
        "XIANBAO_COUNTY_SCHEDULE": county.settings.calendar.schedule,
        "XIANBAO_TIMEZONE": county.settings.calendar.timezone,
        "XIANBAO_NAME": county.name,
        "XIANBAO_POOL": pool,
    }


def _entries(path: Path, kind: str, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the entries of a deployment file, placeholders filled in: a county's with its `values`, or a province's.

    Whose an entry is, its placeholders say; one that names neither is for both.
    """
    others = "XIANBAO_COUNTY" if "XIANBAO_PROVINCE" in values else "XIANBAO_PROVINCE"
    return [_filled(one, values) for one in _read(path, kind) if f"${others}" not in yaml.safe_dump(one)]


def _read(path: Path, kind: str) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(
            "deployments", Place(str(path)),
            Text("找不到部署文件", "the deployments file is missing"),
            Text("请在项目目录中运行 make up", "run `make up` in the project's folder"),
        ) from error  # fmt: skip
    entries: list[dict[str, Any]] = yaml.safe_load(text)[kind]
    return entries


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    """Return `node` with `{{ $NAME }}` replaced in every string."""
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    return _PLACEHOLDER.sub(lambda match: values[match["name"]], node) if isinstance(node, str) else node


def _deploy(
    client: SyncPrefectClient,
    entry: Mapping[str, Any],
    owner: str,
    space: Namespace,
    choices: Mapping[str, Sequence[str]],
    seasons: Mapping[str, RRuleSchedule] = MappingProxyType({}),
) -> Deployed:
    """Create or update a deployment of the county or province `owner`; `seasons` are schedules that it has as well."""
    name = space.name(entry["name"])
    module, _, function = entry["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), function)
    schema = parameter_schema(flow.fn).model_dump_for_openapi()
    limit = entry.get("concurrency_limit")
    identifier = client.create_deployment(
        flow_id=client.create_flow_from_name(flow.name),
        name=name,
        description=entry["description"],
        entrypoint=entry["entrypoint"],
        # Where the code lies is the worker's affair: every machine has its own checkout.
        path=None,
        parameters=entry["parameters"],
        parameter_openapi_schema=with_choices(schema, choices),
        enforce_parameter_schema=True,
        tags=[*entry["tags"], owner],
        work_pool_name=entry["work_pool"]["name"],
        job_variables={"env": RUN_SETTINGS},
        schedules=list(_schedules(client, f"{flow.name}/{name}", entry, seasons)),
        concurrency_limit=limit and limit["limit"],
        concurrency_options=limit and ConcurrencyOptions(collision_strategy=limit["collision_strategy"]),
    )
    return Deployed(entry["name"], name, identifier, flow.name)


def _schedules(
    client: SyncPrefectClient, full_name: str, entry: Mapping[str, Any], seasons: Mapping[str, RRuleSchedule]
) -> Iterable[DeploymentScheduleCreate]:
    """Return the schedules of a deployment, each as active as it was."""
    try:
        before = {one.slug: one.active for one in client.read_deployment_by_name(full_name).schedules}
    except ObjectNotFound:
        before = {}
    for one in entry.get("schedules", ()):
        schedule = CronSchedule(cron=one["cron"], timezone=one["timezone"])
        active = before.get(one["slug"], one["active"])
        yield DeploymentScheduleCreate(schedule=schedule, active=active, slug=one["slug"])
    for slug, season in seasons.items():
        yield DeploymentScheduleCreate(schedule=season, active=before.get(slug, True), slug=slug)


def _seasons(entry: Mapping[str, Any], county: County, now: dt.datetime) -> dict[str, RRuleSchedule]:
    """Return the schedules of the reporting seasons, by name, for the deployment that collects."""
    if entry["name"] != "collect":
        return {}
    idle = _idle_days(entry["schedules"][0]["cron"], county, now)
    return {
        f"{_SEASON}{season.start:%Y-%m-%d}": _daily(season, idle, county)
        for season in (reporting_seasons(county) if idle else ())
        if season.end >= now.astimezone(county.timezone).date()
    }


def _idle_days(cron: str, county: County, now: dt.datetime) -> dict[str, dt.time]:
    """Return the weekdays (in RRULE's words) on which `cron` does nothing, with the time of its earliest run."""
    runs = asyncio.run(
        ServerCron(cron=cron, timezone=county.settings.calendar.timezone).get_dates(
            n=50, start=now, end=now + dt.timedelta(days=8)
        )
    )
    words = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    busy = {words[run.weekday()] for run in runs}
    first = min((run.time() for run in runs), default=dt.time(6, 30))
    return {word: first for word in words if word not in busy}


def _daily(season: Season, idle: Mapping[str, dt.time], county: County) -> RRuleSchedule:
    """Return a schedule for the `idle` days of a season: together with the ordinary one it is daily."""
    at = next(iter(idle.values()))
    start = dt.datetime.combine(season.start, at)
    end = dt.datetime.combine(season.end, dt.time(23, 59, 59))
    rule = f"DTSTART:{start:%Y%m%dT%H%M%S}\nRRULE:FREQ=WEEKLY;BYDAY={','.join(idle)};UNTIL={end:%Y%m%dT%H%M%S}"
    return RRuleSchedule(rrule=rule, timezone=county.settings.calendar.timezone)
