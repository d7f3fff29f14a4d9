"""What a figure's words may name: where its name may stand, and one name with how well it fits."""

from dataclasses import dataclass
from typing import Final

from tasks.extract.scene import Hit
from tasks.lexicon import Alias

__all__ = ["MARGIN", "Candidate", "Zone", "keep", "ranked"]

MARGIN: Final = 12.0  # a rival this near to the winner is kept as a second reading


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Zone:
    """Where a figure's name may stand: `start:lead` before it, `tail:end` after it.

    `listed`: the name is one of a list; words around it belong to the others.
    """

    start: int
    lead: int
    tail: int
    end: int
    listed: bool

    def __init__(self, start: int, lead: int, tail: int, end: int, listed: bool = False) -> None:
        self.start = start
        self.lead = lead
        self.tail = tail
        self.end = end
        self.listed = listed


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Candidate:
    """One reading of a figure's name and how well it fits."""

    score: float
    alias: Alias
    hit: Hit
    is_before: bool
    residue: int

    def __init__(self, score: float, alias: Alias, hit: Hit, is_before: bool, residue: int) -> None:
        self.score = score
        self.alias = alias
        self.hit = hit
        self.is_before = is_before
        self.residue = residue

    @property
    def item(self) -> str:
        """The item that the name itself implies."""
        return self.alias.words if self.alias.item == "=" else self.alias.item


def keep(found: dict[str, Candidate], candidate: Candidate) -> None:
    """Keep `candidate` in `found`, by its indicator, unless a better one is there."""
    other = found.get(candidate.alias.code)
    if other is None or other.score < candidate.score:
        found[candidate.alias.code] = candidate


def ranked(found: dict[str, Candidate]) -> list[Candidate]:
    """Return the candidates of `found`, best first."""
    candidates = list(found.values())
    return sorted(candidates, key=lambda one: -one.score) if len(candidates) > 1 else candidates
