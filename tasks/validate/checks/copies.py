"""Text that was copied: a report against the earlier reports of its township and against its neighbours'.

Every report becomes the set of its 9-character shingles without digits, punctuation and blanks, so that a copy with
new figures is still a copy. What many townships write alike is no sign of copying and counts for nothing. Shingles are
joined exactly, within one county: no estimate, and a short report hidden in a long one is found too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import polars as pl

from tasks.validate.checks.frame import CHECK_SCHEMA
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS", "YEARS_BACK", "Passage", "shared_passages"]

SHINGLE = 9
# A report is compared with those of its own year and of so many years before: what is older is rarely at hand to copy,
# and no run has to read the texts of all years.
YEARS_BACK = 3
# Figures of all kinds, also in words, and everything that is no letter: a copy differs in these first.
_MASKED = re.compile(r"[\W\d_〇零一二三四五六七八九十百千万亿两]+")
# The base of the rolling hash: an odd 64-bit constant, so that its powers do not vanish (Knuth's golden ratio).
_BASE = 0x9E3779B97F4A7C15
_SHOWN = 3
# A sentence with so many letters and figures is written twice by copying only.
_SENTENCE = 12
_NUMBERS = 3
_NUMBER = r"\d+(?:[.．]\d+)?"
_QUOTE = 300


@dataclass(frozen=True, slots=True)
class _Text:
    """A report's text, the places of its unmasked characters, and the hash of each shingle by its first character."""

    text: str
    places: np.ndarray[Any, np.dtype[np.int64]]
    hashes: np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of shingles that two texts share: offsets in each, and the length in unmasked characters."""

    start: int
    end: int
    other_start: int
    other_end: int
    length: int


def _shingled(text: str) -> _Text:
    keep = np.ones(len(text), dtype=bool)
    for match in _MASKED.finditer(text):
        keep[match.start() : match.end()] = False
    places = np.flatnonzero(keep)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)[places]
    count = max(0, len(codes) - SHINGLE + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    base = np.uint64(_BASE)
    with np.errstate(over="ignore"):
        for offset in range(SHINGLE):
            hashes = (hashes + codes[offset : offset + count]) * base
            hashes ^= hashes >> np.uint64(29)
    return _Text(text, places, hashes)


def shared_passages(one: str, other: str, boilerplate: Sequence[int] = ()) -> list[Passage]:
    """Return the passages of `one` that stand in `other` too, longest first; `boilerplate` are hashes left out."""
    return _passages(_shingled(one), _shingled(other), np.array(boilerplate, dtype=np.uint64))


def _passages(one: _Text, other: _Text, common: np.ndarray[Any, np.dtype[np.uint64]]) -> list[Passage]:
    order = np.argsort(other.hashes, kind="stable")
    where = np.searchsorted(other.hashes, one.hashes, sorter=order)
    inside = np.flatnonzero(where < len(order))
    place = np.full(len(one.hashes), -1, dtype=np.int64)
    found = order[where[inside]]
    same = other.hashes[found] == one.hashes[inside]
    place[inside[same]] = found[same]
    place[np.isin(one.hashes, common)] = -1
    hits = np.flatnonzero(place >= 0)
    runs: list[Passage] = []
    for _, group in groupby(hits.tolist(), key=lambda at: int(place[at]) - at):
        # The shift alone does not end a run: a gap does.
        members = list(group)
        cuts = [0, *(i for i in range(1, len(members)) if members[i] != members[i - 1] + 1), len(members)]
        for low, high in pairwise(cuts):
            first, last = members[low], members[high - 1] + SHINGLE - 1
            runs.append(
                Passage(
                    int(one.places[first]), int(one.places[last]) + 1,
                    int(other.places[place[first]]), int(other.places[place[members[high - 1]] + SHINGLE - 1]) + 1,
                    last - first + 1,
                )
            )  # fmt: skip
    return sorted(runs, key=lambda run: (-run.length, run.start))


def _texts(inputs: CheckInputs) -> pl.DataFrame:
    """Return one row per live submission that has text: who, when, and `text`, its blocks in order."""
    texts = (
        inputs.evidence.blocks.sort("submission_id", "block")
        .group_by("submission_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    columns = ["submission_id", "unit_code", "unit_name", "period", "file_name", "received_at"]
    return (
        inputs.evidence.submissions.select(columns)
        .join(texts, on="submission_id", how="inner", maintain_order="left")
        .with_row_index("doc")
    )


def _pairs(docs: pl.DataFrame, made: Sequence[_Text], inputs: CheckInputs) -> tuple[pl.DataFrame, pl.Series]:
    """Return (doc, source, containment) of each of `docs` with the one it shares most with, and the common hashes.

    A report can only have copied what came before: an earlier period, or the same period and received earlier.
    """
    shingles = pl.concat(
        pl.DataFrame({"hash": np.unique(made[doc].hashes)}).with_columns(pl.lit(doc, pl.UInt32).alias("doc"))
        for doc in docs["doc"]
    ).join(docs.select("doc", "unit_code"), on="doc")
    several = int(inputs.rules["Q22"].thresholds[2])
    spread = shingles.group_by("hash").agg(pl.col("unit_code").n_unique().alias("units"))
    common = spread.filter(pl.col("units") >= several)["hash"]
    own = shingles.join(spread.filter(pl.col("units") >= several), on="hash", how="anti").select("hash", "doc")
    sizes = own.group_by("doc").agg(pl.len().alias("size"))
    when = docs.select("doc", "unit_code", "period", "received_at")
    shared = (
        own.join(own.rename({"doc": "source"}), on="hash")
        .filter(pl.col("doc") != pl.col("source"))
        .group_by("doc", "source")
        .agg(pl.len().alias("shared"))
        .join(when, on="doc")
        .join(when.rename({"doc": "source"}), on="source", suffix="_source")
    )
    year = pl.col("period").str.slice(0, 4)
    earlier = (pl.col("period_source").str.slice(0, 4) < year) | (
        (pl.col("period_source") == pl.col("period"))
        & (pl.col("unit_code") != pl.col("unit_code_source"))
        # Of two that came together either may be the copy: both are asked.
        & (pl.col("received_at_source") <= pl.col("received_at"))
    )
    best = (
        shared.filter(earlier)
        .join(sizes, on="doc")
        .with_columns((pl.col("shared") / pl.col("size")).alias("containment"))
        .sort("doc", "containment", "source", descending=[False, True, False])
        .unique("doc", keep="first", maintain_order=True)
    )
    return sizes.join(best.drop("size"), on="doc", how="left").sort("doc"), common


def _same_sentences(docs: pl.DataFrame, several: int) -> pl.DataFrame:
    """Return (doc, source, sentence) of sentences that stand, figures and all, in an earlier report of a neighbour.

    What several townships write alike, to the digit, is the county's own (每亩补助120元).
    """
    letters = pl.col("sentence").str.replace_all(r"[^\p{Han}]", "").str.len_chars()
    told = (
        docs.select("doc", "unit_code", "period", "received_at",
                    sentence=pl.col("text").str.replace_all(r"[；;\n]", "。").str.split("。"))
        .explode("sentence").with_columns(pl.col("sentence").str.strip_chars())
        .filter((letters >= _SENTENCE) & (pl.col("sentence").str.count_matches(_NUMBER) >= _NUMBERS))
        .unique(["doc", "sentence"], maintain_order=True)
        .filter(pl.col("unit_code").n_unique().over("sentence") < several)
    )  # fmt: skip
    return (
        told.join(told.rename({"doc": "source"}), on=["sentence", "period"], suffix="_source", maintain_order="left")
        .filter(
            (pl.col("unit_code") != pl.col("unit_code_source"))
            & (pl.col("received_at_source") <= pl.col("received_at"))
        )
        .select("doc", "source", "sentence")
    )


def _copies(inputs: CheckInputs) -> pl.DataFrame:
    """Q22 asks about a report that is mostly another one, Q46 notes one that shares a good part or a long passage."""
    docs = _texts(inputs)
    if docs.is_empty():
        return pl.DataFrame(schema=dict(CHECK_SCHEMA))
    made = [_shingled(text) for text in docs["text"]]
    warn, short, _ = inputs.rules["Q22"].thresholds
    note, passage = inputs.rules["Q46"].thresholds
    rows: list[dict[str, object]] = []
    same = _same_sentences(docs, int(inputs.rules["Q22"].thresholds[2]))
    alike = {
        doc: list(zip(*pairs, strict=True)) for doc, *pairs in same.group_by("doc").agg("source", "sentence").rows()
    }
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    for now in docs.select(year.unique().sort()).to_series():
        at_hand = docs.filter(year.is_between(now - YEARS_BACK, now))
        best, common = _pairs(at_hand, made, inputs)
        found = best.select("doc", "source", "containment", "size")
        reports = at_hand.filter(year == now).join(found, on="doc", how="left", maintain_order="left")
        # One report at a time: a county has some hundreds, and each is compared with one other only.
        for row in reports.iter_rows(named=True):
            rows += _judged(row, docs, made, common.to_numpy(), (warn, short, note, passage), alike.get(row["doc"], []))
    return pl.DataFrame(rows, schema=dict(CHECK_SCHEMA), orient="row")


def _judged(
    row: dict[str, Any],
    docs: pl.DataFrame,
    made: Sequence[_Text],
    common: np.ndarray[Any, np.dtype[np.uint64]],
    limits: tuple[float, ...],
    alike: Sequence[tuple[int, str]],
) -> list[dict[str, object]]:
    warn, short, note, passage = limits
    base: dict[str, object] = {
        "unit_code": row["unit_code"], "unit_name": row["unit_name"], "period": row["period"], "indicator_name": "",
        "fact_ids": [], "quotes": [], "place": row["file_name"], "observed": "", "expected": "", "imbalance": None,
        "about": "text", "reason": "", "result": "pass", "operands": 0, "stated": 0,
    }  # fmt: skip
    if (row["size"] or 0) < short:
        reason = {"result": "not_evaluated", "reason": "the report has too little text of its own"}
        return [{**base, **reason, "rule": rule} for rule in ("Q22", "Q46")]
    share = row["containment"] or 0.0
    runs = [] if row["source"] is None else _passages(made[row["doc"]], made[row["source"]], common)
    longest = runs[0].length if runs else 0
    copied = share >= warn
    partly = not copied and (share >= note or longest >= passage)
    if alike and not copied and not partly:
        source = docs.row(alike[0][0], named=True)
        told = [sentence for other, sentence in alike if other == alike[0][0]]
        who = f"{source['unit_name']} {source['period']} {source['file_name']}"
        failed = {
            **base, "result": "fail", "imbalance": share, "quotes": told[:_SHOWN],
            "observed": f"{len(told)} 句连同数字与 {who} 相同 sentences the same, figures too",
            "expected": "0", "place": f"{row['file_name']} / {source['file_name']}",
        }  # fmt: skip
        return [{**failed, "rule": "Q46"}, {**base, "rule": "Q22", "imbalance": share}]
    if not copied and not partly:
        return [{**base, "rule": rule, "imbalance": share} for rule in ("Q22", "Q46")]
    source = docs.row(row["source"], named=True)
    who = f"{source['unit_name']} {source['period']} {source['file_name']}"
    quotes: list[str] = []
    places: list[str] = []
    for run in runs[:_SHOWN]:
        here, there = row["text"][run.start : run.end], source["text"][run.other_start : run.other_end]
        quotes += [here[:_QUOTE], there[:_QUOTE]]
        places.append(f"[{run.start}:{run.end}] = [{run.other_start}:{run.other_end}]")
    failed = {
        **base, "result": "fail", "imbalance": share, "quotes": quotes,
        "observed": f"{share:.0%} 与 {who} 相同 the same；最长 longest {longest} 字",
        "expected": f"< {warn if copied else note:.0%}",
        "place": f"{row['file_name']} / {source['file_name']} {'；'.join(places)}",
    }  # fmt: skip
    rule, quiet = ("Q22", "Q46") if copied else ("Q46", "Q22")
    return [{**failed, "rule": rule}, {**base, "rule": quiet}]


CHECKS = (Check(("Q22", "Q46"), _copies, among="county", texts=True),)
