"""From what a run read to the one batch it loads: submissions numbered, frames joined, live facts to be judged.

Stands between the stages and the Prefect tasks; pure functions over dataclasses and frames.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from expectations.catalogue import Catalogue
from tasks.domain.county import Roster
from tasks.domain.frames import ReportFrames, empty_frame, report_frames, submissions_frame
from tasks.domain.outcomes import CarriedReport, OtherPeriod, ReadReport, RefusedReport, ReportOutcome
from tasks.domain.submissions import Identity, StageVersions, StoredFile, Submission, submission_id
from tasks.domain.tables import TABLES
from tasks.load import Terms, assign_versions, revised_submissions
from tasks.load.versions import CANDIDATES

__all__ = ["Gathered", "gather_outcomes"]

_TIME = pl.Datetime("us", "UTC")
_JUDGEMENT = ("status", "corrected_value", "decision_id")


@dataclass(frozen=True)
class Gathered:
    """A run's submissions beside the known ones, and the rows that were read.

    `new` are this run's submissions with version and state settled; `changed` the known rows that change because of
    them or of decisions (superseded, held, withdrawn); `known` all rows before the run. Schemas
    `TABLES["submissions"]` and `ReportFrames`. `arrived` are the new ones as they came, `terms` and `roster` what
    they were settled by, `opened` archives that could be opened at last, `told` why a version failed its checks.
    """

    new: tuple[Submission, ...]
    changed: pl.DataFrame
    known: pl.DataFrame
    rows: ReportFrames
    arrived: tuple[Submission, ...] = ()
    terms: Terms = field(default_factory=Terms)
    roster: Roster = ()
    opened: pl.DataFrame = field(default_factory=partial(empty_frame, "submissions"))
    told: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[CarriedReport, ...] = ()

    @property
    def contested(self) -> pl.DataFrame:
        """The live submissions that came to be so in this run or beside something new, and have to pass for it."""
        if self.terms.replace != "when_checks_pass":
            return self.known.clear()
        owed = ["unit_code", "form", "period"]
        decided = self.submissions.filter(pl.col("sha256").is_in(list(self.terms.decided)))
        touched = pl.concat([self.to_write.select(owed), decided.select(owed)]).unique()
        versions = self.submissions.filter(pl.col("state").is_in(CANDIDATES))
        earlier = versions.filter(pl.col("held_reason").fill_null("") != "locked")
        first = earlier.group_by(owed).agg(pl.col("version").min().alias("first"))
        return (
            self.live.join(touched, on=owed, how="semi")
            .join(first, on=owed)
            .filter((pl.col("version") > pl.col("first")) & ~pl.col("sha256").is_in(list(self.terms.accepted)))
            .filter((pl.col("received_at") >= pl.lit(self.terms.since, dtype=_TIME)).fill_null(value=True))
            .select(self.known.columns)
        )

    def without(self, failing: Mapping[str, str]) -> "Gathered":
        """Return this with the submissions `failing` (id → why, zh and en) held instead of live."""
        terms = replace(self.terms, failing=[*self.terms.failing, *failing])
        words = {**self.told, **failing}
        new, changed = _settled(self.arrived, self.known, terms, self.roster, self.opened, words, self.carried)
        return replace(self, new=new, changed=changed, terms=terms, told=words)

    @property
    def moved(self) -> bool:
        """Whether a known submission has another state now: other figures are live."""
        now = self.changed.select("submission_id", now="state")
        return not self.known.join(now, on="submission_id").filter(pl.col("state") != pl.col("now")).is_empty()

    @property
    def revived(self) -> list[str]:
        """The submissions that become live again, or for the first time, without being read in this run."""
        before = self.known.filter(pl.col("state") == "loaded")["submission_id"]
        here = self.rows.facts["submission_id"].unique()
        ids = self.live["submission_id"]
        return ids.filter(~ids.is_in(before.to_list()) & ~ids.is_in(here.to_list())).to_list()

    def not_read(self, ids: Sequence[str]) -> list[str]:
        """Return those of the submissions `ids` whose figures this run did not read."""
        here = set(self.rows.facts["submission_id"].unique())
        return [one for one in ids if one not in here]

    @property
    def versions(self) -> pl.DataFrame:
        """All versions of what this run touches, where there are several: those whose revisions are told anew."""
        owed = ["unit_code", "form", "period"]
        ours = revised_submissions(self.submissions, self.to_write)
        return ours.filter(pl.len().over(owed) > 1)

    @property
    def submissions(self) -> pl.DataFrame:
        """Every submission as it will be after the load."""
        written = self.to_write
        return pl.concat([self.known.join(written, on="submission_id", how="anti"), written])

    @property
    def to_write(self) -> pl.DataFrame:
        """The submission rows that the load writes."""
        return pl.concat([submissions_frame(self.new), self.changed])

    @property
    def live(self) -> pl.DataFrame:
        """The submissions whose figures are live after the load."""
        return self.submissions.filter(pl.col("state") == "loaded")

    def live_facts(self, held: pl.DataFrame) -> pl.DataFrame:
        """Return the facts that are live after the load: of `held` (live before it) what stays, and the new ones."""
        read = self.rows.facts["submission_id"].unique()
        before = held.filter(~pl.col("submission_id").is_in(read.to_list()))
        facts = pl.concat([before, self.rows.facts])
        return facts.join(self.live.select("submission_id"), on="submission_id", how="semi")

    def superseded_facts(self, held: pl.LazyFrame) -> pl.DataFrame:
        """Return the facts of versions that a later one replaced: of `held` (all in the warehouse) and this run's."""
        ids = self.submissions.filter(pl.col("state") == "superseded")["submission_id"].to_list()
        if not ids:
            return empty_frame("facts")
        rows = self.rows.facts.filter(pl.col("submission_id").is_in(ids))
        here = rows["submission_id"].unique().to_list()
        before = held.select(list(TABLES["facts"])).filter(
            pl.col("submission_id").is_in([one for one in ids if one not in here])
        )
        return pl.concat([before.collect(), rows])

    def judged_anew(self, judged: pl.DataFrame, held: pl.DataFrame) -> list[str]:
        """Return the submissions read before this run of which a fact has another status or correction now."""
        before = held.select("fact_id", *(pl.col(name).alias(f"{name}_held") for name in _JUDGEMENT))
        differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_held")) for name in _JUDGEMENT)
        changed = judged.join(before, on="fact_id", how="inner").filter(differs)["submission_id"].unique()
        return changed.filter(~changed.is_in(self.rows.facts["submission_id"].unique().to_list())).to_list()

    def judged_facts(self, judged: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
        """Return the facts to write, with the status and correction that `judged` gives them.

        They are this run's (superseded ones keep what was read) and `held`, all facts of the submissions `judged_anew`.
        """
        told = judged.select("fact_id", pl.lit(value=True).alias("told"), pl.col(_JUDGEMENT).name.suffix("_now"))
        return (
            pl.concat([self.rows.facts, held])
            .join(told, on="fact_id", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("told")).then(f"{name}_now").otherwise(name).alias(name) for name in _JUDGEMENT
            )
            .select(list(TABLES["facts"]))
        )


