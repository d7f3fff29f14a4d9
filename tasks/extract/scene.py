"""Where a figure stands: its clause, segment, sentence, topic and section, and the names of indicators around it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Final, Literal

from ahocorasick_rs import AhoCorasick

from tasks.domain.documents import Block, Document
from tasks.extract.view import View, view_of
from tasks.lexicon import Alias, Lexicon

__all__ = ["AliasIndex", "Hit", "Place", "Scene"]

# What ends a clause, as code points (the view has no half-width ones): of these some end a segment, a sentence, a line.
_COMMA: Final = 0xFF0C
_TAB: Final = 0x09
_SEMICOLON: Final = 0xFF1B
_STOP: Final = 0x3002
_EXCLAMATION: Final = 0xFF01
_QUESTION: Final = 0xFF1F
_NEWLINE: Final = 0x0A
# Where a new topic begins inside a paragraph: 一是…, （二）…, 3．…
_TOPIC: Final = re.compile(
    r"[一二三四五六七八九十（(0-9](?:(?<=[一二三四五六七八九十])是|(?<=[（(])[一二三四五六七八九十\d]{1,3}[）)]"
    r"|(?<=\d)(?<![\d.]\d)\d?[．、](?!\d))"
)
# What only numbers an item: 一是, （二）, 3.  A name right behind it would else seem to go on about it.
_ITEM: Final = re.compile(
    r"[ \u3000]*[●■◆▪•·※★○◇□►➢√—–-]{0,3}[ \u3000]*"
    r"(?:[一二三四五六七八九十]{1,3}(?:是(?!否)|[、．.](?![一二三四五六七八九十\d]))|第[一二三四五六七八九十]{1,2}(?:[，、]|是)"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)][、.．]?|[①-⑳]|\d{1,2}(?:[.．、](?!\d)|是(?=[\u4e00-\u9fff]))"
    r"|(?:首先|其次|再次|最后)，)[ \u3000]*"
    r"|[ \u3000]*[●■◆▪•·※★○◇□►➢√—–-]{1,3}(?!\d)[ \u3000]*"
)
_ITEM_AFTER_COMMA: Final = re.compile(r"[一二三四五六七八九十]是(?!否)|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]")
_ITEM_AFTER: Final = frozenset({_COMMA, _SEMICOLON, _STOP, _EXCLAMATION, _QUESTION, _NEWLINE})
_ITEM_BEGINS: Final = frozenset(map(ord, " \u3000●■◆▪•·※★○◇□►➢√—–-一二三四五六七八九十第（(首其再最0123456789"))
_ITEM_SIGNS: Final = frozenset(range(ord("①"), ord("⑳") + 1))
_TOPIC_LENGTH: Final = 40
_TOPIC_REACH: Final = 600
_LONGEST: Final = 1000
_WIDE_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_GAP: Final = re.compile(r"(?<=\d)[ \u3000]+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff、）])[ \u3000]+(?=\d)")
_Span = tuple[int, int]
_Kind = Literal["clause", "segment", "sentence", "line"]


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Hit:
    """An indicator's name at `start:end` of the view; `crop` is set when it is the name of a crop."""

    start: int
    end: int
    words: str
    aliases: tuple[Alias, ...]
    crop: str

    def __init__(
        self, start: int, end: int, words: str, aliases: tuple[Alias, ...], crop: str = "",
    ) -> None:  # fmt: skip
        self.start = start
        self.end = end
        self.words = words
        self.aliases = aliases
        self.crop = crop


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Place:
    """The spans of clause, segment (up to ；) and sentence that hold a figure."""

    clause: _Span
    segment: _Span
    sentence: _Span

    def __init__(self, clause: _Span, segment: _Span, sentence: _Span) -> None:
        self.clause = clause
        self.segment = segment
        self.sentence = sentence


