"""The county's terms as decisions have changed them: when each unit's report is due, and what may become live.

Stands between the stages, like `tasks.batches`; pure functions of settings and decisions.
"""

import datetime as dt

import polars as pl

from tasks import decide
from tasks.domain.county import County, Roster
from tasks.load import Terms

__all__ = ["extended_roster", "terms_of"]

# Later days, recorded before they were refused, mean that the unit has no deadline; no calendar goes beyond 9999.
_FOR_EVER = dt.date(2200, 1, 1)


def extended_roster(county: County, decisions: pl.DataFrame) -> Roster:
    """Return what is owed, due at the end of the day to which a unit's time was extended, where that is later."""
    extensions = decide.in_force(decisions).filter(pl.col("kind") == "extension")
    until = {
        (unit, period): county.end_of_day(min(dt.date.fromisoformat(day), _FOR_EVER))
        for unit, period, day in extensions.select("unit_code", "period", "given").rows()
    }
    roster = county.roster()
    if not until:
        return roster
    return tuple(
        one.model_copy(update={"due_at": max(one.due_at, day), "late_after": max(one.late_after, day)})
        if (day := until.get((one.unit_code, one.period))) is not None
        else one
        for one in roster
    )


def terms_of(county: County, decisions: pl.DataFrame, roster: Roster) -> Terms:
    """Return the terms of [policy] in county.toml, with what people accepted and retracted.

    Of an acceptance and a retraction of the same bytes the later one counts.
    """
    policy = county.settings.policy
    about_files = pl.col("kind").is_in(["acceptance", "retraction"])
    said = decide.in_force(decisions).filter(about_files).unique("sha256", keep="last", maintain_order=True)
    locked = {}
    if policy.lock_days is not None:
        days = dt.timedelta(days=policy.lock_days)
        locked = {(one.unit_code, one.form, one.period): one.late_after + days for one in roster}
    return Terms(
        replace=policy.replace,
        locked_at=locked,
        accepted=said.filter(pl.col("kind") == "acceptance")["sha256"].to_list(),
        since=None if policy.since is None else county.start_of_day(policy.since),
        decided=decisions.filter(about_files)["sha256"].unique().to_list(),
        retracted=said.filter(pl.col("kind") == "retraction")["sha256"].to_list(),
    )
