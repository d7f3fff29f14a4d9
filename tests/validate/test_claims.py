"""What words claim without a number, dates and units that are not there: read from texts as a run reads them."""

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.validate.causes import one_per_cause
from tasks.validate.checks import (
    CheckInputs,
    claims,
    compute_checks,
    dates,
    identities,
    lost_units,
    sentences,
    series,
    shares,
    values,
)
from tests.checks_benchmark.pipeline import evidence_of
from tests.checks_benchmark.reports import Report

UNIT = "河湾镇"
HEAD = "河湾镇{year}年工作总结\n"


@pytest.fixture(scope="module")
def failed():
    """Read texts of one township, those of 2023 last, and return what a family's checks of 2023 find of a rule."""

    def run(rule, family, *texts):
        first = 2024 - len(texts)
        reports = [
            Report(UNIT, year, HEAD.format(year=year) + f"{text}\n", ()) for year, text in enumerate(texts, first)
        ]
        inputs = CheckInputs(evidence_of(reports), load_catalogue(), load_rules(), {})
        checks = compute_checks(inputs, (family.CHECKS,))
        return checks.filter((pl.col("rule") == rule) & (pl.col("period") == "2023") & (pl.col("result") == "fail"))

    return run


@pytest.mark.parametrize(
    ("now", "observed"),
    [
        ("固定资产投资1.08亿元，与上年持平。", ["与上年持平"]),
        ("固定资产投资1.08亿元，与去年同期基本持平。", ["与去年同期基本持平"]),
        # Two per cent more is no rise that anybody would boast of, but 1.08 for 1.00 is.
        ("固定资产投资1.02亿元，与去年基本持平。", []),
        ("固定资产投资1.00亿元，与上年持平。", []),
        ("固定资产投资1.08亿元，增长8.0%。", []),
    ],
)
def test_what_is_said_to_be_as_much_as_last_year_is(failed, now, observed):
    rows = failed("Q10", claims, "固定资产投资1.00亿元，增长5.0%。", now)
    assert rows["observed"].to_list() == observed
    assert all(len(ids) == 2 for ids in rows["fact_ids"])


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("招商引资到位资金3154万元，超额完成全年目标任务3400万元。", True),
        ("招商引资到位资金3554万元，超额完成全年目标任务3400万元。", False),
        ("招商引资到位资金3154万元，未完成全年目标任务3000万元。", True),
        ("招商引资到位资金3154万元，完成全年目标任务3400万元的92.8%。", False),
        ("大豆面积较上年扩种4600亩，超额完成了县里下达的5.5万亩。", False),
    ],
)
def test_what_is_said_to_exceed_its_target_does(failed, told, wrong):
    assert failed("Q16", claims, told).height == wrong


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("甘蔗种植面积5250亩，减少到5600亩。", True),
        ("全镇网格86个，增加到79个。", True),
        # What was and what became, without 由.
        ("建档立卡贫困户1200户，减少到35户。", False),
        ("全镇网格79个，增加到86个。", False),
        ("医疗保险参保率97.5%，提高到0.2个百分点。", True),
        ("医疗保险参保率97.5%，提高0.2个百分点。", False),
        ("甘蔗种植面积由5600亩减少到5250亩。", False),
    ],
)
def test_a_figure_does_not_reach_another_value_in_the_same_breath(failed, told, wrong):
    assert failed("S5", claims, told).height == wrong


@pytest.mark.parametrize(
    ("told", "observed"),
    [
        ("农村居民人均可支配收入1,5090元。", ["1,5090元"]),
        ("全镇总人口2339,0人。", ["2339,0人"]),
        ("农村居民人均可支配收入1421,1元。", ["1421,1元"]),
        ("农村居民人均可支配收入142,11元。", ["142,11元"]),
        ("全镇人口6168,23390人。", []),
        ("低保标准分别为35,4200元。", []),
        ("全镇稳步发展,举办培训班12,1500人参加。", []),
        ("农村居民人均可支配收入15,090元。", []),
        ("新建公厕、书屋、凉亭分别为12,15,18个。", []),
    ],
)
def test_a_comma_in_the_wrong_place_is_no_list_of_two_figures(failed, told, observed):
    assert failed("V4", values, told)["observed"].to_list() == observed


def test_a_report_is_not_signed_before_its_year_is_nearly_over(failed):
    def at_the_end(date):
        return failed("Q42", dates, f"全镇总人口23390人。\n河湾镇人民政府\n{date}")["observed"].to_list()

    assert at_the_end("2023年1月12日") == ["2023年1月12日"]
    assert at_the_end("2023年12月28日") == []
    assert at_the_end("2024年1月12日") == []


def test_nor_dated_below_its_title_before_that(failed):
    def below_the_title(date):
        return failed("Q42", dates, f"{date}\n各位代表：\n全镇总人口23390人。\n全镇粮食丰收。\n请予审议。")[
            "observed"
        ].to_list()

    assert below_the_title("（2023年1月12日）") == ["（2023年1月12日）"]
    assert below_the_title("（2024年1月12日）") == []
    # The first heading of a chronicle.
    assert below_the_title("2023年1月12日") == []


