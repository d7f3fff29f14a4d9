"""Decide: what people settle about findings and figures, and what follows from it."""

from tasks.decide.applying import (
    KINDS,
    about_facts,
    approve_roster,
    assignments_of,
    correct_facts,
    corrected_status,
    finding_value_key,
    in_force,
    settle_findings,
    words_of,
)
from tasks.decide.letter import read_letter
from tasks.decide.requests import DecisionRequest, RequestKind, resolve_request
from tasks.decide.sheet import SheetRow, read_sheet, write_sheet
from tasks.decide.world import World, find_row, refused

__all__ = [
    "KINDS",
    "DecisionRequest",
    "RequestKind",
    "SheetRow",
    "World",
    "about_facts",
    "approve_roster",
    "assignments_of",
    "correct_facts",
    "corrected_status",
    "find_row",
    "finding_value_key",
    "in_force",
    "read_letter",
    "read_sheet",
    "refused",
    "resolve_request",
    "settle_findings",
    "words_of",
    "write_sheet",
]
