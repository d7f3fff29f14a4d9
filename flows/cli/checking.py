"""`county check`: the township's own check before it sends; the same rules and judge, no server, no warehouse."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import polars as pl
from openpyxl.utils.exceptions import InvalidFileException
from rich.console import Console
from rich.markup import escape

from expectations.catalogue import load_catalogue
from flows.cli.reading import open_documents, read_document
from tasks import extract, identify, parse
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import ConfigurationError, Place, SourceMalformed, Text
from tasks.domain.findings import Finding
from tasks.domain.frames import ReportFrames, empty_frame, report_frames, submissions_frame
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import SourceFile, StageVersions, Submission, submission_id
from tasks.domain.tables import TABLES
from tasks.lexicon import load_lexicon

__all__ = [
    "HISTORY_COLUMNS",
    "CheckedFiles",
    "check_files",
    "checked_json",
    "print_checked",
    "read_history",
    "write_history",
]

# Lists do not go into CSV; where a figure stood on the page is of no use to a later year.
HISTORY_COLUMNS = tuple(name for name in TABLES["facts"] if name != "bbox")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?")
# What openpyxl raises for a file that is no workbook, or a broken one.
_NO_WORKBOOK = (BadZipFile, InvalidFileException, KeyError, ValueError)
_HEAD = 200
_COLOURS = {"error": "red", "question": "yellow", "note": "dim"}
_FORM = "check"
_SEVERITIES = ("error", "question", "note")


@dataclass(frozen=True)
class CheckedFiles:
    """What the check of some files found; `refused` counts those that could not be opened."""

    findings: tuple[Finding, ...]
    files: int
    refused: int
    facts: int
    with_units: bool
    with_history: bool


def check_files(
    files: Sequence[Path], period: str | None, unit: str | None, county: County | None, history: pl.DataFrame | None,
    console: Console,
) -> CheckedFiles:  # fmt: skip
    """Read `files` and judge them as the county would; a file that does not open is told on `console`.

    Without `county` nothing unit-specific is evaluated. `history` (`read_history`) is taken as the past of the unit.

    Raises:
        ConfigurationError: no period is named and a file does not say its year, or units.csv has no such unit.
    """
    catalogue, lexicon = load_catalogue(), load_lexicon()
    versions = StageVersions(parse.PARSER_VERSION, extract.EXTRACTOR_VERSION, catalogue.version, lexicon.version, "")
    submissions, frames = [], []
    refused = 0
    for name, document in open_documents(files, None, console):
        if document is None:
            refused += 1
            continue
        submission = _submission(name, document, period, unit, county, versions)
        extraction = read_document(document, ReportPeriod.parse(submission.period))
        submissions.append(submission)
        frames.append(report_frames(submission, document, extraction, catalogue, versions))
    facts = pl.concat([empty_frame("facts"), *(one.facts for one in frames)])
    findings = _judge(submissions, facts, frames, county, history, console) if submissions else ()
    return CheckedFiles(
        findings, len(submissions) + refused, refused, facts.height, county is not None, history is not None
    )


def _judge(
    submissions: Sequence[Submission], facts: pl.DataFrame, frames: Sequence[ReportFrames], county: County | None,
    history: pl.DataFrame | None, console: Console,
) -> tuple[Finding, ...]:  # fmt: skip
    own = {(one.unit_code, one.period) for one in submissions}
    units = {one.unit_code: one.unit_name for one in submissions}
    past = [
        history.with_columns(pl.lit(code).alias("unit_code"), pl.lit(name).alias("unit_name"))
        .filter(~pl.col("period").is_in([period for owner, period in own if owner == code]))
        for code, name in units.items()
        if history is not None
    ]  # fmt: skip
    with console.status("审核 checking …"):
        # Great Expectations takes seconds to import.
        from tasks import validate

        judged = validate.validate_facts(
            validate.Evidence(
                pl.concat([facts, *past]),
                submissions_frame(submissions),
                blocks=pl.concat([empty_frame("blocks"), *(one.blocks for one in frames)]),
                mentions=pl.concat([empty_frame("mentions"), *(one.mentions for one in frames)]),
            ),
            catalogue=load_catalogue(),
            mandatory={form.code: form.mandatory for form in county.settings.forms} if county else {},
            language=county.language if county else "zh",
            data_docs=None,
        )
    periods = {period for _, period in own} | set(facts["period"])
    found = [one for one in judged.findings if one.period in periods]
    return tuple(sorted(found, key=lambda one: (_SEVERITIES.index(one.severity), one.unit_code, one.rule, one.about)))


def _submission(
    name: str, document: Document, period: str | None, unit: str | None, county: County | None, versions: StageVersions
) -> Submission:  # fmt: skip
    sha = hashlib.sha256(f"{name}\n{document.text}".encode()).hexdigest()
    now = dt.datetime.now(dt.UTC)
    file = SourceFile("check", name, name, len(document.text), now, now)
    guess = identify.guess_identity(file, county) if county else None
    code = period or (guess.period if guess else "") or _year_of(name, document)
    # Two files nobody named a township for are two townships: their figures are not held against each other.
    unit_code, unit_name = (guess.unit_code, guess.unit_name) if guess else ("", "")
    if unit is not None:
        unit_code, unit_name = _named_unit(unit, county)
    form = county.form_for(code) if county else None
    return Submission(
        submission_id=submission_id(sha, unit_code or sha[:12], code), sha256=sha, source="check", uri=name,
        file_name=name, bytes=len(document.text), received_at=now, state="loaded", unit_code=unit_code or sha[:12],
        unit_name=unit_name or name, form=form.code if form else _FORM, period=code, version=1,
        media_type=document.media_type, pages=document.pages, chars=len(document.text), parser=document.parser,
        text_quality=document.quality.score, ocr_mean=document.quality.ocr_mean, ocr_low=document.quality.ocr_low,
        unknown_characters=document.quality.replaced_characters, order_doubts=document.quality.order_doubts,
        stage_versions=versions.text,
    )  # fmt: skip


def _named_unit(unit: str, county: County | None) -> tuple[str, str]:
    if county is None:
        return hashlib.sha256(unit.encode()).hexdigest()[:12], unit
    found = county.gazetteer.named(unit)
    return found.unit_code, found.name


def _year_of(name: str, document: Document) -> str:
    """Return the one year that the file's name says, else the first that its head says."""
    for words in (name, document.text[:_HEAD]):
        found = _YEAR.search(words)
        if found:
            return found[1]
    raise ConfigurationError(
        "period_not_found", Place(name),
        Text("看不出是哪一年的报告", "the file does not say which year it is about"),
        Text("请用 --period 指明，例如 --period 2023", "name it with --period, e.g. --period 2023"),
    )  # fmt: skip


