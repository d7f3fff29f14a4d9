"""Where a figure stands: its clause, segment, sentence, topic and section, and the names of indicators around it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from tasks.domain.documents import Document
from tasks.extract.view import View, view_of
from tasks.lexicon import Alias, Lexicon

__all__ = ["AliasIndex", "Hit", "Scene"]

_PUNCTUATION = re.compile(r"[，；。！？!?\n\t;]|,(?!\d)")
_SENTENCE_ENDS = frozenset("。！？!?\n")
_SEGMENT_ENDS = _SENTENCE_ENDS | frozenset("；;")
# Where a new topic begins inside a paragraph: 一是…, （二）…, 3．…, and the paragraph itself.
_TOPIC = re.compile(
    r"\n|[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d]{1,3}[）)]|(?<![\d.])\d{1,2}[．、](?!\d)"
)
_TOPIC_LENGTH, _TOPIC_REACH = 40, 600


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator's name at `start:end` of the view; `crop` is set when it is the name of a crop."""

    start: int
    end: int
    words: str
    aliases: tuple[Alias, ...]
    crop: str = ""


class AliasIndex:
    """All names of indicators and crops, found in one pass; built once and shared."""

    def __init__(self, lexicon: Lexicon) -> None:
        by_words: dict[str, list[Alias]] = {}
        for alias in lexicon.aliases:
            by_words.setdefault(alias.words, []).append(alias)
        for words in (*lexicon.crops, *lexicon.decoys):
            by_words.setdefault(words, [])
        decoys = frozenset(lexicon.decoys)
        for words, rows in by_words.items():
            # A longer name hides the shorter one it ends in, but not what only the shorter one names.
            codes = {alias.code for alias in rows}
            for cut in range(1, len(words) - 1 if words not in decoys else 1):
                rows += [alias for alias in by_words.get(words[cut:], ()) if alias.code not in codes]
        self.by_words: Mapping[str, tuple[Alias, ...]] = {words: tuple(rows) for words, rows in by_words.items()}
        self._crops = lexicon.crops
        self._words = list(self.by_words)
        self._automaton = AhoCorasick(self._words)

    def find(self, text: str) -> list[Hit]:
        """Return the names in `text` in order of their start; a name inside a longer name is not one."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        found.sort(key=lambda one: (one[1], -one[2]))
        hits: list[Hit] = []
        reach = 0
        words, by_words, crops = self._words, self.by_words, self._crops
        for index, start, end in found:
            if end > reach:
                reach = end
                name = words[index]
                hits.append(Hit(start, end, name, by_words[name], crops.get(name, "")))
        return hits

    def named(self, words: str) -> tuple[Alias, ...]:
        """Return the aliases written exactly as `words`."""
        return self.by_words.get(words, ())


class Scene:
    """The reading view with its boundaries and names, for one document."""

    def __init__(self, document: Document, index: AliasIndex) -> None:
        self.document = document
        self.view: View = view_of(document)
        self.text = text = self.view.text
        self.hits = index.find(text)
        self._hit_starts = [one.start for one in self.hits]
        clause = [match.start() for match in _PUNCTUATION.finditer(text)]
        segment = [position for position in clause if text[position] in _SEGMENT_ENDS]
        sentence = [position for position in segment if text[position] in _SENTENCE_ENDS]
        self._bounds = {
            name: [-1, *found, len(text)]
            for name, found in (("clause", clause), ("segment", segment), ("sentence", sentence))
        }
        self._spans: dict[str, dict[int, tuple[int, int]]] = {"clause": {}, "segment": {}, "sentence": {}}
        self._sections: dict[int, str] = {}
        self._topics: dict[int, int] = {}

    def span(self, kind: str, offset: int) -> tuple[int, int]:
        """Return start and end of the clause, segment (up to ；) or sentence that holds `offset`."""
        found = self._spans[kind].get(offset)
        if found is None:
            bounds = self._bounds[kind]
            position = max(1, bisect_left(bounds, offset))
            found = (bounds[position - 1] + 1, bounds[position] if position < len(bounds) else len(self.text))
            self._spans[kind][offset] = found
        return found

    def topic(self, offset: int) -> str:
        """Return the first words of the item or paragraph that holds `offset` (一是粮食生产稳中有增。…)."""
        sentence = self.span("sentence", offset)[0]
        start = self._topics.get(sentence)
        if start is None:
            line = max(self.text.rfind("\n", 0, offset) + 1, offset - _TOPIC_REACH)
            marks = [match.end() for match in _TOPIC.finditer(self.text, line, offset)]
            start = self._topics[sentence] = marks[-1] if marks else line
        return self.text[start : min(start + _TOPIC_LENGTH, offset)]

    def hits_between(self, start: int, end: int) -> list[Hit]:
        """Return the names that begin at or after `start` and end at or before `end`."""
        if end <= start:
            return []
        first, starts, hits = bisect_left(self._hit_starts, start), self._hit_starts, self.hits
        last = bisect_right(starts, end, first)
        found = hits[first:last]
        # Names do not lie inside one another, so only the last can reach beyond the end.
        while found and found[-1].end > end:
            found.pop()
        return found

    def view_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the view of `start:end` of the document, the inverse of `View.place`."""
        offsets = self.view.offsets
        if offsets is None:
            return start, end
        return bisect_left(offsets, start), bisect_left(offsets, end)

    def section(self, offset: int) -> str:
        """Return the path of headings above `offset` (an offset of the view)."""
        sentence = self.span("sentence", offset)[0]
        section = self._sections.get(sentence)
        if section is None:
            block = self.document.block_at(self.view.place(offset, offset + 1)[0])
            section = self._sections[sentence] = block.section if block else ""
        return section
