"""Why each figure of a report was read as it was: the name that decided, the names that lost, or what kept it no fact.

What is shown as read is what `extract_document` says; names and their scores are taken from the readings behind it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.domain.documents import Document
from tasks.domain.facts import Bound, Fact, Mention
from tasks.domain.periods import ReportPeriod
from tasks.extract.candidates import Candidate
from tasks.extract.engine import Reader, extract_document
from tasks.extract.likeness import RULE as LIKENESS
from tasks.extract.readings import Reading
from tasks.extract.scene import Hit, Scene
from tasks.extract.tables import table_cells
from tasks.lexicon import Alias

__all__ = ["ExplainedFigure", "ExplainedSentence", "Name", "explain_document"]

_SHOWN = 3  # rejected names per figure
_TRAITS = 5  # of a figure told by its likeness
_REACH_BEFORE, _REACH_AFTER = 44, 22
_BREAK = re.compile(r"\s*[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an indicator near a figure: what it means, where the lexicon has it, how well it fits.

    `score` is about 100 for a name right beside its figure, None where the rule weighs no names. `behind` is by how
    much it lost to the name that decided. `why_not` says why it was not even weighed.
    """

    code: str
    words: str
    place: str
    score: float | None = None
    behind: float | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedFigure:
    """One figure: what the text says (`low`, `high` in `unit`), and what it was read as, or the `reason` it was not.

    `decided` is the name it was read by, `others` the names that fitted too, or, of no fact, that came nearest; best
    first. `cell` is row label and column head of a table's cell.
    """

    start: int
    end: int
    surface: str
    low: float | None
    high: float | None
    unit: str
    bound: Bound
    fact: Fact | None
    reason: str
    decided: Name | None
    others: tuple[Name, ...]
    cell: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedSentence:
    """A sentence (or row of a table) that has figures, with its place in the document."""

    start: int
    end: int
    text: str
    figures: tuple[ExplainedFigure, ...]


def explain_document(document: Document, period: ReportPeriod | None, reader: Reader) -> list[ExplainedSentence]:
    """Return the sentences of `document` that have figures, in order, each figure with why it was read as it was."""
    extraction = extract_document(document, period, reader)
    explainer = _Explainer(document, period, reader)
    of_mentions = {one.fact for one in extraction.mentions}
    figures = [
        explainer.figure(one, None if one.fact is None else extraction.facts[one.fact]) for one in extraction.mentions
    ]
    figures += [
        explainer.zero_statement(fact) for number, fact in enumerate(extraction.facts) if number not in of_mentions
    ]
    grouped: dict[tuple[int, int], list[ExplainedFigure]] = {}
    for one in sorted(figures, key=lambda figure: figure.start):
        grouped.setdefault(explainer.sentence_at(one.start), []).append(one)
    return [
        ExplainedSentence(start, end, _BREAK.sub("", document.text[start:end]).strip(), tuple(held))
        for (start, end), held in grouped.items()
    ]


