"""What was read against the gold, by the rules of the shared `score_facts.py` and `score_mentions.py`.

Facts: the same fact stated in several places counts once on both sides; one that was read is right when code, measure,
value (within 1e-6) and bound agree, each gold fact once. Gold facts with bound `corrupt` are neither required nor held
against a reading of their code. Quantities: one is found when a mention overlaps it; a mention is false when it
overlaps no gold quantity, unless the text there is one of `NEITHER`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from cases import Case
from markup import GoldFact

from tasks.domain.facts import Extraction, Fact

__all__ = ["NUMERAL", "Score", "Totals", "score_case", "totals_of"]

NEITHER = ("duration", "threshold", "age", "dual unit", "zero statement", "rank", "list count", "vague", "per-unit")
NUMERAL = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿两半成倍ⅩXx×*]")


@dataclass(slots=True)
class Score:
    """What came of one report: facts by how they fared, and counts of quantities."""

    case: Case
    hits: list[tuple[Fact, GoldFact]] = field(default_factory=list)
    missed: list[GoldFact] = field(default_factory=list)
    false: list[Fact] = field(default_factory=list)
    required: list[GoldFact] = field(default_factory=list)
    items: int = 0
    quantities: int = 0
    found: int = 0
    counted: int = 0
    false_mentions: list[str] = field(default_factory=list)
    missed_quantities: list[str] = field(default_factory=list)
    values: int = 0
    values_right: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of one report or of several together."""

    facts: int
    right: int
    false: int
    items: int
    quantities: int
    found: int
    counted: int
    false_mentions: int
    values: int
    values_right: int

    @property
    def recall(self) -> float:
        """The share of the gold facts that were read."""
        return self.right / max(1, self.facts)

    @property
    def precision(self) -> float:
        """The share of the facts read that are right."""
        return self.right / max(1, self.right + self.false)

    @property
    def quantity_recall(self) -> float:
        """The share of the gold quantities that a mention overlaps."""
        return self.found / max(1, self.quantities)

    @property
    def quantity_precision(self) -> float:
        """The share of the mentions that are quantities."""
        return 1 - self.false_mentions / max(1, self.counted)


def totals_of(scores: Iterable[Score]) -> Totals:
    """Return the counts of `scores` together."""
    all_scores = list(scores)

    def total(count: Callable[[Score], int]) -> int:
        return sum(count(one) for one in all_scores)

    return Totals(
        facts=total(lambda one: len(one.hits) + len(one.missed)),
        right=total(lambda one: len(one.hits)),
        false=total(lambda one: len(one.false)),
        items=total(lambda one: one.items),
        quantities=total(lambda one: one.quantities),
        found=total(lambda one: one.found),
        counted=total(lambda one: one.counted),
        false_mentions=total(lambda one: len(one.false_mentions)),
        values=total(lambda one: one.values),
        values_right=total(lambda one: one.values_right),
    )


def score_case(case: Case, extraction: Extraction, known: Collection[str]) -> Score:
    """Return how `extraction` fares against the gold of `case`; facts of codes that are not `known` do not count."""
    score = Score(case)
    _score_facts(score, [one for one in extraction.facts if one.indicator in known])
    if case.has_places:
        _score_quantities(score, extraction)
    return score


# --- facts ----------------------------------------------------------------------------------------------------------


def _score_facts(score: Score, facts: Sequence[Fact]) -> None:
    gold = list({_key(one.code, one.measure, one.value, one.bound, one.item): one
                 for one in reversed(score.case.facts)}.values())[::-1]  # fmt: skip
    read = list({_key(one.indicator, one.measure, one.value, one.bound, one.item): one
                 for one in reversed(facts)}.values())[::-1]  # fmt: skip
    score.required = [one for one in gold if one.bound != "corrupt"]
    corrupt = [one for one in gold if one.bound == "corrupt"]
    score.missed = list(score.required)
    for fact in read:
        fitting = [one for one in score.missed if _is_right(fact, one)]
        if fitting:
            best = max(fitting, key=lambda one: _plain(one.item) == _plain(fact.item))
            score.missed.remove(best)
            score.hits.append((fact, best))
            score.items += _same_item(fact.item, best.item)
            continue
        excused = next((one for one in corrupt if one.code == fact.indicator), None)
        if excused is None:
            score.false.append(fact)
        else:
            corrupt.remove(excused)


def _key(code: str, measure: str, value: float | None, bound: str, item: str) -> tuple[str, str, str, str, str]:
    return code, measure, "" if value is None else f"{value:.9g}", bound, _plain(item)


def _is_right(fact: Fact, gold: GoldFact) -> bool:
    if (fact.indicator, fact.measure) != (gold.code, gold.measure):
        return False
    if "masked" in {fact.bound, gold.bound}:
        return fact.bound == gold.bound
    if gold.bound == "range":  # a range may be given by either end or its middle, as long as it says so
        return fact.bound == "range" and fact.value is not None
    return fact.bound == gold.bound and _same_number(fact.value, gold.value)


def _same_number(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def _plain(item: str) -> str:
    return re.sub(r"[\W_]+", "", item)


def _same_item(read: str, gold: str) -> bool:
    a, b = _plain(read), _plain(gold)
    return a == b or bool(a and b and (a in b or b in a))


# --- quantities -----------------------------------------------------------------------------------------------------


def _score_quantities(score: Score, extraction: Extraction) -> None:
    case, mentions = score.case, extraction.mentions
    gold: list[tuple[int, int, float | None]] = [(one.start, one.end, None) for one in case.facts]
    gold += [(one.start, one.end, one.value) for one in case.quantities]
    gold = [one for one in gold if NUMERAL.search(case.text[one[0] : one[1]])]
    neither = [(one.start, one.end) for one in case.non_mentions if one.why.startswith(NEITHER)]
    score.quantities = len(gold)
    for start, end, value in gold:
        hit = [one for one in mentions if one.start < end and start < one.end]
        score.found += bool(hit)
        if not hit:
            score.missed_quantities.append(_around(case.text, start, end))
        elif value is not None:
            stated = [number for one in hit for number in (one.low, one.high) if number is not None]
            score.values += 1
            score.values_right += any(_same_number(number, value) for number in stated)
    for one in mentions:
        if any(one.start < end and start < one.end for start, end, _ in gold):
            score.counted += 1
        elif not any(one.start < end and start < one.end for start, end in neither):
            score.counted += 1
            score.false_mentions.append(_around(case.text, one.start, one.end))


def _around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 12) : start], text[end : end + 8]
    return f"{before}[{text[start:end]}]{after}".replace("\n", "⏎").replace("\r", "")
