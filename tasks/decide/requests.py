"""From what a person asks for (a form, a row, a command) to the decision that is recorded, or the reason it is not."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tasks.decide.applying import KINDS, finding_value_key, in_force, taken_back
from tasks.decide.submitting import acceptance, extension, retraction
from tasks.decide.world import LEAST_DIGITS, NEAREST, World, find_row, nearest, refused, unit_code_of
from tasks.domain.decisions import FACT_KEY, Decision, value_key
from tasks.domain.errors import DecisionRefused, Text
from tasks.domain.facts import MEASURES, Measure
from tasks.domain.findings import UNSETTLED

__all__ = ["DecisionRequest", "ReadValue", "RequestKind", "resolve_request"]

RequestKind = Literal[
    "explanation", "waiver", "correction", "approval", "withdrawal", "acceptance", "retraction", "extension"
]
# Reads a figure as typed (5.27万亩) into a unit of the catalogue; refuses another dimension.
ReadValue = Callable[[str, str, str], float]
Words = Annotated[str, StringConstraints(strip_whitespace=True)]
# What a kind of decision cannot do without, where that is not an id; what the form and the sheet call it.
_NEEDED: Mapping[RequestKind, tuple[str, ...]] = {
    "approval": ("unit", "period"),
    "extension": ("unit", "period", "value"),
}
_FIELDS: Mapping[str, tuple[str, str]] = {
    "about": ("编号", "id"),
    "unit": ("报送单位", "township"),
    "period": ("报告期", "period"),
    "indicator": ("指标", "indicator"),
    "value": ("延至哪一天（如 2024-03-01）", "last day (e.g. 2024-03-01)"),
}
_NO_UNIT = re.compile(r"[-－−]?[\d\s.,．，〇零一二两三四五六七八九十百千万亿点]+")
_TOLD = re.compile("[万亿]")
_SCALED = re.compile(r"[万亿]|\d[十百千]")


class DecisionRequest(BaseModel):
    """What a person decides. `about` is the id (or its first digits) of a finding, a figure, a decision or a file.

    A figure can be named by unit, period and indicator instead; `stated` tells two statements of it apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RequestKind
    who: Annotated[Words, Field(min_length=1)]
    why: Words = ""
    about: Words = ""
    unit: Words = ""
    period: Words = ""
    indicator: Words = ""
    measure: Measure = "level"
    item: Words = ""
    stated: Words = ""
    value: Words = ""


def resolve_request(request: DecisionRequest, world: World, now: dt.datetime, read: ReadValue) -> Decision | None:
    """Return the decision that `request` asks for; None when the very same one stands already.

    Raises:
        DecisionRefused: no reason given, a field left out, nothing or several things meant (the nearest are named), a
            value that cannot be read or has the wrong dimension, errors open before an approval.
    """
    if not request.why and request.kind != "approval":
        raise refused("why_missing", request.about or _called(request), "没有写理由", "no reason is given",
                      "请写明理由（--why 或“理由”一栏）", "say why (--why, or the column why)")  # fmt: skip
    _refuse_left_out(request)
    made = _MAKERS[request.kind](request, world, now, read)
    return None if _stands(made, world.decisions) else made


def _called(request: DecisionRequest) -> str:
    return " ".join(KINDS[request.kind])


def _refuse_left_out(request: DecisionRequest) -> None:
    """Refuse what does not say what it is about: a search for nothing would answer with what happens to be near."""
    needed = ("unit", "period", "indicator") if request.kind == "correction" else _NEEDED.get(request.kind, ("about",))
    if request.kind == "correction" and request.about:
        return
    missing = [_FIELDS[name] for name in needed if not getattr(request, name)]
    if not missing:
        return
    zh, en = ("、".join(one[0] for one in missing), ", ".join(one[1] for one in missing))
    or_id = ("（也可只写编号）", " (or the id alone)") if request.kind == "correction" else ("", "")
    raise refused("left_out", _called(request), f"没有写{zh}", f"{en}: not given",
                  f"请补写后再提交{or_id[0]}", f"fill it in and submit again{or_id[1]}")  # fmt: skip


