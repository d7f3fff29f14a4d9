"""Which unit stands at a place of a text, and where its letters are another word: 人大, 单位, 根据."""

from typing import Final

from tasks.lexicon import Lexicon, UnitWord

__all__ = ["UnitFinder"]

_NONE: Final = ("\0",)


class UnitFinder:
    """Finds units; built once from the lexicon and shared by threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._units = dict(lexicon.units)
        self.lengths: dict[str, tuple[int, ...]] = {}
        for surface in lexicon.units:
            known = set(self.lengths.get(surface[0], ()))
            self.lengths[surface[0]] = tuple(sorted(known | {len(surface)}, reverse=True))
        words = lexicon.words
        self._not_after: dict[str, tuple[str, ...]] = {
            unit: tuple(stops) for unit, stops in words["not_units_after"].items()
        }
        self._still: dict[str, tuple[str, ...]] = {
            unit: tuple(still) for unit, still in words["units_still_before"].items()
        }

    def at(self, text: str, position: int) -> UnitWord | None:
        """Return the longest unit that `text` has at `position`, or None."""
        for length in self.lengths.get(text[position : position + 1], ()):
            unit = self._units.get(text[position : position + length])
            if unit is not None and not self.is_another_word(text, unit.surface, position + length):
                return unit
        return None

    def is_another_word(self, text: str, surface: str, end: int) -> bool:
        """Return whether what stands at `end` makes the unit before it another word: 人大, but not 4083人大多."""
        stops = self._not_after.get(surface)
        if stops is None or not text.startswith(stops, end):
            return False
        return not text.startswith(self._still.get(surface, _NONE), end)
