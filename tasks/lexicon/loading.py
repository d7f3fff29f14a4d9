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

__all__ = ["Alias", "Lexicon", "UnitWord", "load_lexicon", "read_aliases", "read_frames", "read_units"]

_FILES = ("aliases.csv", "frames.csv", "decoys.csv", "crops.csv", "units.csv", "words.toml")
_SIDES = ("before", "after", "both")


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to name an indicator; `item` is fixed, or `=` for the alias itself, or empty.

    `needs`: of each group one word stands in the sentence up to the figure's clause, or in its topic; `excludes`: none
    stands in the clause. `line` is where it is written, for whoever asks why something was read. `is_verb`: the verb of
    a frame, which names the indicator only where no other noun stands before it.
    """

    code: str
    words: str
    side: str
    needs: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]
    item: str
    line: str = ""
    is_verb: bool = False


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
    decoys: tuple[str, ...]
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
        needs = tuple(_split(group) for group in row["needs"].split("&") if group)
        aliases += [
            Alias(row["code"], one, row["side"], needs, _split(row["excludes"]), row["item"], f"{name}:{number}")
            for one in words
        ]
    return tuple(aliases)


def read_frames(text: str, name: str = "frames.csv") -> tuple[Alias, ...]:
    """Return the aliases that frames stand for: a noun and a verb that name an indicator together, in any order.

    生猪|肥猪 with 出栏|出售 gives 生猪出栏, 出栏生猪, and each of the two where the other stands before it
    (出栏肉牛、生猪; 生猪存栏…头、出栏…头).

    Raises:
        ConfigurationError: a row has too few cells, or no noun or verb; names file and line.
    """
    aliases: list[Alias] = []
    for number, row in _rows(name, text, ("code", "nouns", "verbs", "alone", "excludes", "item")):
        nouns, verbs, place = _split(row["nouns"]), _split(row["verbs"]), f"{name}:{number}"
        if not nouns or not verbs:
            raise _wrong(name, number, "a frame needs nouns and verbs")
        excludes, item = _split(row["excludes"]), row["item"]
        together = [words for noun in nouns for verb in verbs for words in (noun + verb, verb + noun)]
        aliases += [Alias(row["code"], words, "both", (), excludes, item, place) for words in dict.fromkeys(together)]
        if "noun" in row["alone"]:
            aliases += [Alias(row["code"], noun, "both", (verbs,), excludes, item, place) for noun in nouns]
        if "verb" in row["alone"]:
            aliases += [
                Alias(row["code"], verb, "before", (nouns,), excludes, item, place, is_verb=True) for verb in verbs
            ]
    return tuple(aliases)


def read_units(text: str, name: str = "units.csv") -> dict[str, UnitWord]:
    """Return the units written in `text`, by how they are written.

    Raises:
        ConfigurationError: a row has too few cells, or a factor that is no number above 0; names file and line.
    """
    units: dict[str, UnitWord] = {}
    for number, row in _rows(name, text, ("surface", "unit", "dimension", "canonical", "factor")):
        try:
            factor = Fraction(row["factor"])
        except (ValueError, ZeroDivisionError) as error:
            raise _wrong(name, number, f"factor {row['factor']!r} is no number") from error
        if factor <= 0:
            raise _wrong(name, number, f"factor {row['factor']!r} is not above 0")
        units[row["surface"]] = UnitWord(row["surface"], row["unit"], row["dimension"], row["canonical"], factor)
    return units


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon that ships with the project, read once per process.

    Raises:
        ConfigurationError: a row is malformed; names file and line.
    """
    texts = {name: (files("tasks.lexicon") / name).read_text(encoding="utf-8") for name in _FILES}
    learnt = (files("tasks.lexicon") / "likeness.bin").read_bytes()  # results depend on it as well
    crops = {}
    for _, row in _rows("crops.csv", texts["crops.csv"], ("crop", "aliases")):
        # 干茶=茶叶: a product named for its crop; any other name stands for itself.
        words, _, crop = row["crop"].partition("=")
        crops[words] = crop or words
        crops |= {other: other for other in _split(row["aliases"])}
    return Lexicon(
        aliases=(*read_aliases(texts["aliases.csv"]), *read_frames(texts["frames.csv"])),
        decoys=tuple(
            word
            for _, row in _rows("decoys.csv", texts["decoys.csv"], ("words", "why"))
            for word in _split(row["words"])
        ),
        crops=crops,
        units=read_units(texts["units.csv"]),
        words=tomllib.loads(texts["words.toml"]),
        version=hashlib.sha256("\x00".join(texts.values()).encode() + learnt).hexdigest()[:12],
    )
