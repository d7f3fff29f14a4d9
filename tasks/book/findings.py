"""The pages of findings: a period each, with every finding's words, quotes in place, and what to do."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.rules import load_rules
from tasks.book.data import BookData, Row
from tasks.book.figures import fact_name, shown_value
from tasks.publish.summary import in_order_of_urgency

__all__ = ["FindingView", "QuoteView", "finding_periods", "findings_contents", "findings_overview"]


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The words a finding is about: before, the figure itself, after; and where they stand."""

    before: str
    surface: str
    after: str
    name: str
    value: str
    unit_name: str
    period: str
    address: str
    status: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as its page shows it."""

    finding_id: str
    rule: str
    title: str
    how: str
    severity: str
    status: str
    unit_code: str
    unit_name: str
    message: str
    observed: str
    expected: str
    decision: str
    symptoms: tuple[str, ...]
    quotes: tuple[QuoteView, ...]
    other_quotes: tuple[str, ...]
    report: str
    compare: str


def finding_periods(data: BookData) -> list[str]:
    """Return the periods that have findings, newest first."""
    return sorted(set(data.findings["period"]), reverse=True)


def findings_overview(data: BookData) -> dict[str, Any]:
    """Return how many findings there are by period, severity and status, and by rule."""
    counted = (
        data.findings.group_by("period", "severity", "status")
        .len()
        .sort("period", "severity", "status", descending=[True, False, False])
    )
    rules = (
        data.findings.filter(pl.col("status") != "fixed").group_by("rule", "severity", "period").len()
        .sort("rule", "period", "severity", descending=[False, True, False])
    )  # fmt: skip
    known = load_rules()
    return {
        "periods": tuple(finding_periods(data)),
        "counted": tuple(counted.rows()),
        "rules": tuple(
            (rule, ("" if rule not in known else known[rule].title_zh if data.zh else known[rule].title_en),
             severity, period, count)
            for rule, severity, period, count in rules.rows()
        ),
    }  # fmt: skip


def findings_contents(period: str, data: BookData, compared: dict[str, str]) -> dict[str, Any]:
    """Return the findings of `period`, open errors first; `compared` holds the side-by-side page of some."""
    rows = in_order_of_urgency(data.findings.filter(pl.col("period") == period))
    reports = {
        (one["unit_code"], one["period"]): data.report_path(one)
        for one in data.submissions.filter(pl.col("state") == "loaded").iter_rows(named=True)
    }
    views = tuple(
        _view(one, data, reports.get((one["unit_code"], one["period"]), ""), compared.get(one["finding_id"], ""))
        for one in rows.iter_rows(named=True)
    )
    return {
        "period": period,
        "findings": views,
        "units": tuple(
            dict.fromkeys((one.unit_code, one.unit_name) for one in sorted(views, key=lambda v: v.unit_code))
        ),
        "rules": tuple(dict.fromkeys((one.rule, one.title) for one in sorted(views, key=lambda v: v.rule))),
        "severities": tuple(one for one in ("error", "question", "note") if any(v.severity == one for v in views)),
        "statuses": tuple(dict.fromkeys(one.status for one in views)),
    }


def _view(row: Row, data: BookData, report: str, compare: str) -> FindingView:
    rule = load_rules().get(row["rule"])
    facts = [data.fact_by_id[one] for one in row["fact_ids"] if one in data.fact_by_id]
    quotes = tuple(_quote(one) for one in facts)
    told = {one["evidence"] for one in facts}
    return FindingView(
        finding_id=row["finding_id"],
        rule=row["rule"],
        title=row["rule"] if rule is None else rule.title_zh if data.zh else rule.title_en,
        how="" if rule is None else rule.how_zh if data.zh else rule.how_en,
        severity=row["severity"],
        status=row["status"],
        unit_code=row["unit_code"],
        unit_name=str(row["unit_name"] or data.unit_names.get(row["unit_code"]) or row["unit_code"]),
        message=row[f"message_{data.language}"],
        observed=row["observed"] or "",
        expected=row["expected"] or "",
        decision=row[f"decision_{data.language}"] or "",
        symptoms=tuple(row["symptoms"] or ()),
        quotes=quotes,
        other_quotes=tuple(one for one in row["quotes"] or () if one not in told),
        report=report,
        compare=compare,
    )


def _quote(fact: Row) -> QuoteView:
    evidence, surface = fact["evidence"] or "", f"{fact['stated_value'] or ''}{fact['stated_unit'] or ''}"
    before, found, after = evidence.partition(surface) if surface else (evidence, "", "")
    return QuoteView(before, found, after, fact_name(fact), shown_value(fact, with_unit=True), fact["unit_name"],
                     fact["report_period"], fact["address"], fact["status"])  # fmt: skip