class _Bounds:
    """Where the clauses (or segments, sentences, lines) of a text end; the one looked at last is kept."""

    def __init__(self, ends: list[int]) -> None:
        self._ends = ends  # with -1 before the first and the length of the text after the last
        self._first, self._last = 0, -1

    def around(self, offset: int) -> _Span:
        """Return the span between two ends that holds `offset`."""
        if not self._first <= offset <= self._last:
            ends = self._ends
            low, high = 1, len(ends) - 1
            while low < high:
                middle = (low + high) >> 1
                if ends[middle] < offset:
                    low = middle + 1
                else:
                    high = middle
            self._first, self._last = ends[low - 1] + 1, ends[low]
        return self._first, self._last


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
        self._names = [(words, rows, lexicon.crops.get(words, "")) for words, rows in self.by_words.items()]
        self._automaton = AhoCorasick(list(self.by_words))

    def find(self, text: str) -> list[Hit]:
        """Return the names in `text` in order of their start; a name inside a longer name is not one."""
        return self.find_in(text, [(0, len(text))])[0]

    def find_in(self, text: str, spans: Sequence[_Span]) -> list[list[Hit]]:
        """Return the names in each of `spans`, which follow one another in `text`; one pass is quicker than many."""
        joined = "\n".join(text[start:end] for start, end in spans)
        found: list[list[Hit]] = [[] for _ in spans]
        position, begin, shift = len(spans), len(joined) + 1, 0
        least, last_end, names = begin, -1, self._names
        # Matches come in order of their end; from the last one back, one that begins no earlier lies inside another.
        for index, start, end in reversed(self._automaton.find_matches_as_indexes(joined, overlapping=True)):
            if start >= least:
                continue
            while start < begin:
                position -= 1
                begin -= spans[position][1] - spans[position][0] + 1
                shift = spans[position][0] - begin
            if end == last_end:
                found[position].pop()
            least, last_end = start, end
            words, aliases, crop = names[index]
            hits = found[position]
            if crop and hits and hits[-1].words.endswith("生") and hits[-1].crop and hits[-1].start < end + shift:
                hits.pop()  # 棉花生产1008吨 names no 花生
            hits.append(Hit(start + shift, end + shift, words, aliases, crop))
        for hits in found:
            hits.reverse()
        return found

    def named(self, words: str) -> tuple[Alias, ...]:
        """Return the aliases written exactly as `words`."""
        return self.by_words.get(words, ())


