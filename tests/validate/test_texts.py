"""Rules about the words: copies, years of another period, names of another township."""

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.frames import empty_frame
from tasks.domain.tables import TABLES
from tasks.validate.checks import CheckInputs, Evidence
from tasks.validate.checks import copies as copy_rules
from tasks.validate.checks import dates as date_rules
from tasks.validate.checks import texts as text_rules

UNITS = pl.DataFrame(
    [("530999101000", "第1镇", []), ("530999102000", "青石镇", ["青石乡"]), ("530999103000", "柳溪乡", [])],
    schema={"unit_code": pl.String, "name": pl.String, "former_names": pl.List(pl.String)}, orient="row",
)  # fmt: skip


def words(seed: int, length: int = 400) -> str:
    """Return text of `length` characters, a sentence of 20 each; the same seed gives the same text."""
    letters, state = [], seed * 7919 + 17
    for at in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        letters.append("。" if at % 20 == 19 else chr(0x4E00 + 512 + (state >> 8) % 6000))
    return "".join(letters)


@pytest.fixture
def judged(report):
    """Run the text rules on (township, period, text); the failed rows."""

    def run(*texts, result="fail"):
        rows, blocks = [empty_frame("submissions")], [empty_frame("blocks")]
        for number, period, text in texts:
            submissions = report(number, [], period=period)[1]
            rows.append(submissions)
            lines = [
                {"submission_id": submissions["submission_id"][0], "unit_code": submissions["unit_code"][0],
                 "period": period, "year": int(period), "block": at, "kind": "paragraph", "start": 0, "end": 0,
                 "text": line}
                for at, line in enumerate(text.split("\n"))
            ]  # fmt: skip
            blocks.append(pl.DataFrame(lines, schema_overrides=dict(TABLES["blocks"])))
        evidence = Evidence(
            empty_frame("facts"),
            pl.concat(rows),
            blocks=pl.concat(blocks, how="diagonal_relaxed"),
            units=pl.concat([empty_frame("units"), UNITS], how="diagonal_relaxed"),
        )
        inputs = CheckInputs(evidence, load_catalogue(), load_rules(), {})
        frame = pl.concat(
            [check.compute(inputs) for check in (*copy_rules.CHECKS, *text_rules.CHECKS, *date_rules.CHECKS)],
            how="vertical_relaxed",
        )
        return frame.filter(pl.col("result") == result)

    return run


def rules(frame):
    return sorted(set(frame["rule"].to_list()))


def test_a_neighbours_text_with_other_figures_is_a_copy_shown_side_by_side(judged):
    theirs = words(1) + "全年接待游客32000人次，同比增长4.5%。"
    mine = words(1) + "全年接待游客41000人次，同比增长7.25%。"
    found = judged((1, "2023", theirs), (2, "2023", mine)).filter(pl.col("rule") == "Q22")
    # They came at the same time: either may be the copy.
    assert found["unit_name"].to_list() == ["第1镇", "第2镇"]
    row = found.row(0, named=True)
    assert row["imbalance"] == 1.0
    assert row["quotes"][0][:50] == row["quotes"][1][:50] == words(1)[:50]


def test_last_years_report_again_is_a_copy_and_the_later_one_is_asked_about(judged):
    found = judged((1, "2022", words(1)), (1, "2023", words(1)))
    assert found.select("rule", "period").rows() == [("Q22", "2023")]


def test_a_part_of_a_report_is_noted_and_a_smaller_one_is_not(judged):
    assert rules(judged((1, "2023", words(1)), (2, "2023", words(1)[:280] + words(2)[:120]))) == ["Q46"]
    assert rules(judged((1, "2023", words(1)), (2, "2023", words(1)[:70] + words(2)[:330]))) == []


def test_what_many_townships_write_alike_is_nobodys_copy(judged):
    formula = words(9, 200)
    texts = [(n, "2023", formula + words(n)) for n in range(1, 6)]
    assert rules(judged(*texts)) == []


def test_a_short_text_is_not_judged_for_copies(judged):
    few = judged((1, "2023", words(1, 60)), (2, "2023", words(1, 60)), result="not_evaluated")
    assert rules(few) == ["Q22", "Q46"]


