"""Results of stages kept and given back exactly, for every kind of file in the sample county."""

from dataclasses import replace

import pytest

from tasks.domain.documents import Document
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions
from tasks.extract import extract_document
from tasks.parse import document_from_text, parse_report
from tasks.rereading import reader
from tasks.store import ResultStore, StageStore

VERSIONS = StageVersions("5", "2", "c1", "l1", "i1")
SHA = "ab" * 32
KINDS = ["2022年度/大箐口镇2022年工作情况简报.docx", "2023年度/云岫2023总结（终稿）.pdf", "2023年度/半坡2023年总结.txt",
         "2022年度/马鞍梁乡2022年乡村振兴工作报告.xlsx", "2023年度/河湾镇2023年政府工作报告.doc"]  # fmt: skip


@pytest.fixture
def results(tmp_path):
    return ResultStore(StageStore(tmp_path / "store"), VERSIONS)


@pytest.mark.parametrize("name", KINDS)
def test_document_and_figures_come_back_as_they_were(results, sample_county_source, name):
    path = sample_county_source / "inbox" / name
    document = parse_report(path.read_bytes(), path.name)
    extraction = extract_document(document, ReportPeriod.parse("2023"), reader())
    results.keep_document(SHA, path.name, document)
    results.keep_extraction(SHA, "2023", extraction)
    assert results.document(SHA, path.name) == document
    assert results.extraction(SHA, "2023") == extraction
    assert extraction.facts


def test_results_belong_to_bytes_ending_period_and_versions(results):
    document = document_from_text("全镇总人口2.4万人。")
    extraction = extract_document(document, ReportPeriod.parse("2023"), reader())
    results.keep_document(SHA, "一.txt", document)
    results.keep_extraction(SHA, "2023", extraction)
    assert results.document(SHA, "另一个名字.TXT") == document
    assert results.document(SHA, "一.csv") is None
    assert results.document("cd" * 32, "一.txt") is None
    assert results.extraction(SHA, "2022") is None
    for other in (replace(VERSIONS, parser="6"), replace(VERSIONS, lexicon="l2"), replace(VERSIONS, extractor="3"),
                  replace(VERSIONS, catalogue="c2")):  # fmt: skip
        assert ResultStore(results.store, other).extraction(SHA, "2023") is None
    other_words = ResultStore(results.store, replace(VERSIONS, lexicon="l2"))
    assert other_words.document(SHA, "一.txt") == document
    assert other_words.extraction(SHA, "2023", lexicon="l1") == extraction


@pytest.mark.parametrize("name", ["报告", "报告.", "报告.tar/..x", "报告.\u202e附件", "报" * 300 + ".txt"])
def test_any_file_name_has_an_entry(results, name):
    document = document_from_text("全镇总人口2.4万人。")
    results.keep_document(SHA, name, document)
    assert results.document(SHA, name) == document
    assert results.store.folder in results.store.path("parse", "5", SHA).parents


def test_a_text_that_cannot_be_written_down_is_not_kept(results):
    results.keep_document(SHA, "坏.txt", Document("\ud800", (), "text/plain", "text"))
    assert results.document(SHA, "坏.txt") is None


def test_an_entry_of_another_shape_is_computed_again(results):
    results.store.write("parse", "5", f"{SHA}.txt", b'{"text": 1}')
    assert results.document(SHA, "一.txt") is None
    assert not results.store.path("parse", "5", f"{SHA}.txt").exists()
