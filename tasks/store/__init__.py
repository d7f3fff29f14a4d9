"""The stage store: results of costly stages kept by (bytes, version of the stage), outside the warehouse.

What is in it can be computed again at any time: an entry that is missing, damaged or of another version is a reason to
compute, never to fail. A new catalogue or lexicon reads stored Documents; nothing is parsed or recognised again for it.
"""

from tasks.store.entries import StageStore, Usage
from tasks.store.lexicons import LexiconTerms, changed_words, terms_of
from tasks.store.results import ResultStore

__all__ = ["LexiconTerms", "ResultStore", "StageStore", "Usage", "changed_words", "terms_of"]