def test_passages_give_the_places_of_both_sides():
    one, other = "开头" + words(3, 60), words(4, 40) + words(3, 60)
    passage = copy_rules.shared_passages(one, other)[0]
    assert one[passage.start : passage.end] == other[passage.other_start : passage.other_end]
    assert passage.start == 2


@pytest.mark.parametrize(
    "text",
    [
        "第1镇2023年工作总结\n2022年，全镇上下团结一心",
        "第1镇2023年工作总结\n现将2022年工作情况报告如下",
        "第1镇2023年工作总结\n（2022年12月30日）\n一年来",
        "第1镇2023年工作总结\n一年来，全镇增收\n三、２０２３年工作打算",
        "第1镇2023年工作总结\n一年来，全镇增收\n附：2022年主要经济指标表",
    ],
)
def test_years_of_last_years_report(text, judged):
    assert rules(judged((1, "2023", text))) == ["Q42"]


@pytest.mark.parametrize(
    "text",
    [
        "第1镇2023年工作总结\n2023年，全镇上下团结一心\n三、2024年工作打算",
        "第1镇2023年工作情况和2024年工作思路\n2023年以来，全镇增收",
        "第1镇2023年工作总结\n（2024年1月5日）\n比2022年增长3%，2022年底全镇有9000人",
        "第1镇2023年工作总结\n2021年建成的水厂今年完成2023年计划的八成",
    ],
)
def test_years_as_they_should_be(text, judged):
    assert rules(judged((1, "2023", text))) == []


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("青石镇党委坚持学习", True),
        ("2023年，柳溪乡坚持以民为本", True),
        ("我代表青石乡人民政府报告工作", True),
        ("中共榆林镇党委书记作报告", True),
        ("与青石镇政府联合执法", False),
        ("赴柳溪乡干部学院学习", False),
        ("青石镇发放种苗三千株", True),
        ("合作社带动柳溪乡农户增收", True),
        ("东邻柳溪乡，西接青石镇", False),
        ("种羊引自柳溪乡", False),
        ("青石镇、柳溪乡等地客商前来", False),
        ("青石镇至柳溪乡公路通车", False),
        ("我代表镇人民政府报告工作", False),
        ("第1镇党委坚持学习", False),
        ("各乡镇党委、全镇干部齐心", False),
    ],
)
def test_names_of_other_townships(sentence, foreign, judged):
    frame = judged((1, "2023", f"第1镇2023年工作总结\n{sentence}。"))
    assert rules(frame) == (["Q43"] if foreign else [])


def test_no_text_no_rows(judged):
    assert judged().is_empty()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("截至2024年6月底，全镇党员876名。", {"V9"}),
        ("截至2023年12月底，全镇党员876名。", set()),
        ("截至2024年1月15日，医保参保16790人。", set()),
        ("截至2024年10月底，计划硬化道路9.4公里。", set()),
        ("截至2024年10月底，硬化道路9.4公里，整治沟渠三条，新桥预计明年通车。", {"V9"}),
        ("截至目前，硬化道路9.4公里。", set()),
    ],
)
def test_v9_a_cut_off_date_lies_in_the_period_or_shortly_behind_it(text, expected, judged):
    assert set(rules(judged((1, "2023", text)))) & {"V9"} == expected


@pytest.mark.parametrize("figure", ["8□25万元", "91□20头", "7##待核##82名", "1.□50亿元", "8??25万元"])
def test_k2_digits_broken_by_marks_of_lost_characters(figure, judged):
    rows = judged((1, "2023", f"全年财政收入完成{figure}，比上年有所增长。"))
    assert set(rules(rows)) == {"K2"}
    assert any(figure[0] in quote and figure[-1] in quote for quote in rows["quotes"].to_list()[0])


@pytest.mark.parametrize("text", ["□25个村", "1#楼和2#楼", "第1号□第2号"])
def test_k2_is_silent_about_marks_that_break_no_digits(text, judged):
    assert "K2" not in rules(judged((1, "2023", text)))


def test_q43_who_is_asked_to_watch_is_ones_own(judged):
    assert "Q43" in rules(judged((1, "2023", "以上报告，请考核组和柳溪乡干部群众监督。")))
    assert "Q43" not in rules(judged((1, "2023", "组织干部群众和柳溪乡干部群众座谈。")))
