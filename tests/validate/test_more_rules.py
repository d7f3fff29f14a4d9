"""What was sent, how it is worded, what follows from it, whether townships add up; what a missing value does."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.county_figures import COUNTY_FIGURES_SCHEMA, read_county_figures
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import empty_frame
from tasks.domain.tables import TABLES
from tasks.validate import Evidence
from tasks.validate.checks import CheckInputs, compute_checks


@pytest.fixture(scope="session")
def results(report):
    """Judge reports and return the results of one rule in order of unit and period."""

    def run(rule, *reports, missing=None, **tables):
        evidence = Evidence(
            pl.concat([empty_frame("facts"), *(facts for facts, _ in reports)]),
            pl.concat([empty_frame("submissions"), *(rows for _, rows in reports)]),
            **tables,
        )
        rules = dict(load_rules())
        if missing is not None:
            rules[rule] = replace(rules[rule], missing=missing)
        checks = compute_checks(CheckInputs(evidence, load_catalogue(), rules, {})).filter(pl.col("rule") == rule)
        return checks.sort("unit_code", "period", "about", maintain_order=True)

    return run


def verdicts(frame):
    return frame["result"].to_list()


def units(*rows):
    days = [(code, name, *(day and dt.date.fromisoformat(day) for day in span)) for code, name, *span in rows]
    frame = pl.DataFrame(days, schema=("unit_code", "name", "valid_from", "valid_to"), orient="row")
    return frame.with_columns(pl.lit([], pl.List(pl.String)).alias("former_names")).select(
        pl.col(name).cast(dtype) for name, dtype in TABLES["units"].items()
    )


def test_s2_wants_the_unit_in_the_register_and_alive_in_the_year(fact, report, results):
    here = report(1, [fact("pop.total", 5000)])
    code = here[1]["unit_code"][0]
    other = "530000000000"
    assert verdicts(results("S2", here)) == ["not_evaluated"]
    assert verdicts(results("S2", here, units=units((code, "第1镇", None, None)))) == ["pass"]
    assert verdicts(results("S2", here, units=units((other, "另一镇", None, None)))) == ["fail"]
    assert verdicts(results("S2", here, units=units((code, "第1镇", None, "2022-12-31")))) == ["fail"]
    assert verdicts(results("S2", here, units=units((code, "第1镇", None, "2023-06-30")))) == ["pass"]


@pytest.mark.parametrize(("tables", "result"), [(0, "fail"), (2, "fail"), (3, "pass"), (4, "pass")])
def test_s3_counts_the_tables_that_are_announced(fact, report, results, tables, result):
    facts, rows = report(1, [fact("pop.total", 5000)])
    blocks = [{"text": "以上报告，附表三张，请审阅。", "table": None}]
    blocks += [{"text": "指标\t数量", "table": number} for number in range(tables)]
    frame = pl.DataFrame(blocks, schema={"text": pl.String, "table": pl.Int32}).with_row_index("block").with_columns(
        pl.lit(rows["submission_id"][0]).alias("submission_id"), pl.lit(rows["unit_code"][0]).alias("unit_code"),
        pl.lit("2023").alias("period"), pl.lit(0, pl.Int64).alias("start"),
    )  # fmt: skip
    texts = pl.concat([empty_frame("blocks"), frame.cast({"block": pl.Int32})], how="diagonal")
    found = results("S3", (facts, rows), blocks=texts)
    assert verdicts(found) == [result]
    assert "附表三张" in found["quotes"][0][0]


def test_s4_finds_one_file_that_stands_for_two_townships(fact, report, results):
    one, two, three = (report(number, [fact("pop.total", 5000 + number)]) for number in (1, 2, 3))
    same = (two[0], two[1].with_columns(one[1]["sha256"]))
    found = results("S4", one, same, three)
    assert verdicts(found) == ["fail", "fail", "pass"]
    assert "第2镇 2023" in found["observed"][0]


def test_v6_none_happened_and_two_happened_exclude_each_other(fact, report, results):
    none = fact("forest.fires", 0, rule_id="zero_statement", evidence="未发生森林火灾")
    two = fact("forest.fires", 2, start=9, evidence="发生森林火灾2起")
    assert verdicts(results("V6", report(1, [none, two]), report(2, [none]), report(3, [two]))) == ["fail", "pass"]


YEARS = [str(year) for year in range(2014, 2024)]


@pytest.mark.parametrize(("rule", "enough"), [("Q4", 8), ("Q6", 5)])
@pytest.mark.parametrize(("last", "result"), [(1100.0, "pass"), (1900.0, "fail"), (520.0, "fail")])
def test_q4_and_q6_measure_a_figure_by_the_unit_s_other_years(fact, report, results, rule, enough, last, result):
    def reports(years):
        levels = [1000 + 12 * (number % 3) for number in range(len(years) - 1)] + [last]
        return [report(1, [fact("agri.grain_output", x)], year) for x, year in zip(levels, years, strict=True)]

    assert verdicts(results(rule, *reports(YEARS[-(enough + 1) :])))[-1] == result
    assert verdicts(results(rule, *reports(YEARS[-enough:])))[-1:] in ([], ["not_evaluated"])


def crop(fact, area, output, name="水稻"):
    return [
        fact("agri.crop_area", area, item=name),
        fact("agri.crop_output", output, start=9, item=name, evidence=f"{name}产量{output}吨"),
    ]


@pytest.mark.parametrize(("output", "result"), [(470, "pass"), (4700, "fail"), (47, "fail")])
def test_q14_a_crop_s_yield_lies_in_its_band(fact, report, results, output, result):
    found = results("Q14", report(1, crop(fact, 1000, output)))
    assert result in verdicts(found)
    assert ("fail" in verdicts(found)) == (result == "fail")


def test_q14_a_yield_far_from_those_next_door_is_asked_about(fact, report, results):
    usual = [report(number, crop(fact, 1000, 470 + 8 * number, "高粱")) for number in range(1, 9)]
    odd = report(9, crop(fact, 1000, 900, "高粱"))
    found = results("Q14", *usual, odd)
    assert verdicts(found) == ["pass"] * 8 + ["fail"]
    assert "900" in found["observed"][-1]
    assert set(verdicts(results("Q14", *usual[:5], odd))) == {"not_evaluated"}


@pytest.mark.parametrize(("out", "closing", "result"), [(16_000, 10_000, "pass"), (90_000, 10_000, "fail")])
def test_q17_more_pigs_than_can_have_been_born_do_not_balance(fact, report, results, out, closing, result):
    before = report(1, [fact("livestock.pigs_stock", 10_000)], "2022")
    now = report(1, [fact("livestock.pigs_out", out), fact("livestock.pigs_stock", closing, start=9)])
    assert verdicts(results("Q17", before, now)) == [result]
    assert verdicts(results("Q17", now)) == ["not_evaluated"]


@pytest.mark.parametrize(("vague", "result"), [(10, "pass"), (20, "fail")])
def test_m3_a_report_of_round_figures_only_is_noted(fact, report, results, vague, result):
    def figures(count):
        return [
            fact(
                "agri.crop_area", 1000.0 + at, start=9 * at, item=f"作物{at}", bound="approx" if at < vague else "exact"
            )
            for at in range(count)
        ]

    assert verdicts(results("M3", report(1, figures(30)))) == [result]
    assert verdicts(results("M3", report(1, figures(20)))) == ["not_evaluated"]


def published(value, code="agri.grain_output"):
    one = load_catalogue()[code]
    row = ("2023", code, one.name, "", float(value), one.unit, "统计公报")
    return pl.DataFrame([row], schema=dict(COUNTY_FIGURES_SCHEMA), orient="row")


@pytest.mark.parametrize(("county", "result"), [(3000, "pass"), (3050, "pass"), (3200, "fail"), (2800, "fail")])
def test_m5_the_townships_add_up_to_what_the_county_published(fact, report, results, county, result):
    reports = [report(number, [fact("agri.grain_output", 1000)]) for number in (1, 2, 3)]
    found = results("M5", *reports, published=published(county))
    assert verdicts(found) == [result]
    assert found["observed"][0].startswith("3 个乡镇之和")
    assert len(found["fact_ids"][0]) == 3


def test_m5_waits_for_the_last_township_unless_the_sum_is_too_large_already(fact, report, results):
    reports = [report(1, [fact("agri.grain_output", 1000)]), report(2, [fact("pop.total", 5000)])]
    assert verdicts(results("M5", *reports, published=published(3000))) == ["not_evaluated"]
    assert verdicts(results("M5", *reports, published=published(900))) == ["fail"]
    assert verdicts(results("M5", *reports, published=published(3000), missing="skip_if_all")) == ["fail"]


def test_m5_waits_for_townships_of_the_register_that_have_not_reported(fact, report, results):
    reports = [report(number, [fact("agri.grain_output", 1000)]) for number in (1, 2)]
    codes = [rows["unit_code"][0] for _, rows in reports]
    register = [
        (codes[0], "第1镇", None, None),
        (codes[1], "第2镇", None, None),
        ("539901999000", "未报镇", None, None),
    ]
    assert verdicts(results("M5", *reports, published=published(3000), units=units(*register))) == ["not_evaluated"]
    gone = [*register[:2], ("539901999000", "撤并镇", None, "2022-06-30")]
    assert verdicts(results("M5", *reports, published=published(2000), units=units(*gone))) == ["pass"]


def test_the_county_s_figures_are_read_with_multiples_and_chinese_names(tmp_path):
    path = tmp_path / "county_figures.csv"
    path.write_text(
        'period,indicator,item,value,unit,source\n2023,粮食总产量,,"1.2",万吨,2023年统计公报\n', encoding="utf-8"
    )
    row = read_county_figures(tmp_path, load_catalogue()).row(0, named=True)
    assert (row["indicator"], row["published"], row["unit"]) == ("agri.grain_output", 12_000, "吨")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2023,no.such,,1,吨,x", "没有指标"), ("2023,agri.grain_output,,1,亩,x", "粮食总产量 的单位"),
        ("2023,agri.grain_output,,一,吨,x", "'一' 不是数字"), ("去年,agri.grain_output,,1,吨,x", "报告期"),
        ("2023,agri.grain_yield,,400,公斤/亩,x", "粮食亩产 是比率"), ("2023,agri.grain_output,,1", "应有 6 列"),
        ("2023,agri.grain_output,,1,吨,x\n2023,粮食总产量,,2,吨,x", "出现两次"),
    ],
)  # fmt: skip
def test_a_wrong_row_of_the_county_s_figures_is_refused_with_its_line(tmp_path, row, words):
    (tmp_path / "county_figures.csv").write_text(f"period,indicator,item,value,unit,source\n{row}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_county_figures(tmp_path, load_catalogue())
    assert words in refused.value.message("zh")
    assert "county_figures.csv:2" in refused.value.message("zh") or "两次" in words


def test_without_the_file_nothing_is_compared(tmp_path):
    assert read_county_figures(tmp_path, load_catalogue()).is_empty()


PARTS = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")


@pytest.mark.parametrize(
    ("missing", "result"), [("skip_if_any", "not_evaluated"), ("skip_if_all", "pass"), ("never_skip", "pass")]
)
def test_the_policy_of_a_rule_says_what_a_missing_part_does(fact, report, results, missing, result):
    code = "poverty.monitored_households"
    figures = [fact(code, 50), fact(code, 30, start=9, item=PARTS[0]), fact(code, 20, start=20, item=PARTS[1])]
    found = results("V7", report(1, figures), missing=missing).filter(pl.col("about") == "three-classes-households")
    assert verdicts(found) == [result]


@pytest.mark.parametrize(
    ("missing", "result"), [("skip_if_any", "not_evaluated"), ("skip_if_all", "fail"), ("never_skip", "fail")]
)
def test_the_policy_of_a_rule_says_what_an_open_interval_does(fact, report, results, missing, result):
    more = fact("pop.total", 9_000_000, high=None, bound="at_least")
    assert verdicts(results("V3", report(1, [more]), missing=missing)) == [result]


def test_a_rule_that_is_never_skipped_fails_where_it_cannot_be_evaluated(fact, report, results):
    masked = fact("pop.total", None)
    assert verdicts(results("V3", report(1, [masked]))) == ["not_evaluated"]
    assert verdicts(results("V3", report(1, [masked]), missing="never_skip")) == ["fail"]


@pytest.mark.parametrize(("rate", "printed", "result"), [(98, "98", "pass"), (98, "98.0", "fail"), (95, "95", "fail")])
def test_q18_a_rate_printed_whole_is_anything_that_rounds_to_it(fact, report, results, rate, printed, result):
    figures = [
        fact("safety.hazards_found", 613), fact("safety.hazards_fixed", 601, start=9),
        fact("safety.fix_rate", rate, start=20, stated_value=printed),
    ]  # fmt: skip
    found = results("Q18", report(1, figures)).filter(pl.col("about") == "hazards-fixed-rate")
    assert verdicts(found) == [result]


@pytest.mark.parametrize("value", [None, 500.0])
def test_a_figure_that_was_supplied_or_corrected_is_no_longer_masked(fact, report, results, value):
    facts, submission = report(1, [fact("pop.total", None)])
    corrected = facts.with_columns(corrected_value=pl.lit(value, pl.Float64))
    assert verdicts(results("K1", (corrected, submission))) == ["fail" if value is None else "pass"]
