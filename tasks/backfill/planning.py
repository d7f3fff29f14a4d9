"""From keys and what their files state now to a plan: what is done with each key, why, and which facts change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from expectations.catalogue import load_catalogue
from tasks.backfill.asking import depends_on
from tasks.backfill.differences import changes_by_submission, facts_read
from tasks.backfill.reading import FileRead
from tasks.domain.backfills import BackfillKey, FactChange
from tasks.domain.county import County
from tasks.domain.submissions import StageVersions, submission_id
from tasks.load import Warehouse

__all__ = ["dependants", "finding_changes", "judged_key", "protected_key", "settle_reads"]


def settle_reads(
    keys: Sequence[BackfillKey],
    reads: Mapping[str, FileRead],
    known: pl.DataFrame,
    warehouse: Warehouse,
    versions: StageVersions,
) -> list[BackfillKey]:
    """Return `keys` with their files identified and what reading them again changes; without changes, nothing to do."""
    mine = {id(key): _own_reads(key, reads) for key in keys}
    good = {read.file.sha256: read for own in mine.values() for read in own if read.error is None}
    after = facts_read(good.values(), load_catalogue())
    ids = [_submission(read) for read in good.values()]
    changes = changes_by_submission(warehouse.facts_of(ids), after)
    held = {row["submission_id"]: row for row in known.filter(pl.col("submission_id").is_in(ids)).to_dicts()}
    return [_settled(key, mine[id(key)], changes, held, versions) for key in keys]


def _own_reads(key: BackfillKey, reads: Mapping[str, FileRead]) -> list[FileRead]:
    """Return what was read of `key`'s files, without those that turned out to be another key's."""
    own = []
    for file in key.files:
        read = reads[file.sha256]
        is_ours = (read.file.unit_code, read.file.form, read.file.period) == key.key
        if is_ours or read.error is not None:
            own.append(read)
    return own


def _submission(read: FileRead) -> str:
    return submission_id(read.file.sha256, read.file.unit_code, read.file.period)


def _settled(
    key: BackfillKey,
    own: Sequence[FileRead],
    changes: Mapping[str, Sequence[FactChange]],
    held: Mapping[str, Mapping[str, object]],
    versions: StageVersions,
) -> BackfillKey:
    if key.action != "read":
        return key
    good = [read for read in own if read.error is None]
    # A file in quarantine that is still refused is where it was; a loaded one that cannot be read any more is a fault.
    broken = [read for read in own if read.error is not None and read.file.form]
    refused = [read for read in own if read.error is not None and not read.file.form]
    files = tuple(read.file for read in (*good, *broken))
    changed = tuple(change for read in good for change in changes.get(_submission(read), ()))
    errors = [read.error for read in (*broken, *refused) if read.error is not None]
    said = replace(
        key,
        files=files,
        changes=changed,
        error_zh="\n".join(one.zh for one in errors),
        error_en="\n".join(one.en for one in errors),
    )
    writes = changed or any(_is_other(held.get(_submission(read)), versions) for read in good)
    if broken or writes:
        return said
    if refused:
        return replace(said, action="none", because="still_refused")
    return replace(said, action="none", because="unchanged" if good else "no_file", files=())


def _is_other(row: Mapping[str, object] | None, versions: StageVersions) -> bool:
    """Return whether a submission is not in the warehouse with figures read by these versions."""
    if row is None or row["state"] in {"quarantined", "withdrawn"}:
        return True
    return not str(row["stage_versions"]).startswith(versions.reading)


def protected_key(key: BackfillKey, protection: str, *, include_locked: bool) -> BackfillKey:
    """Return a key that would change but is protected, to be reviewed instead; one without other figures left alone."""
    if not protection or include_locked or key.action not in {"read", "judge"}:
        return key
    return replace(key, action="review" if key.changes else "none", because=protection)


def dependants(keys: Iterable[BackfillKey], county: County) -> list[BackfillKey]:
    """Return the later keys of units that change: their checks look back at what changes, so they are judged again."""
    keys = list(keys)
    own = {key.key for key in keys}
    first: dict[str, list[str]] = {}
    for key in keys:
        if key.action in {"read", "judge"}:
            first.setdefault(key.unit_code, []).append(key.period)
    return [
        BackfillKey(one.unit_code, one.unit_name, one.form, one.period, "judge", "depends", role="dependant")
        for one in county.roster()
        if (one.unit_code, one.form, one.period) not in own
        and any(depends_on(one.period, period) for period in first.get(one.unit_code, ()))
    ]


def judged_key(key: BackfillKey, changes: Sequence[FactChange]) -> BackfillKey:
    """Return a key that is judged again with what that changes; without changes, nothing to do."""
    if key.action != "judge":
        return key
    if not changes:
        return replace(key, action="none", because="unchanged")
    return replace(key, because="rules", changes=tuple(changes))


def finding_changes(before: pl.DataFrame, after: pl.DataFrame) -> dict[tuple[str, str], list[FactChange]]:
    """Return the findings that come, go or change, by unit and period; both frames in the schema of findings."""
    says = ("severity", "status", "observed", "expected")
    columns = [
        "finding_id",
        "unit_code",
        "unit_name",
        "period",
        "rule",
        "about",
        *says,
        pl.col("quotes").list.join("；").alias("quotes"),
    ]
    both = (
        before.filter(pl.col("status") != "fixed")
        .select(columns)
        .join(after.filter(pl.col("status") != "fixed").select(columns), on="finding_id", how="full", suffix="_after")
        .sort("finding_id", "finding_id_after")
    )
    found: dict[tuple[str, str], list[FactChange]] = {}
    for row in both.to_dicts():
        gone, new = row["rule_after"] is None, row["rule"] is None
        if not gone and not new and all(row[name] == row[f"{name}_after"] for name in says):
            continue
        side = "" if gone else "_after"
        said = [_finding_words(row, one) for one in ("", "_after")]
        found.setdefault((row[f"unit_code{side}"], row[f"period{side}"]), []).append(
            FactChange(
                "status",
                row[f"unit_name{side}"],
                row[f"period{side}"],
                row[f"rule{side}"],
                "",
                row[f"about{side}"] or "",
                "" if new else said[0],
                "" if gone else said[1],
                row["quotes"] or "",
                row["quotes_after"] or "",
            )
        )
    return found


def _finding_words(row: Mapping[str, object], which: str) -> str:
    severity, status, observed, expected = (
        row[f"{name}{which}"] or "" for name in ("severity", "status", "observed", "expected")
    )
    return f"{severity} {status}: {observed} / {expected}"
