"""Slips of the hand that only the words give away: each text is read the real way and judged by one rule."""

import datetime as dt

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks import extract
from tasks.domain.frames import report_frames, submissions_frame
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions, Submission, submission_id
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text
from tasks.validate import Evidence
from tasks.validate.checks import CheckInputs, checks_of, compute_checks

VERSIONS = StageVersions("p", "e", load_catalogue().version, "l", "i")
WHEN = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def reader():
    return extract.build_reader(load_catalogue(), load_lexicon())


@pytest.fixture(scope="session")
def results(reader):
    """Read texts as the reports of as many townships and return the rows of one rule, in order."""

    def run(rule, *texts, year="2023"):
        read = []
        for number, text in enumerate(texts):
            unit, sha = f"53099910{number}000", f"{number:064d}"
            document = document_from_text(text)
            one = Submission(
                submission_id=submission_id(sha, unit, year), sha256=sha, source="inbox", uri="file:///1.txt",
                file_name=f"第{number}镇.txt", bytes=1, received_at=WHEN, state="loaded", unit_code=unit,
                unit_name=f"第{number}镇", form="annual-work-report", period=year, media_type="text/plain",
                chars=len(text), due_at=WHEN, on_time=True, parser="text", text_quality=1.0,
                stage_versions=VERSIONS.text,
            )  # fmt: skip
            extraction = extract.extract_document(document, ReportPeriod.parse(year), reader)
            read.append((one, report_frames(one, document, extraction, load_catalogue(), VERSIONS)))
        evidence = Evidence(
            pl.concat(frames.facts for _, frames in read), submissions_frame([one for one, _ in read]),
            blocks=pl.concat(frames.blocks for _, frames in read),
            mentions=pl.concat(frames.mentions for _, frames in read),
        )  # fmt: skip
        checks = compute_checks(CheckInputs(evidence, load_catalogue(), load_rules(), {}), [checks_of(rule)])
        return checks.filter((pl.col("rule") == rule) & (pl.col("result") != "not_evaluated"))

    return run


def failed(rows):
    return rows.filter(pl.col("result") == "fail")


@pytest.mark.parametrize(
    "said", ["93O头", "9l0头", "9I0头", "1l.3公里", "2·63万吨", "6..4万人次", "全镇l20户", "11、0公里", "99、2%"]
)
def test_k2_a_letter_or_another_mark_typed_into_a_number(results, said):
    (row,) = failed(results("K2", f"工作报告\n全年共计{said}，比上年有所增加。\n")).to_dicts()
    assert row["observed"] in said
    assert any(mark in row["observed"] for mark in ("O", "l", "I", "·", "..", "、"))


@pytest.mark.parametrize("said", ["O2O电商", "5G基站120个", "3·15晚会", "“12·2”专案", "WIFI 6个点位", "H7N9", "3、4个"])
def test_k2_is_silent_about_names_with_letters_and_days(results, said):
    assert failed(results("K2", f"工作报告\n全镇推进{said}，成效明显。\n")).is_empty()


def test_v1_an_amount_does_not_grow_by_points(results):
    (row,) = failed(results("V1", "农村居民人均可支配收入15090元，比上年增长7.0个百分点。\n")).to_dicts()
    assert "7.0个百分点" in row["quotes"][0]
    for right in (
        "农村居民人均可支配收入15090元，比上年增长7.0%，增速提高0.5个百分点。",
        "森林覆盖率61.2%，比上年提高0.5个百分点。",
    ):
        assert failed(results("V1", right)).is_empty()


@pytest.mark.parametrize(("share", "count"), [("36.1%", 0), ("36%", 0), ("35.1%", 1), ("63.1%", 1)])
def test_q18_a_share_is_its_part_of_the_whole(results, share, count):
    assert failed(results("Q18", f"全镇党员582名，其中女党员210名，占{share}。\n")).height == count


def test_q18_a_share_of_something_else_is_not_reckoned(results):
    assert results("Q18", "全镇党员582名，其中女党员210名，占全县女党员的2.1%。\n").is_empty()


TABLE = (
    "各村路灯\n| 村 | 路灯（盏） | 造价（万元） | 完成率（%） |\n| 甲村 | 31 | 6.51 | 90 |\n| 乙村 | 24 | {} | 95 |\n"
    "| 合计 | {} | 11.55 | 92 |\n"
)


