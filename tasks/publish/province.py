"""How the counties of a province stand, a row each: who has reported, quality, failed runs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tasks.domain.county import County
from tasks.domain.errors import Language
from tasks.domain.findings import UNSETTLED

__all__ = ["CountyStanding", "county_standing", "province_markdown", "province_sentence", "standing_rows"]

_REPORTED = ["on_time", "late"]
_MEANING_ZH = (
    "报告期为各县最近到期的一期，已报、未报（截止日已过）和完整率（必报指标）都是这一期的；"
    "待处理文件（隔离、待定）和待处理的错误、疑问是各期合计。点县名看该县应报名册。"
)
_MEANING_EN = (
    "The period is the one that was due last in each county; reported, missing (overdue) and completeness (of "
    "mandatory figures) are of that one, files that wait and open findings of all. A county's name leads to its roster."
)


@dataclass(frozen=True, slots=True)
class CountyStanding:
    """How one county stands in the period that was due last; `problem` says why nothing is known of it.

    `reported` of `owed` were loaded, `late` of them after their deadline; `missing` are overdue. Of all periods: files
    `waiting`, held or in quarantine, also those of which nobody knows whose they are, and findings that wait for an
    answer. `failed_runs` is None without a server.
    """

    name: str
    code: str = ""
    period: str = ""
    owed: int = 0
    reported: int = 0
    late: int = 0
    missing: int = 0
    waiting: int = 0
    completeness: float | None = None
    errors: int = 0
    questions: int = 0
    last_load: dt.date | None = None
    failed_runs: int | None = None
    book: str = ""
    problem: str = ""

    @property
    def needs_attention(self) -> bool:
        """Whether somebody should look: reports overdue or waiting, errors, failed runs, nothing known."""
        return bool(self.problem or self.missing or self.waiting or self.errors or self.failed_runs)


def county_standing(
    county: County,
    reporting: pl.DataFrame,
    findings: pl.DataFrame,
    submissions: pl.DataFrame,
    now: dt.datetime,
    failed_runs: int | None = None,
) -> CountyStanding:
    """Return how `county` stands at `now`.

    Shapes: `reporting` as in the warehouse; `findings` severity, status; `submissions` loaded_at,
    state.
    """
    period = _period(reporting, now)
    due = reporting.filter(pl.col("period") == period)
    asked = findings.filter(pl.col("status").is_in(UNSETTLED))
    loaded = due.filter(pl.col("state").is_in(_REPORTED))
    last = submissions["loaded_at"].max()
    return CountyStanding(
        name=county.name,
        code=county.settings.county.code,
        period=period,
        owed=due.height or len(county.gazetteer),
        reported=loaded.height,
        late=due.filter(pl.col("state") == "late").height,
        missing=due.filter(pl.col("state") == "missing").height,
        waiting=submissions.filter(pl.col("state").is_in(["quarantined", "held"])).height,
        completeness=loaded.select(pl.col("completeness").mean()).item(),
        errors=asked.filter(pl.col("severity") == "error").height,
        questions=asked.filter(pl.col("severity") == "question").height,
        last_load=last.astimezone(county.timezone).date() if isinstance(last, dt.datetime) else None,
        failed_runs=failed_runs,
        book=f"{county.settings.book.url.rstrip('/')}/index.html" if county.settings.book.url else "",
    )


def _period(reporting: pl.DataFrame, now: dt.datetime) -> str:
    """Return the period that was due last, or the first one where none was due yet; '' where nothing is owed yet."""
    past = reporting.filter(pl.col("due_at") <= now)
    chosen = past.sort("due_at", "period").tail(1) if past.height else reporting.sort("due_at", "period").head(1)
    return str(chosen["period"].item()) if chosen.height else ""


def standing_rows(standings: Sequence[CountyStanding], language: Language) -> list[dict[str, str]]:
    """Return a row of text per county, those that need a look first; keys are headings in `language`."""
    zh = language == "zh"
    heads = (
        ("县", "报告期", "已报", "其中迟报", "未报", "待处理文件", "完整率", "错误", "疑问", "最近入库", "失败任务",
         "备注")
        if zh
        else ("county", "period", "reported", "of them late", "missing", "waiting files", "completeness", "errors",
              "questions", "last load", "failed runs", "remark")
    )  # fmt: skip
    rows = []
    for one in sorted(standings, key=lambda one: (not one.problem, not one.needs_attention)):
        known = (
            one.period, f"{one.reported}/{one.owed}", str(one.late), str(one.missing), str(one.waiting),
            "—" if one.completeness is None else f"{one.completeness:.0%}", str(one.errors), str(one.questions),
            "—" if one.last_load is None else one.last_load.isoformat(),
            "—" if one.failed_runs is None else str(one.failed_runs),
        )  # fmt: skip
        rows.append(
            dict(zip(heads, (one.name, *(("",) * len(known) if one.problem else known), one.problem), strict=True))
        )
    return rows


def province_sentence(standings: Sequence[CountyStanding], language: Language) -> str:
    """Return the whole in one sentence."""
    known = [one for one in standings if not one.problem]
    sums = (
        len(standings), sum(one.reported for one in known), sum(one.owed for one in known),
        sum(one.missing for one in known), sum(one.waiting for one in known), sum(one.errors for one in known),
        sum(one.questions for one in known), sum(one.failed_runs or 0 for one in known), len(standings) - len(known),
    )  # fmt: skip
    said = (
        "{}个县：已报{}/{}，未报{}，待处理文件{}；待处理错误{}个、疑问{}个；一周内失败任务{}个；读不到的县{}个"
        if language == "zh"
        else "{} counties: {} of {} reported, {} missing, {} files waiting; {} errors and {} questions open; "
        "{} failed runs in a week; {} counties that could not be read"
    )
    return said.format(*sums)


def province_markdown(standings: Sequence[CountyStanding], language: Language) -> str:
    """Return the page for the UI: the table, where names lead to rosters and remarks to books, and what its words mean.

    Why a county could not be read stands below the table, whose last column a narrow window does not show.
    """
    by_name = {one.name: one for one in standings}
    rows = standing_rows(standings, language)
    heads = list(rows[0])
    zh = language == "zh"
    lines = [province_sentence(standings, language), "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        one = by_name[row[heads[0]]]
        cells = [row[head].replace("|", "\\|").replace("\n", " ") for head in heads]
        if one.problem:
            cells[1:] = ["—"] * (len(cells) - 2) + ["读不到，见下" if zh else "not read: see below"]
        if one.code:
            cells[0] = f"[{cells[0]}](/artifacts/key/roster-{one.code})"
        if one.book:
            cells[-1] = f"{cells[-1]} [{'县情册' if zh else 'book'}]({one.book})".strip()
        lines.append(f"| {' | '.join(cells)} |")
    problems = [f"- {one.name}：{' '.join(one.problem.split())}" for one in standings if one.problem]
    if problems:
        lines += ["", "**读不到的县**" if zh else "**Counties that could not be read**", "", *problems]
    return "\n".join([*lines, "", _MEANING_ZH if zh else _MEANING_EN])
