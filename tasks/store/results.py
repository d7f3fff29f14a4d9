"""What reading a report gave, kept for the next time: its Document by parser, its figures by engine and words.

Kept as JSON (pydantic writes and checks it), not pickled: an entry is data, whoever wrote it, and another version of a
class is a ValidationError instead of an object with a field missing.
"""

import hashlib
from pathlib import PurePosixPath
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.submissions import StageVersions
from tasks.store.entries import StageStore
from tasks.store.lexicons import LexiconTerms

__all__ = ["ResultStore"]

T = TypeVar("T")

_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Document, Extraction, LexiconTerms)}

PARSE, EXTRACT, LEXICON = "parse", "extract", "lexicon"


class ResultStore:
    """Documents and figures of reports by the sha256 of their bytes, for one set of stage versions."""

    def __init__(self, store: StageStore, versions: StageVersions) -> None:
        self.store = store
        self.versions = versions

    @property
    def current(self) -> dict[str, str]:
        """The version of every stage whose results are kept, by its name."""
        return {PARSE: self.versions.parser, EXTRACT: self._extract_version(self.versions.lexicon)}

    def document(self, sha256: str, file_name: str) -> Document | None:
        """Return the Document of these bytes, None where this parser has not read them yet.

        `file_name` counts by its ending only: a parser may take the same bytes for text or for a table by it.
        """
        return self._read(PARSE, self.versions.parser, _document_name(sha256, file_name), Document)

    def keep_document(self, sha256: str, file_name: str, document: Document) -> None:
        """Keep the Document of these bytes."""
        self._write(PARSE, self.versions.parser, _document_name(sha256, file_name), document)

    def extraction(self, sha256: str, period: str, lexicon: str | None = None) -> Extraction | None:
        """Return the figures of these bytes as a report of `period`, read with today's words or those of `lexicon`.

        None where they have not been read so.
        """
        version = self._extract_version(lexicon or self.versions.lexicon)
        return self._read(EXTRACT, version, self._extraction_name(sha256, period), Extraction)

    def keep_extraction(self, sha256: str, period: str, extraction: Extraction) -> None:
        """Keep the figures of these bytes as a report of `period`."""
        version = self._extract_version(self.versions.lexicon)
        self._write(EXTRACT, version, self._extraction_name(sha256, period), extraction)

    def keep_terms(self, terms: LexiconTerms) -> None:
        """Keep the words of a lexicon, so that a later one can be compared with it; once for each version."""
        if not self.store.path(LEXICON, terms.version, LEXICON).exists():
            self._write(LEXICON, terms.version, LEXICON, terms)

    def terms(self, version: str) -> LexiconTerms | None:
        """Return the words of the lexicon of `version`, None when it was never used here."""
        return self._read(LEXICON, version, LEXICON, LexiconTerms)

    def _extract_version(self, lexicon: str) -> str:
        return f"{self.versions.extractor}-{self.versions.catalogue}-{lexicon}"

    def _extraction_name(self, sha256: str, period: str) -> str:
        # Figures depend on the text they were read in, and so on the parser.
        return f"{sha256}-{self.versions.parser}-{period}"

    def _read(self, stage: str, version: str, name: str, kind: type[T]) -> T | None:
        content = self.store.read(stage, version, name)
        if content is None:
            return None
        try:
            found: T = _ADAPTERS[kind].validate_json(content)
        except ValidationError:
            self.store.discard(stage, version, name)
            return None
        return found

    def _write(self, stage: str, version: str, name: str, result: object) -> None:
        try:
            content = _ADAPTERS[type(result)].dump_json(result)
        except PydanticSerializationError:
            # Half of a surrogate pair is no character that can be written; such a text is read anew each time.
            return
        self.store.write(stage, version, name, content)


def _document_name(sha256: str, file_name: str) -> str:
    ending = PurePosixPath(file_name).suffix.lower()
    if not ending.isascii() or not ending[1:].isalnum():
        ending = "." + hashlib.sha256(ending.encode("utf-8", "surrogatepass")).hexdigest()[:8] if ending else ""
    return sha256 + ending
