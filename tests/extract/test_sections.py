"""What a heading or a label makes of the figures under it: done, or still to come."""

from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import NOTHING_LEARNT, load_lexicon
from tasks.parse import document_from_text

_LETTERS = {"level": "l", "growth_abs": "l", "plan": "p", "prior_level": "r"}


def _small_reports():
    name, lines = "", []
    for line in Path(__file__).with_name("small_reports.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("%% "):
            name, lines = line[3:], []
        elif line.startswith("=> "):
            yield pytest.param("\n".join(lines) + "\n", line[3:], id=name)
        else:
            lines.append(line)


@pytest.fixture(scope="module")
def measures():
    reader = build_reader(load_catalogue(), load_lexicon(), NOTHING_LEARNT)

    def of(text):
        facts = extract_document(document_from_text(text), None, reader).facts
        return [(one.indicator, one.measure, one.value) for one in facts]

    return of


@pytest.mark.parametrize(
    "heading", ["二、主要任务完成情况", "二、目标任务执行情况", "（一）全年工作计划落实情况", "一、重点任务推进情况"]
)
def test_how_what_was_planned_went_is_no_plan(measures, heading):
    text = f"桐山镇2022年工作总结\n\n{heading}\n\n开展安全检查36次，新增合作社4家。\n"
    assert {measure for _, measure, _ in measures(text)} <= {"level", "growth_abs"}
    assert measures(text)


@pytest.mark.parametrize(
    "heading", ["二、下一步工作及上年任务完成情况", "二、主要任务", "二、2022年工作完成情况和2023年工作安排"]
)
def test_a_heading_that_names_both_is_one_of_plans(measures, heading):
    text = f"桐山镇2022年工作总结\n\n{heading}\n\n开展安全检查36次。\n"
    assert [measure for _, measure, _ in measures(text)] == ["plan"]


def test_a_label_in_brackets_opens_a_paragraph_as_a_heading_does(measures):
    text = (
        "桐山镇2022年工作总结\n\n【平安建设】 开展安全检查36次。\n【2023年安排】 开展安全检查40次。\n"
        "【2022年任务完成情况】 开展安全检查36次。\n【下步打算】 开展安全检查42次。\n"
    )
    assert [(measure, value) for _, measure, value in measures(text)] == [
        ("level", 36), ("plan", 40), ("level", 36), ("plan", 42)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("done", "planned"),
    [
        ("第一部分 2022年工作总结", "第二部分 2023年工作要点"),
        ("一、2022年工作回顾", "二、2023年的主要任务"),
        ("壹、2022年工作总结", "贰、2023年工作打算"),
        ("Ⅰ、2022年工作总结", "Ⅱ、2023年工作安排"),
        ("II. 2022年工作总结", "III. 2023年工作安排"),
        ("上篇：2022年工作回顾", "下篇：2023年工作任务"),
        ("上篇 回顾", "下篇 部署"),
        ("——2022年工作回顾", "——2023年工作部署"),
        ("〖一年回顾〗", "〖明年安排〗"),
        ("《2022年工作总结》", "《2023年工作计划》"),
        ("2022年", "2023年"),
        ("一、工作开展情况", "二、下年工作设想"),
        ("一、主要成绩", "二、后段工作"),
    ],
)
@pytest.mark.parametrize("item", ["", "一、抓生态。", "（一）抓生态。", "1、抓生态。", "1.抓生态\n"])
def test_what_stands_under_a_part_of_aims_is_planned(measures, done, planned, item):
    """Parts are named in many ways, and what is under them may begin to count again as the parts themselves do."""
    told, aimed = "全年完成造林3200亩。", "完成造林1800亩，新建公厕3座。"
    second = item.replace("一", "二", 1).replace("1", "2", 1) if item else ""
    first = f"{done}\n{item}{told}\n{second}新建公厕6座。\n"
    then = f"{planned}\n{item}{aimed}\n{second}安装路灯20盏。\n"
    year = [measure for _, measure, _ in measures(f"桐山镇政府工作报告\n\n{first}\n{then}\n2022年12月20日\n")]
    assert year == ["level", "level", "plan", "plan", "plan"]


def test_parts_that_count_on_are_not_under_the_one_before(measures):
    """一、…, 二、明年打算 with items 一、 to 三、, and then 三、: that is a part again."""
    text = (
        "桐山镇2022年工作总结\n\n一、主要成绩\n造林3200亩。\n\n二、2023年工作打算\n一、抓生态。造林1800亩。\n二、抓环境。"
        "新建公厕3座。\n三、抓民生。改造危房20户。\n\n三、几点体会\n新建公厕9座，靠的是各村自筹。\n"
    )
    assert [measure for _, measure, _ in measures(text)] == ["level", "plan", "plan", "plan", "level"]


def test_a_part_that_looks_back_on_a_later_year_than_the_reports_is_no_plan(measures):
    told = measures("云坪镇2015年工作总结\n\n一、2015年工作回顾\n造林120亩。\n二、2016年工作开展情况\n新建公厕3座。\n")
    assert [measure for _, measure, _ in told] == ["level", "level"]


@pytest.mark.parametrize(("text", "told"), list(_small_reports()))
def test_a_small_report_is_read_as_done_or_still_to_come(measures, text, told):
    """However a township marks its parts: signs, labels, numbers of any kind, lines and paragraphs that announce."""
    read = "".join(_LETTERS[measure] for _, measure, _ in measures(text))
    assert len(read) == len(told)
    assert all(one in {"?", sign} for one, sign in zip(told, read, strict=True)), read
