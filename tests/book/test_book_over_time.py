"""A book over several publications: versions, copies, hostile words, what stays, what is told to have changed."""

import datetime as dt
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tasks.book import publish_book
from tasks.domain.errors import ConfigurationError

pytestmark = pytest.mark.slow
NOW = dt.datetime(2024, 2, 1, 1, tzinfo=dt.UTC)
LONG = "。".join(
    f"第{n}项工作是修整{a}村的{b}，由{c}带着大家一段一段地做，做完请老人来看" for n, (a, b, c) in enumerate(
        [("东岭", "水渠", "护林员"), ("西坪", "石桥", "会计"), ("南沟", "晒场", "队长"), ("北坡", "茶园", "农技员"),
         ("上寨", "祠堂", "支书"), ("下河", "鱼塘", "返乡青年"), ("中营", "机耕路", "妇女主任"), ("老街", "铺", "店主")]
    )
)  # fmt: skip
TEXT = "云岫镇2023年工作报告\n全镇总人口27540人，行政村11个。\n粮食播种面积4.02万亩，粮食总产量16050吨。\n" + LONG
CORRECTED = TEXT.replace("16050吨", "16150吨").replace("，行政村11个", "")


def tree(folder):
    """Every file of a book but its own notes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and not path.relative_to(folder).as_posix().startswith(".book")}  # fmt: skip


def test_an_address_outlives_a_version_that_no_longer_states_the_figure(collect_texts, tmp_path, crawl):
    county = collect_texts({("云岫镇", "2023"): TEXT, ("青槐街道", "2023"): "青槐街道\n总人口1200人。"})
    book = tmp_path / "册"
    publish_book(county, book, now=NOW)
    first = {path: data for path, data in tree(book).items() if path.endswith(".html")}
    addresses = {one for page, target, one in crawl(book).links if target == "reports/539901100000/2023.html"}
    assert "area.villages.level" in addresses
    collect_texts({("云岫镇", "2023"): CORRECTED}, received="2024-01-09")
    outcome = publish_book(county, book, now=NOW + dt.timedelta(days=1))
    site = crawl(book)
    assert list(site.dead(book)) == []
    page = site.pages["reports/539901100000/2023.html"]
    (gone,) = page.xpath("//li[@id='area.villages.level']//a/@href")
    assert unquote(gone).endswith("2023-v1.html#area.villages.level")
    # What is not about this township stays as it was.
    second = tree(book)
    assert second["reports/539901001000/2023.html"] == first["reports/539901001000/2023.html"]
    assert second["townships/539901001000.html"] == first["townships/539901001000.html"]
    assert outcome.kept > 10
    told = site.pages["changes/0002.html"].text_content()
    assert "16,050 吨" in told
    assert "16,150 吨" in told
    compared = site.pages["compare/539901100000-2023-v1-v2.html"]
    assert {"0", "1"} == {one.text for one in compared.xpath("//ins")} or compared.xpath("//ins")
    assert "16,150 吨" in compared.text_content()


def test_publishing_again_writes_nothing_and_adds_no_publication(collect_texts, tmp_path):
    county = collect_texts({("云岫镇", "2023"): TEXT})
    book = tmp_path / "册"
    publish_book(county, book, now=NOW)
    before = tree(book)
    again = publish_book(county, book, now=NOW + dt.timedelta(days=30))
    assert (again.built, again.gone) == (0, 0)
    assert tree(book) == before


def killed(county, book, step, times):
    """Publish in a process that the kernel kills there."""
    child = Path(__file__).with_name("publish_in_child.py")
    run = subprocess.run(
        [sys.executable, str(child), str(county.folder), str(book), step, str(times)],
        check=False, timeout=300, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.returncode == -signal.SIGKILL, run.stderr


def whole_book(folder):
    """The book without the Word files: their zip holds the second in which it was written."""
    return {path: data for path, data in tree(folder).items() if not path.endswith(".docx")}


def nothing_left_over(folder):
    known = set(json.loads((folder / ".book.json").read_text(encoding="utf-8"))["pages"])
    own = {".book/.writing.lock", ".book/addresses.parquet", ".book/figures.parquet", ".book/findings.parquet"}
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        ".book.json", *own, *known
    }  # fmt: skip


def test_a_publication_killed_while_it_makes_its_pages_leaves_the_book_as_it_was(collect_texts, tmp_path, crawl):
    county = collect_texts({("云岫镇", "2023"): TEXT})
    cut, whole = tmp_path / "断", tmp_path / "整"
    killed(county, cut, "put", 20)
    # Of the first publication there is nothing yet; the next one does not take its rest for files of somebody else.
    assert tree(cut) == {}
    for folder in (cut, whole):
        publish_book(county, folder, now=NOW)
    before = tree(cut)
    collect_texts({("云岫镇", "2023"): CORRECTED}, received="2024-01-09")
    killed(county, cut, "put", 12)
    assert tree(cut) == before
    assert list(crawl(cut).dead(cut)) == []
    for folder in (cut, whole):
        publish_book(county, folder, now=NOW)
    assert whole_book(cut) == whole_book(whole)
    assert nothing_left_over(cut)


@pytest.mark.parametrize(("step", "times"), [("place", 0), ("place", 1), ("place", 9), ("done", 0)])
def test_a_publication_killed_while_its_pages_take_their_places_is_ended_by_the_next(
    collect_texts, tmp_path, crawl, step, times
):
    county = collect_texts({("云岫镇", "2023"): TEXT})
    cut, whole = tmp_path / "断", tmp_path / "整"
    for folder in (cut, whole):
        publish_book(county, folder, now=NOW)
    collect_texts({("云岫镇", "2023"): CORRECTED}, received="2024-01-09")
    killed(county, cut, step, times)
    outcome = publish_book(county, cut, now=NOW)
    # Killed before the order was given it is made anew, after that nothing is made twice.
    assert (outcome.built == 0) == ((step, times) != ("place", 0))
    publish_book(county, whole, now=NOW)
    assert whole_book(cut) == whole_book(whole)
    assert list(crawl(cut).dead(cut)) == []
    assert nothing_left_over(cut)


def test_words_of_a_report_are_never_markup(collect_texts, tmp_path, crawl):
    hostile = '<script>document.title="x"</script><img src=x onerror=alert(1)>"\'&amp;'
    county = collect_texts(
        {("云岫镇", "2023"): f"云岫镇2023年工作报告\n全镇总人口27540人{hostile}，粮食总产量16050吨。"},
        name=f"{hostile.replace('/', '')}.txt",
    )
    book = tmp_path / "册"
    publish_book(county, book, now=NOW)
    site = crawl(book)
    shown = site.pages["reports/539901100000/2023.html"]
    assert hostile in shown.xpath("string(//article[@id='text'])")
    for tree_of in site.pages.values():
        assert not tree_of.xpath("//script[not(@src)] | //*[@onerror] | //*[@style] | //img[@src='x']")
    assert b"<script>document" not in b"".join(data for path, data in tree(book).items() if path.endswith(".html"))


def test_a_copied_report_stands_beside_its_source(collect_texts, tmp_path, crawl):
    source = "青槐街道2023年工作报告\n" + LONG
    copy = "云岫镇2023年工作报告\n全镇总人口27540人。\n" + LONG
    collect_texts({("青槐街道", "2023"): source}, received="2024-01-02")
    county = collect_texts({("云岫镇", "2023"): copy}, received="2024-01-06")
    book = tmp_path / "册"
    publish_book(county, book, now=NOW)
    site = crawl(book)
    (page,) = [name for name in site.pages if name.startswith("compare/")]
    shared = site.pages[page].xpath("//a[@class='shared'][starts-with(@id, 'l')]/text()")
    assert max(len(one) for one in shared) > 40
    assert list(site.dead(book)) == []
    assert [one for one in site.links if one[0] == "findings/2023.html" and one[1] == page]


def test_a_county_without_reports_has_a_book_that_says_so(county, tmp_path, crawl):
    book = tmp_path / "册"
    publish_book(county, book, now=NOW)
    site = crawl(book)
    assert "county collect" in site.pages["index.html"].text_content()
    assert list(site.dead(book)) == []


def test_a_folder_of_other_files_is_not_mixed_with_pages(county, tmp_path):
    folder = tmp_path / "别的"
    folder.mkdir()
    (folder / "重要.txt").write_text("不要动", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not_a_book"):
        publish_book(county, folder, now=NOW)
    assert [one.name for one in folder.iterdir()] == ["重要.txt"]


def test_the_book_in_english_has_english_words(collect_texts, tmp_path, crawl):
    county = collect_texts({("云岫镇", "2023"): TEXT})
    book = tmp_path / "book"
    publish_book(county, book, language="en", now=NOW)
    site = crawl(book)
    page = site.pages["reports/539901100000/2023.html"]
    assert page.get("lang") == "en"
    assert {one.text for one in page.xpath("//nav/a")} >= {"At a glance", "Townships", "Findings", "Search"}
    labels = "".join(page.xpath("//dt/text() | //th/text() | //nav//text()"))
    assert not [one for one in labels if "\u4e00" <= one <= "\u9fff"]
    # What the township wrote stays in its language.
    assert page.xpath("//article[@id='text']/@lang") == ["zh-CN"]


def test_a_map_of_the_county_is_drawn_and_a_wrong_one_named(collect_texts, tmp_path, crawl):
    county = collect_texts({("云岫镇", "2023"): TEXT})
    square = {"type": "Polygon", "coordinates": [[[100, 25], [100, 26], [101, 26], [101, 25], [100, 25]]]}
    (county.folder / "map.geojson").write_text(
        f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"云岫镇"}},'
        f'"geometry":{str(square).replace(chr(39), chr(34))}}}]}}', encoding="utf-8",
    )  # fmt: skip

    def with_map(name):
        book = county.settings.book.model_copy(update={"geojson": name})
        return county.model_copy(update={"settings": county.settings.model_copy(update={"book": book})})

    publish_book(with_map("map.geojson"), tmp_path / "册", now=NOW)
    page = crawl(tmp_path / "册").pages["indicators/agri.grain_output.html"]
    assert page.xpath("//figure//*[local-name()='svg']//*[local-name()='path'][contains(@d, 'L')]")
    (county.folder / "bad.geojson").write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"bad.geojson.*geojson"):
        publish_book(with_map("bad.geojson"), tmp_path / "册二", now=NOW)
