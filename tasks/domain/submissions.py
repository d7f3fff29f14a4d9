"""A submission (报送件): one received version of a file for (unit, form, period), and its way through the stages."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from tasks.domain.errors import ReportError

__all__ = [
    "BY_HAND",
    "HeldReason",
    "Identity",
    "SourceFile",
    "StageVersions",
    "StoredFile",
    "Submission",
    "SubmissionState",
    "submission_id",
]

SubmissionState = Literal["received", "parsed", "loaded", "quarantined", "superseded", "held", "withdrawn"]
# Why a version is not live though it is the newest: see `tasks.load.versions`.
HeldReason = Literal["", "hard_checks", "awaiting_approval", "locked", "retracted"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file seen in a source, not yet fetched.

    `uri` is its full fsspec address, `path` its path inside the source with `/` (the folder names can say whose it
    is), `modified_at` what the source says (UTC). The register (收文登记.csv) beside the files, where there is one,
    gives `received_at`, `unit` and `period` as written there; without it `received_at` is `modified_at`. A link
    (`is_link`) may lead anywhere on this machine, and is not followed.
    """

    source: str
    uri: str
    path: str
    size: int
    modified_at: dt.datetime
    received_at: dt.datetime
    registered_unit: str = ""
    registered_period: str = ""
    is_link: bool = False

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of a source file in the raw store, named by their sha256 and never overwritten.

    `container` is the sha256 of the archive or mail that a file was in. `refused` says why a file is not read at all
    (too large, a link in an archive, an archive that does not open); such a file need not lie in the raw store.
    """

    source_file: SourceFile
    sha256: str
    is_new: bool
    container: str = ""
    refused: ReportError | None = None

    @property
    def file_name(self) -> str:
        """The name under which the township sent it."""
        return self.source_file.file_name


# How `Identity.seen` begins where a person has said whose the file is.
BY_HAND = "assigned by hand: "


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report for which period: `seen` lists what said so (file name, title, register, decision)."""

    unit_code: str
    unit_name: str
    form: str
    period: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageVersions:
    """What a result depends on beside the bytes; equal versions and equal bytes give the same result.

    `identity` stands for the settings that say whose a file is (units.csv and the forms): when they change, files
    in quarantine are tried again, but what is loaded stays as it is.
    """

    parser: str
    extractor: str
    catalogue: str
    lexicon: str
    identity: str

    @property
    def reading(self) -> str:
        """The versions a loaded report depends on, as one string."""
        return f"parser={self.parser};extractor={self.extractor};catalogue={self.catalogue};lexicon={self.lexicon}"

    @property
    def text(self) -> str:
        """All versions as one string, kept in the submissions table."""
        return f"{self.reading};identity={self.identity}"

    @classmethod
    def parse(cls, text: str) -> "StageVersions | None":
        """Return the versions that `text` says, the inverse of `text`; None where another release wrote others."""
        parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        return cls(**parts) if parts.keys() == set(cls.__slots__) else None


def submission_id(sha256: str, unit_code: str = "", period: str = "") -> str:
    """Return the stable id of bytes sent for a unit and period, or of bytes that nobody could assign.

    >>> submission_id("ab" * 32, "530999101000", "2023")
    'abababababab-530999101000-2023'
    """
    return f"{sha256[:12]}-{unit_code}-{period}" if unit_code and period else f"{sha256[:12]}-unassigned"


@dataclass(frozen=True, slots=True)
class Submission:
    """A row of the `submissions` table; times are UTC.

    `form`, `unit_code` and `period` are empty where identification failed; `quarantine_code` and
    `quarantine_detail` (both languages, place and next step in them) are set when `state` is `quarantined`.
    `held_reason` and `held_detail` (both languages) say why a version is kept from being live.
    """

    submission_id: str
    sha256: str
    source: str
    uri: str
    file_name: str
    bytes: int
    received_at: dt.datetime
    state: SubmissionState
    unit_code: str = ""
    unit_name: str = ""
    form: str = ""
    period: str = ""
    version: int = 0
    media_type: str = ""
    pages: int | None = None
    chars: int | None = None
    due_at: dt.datetime | None = None
    on_time: bool | None = None
    parser: str = ""
    text_quality: float | None = None
    unknown_characters: int | None = None
    ocr_mean: float | None = None
    ocr_low: float | None = None
    order_doubts: float | None = None
    stage_versions: str = ""
    quarantine_code: str = ""
    quarantine_detail: str = ""
    held_reason: HeldReason = ""
    held_detail: str = ""
    seen: tuple[str, ...] = field(default=())
