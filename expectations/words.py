"""Words by which the checks tell what a sentence speaks of, as data: `words.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import polars as pl

from expectations.rules import RuleError

__all__ = ["load_check_words", "pattern", "read_check_words"]

CheckWords = Mapping[str, tuple[str, ...]]
_SOURCE = "expectations/words.toml"


def read_check_words(text: str, source: str) -> CheckWords:
    """Return the lists written in `text`, each under `section.name`.

    Raises:
        RuleError: `text` is no TOML, a list holds something else than words, is empty, or a word is no regular
            expression or captures a group; the message starts with `file:line`.
    """
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise RuleError(f"{source}:{line[1] if line else 1}: {error}") from error
    lists: dict[str, tuple[str, ...]] = {}
    for section, names in sections.items():
        if not isinstance(names, dict):
            raise RuleError(f"{source}:{_line_of(text, section)}: {section} stands in no [section]")
        for name, words in names.items():
            place = f"{source}:{_line_of(text, name)}"
            if not isinstance(words, list) or not words or not all(isinstance(one, str) and one for one in words):
                raise RuleError(f"{place}: {name} must be a list of words, and not an empty one")
            for one in words:
                _refuse_bad(one, f"{source}:{_line_of(text, one)}")
            lists[f"{section}.{name}"] = tuple(words)
    return MappingProxyType(lists)


def _refuse_bad(word: str, place: str) -> None:
    try:
        groups = re.compile(word).groups
        # The checks run them in Polars, whose expressions know no look-around.
        pl.select(pl.lit("").str.contains(word))
    except (re.error, pl.exceptions.ComputeError) as error:
        raise RuleError(f"{place}: {word!r} is no regular expression: {error}") from error
    if groups:
        raise RuleError(f"{place}: {word!r} captures a group; write (?:…)")


def _line_of(text: str, words: str) -> int:
    """Return the line of the first place of `words`, counted from 1; 1 where TOML writes them otherwise."""
    return text[: max(0, text.find(words))].count("\n") + 1


@cache
def load_check_words() -> CheckWords:
    """Return the words that ship with the project, read once per process."""
    return read_check_words((files("expectations") / "words.toml").read_text(encoding="utf-8"), _SOURCE)


def pattern(name: str) -> str:
    """Return the list `name` (`section.name`) as one regular expression that matches any of its words."""
    return "(?:" + "|".join(load_check_words()[name]) + ")"
