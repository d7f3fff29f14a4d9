"""The county book of 30 townships and ten years: how long, how large, what a change costs, how soon a page is there.

Run by hand: python tests/benchmarks/bench_book.py [TOWNSHIPS YEARS]. The reports are those of the sample county (texts
of `deploy/sample_county/sources`), figures scaled by township and year, read by the engine. Publishing after one new
version stands beside publishing the whole, as a ratio.
"""

import datetime as dt
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from expectations.catalogue import load_catalogue  # noqa: E402
from tasks import extract  # noqa: E402
from tasks.book import publish_book  # noqa: E402
from tasks.domain.county import County, read_county  # noqa: E402
from tasks.domain.findings import Finding, finding_id  # noqa: E402
from tasks.domain.frames import (  # noqa: E402
    ReportFrames,
    findings_frame,
    indicators_frame,
    report_frames,
    submissions_frame,
    units_frame,
)
from tasks.domain.periods import ReportPeriod  # noqa: E402
from tasks.domain.submissions import StageVersions, Submission, submission_id  # noqa: E402
from tasks.fetch import store_bytes  # noqa: E402
from tasks.lexicon import load_lexicon  # noqa: E402
from tasks.load import LoadBatch, Warehouse, assign_versions, reporting_frame  # noqa: E402
from tasks.parse import document_from_text  # noqa: E402

FORM = "annual-work-report"
# A page may be loaded before it is painted.
_FIRST_PAINT = """new Promise(told => new PerformanceObserver(all => {
    for (const one of all.getEntriesByName('first-contentful-paint')) told(one.startTime);
}).observe({type: 'paint', buffered: true}))"""
VERSIONS = StageVersions("p", extract.EXTRACTOR_VERSION, load_catalogue().version, load_lexicon().version, "i")


