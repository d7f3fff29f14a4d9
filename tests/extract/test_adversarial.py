"""Time: strings made to slow the engine down cost no more than a plain report, and time grows with length only."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

pytestmark = pytest.mark.slow

LENGTH = 100_000
MARK = re.compile(r"\{([^{}|]+)\|[^{}|]*\}")
READER = build_reader(load_catalogue(), load_lexicon())


def seconds_per_character(text: str, times: int = 1) -> float:
    """The least processor time of several readings: what else the machine does is left out."""
    least = float("inf")
    for _ in range(times):
        begin = time.process_time()
        extract_document(document_from_text(text), None, READER)
        least = min(least, time.process_time() - begin)
    return least / len(text)


def filled(words: str, length: int = LENGTH) -> str:
    return (words * (length // len(words) + 1))[:length]


@pytest.fixture(scope="module")
def plain(sample_county_source: Path) -> float:
    """Seconds per character of plain reports."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((sample_county_source / "sources").glob("*.txt"))]
    return seconds_per_character("\n".join(texts), 3)


@pytest.mark.parametrize(
    "words",
    [
        "1", "1234567890", "0", "、", "（", "）", "（）", "一", "一二三四五六七八九十", "万", "X", "×", "*", "#",
        "百分之", "其中", "增长", "1,234,", "1,", "1.", "1-", "1—", "“", "”", "《", "，", "；", "和", "占",
        "未发生", "没有发生", "实现零", "完成", "粮食播种面积", "生猪、", "建成", "分别", "全县", "计划", "2023年",
        "1##", "3分之", "半", "翻", "縣", "\n", "1\n", "1\t", "我", "上年", "比上年", "5 9", "1 ",
        "每", "每年一次", "三块", "有的村", "清淤", "其中脱贫人口", "年来", "：", "识别", "岁以上老人",
    ],
    ids=repr,
)  # fmt: skip
def test_a_long_run_costs_no_more_than_thirty_times_a_plain_report(words: str, plain: float) -> None:
    assert seconds_per_character(filled(words)) <= 30 * plain


@pytest.mark.parametrize(
    "text",
    [
        "（" * (LENGTH // 2) + "）" * (LENGTH // 2),
        "（" * (LENGTH // 2) + "3亩" + "）" * (LENGTH // 2),
        filled("（【[(“") + filled("”)]】）"),
        "粮食播种面积" + "（" * LENGTH + "3亩",
        "粮食播种面积" + "达到" * (LENGTH // 2) + "3亩",
        "3亩" + "的" * LENGTH + "粮食播种面积",
        "没有发生" + "一" * LENGTH + "事故",
        "1" * LENGTH + "." + "1" * LENGTH + "万亩",
        "增长" * (LENGTH // 2) + "3%",
    ],
    ids=[
        "nested",
        "nested figure",
        "mixed brackets",
        "open before",
        "far before",
        "far after",
        "zero",
        "long",
        "change",
    ],
)
def test_nesting_and_distance_cost_no_more_either(text: str, plain: float) -> None:
    assert seconds_per_character(text) <= 30 * plain


def test_time_grows_with_length_only(repository: Path) -> None:
    path = repository / "tests" / "golden" / "reports" / "tuned" / "annex-2020.gold"
    report = MARK.sub(r"\1", path.read_text(encoding="utf-8"))
    seconds_per_character(report)
    costs = [seconds_per_character("\n".join([report] * times), 3) for times in (1, 4, 16)]
    assert costs[-1] <= 4 * costs[0], costs  # the square would be 16


# One sentence as long as the text.
LONG: dict[str, Callable[[int], str]] = {
    "figures": lambda length: filled("3个、", length),
    "named figures": lambda length: filled("面积3亩，", length),
    "rates": lambda length: filled("增长3%，", length),
    "pairs": lambda length: filled("3户4人，", length),
    "halves": lambda length: filled("一半", length),
    "blanks": lambda length: "粮食播种面积3亩" + " " * length + "生猪",
    "years told": lambda length: filled("一年来，", length),
    "prices": lambda length: filled("一斤三块二，", length),
    "for each": lambda length: filled("每个村3名，", length),
    "villages": lambda length: filled("青石村靠果园分红3万元，", length),
    "tabs": lambda length: "\t" * length,
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG.keys())
def test_time_grows_with_length_only_within_one_sentence_too(make: Callable[[int], str]) -> None:
    seconds_per_character(make(1000))
    short, long = (seconds_per_character(make(length), 2) for length in (2_000, 16_000))
    assert long <= 4 * short, (short, long)  # the square would be 8
