"""What decisions do to facts, findings and the roster: pure functions of the three, so every order of runs agrees.

Nothing here remembers: status and corrected value follow from what is stated now and from the decisions that were
taken, so a re-run, a backfill or a lost run gives the same rows. A decision applies where the values it was about
still stand; where they have changed it has expired, and where they come back it holds again.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tasks.domain.decisions import FACT_KEY, value_key
from tasks.domain.findings import UNSETTLED

__all__ = [
    "KINDS",
    "about_facts",
    "approve_roster",
    "assignments_of",
    "correct_facts",
    "corrected_status",
    "finding_value_key",
    "in_force",
    "settle_findings",
    "taken_back",
    "words_of",
]

# How each kind is called; the status an answer gives to a finding.
KINDS: Mapping[str, tuple[str, str]] = {
    "assignment": ("指派", "assignment"),
    "explanation": ("说明", "explanation"),
    "waiver": ("豁免", "waiver"),
    "correction": ("更正", "correction"),
    "approval": ("审定", "approval"),
    "withdrawal": ("撤回", "withdrawal"),
    "acceptance": ("采用", "acceptance"),
    "retraction": ("撤销报送", "retraction"),
    "extension": ("延期", "extension"),
}
_ANSWERS = {"explanation": "explained", "waiver": "waived"}
_STATED = ("stated_value", "stated_unit")
# A finding about more figures than this is about a report as a whole (quality of its text): the figures are not what
# was explained, and one figure more that a newer extractor reads must not undo the explanation.
_FEW_FACTS = 20


def in_force(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions that were not withdrawn, in order of time, without the withdrawals."""
    kept = (pl.col("kind") != "withdrawal") & ~pl.col("decision_id").is_in(list(taken_back(decisions)))
    return decisions.sort("decided_at", "decision_id").filter(kept)


def taken_back(decisions: pl.DataFrame) -> set[str]:
    """Return the ids of the withdrawn decisions; a withdrawal that was itself withdrawn takes nothing back."""
    withdrawals = decisions.filter(pl.col("kind") == "withdrawal").sort("decided_at", "decision_id", descending=True)
    gone: set[str] = set()
    for one, target in withdrawals.select("decision_id", "target").rows():
        if one not in gone:
            gone.add(target)
    return gone