@pytest.mark.parametrize(
    ("cell", "total", "results_of"),
    [
        ("5.04", "55", {"路灯（盏）": "pass", "造价（万元）": "pass"}),
        ("5.04", "65", {"路灯（盏）": "fail", "造价（万元）": "pass"}),
        ("5.40", "55", {"路灯（盏）": "pass", "造价（万元）": "fail"}),
        ("5.05", "55", {"路灯（盏）": "pass", "造价（万元）": "pass"}),
    ],
)
def test_v7_the_line_of_the_total_is_the_sum_of_the_lines(results, cell, total, results_of):
    rows = results("V7", TABLE.format(cell, total))
    assert {row["about"].rpartition("|")[2]: row["result"] for row in rows.to_dicts()} == results_of


def test_v7_a_total_above_its_lines_counts_too_and_an_empty_cell_is_nothing(results):
    first = "| 村 | 户数（户） |\n| 全镇 | {} |\n| 甲村 | 31 |\n| 乙村 | 24 |\n| 丙村 | — |\n"
    assert results("V7", first.format(55))["result"].to_list() == ["pass"]
    assert results("V7", first.format(56))["result"].to_list() == ["fail"]


def test_v7_a_table_with_subtotals_or_a_masked_line_is_left_alone(results):
    nested = "| 村 | 户数（户） |\n| 甲村 | 31 |\n| 小计 | 31 |\n| 乙村 | 24 |\n| 合计 | 99 |\n"
    masked = "| 村 | 户数（户） |\n| 甲村 | XX |\n| 乙村 | 24 |\n| 丙村 | 3 |\n| 合计 | 99 |\n"
    assert results("V7", nested).is_empty()
    assert results("V7", masked).is_empty()


@pytest.mark.parametrize(("said", "count"), [("3", 1), ("三", 1), ("4", 0), ("5", 0)])
def test_q48_no_more_places_are_named_than_counted(results, said, count):
    text = f"工作报告\n在青杠坪、水井湾、老鸦山、龙塘等{said}个村开展清洁家园评比。\n"
    assert failed(results("Q48", text)).height == count


def test_s5_a_paragraph_stands_twice_with_another_figure(results):
    one = "全年排查化解各类矛盾纠纷312件，调解成功303件，组织法治宣传活动进村入户，覆盖群众4200余人次。"
    other = one.replace("312件", "321件")
    (row,) = failed(results("S5", f"工作报告\n{one}\n二、存在问题\n{other}\n")).filter(
        pl.col("about").str.starts_with("twice")
    ).to_dicts()  # fmt: skip
    assert row["quotes"] == [one, other]
    assert failed(results("S5", f"工作报告\n{one}\n二、存在问题\n{one}\n")).is_empty()


def test_s5_the_same_words_of_two_quarters_are_two_things(results):
    line = "第{}季度完成固定资产投资{}万元，重点项目按计划有序推进，年度目标任务总体可控、进度符合预期。"
    assert failed(results("S5", f"工作报告\n{line.format('一', 320)}\n{line.format('二', 410)}\n")).is_empty()


@pytest.mark.parametrize(
    ("day", "count"), [("11月31日", 1), ("2月30日", 1), ("13月1日", 1), ("2月29日", 0), ("12月31日", 0)]
)
def test_v9_a_day_that_no_calendar_has(results, day, count):
    assert failed(results("V9", f"工作报告\n截至{day}，全镇党员876名。\n")).height == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("2013年工作情况简报", 1),
        ("2032年述职报告", 1),
        ("2032年，全镇坚持稳中求进，完成各项任务。", 1),
        ("2013年，我镇坚持稳中求进，完成各项任务。", 1),
        ("2014年以来，全镇坚持稳中求进，完成各项任务。", 0),
        ("2035年，全镇将基本实现农业农村现代化。", 0),
        ("2023年工作情况简报", 0),
        ("2022年完成情况和2023年工作情况简报", 0),
    ],
)
def test_q42_the_year_of_titles_and_openings(results, line, count):
    assert failed(results("Q42", f"第0镇\n{line}\n全镇党员876名。\n")).height == count


def test_q46_a_sentence_that_stands_with_its_figures_in_a_neighbours_report(results):
    same = "累计流转土地4784亩，其中合作社2498亩、种植大户1350亩、企业936亩"
    # Letters of their own, each once.
    own = ["".join(chr(0x5000 + 400 * number + at) for at in range(200)) for number in range(2)]
    rows = results("Q46", *(f"工作报告\n{text}。\n{same}。\n" for text in own))
    assert failed(rows).height == 2
    assert same in failed(rows)["quotes"][0]
    other = same.replace("4784", "4785")
    assert failed(results("Q46", f"工作报告\n{own[0]}。\n{same}。\n", f"工作报告\n{own[1]}。\n{other}。\n")).is_empty()