def made_county(folder: Path, townships: int, years: int) -> County:
    """A county's folder with as many townships and periods."""
    source = ROOT / "deploy" / "sample_county"
    (folder / "inbox").mkdir(parents=True)
    last = 2023
    periods = ", ".join(f'"{year}"' for year in range(last - years + 1, last + 1))
    settings = re.sub(
        r"periods = \[.*\]", f"periods = [{periods}]", (source / "county.toml").read_text(encoding="utf-8")
    )
    (folder / "county.toml").write_text(settings, encoding="utf-8")
    rows = [f"5399012{number:02d}000,第{number}乡" for number in range(1, townships + 1)]
    (folder / "units.csv").write_text("unit_code,name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read_county(folder)


def scaled(text: str, factor: float) -> str:
    """The text with its larger figures scaled; years, small counts and percentages stay."""
    return re.sub(
        r"(?<![\d.第])(\d{3,7})(?=[户人亩吨头只元名起次])", lambda match: str(round(int(match[1]) * factor)), text
    )


def load(county: County, texts: dict[tuple[str, str], str], reader: extract.Reader, at: dt.datetime) -> int:
    """Read and load reports in one batch, with a finding for every tenth figure; return the number of facts."""
    warehouse, catalogue = Warehouse(county.warehouse), load_catalogue()
    submissions, documents = [], {}
    for (code, period), text in texts.items():
        name = f"{county.gazetteer[code].name}{period}年工作报告.txt"
        sha256, _ = store_bytes(text.encode(), name, county)
        one = Submission(
            submission_id=submission_id(sha256, code, period), sha256=sha256, source="inbox", uri=f"file:///{name}",
            file_name=name, bytes=len(text.encode()), received_at=at, state="loaded", unit_code=code,
            unit_name=county.gazetteer[code].name, form=FORM, period=period, media_type="text/plain", chars=len(text),
            due_at=at, on_time=True, parser="text", text_quality=1.0, stage_versions=VERSIONS.text,
        )  # fmt: skip
        submissions.append(one)
        documents[one.submission_id] = document_from_text(text)
    new, changed = assign_versions(submissions, warehouse.known_submissions())
    frames = [
        report_frames(one, document, extract.extract_document(document, ReportPeriod.parse(one.period), reader),
                      catalogue, VERSIONS)
        for one in new for document in (documents[one.submission_id],)
    ]  # fmt: skip
    rows = {name: pl.concat([getattr(one, name) for one in frames]) for name in ReportFrames.__dataclass_fields__}
    written = pl.concat([submissions_frame(new), changed])
    findings = [
        Finding(finding_id("Q8", one["unit_code"], one["period"], one["fact_id"]), "Q8", 2, "question",
                one["unit_code"],
                one["unit_name"], one["period"], one["indicator"], f"{one['indicator_name']}：与上年相比变化过大",
                f"{one['indicator_name']}: large change", "1", "2", 1.0, (one["fact_id"],), (one["evidence"],))
        for one in rows["facts"].gather_every(10).iter_rows(named=True)
    ]  # fmt: skip
    reporting = reporting_frame(county.roster(), written, rows["facts"], findings_frame(findings, "bench"),
                                mandatory=(), as_of=at)  # fmt: skip
    warehouse.load(
        LoadBatch(**rows, submissions=written, findings=findings_frame(findings, "bench"), reporting=reporting,
                  indicators=indicators_frame(catalogue), units=units_frame(county.gazetteer),
                  periods=tuple(sorted({period for _, period in texts}))),
        run_id="bench", now=at,
    )  # fmt: skip
    return rows["facts"].height


def publish(county: County, what: str) -> float:
    """Publish, say how long it took, and return the seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = publish_book(county, county.book, now=dt.datetime.now(dt.UTC))
    spent = time.process_time() - cpu
    print(
        f"{what:28} {time.perf_counter() - wall:7.1f} s wall {spent:7.1f} s processor   {outcome.message('en')}",
        flush=True,
    )
    return spent


def first_views(book: Path) -> None:
    """How soon the largest page of each kind is there in Chromium, opened from its folder."""
    chromium = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if chromium is None:
        print("no Chromium: first views not measured", flush=True)
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.goto((book / "method.html").as_uri())
        for name in ("index.html", "roster.html", "search.html", "townships/*.html", "indicators/*.html",
                     "reports/*/*.html", "findings/*.html"):  # fmt: skip
            path = max(book.glob(name), key=lambda one: one.stat().st_size)
            tab.goto(path.as_uri())
            paint = tab.evaluate(_FIRST_PAINT)
            print(
                f"first view {path.relative_to(book)!s:40} {path.stat().st_size / 1e3:7.0f} kB {paint:7.0f} ms",
                flush=True,
            )
        browser.close()


def main() -> None:
    """Make the county, publish it whole, unchanged, and after one new version."""
    townships, years = (int(one) for one in (sys.argv[1:3] or ("30", "10")))
    chance = random.Random(8)
    sources = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "deploy/sample_county/sources").glob("*.txt"))
    ]
    reader = extract.build_reader(load_catalogue(), load_lexicon())
    with tempfile.TemporaryDirectory() as temporary:
        county = made_county(Path(temporary) / "county", townships, years)
        periods = county.settings.forms[0].periods
        texts = {
            (one.unit_code, period): scaled(sources[(number + place) % len(sources)], chance.uniform(0.5, 1.8))
            for number, one in enumerate(county.gazetteer) for place, period in enumerate(periods)
        }  # fmt: skip
        at = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)
        facts = load(county, texts, reader, at)
        print(f"{townships} townships × {years} years: {len(texts)} reports, {facts} figures", flush=True)
        whole = publish(county, "whole")
        same = publish(county, "nothing changed")
        key = next(iter(texts))
        load(county, {key: scaled(texts[key], 1.1)}, reader, at + dt.timedelta(days=3))
        one = publish(county, "one new version")
        print(f"whole / nothing changed {whole / same:.1f}, whole / one new version {whole / one:.1f}", flush=True)
        pages = sorted((path.stat().st_size for path in county.book.rglob("*.html")), reverse=True)
        images = sum(path.stat().st_size for path in county.book.rglob("*.webp"))
        size = sum(path.stat().st_size for path in county.book.rglob("*") if path.is_file()) - images
        print(f"{size / 1e6:.1f} MB without page images, {len(pages)} pages, the largest {pages[0] / 1e3:.0f} kB; "
              f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB", flush=True)  # fmt: skip
        first_views(county.book)


if __name__ == "__main__":
    main()