def assignments_of(decisions: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """Return the unit and period to which bytes are assigned by hand, by sha256: of several in force the last one."""
    made = in_force(decisions).filter(pl.col("kind") == "assignment")
    return {sha256: (unit, period) for sha256, unit, period in made.select("sha256", "unit_code", "period").rows()}


def correct_facts(facts: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return `facts` with `corrected_value` and `decision_id` of the last correction of what they state, else null.

    What was stated (value, low, high, stated_*) is never touched.
    """
    keys = [*FACT_KEY, *_STATED]
    corrections = (
        in_force(decisions)
        .filter(pl.col("kind") == "correction")
        .unique(keys, keep="last", maintain_order=True)
        .select(*keys, "corrected_value", "decision_id")
    )
    corrected = facts.drop("corrected_value", "decision_id").join(
        corrections, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return corrected.select(facts.columns)


def corrected_status(facts: pl.DataFrame) -> pl.DataFrame:
    """Return `facts` where a corrected one has the status corrected, whatever the judge said of it.

    A person's figure counts; what a check still has against it is a finding.
    """
    held = pl.when(pl.col("status") == "corrected").then(pl.lit("accepted")).otherwise("status")
    is_corrected = pl.col("corrected_value").is_not_null()
    return facts.with_columns(pl.when(is_corrected).then(pl.lit("corrected")).otherwise(held).alias("status"))


def settle_findings(
    findings: pl.DataFrame, facts: pl.DataFrame, decisions: pl.DataFrame, timezone: dt.tzinfo
) -> pl.DataFrame:
    """Return `findings` with status, `decision_id` and the words of the decision that stands or has expired.

    The last decision about the values as they are wins. Where there are only decisions about other values, about this
    finding, or about a finding of the same rule on the same subject that is gone, it is expired: open again. Days are
    those of `timezone`.
    """
    held = in_force(decisions)
    answers = held.filter(pl.col("kind").is_in(list(_ANSWERS)))
    by_id = {key: group for (key,), group in answers.group_by("finding_id", maintain_order=True)}
    present = set(findings["finding_id"])
    by_subject = {_subject(one): one for one in answers.iter_rows(named=True) if one["finding_id"] not in present}
    lapsed = _lapsed_corrections(facts, held)
    concerned = _concerned(findings, list(by_id), list(by_subject), list(lapsed))
    settled = []
    for row in concerned.iter_rows(named=True):
        own = by_id.get(row["finding_id"])
        status, decision = _standing(row, own, facts) if own is not None else (None, by_subject.get(_subject(row)))
        if decision is None and len(row["fact_ids"]) <= _FEW_FACTS:
            decision = next((lapsed[one] for one in row["fact_ids"] if one in lapsed), None)
        if decision is not None:
            words = _words(decision, status, timezone)
            settled.append((row["finding_id"], status or "expired", decision["decision_id"], *words))
    columns = ("status", "decision_id", "decision_zh", "decision_en")
    said = pl.DataFrame(settled, schema=dict.fromkeys(("finding_id", *columns), pl.String()), orient="row")
    return (
        findings.drop(columns)
        .join(said, on="finding_id", how="left", maintain_order="left")
        .with_columns(pl.col("status").fill_null("open"))
        .select(findings.columns)
    )


def finding_value_key(finding: Mapping[str, Any], facts: pl.DataFrame) -> str:
    """Return the hash of the figures a finding is about, as stated and as corrected.

    Not of their quotes or places: a newer extractor cuts a clause elsewhere and the figure is still the same. A
    finding without figures, or about a whole report, has what was observed.
    """
    own = facts.filter(pl.col("fact_id").is_in(list(finding["fact_ids"])))
    if not 0 < own.height <= _FEW_FACTS:
        return value_key("observed", finding["observed"] or "")
    names = ("unit_code", "period", "indicator", "measure", "item", *_STATED, "corrected_value")
    figures = {"|".join("" if one is None else str(one) for one in row) for row in own.select(names).rows()}
    return value_key(*sorted(figures))


def about_facts(facts: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the corrections of the figures in `facts`, also those of values they had before."""
    corrections = decisions.filter(pl.col("kind") == "correction")
    return corrections.join(facts.select(FACT_KEY).unique(), on=list(FACT_KEY), how="semi", nulls_equal=True)


def approve_roster(reporting: pl.DataFrame, submissions: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return `reporting` with `approval` (approved; expired when another version is live by now) and `approved_by`."""
    owed = ["unit_code", "form", "period"]
    approvals = (
        in_force(decisions)
        .filter(pl.col("kind") == "approval")
        .unique(owed, keep="last", maintain_order=True)
        .select(*owed, approved_sha="sha256", who="who")
    )
    live = submissions.filter(pl.col("state") == "loaded").select("submission_id", live_sha="sha256")
    judged = reporting.join(approvals, on=owed, how="left", maintain_order="left").join(
        live, on="submission_id", how="left", maintain_order="left"
    )
    same = pl.col("approved_sha").eq_missing(pl.col("live_sha"))
    return judged.with_columns(
        pl.when(pl.col("approved_sha").is_not_null())
        .then(pl.when(same).then(pl.lit("approved")).otherwise(pl.lit("expired")))
        .alias("approval"),
        pl.col("who").alias("approved_by"),
    ).select(reporting.columns)


def _subject(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return rule, unit, period and what a finding is about without the value that was stated.

    A check of one figure is about `indicator|measure|item|stated value`: when the township sends another value, the
    finding about it is another one, and this is how it is known for the successor of the first.
    """
    parts = (row["about"] or "").split("|")
    subject = "|".join(parts[:3]) if len(parts) == 4 else row["about"] or ""
    return row["rule"], row["unit_code"], row["period"], subject


def _concerned(
    findings: pl.DataFrame, ids: list[str], subjects: list[tuple[str, str, str, str]], fact_ids: list[str]
) -> pl.DataFrame:
    """Return the findings that a decision may be about; all others need no look."""
    keys = ("rule", "unit_code", "period")
    of_subjects = findings.join(
        pl.DataFrame([one[:3] for one in subjects], schema=dict.fromkeys(keys, pl.String()), orient="row"),
        on=list(keys), how="semi",
    )["finding_id"].to_list()  # fmt: skip
    if fact_ids:
        touching = (
            findings.select("finding_id", "fact_ids").explode("fact_ids").filter(pl.col("fact_ids").is_in(fact_ids))
        )
        of_subjects += touching["finding_id"].to_list()
    return findings.filter(pl.col("finding_id").is_in([*ids, *of_subjects]))


def _standing(
    row: Mapping[str, Any], own: pl.DataFrame, facts: pl.DataFrame
) -> tuple[str | None, Mapping[str, Any] | None]:
    """Return the status that the last decision about these values gives, and it; else none and the last that was."""
    key = finding_value_key(row, facts)
    same = own.filter(pl.col("value_key") == key)
    last = (same if same.height else own).row(-1, named=True)
    return (_ANSWERS[last["kind"]] if same.height else None), last


def _lapsed_corrections(facts: pl.DataFrame, held: pl.DataFrame) -> dict[str, Mapping[str, Any]]:
    """Return the facts whose figure was corrected when it was another one, with the last such correction."""
    corrections = held.filter(pl.col("kind") == "correction")
    if corrections.is_empty():
        return {}
    uncorrected = facts.filter(pl.col("corrected_value").is_null()).select("fact_id", *FACT_KEY, *_STATED)
    stated = facts.select(*FACT_KEY, *_STATED).unique()
    gone = corrections.join(stated, on=[*FACT_KEY, *_STATED], how="anti", nulls_equal=True)
    last = gone.unique(FACT_KEY, keep="last", maintain_order=True)
    found = uncorrected.select("fact_id", *FACT_KEY).join(last, on=list(FACT_KEY), nulls_equal=True)
    return {row["fact_id"]: row for row in found.iter_rows(named=True)}


def _words(decision: Mapping[str, Any], status: str | None, timezone: dt.tzinfo) -> tuple[str, str]:
    """Return what a decision says, for people: kind, who, day, why; that it no longer applies, without a status."""
    zh, en = KINDS[decision["kind"]]
    given = f" {decision['given']}" if decision["given"] else ""
    by = f"{decision['who']} {decision['decided_at'].astimezone(timezone):%Y-%m-%d}"
    if status in UNSETTLED or status is None:
        was = f"“{decision['stated_value']}{decision['stated_unit']}”" if decision["stated_value"] else ""
        return (f"原{zh}已失效，所指数值{was}已变：{decision['why']}{given}（{by}）",
                f"earlier {en} expired, its value {was} has changed: {decision['why']}{given} ({by})")  # fmt: skip
    return f"{zh}：{decision['why']}{given}（{by}）", f"{en}: {decision['why']}{given} ({by})"


def words_of(decisions: Sequence[Mapping[str, Any]], language: str, timezone: dt.tzinfo) -> list[str]:
    """Return a line per decision: id, moment in `timezone`, kind, who, what was given, why."""
    zh = language == "zh"
    return [
        f"{one['decision_id']}  {one['decided_at'].astimezone(timezone):%Y-%m-%d %H:%M}  "
        f"{KINDS[one['kind']][0 if zh else 1]}  {one['who']}"
        f"{'  ' + one['given'] if one['given'] else ''}  {one['why']}"
        for one in decisions
    ]
