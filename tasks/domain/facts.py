"""What the text says (Mention 数量) and what is asserted from it (Fact 指标值)."""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal, TypeVar, dataclass_transform

__all__ = ["BOUNDS", "MEASURES", "UNREADABLE", "Bound", "Extraction", "Fact", "FactStatus", "Measure", "Mention"]

_T = TypeVar("_T")

Measure = Literal["level", "prior_level", "growth_pct", "growth_abs", "share_pct", "completion_pct", "plan", "forecast"]
Bound = Literal["exact", "at_least", "at_most", "approx", "range", "masked", "damaged"]
FactStatus = Literal["accepted", "flagged", "rejected", "corrected"]

MEASURES: tuple[Measure, ...] = (
    "level",
    "prior_level",
    "growth_pct",
    "growth_abs",
    "share_pct",
    "completion_pct",
    "plan",
    "forecast",
)
BOUNDS: tuple[Bound, ...] = ("exact", "at_least", "at_most", "approx", "range", "masked", "damaged")
# A figure is there and cannot be read.
UNREADABLE: tuple[Bound, ...] = ("masked", "damaged")


@dataclass_transform(frozen_default=True)
def _record(cls: type[_T]) -> type[_T]:
    """Make `cls` a dataclass that mypy takes for a frozen one; frozen at run time it is made far slower.

    They are the most numerous objects of a report; freezing them took a fourteenth of the time to read it.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@_record
class Mention:
    """Any quantity in the text, whether or not an indicator claims it.

    `start:end` spans number and unit without the words of bound, and `text[start:end] == surface`. `low` and `high`
    bound the value in `unit` with 万 and 亿 expanded: equal for an exact figure, one of them None where bound leaves
    it open (余 has no high), both None for a masked figure. `fact` is the index of the fact it became, in
    `Extraction.facts`; `reject_reason` says why it became none, or which other reading of it lost.
    """

    start: int
    end: int
    surface: str
    low: float | None
    high: float | None
    unit: str
    dimension: str
    bound: Bound
    block: int | None = None
    page: int | None = None
    fact: int | None = None
    reject_reason: str = ""


@_record
class Fact:
    """A mention resolved to indicator, measure and item; unit and period are the submission's.

    `value` is in the catalogue's unit (% for growth_pct, share_pct and completion_pct; 百分点 for the growth_abs of a
    rate), None when masked, the low end of a range; `value_high` is set for a range only. `low` and `high` are the
    interval that bound and printed digits allow (4.82万 is 48,150 to 48,250). `evidence` is the clause the figure
    was read in. A zero statement (没有发生…事故) is level 0 with the phrase as its span. `period` is a period code
    where the words give the figure another period than the report's (1—9月…), else empty.
    """

    indicator: str
    measure: Measure
    value: float | None
    low: float | None
    high: float | None
    unit: str
    bound: Bound
    item: str
    stated_value: str
    stated_unit: str
    start: int
    end: int
    evidence: str
    rule_id: str
    confidence: float
    value_high: float | None = None
    status: FactStatus = "accepted"
    block: int | None = None
    page: int | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything read out of one document: every mention, and the facts in order of their place.

    `rejects` are readings that competed with a fact and lost: same place, another indicator, status rejected.
    """

    mentions: tuple[Mention, ...]
    facts: tuple[Fact, ...]
    rejects: tuple[Fact, ...] = ()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as rows: between processes it takes a third of the time that hundreds of small objects take."""
        return _from_rows, (
            [_MENTION_ROW(one) for one in self.mentions],
            [_FACT_ROW(one) for one in self.facts],
            [_FACT_ROW(one) for one in self.rejects],
        )


_MENTION_ROW = attrgetter(*(one.name for one in fields(Mention)))
_FACT_ROW = attrgetter(*(one.name for one in fields(Fact)))


def _from_rows(mentions: list[Any], facts: list[Any], rejects: list[Any]) -> Extraction:
    return Extraction(
        tuple(Mention(*one) for one in mentions),
        tuple(Fact(*one) for one in facts),
        tuple(Fact(*one) for one in rejects),
    )
