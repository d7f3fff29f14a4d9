"""Words of which every match of a pattern holds one: where none stands, the pattern itself need not be tried.

Patterns of the lexicon begin with what must not stand before (`(?<!年度)计划`); to try those at every letter takes ten
times as long as to look for plain words.
"""

import re
import sys
from collections.abc import Iterable
from types import FunctionType
from typing import Final

__all__ = ["Ending", "Guarded", "Words", "guard_of", "letters_in", "matches_at", "one_of", "words_of"]

_Words = frozenset[str]
_NONE: Final[_Words] = frozenset()
_EMPTY: Final[_Words] = frozenset([""])
_MOST: Final = 400
_TABLE: Final = 4096  # places for first letters; few share one with another
_GROUPS: Final = 255  # as many as a byte can name; more first letters share the last
_TOKEN: Final = re.compile(
    r"(?P<around>\(\?<?[=!])|(?P<group>\((?:\?:|\?P<\w+>)?)|(?P<end>[|)])|(?P<letter>[^\[\\.^$*+?{}()|])"
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[.^$]"
)
_REPEAT: Final = re.compile(r"(?P<maybe_none>[?*]|\{0?,\d*\})\??|(?:\+|\{\d+,?\d*\})\??")


class Words:
    """Words that are looked for letter by letter, all of them at once.

    A few times as fast as a pattern of the same words: compiled, one step of it is one look into a table.
    """

    def __init__(self, words: Iterable[str]) -> None:
        kept = sorted(frozenset(words))
        self._is_anywhere = "" in kept
        self._begins, self._words = _by_first_letter(kept)
        # Run from the sources the loop below would be the slower one.
        is_slow = bool(kept) and isinstance(_by_first_letter, FunctionType)
        self._pattern = re.compile(one_of(kept)) if is_slow else None

    def stand_in(self, text: str, start: int = 0, end: int = sys.maxsize) -> bool:
        """Return whether one of the words stands in `start:end` of `text`."""
        return self._is_anywhere or self._next(text, start, min(end, len(text))) >= 0

    def places(self, text: str, start: int, end: int) -> list[int]:
        """Return where in `start:end` of `text` one of the words begins."""
        found: list[int] = []
        end = min(end, len(text))
        at = self._next(text, start, end)
        while at >= 0:
            found.append(at)
            at = self._next(text, at + 1, end)
        return found

    def _next(self, text: str, start: int, end: int) -> int:
        """Return where the first of the words stands in `start:end`, or -1."""
        if self._pattern is not None:
            found = self._pattern.search(text, start, end)
            return -1 if found is None else found.start()
        begins = self._begins
        for at in range(start, end):
            code = ord(text[at])
            group = begins[code % _TABLE]
            if not group:
                continue
            for word in self._words[group]:
                if word[0] != code or at + len(word) > end:
                    continue
                place = at
                for letter in word:
                    if ord(text[place]) != letter:
                        break
                    place += 1
                else:
                    return at
        return -1


def _by_first_letter(words: Iterable[str]) -> tuple[bytes, list[list[list[int]]]]:
    """Return a table that names a group for each first letter, and the words of each group as code points."""
    begins, groups = bytearray(_TABLE), list[list[list[int]]]([[]])  # group 0: no word begins so
    for word in words:
        codes = [ord(letter) for letter in word]
        if not codes:
            continue
        place = codes[0] % _TABLE
        if not begins[place]:
            begins[place] = min(len(groups), _GROUPS)
            if len(groups) <= _GROUPS:
                groups.append([])
        groups[begins[place]].append(codes)
    return bytes(begins), groups


class Guarded:
    """A pattern that is tried only where one of the words stands that each of its matches holds."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._search = re.compile(pattern).search
        self._guard = guard_of([pattern])

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match in `start:end` of `text`."""
        return self._search(text, start, end) if self._guard.stand_in(text, start, end) else None


