"""From quantities to facts: which indicator, which measure, which item; one reading per figure, with its rule."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.periods import ReportPeriod
from tasks.extract.against_aims import set_against
from tasks.extract.ahead import tell_changes_ahead
from tasks.extract.bodies import refuse_of_bodies
from tasks.extract.going_on import GoingOn
from tasks.extract.items import ItemFinder
from tasks.extract.likeness import Likeness, refuse_contradictory
from tasks.extract.list_changes import ListChanges
from tasks.extract.lists import NameLists
from tasks.extract.measures import MeasureWords
from tasks.extract.mentions import Quantity
from tasks.extract.named import NamedReader
from tasks.extract.names import NameFinder
from tasks.extract.new_of_all import is_new_of_it, tell_new_of_all
from tasks.extract.of_which import tell_of_which
from tasks.extract.own_years import goes_on_in_a_year
from tasks.extract.parts import refuse_told_parts
from tasks.extract.percentages import Percentage, PercentReader
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.extract.refusals import Refusals
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.scopes import Scopes
from tasks.extract.stating import MeasureReader
from tasks.extract.twins import TwinFinder
from tasks.extract.wholes import Wholes
from tasks.extract.zeros import ZeroStatement, find_zero_statements, firms_there_are_none_of
from tasks.extract.zones import ASIDE_ENDS, zones_of
from tasks.lexicon import Lexicon, Weights

__all__ = ["Resolver"]

_ASIDE: Final = re.compile(r"[（(\[【][^（()）\]】]*[）)\]】]")
# Why a figure is none that only goes on about one that nobody knows.
_NOTHING_NAMED: Final = frozenset(
    {"growth of nothing named", "share of nothing named", "completion of nothing named", "no indicator"}
)
_NEWLY_BUILT: Final = re.compile(r"新建|新设|新成立|组建")


class Resolver:
    """Reads quantities in their scene; holds only data, safe to share."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, index: AliasIndex, weights: Weights) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._words = MeasureWords(lexicon)
        self.names = NameFinder(catalogue, lexicon, self._words)
        items = ItemFinder(lexicon, self.names)
        rates = RateReader(catalogue, lexicon, self.names, self._words)
        self._lists = NameLists(index, self.names, self._words, items)
        self._twins = TwinFinder(index, self.names)
        self._changes = ListChanges(self.names, self._words)
        self._going_on = GoingOn(catalogue, lexicon, self.names, self._words, rates)
        self._named = NamedReader(lexicon, self.names, items, rates, MeasureReader(catalogue, self._words))
        self._percents = PercentReader(catalogue, self.names, self._words, rates, self._named)
        self._scopes = Scopes(catalogue, lexicon)
        self._refusals = Refusals(lexicon)
        self._wholes = Wholes(lexicon)
        self.likeness = Likeness(weights, self.names, self._catalogue)

    def resolve(
        self, scene: Scene, quantities: Sequence[Quantity], year: int | None, period: ReportPeriod | None = None
    ) -> list[Reading]:
        """Return one reading per quantity, in order; `year` is the report's, `period` its period, where known."""
        sentences: dict[tuple[int, int], list[Quantity]] = {}
        sentence = (0, -1)
        for one in quantities:
            if one.start >= sentence[1]:
                sentence = scene.span("sentence", one.start)
            sentences.setdefault(sentence, []).append(one)
        scene.find_names(list(sentences))
        readings: list[Reading] = []
        for (start, end), held in sentences.items():
            readings += self._sentence(scene, held, start, end, readings[-1] if readings else None)
        self._scopes.settle(scene, readings, year, period)
        tell_new_of_all(scene.text, readings, self._catalogue)
        refuse_of_bodies(scene, readings)
        self._wholes.refuse_parts(scene, readings)
        refuse_told_parts(scene, readings)
        refuse_contradictory(readings)
        return readings

    def zeros(self, scene: Scene, year: int | None) -> list[ZeroStatement]:
        """Return the statements that something did not happen, in order; those of plans are plans."""
        return [
            replace(one, measure="plan") if self._scopes.is_plan(scene, one.end - 1, year) else one
            for one in find_zero_statements(scene) if one.code in self._catalogue
        ]  # fmt: skip

    # --- a sentence ---------------------------------------------------------------------------------------------

    def _sentence(
        self, scene: Scene, quantities: Sequence[Quantity], start: int, end: int, before: Reading | None
    ) -> list[Reading]:
        places = [scene.place(q.start) for q in quantities]
        zones = zones_of(scene, quantities, places)
        chain = [Reading(q, zones[at], places[at]) for at, q in enumerate(quantities)]
        listed, pending = self._lists.distribute(scene, chain, start)
        used: set[tuple[str, int]] = set()
        for position, reading in enumerate(chain):
            if position in pending and self._changes.continues(scene, chain, pending[position], start):
                listed |= set(pending[position])
            if position not in listed:
                self._read(scene, reading, chain[:position], chain[position + 1 :], used, start, before)
            reading.has_mention = reading.quantity.stated_value != "零"
            tell_of_which(scene, reading, chain[position - 1] if position else None, self._catalogue)
            if reading.named is not None and reading.measure not in {"growth_pct", "share_pct", "completion_pct"}:
                used.add((reading.named.alias.code, reading.named.hit.start))
        self._tell_likely(scene, chain, used, start, before)
        tell_changes_ahead(scene.text, chain, self._words)
        twins = [(position, self._twins.of(scene, one)) for position, one in enumerate(chain) if one.named]
        for position, twin in reversed(twins):
            if twin is not None:
                chain.insert(position + 1, twin)
        return chain

    def _tell_likely(
        self, scene: Scene, chain: list[Reading], used: set[tuple[str, int]], start: int, before: Reading | None
    ) -> None:
        """Tell what no rule read by its likeness, and read anew what may go on about it: 鲜切花产值1.2亿元，增长18%."""
        for position, reading in enumerate(chain):
            if reading.reason != "no indicator" or not self.likeness.tells(scene, reading):
                continue
            for later in range(position + 1, len(chain)):
                if chain[later].code or chain[later].reason not in _NOTHING_NAMED:
                    break
                self._read(scene, chain[later], chain[:later], chain[later + 1 :], used, start, before)
                chain[later].leans_on = reading

    # --- one figure ---------------------------------------------------------------------------------------------

    def _read(
        self, scene: Scene, reading: Reading, before: list[Reading], after: list[Reading],
        used: set[tuple[str, int]], sentence: int, earlier: Reading | None,
    ) -> Reading:  # fmt: skip
        q, text = reading.quantity, scene.text
        previous = before[-1] if before else None
        if previous is not None and self._going_on.is_second_unit(text, q, previous):
            return reading.refuse("second unit")
        if text[q.start] in "没无" and (code := firms_there_are_none_of(scene, q)):
            return reading.take(code, "level", "", "none", 0.9)  # 没有一家规上企业
        reason = "zero of nothing named" if text[q.start] in "无没未" else self._refusals.reason(scene, q)
        if reason:
            return reading.refuse(reason)
        if previous is not None and _is_round(text, previous):
            before = before[:-1]  # 首次突破万元大关，比2014年的9485元增长9.9%
            previous = before[-1] if before else None
        if previous is not None and self._going_on.is_reason(text, reading, previous):
            before = before[:-1]  # 由于上年两个大项目集中竣工，下降11.5%: of what the clause before the reason says
            previous = before[-1] if before else None
        clause = reading.place.clause[0]
        own_start = max(clause, previous.quantity.outer_end if previous else 0)
        if previous is not None and reading.zone.start < previous.quantity.start < reading.zone.lead:
            # The figure before stood in a bracket: what goes on goes on about the words before the bracket.
            before = [one for one in before if one.quantity.outer_end <= reading.zone.start]
            previous = before[-1] if before else None
            own_start = max(clause, reading.zone.start)
        own = text[own_start : q.outer_start]
        if ASIDE_ENDS.stand_in(own):
            own = _ASIDE.sub("", own)
        if previous is not None and self._is_aim_of(text, q, own, previous):
            return reading.take(previous.code, "plan", previous.item, "target", previous.confidence)
        if previous is not None and previous.code and is_new_of_it(text, q, own, previous, self._counts_new(previous)):
            return reading.take(previous.code, "growth_abs", previous.item, "new", previous.confidence)
        subject = self._going_on.subject(text, before, q, own, earlier)
        if q.unit.dimension in {"share", "points", "times"}:
            case = Percentage(scene, reading, own, clause, sentence, subject, used, previous)
            return self._percents.read(case)
        if self._going_on.pair(text, reading, previous):
            return reading
        if (
            subject is not None
            and not self._is_replaced(scene, q, subject, clause, own)
            and self._going_on.goes_on(text, reading, own, subject)
        ):
            return reading
        return self._named.read(scene, reading, own, clause, used, sentence, before)

    def _counts_new(self, one: Reading) -> bool:
        """Return whether what is new of `one` is an increase of it: a stock, or the area of a crop."""
        return self._catalogue[one.code].kind == "stock" or one.code == "agri.crop_area"

    def _is_aim_of(self, text: str, q: Quantity, own: str, previous: Reading) -> bool:
        """Return whether `q` is what the figure before was to come to: 增长7.4%，低于年初提出的9%的目标."""
        if not previous.code or not set_against(text, q, own, previous, self._catalogue[previous.code].unit):
            return False
        return q.unit.dimension == "share" or self.names.fits(q.unit, previous.code)

    def _is_replaced(self, scene: Scene, q: Quantity, subject: Reading, clause: int, own: str) -> bool:
        """Return whether a clause since `subject` begins with another name: …37家，龙头企业从无到有，现有3家.

        Or whether one stands right before the figure behind 新建: 发展党员12名，在快递行业新建党支部3个.
        """
        after = subject.quantity.outer_end
        if _NEWLY_BUILT.search(own):
            hits = scene.hits_between(max(clause, q.outer_start - 8), q.outer_start)
            codes = {one.code for one in hits[-1].aliases if one.side != "after"} if hits else set()
            if codes and hits[-1].end == q.outer_start and subject.code not in codes:
                return True
        is_told_on = self._words.reached.search(own) is not None or goes_on_in_a_year(own)
        if clause <= after or not (is_told_on or "；" in scene.text[after:clause]):
            return False
        hits = scene.hits_between(scene.span("clause", clause - 2)[0], clause)
        return any(
            alias.code != subject.code and alias.side != "after" and self.names.fits(q.unit, alias.code)
            for hit in hits[:1]
            if hit.start > after and scene.text[hit.start - 1] in "，；"
            for alias in hit.aliases
        )


def _is_round(text: str, one: Reading) -> bool:
    """Return whether `one` is only a round number that was passed: 突破万元大关."""
    is_bare = not one.code and text[one.quantity.start] in "万亿千百"
    return is_bare and text.startswith(("大关", "门槛", "关口"), one.quantity.outer_end)
