"""Which words of a lexicon changed since another one: what a change of words can have an effect on.

Names of indicators (aliases, frames) and decoys are found in a text as they are written. A row of theirs that came,
went or changed can only have an effect on texts with these words in them. Units, crops and the words that the engine
reads grammar by work everywhere: when one of those changes, every text may be read in another way.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.lexicon import Lexicon

__all__ = ["LexiconTerms", "changed_words", "terms_of"]


@dataclass(frozen=True, slots=True)
class LexiconTerms:
    """A lexicon seen as words and what each stands for; `rest` is a hash of everything that is no plain word.

    `words` maps each alias or decoy, as written, to a hash of its rows in their order (the order decides ties).
    """

    version: str
    words: Mapping[str, str]
    rest: str


def terms_of(lexicon: Lexicon) -> LexiconTerms:
    """Return the words of `lexicon`; lines and comments do not count, the same rows elsewhere are the same."""
    rows: dict[str, list[object]] = {}
    for one in lexicon.aliases:
        row = (one.code, one.side, one.needs, one.excludes, one.item, one.is_verb)
        rows.setdefault(one.words, []).append(row)
    for word in lexicon.decoys:
        rows.setdefault(word, []).append("decoy")
    rest = (sorted(lexicon.crops.items()), sorted(lexicon.units.items()), lexicon.words)
    return LexiconTerms(lexicon.version, {word: _hash(stands_for) for word, stands_for in rows.items()}, _hash(rest))


def changed_words(before: LexiconTerms, after: LexiconTerms) -> frozenset[str] | None:
    """Return the words that stand for something else in `after` than in `before`; None when anything may read anew."""
    if before.rest != after.rest:
        return None
    everything = before.words.keys() | after.words.keys()
    return frozenset(word for word in everything if before.words.get(word) != after.words.get(word))


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