class Scene:
    """The reading view with its boundaries and names, for one document."""

    def __init__(self, document: Document, index: AliasIndex) -> None:
        self.document = document
        self.view: View = view_of(document)
        text = self.view.text
        self._index = index
        self._hits: dict[int, list[Hit]] = {}
        self.text = text = _without_items(text)
        self._bounds = _bounds_of(text)
        self._held: tuple[int, int, list[Hit]] = (0, -1, [])  # the names of the sentence looked at last
        self._block_ends: list[int] | None = None
        self._sections: dict[int, str] = {}
        self._topics: dict[int, list[_Span]] = {}

    def span(self, kind: _Kind, offset: int) -> _Span:
        """Return start and end of the clause, segment (up to ；), sentence or line that holds `offset`."""
        return self._bounds[kind].around(offset)

    def place(self, offset: int) -> Place:
        """Return the spans of clause, segment and sentence that hold `offset`."""
        return Place(self.span("clause", offset), self.span("segment", offset), self.span("sentence", offset))

    def topic(self, offset: int, sentence: int) -> str:
        """Return the first words of the item or paragraph that holds `offset` (一是粮食生产稳中有增。…)."""
        line = self.span("line", sentence)
        marks = self._topics.get(line[0])
        if marks is None:
            marks = self._topics[line[0]] = [match.span() for match in _TOPIC.finditer(self.view.text, *line)]
        start = max(line[0], sentence - _TOPIC_REACH)
        position = bisect_right(marks, offset, key=itemgetter(1))
        if position and marks[position - 1][0] >= start:
            start = marks[position - 1][1]
        return self.view.text[start : min(start + _TOPIC_LENGTH, offset)]

    def find_names(self, sentences: Sequence[_Span]) -> None:
        """Look for names in `sentences`; those of other sentences are looked for when they are first asked for."""
        for (start, _), hits in zip(sentences, self._index.find_in(self.text, sentences), strict=True):
            self._hits[start] = hits

    def hits_between(self, start: int, end: int) -> list[Hit]:
        """Return the names in `start:end`, which lies inside one sentence."""
        if end <= start:
            return []
        first, last, hits = self._held
        if not first <= start <= last:
            first, last = self.span("sentence", start)
            if first not in self._hits:
                self.find_names([(first, last)])
            hits = self._hits[first]
            self._held = first, last, hits
        # No name lies inside another, so their ends are in order as well; a sentence has few.
        begin, stop = 0, len(hits)
        while begin < stop and hits[begin].start < start:
            begin += 1
        while stop > begin and hits[stop - 1].end > end:
            stop -= 1
        return hits[begin:stop]

    def view_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the view of `start:end` of the document, the inverse of `View.place`."""
        offsets = self.view.offsets
        if offsets is None:
            return start, end
        return bisect_left(offsets, start), bisect_left(offsets, end)

    def block_at(self, offset: int) -> Block | None:
        """Return the block that holds the character at `offset` of the document, or None between blocks."""
        blocks = self.document.blocks
        if self._block_ends is None:
            self._block_ends = [block.end for block in blocks]
        position = bisect_right(self._block_ends, offset)
        return blocks[position] if position < len(blocks) and blocks[position].start <= offset else None

    def section(self, offset: int, sentence: int) -> str:
        """Return the path of headings above `offset` of the view, in the sentence that begins at `sentence`."""
        section = self._sections.get(sentence)
        if section is None:
            block = self.block_at(self.view.place(offset, offset + 1)[0])
            section = self._sections[sentence] = _as_in_view(block.section) if block else ""
        return section


def _without_items(text: str) -> str:
    """Return `text` with the sign of the end before each in place of what numbers an item; places stay as they are."""
    parts: list[str] = []
    position = 0
    sign = _NEWLINE
    for at in range(len(text)):
        code = ord(text[at])
        if sign and at >= position and (code in _ITEM_BEGINS or code in _ITEM_SIGNS):
            found = (_ITEM_AFTER_COMMA if sign == _COMMA else _ITEM).match(text, at)
            if found is not None and found.end() > at:
                parts += (text[position:at], ("。" if sign == _NEWLINE else chr(sign)) * (found.end() - at))
                position = found.end()
        sign = code if code in _ITEM_AFTER else 0
    return "".join((*parts, text[position:])) if parts else text


@lru_cache(maxsize=4096)
def _as_in_view(section: str) -> str:
    """Return a path of headings with digits and gaps as the view has them: 三、２０１７ 年工作安排 is of 2017年."""
    return _GAP.sub("", section.translate(_WIDE_DIGITS))


def _bounds_of(text: str) -> dict[str, _Bounds]:
    """Return where clauses, segments (up to ；), sentences and lines of `text` end; compiled, faster than a pattern."""
    clause: list[int] = []
    segment: list[int] = []
    sentence: list[int] = []
    line: list[int] = []
    for at in range(len(text)):
        code = ord(text[at])
        if code in (_COMMA, _TAB):
            clause.append(at)
        elif code in (_STOP, _NEWLINE, _SEMICOLON, _EXCLAMATION, _QUESTION):
            clause.append(at)
            segment.append(at)
            if code != _SEMICOLON:
                sentence.append(at)
            if code == _NEWLINE:
                line.append(at)
    length = len(text)
    return {
        "clause": _Bounds([-1, *_cut(clause, clause, length), length]),
        "segment": _Bounds([-1, *_cut(segment, clause, length), length]),
        "sentence": _Bounds([-1, *_cut(sentence, clause, length), length]),
        "line": _Bounds([-1, *line, length]),
    }


def _cut(ends: list[int], clause: list[int], length: int) -> list[int]:
    """Return `ends` with the ends of clauses added where nothing else ends a sentence for `_LONGEST` characters."""
    longest, last = 0, -1
    for end in ends:
        longest, last = max(longest, end - last), end
    if max(longest, length - last) <= _LONGEST:
        return ends
    cut: list[int] = []
    last = -1
    for end in [*ends, length]:
        while end - last > _LONGEST:
            position = bisect_right(clause, last + _LONGEST) - 1
            last = clause[position] if position >= 0 and clause[position] > last else last + _LONGEST
            cut.append(last)
        if end < length:
            cut.append(end)
            last = end
    return cut
