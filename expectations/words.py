"""Words and patterns by which the checks tell what a sentence speaks of, as data: `words.toml`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import polars as pl

from expectations.rules import RuleError

__all__ = ["captures", "load_check_words", "pattern", "read_check_words"]

CheckWords = Mapping[str, tuple[str, ...]]
_SOURCE = "expectations/words.toml"
# What a pattern may leave to be filled in, and the check reads out of the text.
_PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "year": r"(?:19|20)\d\d",
        "month": r"\d{1,2}",
        "day": r"\d{1,2}",
        "number": r"\d+(?:\.\d+)?",
        "count": r"(?:\d{1,2}|[一两二三四五六七八九十])",
    }
)
_PLACE = re.compile(r"\{(" + "|".join(_PLACEHOLDERS) + r")\}")
# The lists that the checks use, each with the placeholders that every one of its patterns must have, in order.
LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "statements.many", "statements.parts", "statements.scopes", "statements.compared", "growth.other_base",
                "growth.words", "growth.before_minus", "growth.own_minus", "places.before", "places.behind",
                "places.organ", "places.organ_only", "places.no_names", "places.generic", "places.asked",
                "places.goes_on", "times.planned", "values.damage", "values.tens", "units.measured", "units.same",
                "lists.opens", "lists.rest",
                "lists.one_of", "lists.means", "lists.change", "lists.breaks", "yields.per_mu", "yields.output",
                "means.people", "means.households", "means.income", "shares.of_whole",
                "growth.by", "growth.flat", "growth.roughly_flat", "growth.doubled",
                "growth.reached", "growth.fell", "growth.from",
                "targets.exceeded",
                "targets.missed", "tables.totals", "years.since", "tables.nested", "tables.no_sums",
            ),
            (),
        ),
        "shares.industries": ("number", "number", "number"),
        **dict.fromkeys(("years.opening", "years.reported", "years.dated", "years.table"), ("year",)),
        **dict.fromkeys(("years.plan_head", "years.plan_line", "years.title"), ("year",)),
        **dict.fromkeys(("years.cut_off", "years.signed"), ("year", "month")),
        "years.day": ("month", "day"),
        "tables.announced": ("count",),
        "lists.named": ("count",),
    }
)  # fmt: skip


def read_check_words(text: str, source: str, lists: Mapping[str, tuple[str, ...]] = LISTS) -> CheckWords:
    """Return the lists written in `text`, each under `section.name`; they must be those of `lists`.

    Raises:
        RuleError: `text` is no TOML, a list is missing or unknown, holds something else than words, is empty, or a word
            is no regular expression, captures a group or lacks a placeholder; the message starts with `file:line`.
    """
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise RuleError(f"{source}:{line[1] if line else 1}: {error}") from error
    found: dict[str, tuple[str, ...]] = {}
    for section, names in sections.items():
        if not isinstance(names, dict):
            raise RuleError(f"{source}:{_line_of(text, section)}: {section} stands in no [section]")
        for name, words in names.items():
            place, full = f"{source}:{_line_of(text, name)}", f"{section}.{name}"
            if not isinstance(words, list) or not words or not all(isinstance(one, str) and one for one in words):
                raise RuleError(f"{place}: {name} must be a list of words, and not an empty one")
            if full not in lists:
                raise RuleError(f"{place}: no check uses {full}; known are {', '.join(sorted(lists))}")
            for one in words:
                if wrong := _fault(one, lists[full]):
                    raise RuleError(f"{source}:{_line_of(text, one)}: {wrong}")
            found[full] = tuple(words)
    every = [one for words in found.values() for one in words]
    if _polars_fault(every):
        # All at once takes a tenth of the time that one by one does, but does not say which.
        word, wrong = next((one, wrong) for one in every if (wrong := _polars_fault([one])))
        raise RuleError(f"{source}:{_line_of(text, word)}: {word!r} is no regular expression: {wrong}")
    if missing := [name for name in lists if name not in found]:
        raise RuleError(f"{source}:1: lists missing: {', '.join(missing)}")
    return MappingProxyType(found)


def _fault(word: str, wanted: tuple[str, ...]) -> str:
    """Return what is wrong with `word` as an expression with the placeholders `wanted`, empty if nothing is."""
    try:
        groups = re.compile(_filled(word, "(?:{})")).groups
    except re.error as error:
        return f"{word!r} is no regular expression: {error}"
    if groups:
        return f"{word!r} captures a group; write (?:…)"
    if tuple(_PLACE.findall(word)) != wanted:
        named = " ".join(f"{{{one}}}" for one in wanted) or "no placeholder"
        return f"{word!r} must have {named}"
    return ""


def _polars_fault(words: Sequence[str]) -> str:
    """Return why Polars, in which the checks run them, cannot take one of `words`: it knows no look-around."""
    try:
        pl.select(pl.lit("").str.contains(_filled(one, "(?:{})")).alias(str(at)) for at, one in enumerate(words))
    except pl.exceptions.ComputeError as error:
        return str(error)
    return ""


def _filled(word: str, group: str) -> str:
    """Return `word` with its placeholders filled in, each put into `group`."""
    return _PLACE.sub(lambda match: group.replace("{}", _PLACEHOLDERS[match[1]]), word)


def _line_of(text: str, words: str) -> int:
    """Return the line of the list `words`, or of the first place of the word; 1 where TOML writes it otherwise."""
    named = re.search(rf"^\s*\[?{re.escape(words)}\s*[\]=]", text, re.MULTILINE)
    return text[: max(0, named.start() if named else text.find(words))].count("\n") + 1


@cache
def load_check_words() -> CheckWords:
    """Return the words that ship with the project, read once per process."""
    return read_check_words((files("expectations") / "words.toml").read_text(encoding="utf-8"), _SOURCE)


def pattern(name: str) -> str:
    """Return the list `name` (`section.name`) as one regular expression that matches any of its words."""
    return "(?:" + "|".join(_filled(word, "(?:{})") for word in load_check_words()[name]) + ")"


def captures(name: str) -> tuple[str, ...]:
    """Return the patterns of the list `name`, each with its placeholders as groups that capture, in order."""
    return tuple(_filled(word, "({})") for word in load_check_words()[name])
