"""A county that has collected, its book, and a reader that looks at every page of a book."""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from tasks.domain.county import County
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import Identity, SourceFile, StoredFile
from tests.servers import county_command


@pytest.fixture(scope="session")
def run_county() -> Callable[..., subprocess.CompletedProcess[str]]:
    return county_command


@pytest.fixture(scope="session")
def collected(collected_county: Path) -> Path:
    """The sample county after `county collect`; nobody writes to it."""
    return collected_county


@pytest.fixture
def own_county(collected: Path, tmp_path: Path) -> Path:
    """A copy of it for tests that change something."""
    return Path(shutil.copytree(collected, tmp_path / "岚川县"))


@pytest.fixture(scope="session")
def book(collected: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published book of the sample county."""
    folder = tmp_path_factory.mktemp("published") / "县情册"
    run = county_command("publish", str(folder), "-c", str(collected))
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@dataclass
class Crawled:
    """What stands in a book: the ids of each page, and every link as (page, target file, fragment)."""

    pages: dict[str, html.HtmlElement] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    outside: list[tuple[str, str]] = field(default_factory=list)

    def dead(self, folder: Path) -> Iterator[tuple[str, str, str]]:
        """Links that lead nowhere."""
        for page, target, fragment in self.links:
            if not (folder / target).is_file():
                yield page, target, "no such file"
            elif fragment and not fragment.startswith("rule=") and fragment not in self.ids.get(target, set()):
                yield page, target, fragment


@pytest.fixture(scope="session")
def crawl() -> Callable[[Path], Crawled]:
    """Read every page of a book."""

    def read(folder: Path) -> Crawled:
        found = Crawled()
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            if name.startswith(".book/"):
                continue  # its own notes, and what a publication that was killed had not put in its place
            tree = html.fromstring(path.read_bytes())
            found.pages[name] = tree
            found.ids[name] = set(tree.xpath("//@id"))
            for element, _, link, _ in tree.iterlinks():
                parts = urlsplit(link)
                if parts.scheme or parts.netloc:
                    found.outside.append((name, link))
                    continue
                target = os.path.normpath(Path(name).parent / unquote(parts.path)) if parts.path else name
                found.links.append((name, target, unquote(parts.fragment)))
                assert element.tag in {"a", "link", "script", "img", "image"}
        return found

    return read


@pytest.fixture(scope="session")
def collect_into() -> Callable[..., County]:
    """Collect reports given as texts into a county with the sample county's units, the real way but without a server.

    `texts` are (unit, period) → text; `received` is when they came, `name` what the files are called.
    """
    from tasks import extract
    from tasks.domain.outcomes import ReadReport
    from tasks.fetch import store_bytes
    from tasks.parse import document_from_text
    from tasks.rereading import reader
    from tasks.steps.judging import load_reports, validate_reports

    def collect(
        county: County, texts: dict[tuple[str, str], str], *, received: str = "2024-01-05", name: str = ""
    ) -> County:
        at = dt.datetime.fromisoformat(received).replace(tzinfo=dt.UTC)
        outcomes = []
        for (unit, period), text in texts.items():
            file_name = name or f"{unit}{period}年工作报告.txt"
            sha256, is_new = store_bytes(text.encode(), file_name, county)
            source = SourceFile("inbox", f"file:///{file_name}", file_name, len(text.encode()), at, at)
            found = county.gazetteer.find(unit)
            identity = Identity(found.unit_code, found.name, "annual-work-report", period)
            document = document_from_text(text)
            extraction = extract.extract_document(document, ReportPeriod.parse(period), reader())
            outcomes.append(ReadReport(StoredFile(source, sha256, is_new), identity, document, extraction))
        judged = validate_reports.fn(outcomes, county, at, received)
        load_reports.fn(judged, county, at, received)
        return county

    return collect


@pytest.fixture
def collect_texts(county: County, collect_into: Callable[..., County]) -> Callable[..., County]:
    """The same into a county of the test's own."""
    return lambda texts, **kept: collect_into(county, texts, **kept)
