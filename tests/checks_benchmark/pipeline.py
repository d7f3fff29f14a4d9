"""The real way from texts to findings, in this process: parse, read, make frames, judge; as `county collect` does."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from expectations.catalogue import load_catalogue
from tasks import extract
from tasks.domain.county import County, read_county
from tasks.domain.frames import ReportFrames, empty_frame, report_frames, submissions_frame, units_frame
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions, Submission, submission_id
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text
from tasks.validate import Evidence, Validation, validate_facts
from tests.checks_benchmark.history import LAST_YEAR
from tests.checks_benchmark.reports import Report

__all__ = ["JudgedCounty", "evidence_of", "judge", "mandatory", "sample_county"]

FORM = "annual-work-report"
# The texts of these years are the county's; of the years before only the figures are left, as after a bulk import.
_YEARS_WITH_TEXT = (2022, 2023)


@dataclass(frozen=True)
class JudgedCounty:
    """What the judge said and the facts it judged."""

    validation: Validation
    facts: pl.DataFrame


@cache
def sample_county() -> County:
    """Return the sample county: its units and forms."""
    return read_county(Path(__file__).resolve().parents[2] / "deploy" / "sample_county")


@cache
def _reader() -> extract.Reader:
    return extract.build_reader(load_catalogue(), load_lexicon())


@cache
def _versions() -> StageVersions:
    return StageVersions("p", extract.EXTRACTOR_VERSION, load_catalogue().version, load_lexicon().version, "i")


@cache
def _read(unit: str, year: int, text: str) -> tuple[Submission, ReportFrames]:
    """Read one text; the same text is read once in a run."""
    gazetteer = {one.name: one.unit_code for one in sample_county().gazetteer}
    data = text.encode()
    sha, period = hashlib.sha256(data).hexdigest(), str(year)
    document = document_from_text(text)
    extraction = extract.extract_document(document, ReportPeriod.parse(period), _reader())
    received = dt.datetime(year + 1, 1, 10, tzinfo=dt.UTC)
    one = Submission(
        submission_id=submission_id(sha, gazetteer[unit], period), sha256=sha, source="inbox",
        uri=f"file:///inbox/{unit}{year}.txt", file_name=f"{unit}{year}年工作报告.txt", bytes=len(data),
        received_at=received, state="loaded", unit_code=gazetteer[unit], unit_name=unit, form=FORM, period=period,
        version=1, media_type="text/plain", chars=len(text), due_at=received, on_time=True, parser="text",
        text_quality=document.quality.score if document.quality else 1.0, stage_versions=_versions().text,
    )  # fmt: skip
    return one, report_frames(one, document, extraction, load_catalogue(), _versions())


def mandatory() -> dict[str, tuple[str, ...]]:
    """Return what the forms of the sample county must state."""
    return {form.code: form.mandatory for form in sample_county().settings.forms}


def evidence_of(reports: Iterable[Report]) -> Evidence:
    """Read a county's reports of all years; of the earlier ones only the figures are left."""
    county = sample_county()
    read = [_read(one.unit, one.year, one.text) for one in reports]
    recent = [frames for one, frames in read if int(one.period) in _YEARS_WITH_TEXT]
    facts = pl.concat([empty_frame("facts"), *(frames.facts for _, frames in read)])
    return Evidence(
        facts=facts,
        submissions=submissions_frame([one for one, _ in read]),
        blocks=pl.concat([empty_frame("blocks"), *(frames.blocks for frames in recent)]),
        mentions=pl.concat([empty_frame("mentions"), *(frames.mentions for frames in recent)]),
        units=units_frame(county.gazetteer),
    )


def judge(reports: Iterable[Report]) -> JudgedCounty:
    """Read a county's reports of all years and judge those of the last; no Data Docs are written.

    The earlier years are its history. Great Expectations, most of the time, judges one year and not five.
    """
    evidence = evidence_of(reports)
    validation = validate_facts(
        evidence,
        catalogue=load_catalogue(),
        mandatory=mandatory(),
        language="zh",
        data_docs=None,
        years=(str(LAST_YEAR),),
    )
    return JudgedCounty(validation, evidence.facts)
