"""Decisions (决定): what a person settled, with who, when and why; append-only, they survive every new run."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

__all__ = ["Decision", "DecisionKind"]

DecisionKind = Literal["assignment"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the `decisions` table. An assignment (指派) says whose report for which period some bytes are."""

    kind: DecisionKind
    sha256: str
    unit_code: str
    form: str
    period: str
    who: str
    decided_at: dt.datetime
    why: str

    @property
    def decision_id(self) -> str:
        """The id: noting the same decision of the same moment twice is one decision."""
        words = (self.kind, self.sha256, self.unit_code, self.form, self.period, self.who, self.decided_at.isoformat())
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]
