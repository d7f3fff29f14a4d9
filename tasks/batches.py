"""From what a run read to the one batch it loads: submissions numbered, frames joined, live facts to be judged.

Stands between the stages and the Prefect tasks; pure functions over dataclasses and frames.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from expectations.catalogue import Catalogue
from tasks.domain.county import County
from tasks.domain.frames import ReportFrames, empty_frame, report_frames, submissions_frame
from tasks.domain.outcomes import CarriedReport, OtherPeriod, ReadReport, RefusedReport, ReportOutcome
from tasks.domain.submissions import Identity, StageVersions, StoredFile, Submission, submission_id
from tasks.domain.tables import TABLES
from tasks.load import assign_versions

__all__ = ["Gathered", "gather_outcomes"]

_JUDGEMENT = ("status", "corrected_value", "decision_id")


@dataclass(frozen=True)
class Gathered:
    """A run's submissions beside the known ones, and the rows that were read.

    `new` are this run's submissions with version and state settled; `changed` the known rows that change because of
    them (superseded, withdrawn); `known` all rows before the run. Schemas `TABLES["submissions"]` and `ReportFrames`.
    """

    new: tuple[Submission, ...]
    changed: pl.DataFrame
    known: pl.DataFrame
    rows: ReportFrames

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
    county: County,
    versions: StageVersions,
    catalogue: Catalogue,
) -> Gathered:
    """Return what `outcomes` bring, seen beside the `known` submissions.

    A report that nobody owes a due date for (roster) has no `due_at`; on time means before the grace days are over.
    """
    due = {(one.unit_code, one.form, one.period): one for one in county.roster()}
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
    new, changed = assign_versions(submissions, known)
    # An archive that could not be opened before and was now: its files are there, it is no trouble any more.
    opened = known.filter(
        (pl.col("state") == "quarantined")
        & pl.col("sha256").is_in([one.stored.container for one in reports if one.stored.container])
    ).with_columns(pl.lit("withdrawn").alias("state"))
    changed = pl.concat([changed, opened.select(changed.columns)])
    changed = _carried([one for one in outcomes if isinstance(one, CarriedReport)], changed, known)
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
    return Gathered(tuple(new), changed, known, rows)


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
