"""Tables → facts: what a reader takes from rows of indicators, however the head of the table is laid out."""

from collections.abc import Callable

import pytest

from tasks.domain.facts import Extraction

CASES = {
    "units stand in the cells, and which way a figure went": (
        """指标\t全年计划\t上半年完成\t占计划\t同比
        工业总产值\t5400万元\t2916万元\t54%\t降3.1%
        其中：工业投资\t6亿元\t3.3亿元\t55%\t↑19.6%""",
        "econ.industry_output:plan=54000000 econ.industry_output:level=29160000 "
        "econ.industry_output:completion_pct=54 econ.industry_output:growth_pct=-3.1 "
        "econ.industrial_investment:plan=600000000 econ.industrial_investment:level=330000000 "
        "econ.industrial_investment:completion_pct=55 econ.industrial_investment:growth_pct=19.6",
    ),
    "how much of the task, the same months of last year": (
        """项目\t单位\t任务数\t完成数\t占年度任务（%）\t同期\t增减数
        生猪出栏\t头\t24000\t21000\t87.5\t22000\t减少1000""",
        "livestock.pigs_out:plan=24000 livestock.pigs_out:level=21000 livestock.pigs_out:completion_pct=87.5 "
        "livestock.pigs_out:prior_level=22000 livestock.pigs_out:growth_abs=-1000",
    ),
    "indicator, unit, this year, last year, rate": (
        """指标\t单位\t2022年\t2021年\t增减%
        粮食总产量\t吨\t12345\t11800\t4.6%""",
        "agri.grain_output:level=12345 agri.grain_output:prior_level=11800 agri.grain_output:growth_pct=4.6",
    ),
    "rows are numbered": (
        """序号\t指标\t单位\t本年\t上年\t增减%
        1\t粮食总产量\t吨\t12345\t11800\t4.6%
        2\t生猪出栏\t头\t21000\t20000\t5%""",
        "agri.grain_output:level=12345 agri.grain_output:prior_level=11800 agri.grain_output:growth_pct=4.6 "
        "livestock.pigs_out:level=21000 livestock.pigs_out:prior_level=20000 livestock.pigs_out:growth_pct=5",
    ),
    "two rows of head: a rate of last year is no figure of this one": (
        """指标名称\t2022年\t\t2021年\t
        \t绝对额\t增长%\t绝对额\t增长%
        工业总产值（万元）\t12345\t4.6\t11800\t3.2""",
        "econ.industry_output:level=123450000 econ.industry_output:growth_pct=4.6 "
        "econ.industry_output:prior_level=118000000",
    ),
    "increase in numbers beside the rate": (
        """项目\t单位\t今年\t去年\t增减数\t增减%
        生猪出栏\t头\t21000\t20000\t1000\t5""",
        "livestock.pigs_out:level=21000 livestock.pigs_out:prior_level=20000 livestock.pigs_out:growth_abs=1000 "
        "livestock.pigs_out:growth_pct=5",
    ),
    "a row that divides nothing is a row of figures": (
        """指标\t单位\t数量
        粮食总产量\t吨\t12345
        生猪出栏\t头\t21000""",
        "agri.grain_output:level=12345 livestock.pigs_out:level=21000",
    ),
    "a table in traditional script": (
        """指標\t單位\t本年\t上年\t增減%
        糧食總產量\t噸\t12345\t11800\t4.6%
        生豬出欄\t頭\t25400\t24600\t3.3%""",
        "agri.grain_output:level=12345 agri.grain_output:prior_level=11800 agri.grain_output:growth_pct=4.6 "
        "livestock.pigs_out:level=25400 livestock.pigs_out:prior_level=24600 livestock.pigs_out:growth_pct=3.3",
    ),
    "class and indicator in two columns": (
        """类别\t指标名称\t单位\t2022年
        农业\t粮食总产量\t吨\t12345
        牧业\t生猪出栏\t头\t21000""",
        "agri.grain_output:level=12345 livestock.pigs_out:level=21000",
    ),
}


@pytest.mark.parametrize(("table", "facts"), CASES.values(), ids=CASES.keys())
def test_a_table_is_read_by_its_head(table: str, facts: str, read_text: Callable[[str], Extraction]) -> None:
    text = "\n".join(line.removeprefix("        ") for line in table.splitlines())
    extraction = read_text(text)
    read = [f"{one.indicator}:{one.measure}={one.value:.10g}" for one in extraction.facts]
    assert sorted(read) == sorted(facts.split())
    assert all(text[one.start : one.end].startswith(one.stated_value) for one in extraction.facts)
