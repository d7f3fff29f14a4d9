"""Links to the book and from it: with and without an address under which others open it, none leads nowhere."""

import datetime as dt
import re
import shutil
from urllib.parse import unquote, urljoin, urlsplit

import docx
import openpyxl
import pytest
from lxml import html
from rich.console import Console

from flows.cli.export_commands import export_county
from flows.cli.letters import write_letters
from tasks.book import publish_book
from tasks.domain.county import read_county
from tasks.domain.errors import ConfigurationError, Text
from tasks.steps import booking, showing

pytestmark = pytest.mark.slow
NOW = dt.datetime(2024, 2, 1, 1, tzinfo=dt.UTC)
# A total population that no township has, and a masked figure: both are asked about.
TEXT = "云岫镇2023年工作报告\n全镇总人口9027540人，行政村11个。\n粮食播种面积4.02万亩，粮食总产量16050吨。"
URL = "http://intranet/县情册"


@pytest.fixture(scope="module", params=["", URL])
def url(request):
    return request.param


@pytest.fixture(scope="module")
def published(collect_into, url, tmp_path_factory, sample_county_source):
    """The county with a book in its place, opened under `url` by others."""
    folder = tmp_path_factory.mktemp("links") / "县"
    (folder / "inbox").mkdir(parents=True)
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(sample_county_source / name, folder / name)
    settings = folder / "county.toml"
    addresses = f'url = "{url}"\nui = "http://intranet:4200/"\ndata_docs = "{url}-docs"' if url else ""
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n[book]\n{addresses}\n", encoding="utf-8")
    county = collect_into(read_county(folder), {("云岫镇", "2023"): TEXT})
    publish_book(county, county.book, now=NOW)
    return county


@pytest.fixture
def leads(published, crawl, url):
    """Assert that links, seen from a file of the county, lead to a page of the book and a place on it."""
    site = crawl(published.book)

    def check(links, seen_from):
        assert links
        for link in links:
            whole = urljoin(seen_from.as_uri(), link)
            base = f"{url}/" if url else f"{published.book.as_uri()}/"
            assert unquote(whole).startswith(unquote(base)), whole
            page, _, fragment = unquote(whole)[len(unquote(base)) :].partition("#")
            assert page in site.pages
            assert not fragment or fragment in site.ids[page], whole

    return check


def test_the_excel_export_leads_to_each_figure(published, leads, tmp_path):
    (path, *_) = export_county(published, tmp_path / "导出", "xlsx", ["2023"])
    heading, *rows = openpyxl.load_workbook(path)["指标明细"].iter_rows()
    column = [cell.value for cell in heading].index("证据")
    links = [row[column].hyperlink for row in rows]
    leads([f"{one.target}#{one.location}" if one.location else one.target for one in links], path)


def test_the_workbook_in_the_book_leads_to_each_figure_wherever_the_book_goes(published, crawl):
    path = published.book / "downloads" / "2023.xlsx"
    heading, *rows = openpyxl.load_workbook(path)["指标明细"].iter_rows()
    column = [cell.value for cell in heading].index("证据")
    site = crawl(published.book)
    for row in rows:
        link = row[column].hyperlink
        assert link.target.startswith("../")
        assert unquote(link.location) in site.ids[unquote(link.target).removeprefix("../")]


def test_a_question_letter_leads_to_each_finding_where_others_can_open_the_book(published, leads, url, tmp_path):
    write_letters(Console(quiet=True), published, tmp_path, ["2023"], None)
    (path,) = tmp_path.glob("*.docx")
    (inside,) = (published.book / "downloads").glob("*.docx")
    for letter in (path, inside):
        cells = [cell for row in docx.Document(letter).tables[0].rows[1:] for cell in row.cells]
        links = [link.url for cell in cells for part in cell.paragraphs for link in part.hyperlinks]
        if url:
            leads(links, letter)
        else:
            # A letter goes by mail: from there no path leads to a folder of the county.
            assert links == []


def test_data_docs_lead_to_the_book_and_back(published, leads, url):
    for page in published.data_docs.rglob("*.html"):
        leads(html.fromstring(page.read_bytes()).xpath("//p[@class='book']/a/@href"), page)
    (link,) = html.fromstring((published.book / "downloads.html").read_bytes()).xpath("//a[contains(., 'Data Docs')]")
    if url:
        assert link.get("href") == f"{URL}-docs/index.html"
    else:
        assert (published.book / link.get("href")).resolve() == published.data_docs / "index.html"


def test_a_book_on_a_stick_leaves_the_data_docs_as_they_are(published, url, tmp_path):
    before = (published.data_docs / "index.html").read_bytes()
    outcome = publish_book(published, tmp_path / "册", now=NOW)
    assert (published.data_docs / "index.html").read_bytes() == before
    page = html.fromstring((outcome.folder / "downloads.html").read_bytes())
    assert bool(page.xpath("//a[contains(., 'Data Docs')]")) == bool(url)


def test_the_prefect_ui_leads_to_the_book_where_a_browser_can_open_it(published, leads, url, monkeypatch):
    shown, links = [], []
    for module in (booking, showing):
        monkeypatch.setattr(module, "create_markdown_artifact", lambda words, **kept: shown.append(words))
    monkeypatch.setattr(booking, "create_link_artifact", lambda link, **kept: links.append(link))
    monkeypatch.setattr(showing, "create_table_artifact", lambda rows, description, **kept: shown.append(description))
    booking.show_book.fn(publish_book(published, published.book, now=NOW), published)
    showing.show_tables(published, Text("收", "came"))
    links += re.findall(r"\]\(([^)]+)\)|<(http[^>]+)>", "\n".join(shown))
    links = [one if isinstance(one, str) else "".join(one) for one in links]
    # Without an address the place is said and not linked: a browser opens no file from a page of a server.
    assert any(str(published.book / "index.html") in words for words in shown)
    if url:
        leads(links, published.folder)
        assert len(links) >= 3
    else:
        assert links == []


def test_the_book_leads_to_what_the_prefect_ui_shows_of_the_county(published, url):
    page = html.fromstring((published.book / "downloads.html").read_bytes())
    there = [one for one in page.xpath("//a/@href") if urlsplit(one).netloc == "intranet:4200"]
    code = published.settings.county.code
    wanted = ("roster", "findings", "quality") if url else ()
    assert there == [f"http://intranet:4200/artifacts/key/{one}-{code}" for one in wanted]


def test_an_address_without_its_scheme_is_refused(county):
    settings = county.folder / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[book]\nurl = "intranet/book"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"county.toml.*url"):
        read_county(county.folder)


def test_data_docs_that_are_made_anew_keep_their_link(published, collect_into, leads):
    collect_into(published, {("云岫镇", "2023"): TEXT.replace("16050", "16060")}, received="2024-01-09")
    leads(html.fromstring((published.data_docs / "index.html").read_bytes()).xpath("//p[@class='book']/a/@href"),
          published.data_docs / "index.html")  # fmt: skip
