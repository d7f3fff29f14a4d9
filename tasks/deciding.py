"""Taking decisions in a county: figures read as typed, requests resolved against the warehouse, decisions recorded.

Stands between the stages, for the command line and the flow; what follows from a decision is `tasks.decide`.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from expectations.catalogue import load_catalogue
from tasks import decide, extract
from tasks.domain.county import County
from tasks.domain.decisions import Decision
from tasks.domain.documents import Block, Document
from tasks.domain.errors import DecisionRefused, Text
from tasks.domain.findings import UNSETTLED
from tasks.domain.tables import TABLES
from tasks.lexicon import load_lexicon
from tasks.load import Warehouse
from tasks.rereading import reader

__all__ = ["Recorded", "read_value", "record_requests", "sheet_rows", "world_of"]

_FEW = 5
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Recorded:
    """What came of requests: decisions recorded, how many stood already, warnings, refusals with their place."""

    decisions: tuple[Decision, ...] = ()
    standing: int = 0
    warnings: tuple[Text, ...] = ()
    refused: tuple[DecisionRefused, ...] = ()

    def counts(self, language: str) -> str:
        """Return the counts in words."""
        counts = (len(self.decisions), self.standing, len(self.refused))
        words = (
            "记录决定 {} 个，已有相同决定 {} 个，拒绝 {} 个"
            if language == "zh"
            else "{} recorded, {} stood already, {} refused"
        )
        return words.format(*counts)

    def message(self, language: str) -> str:
        """Return the counts, and the ids by which the first ones can be looked at and taken back."""
        ids = "、".join(one.decision_id for one in self.decisions[:_FEW]) + ("…" if len(self.decisions) > _FEW else "")
        return self.counts(language) + (f"（{ids}）" if ids and language == "zh" else f" ({ids})" if ids else "")


def read_value(text: str, unit: str, place: str) -> float:
    """Return the figure that `text` (5.27万亩, 5270, -3.2%) says, in `unit`, which it has where none is written.

    Raises:
        DecisionRefused: it is no single exact figure, or of another dimension than `unit`.
    """
    words = text.strip().replace("，", ",").replace("－", "-").replace("−", "-")
    sign, digits = (-1, words[1:].strip()) if words.startswith("-") else (1, words)
    if _BARE.fullmatch(digits):
        return sign * float(digits.replace(",", ""))
    # Not a bare number: the reading engine knows units, 万 and Chinese numerals.
    quantity = _quantity(digits) or _quantity(digits + unit)
    if quantity is None:
        raise decide.refused(
            "value_unreadable", place, f"“{text}”读不成一个确数", f"{text!r} is no single exact figure",
            f"请写数字和单位，如 5.27万亩；单位为 {unit}", f"write number and unit, e.g. 5.27万亩; the unit is {unit}",
        )  # fmt: skip
    value, stated = quantity
    units = load_lexicon().units
    ours, theirs = units.get(unit), units.get(stated)
    if stated == unit:
        return sign * value
    if ours is None or theirs is None or (ours.dimension, ours.canonical) != (theirs.dimension, theirs.canonical):
        raise decide.refused(
            "wrong_dimension", place, f"“{text}”的单位 {stated} 不能换算为 {unit}", f"{stated} is no {unit}",
            f"请用 {unit} 或能换算的单位", f"give it in {unit} or a unit that converts to it",
        )  # fmt: skip
    return sign * float(Fraction(str(value)) * theirs.factor / ours.factor)


def _quantity(text: str) -> tuple[float, str] | None:
    """Return value and unit when `text` is one exact quantity and nothing else."""
    document = Document(text, (Block(0, "paragraph", 0, len(text)),), "text/plain", "text")
    mentions = extract.extract_document(document, None, reader()).mentions
    if len(mentions) != 1 or mentions[0].bound != "exact" or mentions[0].surface != text or mentions[0].low is None:
        return None
    return mentions[0].low, mentions[0].unit


def world_of(county: County) -> decide.World:
    """Return what decisions can be about in the warehouse of `county`.

    Raises:
        WarehouseError: a table cannot be read.
    """
    warehouse = Warehouse(county.warehouse)
    facts, findings = (warehouse.scan(name).select(list(TABLES[name])) for name in ("facts", "findings"))
    submissions = warehouse.known_submissions()
    live = submissions.filter(pl.col("state") == "loaded")["submission_id"].to_list()
    return decide.World(
        facts.filter(pl.col("submission_id").is_in(live)).collect(), findings.collect(), submissions,
        warehouse.decisions(), county.gazetteer, _due_days(county),
    )  # fmt: skip


def _due_days(county: County) -> dict[tuple[str, str], dt.date]:
    """Return the last day that every unit has for every period it owes; of several forms the first that is due."""
    days: dict[tuple[str, str], dt.date] = {}
    for one in county.roster():
        key = (one.unit_code, one.period)
        day = (one.due_at - dt.timedelta(microseconds=1)).astimezone(county.timezone).date()
        days[key] = min(day, days.get(key, day))
    return days


def record_requests(
    county: County, requests: Iterable[tuple[str, decide.DecisionRequest]], *, run_id: str, now: dt.datetime
) -> Recorded:
    """Record the decisions that `requests` (where each stands, and what it says) ask for, in one commit.

    A refused one stops no other; one that stands already is not recorded again. They take effect with the next
    judgement (`tasks.steps.validate_reports`).

    Raises:
        WarehouseError: the warehouse cannot be read or written.
    """
    world = world_of(county)
    made: list[Decision] = []
    refused: list[DecisionRefused] = []
    warnings: list[Text] = []
    standing = 0
    for where, request in requests:
        try:
            # A microsecond apart, so that of two about the same thing the one further down is the later one.
            decision = decide.resolve_request(request, world, now + dt.timedelta(microseconds=len(made)), read_value)
        except DecisionRefused as error:
            place = replace(error.place, file=f"{where} {error.place}".strip())
            refused.append(DecisionRefused(error.code, place, error.what, error.next_step))
            continue
        if decision is None:
            standing += 1
            continue
        made.append(decision)
        world = world.with_decision(decision)
        warnings += _out_of_range(decision)
    if made:
        Warehouse(county.warehouse).record_decisions(made, run_id=run_id, now=now)
    return Recorded(tuple(made), standing, tuple(warnings), tuple(refused))


def _out_of_range(decision: Decision) -> Sequence[Text]:
    """Return a warning when a corrected level is outside what the catalogue holds for possible."""
    catalogue = load_catalogue()
    if (
        decision.kind != "correction"
        or decision.indicator not in catalogue
        or decision.measure.endswith(("_pct", "_abs"))
    ):
        return ()
    one, value = catalogue[decision.indicator], decision.corrected_value
    low, high = one.minimum, one.maximum
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return ()
    return (
        Text(
            f"{one.name}：更正值 {value:g} {one.unit} 超出合理范围 {low:g}–{high:g}，已记录，仍会列为问题",
            f"{one.name}: corrected {value:g} {one.unit} is out of range {low:g}–{high:g}; recorded, still a finding",
        ),
    )


def sheet_rows(county: County, findings: pl.DataFrame) -> pl.DataFrame:
    """Return `findings` that wait for an answer as rows of the sheet that `decide.write_sheet` writes."""
    warehouse = Warehouse(county.warehouse)
    files = warehouse.known_submissions().select("submission_id", "file_name")
    facts = warehouse.scan("facts").select("fact_id", "submission_id", "page", "start", "end").collect()
    page = pl.when(pl.col("page").is_not_null()).then(pl.format(" p.{}", "page")).otherwise(pl.lit(""))
    places = facts.join(files, on="submission_id").select(
        "fact_id", pl.concat_str("file_name", page, pl.format(" [{}:{}]", "start", "end")).alias("place")
    )
    waiting = findings.filter(pl.col("status").is_in(UNSETTLED))
    placed = (
        waiting.select("finding_id", pl.col("fact_ids").alias("fact_id"))
        .explode("fact_id")
        .join(places, on="fact_id", maintain_order="left")
        .group_by("finding_id")
        .agg(pl.col("place").unique(maintain_order=True).head(5).str.join("\n"))
    )
    return waiting.join(placed, on="finding_id", how="left", maintain_order="left").select(
        "finding_id", "unit_name", "period", "rule", "severity",
        pl.concat_str(pl.col(f"message_{county.language}"), pl.col(f"decision_{county.language}").fill_null(""),
                      separator=" ").str.strip_chars().alias("message"),
        pl.col("quotes").list.join(" | ").alias("quote"),
        "place", "observed", "expected",
        # One figure is corrected where it stands; of several the clerk picks one.
        pl.when(pl.col("fact_ids").list.len() == 1).then(pl.col("fact_ids").list.first()).alias("fact_id"),
    )  # fmt: skip
