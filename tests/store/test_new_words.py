"""Which documents a change of words can concern: no document that reads otherwise may be missed."""

import os
import random
import re
from dataclasses import replace

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.documents import Block, Document
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import Alias, load_lexicon
from tasks.parse import document_from_text, parse_report
from tasks.rereading import may_name
from tasks.store import changed_words, terms_of

CHANGES = int(os.environ.get("XIANBAO_WORD_CHANGES", "6"))
PERIOD = ReportPeriod.parse("2023")


def with_aliases(aliases):
    lexicon = load_lexicon()
    return replace(lexicon, aliases=tuple(aliases), version="other")


def changed(lexicon):
    return changed_words(terms_of(load_lexicon()), terms_of(lexicon))


def test_the_same_rows_elsewhere_in_the_file_are_no_change():
    moved = [replace(one, line="aliases.csv:9999") for one in load_lexicon().aliases]
    assert changed(with_aliases(moved)) == frozenset()


def test_an_alias_that_comes_goes_or_changes_is_its_words():
    aliases = load_lexicon().aliases
    added = Alias("pop.total", "常住总人数", "before", (), (), "")
    first = aliases[0]
    assert changed(with_aliases([*aliases, added])) == {"常住总人数"}
    assert changed(with_aliases(aliases[1:])) == {first.words}
    assert changed(with_aliases([replace(first, excludes=("某词",)), *aliases[1:]])) == {first.words}


def test_units_crops_and_grammar_concern_everything():
    lexicon = load_lexicon()
    assert changed(replace(lexicon, crops={**lexicon.crops, "新作物": "新作物"})) is None
    assert changed(replace(lexicon, units=dict(list(lexicon.units.items())[1:]))) is None
    assert changed(replace(lexicon, words={**lexicon.words, "gap": {}})) is None


def test_words_are_looked_for_as_the_engine_sees_the_text():
    assert may_name(document_from_text("全鎮糧食播種面積５.２７萬畝，養老、醫療保險參保率98%。"), {"粮食播种面积"})
    broken = Document(
        "全镇粮食播种面\n积5万亩，比上年增长，其中优质稻占三成。", (Block(0, "paragraph", 0, 27),), "", ""
    )
    assert may_name(broken, {"播种面积"})
    assert may_name(document_from_text("养老、医疗保险参保率98%。"), {"养老保险参保率"})
    assert not may_name(document_from_text("全镇总人口2.4万人。"), {"常住总人数", "生猪出栏"})
    cells = Document("粮食（其中：夏粮）产量\n5", (Block(0, "table_cell", 0, 11, table=0, row=0, column=0),), "", "")
    assert may_name(cells, {"夏粮产量"})


@pytest.fixture(scope="module")
def documents(repository):
    folder = repository / "tests" / "golden" / "reports" / "tuned"
    marked = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.gold"))[::3]]
    texts = [document_from_text(re.sub(r"\{([^{}|]+)\|[^{}|]*\}", r"\1", text)) for text in marked]
    inbox = repository / "deploy" / "sample_county" / "inbox"
    tables = [
        parse_report(path.read_bytes(), path.name) for path in sorted(inbox.rglob("*.docx")) if "中断" not in path.name
    ]
    assert len(texts) > 10
    return [*texts, *tables]


@pytest.fixture(scope="module")
def before(documents):
    reader = build_reader(load_catalogue(), load_lexicon())
    return [extract_document(one, PERIOD, reader) for one in documents]


@pytest.mark.parametrize("seed", range(CHANGES))
def test_a_document_that_reads_otherwise_is_always_among_those_concerned(documents, before, seed):
    chance = random.Random(seed)
    rows = list(load_lexicon().aliases)
    codes = sorted({one.code for one in rows})
    for _ in range(3):
        kind, at = chance.choice(["add", "remove", "other code", "shorten"]), chance.randrange(len(rows))
        one = rows[at]
        text = chance.choice(documents).text
        if kind == "remove":
            del rows[at]
        elif kind == "other code":
            rows[at] = replace(one, code=chance.choice(codes))
        elif kind == "shorten" and len(one.words) > 2:
            rows.insert(at, replace(one, words=one.words[chance.randrange(1, len(one.words) - 1) :]))
        else:
            start = chance.randrange(len(text) - 8)
            rows.insert(at, replace(one, words=text[start : start + chance.randint(2, 5)].strip() or "新词", needs=()))
    lexicon = with_aliases(rows)
    words = changed(lexicon)
    reader = build_reader(load_catalogue(), lexicon)
    missed = [
        (words, document.text[:30])
        for document, was in zip(documents, before, strict=True)
        if not may_name(document, words) and extract_document(document, PERIOD, reader) != was
    ]
    assert not missed
