"""What a heading or a label makes of the figures under it: done, or still to come."""

import pytest

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text


@pytest.fixture(scope="module")
def measures():
    reader = build_reader(load_catalogue(), load_lexicon())

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
