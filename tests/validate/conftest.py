"""Facts and submissions of invented reports, made the way the flow makes them, and the judge to hand them to."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.documents import Anchor, Document
from tasks.domain.facts import Extraction, Fact
from tasks.domain.frames import empty_frame, report_frames, submissions_frame
from tasks.domain.submissions import StageVersions, Submission, submission_id
from tasks.validate import Evidence, Validation, validate_facts

FORM = "annual-work-report"
VERSIONS = StageVersions("p1", "e1", load_catalogue().version, "l1", "i1")


def make_fact(indicator: str, value: float | None, start: int = 0, **more: object) -> Fact:
    """One exact figure in the catalogue's unit, unless `more` says otherwise."""
    percent = more.get("measure") in {"growth_pct", "share_pct", "completion_pct"}
    unit = "%" if percent else load_catalogue()[indicator].unit
    stated = "XX" if value is None else f"{value:g}"
    return Fact(
        **{
            "indicator": indicator,
            "measure": "level",
            "value": value,
            "low": value,
            "high": value,
            "unit": unit,
            "bound": "exact" if value is not None else "masked",
            "item": "",
            "stated_value": stated,
            "stated_unit": unit,
            "start": start,
            "end": start + 2,
            "evidence": f"{indicator}为{stated}{unit}",
            "rule_id": "test",
            "confidence": 0.9,
            **more,
        }
    )


def make_report(
    number: int,
    facts: Sequence[Fact],
    period: str = "2023",
    text_quality: float = 1.0,
    anchors: tuple[Anchor, ...] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return facts and submission row of the report of township `number`."""
    sha = hashlib.sha256(f"{number} {period}".encode()).hexdigest()
    unit = f"53099910{number:01d}000"
    one = Submission(
        submission_id=submission_id(sha, unit, period), sha256=sha, source="inbox",
        uri=f"file:///inbox/{number}.txt", file_name=f"第{number}镇{period}.txt", bytes=10,
        received_at=dt.datetime(2024, 1, 10, tzinfo=dt.UTC), state="loaded", unit_code=unit, unit_name=f"第{number}镇",
        form=FORM, period=period, media_type="text/plain", chars=10, due_at=dt.datetime(2024, 1, 15, tzinfo=dt.UTC),
        on_time=True, parser="text", text_quality=text_quality, stage_versions=VERSIONS.text,
    )  # fmt: skip
    rows = report_frames(
        one,
        Document(text="12" * 50, blocks=(), media_type="text/plain", parser="text", anchors=anchors),
        Extraction((), tuple(facts)),
        load_catalogue(),
        VERSIONS,
    )
    return rows.facts, submissions_frame([one])


@pytest.fixture(scope="session")
def fact() -> Callable[..., Fact]:
    return make_fact


@pytest.fixture(scope="session")
def report() -> Callable[..., tuple[pl.DataFrame, pl.DataFrame]]:
    return make_report


@pytest.fixture(scope="session")
def judge() -> Callable[..., Validation]:
    """Judge reports made by `report`."""

    def run(
        *reports: tuple[pl.DataFrame, pl.DataFrame],
        mandatory: Sequence[str] = (),
        data_docs: Path | None = None,
    ) -> Validation:
        return validate_facts(
            Evidence(
                pl.concat([empty_frame("facts"), *(facts for facts, _ in reports)]),
                pl.concat([empty_frame("submissions"), *(rows for _, rows in reports)]),
            ),
            catalogue=load_catalogue(),
            mandatory={FORM: tuple(mandatory)},
            language="zh",
            data_docs=data_docs,
        )

    return run
