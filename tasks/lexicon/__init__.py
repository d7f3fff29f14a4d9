"""What words mean, as data: aliases, verbs, hedges, units; a bad row is reported as file:line."""

from tasks import native

native.prefer_compiled(native.ENGINE, __path__, __name__)

from tasks.lexicon.loading import Alias, Lexicon, UnitWord, load_lexicon  # noqa: E402 (see native)
from tasks.lexicon.weights import NOTHING_LEARNT, Weights, load_weights  # noqa: E402

__all__ = ["NOTHING_LEARNT", "Alias", "Lexicon", "UnitWord", "Weights", "load_lexicon", "load_weights"]
