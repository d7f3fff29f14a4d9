"""Whose report for which period a file is: unit and period against the gazetteer and the calendar."""

from tasks.identify.identity import guess_identity, identify_report, identity_by_decision

__all__ = ["guess_identity", "identify_report", "identity_by_decision"]
