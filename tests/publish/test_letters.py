"""The question letter: what is asked stands in it with quote, reply and id; nothing to ask is no letter."""

import datetime as dt
from dataclasses import replace

import docx
import polars as pl
import pytest
from docx.oxml.ns import qn

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.findings import Finding, finding_id
from tasks.domain.frames import findings_frame, indicators_frame
from tasks.domain.tables import TABLES
from tasks.load import LoadBatch, Warehouse
from tasks.publish import LetterHead, write_letters

HEAD = LetterHead("岚川县", "岚统函〔2024〕3号", "统计局", dt.date(2024, 2, 1), 10)
NOW = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)


def finding(unit, name, rule, severity, about, **more):
    return Finding(
        **{
            "finding_id": finding_id(rule, unit, "2023", about), "rule": rule, "level": 1, "severity": severity,
            "unit_code": unit, "unit_name": name, "period": "2023", "about": about, "message_zh": "", "message_en": "",
            "observed": "", "expected": "", "imbalance": None, "fact_ids": (), "quotes": (), **more,
        }
    )  # fmt: skip


@pytest.fixture
def letters(folder, tmp_path):
    """Write the letters about some findings of 2023."""

    def run(*found, language="zh", book=""):
        warehouse = Warehouse(str(folder))
        batch = LoadBatch(
            findings=findings_frame(found, "r1"), indicators=indicators_frame(load_catalogue()), periods=("2023",)
        )
        warehouse.load(batch, run_id="r1", now=NOW)
        head = replace(HEAD, book=book)
        return write_letters(warehouse, tmp_path / "out", head, load_rules(), periods=["2023"], language=language)

    return run


OUT_OF_RANGE = finding(
    "539901102000", "石榴坪镇", "V3", "error", "pop.total|level||900万", observed="9000000 人",
    expected="200–300000 人", quotes=("全镇总人口900万人",),
)  # fmt: skip
MISSING = finding("539901102000", "石榴坪镇", "M6", "question", "agri.grain_area")
DONE = finding("539901103000", "河湾镇", "V3", "error", "pop.total", status="explained")
HINT = finding("539901104000", "雾山乡", "Q24", "note", "text_quality")


def test_the_letter_names_township_deadline_quote_both_figures_and_id(letters):
    (letter,) = letters(MISSING, OUT_OF_RANGE)
    assert letter.path.name == "石榴坪镇2023年核实函.docx"
    written = docx.Document(letter.path)
    words = [one.text for one in written.paragraphs]
    assert "石榴坪镇人民政府：" in words
    assert "关于核实2023年工作报告有关数据的函" in words
    assert HEAD.number in words
    assert any("2024年2月11日前" in one for one in words)
    heads, error, missing = ([cell.text for cell in row.cells] for row in written.tables[0].rows)
    assert heads == ["序号", "指标", "报告原文", "位置", "疑问", "请回复", "回复", "编号"]
    assert error[:3] == ["1", "总人口", "“全镇总人口900万人”"]
    assert "9000000 人" in error[4]
    assert "200–300000 人" in error[4]
    assert error[6:] == ["", OUT_OF_RANGE.finding_id]
    assert missing[1:3] == ["粮食播种面积", "（报告中未见）"]
    assert "补报" in missing[5]
    assert missing[7] == MISSING.finding_id


def test_chinese_fonts_are_set_and_the_heading_is_repeated_on_every_page(letters):
    (letter,) = letters(OUT_OF_RANGE)
    written = docx.Document(letter.path)
    fonts = {one.get(qn("w:eastAsia")) for one in written.element.body.iter(qn("w:rFonts"))}
    assert {"SimSun", "FangSong"} <= fonts
    assert written.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_what_is_settled_or_a_hint_is_not_asked_and_leaves_no_letter(letters, tmp_path):
    asked = {one.unit_name: one.path for one in letters(DONE, HINT)}
    assert set(asked.values()) <= {None}
    assert not (tmp_path / "out").exists()


def test_other_files_of_the_folder_stay(letters, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "说明.txt").write_text("我的", encoding="utf-8")
    letters(OUT_OF_RANGE)
    letters(OUT_OF_RANGE)
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["石榴坪镇2023年核实函.docx", "说明.txt"]