def gather_outcomes(
    outcomes: Sequence[ReportOutcome | CarriedReport],
    known: pl.DataFrame,
    roster: Roster,
    versions: StageVersions,
    catalogue: Catalogue,
    terms: Terms,
) -> Gathered:
    """Return what `outcomes` bring, seen beside the `known` submissions and settled by `terms`.

    A report that nobody owes a due date for (`roster`) has no `due_at`; on time means before the grace days are over.
    """
    due = {(one.unit_code, one.form, one.period): one for one in roster}
    submissions: list[Submission] = []
    reports = [one for one in outcomes if not isinstance(one, CarriedReport)]
    for outcome in reports:
        if isinstance(outcome, OtherPeriod):
            continue
        entry = due.get((outcome.identity.unit_code, outcome.identity.form, outcome.identity.period))
        submission = _submission(outcome, versions)
        if entry is not None:
            submission = _with_due_date(submission, entry.due_at, entry.late_after)
        submissions.append(submission)
    # An archive that could not be opened before and was now: its files are there, it is no trouble any more.
    opened = known.filter(
        (pl.col("state") == "quarantined")
        & pl.col("sha256").is_in([one.stored.container for one in reports if one.stored.container])
    ).with_columns(pl.lit("withdrawn").alias("state"))
    carried = tuple(one for one in outcomes if isinstance(one, CarriedReport))
    new, changed = _settled(submissions, known, terms, roster, opened, {}, carried)
    read = {
        submission_id(one.stored.sha256, one.identity.unit_code, one.identity.period): one
        for one in reports
        if isinstance(one, ReadReport)
    }
    frames = [
        report_frames(one, report.document, report.extraction, catalogue, versions)
        for one in new
        if (report := read.get(one.submission_id)) is not None
    ]
    rows = ReportFrames(
        pl.concat([empty_frame("blocks"), *(one.blocks for one in frames)]),
        pl.concat([empty_frame("mentions"), *(one.mentions for one in frames)]),
        pl.concat([empty_frame("facts"), *(one.facts for one in frames)]),
    )
    return Gathered(new, changed, known, rows, tuple(submissions), terms, roster, opened, carried=carried)


