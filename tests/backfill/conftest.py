"""A county of a few text reports, collected without a server: the flow's steps called as plain functions."""

import datetime as dt
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tasks import reading as reading_of_reports
from tasks import rereading
from tasks.domain.county import read_county
from tasks.domain.tables import TABLES
from tasks.lexicon import load_lexicon
from tasks.load import Warehouse
from tasks.steps import arriving, judging, reading
from tasks.validate import judge

NOON = dt.datetime(2024, 3, 1, 4, tzinfo=dt.UTC)
# Text files only: nothing is recognised from images, so a county is collected in seconds.
REPORTS = ("雾山乡-2022", "雾山乡-2023", "青槐街道-2022", "青槐街道-2023", "龙潭沟乡-2022", "龙潭沟乡-2023")


class PlainCounty:
    """A county's folder and the steps of a run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.county = read_county(folder)
        self.parsed: list[str] = []
        self.extracted: list[str] = []

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.county.warehouse)

    def send(self, name: str, text: str, *, year: str, days: int = 0) -> Path:
        """Put a report into the inbox, as it arrived `days` after the first ones."""
        path = self.folder / "inbox" / f"{year}年度" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        moment = NOON.timestamp() + 86_400 * (days - 60)
        os.utime(path, (moment, moment))
        return path

    def collect(self, run_id: str = "r1", now: dt.datetime = NOON):
        """Collect as the flow does; returns what was planned and what the load did."""
        self.parsed.clear()
        self.extracted.clear()
        stored = [
            one
            for source in self.county.settings.sources
            for file in arriving.list_source.fn(source, self.county)
            for one in arriving.store_file.fn(file, source, self.county)
        ]
        planned = arriving.plan_run.fn(stored, self.county)
        outcomes = reading.read_reports.fn(planned.to_read, self.county).outcomes
        judged = judging.validate_reports.fn([*planned.carried, *outcomes], self.county, now, run_id)
        return planned, judging.load_reports.fn(judged, self.county, now, run_id)

    def rows(self, table: str) -> pl.DataFrame:
        """The rows of a table without what differs between runs, in a steady order."""
        columns = [name for name in TABLES[table] if name not in {"first_seen_run", "last_seen_run"}]
        return self.warehouse.scan(table).select(columns).collect().sort(pl.all().exclude(pl.List(pl.String)))


@pytest.fixture
def plain_steps(monkeypatch):
    """Steps of steps are plain functions too, and log to nobody; Great Expectations has tests of its own."""
    monkeypatch.setattr(judge, "_judge_period", lambda site, period, facts, failures, *rest: failures["row"].to_list())
    monkeypatch.setattr(reading, "get_run_logger", lambda: logging.getLogger("test"))


@pytest.fixture
def make_county(tmp_path, sample_county_source, plain_steps, monkeypatch):
    """Make counties with `REPORTS` in the inbox; each notes what it parsed and extracted."""

    def make(name: str = "岚川县", reports=REPORTS) -> PlainCounty:
        folder = tmp_path / name
        (folder / "inbox").mkdir(parents=True)
        for file in ("county.toml", "units.csv"):
            shutil.copyfile(sample_county_source / file, folder / file)
        made = PlainCounty(folder)
        for report in reports:
            text = (sample_county_source / "sources" / f"{report}.txt").read_text(encoding="utf-8")
            unit, year = report.split("-")
            made.send(f"{unit}{year}年工作总结.txt", text, year=year)
        return made

    return make


@pytest.fixture
def noted(monkeypatch):
    """What was parsed and extracted, by file name and by the first words of the text."""
    notes = {"parsed": [], "extracted": []}
    parse, extract = reading_of_reports.parse_report, reading_of_reports.extract_figures

    def parse_and_note(stored, county):
        notes["parsed"].append(stored.file_name)
        return parse(stored, county)

    def extract_and_note(document, identity):
        notes["extracted"].append(f"{identity.unit_name} {identity.period}")
        return extract(document, identity)

    monkeypatch.setattr(reading_of_reports, "parse_report", parse_and_note)
    monkeypatch.setattr(reading_of_reports, "extract_figures", extract_and_note)
    return notes


@pytest.fixture
def use_lexicon(monkeypatch):
    """Let every stage use another lexicon from now on."""

    def use(**changes):
        lexicon = replace(load_lexicon(), **changes)
        for module in (arriving, rereading, reading_of_reports):
            monkeypatch.setattr(module, "load_lexicon", lambda: lexicon)
        rereading.reader.cache_clear()

    yield use
    rereading.reader.cache_clear()
