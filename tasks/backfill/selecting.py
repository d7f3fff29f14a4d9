"""Which keys a backfill is about, and from which files each is read: of what is known, never by guessing twice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tasks import decide, identify
from tasks.domain.backfills import BackfillFile, BackfillKey, BackfillRequest
from tasks.domain.county import County, RosterEntry
from tasks.domain.source_paths import path_in_source
from tasks.domain.submissions import BY_HAND, StageVersions, StoredFile

__all__ = ["Situation", "fingerprint", "left_alone", "protection", "select_keys"]

_WITH_FIGURES = ("loaded", "superseded", "held")


@dataclass(frozen=True)
class Situation:
    """What there is when a backfill is planned: submissions, decisions, the roster as judged, files new to us.

    `arrivals` is the journal of the raw store: under which path each file came, and what the register says of it.
    """

    known: pl.DataFrame
    decisions: pl.DataFrame
    reporting: pl.DataFrame
    versions: StageVersions
    new: tuple[StoredFile, ...] = ()
    arrivals: tuple[StoredFile, ...] = ()


def select_keys(request: BackfillRequest, county: County, now: Situation) -> list[BackfillKey]:
    """Return every owed key of the periods and units asked for, oldest period first, with files and first reason.

    `because` says why a key is to be done (missing, failed, outdated, asked), or why not (unchanged, no_file). What
    will change is not known yet.
    """
    wanted_periods, wanted_units = set(request.periods), set(request.units)
    entries = [
        one
        for one in county.roster()
        if one.period in wanted_periods and (not wanted_units or one.unit_code in wanted_units)
    ]
    by_key: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in now.known.filter(pl.col("period").is_in(list(wanted_periods))).sort("received_at", "sha256").to_dicts():
        by_key.setdefault((row["unit_code"], row["period"]), []).append(row)
    arrived: dict[tuple[str, str], list[BackfillFile]] = {}
    for one in now.new:
        guess = identify.guess_identity(one.source_file, county)
        if guess.period and guess.period not in wanted_periods:
            continue
        arrived.setdefault((guess.unit_code, guess.period), []).append(_file_of(one))
    assigned = decide.assignments_of(now.decisions)
    waiting = _Waiting(county, {(one.sha256, one.source_file.uri): one for one in now.arrivals})
    unplaced = [file for key, files in arrived.items() if not all(key) for file in files]
    periods = {code: number for number, code in enumerate(request.periods)}
    keys = [
        _key(
            entry,
            by_key.get((entry.unit_code, entry.period), []),
            arrived.get((entry.unit_code, entry.period), []),
            request,
            now.versions,
            assigned,
            waiting,
        )
        for entry in sorted(entries, key=lambda one: (periods[one.period], one.unit_code))
    ]
    return [_with_unplaced(one, unplaced) for one in keys]


def _key(
    entry: RosterEntry,
    rows: Sequence[Mapping[str, object]],
    arrived: Sequence[BackfillFile],
    request: BackfillRequest,
    versions: StageVersions,
    assigned: Mapping[str, tuple[str, str]],
    quarantine: "_Waiting",
) -> BackfillKey:
    read = [row for row in rows if row["state"] in _WITH_FIGURES and row["form"] == entry.form]
    waiting = [row for row in rows if row["state"] == "quarantined"]
    outdated = [row for row in read if not str(row["stage_versions"]).startswith(versions.reading)]
    is_missing = not any(row["state"] == "loaded" for row in read)
    level = ("missing", "failed", "changed", "all").index(request.reprocess)
    files: list[BackfillFile] = []
    because = "unchanged"
    if is_missing or arrived:
        because, files = "missing" if is_missing else "new_file", [*arrived, *map(quarantine.file, waiting)]
        if not files and not read:
            because = "no_file"
    if level >= 1 and waiting and not files:
        because, files = "failed", [*map(quarantine.file, waiting)]
    chosen = outdated if level == 2 else read if level == 3 else []
    if chosen:
        because = because if is_missing else "outdated" if outdated else "asked"
        files += [_read_file(row) for row in chosen]
    if request.from_stage == "validate":
        files, because = [], "asked" if level == 3 else because
    files = [_placed(one, entry, assigned) for one in {file.sha256: file for file in files}.values()]
    action = "read" if files else "judge" if request.from_stage == "validate" and read else "none"
    return BackfillKey(entry.unit_code, entry.unit_name, entry.form, entry.period, action, because, files=tuple(files))  # type: ignore[arg-type]


def _placed(file: BackfillFile, entry: RosterEntry, assigned: Mapping[str, tuple[str, str]]) -> BackfillFile:
    """Return `file` with its identity where a person has said whose it is."""
    if file.form or assigned.get(file.sha256) != (entry.unit_code, entry.period):
        return file
    return replace(
        file,
        unit_code=entry.unit_code,
        unit_name=entry.unit_name,
        form=entry.form,
        period=entry.period,
        seen=(f"{BY_HAND}{entry.unit_name} {entry.period}",),
    )


def _with_unplaced(key: BackfillKey, unplaced: Sequence[BackfillFile]) -> BackfillKey:
    """Return `key` to be tried with new files whose names tell no unit or period, where it lacks a report."""
    if key.because not in {"missing", "no_file"} or not unplaced:
        return key
    return replace(key, action="read", because="missing", files=(*key.files, *unplaced))


@dataclass(frozen=True)
class _Waiting:
    """What is known of files in quarantine: how they came, which says whose they are."""

    county: County
    arrivals: Mapping[tuple[str, str], StoredFile]

    def file(self, row: Mapping[str, object]) -> BackfillFile:
        """Return the file of a row in quarantine, as it is noted in the journal."""
        sha256, uri, source = str(row["sha256"]), str(row["uri"]), str(row["source"])
        noted = self.arrivals.get((sha256, uri))
        if noted is not None:
            return _file_of(noted)
        return _file(row, path_in_source(uri, source, str(row["file_name"]), self.county))


def _read_file(row: Mapping[str, object]) -> BackfillFile:
    """Return the file of a row with figures; it keeps the identity it was loaded with."""
    return replace(
        _file(row, str(row["file_name"])),
        unit_code=str(row["unit_code"]),
        unit_name=str(row["unit_name"]),
        form=str(row["form"]),
        period=str(row["period"]),
        seen=tuple(row["seen"] or ()),  # type: ignore[arg-type]
    )


def _file(row: Mapping[str, object], path: str) -> BackfillFile:
    received: dt.datetime = row["received_at"]  # type: ignore[assignment]
    return BackfillFile(
        sha256=str(row["sha256"]),
        source=str(row["source"]),
        uri=str(row["uri"]),
        path=path,
        size=int(row["bytes"] or 0),  # type: ignore[call-overload]
        modified_at=received,
        received_at=received,
    )


def _file_of(one: StoredFile) -> BackfillFile:
    file = one.source_file
    return BackfillFile(
        one.sha256,
        file.source,
        file.uri,
        file.path,
        file.size,
        file.modified_at,
        file.received_at,
        file.registered_unit,
        file.registered_period,
        one.container,
    )


def protection(
    key: BackfillKey, reporting: pl.DataFrame, locked: Mapping[tuple[str, str, str], dt.datetime], moment: dt.datetime
) -> str:
    """Return `approved` or `locked` where a key is protected at `moment`, else nothing."""
    approved = reporting.filter(
        (pl.col("unit_code") == key.unit_code)
        & (pl.col("form") == key.form)
        & (pl.col("period") == key.period)
        & (pl.col("approval") == "approved")
    )
    if approved.height:
        return "approved"
    locked_at = locked.get(key.key)
    return "locked" if locked_at is not None and locked_at <= moment else ""


def fingerprint(known: pl.DataFrame, unit_code: str, form: str, period: str) -> list[list[object]]:
    """Return the submissions of a key and what is known of each: by it is seen whether the key changed since."""
    rows = known.filter(
        (pl.col("unit_code") == unit_code)
        & (pl.col("period") == period)
        & ((pl.col("form") == form) | (pl.col("form") == ""))
    )
    return [
        list(row)
        for row in rows.select("submission_id", "version", "state", "stage_versions").sort("submission_id").rows()
    ]


def left_alone(
    known: pl.DataFrame, reporting: pl.DataFrame, backfills: pl.DataFrame, versions: StageVersions
) -> list[str]:
    """Return the submissions that no run reads again by itself, though other stage versions read them.

    They are the live ones of approved keys, and those of keys whose backfill to these very versions was undone.
    """
    old = known.filter(
        pl.col("state").is_in(_WITH_FIGURES) & ~pl.col("stage_versions").str.starts_with(versions.reading)
    )
    owed = ["unit_code", "form", "period"]
    approved = reporting.filter(pl.col("approval") == "approved").select("submission_id")
    undone = backfills.filter(
        (pl.col("key_state") == "undone")
        & (pl.col("role") == "target")
        & pl.col("stage_versions").str.starts_with(versions.reading)
    ).select(owed)
    kept = pl.concat([old.join(approved, on="submission_id", how="semi"), old.join(undone, on=owed, how="semi")])
    return kept["submission_id"].unique().to_list()