def read_history(path: Path) -> pl.DataFrame:
    """Return the facts of earlier periods in `path` (.parquet, .csv or .xlsx as `write_history` makes it).

    Raises:
        SourceMalformed: it cannot be read, or columns are missing; names them.
    """
    try:
        if path.suffix == ".parquet":
            rows = pl.read_parquet(path)
        elif path.suffix == ".xlsx":
            rows = pl.read_excel(path, engine="openpyxl", infer_schema_length=None)
        else:
            rows = pl.read_csv(path, infer_schema_length=0)
        schema: Mapping[str, pl.DataType] = TABLES["facts"]
        rows = rows.select(
            pl.col(name).cast(pl.String).str.to_lowercase().eq("true").alias(name)
            if schema[name] == pl.Boolean
            else pl.col(name).cast(schema[name])
            for name in HISTORY_COLUMNS
        )
        texts = ("item", "stated_value", "stated_unit")
        filled = rows.with_columns(pl.col(name).fill_null("") for name in texts)
        return pl.concat([empty_frame("facts"), filled], how="diagonal")
    except (OSError, pl.exceptions.PolarsError, *_NO_WORKBOOK) as error:
        raise SourceMalformed(
            "history_unreadable", Place(str(path)),
            Text(f"历史文件读不了：{error}", f"the history file cannot be read: {error}"),
            Text("请用县里 county history 乡镇 文件 写出的文件",
                 "use a file that the county writes with `county history UNIT FILE`"),
        ) from error  # fmt: skip


def write_history(facts: pl.DataFrame, path: Path) -> None:
    """Write `facts` for a township to `path`, by its ending Parquet, Excel or CSV."""
    rows = facts.select(HISTORY_COLUMNS)
    if path.suffix == ".parquet":
        rows.write_parquet(path)
    elif path.suffix == ".xlsx":
        rows.write_excel(path)
    else:
        path.write_bytes(b"\xef\xbb\xbf" + rows.write_csv().encode("utf-8"))


def print_checked(console: Console, checked: CheckedFiles) -> None:
    """Print the findings, the most severe first, each with quote and place, and what could not be evaluated."""
    for one in checked.findings:
        head = f"[{_COLOURS[one.severity]}]{one.rule:>4}[/] {escape(one.unit_name)} {one.period}"
        console.print(
            f"{head} {escape(one.message_zh)}\n     {escape(one.message_en)}", highlight=False, soft_wrap=True
        )
    if not checked.with_units:
        console.print("未指明县文件夹：必报指标、名册等规则未审核 · no county folder: mandatory indicators and the "
                      "units' own rules were not evaluated", highlight=False, soft_wrap=True)  # fmt: skip
    if not checked.with_history:
        console.print("未给历史文件：与往年对比的规则未审核 · no --history: rules against earlier years were not "
                      "evaluated", highlight=False, soft_wrap=True)  # fmt: skip
    asked = sum(1 for one in checked.findings if one.severity != "note")
    notes = len(checked.findings) - asked
    console.print(
        f"[bold]{checked.files}个文件，{checked.facts}个指标值：{asked}个问题，{notes}个提示[/] "
        f"· {checked.files} files, {checked.facts} facts: {asked} to answer, {notes} notes",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def checked_json(checked: CheckedFiles) -> str:
    """Return findings and counts as JSON."""
    return json.dumps(asdict(checked), ensure_ascii=False, indent=1)
