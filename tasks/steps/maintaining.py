"""What a county owns is kept healthy: disk, raw files, tables. Nothing here is retried, nothing changes a figure."""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks import auditing, fetch
from tasks.domain.county import County
from tasks.domain.errors import Language, Text
from tasks.load import Warehouse
from tasks.load.upkeep import Maintained, maintain
from tasks.steps.announcing import announce_low_disk
from tasks.steps.naming import named
from tasks.steps.timing import at_work

__all__ = ["Upkeep", "check_raw_files", "check_tables", "keep_up_tables", "look_at_disk", "publish_upkeep"]

# A run's message names this many faults, its artifact that many; `county warehouse check --csv` lists all.
_IN_MESSAGE = 3
_IN_ARTIFACT = 200


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes free and in all on the disk that holds the county's folder."""

    free: int
    total: int


def look_at_disk(county: County) -> Disk:
    """Return how full the disk is; an event tells where less is free than [alerts] of county.toml wants."""
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


@task(task_run_name=named("核对仓库 {county.name}", "check the warehouse {county.name}"), cache_policy=NO_CACHE)
@at_work
def check_tables(county: County, raw_sample: int) -> pl.DataFrame:
    """Return what is wrong in the tables, and which of some raw files that they refer to are not there or changed.

    Shape: `tasks.load.checking.FAULTS`.
    """
    log = get_run_logger()
    faults = auditing.audit(county, raw_sample, lambda what: log.debug("%s", what))
    for row in faults.head(_IN_ARTIFACT).iter_rows(named=True):
        log.error("%s", _words(row, county.language))
    return faults


@task(task_run_name=named("整理仓库 {county.name}", "compact the warehouse {county.name}"), cache_policy=NO_CACHE)
@at_work
def keep_up_tables(county: County, now: dt.datetime) -> list[Maintained]:
    """Join small files and remove those that no version within the window, and none published, needs ([upkeep])."""
    warehouse, rules = Warehouse(county.warehouse), county.settings.upkeep
    return maintain(
        warehouse.store, now, small_files=rules.small_files, published=warehouse.published(),
        small_file_mib=rules.small_file_mib, target_file_mib=rules.target_file_mib, keep_days=rules.keep_days,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What a run of upkeep looked at, found and did; `kept_up` is None where faults kept it from touching the tables.

    `faults` has the shape of `tasks.load.checking.FAULTS`.
    """

    disk: Disk
    raw: fetch.RawCheck
    faults: pl.DataFrame
    kept_up: Sequence[Maintained] | None

    def named(self, language: Language) -> list[str]:
        """Return every fault in words, those of raw files once though both checks met them."""
        damaged = [fault.within(language) for fault in self.raw.faults]
        told = "".join(fault.en for fault in self.raw.faults)
        found = [
            row for row in self.faults.iter_rows(named=True)
            if row["table"] != "raw" or row["key"].split("/")[0] not in told
        ]  # fmt: skip
        return [_words(row, language) for row in found] + damaged

    @property
    def sentence(self) -> Text:
        """The whole in one sentence."""
        gib, count = 2**30, len(self.named("en"))
        if self.kept_up is None:
            did = Text("仓库有误，未整理", "warehouse at fault, left as it is")
        else:
            before = sum(one.files_before for one in self.kept_up)
            after = sum(one.files_after for one in self.kept_up)
            removed = sum(one.removed for one in self.kept_up)
            did = Text(f"数据文件 {before} → {after}，清理{removed}个",
                       f"data files {before} → {after}, {removed} old ones removed")  # fmt: skip
        return Text(
            f"{f'{count}处有误' if count else '核对无误'}；{did.zh}；原件{self.raw.files}件，抽查{self.raw.checked}件；"
            f"磁盘剩余{self.disk.free / gib:.1f} GiB（共{self.disk.total / gib:.1f} GiB）",
            f"{f'{count} faults' if count else 'no fault'}; {did.en}; {self.raw.files} raw files, "
            f"{self.raw.checked} checked; {self.disk.free / gib:.1f} of {self.disk.total / gib:.1f} GiB free",
        )  # fmt: skip

    def message(self, language: Language) -> str:
        """Return the sentence, and the first faults where there are any."""
        faults = self.named(language)
        more = ["……" if language == "zh" else "…"] if len(faults) > _IN_MESSAGE else []
        return "\n".join([self.sentence.within(language), *faults[:_IN_MESSAGE], *more])


@task(task_run_name=named("公布维护结果 {county.name}", "show upkeep {county.name}"), cache_policy=NO_CACHE)
@at_work
def publish_upkeep(county: County, upkeep: Upkeep) -> None:
    """Show what was looked at, found and done."""
    zh = county.language == "zh"
    lines = [upkeep.sentence.within(county.language), ""]
    faults = upkeep.named(county.language)
    lines += [f"- {one}" for one in faults[:_IN_ARTIFACT]]
    if len(faults) > _IN_ARTIFACT:
        rest = len(faults) - _IN_ARTIFACT
        lines.append(f"- 另有{rest}处 county warehouse check" if zh else f"- {rest} more: county warehouse check")
    if upkeep.kept_up:
        head = ("表", "文件", "清理", "可读到") if zh else ("table", "files", "removed", "readable since")
        lines += ["", f"| {' | '.join(head)} |", "|---|---|---|---|"]
        for one in upkeep.kept_up:
            since = "" if one.kept_since is None else f"{one.kept_since.astimezone(county.timezone):%Y-%m-%d}"
            lines.append(f"| {one.table} | {one.files_before} → {one.files_after} | {one.removed} | {since} |")
    create_markdown_artifact(
        "\n".join(lines),
        key=f"upkeep-{county.settings.county.code}",
        description=f"{county.name} {'维护' if zh else 'upkeep'}",
    )


def _words(row: dict[str, str], language: Language) -> str:
    return f"{row['table']} {row['key']}: {row['zh' if language == 'zh' else 'en']}"
