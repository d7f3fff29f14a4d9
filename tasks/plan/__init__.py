"""What a run has to do: which stored files are new, which were read before, which are the same bytes again.

The plan looks at the warehouse's submissions and at nothing else, so a run that was killed is taken up where the
last visible submission row left it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import polars as pl

from tasks.domain.county import County
from tasks.domain.outcomes import CarriedReport
from tasks.domain.submissions import BY_HAND, SourceFile, StageVersions, StoredFile

__all__ = [
    "Assignment",
    "PlannedReport",
    "RunPlan",
    "batch_size",
    "costliest_first",
    "identity_version",
    "in_batches",
    "other_words_only",
    "plan_reports",
]

# What one task reads: enough that its own cost does not show, little enough that progress does and readers stay busy
# side by side. Counted in texts: a page that must be recognised takes a thousand times as long as one that is written.
_BATCH = 20
# Where another process reads them a task costs 0.3 s of processors more, so a batch is half of what each has to read.
_LARGEST_BATCH = 250
_BATCHES_EACH = 2
_COSTS = {".txt": 1, ".md": 1, ".csv": 1, ".html": 1, ".docx": 2, ".xlsx": 2, ".pdf": 10}
# How names are read (tasks/identify, short names): raise it with a change there, and quarantined files are tried again.
_IDENTIFY_RULES = 3
_WITH_FIGURES = ("loaded", "superseded", "held")
_BYTES = 100_000  # of a file that count like another text


@dataclass(frozen=True, slots=True)
class Assignment:
    """An operator's word whose report for which period a file is (`county assign`)."""

    sha256: str
    unit_code: str
    period: str


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """A stored file to be read now, and the assignment by hand where there is one."""

    stored: StoredFile
    assignment: Assignment | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to read, and what needs no reading: unchanged since an earlier run, or the same bytes twice in this one.

    `carried` are submissions whose words did not change: they take the new versions without being read.
    """

    to_read: tuple[PlannedReport, ...]
    unchanged: tuple[StoredFile, ...]
    duplicates: tuple[StoredFile, ...]
    carried: tuple[CarriedReport, ...] = ()


def identity_version(county: County) -> str:
    """Return a hash of what files in quarantine depend on beside stages: units, periods, limits, rules of names."""
    words = repr(
        (
            _IDENTIFY_RULES,
            sorted(county.gazetteer.units.items()),
            [(form.code, form.periods) for form in county.settings.forms],
            county.limits,
        )
    )
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def other_words_only(known: pl.DataFrame, versions: StageVersions) -> pl.DataFrame:
    """Return those of the `known` submissions that differ from `versions` in their lexicon only.

    Shape: the columns of `known`, `lexicon` (the version it was read with) and `now` (its versions with the new one).
    What lies in quarantine is there for its file or its names, not for its words; a defect may be one of reading.
    """
    says = known["stage_versions"].unique().to_list()
    read = {text: StageVersions.parse(text) for text in says}
    quarantined, rows = pl.col("state") == "quarantined", []
    for text, one in read.items():
        if one is not None and one.lexicon != versions.lexicon:
            now = replace(one, lexicon=versions.lexicon)
            rows.append((text, one.lexicon, now.text, now.reading == versions.reading, now.text == versions.text))
    schema = {
        "stage_versions": pl.String,
        "lexicon": pl.String,
        "now": pl.String,
        "reads": pl.Boolean,
        "same": pl.Boolean,
    }
    differing = pl.DataFrame(rows, schema=schema, orient="row")
    settled = (quarantined & pl.col("same") & (pl.col("quarantine_code") != "internal_error")) | (
        ~quarantined & pl.col("reads")
    )
    return known.join(differing, on="stage_versions", maintain_order="left").filter(settled).drop("reads", "same")


def plan_reports(
    stored: Sequence[StoredFile],
    known: pl.DataFrame,
    assignments: Sequence[Assignment],
    versions: StageVersions,
    *,
    with_passwords: bool = False,
) -> RunPlan:
    """Return what to read of `stored`, given the `known` submissions (rows of the submissions table).

    A file is read when its bytes are new, when it was read by other stage versions, when it is in quarantine and
    the units, forms or limits have changed since, when it is there for its password and the operator has given some
    (`with_passwords`), when this machine could not start what reads it, when it has been assigned by hand and is not
    loaded so, or when it is loaded so by an assignment that is in force no more.
    """
    assigned = {one.sha256: one for one in assignments}
    rows = known.select("sha256", "state", "stage_versions", "unit_code", "period", "quarantine_code", "seen").rows()
    settled: set[str] = set()
    astray: set[str] = set()
    for sha256, state, stage_versions, unit_code, period, quarantine_code, said_by in rows:
        if state == "quarantined" and with_passwords and quarantine_code == "password_protected":
            continue
        if state == "quarantined" and quarantine_code == "reader_unavailable":
            continue  # this machine's fault, and not the file's
        word = assigned.get(sha256)
        if word is not None and (state == "quarantined" or (unit_code, period) != (word.unit_code, word.period)):
            continue
        if word is None and state in _WITH_FIGURES and any(one.startswith(BY_HAND) for one in said_by or ()):
            astray.add(sha256)  # whatever an earlier row of the same bytes says
        current = (
            stage_versions == versions.text if state == "quarantined" else (stage_versions.startswith(versions.reading))
        )
        if current:
            settled.add(sha256)
    to_read: list[PlannedReport] = []
    unchanged: list[StoredFile] = []
    duplicates: list[StoredFile] = []
    seen: set[str] = set()
    arrival = sorted(stored, key=lambda one: (one.source_file.received_at, one.source_file.uri))
    for one in [*arrival, *_assigned_elsewhere(known, assigned, {one.sha256 for one in stored})]:
        if one.sha256 in seen:
            duplicates.append(one)
        elif one.sha256 in settled and one.sha256 not in astray:
            unchanged.append(one)
        else:
            to_read.append(PlannedReport(one, assigned.get(one.sha256)))
        seen.add(one.sha256)
    return RunPlan(tuple(to_read), tuple(unchanged), tuple(duplicates))


def in_batches(planned: Sequence[PlannedReport], size: int = _BATCH) -> list[list[PlannedReport]]:
    """Return `planned` in the same order, cut into what one task reads: 20 texts, 2 PDFs, or one scan or archive.

    `size` is how many texts a batch costs at most, a report that costs more being one by itself.
    """
    batches: list[list[PlannedReport]] = []
    room = 0
    for one in planned:
        cost = _cost(one)
        if not batches or cost > room:
            batches.append([])
            room = size
        batches[-1].append(one)
        room -= cost
    return batches


def costliest_first(batches: Sequence[Sequence[PlannedReport]]) -> list[int]:
    """Return the positions of `batches` in the order in which to begin them.

    A scan that is begun last keeps one reader busy for minutes while the others have nothing to do.
    """
    return sorted(range(len(batches)), key=lambda at: -sum(map(_cost, batches[at])))


def batch_size(planned: Sequence[PlannedReport], processes: int) -> int:
    """Return how much, counted in texts, a batch holds that one of several `processes` reads."""
    share = sum(map(_cost, planned)) // (processes * _BATCHES_EACH)
    return min(max(share, _BATCH), _LARGEST_BATCH)


def _cost(one: PlannedReport) -> int:
    """Return how many texts a report costs."""
    suffix = PurePosixPath(one.stored.file_name).suffix.lower()
    return _COSTS.get(suffix, _BATCH) + one.stored.source_file.size // _BYTES


def _assigned_elsewhere(known: pl.DataFrame, assigned: dict[str, Assignment], present: set[str]) -> list[StoredFile]:
    """Return assigned files that no source shows any more but that the raw store holds."""
    wanted = [sha256 for sha256 in assigned if sha256 not in present]
    rows = known.filter(pl.col("sha256").is_in(wanted)).unique("sha256", keep="first", maintain_order=True)
    return [
        StoredFile(
            SourceFile(
                source=row["source"],
                uri=row["uri"],
                path=row["file_name"],
                size=row["bytes"],
                modified_at=row["received_at"],
                received_at=row["received_at"],
            ),
            row["sha256"],
            is_new=False,
        )
        for row in rows.iter_rows(named=True)
    ]
