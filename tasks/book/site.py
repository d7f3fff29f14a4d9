"""A folder of pages that is brought up to date: what has not changed is not written, what is gone says so."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from tasks.book.staging import Staging
from tasks.domain.errors import ConfigurationError, Language, Place, Text
from tasks.load import one_writer

__all__ = ["Site", "open_site", "relative_root"]

_NOTE = ".book.json"
_OWN = ".book"
# Raised when pages of the same contents come out otherwise than before, beyond templates and assets (which are hashed).
_MADE_BY = "1"


def relative_root(path: str) -> str:
    """Return how the page at `path` names the book's folder.

    >>> relative_root("index.html"), relative_root("reports/530999101000/2023.html")
    ('', '../../')
    """
    return "../" * path.count("/")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("tasks.book", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _hash(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:24]


@cache
def _look() -> bytes:
    """Return what every page depends on beside its contents: templates, assets, and how pages are made."""
    parts = [_MADE_BY.encode()]
    for folder in ("templates", "assets"):
        for one in sorted((files("tasks.book") / folder).iterdir(), key=lambda entry: entry.name):
            if one.is_file():
                parts.append(one.name.encode() + b"\0" + one.read_bytes())
    return _hash(*parts).encode()


@dataclass
class Site:
    """The book's folder while it is published.

    `built` are the files made this time, `kept` those that were as they should be, `gone` those taken away. What is
    made stands aside until `close` puts all of it in place: whoever reads the book meanwhile, or after a publication
    that was killed, reads the whole book as it was. Pages are made by one thread; pictures may be put by others.
    """

    folder: Path
    language: Language
    common: Mapping[str, Any]
    staging: Staging
    built: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    _before: dict[str, str] = field(default_factory=dict)
    _now: dict[str, str] = field(default_factory=dict)
    _notes: dict[str, Any] = field(default_factory=dict)
    _note: str = ""

    @property
    def notes(self) -> dict[str, Any]:
        """What an earlier publication noted for the next one; JSON."""
        return self._notes

    def page(self, path: str, template: str, **contents: Any) -> None:
        """Make the page at `path` from `template`, unless it was made from the same contents before.

        Raises:
            WarehouseError: it cannot be written.
        """
        digest = _hash(_look(), self.language.encode(), repr(dict(self.common)).encode(), template.encode(),
                       repr(contents).encode())  # fmt: skip
        if not self._is_kept(path, digest):
            page = (
                _environment()
                .get_template(template)
                .render(**self.common, **contents, root=relative_root(path), path=path)
            )
            self._write(path, page.encode("utf-8", "replace"))

    def file(self, path: str, data: bytes) -> None:
        """Put `data` at `path`, unless it is there.

        Raises:
            WarehouseError: it cannot be written.
        """
        if not self._is_kept(path, _hash(data)):
            self._write(path, data)

    def made_from(self, path: str, digest: str, make: Callable[[], bytes]) -> None:
        """Put what `make` gives at `path`, unless it was made from what has `digest` before.

        Raises:
            WarehouseError: it cannot be written.
        """
        if not self._is_kept(path, digest):
            self._write(path, make())

    def holds(self, path: str, digest: str) -> bool:
        """Return whether the file at `path` is there and was made from what has `digest`."""
        return self._before.get(path) == digest and self.has(path)

    def has(self, path: str) -> bool:
        """Return whether an earlier publication made the file at `path`, and it is there."""
        return path in self._before and (self.folder / path).is_file()

    def carried(self, path: str) -> None:
        """Keep a file of an earlier publication as it is."""
        self._now[path] = self._before[path]
        self.kept.append(path)

    def remember(self, name: str, data: bytes) -> None:
        """Keep `data` beside the pages for the next publication, which finds it with `remembered`.

        Raises:
            WarehouseError: it cannot be written.
        """
        self.staging.put(f"{_OWN}/{name}", data)

    def remembered(self, name: str) -> bytes | None:
        """Return what the publication before kept under this name."""
        path = self.folder / _OWN / name
        return path.read_bytes() if path.is_file() else None

    def close(self) -> None:
        """Put in place what was made, and take away what no page is made of any more.

        Raises:
            WarehouseError: the folder cannot be written.
        """
        self.gone = sorted(set(self._before) - set(self._now))
        note = json.dumps({"pages": self._now, "notes": self._notes}, ensure_ascii=False, sort_keys=True)
        if note != self._note or self.staging.waiting:
            self.staging.put(_NOTE, note.encode())
            self.staging.commit(self.gone)

    def _is_kept(self, path: str, digest: str) -> bool:
        self._now[path] = digest
        if self.holds(path, digest):
            self.kept.append(path)
            return True
        return False

    def _write(self, path: str, data: bytes) -> None:
        self.staging.put(path, data)
        self.built.append(path)


@contextmanager
def open_site(folder: Path, language: Language, common: Mapping[str, Any]) -> Iterator[Site]:
    """Give the site in `folder`, which is empty, does not exist, or is a book; nobody else publishes there meanwhile.

    Raises:
        ConfigurationError: the folder holds other files, which publishing would mix with pages.
        WarehouseError: the folder cannot be written.
    """
    staging = Staging(folder, folder / _OWN / "next")
    is_book = (folder / _NOTE).is_file() or (folder / _OWN).is_dir()
    if not is_book and folder.is_dir() and any(folder.iterdir()):
        raise ConfigurationError(
            "not_a_book", Place(str(folder)),
            Text("文件夹里有别的文件，且不是县情册", "the folder holds other files and is no county book"),
            Text("换一个空文件夹，或移走其中的文件", "name an empty folder, or move its files away"),
        )  # fmt: skip
    staging.make_ready()
    with one_writer(folder / _OWN):
        staging.recover()
        site = Site(folder, language, common, staging)
        note = folder / _NOTE
        if note.is_file():
            site._note = note.read_text(encoding="utf-8")
            held = json.loads(site._note)
            site._before, site._notes = held["pages"], held["notes"]
        yield site
