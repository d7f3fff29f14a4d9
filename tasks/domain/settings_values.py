"""What single values of county.toml and province.toml must be; told before anything runs and fails."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from expectations.catalogue import load_catalogue
from tasks.domain.periods import ReportPeriod

__all__ = ["cron_schedule", "indicator_codes", "known_timezone", "period_code", "plausible_day", "refuse_twice",
           "storage_address"]  # fmt: skip

_CRON_FIELDS = 5
_FIRST_YEAR, _LAST_YEAR = 1949, 2200


def period_code(code: str) -> str:
    """Return `code` as periods are written; no report is about several years."""
    period = ReportPeriod.parse(code)
    if period.years > 1:
        raise ValueError(f"{code!r}: no report is about several years")
    return period.code


def known_timezone(name: str) -> str:
    """Return `name`, which must be a time zone's."""
    try:
        ZoneInfo(name)
    # Of a part of the world alone (Asia) there is a folder.
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write e.g. Asia/Shanghai") from error
    return name


def cron_schedule(schedule: str) -> str:
    """Return `schedule`, which must be five fields of cron."""
    try:
        CronSim(schedule, dt.datetime(2024, 1, 1))
        is_cron = len(schedule.split()) == _CRON_FIELDS
    except CronSimError:
        is_cron = False
    if not is_cron:
        raise ValueError(f"{schedule!r} is no schedule; write minute hour day month weekday, e.g. 30 6 * * 1-5")
    return schedule


def storage_address(address: str) -> str:
    """Return `address`, a folder or s3://bucket/path, without a slash at its end; keys must not stand in it."""
    protocol, separator, rest = address.partition("://")
    if separator and protocol != "s3":
        raise ValueError(f"{address!r}: write a folder, or s3://bucket/path")
    if separator and ("@" in rest.split("/")[0] or "?" in rest or not rest.strip("/")):
        raise ValueError(f"{address!r}: write s3://bucket/path; keys come from the environment (AWS_ACCESS_KEY_ID …)")
    return address.rstrip("/")


def plausible_day(day: dt.date) -> dt.date:
    """Return `day`, which must not be a slip of the year."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{day}: write a day between {_FIRST_YEAR} and {_LAST_YEAR}")
    return day


def indicator_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return `codes`, which must be indicators of the catalogue, each once."""
    catalogue = load_catalogue()
    unknown = [code for code in codes if code not in catalogue]
    if unknown:
        raise ValueError(f"no such indicator: {', '.join(unknown)} (the table `indicators` lists them)")
    refuse_twice("indicator", codes)
    return codes


def refuse_twice(what: str, names: Iterable[str]) -> None:
    """Refuse names of which one occurs twice.

    Raises:
        ValueError: it names the first of them.
    """
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"{what} {twice!r} occurs twice")
