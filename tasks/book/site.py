"""A folder of pages that is brought up to date: what has not changed is not written, what is gone says so."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from tasks.domain.errors import ConfigurationError, Language, Place, Text
from tasks.publish.files import cannot_write, written_whole

__all__ = ["Site", "relative_root"]

_NOTE = ".book.json"
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

    `built` are the files written this time, `kept` those that were as they should be, `gone` those taken away.
    """

    folder: Path
    language: Language
    common: Mapping[str, Any]
    built: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    _before: dict[str, str] = field(default_factory=dict)
    _now: dict[str, str] = field(default_factory=dict)
    _notes: dict[str, Any] = field(default_factory=dict)
    _is_underway: bool = False

    @classmethod
    def open(cls, folder: Path, language: Language, common: Mapping[str, Any]) -> "Site":
        """Return the site in `folder`, which is empty, does not exist, or is a book.

        Raises:
            ConfigurationError: the folder holds other files, which publishing would mix with pages.
        """
        site = cls(folder, language, common)
        note = folder / _NOTE
        if note.is_file():
            held = json.loads(note.read_text(encoding="utf-8"))
            site._before, site._notes = held["pages"], held["notes"]
        elif folder.is_dir() and any(folder.iterdir()):
            raise ConfigurationError(
                "not_a_book", Place(str(folder)),
                Text("文件夹里有别的文件，且不是县情册", "the folder holds other files and is no county book"),
                Text("换一个空文件夹，或移走其中的文件", "name an empty folder, or move its files away"),
            )  # fmt: skip
        return site

    @property
    def notes(self) -> dict[str, Any]:
        """What an earlier publication noted for the next one; JSON."""
        return self._notes

    @property
    def known_pages(self) -> set[str]:
        """The files of the publication before."""
        return set(self._before)

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

    def has(self, path: str) -> bool:
        """Return whether an earlier publication made the file at `path`, and it is there."""
        # By its name alone: after a publication cut short no digest holds, and what is carried is never made again.
        return path in self._before and (self.folder / path).is_file()

    def carried(self, path: str) -> None:
        """Keep a file of an earlier publication as it is."""
        self._now[path] = self._before[path]
        self.kept.append(path)

    def close(self) -> None:
        """Take away what no page is made of any more, and note what the next publication can keep.

        Raises:
            WarehouseError: the folder cannot be written.
        """
        try:
            for path in sorted(set(self._before) - set(self._now)):
                (self.folder / path).unlink(missing_ok=True)
                self.gone.append(path)
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        self._note(self._now)

    def _note(self, pages: Mapping[str, str]) -> None:
        note = json.dumps({"pages": pages, "notes": self._notes}, ensure_ascii=False, sort_keys=True)
        with written_whole(self.folder / _NOTE) as partial:
            partial.write_text(note, encoding="utf-8")

    def _begin(self) -> None:
        """Note before the first change that no page can be relied on: a publication cut short is made anew."""
        if not self._is_underway and self._before:
            self._note(dict.fromkeys(self._before, ""))
        self._is_underway = True

    def _is_kept(self, path: str, digest: str) -> bool:
        self._now[path] = digest
        if self._before.get(path) == digest and (self.folder / path).is_file():
            self.kept.append(path)
            return True
        return False

    def _write(self, path: str, data: bytes) -> None:
        self._begin()
        with written_whole(self.folder / path) as partial:
            partial.write_bytes(data)
        self.built.append(path)
