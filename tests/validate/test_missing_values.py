"""What a missing value does is data: the column `missing` of rules.csv decides, for every rule that compares values."""

import csv
import io
from importlib.resources import files

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules, read_rules
from tasks.domain.frames import empty_frame
from tasks.validate import Evidence
from tasks.validate.checks import CheckInputs, checks_of, compute_checks

FORM = "annual-work-report"
POLICIES = ("skip_if_any", "skip_if_all", "never_skip")
# What a check without one of several values, and a check without its only value come to under each policy.
ONE_OF_SEVERAL = ("not_evaluated", "fail", "fail")
THE_ONLY_ONE = ("not_evaluated", "not_evaluated", "fail")
PEOPLE, INCOME, PIGS = "pop.total", "income.rural_per_capita", "livestock.pigs_out"


def rules_with(rule, policy):
    """The rules that ship, with one cell of the file changed."""
    text = (files("expectations") / "rules.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows({**row, "missing": policy if row["id"] == rule else row["missing"]} for row in rows)
    return read_rules(written.getvalue(), "rules.csv")


def results(rule, policy, reports, mandatory=()):
    frames = [one[0] for one in reports], [one[1] for one in reports]
    evidence = Evidence(*(pl.concat([empty_frame(name), *ones]) for name, ones in zip(("facts", "submissions"), frames,
                                                                                   strict=True)))  # fmt: skip
    inputs = CheckInputs(evidence, load_catalogue(), rules_with(rule, policy), {FORM: tuple(mandatory)})
    return compute_checks(inputs, [checks_of(rule)]).filter(pl.col("rule") == rule)


def growth(measure, code=PEOPLE, value=5.0):
    return lambda fact: [fact(code, value, measure=measure)]


# Each: figures of 2023, and how many values its check compares of which only the first is stated.
LACKING = [
    pytest.param("V8", lambda fact: [fact("pop.minority", 100)], ONE_OF_SEVERAL, id="V8 part without its whole"),
    pytest.param("V5", lambda fact: [fact("poverty.monitored_people", 9)], ONE_OF_SEVERAL, id="V5 one of a pair"),
    pytest.param("Q2", lambda fact: [fact("pop.households", 500)], ONE_OF_SEVERAL, id="Q2 households without people"),
    pytest.param("Q10", growth("growth_pct"), ONE_OF_SEVERAL, id="Q10 a rate without levels"),
    pytest.param("Q11", growth("growth_pct"), ONE_OF_SEVERAL, id="Q11 a word of growth without levels"),
    pytest.param("Q12", growth("growth_abs"), ONE_OF_SEVERAL, id="Q12 an increment without levels"),
    pytest.param("Q49", lambda fact: [*growth("growth_pct")(fact), *growth("growth_abs")(fact)], ONE_OF_SEVERAL,
                 id="Q49 a rate and an increment without a level"),
    pytest.param("Q16", growth("completion_pct", INCOME), ONE_OF_SEVERAL, id="Q16 a completion without a target"),
    pytest.param("Q13", lambda fact: [fact("agri.grain_area", 9e3)], ONE_OF_SEVERAL, id="Q13 area without output"),
    pytest.param("Q18", lambda fact: [fact("land.per_capita", 1.2)], ONE_OF_SEVERAL, id="Q18 a mean without a total"),
    pytest.param("Q14", lambda fact: [fact("agri.crop_output", 90, item="水稻")], ONE_OF_SEVERAL,
                 id="Q14 output without area"),
    pytest.param("Q17", lambda fact: [fact(PIGS, 9e3)], ONE_OF_SEVERAL, id="Q17 slaughter without last year's stock"),
    pytest.param("Q20", growth("prior_level"), ONE_OF_SEVERAL, id="Q20 last year's value without its report"),
    pytest.param("Q8", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="Q8 no year before"),
    pytest.param("Q7", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="Q7 no years before"),
    pytest.param("Q5", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="Q5 no neighbours"),
    pytest.param("Q3", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="Q3 nothing to compare with"),
    pytest.param("Q47", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="Q47 no other year"),
    pytest.param("Q41", lambda fact: [fact(PEOPLE, 0)], ONE_OF_SEVERAL, id="Q41 a zero without other years"),
    pytest.param("M9", lambda fact: [fact(PEOPLE, 9e3)], ONE_OF_SEVERAL, id="M9 no other report"),
    pytest.param("Q1", lambda fact: [fact("edu.enrolment_rate", None)], THE_ONLY_ONE, id="Q1 a masked rate"),
    pytest.param("G1", growth("growth_pct", value=None), THE_ONLY_ONE, id="G1 a masked growth"),
    pytest.param("M3", lambda fact: [fact(PEOPLE, 9e3)], THE_ONLY_ONE, id="M3 too few figures for a share"),
    pytest.param("Q23", lambda fact: [fact(PIGS, 9e3)], THE_ONLY_ONE, id="Q23 nothing that could be last year's"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "figures", "expected"), LACKING)
def test_the_cell_in_the_data_decides_what_a_missing_value_does(fact, report, rule, figures, expected):
    for policy, result in zip(POLICIES, expected, strict=True):
        found = results(rule, policy, [report(1, figures(fact))])
        assert set(found["result"]) == {result}, policy
        assert found.filter((pl.col("result") == "not_evaluated") == (pl.col("reason") == "")).is_empty()


def test_with_none_in_the_data_nothing_is_asked_of_the_values(fact, report):
    found = results("V8", "none", [report(1, [fact("pop.minority", 100)])])
    assert set(found["result"]) == {"not_evaluated"}


def test_what_is_owed_is_a_failure_because_the_data_never_skips_it(fact, report):
    reports = [report(1, [fact(PEOPLE, 9000)], str(year)) for year in (2020, 2021, 2022)]
    last = report(1, [fact("pop.households", 3000)])
    owed = {policy: results("M6", policy, [last], (PEOPLE,))["result"].to_list() for policy in POLICIES}
    assert owed == {"skip_if_any": ["not_evaluated"], "skip_if_all": ["not_evaluated"], "never_skip": ["fail"]}
    regular = {policy: results("Q40", policy, [*reports, last])["result"].to_list() for policy in POLICIES}
    assert regular == {"skip_if_any": ["not_evaluated"], "skip_if_all": ["not_evaluated"], "never_skip": ["fail"]}


def test_a_figure_that_fails_for_a_missing_value_is_shown_with_its_words(fact, report):
    (row,) = results("Q8", "never_skip", [report(1, [fact(PEOPLE, 9000)])]).to_dicts()
    assert row["fact_ids"]
    assert row["quotes"]
    assert (row["operands"], row["stated"]) == (2, 1)


def test_rules_that_compare_nothing_say_so_in_the_data():
    without = {rule.id for rule in load_rules().values() if rule.missing == "none"}
    assert without == {"V2", "V4", "V9", "V6", "K1", "K2", "S3", "S5", "Q15", "Q19", "Q21", "Q22", "Q25", "Q42", "Q43",
                       "Q46", "Q48", "R0", "H1"}  # fmt: skip
