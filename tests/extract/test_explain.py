"""Why a figure was read as it was: what is explained is what was read, with names, places, rivals and reasons."""

from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.periods import ReportPeriod
from tasks.extract import Reader, build_reader, extract_document
from tasks.extract.explain import ExplainedFigure, explain_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

PERIOD = ReportPeriod.parse("2023")
Explain = Callable[[str], dict[str, ExplainedFigure]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return build_reader(load_catalogue(), load_lexicon())


@pytest.fixture(scope="module")
def explain(reader: Reader) -> Explain:
    """Explain a text; figures by their surface."""
    return lambda text: {
        figure.surface: figure
        for sentence in explain_document(document_from_text(text), PERIOD, reader)
        for figure in sentence.figures
    }


def test_a_named_figure_shows_the_name_its_score_and_its_line(explain: Explain, repository: Path) -> None:
    figure = explain("全年完成粮食播种面积5.27万亩。")["5.27万亩"]
    assert figure.fact is not None
    assert (figure.low, figure.high, figure.unit, figure.bound) == (52700, 52700, "亩", "exact")
    assert (figure.fact.indicator, figure.fact.rule_id, figure.reason) == ("agri.grain_area", "name_before", "")
    assert figure.decided is not None
    assert (figure.decided.code, figure.decided.words) == ("agri.grain_area", "粮食播种面积")
    assert figure.decided.score is not None
    file, line = figure.decided.place.split(":")
    lines = (repository / "tasks" / "lexicon" / file).read_text(encoding="utf-8").splitlines()
    assert "粮食播种面积" in lines[int(line) - 1]


def test_a_rival_says_how_far_it_is_behind(explain: Explain) -> None:
    figure = explain("整改隐患258处。")["258处"]
    assert figure.fact is not None
    assert figure.decided is not None
    rival = figure.others[0]
    assert (figure.fact.indicator, rival.code) == ("safety.hazards_fixed", "safety.hazards_found")
    assert figure.decided.score is not None
    assert rival.score is not None
    assert rival.behind == pytest.approx(figure.decided.score - rival.score)
    assert rival.place.startswith("aliases.csv:")


def test_what_goes_on_about_a_figure_has_that_figures_name(explain: Explain) -> None:
    figures = explain("低保4户21人。粮食播种面积5.27万亩，增长3.2%。")
    people, growth = figures["21人"], figures["3.2%"]
    assert people.fact is not None
    assert people.decided is not None
    assert (people.fact.rule_id, people.decided.words) == ("pair", "低保")
    assert growth.decided is not None
    assert (growth.decided.words, growth.decided.score) == ("粮食播种面积", None)


def test_a_figure_that_became_no_fact_has_a_reason_and_the_nearest_names(explain: Explain) -> None:
    figures = explain("全县粮食播种面积42万亩。粮食播种面积涉及12架无人机。蘑菇棚12架。")
    background = figures["42万亩"]
    assert (background.fact, background.reason) == (None, "background")
    assert (background.others[0].code, background.others[0].why_not) == ("agri.grain_area", "")
    assert background.others[0].score is not None
    unnamed = explain("粮食播种面积涉及12架无人机。")["12架"]
    assert unnamed.reason == "no indicator"
    assert unnamed.others[0].words == "粮食播种面积"
    assert unnamed.others[0].why_not == "counts 亩, not 架"


@pytest.mark.parametrize(
    ("text", "surface", "words"),
    [
        ("播种其他作物的辖区总面积42万亩。", "42万亩", "stands there"),
        ("全年面积42万亩。", "42万亩", "needs one of"),
        ("粮食播种面积在各级各部门大力支持之下终于超额完成上级交办任务42万亩。", "42万亩", "too far: "),
    ],
)
def test_why_a_name_did_not_fit(explain: Explain, text: str, surface: str, words: str) -> None:
    assert any(words in one.why_not for one in explain(text)[surface].others)


def test_zero_statements_crops_and_cells_are_explained(explain: Explain) -> None:
    figures = explain(
        "没有发生重大安全事故。核桃产量3010吨。\n\n指标\t单位\t2023年\n粮食总产量\t吨\t12345\n猪鬃\t吨\t33"
    )
    zero = figures["没有发生重大安全事故"]
    assert zero.fact is not None
    assert (zero.fact.rule_id, zero.low, zero.high) == ("zero_statement", 0, 0)
    crop = figures["3010吨"].decided
    assert crop is not None
    assert (crop.words, crop.place) == ("核桃", "crops.csv")
    cell, unread = figures["12345"], figures["33"]
    assert cell.cell == "粮食总产量 / 2023年"
    assert cell.decided is not None
    assert cell.decided.words == "粮食总产量"
    assert (unread.cell, unread.fact, unread.reason) == ("猪鬃 / 2023年", None, "no indicator")


def test_only_sentences_with_figures_are_explained_in_order(reader: Reader) -> None:
    text = "概况。\n全镇总人口11876人，其中女性5000人。各项工作有序推进。生猪出栏１.2万\n头。"
    sentences = explain_document(document_from_text(text), PERIOD, reader)
    assert [one.text for one in sentences] == ["全镇总人口11876人，其中女性5000人", "生猪出栏１.2万头"]
    assert [len(one.figures) for one in sentences] == [2, 1]
    assert all("\n" not in one.text and text[one.start : one.end].replace("\n", "") == one.text for one in sentences)
    assert explain_document(document_from_text("各项工作有序推进。"), None, reader) == []


def test_what_is_explained_is_what_was_read(reader: Reader, sample_county_source: Path) -> None:
    for path in sorted((sample_county_source / "sources").glob("*.txt")):
        document = document_from_text(path.read_text(encoding="utf-8"))
        extraction = extract_document(document, PERIOD, reader)
        figures = [one for sentence in explain_document(document, PERIOD, reader) for one in sentence.figures]
        assert [one.fact for one in figures if one.fact is not None] == list(extraction.facts)
        assert sum(one.fact is None for one in figures) == sum(one.fact is None for one in extraction.mentions)
        named = [one for one in figures if one.fact is not None and one.fact.rule_id.startswith("name_")]
        assert named
        assert all(one.decided is not None and one.decided.score is not None for one in named)
