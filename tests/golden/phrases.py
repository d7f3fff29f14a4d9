"""How well single sentences are read, in as many wordings as offices use: `python tests/golden/phrases.py [--list]`.

A file of `phrases/` holds sentences with their facts as `code:measure=value[~bound][@item]`, written by readers who
did not know the rules: those of `OLDER_FILES` for the codes of `annotated_codes.txt`, later ones for the whole
catalogue. Near a sixth of the older sentences hold a figure that looks like a fact and is none, and each of
`traps-3`. Items are not compared: two careful readers name them differently.
"""

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import annotated_codes

from expectations.catalogue import load_catalogue
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

__all__ = ["FACT", "OLDER_FILES", "PhraseScore", "phrase_files", "score_phrases"]

_FOLDER = Path(__file__).with_name("phrases")
# Files written when the catalogue had the codes of `annotated_codes.txt`; those written since know all codes.
OLDER_FILES = (
    "economy-poverty-works-2", "health-order-party", "herds-economy-incomes", "land-and-crops", "land-and-crops-2",
    "poverty-works-welfare", "welfare-order-party-2",
)  # fmt: skip
FACT = re.compile(
    r"(?P<code>[a-z_.]+):(?P<measure>[a-z_]+)=(?P<value>-?[\d.]*?)(?:\.\.[\d.]+)?(?:~(?P<bound>\w+))?(?:@.+)?"
)
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class PhraseScore:
    """The counts of one file, and a line for each sentence that was not read as its gold says."""

    name: str
    sentences: int
    facts: int
    right: int
    false: int
    wrong: tuple[str, ...]

    @property
    def recall(self) -> float:
        """The share of the gold facts that were read."""
        return self.right / max(1, self.facts)

    @property
    def precision(self) -> float:
        """The share of the facts read that are right."""
        return self.right / max(1, self.right + self.false)


def phrase_files() -> list[Path]:
    """Return the files of sentences, in order of their names."""
    return sorted(_FOLDER.glob("*.csv"))


def _gold(cell: str) -> Iterator[_Key]:
    for word in cell.split():
        match = FACT.fullmatch(word)
        if match is None:
            raise ValueError(f"{word!r} is no fact as code:measure=value[~bound][@item]")
        value = f"{float(match['value']):.7g}" if match["value"] else ""
        yield match["code"], match["measure"], value, match["bound"] or "exact"


def score_phrases(path: Path) -> PhraseScore:
    """Return how the sentences of `path` are read.

    Raises:
        ValueError: a fact is not written as the files write them; the message names file and line.
    """
    catalogue = load_catalogue()
    reader = build_reader(catalogue, load_lexicon())
    known = annotated_codes() if path.stem in OLDER_FILES else {one.code for one in catalogue}
    sentences = facts = right = false = 0
    wrong = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                gold = Counter(_gold(row["facts"]))
            except ValueError as error:
                raise ValueError(f"{path.name}:{line}: {error}") from error
            read = Counter(
                (one.indicator, one.measure, "" if one.value is None else f"{one.value:.7g}", one.bound)
                for one in extract_document(document_from_text(row["sentence"]), None, reader).facts
                if one.indicator in known
            )
            sentences, facts = sentences + 1, facts + gold.total()
            right, false = right + (gold & read).total(), false + (read - gold).total()
            if gold != read:
                missed = " ".join(":".join(key) for key in (gold - read).elements())
                extra = " ".join(":".join(key) for key in (read - gold).elements())
                wrong.append(f"{path.name}:{line} {row['sentence']}\n    missed {missed}   false {extra}")
    return PhraseScore(path.stem, sentences, facts, right, false, tuple(wrong))


def main(arguments: list[str] | None = None) -> None:
    """Print a line per file; with --list every sentence that is not read as its gold says."""
    parser = argparse.ArgumentParser(description="How well single sentences are read.")
    parser.add_argument("--list", action="store_true", help="list the sentences that are read wrongly")
    options = parser.parse_args(arguments)
    for path in phrase_files():
        score = score_phrases(path)
        sys.stdout.write(
            f"{score.name:26} {score.sentences:5} sentences {score.facts:5} facts "
            f"recall {score.recall:.4f} precision {score.precision:.4f}\n"
        )
        if options.list:
            sys.stdout.write("\n".join(score.wrong) + "\n")


if __name__ == "__main__":
    main()
