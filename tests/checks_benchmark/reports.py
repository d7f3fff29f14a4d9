"""Reports as the benchmark knows them: a text and where each of its figures stands (the sample county's gold)."""

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["SOURCES", "Edit", "Figure", "Report", "edited", "number_of", "read_sources"]

SOURCES = Path(__file__).resolve().parents[2] / "deploy" / "sample_county" / "sources"
_FULL_WIDTH = re.compile(r"[０-９％]|(?<=[０-９])．(?=[０-９])")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Figure:
    """One figure of a report: what it states, in the catalogue's unit, and its span in the text."""

    code: str
    measure: str
    item: str
    value: float | None
    unit: str
    bound: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str]:
        """What is the same over the years: indicator and item."""
        return self.code, self.item


@dataclass(frozen=True)
class Report:
    """One township's report of one year."""

    unit: str
    year: int
    text: str
    figures: tuple[Figure, ...]

    def surface(self, figure: Figure) -> str:
        """The words of `figure`, unit included."""
        return self.text[figure.start : figure.end]

    def of(self, code: str, measure: str = "level", item: str | None = None) -> Figure | None:
        """The first figure of an indicator and measure, or None."""
        return next(
            (
                one
                for one in self.figures
                if one.code == code and one.measure == measure and (item is None or one.item == item)
            ),
            None,
        )


@dataclass(frozen=True)
class Edit:
    """Words put in the place of `start:end`; `value` is what the figure there states now, if it is one."""

    start: int
    end: int
    words: str
    value: float | None = None


def number_of(surface: str) -> re.Match[str] | None:
    """The written number in a surface; None for numbers in Chinese characters and phrases."""
    return _NUMBER.search(surface)


def edited(report: Report, edits: Iterable[Edit]) -> Report:
    """Return the report with `edits` made and every figure moved to where it stands then.

    A figure whose span an edit covers exactly takes the edit's span and value; one inside other edited words is gone.
    """
    text, figures, shift = report.text, list(report.figures), 0
    ordered = sorted(edits, key=lambda one: (one.start, one.end))
    assert all(a.end <= b.start for a, b in itertools.pairwise(ordered)), "edits must not overlap"
    for edit in ordered:
        start, end = edit.start + shift, edit.end + shift
        text = text[:start] + edit.words + text[end:]
        change = len(edit.words) - (end - start)
        moved = []
        for one in figures:
            if one.start == start and one.end == end and end > start:
                moved.append(replace(one, end=start + len(edit.words), value=edit.value))
            elif one.start >= end:
                moved.append(replace(one, start=one.start + change, end=one.end + change))
            elif one.end <= start:
                moved.append(one)
        figures, shift = moved, shift + change
    return replace(report, text=text, figures=tuple(figures))


def read_sources(folder: Path = SOURCES) -> dict[tuple[str, int], Report]:
    """Return the authored reports of the sample county with their gold, by unit and year."""
    reports = {}
    for gold in sorted(folder.glob("*.facts.csv")):
        unit, year = gold.name.removesuffix(".facts.csv").rsplit("-", 1)
        text = gold.with_name(f"{unit}-{year}.txt").read_text(encoding="utf-8")
        # Full-width digits are read well and have tests of their own; here numbers are written anew, in plain ones.
        text = _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        with gold.open(encoding="utf-8", newline="") as handle:
            figures = tuple(
                Figure(
                    row["code"], row["measure"], row["item"], float(row["value"]) if row["value"] else None,
                    row["unit"], row["bound"], int(row["start"]), int(row["end"]),
                )
                for row in csv.DictReader(handle)
            )  # fmt: skip
        reports[unit, int(year)] = Report(unit, int(year), text, figures)
    return reports
