"""Every rule: one report that breaks it and is named with its quote, one that keeps it and is left alone."""

import dataclasses
import re

import polars as pl
import pytest

from expectations.rules import RuleError, load_rules, read_rules
from tasks.domain.documents import Anchor, Box, Location

GROWTH = {"measure": "growth_pct"}
LAST_YEAR = {"measure": "prior_level", "start": 40}


def rules_of(validation):
    return [one.rule for one in validation.findings]


# rule, figures that break it, figures that keep it; a figure is (indicator, value, how it differs from a plain one)
CASES = [
    ("V1", [("pop.total", 5000, {"unit": "户"})], [("pop.total", 5000, {})]),
    ("V3", [("pop.total", 9_000_000, {})], [("pop.total", 9_000, {})]),
    (
        "V3",
        [("pop.total", 150, {"bound": "range", "value_high": 180, "high": 180})],
        [("pop.total", 150, {"bound": "range", "value_high": 280, "high": 280})],
    ),
    (
        "V3",
        [("pop.total", 400_000, {"bound": "at_least", "high": None})],
        [("pop.total", 4_000, {"bound": "at_least", "high": None})],
    ),
    ("K1", [("pop.total", None, {})], [("pop.total", 5000, {})]),
    ("K2", [("pop.total", 5000, {"bound": "damaged"})], [("pop.total", 5000, {})]),
    ("G1", [("econ.gdp", 450, GROWTH)], [("econ.gdp", 8.5, GROWTH)]),
    ("G1", [("econ.gdp", -95, GROWTH)], [("econ.gdp", -12, GROWTH)]),
    (
        "S5",
        [("pop.total", 5000, {}), ("pop.total", 5100, {"start": 40})],
        [("pop.total", 5000, {"low": 4950, "high": 5050}), ("pop.total", 5012, {"start": 40})],
    ),
    (
        "V8",
        [("stability.disputes_found", 80, {}), ("stability.disputes_mediated", 81, {"start": 40})],
        [("stability.disputes_found", 80, {}), ("stability.disputes_mediated", 80, {"start": 40})],
    ),
    (
        "V8",
        [("safety.hazards_found", 30, {}), ("safety.hazards_fixed", 31, {"start": 40})],
        [("safety.hazards_found", 30, {}), ("safety.hazards_fixed", 29, {"start": 40})],
    ),
    (
        "Q10",
        [
            ("agri.grain_area", 1100, {}),
            ("agri.grain_area", 1000, LAST_YEAR),
            ("agri.grain_area", 20, {**GROWTH, "start": 60}),
        ],
        [
            ("agri.grain_area", 1100, {}),
            ("agri.grain_area", 1000, LAST_YEAR),
            ("agri.grain_area", 10, {**GROWTH, "start": 60}),
        ],
    ),
]


