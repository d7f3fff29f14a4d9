"""Moments as people write them: a day, or a day and a time, in the county's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

__all__ = ["parse_moment"]


def parse_moment(text: str, timezone: str) -> dt.datetime:
    """Return the moment (UTC) that `text` means in `timezone`; a day alone means its last microsecond.

    Raises:
        ValueError: it is no date or time.

    >>> parse_moment("2024-01-31", "Asia/Shanghai").isoformat()
    '2024-01-31T15:59:59.999999+00:00'
    >>> parse_moment("2024-01-31 08:30", "Asia/Shanghai").isoformat()
    '2024-01-31T00:30:00+00:00'
    """
    words = text.strip()
    try:
        day = dt.date.fromisoformat(words)
    except ValueError:
        day = None
    try:
        moment = dt.datetime.combine(day, dt.time.max) if day else dt.datetime.fromisoformat(words)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
        return aware.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:  # the first and last hours of the calendar are in no other zone
        raise ValueError(
            f"“{text}”不是日期，请写如 2024-01-31 或 2024-01-31 08:30 · {text!r} is no date; write e.g. 2024-01-31"
        ) from error
