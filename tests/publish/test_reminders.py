"""The reminder: who is overdue gets a letter with deadline and reason, and no second one the next day."""

import datetime as dt

import docx
import polars as pl

from tasks.domain.county import read_county
from tasks.publish import LetterHead, reminder_rows, was_reminded, write_reminders

FORMS = {"annual-work-report": "年度工作报告"}
DUE = dt.date(2024, 1, 15)


def head(day: dt.date) -> LetterHead:
    return LetterHead("岚川县", "岚统函〔2024〕5号", "统计局", day, 10)


def overdue(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(code, name, "annual-work-report", "2023", DUE, problem) for code, name, problem in rows],
        schema={"unit_code": pl.String, "unit_name": pl.String, "form": pl.String, "period": pl.String,
                "due_on": pl.Date, "problem": pl.String},
        orient="row",
    )  # fmt: skip


MISSING = overdue(("539901101000", "石榴坪镇", ""))


def words_of(path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def test_a_missing_report_is_asked_for_with_deadline_and_days(tmp_path) -> None:
    (one,) = write_reminders(MISSING, tmp_path, head(dt.date(2024, 1, 25)), FORMS, pause_days=6)
    assert one.path.name == "石榴坪镇2023年催报函（第1次，2024-01-25）.docx"
    words = words_of(one.path)
    for said in (
        "石榴坪镇人民政府：",
        "2024年1月15日前报送2023年度工作报告。",
        "尚未收到",
        "逾期10天",
        "2024年2月4日前",
    ):
        assert said in words
    assert (one.days_overdue, one.number, one.is_new) == (10, 1, True)


def test_what_came_and_could_not_be_read_is_named_with_its_reason(tmp_path) -> None:
    problem = "报告.docx: truncated_file: 文件不完整 → 请重新报送\nreport.docx: truncated_file: cut short → send again"
    (zh,) = write_reminders(overdue(("1", "望坪乡", problem)), tmp_path, head(DUE), FORMS, pause_days=6)
    assert "未能读入，原因：报告.docx：文件不完整。" in words_of(zh.path)
    assert "尚未收到" not in words_of(zh.path)
    (en,) = write_reminders(
        overdue(("1", "望坪乡", problem)), tmp_path / "en", head(DUE), FORMS, pause_days=6, language="en"
    )
    assert "cut short" in words_of(en.path)


def test_no_second_letter_before_the_pause_is_over_unless_asked_for(tmp_path) -> None:
    def remind(day: int, **more):
        (one,) = write_reminders(MISSING, tmp_path, head(dt.date(2024, 1, day)), FORMS, pause_days=6, **more)
        return one.is_new, one.number

    assert [remind(20), remind(21), remind(25), remind(26)] == [(True, 1), (False, 1), (False, 1), (True, 2)]
    assert remind(26, again=True) == (False, 2)
    assert remind(27, again=True) == (True, 3)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_county_that_changes_its_language_has_still_sent_what_it_has_sent(tmp_path, sample_county_source) -> None:
    """All who had been reminded were reminded again, as if for the first time."""
    county = read_county(sample_county_source).model_copy(update={"folder": tmp_path})
    (first,) = write_reminders(MISSING, county.reminders, head(dt.date(2024, 1, 20)), FORMS, pause_days=6)
    settings = county.settings.model_copy(update={"language": "en"})
    changed = county.model_copy(update={"settings": settings})
    assert changed.reminders != county.reminders
    folders = (changed.reminders, *changed.earlier_reminders)
    assert was_reminded(folders, "石榴坪镇", "2023")
    assert not was_reminded(folders, "石榴坪镇", "2022")

    def remind(day: int):
        (one,) = write_reminders(MISSING, changed.reminders, head(dt.date(2024, 1, day)), FORMS, pause_days=6,
                                 language="en", earlier=changed.earlier_reminders)  # fmt: skip
        return one

    assert (remind(21).is_new, remind(21).path) == (False, first.path)
    second = remind(26)
    assert (second.number, second.path.parent) == (2, changed.reminders)


def test_a_township_whose_name_begins_like_another_has_its_own_count(tmp_path) -> None:
    both = overdue(("1", "石榴坪镇", ""), ("2", "石榴坪镇新区街道", ""))
    write_reminders(both.head(1), tmp_path, head(DUE), FORMS, pause_days=6)
    first, second = write_reminders(both, tmp_path, head(DUE), FORMS, pause_days=6)
    assert (first.is_new, second.is_new, second.number) == (False, True, 1)
    assert "石榴坪镇新区街道办事处：" in words_of(second.path)


def test_nobody_overdue_is_no_letter_and_an_empty_table(tmp_path) -> None:
    assert write_reminders(MISSING.clear(), tmp_path, head(DUE), FORMS, pause_days=6) == []
    assert reminder_rows([], "zh") == []
