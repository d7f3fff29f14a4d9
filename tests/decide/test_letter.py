"""The reply to a question letter: confirmed, corrected and denied items become decisions, unclear ones are named."""

import docx
import pytest

from tasks import decide
from tasks.domain.errors import DecisionRefused
from tasks.domain.letters import LETTER_COLUMNS


@pytest.fixture
def letter(tmp_path):
    """Write a letter with the given replies and return its path."""

    def write(*replies, heads=LETTER_COLUMNS["zh"]):
        made = docx.Document()
        made.add_table(rows=1, cols=2).rows[0].cells[0].text = "抬头"
        table = made.add_table(rows=1, cols=len(heads))
        for cell, words in zip(table.rows[0].cells, heads, strict=True):
            cell.text = words
        for number, reply in enumerate(replies, start=1):
            cells = table.add_row().cells
            cells[0].text, cells[-2].text, cells[-1].text = str(number), reply, f"finding{number}"
        path = tmp_path / "石榴坪镇2023年核实函（回复）.docx"
        made.save(path)
        return path

    return write


@pytest.mark.parametrize(
    ("reply", "kind", "value", "why"),
    [
        ("确认：当年新增了两个村", "explanation", "", "确认：当年新增了两个村"),
        ("数据属实，因行政区划调整", "explanation", "", "数据属实，因行政区划调整"),
        ("无此项", "explanation", "", "无此项"),
        ("确认：该面积实际为复种面积，有的项目不实施", "explanation", "", "确认：该面积实际为复种面积，有的项目不实施"),
        ("confirmed: two villages joined", "explanation", "", "confirmed: two villages joined"),
        ("更正：5.27万亩，笔误", "correction", "5.27万亩", "笔误"),
        ("更正为 52700 亩", "correction", "52700 亩", "乡镇回函更正 corrected in the reply"),
        ("应为5.27万亩（原稿多写一个零）", "correction", "5.27万亩", "原稿多写一个零"),
        ("52,700亩", "correction", "52,700亩", "乡镇回函更正 corrected in the reply"),
        ("补报：320户", "correction", "320户", "乡镇回函更正 corrected in the reply"),
        ("correct: 12%, a slip", "correction", "12%", "a slip"),
        ("数据确认有误，应为5.27万亩", "correction", "5.27万亩", "数据确认有误，应为5.27万亩"),
        ("原因是笔误，应为5.27万亩", "correction", "5.27万亩", "原因是笔误，应为5.27万亩"),
        ("说明：应为5.27万亩", "correction", "5.27万亩", "说明：应为5.27万亩"),
        ("准确数字为5.27万亩", "correction", "5.27万亩", "乡镇回函更正 corrected in the reply"),
        ("经核实，应为5.27万亩，多写一个零", "correction", "5.27万亩", "经核实，应为5.27万亩，多写一个零"),
        ("数据没有错误，属实，因新修了水库", "explanation", "", "数据没有错误，属实，因新修了水库"),
        ("确认：数字准确，因口径变化", "explanation", "", "确认：数字准确，因口径变化"),
        (
            "confirmed: the figure is correct, two villages joined",
            "explanation",
            "",
            "confirmed: the figure is correct, two villages joined",
        ),
    ],
)
def test_a_reply_is_read_as_a_person_writes_it(letter, reply, kind, value, why):
    ((row),) = decide.read_letter(letter(reply), "张三")
    assert row.error is None, row.error
    assert (row.request.kind, row.request.value, row.request.why) == (kind, value, why)
    assert (row.request.about, row.request.who) == ("finding1", "张三")


@pytest.mark.parametrize("reply", ["确认", "属实。", "更正", "更正：见附件", "已阅", "请与农业站联系", "2023年为准"])
def test_a_reply_that_says_nothing_is_refused_with_its_item(letter, reply):
    (row,) = decide.read_letter(letter(reply), "张三")
    assert row.request is None
    assert "第1项" in row.error.message("zh")


@pytest.mark.parametrize(
    "reply",
    [
        "确认，应为5.27万亩", "数据属实，更正为5.27万亩", "确认：本年属实，上年数有误", "确认数据不准确",
        "说明：原稿笔误", "原因：上年口径不同，上年应为5.27万亩", "无此项，应为0亩", "5.27万亩，数据无误",
        "说明：错误数字已通知农业站", "confirmed: should be 5.27万亩", "explained: a typo",
    ],
)  # fmt: skip
def test_a_reply_that_confirms_and_corrects_at_once_closes_no_finding(letter, reply):
    """「数据确认有误，应为5.27万亩」 was taken for a confirmation: the finding closed and the wrong figure stayed."""
    (row,) = decide.read_letter(letter(reply), "张三")
    assert row.request is None
    assert "更正：数字和单位" in row.error.message("zh")


def test_empty_replies_are_nothing_and_the_others_keep_their_number(letter):
    rows = decide.read_letter(letter("", "确认：属实的原因", "", "嗯"), "张三")
    assert [(row.number, row.error is None) for row in rows] == [(2, True), (4, False)]


def test_an_english_letter_is_read_too(letter):
    (row,) = decide.read_letter(letter("confirmed: a new road", heads=LETTER_COLUMNS["en"]), "Li")
    assert row.request.kind == "explanation"


def test_what_is_no_letter_is_refused(letter, tmp_path):
    with pytest.raises(DecisionRefused, match="letter_columns"):
        decide.read_letter(letter("确认：原因", heads=("序号", "回复", "编号")), "张三")
    broken = tmp_path / "坏.docx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(DecisionRefused, match="county letter"):
        decide.read_letter(broken, "张三")
    with pytest.raises(DecisionRefused):
        decide.read_letter(tmp_path / "没有.docx", "张三")