@pytest.mark.parametrize(
    ("rule", "family", "told", "wrong"),
    [
        ("Q11", claims, "农村居民人均可支配收入由14000元下降到15090元。", True),
        ("Q11", claims, "低保对象由上年的320户增加到280户。", True),
        ("Q11", claims, "农村居民人均可支配收入由14000元提高到15090元。", False),
        ("Q11", claims, "综合考核由第8位上升到第5位。", False),
        ("Q10", claims, "接待游客30万人次，上年为20万人次，实现翻番。", True),
        ("Q10", claims, "接待游客42万人次，上年为20万人次，实现翻番。", False),
        ("V8", sentences, "全镇党员900名，其中预备党员950名。", True),
        ("V8", sentences, "县级以上龙头企业4家，其中29家为新增。", True),
        ("V8", sentences, "全镇党员900名，其中预备党员10名。", False),
        # A mean, a rate and those who gain by it have no such part.
        ("V8", sentences, "人均耕地1.1亩，其中挂果园5700亩。", False),
        ("V8", sentences, "新农合参合率98.5%，其中贫困户100%。", False),
        ("V8", sentences, "培训党员900名，其中惠及群众1200人。", False),
        ("Q19", shares, "第一产业占33.1%，第二产业占25.4%，第三产业占51.5%。", True),
        ("Q19", shares, "第一产业增加值占比33.1%、第二产业增加值占比25.4%、第三产业增加值占比41.5%。", False),
        ("Q2", identities, "全镇辖5个行政村、村民小组2个。", True),
        ("Q2", identities, "全镇辖5个行政村、村民小组42个。", False),
        ("Q2", identities, "年末生猪存栏800头，全年出栏生猪12000头。", True),
        ("Q2", identities, "年末生猪存栏800头，全年出栏生猪1200头。", False),
    ],
)
def test_what_a_single_sentence_gives_away(failed, rule, family, told, wrong):
    assert failed(rule, family, told).height == wrong


YEARS = ("粮食总产量14100吨，增长1.2%。", "粮食总产量14250吨，增长1.1%。", "粮食总产量14380吨，增长0.9%。")


@pytest.mark.parametrize(
    ("now", "observed"),
    [
        ("粮食总产量14480，增长0.7%。", ["14480（无单位 no unit）"]),
        ("粮食总产量14480户，增长0.7%。", ["14480户"]),
        ("粮食总产量14480吨，增长0.7%。", []),
        # Another number behind the name: far from last year's.
        ("粮食总产量2023年再创新高。", []),
        ("粮食总产量连续12年增长。", []),
        ("烤烟收购顺利。", []),
    ],
)
def test_a_figure_of_every_year_that_stands_there_without_its_unit_is_named(failed, now, observed):
    assert failed("V1", lost_units, *YEARS, now)["observed"].to_list() == observed


PIGS = ("生猪出栏5200头，存栏2100头。", "生猪出栏5260头，存栏2120头。", "生猪出栏5310头，存栏2140头。")
HOUSES = tuple(f"农村危房改造{one}户。" for one in (118, 120, 122))


@pytest.mark.parametrize(
    ("years", "now"),
    [
        # The number behind the name is a figure of another indicator, and as such already read.
        (("水稻种植面积1300亩。", "水稻种植面积1310亩。", "水稻种植面积1320亩。"), "水稻产量1330吨。"),
        (PIGS, "生猪存栏5300头。"),
        # Far from last year's number in another thing's unit.
        (HOUSES, "农村危房改造180吨。"),
        # What follows is no unit of anything: years, times.
        (HOUSES, "农村危房改造120年不遇。"),
        # Only two reports before had it.
        (("农村危房改造118户。", "道路硬化12公里。", "农村危房改造122户。"), "农村危房改造121。"),
    ],
)
def test_a_number_of_something_else_behind_the_name_of_a_missing_figure_is_not_asked_about(failed, years, now):
    assert failed("V1", lost_units, *years, now).is_empty()


@pytest.mark.parametrize("now", ["农村危房改造121。", "农村危房改造121吨。"])
def test_the_same_name_with_a_number_near_last_years_is(failed, now):
    assert failed("V1", lost_units, *HOUSES, now)["expected"].to_list() == ["户"]


def test_what_is_told_behind_another_figure_is_found_by_that(failed):
    years = [f"全镇8个村，6168户、{people}人。" for people in (23600, 23500, 23450)]
    assert failed("V1", lost_units, *years, "全镇8个村，6168户、23390亩。")["expected"].to_list() == ["人"]


def test_a_figure_that_is_missing_because_its_unit_is_wrong_is_one_finding(failed):
    texts = (*YEARS, "粮食总产量14480户。")
    rows = pl.concat([failed("V1", lost_units, *texts), failed("Q40", series, *texts)])
    assert rows["rule"].to_list() == ["V1", "Q40"]
    found = one_per_cause(rows.with_columns(figures=pl.lit(0)), load_rules())
    assert found["rule"].to_list() == ["V1"]
    assert found["symptoms"].to_list() == [["Q40"]]
