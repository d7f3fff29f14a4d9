"""Decisions from the command line."""

import datetime as dt

import polars as pl

from tasks import identify
from tasks.domain.county import County
from tasks.domain.decisions import Decision
from tasks.domain.errors import IdentityUnclear, Place, Text
from tasks.load import Warehouse

__all__ = ["assign_file"]

_LEAST_DIGITS = 6


def assign_file(county: County, sha: str, unit: str, period: str, *, who: str, why: str, now: dt.datetime) -> Decision:
    """Record whose report the file is whose sha256 begins with `sha`, and return the decision.

    Raises:
        IdentityUnclear: no file or several files begin so, the unit is unknown, or nothing is owed for the period.
        WarehouseError: the decision cannot be written.
    """
    warehouse = Warehouse(county.warehouse)
    known = warehouse.known_submissions().select("sha256", "file_name").unique("sha256")
    found = known.filter(pl.col("sha256").str.starts_with(sha.lower())) if len(sha) >= _LEAST_DIGITS else known.clear()
    if found.height != 1:
        raise IdentityUnclear(
            "file_not_found",
            Place(sha),
            Text(f"以 {sha} 开头的文件有 {found.height} 个", f"{found.height} files begin with {sha}"),
            Text("county status 列出隔离文件的编号", "`county status` lists the files in quarantine"),
        )
    sha256, file_name = found.row(0)
    identity = identify.identity_by_decision(unit, period, county, file_name)
    decision = Decision("assignment", sha256, identity.unit_code, identity.form, identity.period, who, now, why)
    warehouse.record_decision(decision, run_id="cli", now=now)
    return decision
