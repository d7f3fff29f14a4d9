"""Input that is no report: nothing raises, and whatever is found stands where it says."""

import csv
import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue import load_catalogue
from tasks.domain.facts import Extraction
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

READER = build_reader(load_catalogue(), load_lexicon())
SENTENCE = "全年完成粮食播种面积5.27万亩，生猪出栏1.2万头，整改隐患258处，低保4户21人。"
RTL, PRIVATE, COMBINING, ZERO_WIDTH = (
    "\u200f\u202e\u2067",
    "\ue000\uf8ff\U000f0000",
    "\u0301\u20dd",
    "\u200b\u2060\ufeff",
)


def read(text: str) -> Extraction:
    """Read `text` and see that every span is true."""
    extraction = extract_document(document_from_text(text), None, READER)
    assert [text[one.start : one.end] for one in extraction.mentions] == [one.surface for one in extraction.mentions]
    assert all(0 <= one.start < one.end <= len(text) for one in extraction.mentions)
    assert all(0 <= one.start < one.end <= len(text) for one in extraction.facts)
    return extraction


def sprinkled(text: str, signs: str) -> str:
    """Put each of `signs` in turn after every third character."""
    return "".join(one + signs[at // 3 % len(signs)] * (at % 3 == 2) for at, one in enumerate(text))


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\ufeff", "各项工作有序推进。", "无", "\x00", "。", "　　"])
def test_texts_without_figures(text: str) -> None:
    assert read(text) == Extraction((), ())


def test_a_text_that_ends_or_begins_anywhere_is_read() -> None:
    read("建成一支网格员队伍")  # 伍 alone would be a five: once looked for what follows it
    golden = csv.DictReader((Path(__file__).parent / "golden.csv").read_text(encoding="utf-8").splitlines())
    for row in itertools.islice(golden, 0, None, 7):
        sentence = row["sentence"]
        for cut in range(1, len(sentence)):
            read(sentence[:cut])
            read(sentence[cut:])


@pytest.mark.parametrize("seed", range(5))
def test_binary_noise(seed: int) -> None:
    read(random.Random(seed).randbytes(20_000).decode("latin-1"))


@pytest.mark.parametrize("seed", range(5))
def test_noise_of_words_that_mean_something(seed: int) -> None:
    words = [
        *load_lexicon().units,
        *(one.words for one in load_lexicon().aliases[:200]),
        *"0123456789.,，、。（）%-—\n\t 万亿",
    ]
    read("".join(random.Random(seed).choices(words, k=4000)))


@pytest.mark.slow
def test_one_line_of_a_megabyte_takes_time_in_proportion() -> None:
    text = SENTENCE * (1_000_000 // len(SENTENCE.encode()) + 1)
    assert len(text.encode()) > 1_000_000
    start = time.process_time()
    read(text[: len(text) // 10])
    tenth, start = time.process_time() - start, time.process_time()
    assert len(read(text).mentions) == 5 * (len(text) // len(SENTENCE))
    assert time.process_time() - start < 25 * tenth  # 60 times as long where each sentence looked over the whole line


@pytest.mark.parametrize(
    "text",
    [
        "（" * 200 + SENTENCE, SENTENCE + "）" * 200, "粮食播种面积（5.27万亩。", "粮食播种面积）5.27万亩（。",
        "（（（粮食播种面积5.27万亩）。", "【粮食播种面积5.27万亩)", "“粮食播种面积5.27万亩", "《粮食播种面积5.27万亩”",
        "粮食播种面积(5.27万亩（其中水稻[2万亩)，生猪出栏1.2万头]。",
    ],
)  # fmt: skip
def test_unpaired_brackets(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "signs", ["🐖", "👨‍👩‍👧‍👦", "🇨🇳", PRIVATE, COMBINING, RTL, ZERO_WIDTH, "\ud7ff\uffff", "\x07\x1b\x7f"]
)
def test_signs_no_report_has(signs: str) -> None:
    read(sprinkled(SENTENCE, signs))
    read(signs + SENTENCE + signs)
    extraction = read("，".join((signs, SENTENCE, signs)))
    assert "5.27万亩" in {one.surface for one in extraction.mentions}


@pytest.mark.parametrize(
    "text", ["5.27万亩", "1.2万头", "5", "5.", "亩", "5亩（", "-5亩", "%", "5%%", "5亩5", "５．２７万亩"]
)
def test_a_text_that_is_one_figure(text: str) -> None:
    read(text)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n", "\f", "\u2028", "\x0b", "\x85"])
def test_every_kind_of_line_ending(ending: str) -> None:
    extraction = read(ending.join(["一、农业", "粮食播种面积5.27万", "亩，生猪出栏1.2万头。", "- 3 -", SENTENCE]))
    assert {"agri.grain_area", "livestock.pigs_out"} <= {one.indicator for one in extraction.facts}


def test_numbers_too_large_to_be_true() -> None:
    for digits in ("9" * 15, "9" * 40, "1" + "0" * 300, "0." + "0" * 300 + "1", "1" * 15 + "万亿"):
        read(f"粮食播种面积{digits}亩，财政收入{digits}亿元，增长{digits}%。")
    read("粮食播种面积" + "九" * 60 + "亿亩，财政收入一万亿亿万亿元。")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.integers(0, len(SENTENCE)))
def test_any_text_in_the_middle_of_a_sentence(noise: str, at: int) -> None:
    read(SENTENCE[:at] + noise + SENTENCE[at:])


def test_reading_twice_gives_the_same(read_text: Callable[[str], Extraction]) -> None:
    noise = sprinkled(SENTENCE * 5, RTL + COMBINING + "🐖（")
    assert read_text(noise) == read_text(noise)
