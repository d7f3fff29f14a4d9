"""Duplicates (重复报送): the same bytes that arrived again at another place."""

import hashlib
from collections.abc import Sequence

import polars as pl

from tasks.domain.submissions import StoredFile
from tasks.domain.tables import TABLES

__all__ = ["duplicates_frame"]

_SCHEMA = {
    "sha256": pl.String(),
    "source": pl.String(),
    "uri": pl.String(),
    "file_name": pl.String(),
    "received_at": pl.Datetime("us", "UTC"),
    "duplicate_id": pl.String(),
}


def duplicates_frame(files: Sequence[StoredFile], submissions: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each of `files` whose bytes a submission holds that came from another place.

    Shape: `submissions` in the schema `TABLES["submissions"]`, all there are after the load; the result in
    `TABLES["duplicates"]`.
    """
    seen = pl.DataFrame(
        [
            (one.sha256, one.source_file.source, one.source_file.uri, one.file_name, one.source_file.received_at,
             hashlib.sha256(f"{one.sha256}\x1f{one.source_file.uri}".encode()).hexdigest()[:16])
            for one in files
        ],
        schema=_SCHEMA, orient="row",
    ).unique("duplicate_id", keep="first", maintain_order=True)  # fmt: skip
    # Of bytes assigned elsewhere the row that counts is not the withdrawn one.
    held = submissions.sort(pl.col("state") == "withdrawn", "submission_id").unique("sha256", keep="first")
    first = held.select(
        "sha256", "submission_id", "unit_code", "unit_name", "form", "period", first_uri="uri",
        first_received_at="received_at",
    )  # fmt: skip
    twice = seen.join(first, on="sha256").filter(pl.col("uri") != pl.col("first_uri"))
    return twice.sort("received_at", "uri").select(
        pl.col(name).cast(dtype) for name, dtype in TABLES["duplicates"].items()
    )
