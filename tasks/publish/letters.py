"""The question letter (核实函): per township one Word file that lists what the county asks about its report."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import polars as pl
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from expectations.rules import Rule
from tasks.domain.errors import Language
from tasks.domain.findings import UNSETTLED
from tasks.domain.letters import LETTER_COLUMNS
from tasks.domain.periods import ReportPeriod
from tasks.publish.addresses import finding_address
from tasks.publish.files import written_whole
from tasks.publish.official import (
    BODY,
    BODY_SIZE,
    TITLE,
    TITLE_SIZE,
    add_link,
    add_paragraph,
    addressee,
    day_words,
    number_pages,
    set_font,
)
from tasks.publish.reader import WarehouseReader, periods_of, rows_of

__all__ = ["LetterHead", "WrittenLetter", "is_asked", "letter_items", "write_letters"]

_HEADING, _TABLE_SIZE = "SimHei", Pt(10.5)
_PLACE = 3
_WIDTHS = (1.4, 2.6, 5.7, 2.6, 4.8, 3.6, 2.6, 2.6)
# A note is asked about only where the township has something to supply: a figure masked or missing.
_NOTES_ASKED = ("K1",)
# A held version waits for the county, not for the township.
_NOT_ASKED = ("H1",)


@dataclass(frozen=True, slots=True)
class LetterHead:
    """Who writes: county name, number of the letter, office that signs, day of writing and days to reply.

    `book` is the address under which the reader can open the county book, or empty: then the letter has no links.
    """

    county: str
    number: str
    office: str
    written_on: dt.date
    reply_days: int
    book: str = ""

    @property
    def reply_by(self) -> dt.date:
        """The last day for the reply."""
        return self.written_on + dt.timedelta(days=self.reply_days)


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """The letter to one township about one period; `path` is None where there is nothing to ask.

    `has_report` is False where no report has been loaded: then nothing could be asked.
    """

    unit_code: str
    unit_name: str
    period: str
    questions: int
    path: Path | None
    has_report: bool = True


def write_letters(
    warehouse: WarehouseReader,
    folder: Path,
    head: LetterHead,
    rules: Mapping[str, Rule],
    *,
    periods: Sequence[str] | None = None,
    unit_codes: Collection[str] | None = None,
    language: Language = "zh",
) -> list[WrittenLetter]:
    """Write a letter per township and period with open questions into `folder`, e.g. `石榴坪镇2023年核实函.docx`.

    A township without open questions gets none, and is in the result with `path` None; other files are left alone.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    letters = []
    for code in periods_of(warehouse, periods):
        items = letter_items(warehouse, code, rules, language)
        units = rows_of(warehouse, "reporting", [code]).filter(pl.col("period") == code)
        reported = units.filter(pl.col("state").is_in(["on_time", "late"]))["unit_code"].to_list()
        owing = set(units["unit_code"]) - set(reported)
        # Findings about the county as a whole (sums of townships, a rule that failed to run) are nobody's to answer.
        townships = warehouse.scan("units").select("unit_code").collect()
        items = items.join(townships, on="unit_code", how="semi", maintain_order="left") if townships.height else items
        named = pl.concat([units.select("unit_code", "unit_name"), items.select("unit_code", "unit_name")])
        for unit, name in named.unique("unit_code", keep="first", maintain_order=True).rows():
            if unit_codes is not None and unit not in unit_codes:
                continue
            asked = items.filter(pl.col("unit_code") == unit)
            path = None
            if asked.height:
                path = folder / _file_name(name, ReportPeriod.parse(code), language)
                with written_whole(path) as partial:
                    _document(head, name, ReportPeriod.parse(code), asked, language).save(str(partial))
            letters.append(WrittenLetter(unit, name, code, asked.height, path, unit not in owing))
    return letters


def is_asked() -> pl.Expr:
    """Return which findings a township is asked about, as an expression over rows of `findings`."""
    told = (pl.col("severity") != "note") | pl.col("rule").is_in(_NOTES_ASKED)
    return pl.col("status").is_in(UNSETTLED) & ~pl.col("rule").is_in(_NOT_ASKED) & told


