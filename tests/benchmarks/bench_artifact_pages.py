"""How long the artifacts of a county with 1,600 townships take to open in Chromium.

    python tests/benchmarks/bench_artifact_pages.py [--townships 1600] [--reports 160] [--times 5]

Two years are owed, so the roster has twice as many rows as there are townships. Each page is opened anew, as by a link
in a mail, and timed until its table can be read; pictures go to build/screenshots. The first row, in which the UI
itself is loaded into an empty browser cache, is printed apart.
"""

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import made_county
from playwright.sync_api import Page, sync_playwright

from flows.cli.server import prefect_server
from tasks.domain.county import County

_PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots"


def fill(county: County) -> None:
    """Collect the county's reports without a server."""
    from tasks import fetch, steps
    from tasks.steps import arriving, reading

    (source,) = county.settings.sources
    stored, _ = arriving.store_files.fn(fetch.list_source(source, county), source, county)
    outcomes = reading.read_reports.fn(steps.plan_run.fn(stored, county).to_read, county).outcomes
    now = dt.datetime.now(dt.UTC)
    judged = steps.validate_reports.fn(outcomes, county, now, "bench", arrived=stored)
    steps.load_reports.fn(judged, county, now, "bench")


def opened(page: Page, url: str, sign: str) -> tuple[float, float]:
    """Return the seconds from asking for a page to seeing `sign` in it, and the page's processor time for that.

    The second hardly depends on what else the machine does; on an idle one the first is little more.
    """
    watch = page.context.new_cdp_session(page)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    page.get_by_text(sign).first.wait_for()
    taken = time.monotonic() - began
    metrics = {one["name"]: one["value"] for one in watch.send("Performance.getMetrics")["metrics"]}
    watch.detach()
    return taken, float(metrics["TaskDuration"])


def measure(api_url: str, county: County, times: int) -> None:
    """Open each artifact and print how long that takes."""
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    code = county.settings.county.code
    signs = {
        f"roster-{code}": "未报",
        f"findings-{code}": "编号",
        f"quality-{code}": "报送单位",
        f"places-{code}": "Delta",
    }
    artifacts = httpx.post(f"{api_url}/artifacts/filter", json={}, timeout=60, trust_env=False).json()
    ui = api_url.removesuffix("/api")
    _PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(120_000)
        print(f"the UI itself, empty cache: {opened(page, f'{ui}/runs', 'Dashboard')[0]:.2f} s", flush=True)
        for one in sorted(artifacts, key=lambda one: str(one["key"])):
            if one["key"] not in signs:
                continue
            url, sign = f"{ui}/artifacts/artifact/{one['id']}", signs[one["key"]]
            taken, busy = zip(*(opened(page, url, sign) for _ in range(times)), strict=True)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(_PICTURES / f"many-{one['key'].split('-')[0]}.png"))
            size = len(str(one["data"])) / 1024
            print(
                f"{one['key']:24} {size:7.0f} KiB  median {statistics.median(taken):5.2f} s  "
                f"worst {max(taken):5.2f} s  processor {statistics.median(busy):5.2f} s  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        browser.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--townships", type=int, default=1600)
    parser.add_argument("--reports", type=int, default=160)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        county = made_county.make_county(Path(top) / "县", given.reports, given.townships)
        with prefect_server(county) as server:
            from prefect import flow

            from tasks.domain.errors import Text
            from tasks.steps.showing import show_tables

            @flow(name="bench")
            def show() -> None:
                fill(county)
                show_tables(county, Text("基准", "benchmark"))

            show()
            measure(server.api_url, county, given.times)


if __name__ == "__main__":
    main()