@pytest.mark.parametrize(("rule", "breaks", "keeps"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_rule_names_what_breaks_it_and_nothing_else(rule, breaks, keeps, fact, report, judge):
    bad = [fact(code, value, **more) for code, value, more in breaks]
    good = [fact(code, value, **more) for code, value, more in keeps]
    found = judge(report(1, bad), report(2, good)).findings
    assert [(one.rule, one.unit_name) for one in found] == [(rule, "第1镇")]
    assert set(found[0].quotes) <= {one.evidence for one in bad}
    assert found[0].quotes
    assert found[0].fact_ids
    assert found[0].severity == load_rules()[rule].severity
    assert "第1镇2023.txt" in found[0].message_zh
    assert "第1镇2023.txt" in found[0].message_en
    assert load_rules()[rule].how_en in found[0].message_en


def test_v2_an_indicator_outside_the_catalogue_is_rejected(fact, report, judge):
    facts, submissions = report(1, [fact("pop.total", 5000)])
    result = judge((facts.with_columns(pl.lit("pop.unheard_of").alias("indicator")), submissions))
    assert rules_of(result) == ["V2"]
    assert result.facts["status"].to_list() == ["rejected"]


def test_m6_every_mandatory_indicator_that_is_not_stated_is_asked_for(fact, report, judge):
    result = judge(report(1, [fact("pop.total", 5000)]), mandatory=["pop.total", "agri.grain_area"])
    assert rules_of(result) == ["M6"]
    assert "粮食播种面积" in result.findings[0].message_zh


def test_q24_a_text_of_low_quality_is_noted_once_for_the_report(fact, report, judge):
    bad, good = report(1, [fact("pop.total", 5000)], text_quality=0.9), report(2, [], text_quality=0.99)
    found = judge(bad, good).findings
    assert [(one.rule, one.unit_name, one.observed) for one in found] == [("Q24", "第1镇", "0.9")]


def test_q24_figures_of_a_text_of_low_quality_are_not_accepted(fact, report, judge):
    bad = report(1, [fact("pop.total", 5000)], text_quality=0.9)
    good = report(2, [fact("pop.total", 5000)], text_quality=0.99)
    result = judge(bad, good)
    assert result.facts.sort("unit_code")["status"].to_list() == ["flagged", "accepted"]
    assert result.findings[0].fact_ids == tuple(bad[0]["fact_id"])


def test_q25_a_figure_that_ocr_was_not_sure_of_is_not_accepted(fact, report, judge):
    read = (
        Anchor(0, 2, Location(page=1, box=Box(10, 10, 30, 20)), (10, 20, 30), 0.7),
        Anchor(4, 6, Location(page=1, box=Box(50, 10, 70, 20)), (50, 60, 70), 0.97),
    )
    facts = [fact("pop.total", 5000), fact("pop.households", 1200, start=4)]
    result = judge(report(1, facts, anchors=read))
    assert rules_of(result) == ["Q25"]
    assert "5000" in result.findings[0].observed
    assert result.facts.sort("start")["status"].to_list() == ["flagged", "accepted"]


def test_a_fact_stands_where_its_own_words_stand(fact, report, judge):
    # One line, and the next on the page after: the box is that of the first part.
    line = Anchor(0, 5, Location(page=1, box=Box(10, 10, 60, 20)), (10, 20, 30, 40, 50, 60))
    rest = Anchor(5, 9, Location(page=2, box=Box(10, 30, 50, 40)), (10, 20, 30, 40, 50))
    facts = [fact("pop.total", 5000, start=1), fact("pop.households", 1200, start=4), fact("pop.minority", 90, start=6)]
    rows = report(1, facts, anchors=(line, rest))[0].sort("start")
    assert rows["page"].to_list() == [1, 1, 2]
    assert rows["bbox"].to_list() == [[20, 10, 40, 20], [50, 10, 60, 20], [20, 30, 40, 40]]


def test_contradiction_is_one_question_with_both_quotes(fact, report, judge):
    twice = [fact("pop.total", 5000, evidence="总人口5000人"), fact("pop.total", 5100, 40, evidence="全乡5100人")]
    (finding,) = judge(report(1, twice)).findings
    assert finding.severity == "question"
    assert set(finding.quotes) == {"总人口5000人", "全乡5100人"}
    assert finding.imbalance == 100


@pytest.mark.parametrize("bound", ["at_least", "approx", "at_most"])
def test_a_figure_that_is_not_exact_contradicts_nothing(bound, fact, report, judge):
    facts = [fact("pop.total", 5000, bound=bound, low=None, high=None), fact("pop.total", 5100, 40)]
    assert rules_of(judge(report(1, facts))) == []


def test_growth_at_comparable_prices_is_not_compared_with_current_prices(fact, report, judge):
    facts = [
        fact("econ.gdp", 2e8),
        fact("econ.gdp", 1e8, 20, measure="prior_level"),
        fact("econ.gdp", 8, 40, measure="growth_pct", evidence="按可比价计算增长8%"),
    ]
    assert rules_of(judge(report(1, facts))) == []


def test_growth_is_compared_with_the_level_the_township_reported_a_year_before(fact, report, judge):
    before = report(1, [fact("agri.grain_area", 1000)], period="2022")
    stated = [fact("agri.grain_area", 1100), fact("agri.grain_area", 30, 40, measure="growth_pct")]
    (finding,) = judge(before, report(1, stated)).findings
    assert (finding.rule, finding.period) == ("Q10", "2023")
    true = [fact("agri.grain_area", 1100), fact("agri.grain_area", 10, 40, measure="growth_pct")]
    assert rules_of(judge(before, report(1, true))) == []


def test_printed_digits_decide_how_near_a_stated_growth_must_be(fact, report, judge):
    facts = [
        fact("econ.gdp", 1.1e8, low=1.05e8, high=1.15e8),
        fact("econ.gdp", 1.0e8, 20, low=0.95e8, high=1.05e8, measure="prior_level"),
        fact("econ.gdp", 20, 40, low=19.5, high=20.5, measure="growth_pct"),
    ]
    assert rules_of(judge(report(1, facts))) == []


def test_status_says_what_became_of_every_fact_in_its_old_place(fact, report, judge):
    facts, submissions = report(
        1,
        [
            fact("agri.grain_area", 1100),
            fact("pop.total", 9_000_000, 10),
            fact("agri.grain_output", 50, 20, unit="头"),
            fact("econ.gdp", None, 30),
        ],
    )
    result = judge((facts, submissions))
    assert result.facts["status"].to_list() == ["accepted", "flagged", "rejected", "accepted"]
    assert result.facts.drop("status").equals(facts.drop("status"))


def test_a_figure_masked_twice_is_one_note_about_both_places(fact, report, judge):
    result = judge(report(1, [fact("pop.total", None), fact("pop.total", None, 40)]))
    assert rules_of(result) == ["K1"]
    assert len(result.findings[0].fact_ids) == 2


def test_findings_keep_their_ids_when_the_report_shifts(fact, report, judge):
    one = fact("pop.total", 9_000_000)
    moved = dataclasses.replace(one, start=300, end=302)
    first, second = judge(report(1, [one])), judge(report(1, [moved]))
    assert [x.finding_id for x in first.findings] == [x.finding_id for x in second.findings]


def test_messages_leave_out_what_there_is_nothing_to_say_about(fact, report, judge):
    result = judge(report(1, [fact("econ.gdp", None)]), mandatory=["pop.total"])
    assert {one.rule for one in result.findings} == {"K1", "M6"}
    for one in result.findings:
        assert "应为：" not in one.message_zh
        assert "expected:" not in one.message_en
        assert "  " not in one.message_en


def test_no_reports_no_findings(judge):
    result = judge()
    assert result.findings == ()
    assert result.facts.is_empty()
    assert result.verdicts.is_empty()
    assert result.data_docs_index is None


def test_a_report_without_figures_is_judged_too(report, judge):
    assert rules_of(judge(report(1, []), mandatory=["pop.total"])) == ["M6"]


HEAD = "id,family,level,severity,rank,effect,formula,missing,threshold,source,title_zh,title_en,how_zh,how_en\n"
GOOD = "A,V,1,error,1,,x > 0,skip_if_any,,s,t,t,h,h\n"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("id,level\n", 1, "missing: family"),
        (HEAD.replace("id,", "id,colour,"), 1, "unknown: colour"),
        (HEAD + GOOD + GOOD, 3, "twice"),
        (HEAD + GOOD.replace("error", "grave"), 2, "'grave' is none of error, question, note"),
        (HEAD + GOOD.replace("A,V", "A,Z"), 2, "family 'Z'"),
        (HEAD + GOOD.replace("skip_if_any", "skip_at_will"), 2, "missing 'skip_at_will'"),
        (HEAD + GOOD.replace("1,,x", "1,burn,x"), 2, "effect 'burn'"),
        (HEAD + GOOD.replace("V,1", "V,one"), 2, "numbers"),
        (HEAD + GOOD.replace("V,1", "V,9"), 2, "level 9"),
        (HEAD + GOOD.replace("any,,s", "any,many,s"), 2, "numbers"),
        (HEAD + GOOD.replace("x > 0", ""), 2, "empty: formula"),
        (HEAD + GOOD.replace(",h,h", ",h"), 2, "14 cells"),
        (HEAD + GOOD.replace("A,", "a b,"), 2, "'a b'"),
    ],
)
def test_a_malformed_rule_is_named_by_file_and_line(text, place, says):
    with pytest.raises(RuleError, match=f"^rules.csv:{place}: .*{re.escape(says)}"):
        read_rules(text, "rules.csv")


def test_every_rule_says_in_both_languages_what_to_do():
    for rule in load_rules().values():
        assert all((rule.title_zh, rule.title_en, rule.how_zh, rule.how_en, rule.source)), rule.id
