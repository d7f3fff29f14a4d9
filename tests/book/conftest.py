"""A county that has collected, its book, and a reader that looks at every page of a book."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html


def county_command(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *words],
        capture_output=True, text=True, encoding="utf-8", timeout=400, check=False,
        env={**environment, "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def run_county() -> Callable[..., subprocess.CompletedProcess[str]]:
    return county_command


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Path:
    """The sample county after `county collect`; nobody writes to it.

    XIANBAO_COLLECTED names one that has collected already, which spares whoever works on the book the minute.
    """
    if ready := os.environ.get("XIANBAO_COLLECTED"):
        return Path(ready)
    folder = tmp_path_factory.mktemp("book") / "岚川县"
    assert county_command("init", str(folder), "--from", str(sample_county_source)).returncode == 0
    run = county_command("collect", "-c", str(folder))
    assert run.returncode == 1, run.stdout + run.stderr
    return folder


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
