"""What a figure is which no rule reads: told by its likeness to figures that careful readers annotated.

Rules read what they know the words of. A figure whose words stand otherwise than any rule has it (文体活动近40场次,
最后3个贫困村如期销号) still looks like hundreds of figures in the gold: its unit, what stands right before and after
it, the names around it. `tasks/lexicon/likeness.bin` holds what each such trait speaks for, learnt from gold by
`tests/golden/learn.py`; here they are added up. What rules refused stays refused.
"""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from expectations.catalogue import Indicator
from tasks.domain.facts import Measure
from tasks.extract.names import NameFinder
from tasks.extract.owners import is_of_one_village
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading
from tasks.extract.scene import Hit, Scene
from tasks.lexicon import Weights

__all__ = ["Likeness", "buckets_of", "refuse_contradictory", "traits_of"]

_ANOTHER: Final = "another figure of the same is stated"
RULE: Final = "likeness"
_LIKELY: Final = 0.5
# Of what was told so in reports that nothing was learnt from, two thirds (just likely) to four fifths were right.
_LEAST_SURE: Final = 0.5
_SURER: Final = 0.3
_AIMED_AT: Final = re.compile(r"(?:任务|目标|计划)数?(?:的|为|是)?[（(]?$")  # 为年度任务2200座的106%
_RATES: Final = frozenset({"share", "points", "times", "per mille"})
# Codes whose items are parts of a whole: 其中玉米2.1万亩
_OF_ONE_CROP: Final = frozenset({"agri.crop_area", "agri.crop_output", "agri.crop_output_value"})
_DIVIDED: Final = _OF_ONE_CROP | {"project.count"}
_MASK: Final = 0x3FFFFFFF
_PRIME: Final = 16777619  # of FNV-1a, whose steps these are
_BEGIN: Final = 0x11C9DC5
_REACH: Final = 60  # characters before a figure that are looked at
_OWN: Final = 24
_EARLIER: Final = 30
_AFTER: Final = 10
_TITLE: Final = 14
_DIGIT: Final = 48
# ，：；（ end what is right before a figure; as code points.
_CUTS: Final = frozenset({0xFF0C, 0xFF1A, 0xFF1B, 0xFF08, 0x28})
_ENDS: Final = frozenset({0xFF0C, 0xFF1A, 0xFF1B, 0x3002, 0x0A, 0x09, 0xFF01, 0xFF1F})


def _codes(text: str, start: int, end: int) -> list[int]:
    """Return the code points of `text[start:end]`, a number as a single digit."""
    found: list[int] = []
    last = 0
    for at in range(start, end):
        code = ord(text[at])
        if 48 <= code <= 57 or (last == _DIGIT and code in (46, 44)):
            if last == _DIGIT:
                continue
            code = _DIGIT
        last = code
        found.append(code)
    return found


def _hash(seed: int, words: str) -> int:
    value = seed
    for letter in words:
        value = ((value ^ ord(letter)) * _PRIME) & _MASK
    return value


def _grams(found: dict[int, str], codes: list[int], seed: int, size: int, label: str) -> None:
    """Add the traits of all runs of `size` code points; `label` says where they stand, or is '' where nobody asks."""
    for at in range(len(codes) - size + 1):
        value = seed
        for step in range(size):
            value = ((value ^ codes[at + step]) * _PRIME) & _MASK
        found[value] = label + "".join(map(chr, codes[at : at + size])) if label else ""


def _beside(found: dict[int, str], codes: list[int], seed: int, label: str) -> None:
    """Add the traits of what stands right beside a figure: its first letter, its first two, …"""
    value = seed
    words = ""
    for code in codes:
        value = ((value ^ code) * _PRIME) & _MASK
        words += chr(code)
        found[value] = label + words if label else ""


def traits_of(scene: Scene, q: Quantity, is_explained: bool = False) -> dict[int, str]:
    """Return the traits of a figure, as hashes: of its unit, size, the words and names around it, and its topic.

    Each has a label that says in words what it is; empty, and twice as fast, unless `is_explained`.
    """
    text = scene.text
    start, end = scene.span("sentence", q.start)
    begin = max(start, q.outer_start - _REACH)
    before = _codes(text, begin, q.outer_start)
    cut = len(before)
    while cut and before[cut - 1] not in _CUTS:
        cut -= 1
    own, earlier = before[max(cut, len(before) - _OWN) :], before[max(0, cut - _EARLIER) : cut]
    after = _codes(text, q.outer_end, min(end, q.outer_end + _AFTER))
    stop = 0
    while stop < len(after) and after[stop] not in _ENDS:
        stop += 1
    after = after[:stop]
    title = scene.topic(q.start, start)[:_TITLE]
    unit = _hash(_BEGIN, q.unit.unit)
    here, there, above = ("…", "… ", "# ") if is_explained else ("", "", "")
    found = {unit: q.unit.unit}
    if q.value is not None and q.value:
        found[_hash(unit, f"size{q.value.adjusted()}")] = f"{q.value.adjusted() + 1} digits"
    if not own:
        found[_hash(unit, "first")] = "first in its clause"
    _beside(found, after[:4], _hash(unit, "after"), here)
    # What stands in its clause, with its unit and without, in the clauses before, right behind, and in its title
    for size in (2, 3):
        _grams(found, own, _hash(_BEGIN, f"own{size}"), size, here)
        _grams(found, own, _hash(unit, f"own{size}"), size, here)
        _grams(found, earlier, _hash(_BEGIN, f"earlier{size}"), size, there)
    _grams(found, after, _hash(_BEGIN, "after2"), 2, here)
    _grams(found, _codes(title, 0, len(title)), _hash(_BEGIN, "title2"), 2, above)
    own.reverse()
    _beside(found, own[:5], _hash(unit, "before"), here)
    _names(found, scene.hits_between(begin, q.outer_start - len(own)), _hash(unit, "earlier name"))
    _names(found, scene.hits_between(max(begin, q.outer_start - len(own)), q.outer_start), _hash(unit, "name"))
    _names(found, scene.hits_between(q.outer_end, min(end, q.outer_end + _AFTER)), _hash(unit, "name after"))
    return found


