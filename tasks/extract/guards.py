"""Words of which every match of a pattern holds one: where none stands, the pattern itself need not be tried.

Patterns of the lexicon begin with what must not stand before (`(?<!年度)计划`); to try those at every letter takes ten
times as long as to look for plain words.
"""

import re
import sys
from collections.abc import Iterable

__all__ = ["Ending", "guard_of", "one_of", "words_of"]

_Words = frozenset[str]
_NONE: _Words = frozenset()
_EMPTY: _Words = frozenset([""])
_MOST = 400
_TOKEN = re.compile(
    r"(?P<around>\(\?<?[=!])|(?P<group>\((?:\?:|\?P<\w+>)?)|(?P<end>[|)])|(?P<letter>[^\[\\.^$*+?{}()|])"
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[.^$]"
)
_REPEAT = re.compile(r"(?P<maybe_none>[?*]|\{0?,\d*\})\??|(?:\+|\{\d+,?\d*\})\??")


class Ending:
    """A pattern that ends a phrase; only the last `reach` letters of the phrase are looked at."""

    __slots__ = ("_guard", "_reach", "_search", "pattern")

    def __init__(self, pattern: str, reach: int = sys.maxsize) -> None:
        self.pattern = pattern
        self._search = re.compile(f"(?:{pattern})$").search
        self._guard = guard_of([pattern]).search
        self._reach = reach

    def search(self, phrase: str) -> re.Match[str] | None:
        """Return what of `phrase` the pattern matches."""
        start = max(0, len(phrase) - self._reach)
        return self._search(phrase, start) if self._guard(phrase, start) else None

    def without(self, phrase: str) -> str:
        """Return `phrase` without what the pattern matches."""
        match = self.search(phrase)
        return phrase if match is None else phrase[: match.start()]


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of any of `words`, the longest that fits."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def guard_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of plain words that is found wherever one of `patterns` is found."""
    words = [words_of(pattern) for pattern in patterns]
    return re.compile(_any_of(_shortest(frozenset().union(*words))) if all(words) else "")


def _shortest(words: _Words) -> list[str]:
    """Return those of `words` that hold no other: where 年计划 stands, 计划 stands."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(one in word for one in kept):
            kept.append(word)
    return sorted(kept)


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of `words`, none of which begins with another, that looks at a shared begin once."""
    kept = list(words)
    tails = {letter: [word[1:] for word in kept if word[0] == letter] for letter in sorted({word[0] for word in kept})}
    single = [re.escape(letter) for letter, rest in tails.items() if rest == [""]]
    parts = [
        re.escape(letter) + (re.escape(rest[0]) if len(rest) == 1 else f"(?:{_any_of(rest)})")
        for letter, rest in tails.items()
        if rest != [""]
    ]
    return "|".join([*parts, *([f"[{''.join(single)}]"] if len(single) > 1 else single)])


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
