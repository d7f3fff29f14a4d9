"""The county book as a reader sees it: opened from its folder in a real Chromium, by mouse, by keyboard, on a phone."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium here (apt could not install it)", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, Locator, Page, sync_playwright  # noqa: E402

from tasks.book import publish_book  # noqa: E402
from tasks.domain.county import County, read_county  # noqa: E402

TEXT, SCAN = "reports/539901100000/2023.html", "reports/539901101000/2022.html"
KINDS = ("index.html", "townships/index.html", "townships/539901100000.html", "indicators/index.html",
         "indicators/agri.grain_area.html", TEXT, SCAN, "findings/index.html", "findings/2022.html", "roster.html",
         "changes.html", "changes/0001.html", "search.html", "downloads.html", "method.html",
         "compare/539901200000-2023-v1-v2.html")  # fmt: skip


# The rows of a table are made alike: hundreds of them tell axe what a dozen do, in a minute instead of a second.
FEW_ROWS = "for (const one of document.querySelectorAll('tbody')) [...one.rows].slice(12).forEach(row => row.remove())"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, collected_county: Path) -> str:
    """The address of the book of the sample county."""
    book = tmp_path_factory.mktemp("published") / "县情册"
    place = read_county(collected_county)
    drawn = place.settings.book.model_copy(update={"geojson": str(map_of(place, book.parent / "地图.geojson"))})
    place = place.model_copy(update={"settings": place.settings.model_copy(update={"book": drawn})})
    publish_book(place, book, now=dt.datetime(2024, 3, 1, tzinfo=dt.UTC))
    return book.as_uri()


def map_of(county: County, path: Path) -> Path:
    """A map on which the townships are squares in a row."""
    features = [
        {"type": "Feature", "properties": {"name": one.name}, "geometry": {"type": "Polygon", "coordinates": [
            [[x, 25], [x + 0.1, 25], [x + 0.1, 25.1], [x, 25.1], [x, 25]]
        ]}}
        for x, one in zip(range(100, 200), county.gazetteer, strict=False)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A tab in which nothing may go wrong: no error, no message, no request beyond the folder."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    tab.on("request", lambda request: None if request.url.startswith(site) else wrong.append(request.url))
    yield tab
    context.close()
    assert wrong == []


def shoot(page: Page, name: str, repository: Path) -> None:
    folder = repository / os.environ.get("XIANBAO_SCREENSHOTS", "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"book-{name}.png"))


def comes_in_sight(page: Page, one: Locator) -> None:
    """Wait until `one` has been scrolled to: its top stands within the window."""
    page.wait_for_function(
        "one => { const top = one.getBoundingClientRect().top; return top >= 0 && top < innerHeight - 20; }",
        arg=one.element_handle(), timeout=20_000,
    )  # fmt: skip


@pytest.mark.parametrize(("scheme", "kinds", "rules"), [
    ("light", KINDS, None),
    # What dark colours can break is contrast.
    ("dark", ("index.html", TEXT, "findings/2022.html", "roster.html"), ["color-contrast", "link-in-text-block"]),
])  # fmt: skip
def test_every_kind_of_page_is_accessible_and_asks_for_nothing(
    site: str, page: Page, scheme: str, kinds: tuple[str, ...], rules: list[str] | None
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    # axe would load the style sheets again by itself, which the pages' content policy refuses.
    options = {"preload": False, "resultTypes": ["violations"], **({} if rules is None else {"runOnly": rules})}
    found = []
    for path in kinds:
        page.goto(f"{site}/{path}")
        page.evaluate(FEW_ROWS)
        result = Axe().run(page, options=options)
        found += [
            (path, one["id"], one["nodes"][0]["html"][:160], one["nodes"][0]["failureSummary"][:300])
            for one in result.response["violations"]
        ]
    assert found == []


def test_a_click_on_a_figure_shows_its_card_and_back(site: str, page: Page, repository: Path) -> None:
    page.goto(f"{site}/{TEXT}")
    mark = page.locator("a.mark", has_text="4.55亿元")
    mark.click()
    card = page.locator("article.card.now")
    assert "农业总产值" in card.inner_text()
    assert "4.55亿元" in card.inner_text()
    comes_in_sight(page, card)
    assert "now" in (mark.get_attribute("class") or "")
    shoot(page, "report", repository)
    page.locator("h1").scroll_into_view_if_needed()
    card.get_by_text("看原文").click()
    comes_in_sight(page, mark)


def test_a_cell_of_a_table_opens_the_place_on_the_scanned_page(site: str, page: Page, repository: Path) -> None:
    page.goto(f"{site}/townships/539901101000.html")
    page.locator("table.figures a.figure[href*='/2022.html#area.villages.level']").click()
    card = page.locator("article.card.now")
    assert "行政村数" in card.inner_text()
    card.get_by_text("看页面图像").click()
    box = page.locator("a.box.now")
    assert box.get_attribute("aria-label") == "行政村数 8 个"
    image = page.locator("#page-1 img")
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 800
    comes_in_sight(page, box)
    shoot(page, "scan", repository)


def test_search_finds_townships_indicators_sentences_and_figures(site: str, page: Page, repository: Path) -> None:
    page.goto(f"{site}/search.html")
    box = page.locator("input[name=q]")
    for words, expected in (
        ("云岫", "townships/539901100000.html"), ("粮食产量", "indicators/agri.grain_output.html"),
        ("辣椒烘干加工厂", f"{TEXT}#b"), ("16050", f"{TEXT}#agri.grain_output.level"),
    ):  # fmt: skip
        box.fill(words)
        page.locator(f".hits a[href*='{expected}']").first.wait_for(timeout=20_000)
    shoot(page, "search", repository)
    page.locator(".hits a").first.click()
    page.locator("article.card.now").wait_for()
    page.go_back()
    page.locator(".hits a").first.wait_for(timeout=20_000)


def test_findings_are_filtered(site: str, page: Page) -> None:
    page.goto(f"{site}/findings/index.html")
    page.locator("a[href$='2022.html#rule=V3']").click()
    shown = page.locator("article.finding:visible")
    assert shown.count() == 1
    assert "21450万亩" in shown.inner_text()
    page.locator("select[name=rule]").select_option("")
    page.locator("select[name=severity]").select_option("question")
    assert set(page.locator("article.finding:visible").evaluate_all("all => all.map(one => one.dataset.severity)")) == {
        "question"
    }


def test_everything_is_reached_by_keyboard(site: str, page: Page) -> None:
    page.goto(f"{site}/{TEXT}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className.split(' ')[0]"))
        if "mark" in reached:
            break
    assert "mark" in reached
    page.keyboard.press("Enter")
    assert page.locator("article.card.now").count() == 1


def test_on_a_phone_the_card_lies_over_the_text_and_nothing_is_wider_than_the_screen(
    site: str, page: Page, repository: Path
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for path in KINDS:
        page.goto(f"{site}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{site}/{TEXT}")
    page.locator("a.mark").nth(3).click()
    card = page.locator("article.card.now")
    assert card.evaluate("one => getComputedStyle(one).position") == "fixed"
    shoot(page, "phone", repository)


def test_dark_by_hand_is_remembered_and_paper_is_white(site: str, page: Page) -> None:
    page.goto(f"{site}/index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.locator("button.theme").click()
    page.goto(f"{site}/roster.html")
    assert page.evaluate(paper) == "rgb(20, 23, 26)"
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
