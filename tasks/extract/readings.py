"""What one quantity was read as, while a report is being read."""

from dataclasses import dataclass

from tasks.domain.facts import Measure
from tasks.extract.candidates import Candidate, Zone
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Place

__all__ = ["Reading"]


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Reading:
    """What one quantity was read as; `code` empty means no fact, for `reason`.

    `rivals` are other names that fitted, best first; `zone` is where names were looked for; `place` is where the
    figure begins; not `has_mention`: a second reading of its figure, or one of a word (降至零) that is no quantity.
    `leans_on` is the figure told by likeness that this goes on about.
    """

    quantity: Quantity
    zone: Zone
    place: Place
    code: str
    measure: Measure
    item: str
    negative: bool
    rule: str
    confidence: float
    reason: str
    named: Candidate | None
    rivals: list[Candidate]
    period: str
    has_mention: bool
    leans_on: "Reading | None"

    def __init__(
        self, quantity: Quantity, zone: Zone, place: Place, code: str = "", measure: Measure = "level", item: str = "",
        negative: bool = False, rule: str = "", confidence: float = 0.0, reason: str = "no indicator",
        named: Candidate | None = None, rivals: list[Candidate] | None = None, period: str = "",
        has_mention: bool = True, leans_on: "Reading | None" = None,
    ) -> None:  # fmt: skip
        self.quantity, self.zone, self.place = quantity, zone, place
        self.code, self.measure, self.item = code, measure, item
        self.negative, self.rule, self.confidence, self.reason = negative, rule, confidence, reason
        self.named, self.rivals = named, [] if rivals is None else rivals
        self.period, self.has_mention = period, has_mention
        self.leans_on = leans_on

    def take(self, code: str, measure: Measure, item: str, rule: str, confidence: float) -> "Reading":
        """Become the fact (`code`, `measure`, `item`) by `rule`; return self."""
        self.code, self.measure, self.item = code, measure, item
        self.rule, self.confidence, self.reason = rule, confidence, ""
        return self

    def refuse(self, reason: str) -> "Reading":
        """Become no fact, for `reason`; return self."""
        self.code, self.reason = "", reason
        return self

    def as_of(self, code: str) -> "Reading":
        """Return the same of another indicator: of the people where this one counts their households."""
        return Reading(
            self.quantity, self.zone, self.place, code, self.measure, self.item, self.negative, self.rule,
            self.confidence, self.reason, self.named, self.rivals, self.period, self.has_mention,
        )  # fmt: skip