class _Explainer:
    """The readings of one document by place, to look up names in."""

    def __init__(self, document: Document, period: ReportPeriod | None, reader: Reader) -> None:
        self._document, self._reader = document, reader
        self._scene = scene = Scene(document, reader.index)
        quantities = reader.finder.find(scene.text)
        # Names do not depend on the year; what does, the measure, is taken from the extraction.
        readings = reader.resolver.resolve(scene, quantities, period.year if period else None)
        readings += reader.tables.read(document, scene)
        self._readings: Mapping[tuple[int, int], Reading] = {
            scene.view.place(one.quantity.start, one.quantity.end): one for one in readings
        }
        self._cells = {one.block.index: (one.label, one.head) for one in table_cells(document)}
        self._before: Name | None = None

    def sentence_at(self, start: int) -> tuple[int, int]:
        """Return the place in the document of the sentence that holds its character at `start`."""
        span = self._scene.span("sentence", self._scene.view_span(start, start + 1)[0])
        return self._scene.view.place(*span)

    def figure(self, mention: Mention, fact: Fact | None) -> ExplainedFigure:
        """Return what is behind a mention and the fact it became, if any."""
        reading = self._readings.get((mention.start, mention.end))
        cell = self._cells.get(-1 if mention.block is None else mention.block)
        decided: Name | None = None
        others: tuple[Name, ...] = ()
        if fact is not None:
            decided = self._decided(fact, reading, cell)
            others = tuple(_candidate(one, decided) for one in reading.rivals) if reading is not None else ()
        elif reading is not None and cell is None:
            others = self._rejected(reading)
        self._before = decided
        return ExplainedFigure(
            mention.start, mention.end, mention.surface, mention.low, mention.high, mention.unit, mention.bound, fact,
            "" if fact is not None else mention.reject_reason, decided, others,
            " / ".join(words for words in cell or () if words),
        )  # fmt: skip

    def zero_statement(self, fact: Fact) -> ExplainedFigure:
        """Return a fact that stands for a phrase without a figure: 没有发生重大安全事故."""
        surface = self._document.text[fact.start : fact.end]
        return ExplainedFigure(
            fact.start, fact.end, surface, fact.low, fact.high, fact.unit, fact.bound, fact, "", None, ()
        )

    # --- the name that decided ----------------------------------------------------------------------------------

    def _decided(self, fact: Fact, reading: Reading | None, cell: tuple[str, str] | None) -> Name | None:
        """Return the name that `fact` was read by: the one that was weighed, or the nearest that means the same."""
        if reading is not None and reading.named is not None and reading.named.alias.code == fact.indicator:
            return _candidate(reading.named, None)
        if fact.rule_id == LIKENESS and reading is not None:
            reasons = self._reader.resolver.likeness.reasons(self._scene, reading.quantity, fact.indicator)
            return Name(fact.indicator, " ".join(reasons[:_TRAITS]), "likeness.bin")
        if fact.rule_id.startswith("pair"):
            return self._before  # the people of the households just counted have their name
        if cell is not None:
            return next((found for words in cell if (found := self._in_label(words, fact.indicator))), None)
        scene = self._scene
        start, end = scene.view_span(fact.start, fact.end)
        first = scene.span("sentence", start)[0]
        before = list(reversed(scene.hits_between(first, start)))
        after = scene.hits_between(end, scene.span("clause", end)[1])
        return _meaning(before, fact) or _meaning(after, fact)

    def _in_label(self, words: str, code: str) -> Name | None:
        aliases = (alias for hit in self._reader.index.find(words) for alias in hit.aliases)
        return next((Name(code, one.words, one.line) for one in aliases if one.code == code), None)

    # --- names that did not decide ------------------------------------------------------------------------------

    def _rejected(self, reading: Reading) -> tuple[Name, ...]:
        """Return the names nearest to a figure that became no fact: those that fitted, then those that did not."""
        scene, names = self._scene, self._reader.resolver.names
        zone, sentence = reading.zone, scene.span("sentence", reading.quantity.start)[0]
        found = [reading.named] if reading.named is not None else []
        found += names.best(scene, reading.quantity, zone, (), sentence)
        by_code = {one.alias.code: _candidate(one, None) for one in reversed(found)}
        fitting = sorted(by_code.values(), key=lambda one: -(one.score or 0))
        hits = list(reversed(scene.hits_between(max(zone.start, zone.lead - _REACH_BEFORE), zone.lead)))
        hits += scene.hits_between(zone.tail, min(zone.end, zone.tail + _REACH_AFTER))
        unfit: dict[str, Name] = {}
        for hit in hits:
            for alias in hit.aliases:
                if alias.code not in by_code and alias.code not in unfit:
                    why = self._why_not(reading, hit, alias)
                    unfit[alias.code] = Name(alias.code, alias.words, alias.line, why_not=why)
        return (*fitting, *unfit.values())[:_SHOWN]

    def _why_not(self, reading: Reading, hit: Hit, alias: Alias) -> str:
        """Return what kept a name from naming a figure, the plainest reason first."""
        scene, q, zone = self._scene, reading.quantity, reading.zone
        text, is_before = scene.text, hit.end <= zone.lead
        if not self._reader.resolver.names.fits(q.unit, alias.code):
            return f"counts {self._reader.catalogue[alias.code].unit}, not {q.unit.unit or 'this'}"
        sentence = scene.span("sentence", q.start)[0]
        clause = scene.span("clause", min(hit.start, q.start))[0]
        end = max(q.end, hit.end + 4)
        for word in alias.excludes:
            plain = word.lstrip("^~>")
            if text.find(plain, sentence if word[0] == "^" else end if word[0] == ">" else clause, end + 24) >= 0:
                return f"{plain} stands there"
        for group in alias.needs:
            if not any(text.find(word, sentence, end + 8) >= 0 for word in group):
                return f"needs one of {'|'.join(group[:6])}{'…' if len(group) > 6 else ''}"
        if alias.side not in {"before" if is_before else "after", "both"}:
            return f"must stand {alias.side} its figure"
        between = text[hit.end : zone.lead] if is_before else text[zone.tail : hit.start]
        return f"too far: {_BREAK.sub('', between)} stands between" if between else "another figure has it"


def _meaning(hits: Iterable[Hit], fact: Fact) -> Name | None:
    """Return the first of `hits` that means the indicator of `fact`, or else the crop that is its item."""
    held = list(hits)
    for hit in held:
        for alias in hit.aliases:
            if alias.code == fact.indicator:
                return Name(fact.indicator, alias.words, alias.line)
    crop = next((hit.words for hit in held if hit.crop and hit.crop == fact.item), "")
    return Name(fact.indicator, crop, "crops.csv") if crop else None


def _candidate(one: Candidate, winner: Name | None) -> Name:
    behind = winner.score - one.score if winner is not None and winner.score is not None else None
    return Name(one.alias.code, one.alias.words, one.alias.line, one.score, behind)
