"""Which period a figure is told for: the report's year, or the several years that a review looks back on."""

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

REVIEW = "一、过去五年工作回顾\n"
ROADS, FIVE = "infra.roads_km", "2021Y5"


@pytest.fixture(scope="module")
def read():
    reader = build_reader(load_catalogue(), load_lexicon())

    def facts(text: str) -> list[tuple[str, str, float | None, str]]:
        found = extract_document(document_from_text(text), ReportPeriod.parse("2021"), reader).facts
        return [(one.indicator, one.measure, one.value, one.period) for one in found]

    return facts


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("五年来，全镇累计新修农村公路94公里。", FIVE),
        ("过去五年，我们新修农村公路94公里。", FIVE),
        ("换届以来，新修农村公路94公里。", FIVE),
        ("三年来，新修农村公路94公里。", "2021Y3"),
        ("二十年来，新修农村公路94公里。", None),
        ("三五年来，新修农村公路94公里。", None),
        ("“十三五”期间，新修农村公路94公里。", "2020Y5"),
        ("“十四五”以来，新修农村公路94公里。", None),
        (f"{REVIEW}（一）基础设施。新修农村公路94公里。", FIVE),
        (f"{REVIEW}（一）基础设施。今年新修农村公路94公里。", ""),
        (f"{REVIEW}（一）基础设施。2021年，新修农村公路94公里。", ""),
        ("全年新修农村公路94公里。", ""),
    ],
)
def test_a_sum_over_several_years_is_never_one_of_the_year(read, text: str, period: str) -> None:
    expected = [] if period is None else [(ROADS, "level", 94.0, period)]
    assert read(text) == expected


def test_years_that_are_not_numbered_give_no_fact(read) -> None:
    assert read("近年来，全镇累计新修农村公路94公里。") == []
    assert read("五年来，全镇年均新修农村公路20公里。") == []


def test_what_is_so_every_year_or_by_now_is_of_the_year(read) -> None:
    text = f"{REVIEW}粮食播种面积常年稳定在4.1万亩左右，总产量1.68万吨。年接待游客6.2万人次。农民专业合作社发展到43家。"
    assert [period for *_, period in read(text)] == ["", "", "", ""]


def test_a_review_that_turns_to_its_last_year_tells_of_that_year_until_the_section_ends(read) -> None:
    text = (
        f"{REVIEW}（一）基础设施。新修农村公路94公里。\n"
        "各位代表！2021年是本届政府任期的最后一年。一年来，我们突出抓了以下几项工作：\n"
        "一是修路。新修农村公路12公里。\n二是绿化。完成造林300亩。\n"
        "二、“十三五”时期的成绩\n新修农村公路70公里。"
    )
    assert [(value, period) for _, _, value, period in read(text)] == [
        (94.0, FIVE), (12.0, ""), (300.0, ""), (70.0, "2020Y5"),
    ]  # fmt: skip


def test_a_plan_stays_a_plan_in_a_review(read) -> None:
    assert read("二、今后五年的目标\n新修农村公路100公里。") == [(ROADS, "plan", 100.0, "")]


def test_last_year_in_a_review_of_the_year_is_the_year_unless_this_year_was_said_before(read) -> None:
    told = "去年，全镇完成财政收入3260万元。"
    assert [one[1] for one in read(f"一、2021年工作回顾\n{told}")] == ["level"]
    assert [one[1] for one in read(f"一、2021年工作回顾\n今年工作扎实。{told}")] == ["prior_level"]
    assert [one[1] for one in read(f"一、工作情况\n{told}")] == ["prior_level"]


def test_a_document_of_plans_by_its_title_states_plans_and_what_it_looks_back_on_is_none(read) -> None:
    told = "实现财政收入3260万元，新增私营企业40户。"
    assert [one[1] for one in read(f"东城街道2021年工作计划\n{told}")] == ["plan", "plan"]
    assert [one[1] for one in read(f"东城街道2021年工作总结及工作计划\n{told}")] == ["level", "growth_abs"]
    assert [one[1] for one in read(f"东城街道2021年工作计划\n一、2021年工作回顾\n{told}")] == ["level", "growth_abs"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("财政收入2020年760万元，2021年790万元。", [("prior_level", 7600000), ("level", 7900000)]),
        ("全镇财政收入2019年730万元、2020年760万元、2021年790万元。",
         [("prior_level", 7300000), ("prior_level", 7600000), ("level", 7900000)]),
        ("农民人均纯收入2020年达到12000元，2021年达到13500元。", [("prior_level", 12000), ("level", 13500)]),
        ("2020年粮食播种面积3.86万亩，2021年3.52万亩。", [("prior_level", 38600), ("level", 35200)]),
        ("粮食播种面积从1949年的1.2万亩，增加到1978年的3.1万亩，2021年达到3.5万亩。",
         [("prior_level", 12000), ("prior_level", 31000), ("level", 35000)]),
        ("2019年，生产粮食4.5万吨，人均978千克，其中小麦2.1万吨。",
         [("prior_level", 45000), ("prior_level", 21000)]),
        ("去年粮食播种面积3.9万亩，今年3.8万亩。", [("prior_level", 39000), ("level", 38000)]),
        ("预计全镇工农业总产值可达26.37亿元（2020年24.42亿元），较上年增长8%。",
         [("forecast", 2637000000), ("prior_level", 2442000000), ("growth_pct", 8)]),
        ("2018年底，精准识别下来，有建档立卡贫困户1876户7032人。", [("prior_level", 1876), ("prior_level", 7032)]),
        ("财政收入2021年790万元，2022年达到850万元。", [("level", 7900000), ("plan", 8500000)]),
        ("财政收入790万元，比2020年760万元增长3.9%。",
         [("level", 7900000), ("prior_level", 7600000), ("growth_pct", 3.9)]),
    ],
)  # fmt: skip
def test_the_year_right_before_a_figure_is_its_own(read, sentence: str, expected: list[tuple[str, float]]) -> None:
    assert [(measure, value) for _, measure, value, _ in read(sentence)] == expected


def test_years_that_a_sum_is_compared_with_govern_nothing(read) -> None:
    text = "五年来，财政收入累计3844万元，是“十五”期间的1.8倍；工业增加值累计5.3亿元。"
    assert [(one[0], one[3]) for one in read(text)] == [("fiscal.revenue", FIVE), ("econ.industry_added", FIVE)]
