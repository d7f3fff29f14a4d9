"""Many stored reports are read by this process and others side by side, each of them once."""

import hashlib

import pytest

from expectations.catalogue import load_catalogue
from tasks import extract, parse, rereading
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text
from tasks.rereading import StoredReport, read_again, reader
from tasks.store import ResultStore, StageStore

MANY = 80  # more than one process reads by itself


@pytest.fixture
def versions():
    return StageVersions(
        parse.PARSER_VERSION, extract.EXTRACTOR_VERSION, load_catalogue().version, load_lexicon().version, ""
    )


@pytest.fixture
def stored(tmp_path, versions):
    """Return the reports that were kept, by their text."""
    results = ResultStore(StageStore(tmp_path), versions)
    made = {}
    for number in range(MANY):
        text = f"全镇总人口{12000 + number}人，粮食总产量{3000 + number}吨，比上年增长{number % 9 + 1}.5%。"
        report = StoredReport(hashlib.sha256(text.encode()).hexdigest(), f"{number}.txt", "2023")
        results.keep_document(report.sha256, report.file_name, document_from_text(text))
        made[text] = report
    return made


def test_each_is_read_once_as_it_is_read_alone(stored, tmp_path, versions):
    missing = StoredReport("0" * 64, "missing.txt", "2023")
    read = list(read_again([*stored.values(), missing], tmp_path, versions))
    assert len(read) == MANY + 1
    said = {one.report: one.extraction for one in read}
    assert said.pop(missing) is None
    assert said == {
        report: extract.extract_document(document_from_text(text), ReportPeriod.parse("2023"), reader())
        for text, report in stored.items()
    }
    results = ResultStore(StageStore(tmp_path), versions)
    assert {one: results.extraction(one.sha256, one.period) for one in said} == said


def test_one_core_reads_them_without_other_processes(stored, tmp_path, versions, monkeypatch):
    monkeypatch.setattr(rereading.os, "sched_getaffinity", lambda _: {0})
    monkeypatch.setattr(rereading, "ProcessPoolExecutor", None)
    assert len(list(read_again(list(stored.values()), tmp_path, versions))) == MANY


def test_whoever_needs_no_more_of_them_leaves_nothing_behind(stored, tmp_path, versions):
    reading = read_again(list(stored.values()), tmp_path, versions)
    assert next(reading).extraction is not None
    reading.close()
    assert sum(one.entries for one in StageStore(tmp_path).usage() if one.stage == "extract") < MANY