def _names(found: dict[int, str], hits: Sequence[Hit], seed: int) -> None:
    """Add the indicators that `hits` may name, as traits."""
    for hit in hits:
        for alias in hit.aliases:
            found[_hash(seed, alias.code)] = alias.words
        if hit.crop:
            found[_hash(seed, "crop")] = hit.crop


def _bucket(trait: int, buckets: int) -> int:
    return (trait ^ (trait >> 15)) & (buckets - 1)


def buckets_of(scene: Scene, q: Quantity, buckets: int) -> list[int]:
    """Return the traits of a figure cut to `buckets` (a power of two), in order, each once."""
    return sorted({_bucket(one, buckets) for one in traits_of(scene, q)})


class Likeness:
    """Tells figures that no rule reads; holds only data."""

    def __init__(self, weights: Weights, names: NameFinder, catalogue: Mapping[str, Indicator]) -> None:
        self._weights = weights
        self._names = names
        self._catalogue = catalogue

    def tells(self, scene: Scene, reading: Reading) -> bool:
        """Read a figure as what it is like, and return True, where that is likely and nothing speaks against it."""
        q = reading.quantity
        if q.unit.dimension in _RATES or not self._names.has_any(q.unit):
            return False
        if scene.text.startswith("以上", q.end):
            return False  # 500亩以上坝区1个: a size
        code, likely = self.of(scene, q)[0]
        if likely < _LIKELY or not self._names.fits(q.unit, code) or self._is_none(scene, reading, code):
            return False
        item = _crop(scene, reading) if code in _OF_ONE_CROP else ""
        if code in _OF_ONE_CROP and not item:
            return False
        measure: Measure = "plan" if _AIMED_AT.search(scene.text, reading.place.clause[0], q.outer_start) else "level"
        reading.take(code, measure, item, RULE, round(_LEAST_SURE + _SURER * likely, 2))
        return True

    def _is_none(self, scene: Scene, reading: Reading, code: str) -> bool:
        """Return whether rules which refuse what is named refuse this too: a part, one village's, something else.

        Or whether it is less or more than a township can have.
        """
        text, zone, q = scene.text, reading.zone, reading.quantity
        value = None if q.value is None else q.value * q.unit.factor.numerator / q.unit.factor.denominator
        if value is not None and not self._catalogue[code].minimum <= value <= self._catalogue[code].maximum:
            return True
        start = max(zone.start, reading.place.clause[0])
        hits = scene.hits_between(start, zone.lead)
        if any(not one.aliases and not one.crop for one in hits):
            return True  # 奶牛存栏: words that are written in decoys.csv as none of its names
        if "其中" in text[start : zone.lead] and code not in _DIVIDED:
            return True
        return is_of_one_village(scene, code, hits[-1].start if hits else zone.lead)

    def of(self, scene: Scene, q: Quantity) -> list[tuple[str, float]]:
        """Return the kinds of figure that `q` is most like, likeliest first, with their share of all likelihood.

        A kind is the code of an indicator, a measure that rules tell (`measure:growth_pct`), or '' for no fact.
        """
        known = self._weights
        held = buckets_of(scene, q, known.buckets)
        sums = [0] * len(known.kinds)
        starts, kinds, weights = known.starts, known.of_kind, known.weights
        for bucket in held:
            for at in range(starts[bucket], starts[bucket + 1]):
                sums[kinds[at]] += weights[at]
        scale = known.scale / math.sqrt(len(held))
        likely = [1.0 / (1.0 + math.exp(-(bias + scale * total))) for bias, total in zip(known.bias, sums, strict=True)]
        whole = sum(likely)
        best = sorted(range(len(likely)), key=lambda one: -likely[one])[:3]
        return [(known.kinds[one], likely[one] / whole) for one in best]

    def reasons(self, scene: Scene, q: Quantity, code: str) -> list[str]:
        """Return the traits that speak most for `code`, the strongest first, in words."""
        known = self._weights
        kind = list(known.kinds).index(code)
        spoken: dict[str, int] = {}
        for trait, label in traits_of(scene, q, is_explained=True).items():
            bucket = _bucket(trait, known.buckets)
            for at in range(known.starts[bucket], known.starts[bucket + 1]):
                if known.of_kind[at] == kind and known.weights[at] > 0:
                    spoken[label] = spoken.get(label, 0) + known.weights[at]
        return sorted(spoken, key=lambda one: -spoken[one])


def _crop(scene: Scene, reading: Reading) -> str:
    crops = [one for one in scene.hits_between(reading.place.segment[0], reading.zone.lead) if one.crop]
    return crops[-1].crop if crops else ""


def refuse_contradictory(readings: Sequence[Reading]) -> None:
    """Refuse what is told by likeness where a rule read another figure of the same, and what goes on about it."""
    read: dict[tuple[str, str, str], set[Decimal | None]] = {}
    for one in readings:
        if one.code and one.rule != RULE:
            read.setdefault((one.code, one.measure, one.item), set()).add(one.quantity.value)
    for one in readings:
        leaned_on = one.leans_on
        if one.rule == RULE and one.code:
            others = read.get((one.code, one.measure, one.item))
            if others and one.quantity.value not in others:
                one.refuse(_ANOTHER)
        elif leaned_on is not None and leaned_on.reason == _ANOTHER:
            one.refuse(_ANOTHER)
