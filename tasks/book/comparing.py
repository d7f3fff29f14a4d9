"""Two texts side by side: a report and the one it was copied from, a version and the one before."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from tasks.book.data import BookData, Row
from tasks.book.figures import shown_value
from tasks.validate.checks.copies import shared_passages

__all__ = [
    "COPIES",
    "Piece",
    "SideRow",
    "copied_contents",
    "copied_from",
    "copied_path",
    "revision_contents",
    "revision_path",
    "revisions",
]

COPIES = ("Q22", "Q46")
_LEAST = 15  # characters: shorter passages are turns of phrase
_LONG = 4_000  # characters of a paragraph beyond which it is shown as replaced whole


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: `kind` is same, other, or shared; of a shared one `number` leads to its twin."""

    text: str
    kind: str = "same"
    number: int = 0


@dataclass(frozen=True, slots=True)
class SideRow:
    """A paragraph on the left and its counterpart on the right."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    is_same: bool


def revisions(data: BookData) -> Iterator[tuple[Row, Row]]:
    """Yield each version of a report with the one before it."""
    for _, versions in data.submissions.group_by("unit_code", "period", maintain_order=True):
        yield from pairwise(versions.sort("version").to_dicts())


def revision_path(before: Row, after: Row) -> str:
    """Return the page of two versions."""
    return f"compare/{after['unit_code']}-{after['period']}-v{before['version']}-v{after['version']}.html"


def revision_contents(before: Row, after: Row, data: BookData) -> dict[str, Any]:
    """Return two versions of a report, paragraph by paragraph, and the figures that differ."""
    old, new = ([one["text"] for one in data.blocks.get(side["submission_id"], [])] for side in (before, after))
    return {
        "kind": "revision",
        "left": _head(before, data),
        "right": _head(after, data),
        "rows": tuple(_side_rows(old, new)),
        "figures": tuple(_figures(before, after, data)),
    }


def _head(submission: Row, data: BookData) -> dict[str, Any]:
    names = ("unit_name", "unit_code", "period", "version", "file_name")
    return {**{name: submission[name] for name in names}, "path": data.report_path(submission),
            "at": f"{submission['received_at'].astimezone(data.county.timezone):%Y-%m-%d}"}  # fmt: skip


def _side_rows(old: Sequence[str], new: Sequence[str]) -> Iterator[SideRow]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for text in old[i1:i2]:
                yield SideRow((Piece(text),), (Piece(text),), True)
            continue
        lefts, rights = list(old[i1:i2]), list(new[j1:j2])
        length = max(len(lefts), len(rights))
        for left, right in zip(
            lefts + [""] * (length - len(lefts)), rights + [""] * (length - len(rights)), strict=True
        ):
            yield SideRow(*_differing(left, right), False)


def _differing(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if not left or not right or max(len(left), len(right)) > _LONG:
        return ((Piece(left, "other"),) if left else ()), ((Piece(right, "other"),) if right else ())
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        kind = "same" if tag == "equal" else "other"
        for side, text in zip(sides, (left[i1:i2], right[j1:j2]), strict=True):
            if text:
                side.append(Piece(text, kind))
    return tuple(sides[0]), tuple(sides[1])


def _figures(before: Row, after: Row, data: BookData) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield name, old and new value, and the addresses of figures that differ; empty where one side has none."""
    sides = [{one["fragment"]: one for one in data.facts_of.get(side["submission_id"], [])} for side in (before, after)]
    for fragment in dict.fromkeys([*sides[0], *sides[1]]):
        old, new = (side.get(fragment) for side in sides)
        texts = ["" if one is None else shown_value(one, with_unit=True) for one in (old, new)]
        if texts[0] != texts[1]:
            one = old or new
            paths = [
                "" if fact is None else f"{data.report_path(side)}#{fragment}"
                for side, fact in ((before, old), (after, new))
            ]
            yield ("" if one is None else one["indicator_name"], texts[0], texts[1], paths[0], paths[1])


def copied_from(finding: Row, data: BookData) -> tuple[Row, Row] | None:
    """Return a report that a finding says was copied, and the report it was copied from; None for other findings."""
    if finding["rule"] not in COPIES or finding["status"] == "fixed":
        return None
    loaded = data.submissions.filter(pl.col("state") == "loaded").to_dicts()
    own = [one for one in loaded if (one["unit_code"], one["period"]) == (finding["unit_code"], finding["period"])]
    sources = [
        one for one in loaded
        if f"{one['unit_name']} {one['period']} {one['file_name']}" in (finding["observed"] or "")
    ]  # fmt: skip
    return (own[0], sources[0]) if own and sources else None


def copied_path(finding: Row) -> str:
    """Return the page of a copy beside its source."""
    return f"compare/{finding['finding_id']}.html"


def copied_contents(report: Row, source: Row, finding: Row, data: BookData) -> dict[str, Any]:
    """Return two reports whole, the passages they share marked and tied to each other."""
    ours, theirs = _text(report, data), _text(source, data)
    kept: list[tuple[int, int, int, int]] = []
    for one in shared_passages(ours, theirs):
        spans = (one.start, one.end, one.other_start, one.other_end)
        apart = all(spans[1] <= a or spans[0] >= b for a, b, _, _ in kept) and all(
            spans[3] <= c or spans[2] >= d for _, _, c, d in kept
        )
        if one.length >= _LEAST and apart:
            kept.append(spans)
    kept.sort()
    left = [(a, b, number) for number, (a, b, _, _) in enumerate(kept, start=1)]
    right = sorted((c, d, number) for number, (_, _, c, d) in enumerate(kept, start=1))
    return {
        "kind": "copy",
        "left": _head(report, data),
        "right": _head(source, data),
        "sides": (tuple(_pieces(ours, left)), tuple(_pieces(theirs, right))),
        "finding": (finding["finding_id"], finding["period"], finding["rule"], finding[f"message_{data.language}"]),
    }


def _text(submission: Row, data: BookData) -> str:
    return "\n".join(one["text"] for one in data.blocks.get(submission["submission_id"], []))


def _pieces(text: str, spans: Sequence[tuple[int, int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end, number in spans:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], "shared", number)
        at = end
    if at < len(text):
        yield Piece(text[at:])
