"""Reading the lexicon files; every fault names file and line."""

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["Alias", "Lexicon", "UnitWord", "load_lexicon"]

_FILES = ("aliases.csv", "crops.csv", "units.csv", "words.toml")
_SIDES = ("before", "after", "both")


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to name an indicator; `item` is fixed, or `=` for the alias itself, or empty.

    `needs`: one of these words stands in the sentence up to the figure's clause; `excludes`: none stands in the clause.
    """

    code: str
    words: str
    side: str
    needs: tuple[str, ...]
    excludes: tuple[str, ...]
    item: str


@dataclass(frozen=True, slots=True)
class UnitWord:
    """One way to write a unit; `factor` converts it into `canonical`."""

    surface: str
    unit: str
    dimension: str
    canonical: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words the reading engine knows, and the version (a hash of the files) that results depend on."""

    aliases: tuple[Alias, ...]
    crops: Mapping[str, str]
    units: Mapping[str, UnitWord]
    words: Mapping[str, Any]
    version: str


def _rows(name: str, text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    header: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = next(csv.reader([line]))
        if header is None:
            header = cells
            if tuple(cells) != columns:
                raise _wrong(name, number, f"columns must be {','.join(columns)}")
            continue
        if len(cells) != len(header):
            raise _wrong(name, number, f"{len(header)} cells expected, {len(cells)} found")
        yield number, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _wrong(name: str, line: int, what: str) -> ConfigurationError:
    place = f"tasks/lexicon/{name}:{line}"
    return ConfigurationError("lexicon", Place(place), Text(what, what), Text(f"请改正 {place}", f"correct {place}"))


def read_aliases(text: str, name: str = "aliases.csv") -> tuple[Alias, ...]:
    """Return the aliases written in `text`.

    Raises:
        ConfigurationError: a row has too few cells, no alias, or a side that does not exist; names file and line.
    """
    aliases: list[Alias] = []
    for number, row in _rows(name, text, ("code", "aliases", "side", "needs", "excludes", "item")):
        if row["side"] not in _SIDES:
            raise _wrong(name, number, f"side {row['side']!r} is none of {', '.join(_SIDES)}")
        words = _split(row["aliases"])
        if not words:
            raise _wrong(name, number, "no alias")
        aliases += [
            Alias(row["code"], one, row["side"], _split(row["needs"]), _split(row["excludes"]), row["item"])
            for one in words
        ]
    return tuple(aliases)


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon that ships with the project, read once per process.

    Raises:
        ConfigurationError: a row is malformed; names file and line.
    """
    texts = {name: (files("tasks.lexicon") / name).read_text(encoding="utf-8") for name in _FILES}
    crops = {}
    for _, row in _rows("crops.csv", texts["crops.csv"], ("crop", "aliases")):
        for words in (row["crop"], *_split(row["aliases"])):
            crops[words] = row["crop"]
    units = {}
    for number, row in _rows("units.csv", texts["units.csv"], ("surface", "unit", "dimension", "canonical", "factor")):
        try:
            factor = Fraction(row["factor"])
        except ValueError as error:
            raise _wrong("units.csv", number, f"factor {row['factor']!r} is no number") from error
        units[row["surface"]] = UnitWord(row["surface"], row["unit"], row["dimension"], row["canonical"], factor)
    return Lexicon(
        aliases=read_aliases(texts["aliases.csv"]),
        crops=crops,
        units=units,
        words=tomllib.loads(texts["words.toml"]),
        version=hashlib.sha256("\x00".join(texts.values()).encode()).hexdigest()[:12],
    )
