"""What words mean, as data: aliases, verbs, hedges, units; a bad row is reported as file:line."""

from tasks.lexicon.loading import Alias, Lexicon, UnitWord, load_lexicon

__all__ = ["Alias", "Lexicon", "UnitWord", "load_lexicon"]
