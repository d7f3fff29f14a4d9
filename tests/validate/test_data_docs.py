"""Data Docs open without a network, name the figure that failed, and are replaced as a whole."""

import re
from urllib.parse import unquote

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.errors import WarehouseError
from tasks.validate import Evidence, scope_of_change, validate_facts

OUTSIDE = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)\s*=\s*['\"]?\s*(?:https?:)?//|@import|url\(\s*['\"]?(?:https?:)?//",
    re.IGNORECASE,
)


def pages(folder):
    return {page: page.read_text(encoding="utf-8") for page in sorted(folder.rglob("*.html"))}


def test_data_docs_open_offline_and_show_the_quote(fact, report, judge, tmp_path):
    folder = tmp_path / "县 county" / "data_docs"
    bad = fact("pop.total", 9_000_000, evidence="全镇总人口九百万人")
    result = judge(report(1, [bad]), report(2, [fact("pop.total", 5000)], period="2022"), data_docs=folder)
    assert result.data_docs_index == folder / "index.html"
    written = pages(folder)
    assert len(written) > 4
    for page, text in written.items():
        assert not OUTSIDE.search(text), (page, OUTSIDE.search(text))
        assert "<style>" in text
    for sheet in folder.rglob("*.css"):
        assert not OUTSIDE.search(sheet.read_text(encoding="utf-8")), sheet
    everything = "".join(written.values())
    assert "全镇总人口九百万人" in everything
    assert "第1镇2023.txt" in everything
    assert load_rules()["V3"].how_zh in everything


def test_the_first_page_leads_to_every_validation(fact, report, judge, tmp_path):
    folder = tmp_path / "data_docs"
    judge(report(1, [fact("pop.total", 9_000_000)]), report(2, [fact("pop.total", 5000)], "2022"), data_docs=folder)
    links = re.findall(r'href="([^"]+)"', (folder / "index.html").read_text(encoding="utf-8"))
    led_to = {folder / unquote(link) for link in links}
    assert led_to == set((folder / "validations").rglob("*.html"))
    assert len(led_to) == 4


def test_a_second_run_leaves_nothing_of_the_first(fact, report, judge, tmp_path):
    folder = tmp_path / "data_docs"
    judge(report(1, [fact("pop.total", 9_000_000, evidence="总人口九百万人")]), data_docs=folder)
    judge(report(1, [fact("pop.total", 5000, evidence="总人口五千人")]), data_docs=folder)
    assert not any("总人口九百万人" in text for text in pages(folder).values())
    assert [path.name for path in tmp_path.iterdir()] == ["data_docs"]


def test_everybody_who_may_read_the_county_may_read_the_pages(fact, report, judge, tmp_path):
    folder = tmp_path / "data_docs"
    judge(report(1, [fact("pop.total", 5000)]), data_docs=folder)
    assert folder.stat().st_mode & 0o055 == 0o055


def test_facts_that_break_their_contract_stop_the_run_and_leave_the_old_pages(fact, report, judge, tmp_path):
    folder = tmp_path / "data_docs"
    facts, submissions = report(1, [fact("pop.total", 5000)])
    judge((facts, submissions), data_docs=folder)
    before = pages(folder)
    with pytest.raises(WarehouseError, match="fact_id"):
        judge((pl.concat([facts, facts]), submissions), data_docs=folder)
    assert pages(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["data_docs"]


def test_pages_of_periods_that_are_not_judged_again_stay(fact, report, judge, tmp_path):
    folder = tmp_path / "data_docs"
    old = report(1, [fact("pop.total", 9_000_000, evidence="上年总人口九百万人")], "2020")
    was = report(2, [fact("pop.total", 8_000_000, evidence="总人口八百万人")], "2023")
    judge(old, was, data_docs=folder)
    before = Evidence(*(pl.concat(pair) for pair in zip(old, was, strict=True)))
    now = report(2, [fact("pop.total", 5000, evidence="总人口五千人")], "2023")
    after = Evidence(*(pl.concat(pair) for pair in zip(old, now, strict=True)))
    told = {"catalogue": load_catalogue(), "mandatory": {}}
    scope = scope_of_change(before, after, **told, texts=["2023"])
    validate_facts(after, **told, language="zh", data_docs=folder, scope=scope)
    everything = "".join(pages(folder).values())
    assert "上年总人口九百万人" in everything
    assert "总人口八百万人" not in everything
    links = re.findall(r'href="([^"]+)"', (folder / "index.html").read_text(encoding="utf-8"))
    assert {unquote(link).split("/")[1] for link in links} == {
        "2020 审核 checks", "2020 指标值 facts", "2023 审核 checks", "2023 指标值 facts",
    }  # fmt: skip
    assert all((folder / unquote(link)).exists() for link in links)