def _settled(
    arrived: Sequence[Submission],
    known: pl.DataFrame,
    terms: Terms,
    roster: Roster,
    opened: pl.DataFrame,
    told: Mapping[str, str],
    carried: Sequence[CarriedReport],
) -> tuple[tuple[Submission, ...], pl.DataFrame]:
    """Return the new submissions with version and state, and the known rows that change; the held ones say why."""
    new, changed = assign_versions(arrived, known, terms)
    changed = _dated(pl.concat([changed, opened.select(changed.columns)]), known, roster)
    ids, words = pl.Series(list(told), dtype=pl.String), pl.Series(list(told.values()), dtype=pl.String)
    said = pl.col("submission_id").replace_strict(ids, words, default=None, return_dtype=pl.String)
    failing = pl.col("held_reason") == "hard_checks"
    detail = pl.when(failing & said.is_not_null()).then(said).otherwise("held_detail").alias("held_detail")
    return (
        tuple(
            replace(one, held_detail=told[one.submission_id])
            if one.held_reason == "hard_checks" and one.submission_id in told
            else one
            for one in new
        ),
        _carried(carried, changed.with_columns(detail), known),
    )


def _dated(changed: pl.DataFrame, known: pl.DataFrame, roster: Roster) -> pl.DataFrame:
    """Return `changed` and the `known` rows whose due date was moved since they were read, with `on_time` anew."""
    owed = ["unit_code", "form", "period"]
    due = pl.DataFrame(
        [(one.unit_code, one.form, one.period, one.due_at, one.late_after) for one in roster],
        schema={**dict.fromkeys(owed, pl.String()), "due_now": _TIME, "late_after": _TIME},
        orient="row",
    )
    moved = (
        known.join(due, on=owed)
        .filter(pl.col("due_at").ne_missing(pl.col("due_now")))
        .select("submission_id", "due_now", (pl.col("received_at") <= pl.col("late_after")).alias("on_time_now"))
    )
    rows = pl.concat(
        [changed, known.join(changed, on="submission_id", how="anti").join(moved, on="submission_id", how="semi")]
    )
    told = rows.join(moved, on="submission_id", how="left", maintain_order="left")
    return told.with_columns(
        pl.coalesce("due_now", "due_at").alias("due_at"), pl.coalesce("on_time_now", "on_time").alias("on_time")
    ).select(changed.columns)


def _carried(carried: Sequence[CarriedReport], changed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `known` that change: `changed`, and `carried` submissions with their new stage versions."""
    if not carried:
        return changed
    now = pl.DataFrame(
        [(one.submission_id, one.stage_versions) for one in carried],
        schema={"submission_id": pl.String, "now": pl.String}, orient="row",
    )  # fmt: skip
    rows = pl.concat([changed, known.select(changed.columns).join(changed, on="submission_id", how="anti")])
    return (
        rows.join(now, on="submission_id", how="left", maintain_order="left")
        .filter(pl.col("now").is_not_null() | pl.col("submission_id").is_in(changed["submission_id"].to_list()))
        .with_columns(pl.coalesce("now", "stage_versions").alias("stage_versions"))
        .select(changed.columns)
    )


def _submission(outcome: ReadReport | RefusedReport, versions: StageVersions) -> Submission:
    stored, identity = outcome.stored, outcome.identity
    if isinstance(outcome, RefusedReport):
        return _received(
            stored, identity, versions,
            identifier=submission_id(stored.sha256), state="quarantined",
            quarantine_code=outcome.code, quarantine_detail=f"{outcome.reason_zh}\n{outcome.reason_en}",
        )  # fmt: skip
    document = outcome.document
    return _received(
        stored, identity, versions,
        identifier=submission_id(stored.sha256, identity.unit_code, identity.period), state="loaded",
        media_type=document.media_type, pages=document.pages, chars=len(document.text), parser=document.parser,
        text_quality=document.quality.score, unknown_characters=document.quality.replaced_characters,
        ocr_mean=document.quality.ocr_mean, ocr_low=document.quality.ocr_low,
        order_doubts=document.quality.order_doubts,
    )  # fmt: skip


def _received(
    stored: StoredFile, identity: Identity, versions: StageVersions, *, identifier: str, **read: object
) -> Submission:
    file = stored.source_file
    return Submission(
        submission_id=identifier,
        sha256=stored.sha256,
        source=file.source,
        uri=file.uri,
        file_name=stored.file_name,
        bytes=file.size,
        received_at=file.received_at,
        unit_code=identity.unit_code,
        unit_name=identity.unit_name,
        form=identity.form,
        period=identity.period,
        stage_versions=versions.text,
        seen=identity.seen,
        **read,  # type: ignore[arg-type]
    )


def _with_due_date(submission: Submission, due_at: dt.datetime, late_after: dt.datetime) -> Submission:
    return replace(submission, due_at=due_at, on_time=submission.received_at <= late_after)
