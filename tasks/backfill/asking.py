"""What is asked for, read from words: periods and units as people write them; others are refused with a reason."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from tasks.domain.backfills import BackfillRequest
from tasks.domain.county import County
from tasks.domain.errors import BackfillRefused, Place, Text
from tasks.domain.periods import ReportPeriod

__all__ = ["chosen_periods", "chosen_units", "depends_on", "refuse_order"]

_SEPARATORS = re.compile(r"[,，、;；\s]+")
_SPAN = re.compile(r"(.+?)(?:\.\.|…|至|到)(.+)")


def chosen_periods(words: Sequence[str], county: County, today: dt.date) -> tuple[str, ...]:
    """Return the codes of the owed periods that `words` name, oldest first: 2021..2023, 2023Q1..2023Q4, 2022、2023.

    Without words, every owed period that has ended.

    Raises:
        BackfillRefused: a word is no period, nothing is owed for it, or it has not ended yet.
    """
    owed = {code: ReportPeriod.parse(code) for form in county.settings.forms for code in form.periods}
    if not any(one.strip() for one in words):
        return _in_order(code for code, period in owed.items() if period.end < today)
    found: set[str] = set()
    for word in (part for one in words for part in _SEPARATORS.split(one.strip()) if part):
        span = _SPAN.fullmatch(word)
        first, last = (_period(span[1]), _period(span[2])) if span else (_period(word), _period(word))
        if first.kind != last.kind or first.start > last.start:
            raise _refused(
                "period_span",
                word,
                "起止报告期不是同一种或先后颠倒",
                "its ends are of two kinds, or the wrong way round",
                "请写如 2021..2023 或 2023Q1..2023Q4",
                "write e.g. 2021..2023 or 2023Q1..2023Q4",
            )
        inside = [
            code
            for code, one in owed.items()
            if one.kind == first.kind and first.start <= one.start and one.end <= last.end
        ]
        if not inside:
            listed = "、".join(_in_order(owed))
            raise _refused(
                "period_not_owed",
                word,
                f"没有报表应报此期（应报：{listed}）",
                f"no form is owed for it (owed: {listed})",
                "请核对报告期，或在 county.toml 的 forms 中加上",
                "check it, or add it to forms in county.toml",
            )
        future = [code for code in inside if owed[code].end >= today]
        if future:
            raise _refused(
                "period_future",
                "、".join(future),
                "报告期尚未结束",
                "it has not ended yet",
                "期满后再回填",
                "backfill it when it is over",
            )
        found.update(inside)
    return _in_order(found)


def chosen_units(words: Sequence[str], county: County) -> tuple[str, ...]:
    """Return the codes of the units that `words` name, by name or code; none without words, which stands for all.

    A word is taken as a whole first, since a name may hold a comma or a blank, and only then as a list of names.

    Raises:
        BackfillRefused: a name is not in units.csv, or fits two units.
    """
    codes: list[str] = []
    for word in words:
        whole = county.gazetteer.find(word)
        parts = [word] if whole is not None else [part for part in _SEPARATORS.split(word.strip()) if part]
        for part in parts:
            unit = county.gazetteer.find(part)
            if unit is None:
                raise _refused(
                    "unit_unknown",
                    part,
                    "units.csv 中没有，或对应多个单位",
                    "it is not in units.csv, or fits several units",
                    "请写全称或 12 位代码",
                    "write the full name or the 12-digit code",
                )
            codes.append(unit.unit_code)
    return tuple(dict.fromkeys(codes))


def depends_on(later: str, earlier: str) -> bool:
    """Return whether checks of `later` look at figures of `earlier`: growth, history, cumulative sums."""
    one, other = ReportPeriod.parse(later), ReportPeriod.parse(earlier)
    return one.start > other.start or (one.start == other.start and one.end > other.end)


def refuse_order(request: BackfillRequest) -> None:
    """Raise where the newest period would come first though its checks need an older one of the same backfill.

    Raises:
        BackfillRefused: see above.
    """
    ordered = _in_order(request.periods)
    if request.order == "newest" and any(depends_on(later, ordered[0]) for later in ordered[1:]):
        raise _refused(
            "order_newest",
            "、".join(ordered),
            f"{ordered[-1]} 的增长、历史核对要用 {ordered[0]} 的数，不能先做新的",
            f"growth and history checks of {ordered[-1]} need figures of {ordered[0]}; the newest cannot come first",
            "去掉 --order newest，或每次只回填一期",
            "leave out --order newest, or backfill one period at a time",
        )


def _in_order(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: (ReportPeriod.parse(code).start, ReportPeriod.parse(code).end)))


def _period(word: str) -> ReportPeriod:
    try:
        return ReportPeriod.parse(word)
    except ValueError as error:
        raise _refused(
            "period_unreadable",
            word,
            "不是报告期",
            str(error),
            "请写如 2023、2023H1、2023Q3、2021..2023",
            "write e.g. 2023, 2023H1, 2023Q3, 2021..2023",
        ) from error


def _refused(code: str, place: str, zh: str, en: str, next_zh: str, next_en: str) -> BackfillRefused:
    return BackfillRefused(code, Place(place), Text(zh, en), Text(next_zh, next_en))
