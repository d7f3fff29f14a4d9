"""Backfill: stages run again over past periods, from a form in the UI or from `county backfill`.

plan (nothing is written) → freeze the manifest → read, judge and load batch by batch → report; or undo
"""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from expectations.relations import read_data_files
from flows.field_formats import ID
from flows.progress import CountedProgress
from tasks import steps
from tasks.domain.backfills import FromStage, OnError, Order, Reprocess
from tasks.domain.county import County, read_county
from tasks.domain.errors import BackfillRefused

__all__ = ["BackfillForm", "backfill_periods"]

# Years of scans are recognised in days; what was stopped is resumed.
_LONGEST_SECONDS = 7 * 24 * 3600

Choice = Literal["试算 dry-run", "执行 apply", "继续 resume", "重试 retry-failed", "撤销 undo", "取消 cancel"]


class BackfillForm(BaseModel):
    """A backfill as it is filled in; for all but a dry run and apply only the id is needed."""

    model_config = ConfigDict(extra="forbid")

    do: Choice = Field(
        "试算 dry-run",
        title="做什么 what to do",
        description="试算只列出会变的数，不写入；执行才写入；其余针对已有的回填（填编号） · a dry run writes nothing",
    )
    backfill_id: str = Field(
        "",
        title="回填编号 id",
        description="继续、重试、撤销、取消时填，头几位即可 · its first digits do",
        pattern=r"^\s*[0-9a-f]*\s*$",
        json_schema_extra={"format": ID},
    )
    periods: list[str] = Field(
        [],
        title="报告期 periods",
        description="不选为全部已过的报告期 · all that have ended unless chosen",
    )
    units: list[str] = Field([], title="报送单位 townships", description="不选为全部 · all of them unless chosen")
    from_stage: FromStage = Field(
        "extract",
        title="从哪一步起 from stage",
        description="fetch 收件，parse 解析，extract 取数，validate 审核，load 入库；取数用存储的文本，不再识别扫描件"
        " · extract uses stored texts: nothing is scanned again",
    )
    reprocess: Reprocess = Field(
        "changed",
        title="重做哪些 reprocess",
        description="missing 缺的；failed 加上隔离的；changed 再加上旧版本读入的；all 全部"
        " · each takes in the ones before it",
    )
    order: Order = Field("oldest", title="先后 order", description="oldest 先旧后新 · newest only for a single period")
    max_active: int = Field(
        4, ge=1, le=32, title="同时解析 at once", description="同时解析的文件数 · files parsed at once"
    )
    on_error: OnError = Field(
        "continue", title="出错时 on error", description="continue 继续其余；stop 停下，可再继续 · stop can be resumed"
    )
    include_locked: bool = Field(
        False,
        title="连同已审定、已锁定的 include locked",
        description="否则列为待复核，不改动；勾选须写理由 · needs a reason; else they are left for review",
    )
    why: str = Field("", title="理由 reason", description="为什么回填，记入清单 · kept in the manifest")
    who: str = Field("", title="经办人 who", description="姓名 · your name")


def _name() -> str:
    form = flow_run.parameters["form"]
    said = form if isinstance(form, dict) else form.model_dump()
    periods = "、".join(said.get("periods") or ()) or "全部 all"
    return f"回填 {said.get('do', '')} {said.get('backfill_id') or periods} {said.get('who', '')}".strip()


@flow(name="backfill-periods", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def backfill_periods(county_folder: str, form: BackfillForm) -> Any:
    """Run stages again over past periods: see first which figures would change, then apply; undo brings them back.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        form: 哪些报告期和单位，从哪一步起，做什么 · Which periods and townships, from which stage, what to do.
    """
    read_data_files()
    county, now = read_county(Path(county_folder)), dt.datetime.now(dt.UTC)
    try:
        return _start(form, county, now) if form.do in {"试算 dry-run", "执行 apply"} else _go_on(form, county, now)
    except BackfillRefused as error:
        return Failed(message=error.message(county.language), data=error)


def _start(form: BackfillForm, county: County, now: dt.datetime) -> Any:
    words = form.model_dump(exclude={"do", "backfill_id", "periods", "units"})
    request = steps.backfill_request(form.periods, form.units, county, now, **words)
    plan = steps.plan_backfill(request, county, now, CountedProgress(county, "排定回填", "planning a backfill"))
    message = steps.show_backfill_plan(plan, county, form.model_dump())
    if form.do == "试算 dry-run":
        return Completed(message=message, data=plan)
    backfill_id = steps.freeze_backfill(plan, county, now)
    if backfill_id is None:
        return Completed(message=message, data=None)
    return _ended(steps.do_backfill(backfill_id, county, now, CountedProgress(county, "回填", "backfill")), county)


def _go_on(form: BackfillForm, county: County, now: dt.datetime) -> Any:
    backfill_id = steps.find_backfill(form.backfill_id.strip(), county)
    if form.do == "撤销 undo":
        return _ended(steps.undo_backfill(backfill_id, county, now), county)
    if form.do == "取消 cancel":
        return _ended(steps.cancel_backfill(backfill_id, county, now), county)
    if form.do == "重试 retry-failed":
        steps.retry_backfill(backfill_id, county, now)
    return _ended(steps.do_backfill(backfill_id, county, now, CountedProgress(county, "回填", "backfill")), county)


def _ended(outcome: steps.BackfillOutcome, county: County) -> Any:
    steps.trace_load(outcome.loaded, county, outcome.backfill_id)
    steps.show_backfill(outcome, county)
    steps.announce("backfill.done", county, [outcome.message(county.language)])
    return Completed(message=outcome.message(county.language), data=outcome)
