"""Where a figure stands: its clause, segment, sentence and section, and the names of indicators around it."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from tasks.domain.documents import Block, Document
from tasks.lexicon import Alias, Lexicon

__all__ = ["AliasIndex", "Hit", "Scene"]

_CLAUSE = re.compile(r"[，,；;。！？!?\n\t]")
_SEGMENT = re.compile(r"[；;。！？!?\n]")
_SENTENCE = re.compile(r"[。！？!?\n]")


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator's name at `start:end`; `crop` is set when it is the name of a crop."""

    start: int
    end: int
    aliases: tuple[Alias, ...]
    crop: str = ""


class AliasIndex:
    """All names of indicators and crops, found in one pass; built once and shared."""

    def __init__(self, lexicon: Lexicon) -> None:
        by_words: dict[str, list[Alias]] = {}
        for alias in lexicon.aliases:
            by_words.setdefault(alias.words, []).append(alias)
        for words in lexicon.crops:
            by_words.setdefault(words, [])
        self.by_words = {words: tuple(rows) for words, rows in by_words.items()}
        self._crops = lexicon.crops
        self._words = list(self.by_words)
        self._automaton = AhoCorasick(self._words)

    def find(self, text: str) -> list[Hit]:
        """Return every name in `text`, also overlapping ones, in order of their start."""
        hits = [
            Hit(start, end, self.by_words[self._words[index]], self._crops.get(self._words[index], ""))
            for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
        ]
        return sorted(hits, key=lambda one: (one.start, one.end))


class Scene:
    """The text with its boundaries and names, for one document."""

    def __init__(self, document: Document, index: AliasIndex) -> None:
        self.document = document
        self.text = document.text
        self.hits = index.find(self.text)
        self._hit_starts = [one.start for one in self.hits]
        self._bounds = {
            name: [-1, *(match.start() for match in pattern.finditer(self.text)), len(self.text)]
            for name, pattern in (("clause", _CLAUSE), ("segment", _SEGMENT), ("sentence", _SENTENCE))
        }

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the document."""
        return self.document.blocks

    def span(self, kind: str, offset: int) -> tuple[int, int]:
        """Return start and end of the clause, segment (up to ；) or sentence that holds `offset`."""
        bounds = self._bounds[kind]
        position = bisect_left(bounds, offset)
        if position < len(bounds) and bounds[position] == offset:
            return bounds[position - 1] + 1, offset
        return bounds[position - 1] + 1, bounds[position]

    def hits_between(self, start: int, end: int) -> list[Hit]:
        """Return the names that begin at or after `start` and end at or before `end`."""
        first, last = bisect_left(self._hit_starts, start), bisect_right(self._hit_starts, end)
        return [one for one in self.hits[first:last] if one.end <= end]
