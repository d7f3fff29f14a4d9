"""Backfills (回填): running stages again over past periods, key by key; a key (unit, form, period) is what is owed."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

from tasks.domain.submissions import Identity, SourceFile, StoredFile

__all__ = [
    "BackfillFile",
    "BackfillKey",
    "BackfillPlan",
    "BackfillRequest",
    "ChangeKind",
    "FactChange",
    "FromStage",
    "KeyAction",
    "KeyState",
    "OnError",
    "Order",
    "Reprocess",
    "key_id",
]

FromStage = Literal["fetch", "parse", "extract", "validate", "load"]
Reprocess = Literal["missing", "failed", "changed", "all"]
Order = Literal["oldest", "newest"]
OnError = Literal["continue", "stop"]
KeyAction = Literal["read", "judge", "review", "none"]
KeyState = Literal["planned", "running", "done", "failed", "skipped", "review", "cancelled", "undone"]
ChangeKind = Literal["added", "removed", "changed", "moved", "status"]


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """What is asked for. `periods` are codes, `units` codes of reporting units; empty means all that are owed.

    `reprocess` takes in what the ones before it do: `missing` keys without a live report, `failed` also those with a
    file in quarantine, `changed` also those read by other stage versions than today's, `all` every key. What is read
    again begins at `from_stage`. Keys that are approved or locked are left for review, unless `include_locked`.
    """

    periods: tuple[str, ...]
    units: tuple[str, ...] = ()
    from_stage: FromStage = "extract"
    reprocess: Reprocess = "changed"
    order: Order = "oldest"
    max_active: int = 4
    on_error: OnError = "continue"
    include_locked: bool = False
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class BackfillFile:
    """A file that a key is read from, with all that is known of how it came; `form` is empty until it is identified."""

    sha256: str
    source: str
    uri: str
    path: str
    size: int
    modified_at: dt.datetime
    received_at: dt.datetime
    registered_unit: str = ""
    registered_period: str = ""
    container: str = ""
    unit_code: str = ""
    unit_name: str = ""
    form: str = ""
    period: str = ""
    seen: tuple[str, ...] = ()

    @property
    def stored(self) -> StoredFile:
        """The file as the stages know it."""
        return StoredFile(
            SourceFile(
                self.source, self.uri, self.path, self.size, self.modified_at, self.received_at,
                self.registered_unit, self.registered_period,
            ),
            self.sha256, is_new=False, container=self.container,
        )  # fmt: skip

    @property
    def identity(self) -> Identity:
        """Whose report for which period it is."""
        return Identity(self.unit_code, self.unit_name, self.form, self.period, self.seen)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A figure before and after, as people read it, with the words it stands in; empty where there is none."""

    kind: ChangeKind
    unit_name: str
    period: str
    indicator_name: str
    measure: str
    item: str
    before: str
    after: str
    quote_before: str
    quote_after: str


@dataclass(frozen=True, slots=True)
class BackfillKey:
    """One unit and period of a backfill: what is done, why, with which files, and what that changes."""

    unit_code: str
    unit_name: str
    form: str
    period: str
    action: KeyAction
    because: str
    role: Literal["target", "dependant"] = "target"
    files: tuple[BackfillFile, ...] = ()
    changes: tuple[FactChange, ...] = ()
    error_zh: str = ""
    error_en: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Unit, form and period."""
        return self.unit_code, self.form, self.period


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """Every key of a backfill with its action, as of a moment; nothing has been written for it."""

    request: BackfillRequest
    keys: tuple[BackfillKey, ...]
    as_of: dt.datetime
    stage_versions: str

    @property
    def to_do(self) -> tuple[BackfillKey, ...]:
        """The keys that are read or judged again in their own right."""
        return tuple(one for one in self.keys if one.role == "target" and one.action in {"read", "judge"})

    @property
    def changes(self) -> tuple[FactChange, ...]:
        """Every figure that changes, or would if its key were not protected."""
        return tuple(change for one in self.keys for change in one.changes)


def key_id(backfill_id: str, unit_code: str, form: str, period: str) -> str:
    """Return the id of a key's row in the manifest."""
    words = "\x1f".join((backfill_id, unit_code, form, period))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
