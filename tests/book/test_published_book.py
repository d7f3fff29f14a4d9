"""The book of the sample county as a reader goes through it: every page, every link, every figure."""

import unicodedata
from collections import Counter
from urllib.parse import unquote

import polars as pl
import pytest

from tasks.load import Warehouse
from tasks.publish.addresses import with_fact_addresses

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(book, crawl):
    return crawl(book)


@pytest.fixture(scope="module")
def live(collected):
    warehouse = Warehouse(str(collected / "warehouse"))
    facts = warehouse.scan("facts").collect()
    loaded = warehouse.known_submissions().filter(pl.col("state") == "loaded").select("submission_id")
    return with_fact_addresses(facts).join(loaded, on="submission_id", how="semi")


def test_every_live_figure_resolves_to_its_card_and_its_highlight(site, live):
    assert live.height > 1000
    unresolved = []
    for address, stated, evidence in live.select("address", "stated_value", "evidence").rows():
        page, _, fragment = address.partition("#")
        anchor = unquote(fragment)
        cards = site.pages[page].xpath("//article[contains(@class, 'card')][@id=$id]", id=anchor)
        marks = site.pages[page].xpath("//*[@id=$id]", id=f"at:{anchor}")
        # Full-width digits and blanks are as they were sent; what was read from them is not.
        marked = unicodedata.normalize("NFKC", "".join(site.pages[page].xpath("//a[@data-for]/text()")))
        is_shown = not stated or unicodedata.normalize("NFKC", stated) in marked
        if len(cards) != 1 or len(marks) != 1 or not is_shown:
            unresolved.append((address, stated, evidence))
    assert unresolved == []


def test_no_link_is_dead_and_none_leaves_the_folder(book, site):
    assert len(site.links) > 5000
    assert list(site.dead(book)) == []
    assert site.outside == []
    assert not [link for link in site.links if link[1].startswith("..")]


def test_ids_are_unique_on_every_page(site):
    for name, tree in site.pages.items():
        twice = [one for one, count in Counter(tree.xpath("//@id")).items() if count > 1]
        assert twice == [], name


def test_every_page_can_be_reached_from_the_first(site):
    reached, waiting = set(), {"index.html"}
    targets: dict[str, set[str]] = {}
    for page, target, _ in site.links:
        targets.setdefault(page, set()).add(target)
    while waiting:
        page = waiting.pop()
        reached.add(page)
        waiting |= (targets.get(page, set()) & set(site.pages)) - reached
    assert set(site.pages) - reached == set()


def test_every_page_is_less_than_a_megabyte(book):
    large = {path.name: path.stat().st_size for path in book.rglob("*.html") if path.stat().st_size >= 1_000_000}
    assert large == {}


def test_the_text_of_a_report_is_whole(site, collected):
    blocks = Warehouse(str(collected / "warehouse")).scan("blocks").collect()
    for submission, text in blocks.group_by("submission_id").agg(pl.col("text").sort_by("block")).rows():
        _, unit, period = submission.split("-", 2)
        shown = [
            "".join(one.itertext())
            for name in (f"reports/{unit}/{period}.html", f"reports/{unit}/{period}-v1.html") if name in site.pages
            for one in site.pages[name].xpath("//article[@id='text']//*[starts-with(@id, 'b')]")
        ]  # fmt: skip
        missing = [one for one in text if one.strip() and one not in {words.strip("\n") for words in shown}]
        assert missing == [], submission


def test_an_older_version_is_kept_and_the_live_one_says_so(site):
    (old,) = [name for name in site.pages if name.endswith("-v1.html")]
    live = old.replace("-v1", "")
    assert (old, live, "") in site.links
    assert (live, old, "") in site.links


def test_sums_say_who_is_missing_and_leave_out_averages(site):
    words = site.pages["index.html"].text_content()
    assert "松林坳镇（未报）" in words
    assert "人均" not in words.split("变化最大")[0]
