"""The section [limits] of county.toml, as people write it: sizes in MiB, pixels in millions."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tasks.domain.limits import ParseLimits

__all__ = ["Limits", "Section"]


class Section(BaseModel):
    """A section of county.toml: a word that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_DEFAULTS = ParseLimits()
_MIB = 2**20


class Limits(Section):
    """What one file may cost ([limits]); sizes in MiB, pixels in millions. See `ParseLimits` for each."""

    seconds: Annotated[float, Field(gt=0, le=86_400)] = _DEFAULTS.seconds
    memory_mib: Annotated[int, Field(ge=256)] = _DEFAULTS.memory_bytes // _MIB
    pages: Annotated[int, Field(ge=1)] = _DEFAULTS.pages
    megapixels: Annotated[int, Field(ge=1)] = _DEFAULTS.pixels // 1_000_000
    decompressed_mib: Annotated[int, Field(ge=1)] = _DEFAULTS.decompressed_bytes // _MIB
    members: Annotated[int, Field(ge=1)] = _DEFAULTS.members
    nesting: Annotated[int, Field(ge=1, le=20)] = _DEFAULTS.nesting
    file_mib: Annotated[int, Field(ge=1)] = _DEFAULTS.file_bytes // _MIB
    pictures: Annotated[int, Field(ge=0)] = _DEFAULTS.pictures

    def for_parsing(self) -> ParseLimits:
        """Return them in bytes and pixels, as readers and workers keep them."""
        return ParseLimits(
            seconds=self.seconds,
            memory_bytes=self.memory_mib * _MIB,
            pages=self.pages,
            pixels=self.megapixels * 1_000_000,
            decompressed_bytes=self.decompressed_mib * _MIB,
            members=self.members,
            nesting=self.nesting,
            file_bytes=self.file_mib * _MIB,
            pictures=self.pictures,
        )
