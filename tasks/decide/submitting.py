"""Decisions about submissions as a whole: a held one is taken, one is retracted, a unit is given more time."""

import datetime as dt
from typing import Any

import polars as pl

from tasks.decide.world import World, refused, unit_code_of
from tasks.domain.decisions import Decision, DecisionKind, value_key

__all__ = ["acceptance", "extension", "retraction"]

_LEAST_DIGITS = 6
_LONGEST = dt.timedelta(days=3_650)


def acceptance(about: str, who: str, why: str, world: World, now: dt.datetime) -> Decision:
    """Return the decision that a held version becomes live, whatever holds it.

    Raises:
        DecisionRefused: no file, or several, begin with `about`, or the file is not held.
    """
    row = _submission(about, world)
    if row["state"] != "held":
        raise refused(
            "not_held", about, f"{row['file_name']} 不在待定之列（{row['state']}）",
            f"{row['file_name']} is not held ({row['state']})",
            "county status 列出待定的文件", "`county status` lists the files that are held",
        )  # fmt: skip
    return _about(row, "acceptance", who, why, now)


def retraction(about: str, who: str, why: str, world: World, now: dt.datetime) -> Decision:
    """Return the decision that a loaded, replaced or held version counts no more; the one before it is live again.

    Raises:
        DecisionRefused: no file, or several, begin with `about`, or its figures are not in the warehouse.
    """
    row = _submission(about, world)
    if row["state"] not in {"loaded", "superseded", "held"}:
        raise refused(
            "nothing_to_retract", about, f"{row['file_name']} 没有入库（{row['state']}）",
            f"{row['file_name']} is not loaded ({row['state']})",
            "county status 列出报送情况", "`county status` shows what came",
        )  # fmt: skip
    return _about(row, "retraction", who, why, now)


def extension(unit: str, period: str, day: str, who: str, why: str, world: World, now: dt.datetime) -> Decision:
    """Return the decision that `unit` has until the end of `day` (2024-03-01) to report for `period`.

    It holds for every form that the unit owes for this period.

    Raises:
        DecisionRefused: the unit or day cannot be read, no period is given or it is not owed, or the day is no later
            than the unit has time anyway, or ten years later.
    """
    code = unit_code_of(unit, world)
    try:
        until = dt.date.fromisoformat(day)
    except ValueError as error:
        raise refused(
            "day_unreadable", day, "不是日期", "no date", "请写如 2024-03-01", "write e.g. 2024-03-01"
        ) from error
    if not period:
        raise refused("period_missing", unit, "没有写报告期", "no period is given", "请写报告期，如 2023",
                      "say for which period, e.g. 2023")  # fmt: skip
    _refuse_useless(unit, code, period, until, world)
    given = until.isoformat()
    return Decision(
        kind="extension", sha256="", unit_code=code, form="", period=period, who=who, decided_at=now, why=why,
        value_key=value_key(given), given=given,
    )  # fmt: skip


def _refuse_useless(unit: str, code: str, period: str, until: dt.date, world: World) -> None:
    """Refuse more time that changes nothing: it would stand in the record, and the clerk would rely on it."""
    due = world.due.get((code, period))
    if due is None:
        periods = "、".join(sorted({one for owed, one in world.due if owed == code})) or "—"
        raise refused(
            "period_not_owed", f"{unit} {period}",
            f"这个单位没有这个报告期的报表；应报：{periods}", f"the unit owes nothing for it; owed: {periods}",
            "请核对报告期，或在 county.toml 的 forms 中加入", "check the period, or add it to county.toml",
        )  # fmt: skip
    if until <= due:
        raise refused(
            "day_not_later", until.isoformat(), f"不晚于原定截止日 {due}", f"it is due on {due} anyway",
            "请写更晚的日期", "give a later day",
        )  # fmt: skip
    if until > due + _LONGEST:
        raise refused(
            "day_too_late", until.isoformat(), f"比原定截止日 {due} 晚十年以上", f"ten years and more after {due}",
            "请核对年份", "check the year",
        )  # fmt: skip


def _submission(about: str, world: World) -> dict[str, Any]:
    prefix = about.lower()
    known = world.submissions.filter(pl.col("state") != "quarantined")
    found = known.filter(pl.col("sha256").str.starts_with(prefix) | (pl.col("submission_id") == about))
    if len(prefix) < _LEAST_DIGITS or found.height != 1:
        # Bytes that were assigned elsewhere have a withdrawn row beside the one that counts.
        counting = found.filter(pl.col("state") != "withdrawn")
        if len(prefix) >= _LEAST_DIGITS and counting.height == 1:
            return counting.row(0, named=True)
        raise refused(
            "file_not_found", about, f"以 {about} 开头的文件有 {found.height} 个",
            f"{found.height} files begin with {about!r}",
            f"请写 sha256 的前 {_LEAST_DIGITS} 位以上；county versions 列出",
            f"give at least {_LEAST_DIGITS} digits of its sha256; `county versions` lists them",
        )  # fmt: skip
    return found.row(0, named=True)


def _about(row: dict[str, Any], kind: DecisionKind, who: str, why: str, now: dt.datetime) -> Decision:
    return Decision(
        kind=kind, sha256=row["sha256"], unit_code=row["unit_code"], form=row["form"], period=row["period"], who=who,
        decided_at=now, why=why,
    )  # fmt: skip
