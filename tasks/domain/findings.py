"""Findings (审核问题): one result of a check that did not pass, with the facts and quotes it is about."""

import hashlib
from dataclasses import dataclass
from typing import Literal

__all__ = ["UNSETTLED", "Finding", "FindingStatus", "Severity", "finding_id"]

Severity = Literal["error", "question", "note"]
FindingStatus = Literal["open", "explained", "fixed", "waived", "expired"]
# Somebody has to answer: never settled, or settled for a value that has changed since.
UNSETTLED: tuple[FindingStatus, ...] = ("open", "expired")


def finding_id(rule: str, unit_code: str, period: str, about: str) -> str:
    """Return the id of a finding, the same in every run: rule, unit, period and what it is about."""
    return hashlib.sha256("\x1f".join((rule, unit_code, period, about)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the `findings` table, before runs are noted.

    `level` is the Eurostat validation level 0 to 5; `about` what the rule looked at, the same in every run; `symptoms`
    are the rules that failed for the same cause and are no findings of their own; `decision_id` the decision that
    settled it.
    """

    finding_id: str
    rule: str
    level: int
    severity: Severity
    unit_code: str
    unit_name: str
    period: str
    about: str
    message_zh: str
    message_en: str
    observed: str
    expected: str
    imbalance: float | None
    fact_ids: tuple[str, ...]
    quotes: tuple[str, ...]
    symptoms: tuple[str, ...] = ()
    status: FindingStatus = "open"
    decision_id: str | None = None
