"""The other of two rates that one figure states: 养老、医疗保险参保率均稳定在98%."""

import re
from typing import Final

from tasks.extract.names import NameFinder
from tasks.extract.readings import Reading
from tasks.extract.scene import AliasIndex, Scene

__all__ = ["TwinFinder"]

_FIRST_OF_TWO: Final = re.compile(r"([\u4e00-\u9fff]{2,10})[、和及与]$")
_ALL_DONE: Final = re.compile(
    r"(?:全部|如期|按期|按时|顺利|基本|均)[\u4e00-\u9fff]{2}$"
)  # 全部完工、资金支付率: done, no rate


class TwinFinder:
    """Finds what else a rate states; holds only data."""

    def __init__(self, index: AliasIndex, names: NameFinder) -> None:
        self._index = index
        self._names = names

    def of(self, scene: Scene, reading: Reading) -> Reading | None:
        """Return the reading of the other of two rates that one figure states: 养老、医疗保险参保率均稳定在98%."""
        named, q = reading.named, reading.quantity
        if named is None or not named.is_before or q.unit.dimension != "share" or not reading.code:
            return None
        begin = max(reading.zone.start, reading.place.clause[0], named.hit.start - 14)
        first = _FIRST_OF_TWO.search(scene.text, begin, named.hit.start)
        if first is None or _ALL_DONE.search(first[1]):
            return None
        words, last = first[1], named.hit.words
        tails = ("", *(last[cut:] for cut in range(1, len(last))))
        for form in (words[start:] + tail for tail in tails for start in range(len(words) - 1)):
            for alias in self._index.named(form):
                stands = all(any(word in form for word in group) for group in alias.needs)
                if (
                    alias.code != reading.code
                    and alias.side != "after"
                    and stands
                    and self._names.fits(q.unit, alias.code)
                ):
                    twin = Reading(q, reading.zone, reading.place, has_mention=False)
                    return twin.take(alias.code, reading.measure, "", "twin", 0.88)
        return None
