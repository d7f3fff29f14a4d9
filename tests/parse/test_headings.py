"""Which headings stand above a line, however they are written."""

import pytest

from tasks.parse import document_from_text


def section_of(text, words):
    """Return the path of headings above the block that holds `words`."""
    document = document_from_text(text)
    return next(block.section for block in document.blocks if words in document.block_text(block))


OPENING = "云坪镇2023年工作总结\n2023年，全镇各项工作平稳。\n"


@pytest.mark.parametrize(
    "heading",
    [
        "三、2024年工作安排",
        "三、２０２４ 年工作安排",
        "**三、2024年工作安排**",
        "## 2024年工作安排",
        "■ 下一步工作打算",
        "【下一步打算】",
        "下一步工作打算：",
        "今后五年的奋斗目标和2024年工作任务",
        "第三部分 2024年工作安排",
        "■ 2024年打算",
        "※ 明年打算",
        "—— 下一步打算 ——",
        "★2024年全乡主要任务（党政综合办根据各办意见整理，待党委会审定）",
        "2024年工作安排（征求意见稿）",
        "2024年任务：",
    ],
)
def test_a_heading_of_plans_stands_above_what_follows(heading):
    section = section_of(f"{OPENING}{heading}\n新建公厕3座。\n", "公厕")
    assert any(word in section for word in ("安排", "打算", "任务")), section


def test_a_topic_without_a_number_stays_under_the_plans():
    section = section_of(f"{OPENING}下一步工作打算\n突出项目建设\n新建公厕3座。\n", "公厕")
    assert section.split(" / ")[:2] == ["下一步工作打算", "突出项目建设"]


def test_a_section_that_begins_inside_a_line_is_one():
    text = "云坪镇2023年工作总结 一、主要工作 新建公厕9座。二、2024年工作安排2024年，全镇新建公厕3座。三、其他"
    assert section_of(text, "9座") != section_of(text, "3座")
    assert "2024年工作安排" in section_of(text, "3座")


@pytest.mark.parametrize(
    "line",
    [
        "现将有关工作情况和下步打算汇报如下：",
        "关于2023年工作完成情况的总结",
        "重点抓好以下工作：",
        "2023年（1—9月，含各村上报数）",
        "播种面积（公顷）",
    ],
)
def test_what_only_announces_is_no_heading(line):
    assert section_of(f"云坪镇人民政府\n{line}\n全年新建公厕3座。\n", "公厕") == ""
