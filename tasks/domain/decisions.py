"""Decisions (决定): what a person settled, with who, when and why; append-only, they survive every new run."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

__all__ = ["FACT_KEY", "Decision", "DecisionKind", "value_key"]

DecisionKind = Literal[
    "assignment",
    "explanation",
    "waiver",
    "correction",
    "approval",
    "withdrawal",
    "acceptance",
    "retraction",
    "extension",
]

# What a figure is called in every run: no offsets, so a newer extractor or parser does not lose the decision.
FACT_KEY = ("unit_code", "form", "period", "indicator", "measure", "item")


def value_key(*words: str) -> str:
    """Return the hash of the values a decision is about; another figure gives another key, and the decision expires."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the `decisions` table; which of the fields are filled depends on the kind.

    An assignment (指派) says whose report for which period the bytes `sha256` are. An explanation (说明) or waiver
    (豁免) is about a finding: its id, and rule and about, by which a finding about the next value is known to be its
    successor. A correction (更正) is about a figure: `FACT_KEY`, what was stated, and `corrected_value` in the
    catalogue's unit (`given` as it was typed). An approval (审定) is about what `unit_code` sent for `period`, the
    bytes `sha256`. An acceptance (采用) makes the bytes `sha256` live whatever held them; a retraction (撤销报送) says
    that they count no more. An extension (延期) gives a unit until the day `given` for a period. A withdrawal (撤回)
    takes back the decision `target`. `value_key` is the hash of the values it was about.
    """

    kind: DecisionKind
    sha256: str
    unit_code: str
    form: str
    period: str
    who: str
    decided_at: dt.datetime
    why: str
    finding_id: str = ""
    rule: str = ""
    about: str = ""
    indicator: str = ""
    measure: str = ""
    item: str = ""
    stated_value: str = ""
    stated_unit: str = ""
    value_key: str = ""
    corrected_value: float | None = None
    given: str = ""
    target: str = ""

    @property
    def decision_id(self) -> str:
        """The id: noting the same decision of the same moment twice is one decision."""
        words = (self.kind, self.sha256, self.unit_code, self.form, self.period, self.who, self.decided_at.isoformat())
        # What later kinds are about; an assignment has none of it and keeps the id it always had.
        about = (self.finding_id, self.indicator, self.measure, self.item, self.stated_value, self.value_key,
                 "" if self.corrected_value is None else repr(self.corrected_value), self.target)  # fmt: skip
        return hashlib.sha256("\x1f".join((*words, *(about if any(about) else ()))).encode()).hexdigest()[:16]
