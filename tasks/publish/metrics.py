"""How a county stands, in Prometheus' text format: what an operator's alerts and graphs are made of."""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

import polars as pl
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from tasks.domain.county import County
from tasks.domain.errors import Place, Text, WarehouseError

__all__ = ["county_metrics", "write_metrics"]


def county_metrics(
    county: County,
    submissions: pl.DataFrame,
    reporting: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    facts: int,
    versions: dict[str, int],
    now: dt.datetime,
) -> str:
    """Return the gauges of one county as text.

    Shapes: `submissions` needs state and loaded_at; `reporting` period, state; `findings` severity, status; `facts` is
    the number of live ones; `versions` each table's Delta version.
    """
    registry = CollectorRegistry()
    code = county.settings.county.code

    def gauge(name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(f"xianbao_{name}", help_text, ("county", *labels), registry=registry)

    def counted(name: str, help_text: str, frame: pl.DataFrame, *labels: str) -> None:
        metric = gauge(name, help_text, *labels)
        for row in frame.group_by(labels).len().sort(labels).iter_rows():
            metric.labels(code, *row[:-1]).set(row[-1])

    counted("submissions", "Submissions by state", submissions, "state")
    counted("roster_entries", "What is owed, by period and state", reporting, "period", "state")
    counted("findings", "Findings that are not fixed, by severity and status", findings, "severity", "status")
    gauge("facts_live", "Live figures in the warehouse").labels(code).set(facts)
    tables = gauge("table_version", "Delta version of each table", "table")
    for table, version in sorted(versions.items()):
        tables.labels(code, table).set(version)
    last = submissions["loaded_at"].max()
    if isinstance(last, dt.datetime):
        gauge("last_load_timestamp_seconds", "When a load last wrote").labels(code).set(last.timestamp())
    gauge("disk_free_bytes", "Free space where the county's folder lies").labels(code).set(
        shutil.disk_usage(county.folder).free
    )
    gauge("metrics_timestamp_seconds", "When this was written").labels(code).set(now.timestamp())
    return generate_latest(registry).decode()


def write_metrics(target: Path, text: str) -> None:
    """Write `text` so that a reader never sees half of it.

    Raises:
        WarehouseError: the file cannot be written.
    """
    try:
        descriptor, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(part).chmod(0o644)
        Path(part).replace(target)
    except OSError as error:
        raise WarehouseError(
            "not_written", Place(str(target)),
            Text(f"指标文件未写成（{error}）", f"the metrics file was not written ({error})"),
            Text("请检查文件夹是否存在、有无写入权限", "check that the folder exists and can be written"),
        ) from error  # fmt: skip
