"""What happened is announced as Prefect events: one a run and kind, however many reports it is about.

Automations (deploy/automations.yaml) answer them; one event with a list instead of an event a report keeps a first
collect of 1,600 townships from sending 1,600 messages. The reports are related resources, as many as Prefect takes.
"""

from collections.abc import Sequence

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event

from tasks import load, publish
from tasks.batches import Gathered
from tasks.domain.county import County
from tasks.domain.findings import UNSETTLED
from tasks.domain.submissions import Submission
from tasks.steps.judging import JudgedRun
from tasks.steps.naming import named
from tasks.steps.timing import at_work

__all__ = [
    "LateReport",
    "announce",
    "announce_late",
    "announce_low_disk",
    "announce_run",
    "newly_late",
    "not_reminded",
]

_NAMED = 20  # reports named in the text of a message; the count says how many there are
_RELATED = 80  # Prefect takes 100 related resources an event, its own among them

LateReport = tuple[str, str, str]  # unit_code, unit_name, period


def announce(kind: str, county: County, lines: Sequence[str], reports: Sequence[LateReport] = ()) -> None:
    """Emit `xianbao.{kind}` about the county: `count` and `text` (a line each, at most 20) in its payload."""
    zh = county.language == "zh"
    more = len(lines) - _NAMED
    rest = [f"……另有{more}件" if zh else f"… and {more} more"] if more > 0 else []
    emit_event(
        event=f"xianbao.{kind}",
        resource={
            "prefect.resource.id": f"xianbao.county.{county.settings.county.code}",
            "prefect.resource.name": county.name,
        },
        related=[
            {
                "prefect.resource.id": f"xianbao.report.{unit}.{period}",
                "prefect.resource.name": f"{name} {period}",
                "prefect.resource.role": "report",
            }
            for unit, name, period in [one for one in reports if one[0] and one[2]][:_RELATED]
        ],
        payload={"count": len(lines), "text": "\n".join([*lines[:_NAMED], *rest])},
    )


def newly_late(judged: JudgedRun, county: County) -> list[LateReport]:
    """Return the reports whose deadline has passed since the last run, none of them loaded; asked before the load.

    Those that a reminder was written for are known to be late already: the daily watch came before the run.
    """
    overdue = ["missing", "quarantined"]
    keys = ["unit_code", "form", "period"]
    late = judged.batch.reporting.filter(pl.col("state") == "missing")
    before = load.Warehouse(county.warehouse).scan("reporting").filter(pl.col("state").is_in(overdue)).collect()
    new = late.join(before.select(keys), on=keys, how="anti", maintain_order="left")
    return not_reminded(new, county)


def not_reminded(overdue: pl.DataFrame, county: County) -> list[LateReport]:
    """Return those of `overdue` (unit_code, unit_name, period) that no reminder was written for yet."""
    folders = (county.reminders, *county.earlier_reminders)
    return [
        (code, name, period)
        for code, name, period in overdue.select("unit_code", "unit_name", "period").iter_rows()
        if not publish.was_reminded(folders, name, period)
    ]


def announce_late(late: Sequence[LateReport], county: County) -> None:
    """Announce reports that became late; nothing is said where none did."""
    if late:
        announce("reports.late", county, [f"{name} {period}" for _, name, period in late], late)


@task(task_run_name=named("通告 {county.name}", "announce {county.name}"), cache_policy=NO_CACHE)
@at_work
def announce_run(
    judged: JudgedRun, late: Sequence[LateReport], county: County, unavailable: Sequence[str] = ()
) -> None:
    """Announce what a run brought: reports received, quarantined, sent again, late, and many findings.

    `unavailable` are the messages of sources that could not be read: else townships would be chased for what they sent.

    What was read again, with other words or another version, and stands as it stood is no news.
    """
    zh, new = county.language == "zh", _news(judged.gathered)
    quarantined = [one for one in new if one.state == "quarantined"]
    received = [one for one in new if one.state != "quarantined"]
    again = [one for one in received if one.version > 1]
    for kind, some in (("reports.received", received), ("reports.resubmitted", again)):
        if some:
            version = "第{}版" if zh else "version {}"
            lines = [f"{one.unit_name} {one.period} {version.format(one.version)} {one.file_name}" for one in some]
            announce(kind, county, lines, _keys(some))
    if quarantined:
        reasons = [one.quarantine_detail.split("\n", 1)[0 if zh else -1] for one in quarantined]
        announce("reports.quarantined", county, reasons, _keys(quarantined))
    if unavailable:
        announce("sources.unavailable", county, unavailable)
    announce_late(late, county)
    if received:
        _announce_findings(judged, county)


def _news(gathered: Gathered) -> list[Submission]:
    """Return the run's submissions that came, or that stand otherwise now than before it."""
    columns = ("sha256", "unit_code", "period", "state", "version", "quarantine_code")
    before = set(gathered.known.select(columns).iter_rows())
    return [one for one in gathered.new if tuple(getattr(one, name) for name in columns) not in before]


def _announce_findings(judged: JudgedRun, county: County) -> None:
    """Announce that more findings wait than [alerts] of county.toml allows, with the townships that have most."""
    asked = judged.batch.findings.filter(
        pl.col("status").is_in(UNSETTLED), pl.col("severity").is_in(["error", "question"])
    )
    if asked.height < county.settings.alerts.findings:
        return
    by_report = asked.group_by("unit_name", "period").len().sort("len", "unit_name", descending=[True, False])
    counted = "{} {}：{}个" if county.language == "zh" else "{} {}: {}"
    lines = [counted.format(*row) for row in by_report.iter_rows()]
    waiting = f"待处理{asked.height}个" if county.language == "zh" else f"{asked.height} open"
    announce("findings.many", county, [waiting, *lines])


def announce_low_disk(county: County, free: int) -> None:
    """Announce that the disk that holds the county is nearly full; `free` in bytes."""
    zh, mib = county.language == "zh", free // 2**20
    said = (
        f"磁盘剩余 {mib} MiB：请清理或扩容，县文件夹 {county.folder}"
        if zh
        else f"{mib} MiB free: make room on the disk of {county.folder}"
    )
    announce("disk.low", county, [said])


def _keys(submissions: Sequence[Submission]) -> list[LateReport]:
    return [(one.unit_code, one.unit_name, one.period) for one in submissions]
