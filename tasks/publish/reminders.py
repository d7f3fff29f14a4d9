"""The reminder (催报函): per township and period one Word file that asks for a report that is overdue."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import polars as pl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from tasks.domain.errors import Language
from tasks.domain.letters import REMINDERS
from tasks.domain.periods import ReportPeriod
from tasks.publish.files import written_whole
from tasks.publish.letters import LetterHead
from tasks.publish.official import BODY, BODY_SIZE, TITLE, TITLE_SIZE, add_paragraph, addressee, day_words, number_pages

__all__ = ["Reminder", "reminder_rows", "was_reminded", "write_reminders"]

_NUMBERED = re.compile(r"(?P<number>\d+)\D+(?P<day>\d{4}-\d\d-\d\d)\D*\.docx$")


@dataclass(frozen=True, slots=True)
class Reminder:
    """The latest reminder to a township about a period: the how manieth, written when; `is_new` if just now.

    `problem` says in both languages, a line each, why what the township sent could not be taken; else it is empty.
    """

    unit_code: str
    unit_name: str
    period: str
    days_overdue: int
    problem: str
    number: int
    written_on: dt.date
    path: Path
    is_new: bool


def write_reminders(
    overdue: pl.DataFrame,
    folder: Path,
    head: LetterHead,
    forms: Mapping[str, str],
    *,
    pause_days: int,
    again: bool = False,
    language: Language = "zh",
    earlier: Sequence[Path] = (),
) -> list[Reminder]:
    """Write a reminder for every row of `overdue` into `folder`; who got one in the last `pause_days` gets no other.

    Each is a file of its own (`石榴坪镇2023年催报函（第2次，2024-02-08）.docx`), so the folder is, with `earlier` ones,
    the record of what was sent; `again` writes one in any case. The same day never gives two.

    Shape: `overdue` has a row per unit and period: unit_code, unit_name, form, period, due_on (date), problem (both
    languages, a line each, where something came and could not be taken). `forms` gives the names of forms by code.

    Raises:
        WarehouseError: a file cannot be written.
    """
    reminders = []
    for code, name, form, period, due_on, problem in overdue.select(
        "unit_code", "unit_name", "form", "period", "due_on", "problem"
    ).iter_rows():
        about = ReportPeriod.parse(period)
        number, last, path = _latest((folder, *earlier), name, about)
        pause = 1 if again else pause_days
        is_new = last is None or (head.written_on - last).days >= pause
        if is_new:
            number, last = number + 1, head.written_on
            path = folder / f"{_stem(name, about, language)}{_count(number, last, language)}.docx"
            with written_whole(path) as partial:
                words = _words(head, name, about, forms.get(form, form), due_on, problem, language)
                _save(partial, head, words, number, language)
        overdue_days = (head.written_on - due_on).days
        reminders.append(
            Reminder(code, name, period, overdue_days, problem, number, last or head.written_on, path, is_new)
        )
    return reminders


def was_reminded(folders: Sequence[Path], unit_name: str, period: str) -> bool:
    """Return whether one of `folders` holds a reminder, in any language, to the township about the period."""
    return _latest(folders, unit_name, ReportPeriod.parse(period))[1] is not None


def reminder_rows(reminders: Sequence[Reminder], language: Language) -> list[dict[str, str]]:
    """Return the reminders as rows for people, the longest overdue first."""
    zh = language == "zh"
    heads = ("报送单位", "报告期", "逾期天数", "催报次数", "最近催报", "函件", "已收文件的问题") if zh else (
        "township", "period", "days overdue", "reminders", "last reminder", "letter", "problem of what came"
    )  # fmt: skip
    return [
        dict(
            zip(
                heads,
                (
                    one.unit_name, one.period, str(one.days_overdue), str(one.number), one.written_on.isoformat(),
                    one.path.name, one.problem.splitlines()[0 if zh else -1] if one.problem else "",
                ),
                strict=True,
            )
        )
        for one in sorted(reminders, key=lambda one: (-one.days_overdue, one.unit_code))
    ]  # fmt: skip


def _stem(unit: str, period: ReportPeriod, language: Language) -> str:
    stem = f"{unit}{period.name_zh}催报函" if language == "zh" else f"{unit} {period.code} reminder"
    return stem.replace("/", "／").replace("\\", "＼")


def _count(number: int, day: dt.date, language: Language) -> str:
    return f"（第{number}次，{day.isoformat()}）" if language == "zh" else f" {number} ({day.isoformat()})"


def _latest(folders: Sequence[Path], unit: str, period: ReportPeriod) -> tuple[int, dt.date | None, Path]:
    """Return number, day and path of the last reminder among the files of `folders`; 0 and None where there is none.

    Whatever language it was written in: a county that changes its own has still sent what it has sent.
    """
    found: list[tuple[int, dt.date, Path]] = []
    for stem in (_stem(unit, period, language) for language in REMINDERS):
        for path in (path for folder in folders for path in folder.glob("*.docx") if path.name.startswith(stem)):
            match = _NUMBERED.search(path.name.removeprefix(stem))
            if match:
                found.append((int(match["number"]), dt.date.fromisoformat(match["day"]), path))
    return max(found) if found else (0, None, folders[0])


def _words(
    head: LetterHead, unit: str, period: ReportPeriod, form: str, due_on: dt.date, problem: str, language: Language
) -> tuple[str, tuple[str, ...], str]:
    """Return title, paragraphs and address of a reminder."""
    zh = language == "zh"
    today, due, reply = (day_words(day, zh) for day in (head.written_on, due_on, head.reply_by))
    late, reason = (head.written_on - due_on).days, _reason(problem, zh)
    # 2023年 and 年度工作报告 share a 年.
    named = period.name_zh + (form.removeprefix("年") if period.name_zh.endswith("年") else form)
    if not zh:
        came = f"What you sent could not be read: {reason}." if problem else "It has not come yet."
        return (
            f"Reminder: report for {period.code}",
            (
                f"Your report ({form}) for {period.code} was due on {due}. {came} It is {late} days overdue today.",
                f"Please send it by {reply}. If there is a reason for the delay, let us know in writing.",
            ),
            f"To {unit}:",
        )
    came = f"你单位已报送的文件未能读入，原因：{reason}。" if problem else f"截至{today}尚未收到。"
    return (
        f"关于催报{named}的函",
        (
            f"按照报送要求，你单位应于{due}前报送{named}。{came}目前已逾期{late}天。",
            f"请于{reply}前补报。确有特殊情况不能按时报送的，请书面说明原因。已经寄出或发送的，请来电核对。",
        ),
        f"{addressee(unit)}：",
    )


def _reason(problem: str, zh: bool) -> str:
    """Return why a file could not be read, without our code for it and without what the county should do."""
    if not problem:
        return ""
    said = problem.splitlines()[0 if zh else -1].split(" → ")[0].rstrip("。.")
    return re.sub(r": [a-z_]+: ", "：" if zh else ": ", said)


def _save(
    path: Path, head: LetterHead, words: tuple[str, tuple[str, ...], str], number: int, language: Language
) -> None:
    title, paragraphs, address = words
    letter, office = docx.Document(), f"{head.county}{head.office}"
    section = letter.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    number_pages(section)
    letter.core_properties.title, letter.core_properties.author = title, office
    centre = WD_ALIGN_PARAGRAPH.CENTER
    add_paragraph(letter, office, TITLE, TITLE_SIZE, centre, bold=True)
    add_paragraph(letter, head.number, BODY, BODY_SIZE, centre)
    again = (f"（第{number}次催报）" if language == "zh" else f" ({number})") if number > 1 else ""
    add_paragraph(letter, f"{title}{again}", TITLE, TITLE_SIZE, centre, bold=True)
    add_paragraph(letter, address, BODY, BODY_SIZE)
    for one in paragraphs:
        add_paragraph(letter, one, BODY, BODY_SIZE, indent=True)
    add_paragraph(letter, "", BODY, BODY_SIZE)
    for one in (office, day_words(head.written_on, language == "zh")):
        add_paragraph(letter, one, BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT)
    letter.save(str(path))
