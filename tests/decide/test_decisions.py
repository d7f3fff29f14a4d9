"""Decisions: what they do to facts and findings, when they expire, what is refused."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import decide
from tasks.deciding import read_value
from tasks.domain.errors import DecisionRefused
from tasks.domain.findings import finding_id
from tasks.domain.frames import empty_frame
from tasks.domain.gazetteer import Gazetteer, ReportingUnit
from tasks.domain.tables import TABLES, fact_id

UNIT, OTHER, FORM, PERIOD = "530999101000", "530999102000", "annual-work-report", "2023"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
UNITS = Gazetteer(
    {UNIT: ReportingUnit(UNIT, "青山镇", (), None, None), OTHER: ReportingUnit(OTHER, "白水乡", (), None, None)}
)


def fact(stated="900", *, indicator="agri.grain_area", start=10, submission="s1", **more):
    row = dict.fromkeys(TABLES["facts"])
    row |= {
        "fact_id": fact_id(submission, indicator, "level", "", start),
        "unit_code": UNIT, "unit_name": "青山镇", "form": FORM, "period": PERIOD, "year": 2023,
        "indicator": indicator, "indicator_name": "粮食播种面积", "item": "", "measure": "level",
        "value": float(stated), "low": float(stated), "high": float(stated), "canonical_unit": "亩",
        "stated_value": stated, "stated_unit": "亩", "bound": "exact", "status": "flagged",
        "submission_id": submission, "live": True, "start": start, "end": start + 4, "evidence": f"粮食面积{stated}亩",
    }  # fmt: skip
    return row | more


def finding(fact_row, rule="V3"):
    """A finding of the range check about one figure, its subject as the checks write it."""
    about = f"{fact_row['indicator']}|level||{fact_row['stated_value']}"
    row = dict.fromkeys(TABLES["findings"])
    return row | {
        "finding_id": finding_id(rule, UNIT, PERIOD, about), "rule": rule, "level": 1, "severity": "error",
        "status": "open", "unit_code": UNIT, "unit_name": "青山镇", "period": PERIOD, "year": 2023, "about": about,
        "message_zh": "超出合理范围", "message_en": "out of range", "observed": f"{fact_row['stated_value']} 亩",
        "fact_ids": [fact_row["fact_id"]], "quotes": [fact_row["evidence"]], "symptoms": [],
    }  # fmt: skip


def frame(table, *rows):
    return pl.DataFrame(list(rows), schema=dict(TABLES[table]), orient="row")


def world(facts, findings, decisions=()):
    submission = dict.fromkeys(TABLES["submissions"]) | {
        "submission_id": "s1", "sha256": "a" * 64, "unit_code": UNIT, "period": PERIOD, "form": FORM,
        "state": "loaded", "version": 1, "file_name": "青山.txt",
    }  # fmt: skip
    held = decide.World(
        frame("facts", *facts), frame("findings", *findings), frame("submissions", submission),
        empty_frame("decisions"), UNITS,
    )  # fmt: skip
    for one in decisions:
        held = held.with_decision(one)
    return held


def take(held, kind, *, at=NOW, **words):
    request = decide.DecisionRequest(kind=kind, **{"who": "张三", "why": "电话核实", **words})
    return decide.resolve_request(request, held, at, read_value)


def applied(facts, findings, *decisions):
    """Facts and findings under `decisions`, as rows by id."""
    rows = world([], [], decisions).decisions
    return tuple(one.to_dicts() for one in apply(frame("facts", *facts), frame("findings", *findings), rows))


def apply(facts, findings, decisions):
    """Facts and findings as they count under `decisions`, as a run that judged nothing anew leaves them."""
    corrected = decide.corrected_status(decide.correct_facts(facts, decisions))
    return corrected, decide.settle_findings(findings, corrected, decisions, SHANGHAI)


def test_an_explanation_settles_the_finding_and_says_who_and_why():
    one = fact()
    held = world([one], [finding(one)])
    decision = take(held, "explanation", about=held.findings["finding_id"].item()[:8])
    _, (settled,) = applied([one], [finding(one)], decision)
    assert (settled["status"], settled["decision_id"]) == ("explained", decision.decision_id)
    assert "电话核实" in settled["decision_zh"]
    assert "张三" in settled["decision_en"]


def test_its_day_is_that_of_the_county():
    """Decided at 07:30 on the 16th, it was said to be of the 15th."""
    one = fact()
    decision = take(world([one], [finding(one)]), "explanation", about=finding(one)["finding_id"],
                    at=dt.datetime(2024, 1, 15, 23, 30, tzinfo=dt.UTC))  # fmt: skip
    _, (settled,) = applied([one], [finding(one)], decision)
    assert "2024-01-16" in settled["decision_zh"]
    (line,) = decide.words_of(world([], [], [decision]).decisions.to_dicts(), "zh", SHANGHAI)
    assert "2024-01-16 07:30" in line


def test_it_survives_a_newer_extractor_that_finds_the_figure_elsewhere_with_a_longer_quote():
    one = fact()
    decision = take(world([one], [finding(one)]), "waiver", about=finding(one)["finding_id"])
    again = fact(start=44, evidence="全镇粮食面积900亩，比上年多")
    _, (settled,) = applied([again], [finding(again)], decision)
    assert settled["status"] == "waived"


def test_it_expires_when_the_township_sends_another_figure_and_holds_again_when_the_figure_is_back():
    one, changed = fact("900"), fact("901", submission="s2")
    decision = take(world([one], [finding(one)]), "explanation", about=finding(one)["finding_id"])
    _, (after,) = applied([changed], [finding(changed)], decision)
    assert (after["status"], after["decision_id"]) == ("expired", decision.decision_id)
    assert "已失效" in after["decision_zh"]
    _, (back,) = applied([one], [finding(one)], decision)
    assert back["status"] == "explained"


def test_a_finding_with_a_lasting_subject_expires_in_place():
    def about_total(row):
        return finding(row) | {"about": "agri.grain_area", "finding_id": "total"}

    one, changed = fact("900"), fact("901")
    decision = take(world([one], [about_total(one)]), "explanation", about="total")
    _, (after,) = applied([changed], [about_total(changed)], decision)
    assert after["status"] == "expired"


def test_a_correction_leaves_what_was_stated_and_expires_with_it():
    one, changed = fact("900"), fact("905", submission="s2")
    decision = take(world([one], [finding(one)]), "correction", about=one["fact_id"], value="5.27万亩")
    (corrected,), _ = applied([one], [], decision)
    assert (corrected["value"], corrected["stated_value"], corrected["low"]) == (900.0, "900", 900.0)
    assert (corrected["corrected_value"], corrected["status"]) == (52_700.0, "corrected")
    assert corrected["decision_id"] == decision.decision_id
    (stale,), (reopened,) = applied([changed], [finding(changed)], decision)
    assert (stale["corrected_value"], stale["status"]) == (None, "flagged")
    assert reopened["status"] == "expired"


def test_of_contradicting_decisions_the_later_wins_whatever_the_order_they_come_in():
    one = fact()
    held = world([one], [finding(one)])
    first = take(held, "explanation", about=finding(one)["finding_id"])
    later = take(held, "waiver", about=finding(one)["finding_id"], why="不再追究", at=NOW + dt.timedelta(hours=1))
    for order in ((first, later), (later, first)):
        _, (settled,) = applied([one], [finding(one)], *order)
        assert (settled["status"], settled["decision_id"]) == ("waived", later.decision_id)


def test_a_withdrawn_decision_counts_no_more_and_a_withdrawn_withdrawal_neither():
    one = fact()
    held = world([one], [finding(one)])
    said = take(held, "explanation", about=finding(one)["finding_id"])
    held = held.with_decision(said)
    back = take(held, "withdrawal", about=said.decision_id, at=NOW + dt.timedelta(hours=1))
    assert applied([one], [finding(one)], said, back)[1][0]["status"] == "open"
    held = held.with_decision(back)
    again = take(held, "withdrawal", about=back.decision_id, at=NOW + dt.timedelta(hours=2))
    assert applied([one], [finding(one)], said, back, again)[1][0]["status"] == "explained"


def test_an_approval_waits_for_open_errors_and_expires_with_another_version():
    one = fact()
    held = world([one], [finding(one)])
    with pytest.raises(DecisionRefused, match="errors_open"):
        take(held, "approval", unit="青山镇", period=PERIOD)
    held = world([one], [finding(one) | {"status": "explained"}])
    decision = take(held, "approval", unit="青山镇", period=PERIOD, why="")
    owed = dict.fromkeys(TABLES["reporting"]) | {
        "unit_code": UNIT, "form": FORM, "period": PERIOD, "submission_id": "s1",
    }  # fmt: skip
    decisions = world([], [], [decision]).decisions
    roster = decide.approve_roster(frame("reporting", owed), held.submissions, decisions)
    assert roster.select("approval", "approved_by").row(0) == ("approved", "张三")
    newer = held.submissions.with_columns(pl.lit("b" * 64).alias("sha256"))
    assert decide.approve_roster(frame("reporting", owed), newer, decisions)["approval"].item() == "expired"


@pytest.mark.parametrize(
    ("kind", "words", "code", "named"),
    [
        ("explanation", {"about": "ffff0000"}, "not_found", None),
        ("correction", {"about": "ffff0000", "value": "1亩"}, "not_found", None),
        ("withdrawal", {"about": "ffff0000"}, "not_found", None),
        ("correction", {"unit": "青山镇", "period": PERIOD, "indicator": "粮食播种面只", "value": "1亩"},
         "figure_unknown", "粮食播种面积"),
        ("correction", {"unit": "青山真", "period": PERIOD, "indicator": "x", "value": "1亩"},
         "unit_unknown", "青山镇"),
        ("approval", {"unit": "白水乡", "period": PERIOD}, "nothing_to_approve", None),
        ("explanation", {"about": "ffff0000", "why": " "}, "why_missing", None),
    ],
)  # fmt: skip
def test_what_is_unknown_is_refused_and_the_nearest_named(kind, words, code, named):
    one = fact()
    with pytest.raises(DecisionRefused, match=code) as refusal:
        take(world([one], [finding(one)]), kind, **words)
    near = (
        {"explanation": finding(one)["finding_id"], "correction": one["fact_id"]}.get(kind) if named is None else named
    )
    if code in {"not_found", "figure_unknown", "unit_unknown"} and kind != "withdrawal":
        assert near in refusal.value.message("zh")


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("explanation", {}, "说明 explanation: left_out: 没有写编号"),
        ("withdrawal", {}, "没有写编号"),
        ("retraction", {}, "没有写编号"),
        ("correction", {"unit": "青山镇", "value": "1亩"}, "没有写报告期、指标 → 请补写后再提交（也可只写编号）"),
        ("approval", {"period": PERIOD}, "没有写报送单位"),
        ("extension", {"unit": "青山镇", "period": PERIOD}, "没有写延至哪一天（如 2024-03-01）"),
    ],
)
def test_what_was_left_out_is_said_and_nothing_near_is_searched(kind, words, said):
    with pytest.raises(DecisionRefused, match="left_out") as refusal:
        take(world([fact()], [finding(fact())]), kind, **words)
    assert said in refusal.value.message("zh")
    assert "相近" not in refusal.value.message("zh")


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [("5.27万亩", "亩", 52_700), ("5,270", "亩", 5270), ("-3.2%", "%", -3.2), ("3公顷", "亩", 45),
     ("五万二千七百亩", "亩", 52_700), ("1.5吨", "吨", 1.5), ("5.27 万", "亩", 52_700)],
)  # fmt: skip
def test_a_corrected_figure_is_read_as_people_write_it(typed, unit, value):
    assert read_value(typed, unit, "x") == pytest.approx(value)


@pytest.mark.parametrize("typed", ["5.27万元", "约5万亩", "三五百亩左右", "nan", "inf", "", "5亩6", "=1+1"])
def test_no_figure_or_another_dimension_is_refused(typed):
    with pytest.raises(DecisionRefused, match=r"wrong_dimension|value_unreadable"):
        read_value(typed, "亩", "青山镇")


def test_a_bare_number_is_in_the_unit_of_the_report_or_refused():
    """Of a sheet that shows 48.2万亩, the corrected 5.27 was taken for 5.27亩."""

    def corrected(typed, **more):
        one = fact(**more)
        return take(world([one], []), "correction", about=one["fact_id"], value=typed).corrected_value

    in_wan = {"value": 482_000.0, "stated_value": "48.2万"}
    in_a_table_of_wan = {"value": 482_000.0, "stated_value": "48.2", "rule_id": "table"}
    in_hectares = {"value": 720.0, "stated_value": "48", "stated_unit": "公顷"}
    for more in (in_wan, in_a_table_of_wan, in_hectares):
        for bare in ("5.27", "52,700", "五点二七"):
            with pytest.raises(DecisionRefused, match="unit_missing") as refusal:
                corrected(bare, **more)
            assert f"{more['stated_value']}{more.get('stated_unit', '亩')}" in refusal.value.message("zh")
        assert corrected("5.27万亩", **more) == corrected("52700亩", **more) == 52_700
    assert corrected("5.27万", **in_wan) == corrected("5.27万", **in_a_table_of_wan) == 52_700
    with pytest.raises(DecisionRefused, match="unit_missing"):
        corrected("5.27万", **in_hectares)
    assert corrected("52,700") == corrected("52700", value=None, stated_value="XX", rule_id="verb") == 52_700
    assert corrected("52700", value=23.0, stated_value="二十三") == 52_700


def test_two_statements_of_an_indicator_must_be_told_apart():
    one, two = fact("900"), fact("950", start=90)
    held = world([one, two], [])
    words = {"unit": "青山镇", "period": PERIOD, "indicator": "agri.grain_area", "value": "920"}
    with pytest.raises(DecisionRefused, match="figure_unclear") as refusal:
        take(held, "correction", **words)
    assert one["fact_id"] in str(refusal.value)
    decision = take(held, "correction", **words, stated="950")
    assert [row["corrected_value"] for row in applied([one, two], [], decision)[0]] == [None, 920.0]


def test_asking_for_what_stands_already_records_nothing():
    one = fact()
    held = world([one], [finding(one)])
    for kind, words in (("explanation", {"about": finding(one)["finding_id"]}),
                        ("correction", {"about": one["fact_id"], "value": "5.27万亩"})):  # fmt: skip
        after = held.with_decision(take(held, kind, **words))
        assert take(after, kind, **words, at=NOW + dt.timedelta(days=1)) is None
        other = take(after, kind, **words | {"why": "另有理由"}, at=NOW + dt.timedelta(days=1))
        assert other.why == "另有理由"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from(["900", "901", "902"])),
        st.tuples(st.sampled_from(["explanation", "waiver", "correction"]), st.integers(0, 2)),
        st.tuples(st.just("run"), st.just(0)),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_the_state_follows_from_what_is_stated_and_decided_however_often_runs_come_between(steps):
    """One county runs after every step, the other only at the end; and the decisions may be read in any order."""
    stated, decisions = "900", []
    facts, findings = frame("facts", fact(stated)), frame("findings", finding(fact(stated)))
    for number, (step, word) in enumerate(steps):
        at = NOW + dt.timedelta(minutes=number)
        if step == "send":
            stated = word
            facts, findings = frame("facts", fact(stated)), frame("findings", finding(fact(stated)))
        elif step != "run":
            held = replace(world([], [], decisions), facts=facts, findings=findings)
            more = {"value": f"{word + 1}亩"} if step == "correction" else {}
            about = held.facts["fact_id"].item() if step == "correction" else held.findings["finding_id"].item()
            made = take(held, step, about=about, at=at, why=f"理由{word}", **more)
            decisions += [made] if made is not None else []
        rows = world([], [], decisions).decisions
        facts, findings = apply(facts, findings, rows)
    rows = world([], [], decisions[::-1]).decisions
    once = apply(frame("facts", fact(stated)), frame("findings", finding(fact(stated))), rows)
    assert once[1].equals(findings)
    assert once[0].drop("status").equals(facts.drop("status"))
    assert once[0]["value"].item() == float(stated)
