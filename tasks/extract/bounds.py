"""Words that bound a figure: 近, 超过, 不到 before it; 余, 以上, 左右 after it."""

from typing import Final

from tasks.domain.facts import Bound
from tasks.lexicon import Lexicon

__all__ = ["BoundWords"]

_AFTER_MORE: Final = frozenset("，。；、的一")


class BoundWords:
    """Finds the words that bound a figure; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        bounds = lexicon.words["bounds"]
        self._before: dict[str, Bound] = {}
        self._after: dict[str, Bound] = {}
        for side, table in (("before", self._before), ("after", self._after)):
            for bound in ("at_most", "at_least", "approx"):
                table.update(dict.fromkeys(bounds[f"{side}_{bound}"], bound))
        self._bound_starts = frozenset(word[0] for word in self._after)
        self._bound_ends = frozenset(word[-1] for word in self._before)
        self._longest = max(map(len, self._before))
        self._not_bound: dict[str, frozenset[str]] = {
            word: frozenset(letters) for word, letters in bounds["not_after_letter"].items()
        }
        self._only_after: dict[str, frozenset[str]] = {
            word: frozenset(letters) for word, letters in bounds["only_after_letter"].items()
        }

    def around(self, text: str, start: int, end: int) -> tuple[Bound, int, int]:
        """Return the bound that the words right before `start` or right after `end` set, and how far they reach."""
        for length in (4, 3, 2, 1) if text[end : end + 1] in self._bound_starts else ():
            word = text[end : end + length]
            bound = self._after.get(word)
            if bound is not None and len(word) == length:
                # 两成多，: a hedge; 8774元多612元, 多收: a new word.
                if word == "多" and text[end + 1 : end + 2] not in _AFTER_MORE:
                    continue
                return bound, start, end + length
        if text[start - 1 : start] in self._bound_ends:
            for length in range(self._longest, 0, -1):
                word = text[max(0, start - length) : start]
                bound = self._before.get(word)
                letter = text[start - length - 1 : start - length]
                if bound is not None and letter not in self._not_bound.get(word, ()):
                    if word in self._only_after and letter not in self._only_after[word]:
                        break
                    return bound, start - length, end
        return "exact", start, end
