"""The two tables after a run: who has reported, what was found."""

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tasks.domain.frames import findings_frame
from tasks.domain.tables import TABLES
from tasks.publish import duplicates_rows, findings_rows, roster_rows, versions_rows, worst_quality

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def reporting():
    """Four units of 2023 in four states; due is the end of 15 January in China."""
    states = ["on_time", "missing", "late", "quarantined"]
    rows = [
        {
            "unit_code": f"{number}",
            "unit_name": f"第{number}镇",
            "form": "f",
            "period": "2023",
            "due_at": dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC),
            "received_at": None if state == "missing" else dt.datetime(2024, 1, 14, 17, tzinfo=dt.UTC),
            "state": state,
            "days_late": 3 if state in {"late", "missing"} else 0,
            "facts": 10,
            "completeness": 2 / 3 if state == "on_time" else None,
            "errors": 1,
            "questions": 0,
            "notes": 0,
        }
        for number, state in enumerate(states, start=1)
    ]
    return pl.DataFrame(rows, schema=dict(TABLES["reporting"]), orient="row")


def test_those_that_need_a_look_come_first(reporting):
    assert [row["报送状态"] for row in roster_rows(reporting, "zh", timezone=SHANGHAI)] == [
        "未报",
        "隔离待处理",
        "迟报",
        "按时",
    ]
    assert [row["state"] for row in roster_rows(reporting, "en", timezone=SHANGHAI)] == [
        "missing",
        "quarantined",
        "late",
        "on time",
    ]


def test_a_row_is_text_with_the_county_s_days(reporting):
    row = roster_rows(reporting, "zh", timezone=SHANGHAI)[-1]
    assert (row["截止日期"], row["收到日期"], row["必报完整率"], row["逾期天数"]) == (
        "2024-01-15",
        "2024-01-15",
        "66%",
        "",
    )
    assert all(isinstance(value, str) for value in row.values())


def test_what_is_missing_says_for_how_many_days(reporting):
    # The next day has begun in China.
    now = dt.datetime(2024, 3, 1, 17, tzinfo=dt.UTC)
    rows = roster_rows(reporting, "zh", timezone=SHANGHAI, now=now)
    (missing,) = [row for row in rows if row["报送状态"] == "未报"]
    assert missing["截止日期"] == "2024-01-15"
    assert missing["逾期天数"] == "47"
    as_before = roster_rows(reporting, "zh", timezone=SHANGHAI)
    assert [row for row in rows if row is not missing] == [row for row in as_before if row["报送状态"] != "未报"]


def test_days_are_those_of_the_county_and_no_other(reporting):
    """In Urumqi a report due at the end of the 15th was said to be due on the 16th."""
    urumqi = ZoneInfo("Asia/Urumqi")
    due = reporting.with_columns(due_at=dt.datetime(2024, 1, 15, 18, tzinfo=dt.UTC))
    assert roster_rows(due, "zh", timezone=urumqi)[-1]["截止日期"] == "2024-01-15"
    received = {"received_at": dt.datetime(2024, 1, 15, 17, tzinfo=dt.UTC)}
    versions = pl.DataFrame([received], schema=dict(TABLES["submissions"]))
    assert versions_rows(versions, "zh", urumqi)[0]["收到日期"] == "2024-01-15 23:00"
    again = pl.DataFrame([received | {"first_received_at": received["received_at"]}], schema=dict(TABLES["duplicates"]))
    assert set(duplicates_rows(again, "zh", SHANGHAI)[0].values()) == {"", "2024-01-16 01:00"}


def test_findings_are_sorted_by_severity_and_cut_to_the_limit(county):
    findings = [
        county.finding("a", severity="note"),
        county.finding("b", severity="error", status="fixed"),
        county.finding("c", severity="question"),
        county.finding("d", severity="error", quotes=("长" * 200,)),
    ]
    rows = findings_rows(findings_frame(findings, "r1"), "zh", 10)
    assert [row["严重程度"] for row in rows] == ["错误", "疑问", "提示", "错误"]
    assert rows[-1]["状态"] == "已改正"
    assert list(rows[0])[:5] == ["严重程度", "报送单位", "报告期", "问题编号", "问题"]
    assert rows[0]["原文"] == "长" * 60 + "…"
    assert len(findings_rows(findings_frame(findings, "r1"), "en", 2)) == 2
    assert findings_rows(findings_frame(findings, "r1"), "en", 1)[0]["problem"] == "d is out of range"


def test_nothing_gives_no_rows(county, reporting):
    assert roster_rows(reporting.clear(), "zh", timezone=SHANGHAI) == []
    assert findings_rows(findings_frame([], "r1"), "zh", 5) == []


def test_of_many_reports_those_of_worst_quality_are_shown() -> None:
    rows = [
        {"unit_code": str(number), "unit_name": f"第{number}镇", "form": "f", "period": period,
         "hard_failures": number % 3, "soft_failures": 0, "completeness": 1.0}
        for period in ("2022", "2023")
        for number in range(9)
    ]  # fmt: skip
    quality = pl.DataFrame(rows, schema=dict(TABLES["quality"]), orient="row")
    worst = worst_quality(quality, 4)
    assert worst.select("period", "unit_code").rows() == [("2023", "2"), ("2023", "5"), ("2023", "8"), ("2023", "1")]