def test_a_held_version_is_no_question_to_the_township(letters):
    held = finding("539901102000", "石榴坪镇", "H1", "question", "s2")
    (letter,) = letters(OUT_OF_RANGE, held)
    assert letter.questions == 1


def test_in_english(letters):
    (letter,) = letters(OUT_OF_RANGE, language="en")
    assert letter.path.name == "石榴坪镇 2023 questions.docx"
    assert docx.Document(letter.path).tables[0].rows[0].cells[6].text == "Reply"


def test_a_township_whose_report_has_not_come_is_not_one_with_nothing_to_ask(folder, tmp_path):
    rows = [
        {"unit_code": code, "unit_name": name, "form": "work", "period": "2023", "state": state}
        for code, name, state in (
            ("539901102000", "石榴坪镇", "missing"),
            ("539901103000", "河湾镇", "on_time"),
            ("539901104000", "雾山乡", "quarantined"),
        )
    ]
    warehouse = Warehouse(str(folder))
    reporting = pl.DataFrame(rows, schema=dict(TABLES["reporting"]), orient="row")
    warehouse.load(LoadBatch(reporting=reporting, periods=("2023",)), run_id="r1", now=NOW)
    letters = write_letters(warehouse, tmp_path, HEAD, load_rules(), periods=["2023"])
    assert {one.unit_name: (one.has_report, one.path) for one in letters} == {
        "石榴坪镇": (False, None), "河湾镇": (True, None), "雾山乡": (False, None),
    }  # fmt: skip


def test_what_is_missing_stands_in_the_report_that_lacks_it_and_symptoms_are_named(letters, folder):
    submission = dict.fromkeys(TABLES["submissions"]) | {
        "submission_id": "s1", "unit_code": MISSING.unit_code, "period": "2023", "state": "loaded",
        "form": "annual-work-report", "file_name": "石榴坪镇2023年总结.txt", "version": 1, "seen": [],
    }  # fmt: skip
    rows = pl.DataFrame([submission], schema=dict(TABLES["submissions"]), orient="row")
    Warehouse(str(folder)).load(LoadBatch(submissions=rows), run_id="r0", now=NOW)
    slipped = finding(
        MISSING.unit_code, MISSING.unit_name, "Q3", "question", "agri.grain_output|level||9", symptoms=("Q13", "Q10")
    )
    (letter,) = letters(MISSING, slipped)
    cells = [[cell.text for cell in row.cells] for row in docx.Document(letter.path).tables[0].rows[1:]]
    missing = next(row for row in cells if row[-1] == MISSING.finding_id)
    assert missing[3] == "石榴坪镇2023年总结.txt"
    doubt = next(row for row in cells if row[-1] == slipped.finding_id)[4]
    rules = load_rules()
    assert doubt.endswith(f"因此还有：{rules['Q13'].title_zh}、{rules['Q10'].title_zh}。")


def test_what_is_about_the_county_is_in_no_township_s_letter(letters, folder):
    units = pl.DataFrame(
        [(MISSING.unit_code, MISSING.unit_name, [], None, None)], schema=dict(TABLES["units"]), orient="row"
    )
    Warehouse(str(folder)).load(LoadBatch(units=units), run_id="r0", now=NOW)
    county = finding("539901000000", "全县 county", "M5", "question", "agri.grain_output|sum|")
    (letter,) = letters(MISSING, county)
    assert (letter.unit_name, letter.questions) == (MISSING.unit_name, 1)


def test_where_the_book_can_be_opened_each_question_links_to_its_finding(letters):
    (letter,) = letters(OUT_OF_RANGE, MISSING, book="http://intranet/book/")
    written = docx.Document(letter.path)
    rows = written.tables[0].rows[1:]
    for row in rows:
        (link,) = row.cells[3].paragraphs[0].hyperlinks
        assert link.url == f"http://intranet/book/findings/2023.html#{row.cells[7].text}"
        assert link.text
    assert {row.cells[7].text for row in rows} == {OUT_OF_RANGE.finding_id, MISSING.finding_id}


def test_without_an_address_of_the_book_a_letter_has_no_links(letters):
    (letter,) = letters(OUT_OF_RANGE)
    cells = [cell for row in docx.Document(letter.path).tables[0].rows for cell in row.cells]
    assert not [link for cell in cells for one in cell.paragraphs for link in one.hyperlinks]
