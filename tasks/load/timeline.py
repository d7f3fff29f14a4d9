"""When each version of a table was committed, in the order of versions even where a clock was set back.

Our own moment of each commit is in its metadata (`committed_at`); log files carry other times once a folder has been
copied or restored from a backup.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

__all__ = ["CLOCK_ACCEPTED", "COMMITTED_AT", "KEPT_SINCE", "KEPT_VERSIONS", "commit_times", "gone_before", "version_at"]

COMMITTED_AT = "committed_at"
# A commit with this says that its clock is right and later moments before it were not (see `Warehouse.accept_clock`).
CLOCK_ACCEPTED = "clock_accepted"
# What a vacuum notes: versions that ended before this moment are gone, but for those named.
KEPT_SINCE = "kept_since"
KEPT_VERSIONS = "kept_versions"


def commit_times(history: Iterable[Mapping[str, Any]]) -> list[tuple[int, dt.datetime]]:
    """Return version and moment (UTC) of every commit in `history` (what delta-rs gives), the oldest first.

    Moments never go back: a commit made while the clock was behind counts as made right after the one before it. Where
    a commit says that the clock is right again, the moments before it that are later than its own count as its own.
    """
    times: list[tuple[int, dt.datetime]] = []
    for commit in sorted(history, key=lambda one: one["version"]):
        moment = _moment(commit)
        if commit.get(CLOCK_ACCEPTED):
            times = [(version, min(earlier, moment)) for version, earlier in times]
        elif times:
            moment = max(moment, times[-1][1])
        times.append((commit["version"], moment))
    return times


def version_at(history: Iterable[Mapping[str, Any]], when: dt.datetime) -> int | None:
    """Return the version that was the newest at `when`; None when there was none yet."""
    before = [version for version, moment in commit_times(history) if moment <= when]
    return before[-1] if before else None


def gone_before(history: Iterable[Mapping[str, Any]], version: int) -> dt.datetime | None:
    """Return since when the table can be read when a vacuum has removed files of `version`, else None."""
    commits = list(history)
    ends = {before: moment for (before, _), (_, moment) in pairwise(commit_times(commits))}
    for commit in commits:
        if KEPT_SINCE not in commit or commit["version"] <= version:
            continue
        since = dt.datetime.fromisoformat(commit[KEPT_SINCE])
        kept = {int(one) for one in commit[KEPT_VERSIONS].split(",") if one}
        if version in ends and ends[version] < since and version not in kept:
            return since
    return None


def _moment(commit: Mapping[str, Any]) -> dt.datetime:
    ours = commit.get(COMMITTED_AT)
    if ours:
        return dt.datetime.fromisoformat(ours).astimezone(dt.UTC)
    return dt.datetime.fromtimestamp(commit["timestamp"] / 1000, dt.UTC)
