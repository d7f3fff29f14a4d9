"""What a county owns is kept healthy: disk space, raw files. Nothing here is retried, nothing changes a figure."""

import shutil
from dataclasses import dataclass

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import fetch
from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.steps.announcing import announce_low_disk
from tasks.steps.naming import named
from tasks.steps.timing import at_work

__all__ = ["check_raw_files", "look_at_disk", "publish_upkeep"]


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes free and in all on the disk that holds the county's folder."""

    free: int
    total: int


def look_at_disk(county: County) -> Disk:
    """Return how full the disk is; an event tells where less is free than [policy] of county.toml wants."""
    usage = shutil.disk_usage(county.folder)
    disk = Disk(usage.free, usage.total)
    if disk.free < county.settings.alerts.free_disk_mib * 2**20:
        announce_low_disk(county, disk.free)
        said = (
            "磁盘剩余 %d MiB，少于 %d MiB" if county.language == "zh" else "%d MiB free on the disk, less than %d MiB"
        )
        get_run_logger().warning(said, disk.free // 2**20, county.settings.alerts.free_disk_mib)
    return disk


@task(task_run_name=named("核对原件 {county.name}", "check raw files {county.name}"), cache_policy=NO_CACHE)
@at_work
def check_raw_files(county: County, count: int, seed: str) -> fetch.RawCheck:
    """Hold a sample of the raw files against their names."""
    checked = fetch.check_raw_sample(county.raw, count, seed)
    for fault in checked.faults:
        get_run_logger().error("%s", fault.within(county.language))
    return checked


@task(task_run_name=named("公布维护结果 {county.name}", "show upkeep {county.name}"), cache_policy=NO_CACHE)
@at_work
def publish_upkeep(county: County, disk: Disk, checked: fetch.RawCheck) -> Text:
    """Show what was looked at and found; returned in one sentence."""
    gib = 2**30
    said = Text(
        f"原件{checked.files}件，抽查{checked.checked}件，损坏{len(checked.faults)}件；"
        f"磁盘剩余{disk.free / gib:.1f} GiB（共{disk.total / gib:.1f} GiB）",
        f"{checked.files} raw files, {checked.checked} checked, {len(checked.faults)} damaged; "
        f"{disk.free / gib:.1f} of {disk.total / gib:.1f} GiB free",
    )
    faults = "".join(f"\n- {fault.within(county.language)}" for fault in checked.faults)
    create_markdown_artifact(
        f"{said.within(county.language)}\n{faults}",
        key=f"upkeep-{county.settings.county.code}",
        description=f"{county.name} {'维护' if county.language == 'zh' else 'upkeep'}",
    )
    return said
