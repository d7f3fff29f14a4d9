"""The page of a report: its text with every figure marked where it stands, and a card for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any
from urllib.parse import unquote

from tasks.book.comparing import revision_path
from tasks.book.data import BookData, Row
from tasks.book.evidence import pack_path
from tasks.book.figures import FindingLink, VersionLink, anchor_of, card_of, fact_name, finding_link, shown_value
from tasks.book.ledger import LostFigure
from tasks.book.pictures import PageView
from tasks.book.words import period_name

__all__ = ["BlockView", "GoneFigure", "Mark", "Segment", "TableView", "report_contents", "segments_of"]

# What the book calls in question is seen first where marks lie over one another.
_TWO_LINES = 1.6  # times the height of the page's lines
_STATUS_ORDER = ("rejected", "flagged", "corrected", "accepted")


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure over `start:end` of the text."""

    start: int
    end: int
    anchor: str
    fragment: str
    status: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a block under one set of marks: none (plain text), or those of figures, the first to be followed.

    `begins` are the marks that begin here; `note` says why a quantity became no figure.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()
    note: str = ""

    @property
    def status(self) -> str:
        """The gravest status of its figures."""
        return min((one.status for one in self.marks), key=_STATUS_ORDER.index, default="")


@dataclass(frozen=True, slots=True)
class BlockView:
    """A paragraph, heading or cell."""

    index: int
    kind: str
    page: int | None
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """The cells of a table by row; None where nothing stands."""

    rows: tuple[tuple[BlockView | None, ...], ...]


@dataclass(frozen=True, slots=True)
class BoxView:
    """A figure on a page image, in points from the top left corner.

    `is_wide` where the box is that of two lines, in which a figure was broken.
    """

    anchor: str
    fragment: str
    label: str
    status: str
    x: float
    y: float
    width: float
    height: float
    is_wide: bool


@dataclass(frozen=True, slots=True)
class GoneFigure:
    """A figure that the live version no longer states: of an earlier version, or (`version` 0) of a publication."""

    anchor: str
    name: str
    text: str
    version: int
    address: str


def segments_of(text: str, start: int, marks: Sequence[Mark], notes: Sequence[tuple[int, int, str]]) -> list[Segment]:
    """Return `text`, which begins at offset `start` of the document, cut where marks and noted quantities begin or end.

    The texts of the segments joined are `text`; marks and notes may lie over one another and reach beyond it.
    """
    end = start + len(text)
    inside = [one for one in marks if one.start < end and one.end > start]
    quantities = [one for one in notes if one[0] < end and one[1] > start]
    edges = {start, end}
    for low, high in [*((one.start, one.end) for one in inside), *((low, high) for low, high, _ in quantities)]:
        edges |= {max(low, start), min(high, end)}
    cuts = sorted(edges)
    segments = []
    for low, high in pairwise(cuts):
        over = tuple(one for one in inside if one.start <= low and one.end >= high)
        note = "" if over else next((words for a, b, words in quantities if a <= low and b >= high), "")
        begins = tuple(one for one in over if max(one.start, start) == low)
        segments.append(Segment(text[low - start : high - start], over, begins, note))
    return segments


def report_contents(
    submission: Row,
    data: BookData,
    siblings: Sequence[Row],
    pictures: Sequence[PageView] = (),
    lost: Sequence[LostFigure] = (),
) -> dict[str, Any]:
    """Return what the page of `submission` shows; `siblings` are all versions of what is owed, itself included."""
    facts = data.facts_of.get(submission["submission_id"], [])
    by_anchor = _by_anchor(siblings, data)
    marks = [Mark(one["start"], one["end"], anchor_of(one), one["fragment"], one["status"]) for one in facts]
    spans = {(one.start, one.end) for one in marks}
    notes = [
        (one["start"], one["end"], one["reject_reason"] or data_note(data))
        for one in data.mentions.get(submission["submission_id"], [])
        if one["fact_id"] is None and (one["start"], one["end"]) not in spans
    ]
    blocks = _blocks(data.blocks.get(submission["submission_id"], []), marks, notes)
    cards = [card_of(one, data, [link for link in by_anchor[one["fragment"]] if link.version != submission["version"]])
             for one in facts]  # fmt: skip
    placed = {mark.anchor for one in _all_blocks(blocks) for part in one.segments for mark in part.begins}
    live = next((one for one in siblings if one["state"] == "loaded"), None)
    is_live = submission["state"] == "loaded"
    return {
        "submission": _shown_submission(submission),
        "title": f"{submission['unit_name']} {period_name(submission['period'], data.language)}",
        "blocks": tuple(blocks),
        "cards": tuple(cards),
        "pictures": tuple((one, tuple(_boxes(facts, one.number))) for one in pictures),
        "pack": pack_path(submission, data) if cards else "",
        "drawn": frozenset(one.number for one in pictures),
        "unplaced": tuple(one.anchor for one in cards if one.anchor not in placed),
        "findings": tuple(_findings_of(submission, facts, data)) if is_live else (),
        "versions": tuple((one["version"], data.report_path(one), one["state"], one["file_name"]) for one in siblings),
        "revisions": tuple(
            (old["version"], new["version"], revision_path(old, new)) for old, new in pairwise(siblings)
        ),
        "held": "" if submission["state"] != "held" else _held_words(submission, data),
        "live_path": "" if live is None or is_live else data.report_path(live),
        "gone": tuple(_gone(submission, facts, siblings, lost, data)) if is_live else (),
        "counts": tuple((status, sum(one.status == status for one in cards)) for status in reversed(_STATUS_ORDER)),
    }  # fmt: skip