def letter_items(
    warehouse: WarehouseReader, period: str, rules: Mapping[str, Rule], language: Language
) -> pl.DataFrame:
    """Return a row per question of `period`: unit, indicator, quote, place, doubt, reply, severity, finding_id.

    Rows of one township: errors first, then by indicator, so that what is asked about one figure stands together.
    """
    zh = language == "zh"
    asked = warehouse.scan("findings").filter(pl.col("period") == period, is_asked()).collect()
    names = rows_of(warehouse, "indicators", []).select(about_code="code", catalogue_name="name")
    submissions = warehouse.scan("submissions").collect()
    files = submissions.select("submission_id", "file_name")
    # What is missing in a report has no figure to say where: it is the report that lacks it.
    reports = (
        submissions.filter((pl.col("state") == "loaded") & (pl.col("period") == period))
        .group_by("unit_code")
        .agg(pl.col("file_name").sort().str.join("；").alias("report"))
    )
    facts = (
        warehouse.scan("facts").filter(pl.col("fact_id").is_in(asked["fact_ids"].explode().drop_nulls().to_list()))
        .select("fact_id", "indicator_name", "item", "page", "submission_id").collect()
        .join(files, on="submission_id", how="left")
    )  # fmt: skip
    page = pl.format("第{}页" if zh else "page {}", "page")
    places = (
        asked.select("finding_id", fact_id="fact_ids").explode("fact_id", empty_as_null=True, keep_nulls=True)
        .join(facts, on="fact_id", how="left", maintain_order="left")
        .group_by("finding_id", maintain_order=True)
        .agg(
            pl.concat_str("indicator_name", pl.when(pl.col("item") != "").then(pl.format("（{}）", "item")),
                          ignore_nulls=True).drop_nulls().first().alias("figure"),
            pl.concat_str("file_name", page, separator=" ", ignore_nulls=True).drop_nulls()
            .unique(maintain_order=True).str.join("；").alias("place"),
        )
    )  # fmt: skip
    named = (
        asked.join(places, on="finding_id", how="left")
        .with_columns(pl.col("about").str.split("|").list.first().alias("about_code"))
        .join(names, on="about_code", how="left")
        .join(reports, on="unit_code", how="left")
        .with_columns(pl.coalesce(_blank_to_null("place"), "report").alias("place"))
    )
    whole = "报告整体" if zh else "the report as a whole"
    return (
        named.with_columns(
            pl.coalesce(_blank_to_null("figure"), "catalogue_name", pl.lit(whole)).alias("indicator"),
            pl.col("quotes").list.join("” “").alias("quote"),
            pl.col("severity").cast(pl.Enum(("error", "question", "note"))).alias("rank"),
        )
        .with_columns(pl.col("rank").min().over("unit_code", "indicator").alias("worst"))
        .sort("unit_code", "worst", "indicator", "rank", "rule", "finding_id")
        .with_columns(
            pl.struct("rule", "observed", "expected", "severity", "symptoms")
            .map_elements(lambda one: _doubt(one, rules, zh), return_dtype=pl.String).alias("doubt"),
            pl.col("rule").map_elements(lambda one: _reply(one, rules, zh), return_dtype=pl.String).alias("reply"),
        )
        .select("unit_code", "unit_name", "indicator", "quote", "place", "doubt", "reply", "severity", "finding_id")
    )  # fmt: skip


def _blank_to_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(name)


def _doubt(one: Mapping[str, Any], rules: Mapping[str, Rule], zh: bool) -> str:
    """Return what contradicts what, with both figures, and what else failed for the same cause."""

    def called(rule_id: str) -> str:
        rule = rules.get(rule_id)
        return rule_id if rule is None else rule.title_zh if zh else rule.title_en

    title, others = called(one["rule"]), [called(rule_id) for rule_id in one["symptoms"] or ()]
    said = ("报告为", "应为", "；", "。") if zh else ("the report says ", "expected ", "; ", ".")
    parts = [f"{said[0]}{one['observed']}"] * bool(one["observed"])
    parts += [f"{said[1]}{one['expected']}"] * bool(one["expected"])
    doubt = (said[2].join([title, *parts]) if not zh else f"{title}{'：' * bool(parts)}{'，'.join(parts)}") + said[3]
    if others:
        also = f"因此还有：{'、'.join(others)}。" if zh else f" For the same cause also: {'; '.join(others)}."
        return doubt + also
    return doubt


