"""Reporting seasons (报送期): the days on which reports arrive, from the day after a period's end."""

import datetime as dt
from dataclasses import dataclass

from tasks.domain.county import County
from tasks.domain.periods import ReportPeriod

__all__ = ["Season", "reporting_seasons"]

_AFTER = 10  # late reports and corrections go on arriving after the grace days


@dataclass(frozen=True, slots=True)
class Season:
    """Days from `start` to `end`, both included."""

    start: dt.date
    end: dt.date


def reporting_seasons(county: County) -> tuple[Season, ...]:
    """Return the seasons of everything owed, joined where they overlap or touch, in order.

    A season goes from the day after the period's end to ten days after the grace days.
    """
    days = sorted(
        (period.end + dt.timedelta(days=1), period.end + dt.timedelta(days=form.due_days + form.grace_days + _AFTER))
        for form in county.settings.forms
        for period in map(ReportPeriod.parse, form.periods)
    )  # fmt: skip
    seasons: list[Season] = []
    for start, end in days:
        if seasons and start <= seasons[-1].end + dt.timedelta(days=1):
            seasons[-1] = Season(seasons[-1].start, max(end, seasons[-1].end))
        else:
            seasons.append(Season(start, end))
    return tuple(seasons)
