"""Rows of an invented county for tests of load, publish and faults, made the way the flow makes them."""

import datetime as dt
import hashlib

import polars as pl

from expectations.catalogue import load_catalogue
from tasks.domain.documents import Block, Document
from tasks.domain.facts import Extraction, Fact, Mention
from tasks.domain.findings import Finding, finding_id
from tasks.domain.frames import ReportFrames, findings_frame, report_frames, submissions_frame
from tasks.domain.submissions import StageVersions, Submission, submission_id
from tasks.load import LoadBatch, Warehouse, assign_versions

NOON = dt.datetime(2024, 1, 10, 4, tzinfo=dt.UTC)
FORM = "annual-work-report"
VERSIONS = StageVersions("p1", "e1", load_catalogue().version, "l1", "i1")


def unit_code(number: int) -> str:
    return f"5309991{number:02d}000" if number < 100 else f"53{number:07d}000"


def submission(text, *, unit=1, period="2023", received=NOON, state="loaded", name=None, **more):
    """A submission whose bytes are `text`."""
    sha = hashlib.sha256(text.encode()).hexdigest()
    code = unit_code(unit)
    return Submission(
        **{
            "submission_id": submission_id(sha, code, period),
            "sha256": sha,
            "source": "inbox",
            "uri": f"file:///inbox/{name or text[:8]}.txt",
            "file_name": f"{name or text[:8]}.txt",
            "bytes": len(text.encode()),
            "received_at": received,
            "state": state,
            "unit_code": code,
            "unit_name": f"第{unit}镇",
            "form": FORM,
            "period": period,
            "media_type": "text/plain",
            "chars": len(text),
            "due_at": dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC),
            "on_time": True,
            "parser": "text",
            "text_quality": 1.0,
            "stage_versions": VERSIONS.text,
            "seen": ("文件名：第一镇",),
            **more,
        }
    )


def content(one, figures):
    """The rows of a report that states `figures`, indicator code → value (None is masked), a line for each."""
    catalogue = load_catalogue()
    text, blocks, mentions, facts = "", [], [], []
    for index, (code, value) in enumerate(figures.items()):
        indicator, number = catalogue[code], "××" if value is None else f"{value:g}"
        line = f"{indicator.name}{number}{indicator.unit}"
        start = len(text) + len(indicator.name)
        end = start + len(number) + len(indicator.unit)
        bound = "masked" if value is None else "exact"
        blocks.append(Block(index, "paragraph", len(text), len(text) + len(line)))
        mentions.append(
            Mention(start, end, line[len(indicator.name) :], value, value, indicator.unit, "", bound, index, fact=index)
        )
        facts.append(
            Fact(
                code,
                "level",
                value,
                value,
                value,
                indicator.unit,
                bound,
                "",
                number,
                indicator.unit,
                start,
                end,
                line,
                "r1",
                0.9,
                block=index,
            )
        )
        text += line + "\n"
    document = Document(text, tuple(blocks), "text/plain", "text")
    return report_frames(one, document, Extraction(tuple(mentions), tuple(facts)), catalogue, VERSIONS)


def finding(about, *, unit=1, period="2023", severity="error", **more):
    """A finding of the range check about an indicator."""
    return Finding(
        **{
            "finding_id": finding_id("range", unit_code(unit), period, about),
            "rule": "range",
            "level": 1,
            "severity": severity,
            "unit_code": unit_code(unit),
            "unit_name": f"第{unit}镇",
            "period": period,
            "about": about,
            "message_zh": f"{about} 超出合理范围",
            "message_en": f"{about} is out of range",
            "observed": "900",
            "expected": "0—100",
            "imbalance": 800.0,
            "fact_ids": ("f1",),
            "quotes": ("粮食播种面积900亩",),
            **more,
        }
    )


def batch(warehouse, reports, *, findings=(), run_id="r1", **more):
    """What the flow loads for `reports` (submission and its figures; None where it has no content)."""
    new, changed = assign_versions([one for one, _ in reports], warehouse.known_submissions())
    numbered = {one.submission_id: one for one in new}
    frames = [content(numbered[one.submission_id], figures) for one, figures in reports if figures is not None]
    rows = {
        table: pl.concat([getattr(frame, table) for frame in frames])
        for table in ReportFrames.__dataclass_fields__
        if frames
    }
    return LoadBatch(
        submissions=pl.concat([submissions_frame(new), changed]),
        findings=findings_frame(findings, run_id),
        **rows,
        **more,
    )


def load(folder, reports, *, run_id="r1", now=NOON, **more):
    """Load `reports` into the warehouse in `folder` and return it with the outcome."""
    warehouse = Warehouse(str(folder))
    return warehouse, warehouse.load(batch(warehouse, reports, run_id=run_id, **more), run_id=run_id, now=now)


def table_rows(warehouse, table):
    """The rows of a table without what differs between runs, in a steady order."""
    frame = warehouse.scan(table).drop("loaded_at", "run_id", "first_seen_run", "last_seen_run", strict=False).collect()
    return frame.sort(pl.all().exclude(pl.List))