class Ending:
    """A pattern that ends a phrase; only the last `reach` letters of the phrase are looked at."""

    __slots__ = ("_guard", "_reach", "_search", "pattern")

    def __init__(self, pattern: str, reach: int = sys.maxsize) -> None:
        self.pattern = pattern
        self._search = re.compile(f"(?:{pattern})$").search
        self._guard = guard_of([pattern])
        self._reach = reach

    def search(self, phrase: str) -> re.Match[str] | None:
        """Return what of `phrase` the pattern matches."""
        start = max(0, len(phrase) - self._reach)
        return self._search(phrase, start) if self._guard.stand_in(phrase, start) else None

    def without(self, phrase: str) -> str:
        """Return `phrase` without what the pattern matches."""
        match = self.search(phrase)
        return phrase if match is None else phrase[: match.start()]


def letters_in(text: str, letters: str) -> list[int]:
    """Return where in `text` one of `letters` stands, in order; quick where they are few."""
    found: list[int] = []
    for letter in letters:
        at = text.find(letter)
        while at >= 0:
            found.append(at)
            at = text.find(letter, at + 1)
    found.sort()
    return found


def matches_at(
    pattern: re.Pattern[str], text: str, places: Iterable[int], end: int = sys.maxsize
) -> list[re.Match[str]]:
    """Return the matches that `finditer` would find up to `end`, where each begins at one of `places`, in order."""
    found: list[re.Match[str]] = []
    reach = 0
    for at in places:
        match = pattern.match(text, at, end) if at >= reach else None
        if match is not None:
            found.append(match)
            reach = match.end()
    return found


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of any of `words`, the longest that fits."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def guard_of(patterns: Iterable[str]) -> Words:
    """Return words of which one stands wherever one of `patterns` is found."""
    words = [words_of(pattern) for pattern in patterns]
    return Words(_shortest(frozenset().union(*words)) if all(words) else [""])


def _shortest(words: _Words) -> list[str]:
    """Return those of `words` that hold no other: where 年计划 stands, 计划 stands."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(one in word for one in kept):
            kept.append(word)
    return sorted(kept)


def words_of(pattern: str) -> frozenset[str]:
    """Return words of which every match of `pattern` holds at least one; none when there are no such words.

    >>> sorted(words_of("力争|(?<!年度)计划(?!生育)|(?:要|再)[^，]{0,3}(?:新建|改造)了?"))
    ['力争', '改造', '新建', '计划']
    """
    words, _, end = _alternatives(pattern, 0)
    return words if end == len(pattern) and "" not in words else _NONE


def _alternatives(pattern: str, at: int) -> tuple[_Words, bool, int]:
    """Return the words for what stands from `at` to the end of its bracket, and where that is.

    The second value says whether the words are all that can stand there.
    """
    words, is_all = _NONE, True
    is_free = False
    while True:
        found, is_whole, at = _sequence(pattern, at)
        words, is_all, is_free = words | found, is_all and is_whole, is_free or not found
        if not pattern.startswith("|", at):
            return (_NONE if is_free else words), is_all, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[_Words, bool, int]:
    """Return the words for one alternative: of its parts, the one with the longest words is the most telling."""
    best, run, is_whole = _NONE, _EMPTY, True
    while (token := _TOKEN.match(pattern, at)) is not None and not token["end"]:
        at = token.end()
        held, is_all = frozenset([token["letter"]]) if token["letter"] else _NONE, token["letter"] is not None
        if token["around"] or token["group"]:
            held, is_all, at = _alternatives(pattern, at)
            at += 1
        if token["around"]:
            continue  # only narrows what matches
        repeat = _REPEAT.match(pattern, at)
        if repeat is not None:
            at, is_all = repeat.end(), False
            held = _NONE if repeat["maybe_none"] else held
        if is_all and len(run) * len(held) <= _MOST:
            run = frozenset(first + then for first in run for then in held)
        else:
            best, run, is_whole = max(best, run, held, key=_tells), _EMPTY, False
    return (run if is_whole else max(best, run, key=_tells)), is_whole, at


def _tells(words: _Words) -> tuple[int, int]:
    return min(map(len, words), default=0), -len(words)
