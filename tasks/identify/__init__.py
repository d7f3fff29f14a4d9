"""Whose report for which period a file is: unit and period against the gazetteer and the calendar."""

from tasks.identify.identity import guess_identity, identify_report, identity_by_decision
from tasks.identify.names import unknown_township

__all__ = ["guess_identity", "identify_report", "identity_by_decision", "unknown_township"]
