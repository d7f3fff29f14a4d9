"""A report reads the same however it was typed: blanks, wide digits, bold headings, lost line ends, lost numbers."""

import re
from collections import Counter
from pathlib import Path

import pytest
from cases import read_gold

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import NOTHING_LEARNT, load_lexicon
from tasks.parse import document_from_text

REPORTS = Path(__file__).parent / "reports" / "new5"
_HEADING = r"(?m)^((?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)[^\n]{2,30})$"
_WIDE = str.maketrans({str(digit): chr(ord("０") + digit) for digit in range(10)} | {"%": "％", ".": "．"})

_IN_WORDS = str.maketrans("0123456789", "〇一二三四五六七八九")


def with_gaps(text):
    """2023 年种粮 1.2 万亩, as word processors set it."""
    text = re.sub(r"(?<=[\u4e00-\u9fff])(?=\d)", " ", text)
    return re.sub(r"(?<=[\d%])(?=[\u4e00-\u9fff])", " ", text)


FORMS = {
    "gaps around figures": with_gaps,
    "wide digits": lambda text: text.translate(_WIDE),
    "bold headings": lambda text: re.sub(_HEADING, r"**\1**", text),
    "half-width punctuation": lambda text: text.translate(str.maketrans("，；：（）", ",;:()")),
    "half-width punctuation and stops": lambda text: text.translate(str.maketrans("，；：（）！？。", ",;:()!?.")),
    "wide stops": lambda text: text.replace("。", "．"),
    "lines of Windows": lambda text: text.replace("\n", "\r\n"),
    "indented lines": lambda text: re.sub(r"(?m)^(?=\S)", "　　", text),
    "blanks that do not break": lambda text: re.sub(r"(\d)(?=[万亿]?[亩元人户吨])", "\\1\u00a0", text),
    "signs without width": lambda text: re.sub(r"(\d)(?=[\u4e00-\u9fff])", "\\1\u200b", text),
    "bold figures": lambda text: re.sub(r"(?<![\d,.，])(\d[\d.]*[万亿]?[亩元人户吨])", r"**\1**", text),
    "radicals for letters": lambda text: text.translate(str.maketrans("人一力工", "⼈⼀⼒⼯")),
    "years in words": lambda text: re.sub(r"(?<!\d)20\d\d(?=年)", lambda year: year.group().translate(_IN_WORDS), text),
    "headings with a stop": lambda text: re.sub(r"(?m)^([一二三四五六])、", r"\1．", text),
    "numbered paragraphs": lambda text: re.sub(r"(?m)^(?![一二三四五六七八九十（\d])([^\n]{46,})$", r"●\1", text),
    "numbered sentences": lambda text: re.sub(r"。(?=[^\n”）])", "。二是", text),
    "short lines": lambda text: re.sub(r"([^\n]{36})(?=[^\n])", r"\1\n", text),
}


@pytest.fixture(scope="module")
def read():
    # What is told by likeness, by the title above it among others, may be told otherwise under another title.
    reader = build_reader(load_catalogue(), load_lexicon(), NOTHING_LEARNT)

    def read_text(text):
        facts = extract_document(document_from_text(text), None, reader).facts
        return Counter((one.indicator, one.measure, one.value, one.bound, one.period) for one in facts)

    return read_text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("report", ["shiaoxiang-l1", "caodian-n3"])
def test_the_form_of_a_report_changes_none_of_its_facts(read, report, form):
    text = read_gold(REPORTS / f"{report}.gold").text
    assert read(FORMS[form](text)) == read(text)