def _answer(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    finding = find_row(world.findings, "finding_id", request.about, Text("审核问题", "findings"), "county findings")
    decision = Decision(
        kind=request.kind, sha256="", unit_code=finding["unit_code"], form="", period=finding["period"],
        who=request.who, decided_at=now, why=request.why, finding_id=finding["finding_id"], rule=finding["rule"],
        about=finding["about"] or "", value_key=finding_value_key(finding, world.facts),
    )  # fmt: skip
    if finding["status"] == "fixed" and not _stands(decision, world.decisions):
        raise refused("already_fixed", request.about, "此问题已改正", "this finding is fixed",
                       "不需要处理", "nothing needs to be decided")  # fmt: skip
    return decision


def _correction(request: DecisionRequest, world: World, now: dt.datetime, read: ReadValue) -> Decision:
    fact = _figure(request, world)
    if not request.value:
        where = request.about or request.indicator
        raise refused("value_missing", where, "没有写更正值", "no corrected value is given",
                       "请写数字和单位，如 5.27万亩", "write number and unit, e.g. 5.27万亩")  # fmt: skip
    place = f"{fact['unit_name']} {fact['period']} {fact['indicator_name']}"
    unit, told = fact["canonical_unit"], f"{fact['stated_value'] or ''}{fact['stated_unit'] or ''}"
    if _NO_UNIT.fullmatch(request.value) and not _is_plain(request.value, fact):
        raise refused("unit_missing", place, f"原数为“{told}”，更正值“{request.value}”没有写单位，不知是不是{unit}",
                      f"the report says {told}; {request.value!r} has no unit, which may not be {unit}",
                      "请连同单位写，如 5.27万亩", "write number and unit, e.g. 5.27万亩")  # fmt: skip
    return Decision(
        kind="correction", sha256="", who=request.who, decided_at=now, why=request.why,
        **{name: fact[name] or "" for name in (*FACT_KEY, "stated_value", "stated_unit")},
        value_key=value_key(fact["stated_value"] or "", fact["stated_unit"] or ""),
        corrected_value=read(request.value, unit, place), given=request.value,
    )  # fmt: skip


def _is_plain(typed: str, fact: Mapping[str, Any]) -> bool:
    """Return whether a figure typed without a unit can only be meant in the catalogue's: the report's own is that.

    Where a sheet shows 48.2万亩, 5.27 typed for it means 5.27万亩, and 52700 means 亩: nobody but the writer knows.
    """
    if (fact["stated_unit"] or fact["canonical_unit"]) != fact["canonical_unit"]:
        return False
    stated, value = (fact["stated_value"] or "").replace(",", ""), fact["value"]
    if _TOLD.search(typed) or value is None:
        # A figure that is masked in a table may stand under 万亩, which its cell does not say.
        return bool(_TOLD.search(typed)) or not (_SCALED.search(stated) or fact["rule_id"] == "table")
    try:
        return float(stated or 0) == abs(float(value))
    except ValueError:
        return not _SCALED.search(stated)


def _figure(request: DecisionRequest, world: World) -> dict[str, Any]:
    """Return the fact that a correction is about: by its id, by a finding about it alone, or by its names."""
    if not request.about:
        return _named_figure(request, world)
    of_findings = world.findings.filter(pl.col("finding_id").str.starts_with(request.about))
    if of_findings.height != 1 or len(request.about) < LEAST_DIGITS:
        return find_row(world.facts, "fact_id", request.about, Text("指标值", "facts"), "county findings")
    ids = of_findings["fact_ids"].item().to_list()
    own = world.facts.filter(pl.col("fact_id").is_in(ids)).unique([*FACT_KEY, "stated_value"], maintain_order=True)
    if request.stated:
        own = own.filter(pl.col("stated_value") == request.stated)
    if own.height == 1:
        return own.row(0, named=True)
    raise _several(request.about, own)


def _named_figure(request: DecisionRequest, world: World) -> dict[str, Any]:
    unit = unit_code_of(request.unit, world)
    ours = world.facts.filter((pl.col("unit_code") == unit) & (pl.col("period") == request.period))
    named = ours.filter(pl.col("indicator").eq(request.indicator) | pl.col("indicator_name").eq(request.indicator))
    if named.is_empty():
        names = ours["indicator"].unique().to_list() + ours["indicator_name"].unique().to_list()
        near = "、".join(nearest(request.indicator, names)) or "—"
        raise refused(
            "figure_unknown", f"{request.unit} {request.period}",
            f"没有指标“{request.indicator}”的值；相近的：{near}",
            f"no figure of {request.indicator!r}; nearest: {near}",
            "请核对单位、报告期和指标", "check unit, period and indicator",
        )  # fmt: skip
    own = named.filter((pl.col("measure") == request.measure) & (pl.col("item") == request.item))
    if request.stated:
        own = own.filter(pl.col("stated_value") == request.stated)
    distinct = own.unique([*FACT_KEY, "stated_value", "stated_unit"], maintain_order=True)
    if distinct.height == 1:
        return distinct.row(0, named=True)
    raise _several(f"{request.unit} {request.period} {request.indicator}", named if own.is_empty() else own)


def _several(where: str, facts: pl.DataFrame) -> DecisionRefused:
    names = ("fact_id", "indicator_name", "measure", "item", "stated_value", "stated_unit")
    shown = [" ".join(one or "" for one in row) for row in facts.head(NEAREST * 2).select(names).rows()]
    listed = "；".join(" ".join(one.split()) for one in shown) or "—"
    return refused(
        "figure_unclear", where,
        f"所指的数不是唯一一个，相近的：{listed}", f"not exactly one figure is meant; nearest: {listed}",
        f"请用指标值编号指定一个（口径：{'、'.join(MEASURES)}）",
        "name one by its fact id, or with --measure, --item, --stated",
    )  # fmt: skip


def _approval(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    unit, where = unit_code_of(request.unit, world), f"{request.unit} {request.period}"
    live = world.submissions.filter(
        (pl.col("state") == "loaded") & (pl.col("unit_code") == unit) & (pl.col("period") == request.period)
    )
    if live.height != 1:
        raise refused("nothing_to_approve", where, f"已入库的报送件有 {live.height} 件",
                       f"{live.height} submissions are loaded", "county status 列出报送情况",
                       "`county status` shows what came")  # fmt: skip
    errors = world.findings.filter(
        (pl.col("unit_code") == unit) & (pl.col("period") == request.period)
        & (pl.col("severity") == "error") & pl.col("status").is_in(UNSETTLED)
    )  # fmt: skip
    if not errors.is_empty():
        ids = "、".join(errors["finding_id"].head(NEAREST))
        raise refused("errors_open", where, f"还有 {errors.height} 个错误未处理：{ids}",
                       f"{errors.height} errors are open: {ids}", "先更正、说明或豁免，再审定",
                       "correct, explain or waive them, then approve")  # fmt: skip
    row = live.row(0, named=True)
    return Decision(
        kind="approval", sha256=row["sha256"], unit_code=unit, form=row["form"], period=request.period,
        who=request.who, decided_at=now, why=request.why, value_key=value_key(row["sha256"]),
    )  # fmt: skip


def _withdrawal(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    target = find_row(world.decisions, "decision_id", request.about, Text("决定", "decisions"), "county show ID")
    return Decision(
        kind="withdrawal", sha256=target["sha256"], unit_code=target["unit_code"], form=target["form"],
        period=target["period"], who=request.who, decided_at=now, why=request.why,
        finding_id=target["finding_id"], target=target["decision_id"],
    )  # fmt: skip


def _stands(made: Decision, decisions: pl.DataFrame) -> bool:
    """Return whether the last decision in force about the same thing says the same: asking again changes nothing."""
    if made.kind == "withdrawal":
        return made.target in taken_back(decisions)
    same = ("unit_code", "form", "period", "indicator", "measure", "item", "stated_value", "stated_unit", "finding_id")
    kinds = ["explanation", "waiver"] if made.finding_id else [made.kind]
    about = pl.all_horizontal(pl.col(name) == getattr(made, name) for name in same)
    last = in_force(decisions).filter(pl.col("kind").is_in(kinds) & about).tail(1)
    if last.is_empty():
        return False
    said: Mapping[str, Any] = last.row(0, named=True)
    names = ("kind", "who", "why", "value_key", "corrected_value", "sha256")
    return all(said[name] == getattr(made, name) for name in names)


def _acceptance(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    return acceptance(request.about, request.who, request.why, world, now)


def _retraction(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    return retraction(request.about, request.who, request.why, world, now)


def _extension(request: DecisionRequest, world: World, now: dt.datetime, _: ReadValue) -> Decision:
    return extension(request.unit, request.period, request.value, request.who, request.why, world, now)


_MAKERS: Mapping[RequestKind, Callable[[DecisionRequest, World, dt.datetime, ReadValue], Decision]] = {
    "explanation": _answer,
    "waiver": _answer,
    "correction": _correction,
    "approval": _approval,
    "withdrawal": _withdrawal,
    "acceptance": _acceptance,
    "retraction": _retraction,
    "extension": _extension,
}
