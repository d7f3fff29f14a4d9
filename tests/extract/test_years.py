"""The year that a report is about, told by its own words."""

import pytest

from tasks.extract.years import report_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        pytest.param("云坪镇2022年工作总结及2023年工作打算\n", 2022, id="the title looks back"),
        pytest.param("云坪镇2022年工作要点完成情况及2023年工作安排\n", 2022, id="what was planned and is done"),
        pytest.param("云坪镇2023年上半年工作情况汇报\n（2023年7月2日）\n", 2023, id="half a year"),
        pytest.param("政府工作报告\n——2017年1月12日在云坪镇人民代表大会上\n一、2016年工作回顾\n", 2016, id="a heading"),
        pytest.param(
            "政府工作报告\n——2016年12月8日在云坪镇第十八届人民代表大会第一次会议上\n各位代表：\n现在，我代表镇人民政府，"
            "向大会报告过去五年的政府工作，并对今后五年和2017年的工作提出建议，请予审议。\n一、过去五年工作回顾\n",
            2016,
            id="five years, and a year to come",
        ),
        pytest.param(
            "政府工作报告\n一、过去五年工作回顾\n全镇面貌一新。\n二、今后五年的奋斗目标\n三、2012年工作安排\n",
            2011,
            id="a heading of a year to come",
        ),
        pytest.param("政府工作报告\n——2017年1月12日在云坪镇人民代表大会上\n", 2016, id="a congress in January"),
        pytest.param("政府工作报告\n——2016年12月8日在云坪镇人民代表大会上\n", 2016, id="a congress in December"),
        pytest.param("2024年政府工作报告\n（2024年1月9日）\n一、2023年工作回顾\n", 2023, id="named after its day"),
        pytest.param(
            "云坪镇脱贫攻坚总结\n今年以来，全镇上下齐心。\n一、2015年工作情况\n脱贫61户。\n二、2016年工作开展情况\n脱贫93户。\n"
            "三、2017年打算\n脱贫40户。\n",
            2016,
            id="a part for each of two years",
        ),
        pytest.param("云坪镇工作汇报\n2013年，全镇种植烤烟3200亩。\n", 2013, id="the first year named"),
        pytest.param(
            "云坪镇镇情\n2003年人均纯收入1860元，2004年人均纯收入2040元，力争2006年达到2600元。\n",
            2004,
            id="years told of once each: the last that is not to come",
        ),
        pytest.param("云坪镇工作汇报\n全镇种植烤烟3200亩。\n", None, id="no year"),
    ],
)  # fmt: skip
def test_the_year_of_a_report(text, year):
    assert report_year(text) == year


def test_the_year_in_a_file_name_stands_before_a_year_that_only_occurs():
    text = "云坪镇工作汇报\n2021年，全镇种植烤烟3200亩。\n"
    assert (report_year(text), report_year(text, 2023)) == (2021, 2023)
    assert report_year("云坪镇2022年工作总结\n", 2023) == 2022


def test_years_may_be_typed_wide_or_with_a_gap():
    assert report_year("云坪镇２０２２ 年工作总结\n") == 2022
