"""Reports with gold: the marked-up ones in `reports/` and, where they are beside the checkout, the shared samples."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from markup import GoldFact, GoldQuantity, NonMention, read_gold

__all__ = ["OPEN_FOLDERS", "Case", "annotated_codes", "cases_of", "folders", "known_codes"]

REPORTS = Path(__file__).with_name("reports")
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
# Folders whose every mistake may be looked at; the others measure how well the rules do on what nobody has seen.
OPEN_FOLDERS = ("tuned", *(f"new{number}" for number in range(1, 46)), "samples")
# Folders whose gold was written when the catalogue had the codes of `annotated_codes.txt`; later gold knows all codes.
OLDER_FOLDERS = ("tuned", "held_f", "samples")


@dataclass(frozen=True, slots=True)
class Case:
    """A report and its gold; `has_places` is false where the gold does not say where a fact stands."""

    name: str
    text: str
    facts: tuple[GoldFact, ...]
    quantities: tuple[GoldQuantity, ...]
    non_mentions: tuple[NonMention, ...]
    has_places: bool = True


def folders() -> list[str]:
    """Return the names of the folders that hold reports: those of `reports/`, open ones first, and the samples."""
    found = sorted({path.parent.name for path in REPORTS.glob("*/*.gold")}) + ["samples"] * SAMPLES.is_dir()
    return sorted(found, key=lambda name: (OPEN_FOLDERS.index(name) if name in OPEN_FOLDERS else 9, name))


def annotated_codes() -> frozenset[str]:
    """Return the codes that the older gold was written against: a figure of a later one is neither right nor wrong."""
    return frozenset(Path(__file__).with_name("annotated_codes.txt").read_text(encoding="utf-8").split())


def known_codes(folder: str, catalogue: Collection[str]) -> Collection[str]:
    """Return the codes that the gold of `folder` was written against, where `catalogue` holds all there are."""
    return annotated_codes() if folder in OLDER_FOLDERS else catalogue


def cases_of(folder: str) -> list[Case]:
    """Return the reports of `folder` in order of their names.

    Raises:
        GoldError: a gold file is malformed; the message names file and line.
    """
    if folder == "samples":
        return list(_samples())
    gold = [read_gold(path) for path in sorted((REPORTS / folder).glob("*.gold"))]
    return [Case(one.name, one.text, one.facts, one.quantities, one.non_mentions) for one in gold]


def _samples() -> Iterator[Case]:
    for path in sorted(SAMPLES.rglob("*.facts.csv")):
        name = path.name.removesuffix(".facts.csv")
        text = path.with_name(f"{name}.txt").read_bytes().decode("utf-8-sig")
        rows = _rows(path)
        has_places = bool(rows) and "start" in rows[0]
        yield Case(
            name,
            text,
            tuple(_fact(row, text) for row in rows),
            tuple(
                GoldQuantity(_number(row["value"]), row["unit"], int(row["start"]), int(row["end"]))
                for row in _rows(path.with_name(f"{name}.unmapped.csv"))
            ),
            tuple(
                NonMention(row["why"], int(row["start"]), int(row["end"]))
                for row in _rows(path.with_name(f"{name}.nonmentions.csv"))
            ),
            has_places,
        )


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str | None) -> float | None:
    return float(text.replace(",", "")) if text else None


def _fact(row: dict[str, str], text: str) -> GoldFact:
    """Return the fact of a row; where the row has no offsets its evidence stands for the place."""
    start = int(row["start"]) if "start" in row else max(0, text.find(row["evidence"]))
    end = int(row["end"]) if "end" in row else start + len(row["evidence"])
    return GoldFact(
        row["code"], row["measure"], _number(row["value"]), _number(row.get("value_high")), row["bound"], row["item"],
        start, end,
    )  # fmt: skip