def _reply(rule_id: str, rules: Mapping[str, Rule], zh: bool) -> str:
    """Return what is expected back: a figure to supply, or that the figure is confirmed, corrected or explained."""
    if rule_id in {"K1", "M6"}:
        return "请补报该指标数值；确无此项的，请说明。" if zh else "Supply the figure, or say that there is none."
    rule = rules.get(rule_id)
    how = "" if rule is None else rule.how_zh if zh else rule.how_en
    if zh:
        return f"{how}{'。' * bool(how)}无误请写“确认”并说明原因，有误请写更正值。"
    return f"{how}{'. ' * bool(how)}Write “confirmed” with the reason, or the corrected figure."


def _file_name(unit: str, period: ReportPeriod, language: Language) -> str:
    name = f"{unit}{period.name_zh}核实函.docx" if language == "zh" else f"{unit} {period.code} questions.docx"
    return name.replace("/", "／").replace("\\", "＼")


def _document(head: LetterHead, unit: str, period: ReportPeriod, items: pl.DataFrame, language: Language) -> Any:
    zh = language == "zh"
    letter = docx.Document()
    _page(letter)
    title = f"关于核实{period.name_zh}工作报告有关数据的函" if zh else f"Figures of the report for {period.code}"
    letter.core_properties.title, letter.core_properties.author = title, f"{head.county}{head.office}"
    add_paragraph(letter, f"{head.county}{head.office}", TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    add_paragraph(letter, head.number, BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    add_paragraph(letter, title, TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    add_paragraph(letter, f"{addressee(unit)}：" if zh else f"To {unit}:", BODY, BODY_SIZE)
    for words in _opening(head, period, items.height, zh):
        add_paragraph(letter, words, BODY, BODY_SIZE, indent=True)
    _table(letter, items, f"{head.book.rstrip('/')}/" if head.book else "", period.code, language)
    add_paragraph(letter, "", BODY, BODY_SIZE)
    for words in (f"{head.county}{head.office}", day_words(head.written_on, zh)):
        add_paragraph(letter, words, BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT)
    return letter


def _opening(head: LetterHead, period: ReportPeriod, count: int, zh: bool) -> tuple[str, ...]:
    if zh:
        return (
            f"你单位报送的{period.name_zh}工作报告已收悉。经审核，有{count}处数据需请你单位核实，现列表如下。",
            f"请在“回复”栏逐项填写（确认并说明原因、更正值或补报值），于{day_words(head.reply_by, zh)}前反馈我单位；"
            "“编号”栏供登记回复使用，请勿改动。感谢支持。",
        )
    return (
        f"We have your report for {period.code}. {count} items need your confirmation; they are listed below.",
        f"Please fill in the reply column and return this by {day_words(head.reply_by, zh)}; leave the ids as is.",
    )


def _page(letter: Any) -> None:
    section = letter.sections[0]
    # Eight columns with quotes need the long side of A4.
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    number_pages(section)


def _table(letter: Any, items: pl.DataFrame, book: str, period: str, language: Language) -> None:
    heads = LETTER_COLUMNS[language]
    table = letter.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Cm(width)
    _fill(table.rows[0], heads, _HEADING)
    _row_property(table.rows[0], "w:tblHeader")
    columns = ("indicator", "quote", "place", "doubt", "reply", "finding_id")
    for number, (name, quote, place, doubt, reply, finding) in enumerate(items.select(columns).rows(), start=1):
        row = table.add_row()
        said = f"“{quote}”" if quote else "（报告中未见）" if language == "zh" else "(not in the report)"
        _fill(row, (str(number), name, said, "" if book else place or "", doubt, reply, "", finding), BODY)
        if book:
            where = place or ("县情册" if language == "zh" else "county book")
            add_link(row.cells[_PLACE].paragraphs[0], where, book + finding_address(period, finding), BODY, _TABLE_SIZE)
        _row_property(row, "w:cantSplit")


def _fill(row: Any, words: Sequence[str], font: str) -> None:
    for cell, width, text in zip(row.cells, _WIDTHS, words, strict=True):
        cell.width = Cm(width)
        set_font(cell.paragraphs[0].add_run(text), font, _TABLE_SIZE)


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
