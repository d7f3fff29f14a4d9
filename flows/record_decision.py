"""Record a decision: from a form in the UI to findings and figures as they count now.

record → judge what depends on it → load → report
"""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from flows.field_formats import FIGURE, ID, NAME
from tasks import decide, steps
from tasks.domain.county import read_county
from tasks.domain.facts import Measure

__all__ = ["DecisionForm", "record_decision"]

_LONGEST_SECONDS = 3600

Choice = Literal[
    "说明 explain", "豁免 waive", "更正 correct", "审定 approve", "采用 accept", "撤销报送 retract", "延期 extend",
    "撤回 withdraw",
]  # fmt: skip
_KINDS: dict[Choice, decide.RequestKind] = {
    "说明 explain": "explanation",
    "豁免 waive": "waiver",
    "更正 correct": "correction",
    "审定 approve": "approval",
    "采用 accept": "acceptance",
    "撤销报送 retract": "retraction",
    "延期 extend": "extension",
    "撤回 withdraw": "withdrawal",
}


class DecisionForm(BaseModel):
    """A decision as it is filled in."""

    model_config = ConfigDict(extra="forbid")

    decision: Choice = Field(
        title="决定 decision",
        description="对问题说明或豁免，更正一个数，审定一个单位，采用待定的文件，撤销报送的文件，"
        "给单位延期，撤回一个决定 · explain or waive a finding, correct a figure, approve a township, "
        "accept a held file, retract a file, give a township more time, withdraw a decision",
    )
    about: str = Field(
        "", title="编号 id",
        description="问题、指标值、决定的编号，或文件的 sha256，头几位即可（采用、撤销报送时至少 6 位） · "
        "id of the finding, figure or decision, or sha256 of the file; its first digits do (6 of a sha256)",
        pattern=r"^\s*[0-9a-f]*\s*$", json_schema_extra={"format": ID},
    )  # fmt: skip
    unit: str = Field(
        "",
        title="报送单位 township",
        description="审定、延期时必填；更正时可代替编号 · for approve and extend; or to correct by name",
    )
    period: str = Field("", title="报告期 period", description="同上 · likewise", pattern=r"^[0-9HQM-]*$")
    indicator: str = Field(
        "", title="指标 indicator", description="更正时，名称或代码 · to correct by name: name or code"
    )
    measure: Measure = Field(
        "level", title="口径 measure", description="level 是本期数 · level is the figure of the period"
    )
    value: str = Field(
        "", title="更正值 corrected value", description="数字和单位，如 5.27万亩 · number and unit",
        json_schema_extra={"format": FIGURE},
    )  # fmt: skip
    day: dt.date | None = Field(None, title="延至 last day", description="延期时必填 · for extend")
    why: str = Field("", title="理由 why", description="审定以外必填 · needed except to approve")
    who: str = Field(
        min_length=1, title="经办人 who", description="姓名 · your name", json_schema_extra={"format": NAME}
    )

    def request(self) -> decide.DecisionRequest:
        """Return what the form asks for."""
        words = self.model_dump(exclude={"decision", "day"})
        if self.decision == "延期 extend":
            words["value"] = self.day.isoformat() if self.day else ""
        return decide.DecisionRequest(kind=_KINDS[self.decision], **words)


def _name() -> str:
    form = flow_run.parameters["form"]
    said = form if isinstance(form, dict) else form.model_dump()
    return f"{said['decision']} {said.get('about') or said.get('unit', '')} {said.get('who', '')}".strip()


@flow(name="record-decision", flow_run_name=_name, timeout_seconds=_LONGEST_SECONDS)
def record_decision(county_folder: str, form: DecisionForm) -> Any:
    """Record a decision about a finding, a figure or a submission; facts and findings show it when this run ends.

    Args:
        county_folder: 本县的文件夹，不必改动 · The county's folder; leave it as it is.
        form: 对什么、怎样决定，为什么，谁决定 · What is decided, about what, why, by whom.
    """
    county = read_county(Path(county_folder))
    now, run_id = dt.datetime.now(dt.UTC), str(flow_run.id)
    recorded = steps.record_requests([form.request()], county, now, run_id)
    if recorded.refused:
        return Failed(message=recorded.refused[0].message(county.language))
    with steps.one_writer(county):
        judged = steps.validate_reports([], county, now, run_id)
        loaded = steps.load_reports(judged, county, now, run_id)
    steps.trace_load([loaded], county, run_id)
    steps.publish_decisions(recorded, county)
    return Completed(message=recorded.message(county.language), data=recorded.message(county.language))