def data_note(data: BookData) -> str:
    """Return what is said of a quantity that no indicator claims."""
    return "没有对应指标" if data.zh else "no indicator"


def _held_words(submission: Row, data: BookData) -> str:
    """Return why a version is not live yet, in the language of the book."""
    parts = (submission["held_detail"] or submission["held_reason"] or "").split("\n", 1)
    return str(parts[0 if data.zh else -1])


def _shown_submission(row: Row) -> dict[str, Any]:
    names = ("unit_code", "unit_name", "period", "form", "version", "state", "file_name", "sha256", "bytes", "pages",
             "media_type", "received_at", "due_at", "on_time", "parser", "text_quality", "submission_id")  # fmt: skip
    return {name: row[name] for name in names}


def _by_anchor(siblings: Sequence[Row], data: BookData) -> Mapping[str, list[VersionLink]]:
    links: dict[str, list[VersionLink]] = {}
    for one in siblings:
        for fact in data.facts_of.get(one["submission_id"], []):
            address = f"{data.report_path(one)}#{fact['fragment']}"
            link = VersionLink(one["version"], shown_value(fact, with_unit=True), address, one["state"] == "loaded")
            links.setdefault(fact["fragment"], []).append(link)
    return links


def _boxes(facts: Sequence[Row], page: int) -> Iterable[BoxView]:
    here = [one for one in facts if one["page"] == page and one["bbox"]]
    line = median([one["bbox"][3] - one["bbox"][1] for one in here]) if here else 0
    for one in here:
        x0, top, x1, bottom = one["bbox"]
        label = f"{fact_name(one)} {shown_value(one, with_unit=True)}"
        place = (round(x0 - 1, 1), round(top - 1, 1), round(x1 - x0 + 2, 1), round(bottom - top + 2, 1))
        is_wide = bottom - top > _TWO_LINES * line
        yield BoxView(anchor_of(one), one["fragment"], label, one["status"], *place, is_wide)


def _gone(
    submission: Row, facts: Sequence[Row], siblings: Sequence[Row], lost: Sequence[LostFigure], data: BookData
) -> Iterable[GoneFigure]:
    """Yield the figures of earlier versions and publications that this one does not state: addresses stay alive."""
    seen = {one["fragment"] for one in facts}
    for one in sorted(siblings, key=lambda row: -row["version"]):
        if one["submission_id"] == submission["submission_id"]:
            continue
        for fact in data.facts_of.get(one["submission_id"], []):
            if fact["fragment"] in seen:
                continue
            seen.add(fact["fragment"])
            yield GoneFigure(anchor_of(fact), fact["indicator_name"], shown_value(fact, with_unit=True),
                             one["version"], f"{data.report_path(one)}#{fact['fragment']}")  # fmt: skip
    told = {unquote(one) for one in seen}
    for figure in lost:
        if figure.anchor not in told:
            yield GoneFigure(figure.anchor, figure.name, figure.text, 0, "")


def _findings_of(submission: Row, facts: Sequence[Row], data: BookData) -> list[FindingLink]:
    """Return the findings about the report or a figure in it, without those that are fixed."""
    own = data.findings_of_unit.get(submission["unit_code"], [])
    found = {one["finding_id"]: one for one in own if one["period"] == submission["period"]}
    for fact in facts:
        found |= {one["finding_id"]: one for one in data.findings_of_fact.get(fact["fact_id"], [])}
    return [finding_link(one, data) for one in found.values() if one["status"] != "fixed"]


def _blocks(
    rows: Sequence[Row], marks: Sequence[Mark], notes: Sequence[tuple[int, int, str]]
) -> list[BlockView | TableView]:
    views: list[BlockView | TableView] = []
    for table, group in groupby(rows, key=lambda row: row["table"]):
        cells = list(group)
        made = [
            BlockView(row["block"], row["kind"], row["page"],
                      tuple(segments_of(row["text"], row["start"], marks, notes)))
            for row in cells
        ]  # fmt: skip
        if table is None:
            views += made
        else:
            views.append(_table(cells, made))
    return views


def _table(rows: Sequence[Row], cells: Sequence[BlockView]) -> TableView:
    at = {(row["row"], row["column"]): cell for row, cell in zip(rows, cells, strict=True)}
    width = max(column for _, column in at) + 1
    lines = sorted({row for row, _ in at})
    return TableView(tuple(tuple(at.get((row, column)) for column in range(width)) for row in lines))


def _all_blocks(views: Sequence[BlockView | TableView]) -> Iterable[BlockView]:
    for one in views:
        if isinstance(one, BlockView):
            yield one
        else:
            yield from (cell for row in one.rows for cell in row if cell is not None)
