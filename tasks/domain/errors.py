"""One exception hierarchy; every error says which file, which place and what to do next, in both languages.

Families answer an operator's question: may it be retried (`SourceUnavailable`), must the township send again
(`SourceMalformed`), must somebody say whose it is (`IdentityUnclear`), is a setting wrong (`ConfigurationError`),
or is the system itself at fault (`WarehouseError`).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

__all__ = [
    "BackfillRefused",
    "ConfigurationError",
    "DecisionRefused",
    "IdentityUnclear",
    "Language",
    "Place",
    "ReaderUnavailable",
    "ReportError",
    "SourceMalformed",
    "SourceUnavailable",
    "Text",
    "WarehouseError",
    "XianbaoError",
    "password_needed",
]

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """The same words in both languages that operators read."""

    zh: str
    en: str

    def within(self, language: Language) -> str:
        """Return the words in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: pages count from 1, offsets are code points into the document's text, half-open."""

    file: str
    page: int | None = None
    block: int | None = None
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        """Return e.g. `2024_青山镇.pdf p.3 b.12 [118:124]`."""
        parts = [self.file]
        if self.page is not None:
            parts.append(f"p.{self.page}")
        if self.block is not None:
            parts.append(f"b.{self.block}")
        if self.start is not None:
            parts.append(f"[{self.start}:{self.end}]")
        return " ".join(parts)


class XianbaoError(Exception):
    """Raised when something an operator must know went wrong; never raised itself, see the families below.

    `code` is stable and short (`empty_file`), `what` says what was seen, `next_step` what to do now.
    """

    def __init__(self, code: str, place: Place, what: Text, next_step: Text) -> None:
        super().__init__(code, place, what, next_step)
        self.code = code
        self.place = place
        self.what = what
        self.next_step = next_step

    def message(self, language: Language = "en") -> str:
        """Return `file place: code: what was seen. What to do.` in `language`."""
        return f"{self.place}: {self.code}: {self.what.within(language)} → {self.next_step.within(language)}"

    def __str__(self) -> str:
        return self.message("en")

    def __reduce__(self) -> tuple[type["XianbaoError"], tuple[Any, ...]]:
        """Errors cross process boundaries with their fields."""
        return (type(self), (self.code, self.place, self.what, self.next_step))


class ReportError(XianbaoError):
    """Raised when one report cannot go on; it is quarantined with this reason, the others go on."""


class SourceMalformed(ReportError):
    """Raised when a file is not what it claims to be: empty, truncated, wrong type, unreadable text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, schema_of: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Readers send it from their processes as its four fields."""
        return core_schema.no_info_after_validator_function(
            lambda fields: fields if isinstance(fields, cls) else cls(*fields),
            core_schema.union_schema(
                [core_schema.is_instance_schema(cls), schema_of.generate_schema(tuple[str, Place, Text, Text])]
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(_fields),
        )


class ReaderUnavailable(ReportError):
    """Raised when this machine cannot start what reads a file; the file is read by the next run."""


class IdentityUnclear(ReportError):
    """Raised when nothing, or more than one thing, says whose report for which period a file is."""


class SourceUnavailable(XianbaoError):
    """Raised when a source (folder, bucket, server) cannot be listed or read; worth retrying."""


class ConfigurationError(XianbaoError):
    """Raised when county.toml, units.csv or a lexicon row is wrong; the place names file and line."""


class DecisionRefused(XianbaoError):
    """Raised when a decision cannot be taken as given: unknown finding or figure, wrong unit, nobody named."""


class BackfillRefused(XianbaoError):
    """Raised when a backfill cannot be done as asked: unknown keys, in each other's way, nothing to undo."""


class WarehouseError(XianbaoError):
    """Raised when the warehouse cannot be read or written: disk full, conflict, broken table."""


def _fields(error: SourceMalformed) -> tuple[str, dict[str, Any], Text, Text]:
    return error.code, asdict(error.place), error.what, error.next_step


def password_needed(file_name: str, what: Text) -> SourceMalformed:
    """Return the error for a locked file: it asks for the password or an open copy; `what` says what is locked."""
    return SourceMalformed(
        "password_protected",
        Place(file_name),
        what,
        Text(
            "请向乡镇要密码，或请其去掉密码后重新报送；"
            "有密码时，写入环境变量 XIANBAO_FILE_PASSWORDS（多个密码各占一行）后再运行",
            "ask the township for the password, or to send an open copy; put the password into "
            "XIANBAO_FILE_PASSWORDS (several on a line each) and run this again",
        ),
    )
