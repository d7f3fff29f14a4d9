"""Sentence → facts: what a careful reader takes from each sentence, and nothing else."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.facts import Extraction
from tasks.extract import build_reader, extract_document
from tasks.lexicon import NOTHING_LEARNT, load_lexicon
from tasks.parse import document_from_text

GOLDEN = [
    row
    for row in csv.DictReader((Path(__file__).parent / "golden.csv").read_text(encoding="utf-8").splitlines())
    if not row["sentence"].startswith("#")
]


@pytest.mark.parametrize("row", GOLDEN, ids=[row["sentence"][:24] for row in GOLDEN])
def test_sentence_is_read_as_a_careful_reader_would(
    row: dict[str, str], read_text: Callable[[str], Extraction]
) -> None:
    read = []
    for fact in read_text(row["sentence"]).facts:
        value = "" if fact.value is None else f"{fact.value:.10g}"
        bound = "" if fact.bound == "exact" else f"~{fact.bound}"
        read.append(f"{fact.indicator}:{fact.measure}={value}{bound}" + (f"@{fact.item}" if fact.item else ""))
    assert sorted(read) == sorted(row["facts"].split())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("我们认真落实各项部署。", ""),
        ("我们认真落实各项部署。\n", "\n"),
        ("", "各项工作有序开展。"),
        ("　　", "\n　　各项工作有序开展。"),
        ("一是", ""),
        ("（1）", ""),
        ("①", "②其他工作有序开展。"),
        ("●一是", ""),
        ("我们认真落实各项部署。二是", "三是其他工作有序开展。"),
    ],
    ids=[
        "behind a sentence",
        "a paragraph",
        "before a sentence",
        "an indented paragraph",
        "the first item",
        "a numbered item",
        "an item of signs",
        "a marked item",
        "an item inside a paragraph",
    ],
)
def test_a_sentence_means_the_same_wherever_it_stands(before: str, after: str) -> None:
    # What stands around a sentence is among the traits by which figures that no rule reads are told.
    reader = build_reader(load_catalogue(), load_lexicon(), NOTHING_LEARNT)

    def read(text: str) -> list[tuple[object, ...]]:
        facts = extract_document(document_from_text(text), None, reader).facts
        return [(one.indicator, one.measure, one.value, one.bound, one.item, one.stated_value) for one in facts]

    sentences = [row["sentence"] for row in GOLDEN]
    assert [one for one in sentences if read(one) != read(before + one + after)] == []


def test_every_span_slices_back_to_what_was_read(read_text: Callable[[str], Extraction]) -> None:
    text = "\n".join(row["sentence"] for row in GOLDEN)
    extraction = read_text(text)
    assert len(extraction.mentions) > 40
    assert all(text[one.start : one.end] == one.surface for one in extraction.mentions)
    assert all(text[one.start : one.end].startswith(one.stated_value) for one in extraction.facts)


def test_a_mention_says_why_it_became_no_fact(read_text: Callable[[str], Extraction]) -> None:
    mentions = read_text("全县粮食播种面积42万亩。距县城62公里。").mentions
    assert [one.reject_reason for one in mentions] == ["background", "no indicator"]


def test_a_figure_in_the_plans_section_is_a_plan(read_text: Callable[[str], Extraction]) -> None:
    facts = read_text("一、工作总结\n生猪出栏9000头。\n二、下一步工作打算\n生猪出栏9500头。").facts
    assert [(one.measure, one.value) for one in facts] == [("level", 9000.0), ("plan", 9500.0)]


def test_table_rows_become_facts(read_text: Callable[[str], Extraction]) -> None:
    table = "指标\t单位\t2023年\t2022年\t增减%\n粮食总产量\t吨\t12345\t11800\t4.6\n财政收入\t万元\t512.5\t480\t6.8"
    facts = [(one.indicator, one.measure, one.value) for one in read_text(table).facts]
    assert facts == [
        ("agri.grain_output", "level", 12345.0),
        ("agri.grain_output", "prior_level", 11800.0),
        ("agri.grain_output", "growth_pct", 4.6),
        ("fiscal.revenue", "level", 5125000.0),
        ("fiscal.revenue", "prior_level", 4800000.0),
        ("fiscal.revenue", "growth_pct", 6.8),
    ]


def test_no_figures_is_no_error(read_text: Callable[[str], Extraction]) -> None:
    assert read_text("各项工作有序推进。") == Extraction((), ())
