"""Learn from gold what the traits of a figure speak for, and write `tasks/lexicon/likeness.bin`: `make learn`.

usage: learn.py PYTHON [--without FOLDER…] [--out FILE]

Every figure of the open folders, of the phrases and of the golden sentences is an example: its traits, and what a
careful reader took it for (the indicator, a measure that rules tell, or no fact). Reports held back and the shared
samples are left out, as are the folders named: so it can be measured how well figures are told that it did not learn
from. PYTHON is one that has scikit-learn, which
fits the weights (`fit.py`).
"""

import argparse
import csv
import math
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from cases import OPEN_FOLDERS, Case, annotated_codes, cases_of, folders
from markup import GoldFact
from phrases import FACT, OLDER_FILES, phrase_files
from rich.progress import track

from expectations.catalogue import load_catalogue
from tasks.domain.facts import Fact
from tasks.extract import Reader, build_reader, extract_document
from tasks.extract.likeness import buckets_of
from tasks.extract.quantities import Quantity
from tasks.extract.scene import Scene
from tasks.lexicon import NOTHING_LEARNT, Weights, load_lexicon
from tasks.lexicon.weights import written
from tasks.parse import document_from_text

__all__ = ["examples_of", "kind_of", "learnt", "main", "of_case", "of_sentence"]

OUT = Path(__file__).parents[2] / "tasks" / "lexicon" / "likeness.bin"
FIT = Path(__file__).with_name("fit.py")
GOLDEN = Path(__file__).parents[1] / "extract" / "golden.csv"
BUCKETS = 1 << 18
# Rules tell these by the words of change, whatever it is that changes: so they are kinds of their own.
_TOLD_BY_RULES = frozenset({"prior_level", "growth_pct", "growth_abs", "share_pct", "completion_pct"})

Example = tuple[str, list[int]]
Placed = tuple[Quantity, int, int]
# What each figure of a text states, or None where it is not known; figures with their places in the text.
Told = Callable[[Sequence[Placed]], list[list[GoldFact] | None]]


def kind_of(facts: Sequence[GoldFact]) -> str:
    """Return what a figure is taken for whose gold is `facts`: a code, a measure, or '' for no fact."""
    if not facts:
        return ""
    return f"measure:{facts[0].measure}" if facts[0].measure in _TOLD_BY_RULES else facts[0].code


def examples_of(text: str, told: Told, reader: Reader) -> list[Example]:
    """Return (kind, buckets of its traits) for every figure of `text` whose gold is known."""
    scene = Scene(document_from_text(text), reader.index)
    placed = [(q, *scene.view.place(q.start, q.end)) for q in reader.finder.find(scene.view.text)]
    return [
        (kind_of(facts), buckets_of(scene, q, BUCKETS))
        for (q, _, _), facts in zip(placed, told(placed), strict=True)
        if facts is not None
    ]


def of_case(case: Case) -> Told:
    """Return which facts the figures of a report state: those that stand where they do."""
    return lambda placed: [
        [one for one in case.facts if one.start < end and start < one.end] for _, start, end in placed
    ]


def of_sentence(cell: str, read: Sequence[Fact] = ()) -> Told:
    """Return which facts the figures of a sentence state: those of their value.

    None where that cannot be told: several facts or several figures have that value, or rules `read` it as what the
    sentence's annotator had no code for.
    """
    found = [FACT.fullmatch(word) for word in cell.split()]
    facts = [(float(one["value"]), one["code"], one["measure"]) for one in found if one and one["value"]]

    def told(placed: Sequence[Placed]) -> list[list[GoldFact] | None]:
        values = [_value(q) for q, _, _ in placed]
        kinds: list[list[GoldFact] | None] = []
        for value, (_, start, end) in zip(values, placed, strict=True):
            same = [one for one in facts if value is not None and math.isclose(abs(one[0]), value, rel_tol=1e-6)]
            is_open = len(same) != 1 if same else any(one.start < end and start < one.end for one in read)
            if value is None or is_open or (same and values.count(value) > 1):
                kinds.append(None)
            else:
                kinds.append([GoldFact(code, measure, one, None, "exact", "", 0, 0) for one, code, measure in same])
        return kinds

    return told


def _value(q: Quantity) -> float | None:
    return None if q.value is None else float(q.value * q.unit.factor.numerator / q.unit.factor.denominator)


def _sentences(reader: Reader) -> Iterator[tuple[str, Told]]:
    known = annotated_codes()
    for path in (*phrase_files(), GOLDEN):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(line for line in lines if not line.startswith("#")):
                text: str = row["sentence"]
                read: list[Fact] = []
                if path.stem in OLDER_FILES:
                    facts = extract_document(document_from_text(text), None, reader).facts
                    read = [one for one in facts if one.indicator not in known]
                yield text, of_sentence(row["facts"] or "", read)


def learnt(python: str, without: Sequence[str] = ()) -> Weights:
    """Return the weights fitted to all figures of the open folders but those of `without`."""
    reader = build_reader(load_catalogue(), load_lexicon(), NOTHING_LEARNT)
    names = [one for one in folders() if one in OPEN_FOLDERS and one != "samples" and one not in without]
    cases = [case for folder in names for case in cases_of(folder)]
    texts = [*((case.text, of_case(case)) for case in cases), *_sentences(reader)]
    shown = track(texts, "gold", transient=True)
    examples = [one for text, told in shown for one in examples_of(text, told, reader)]
    with TemporaryDirectory() as folder:
        given, fitted = Path(folder, "examples.npz"), Path(folder, "fitted.npz")
        np.savez(
            given,
            kinds=np.array([kind for kind, _ in examples]),
            ends=np.cumsum([len(buckets) for _, buckets in examples]),
            buckets=np.concatenate([buckets for _, buckets in examples]),
        )
        subprocess.run([python, str(FIT), str(given), str(fitted), str(BUCKETS)], check=True)
        found = np.load(fitted)
    return Weights(
        kinds=found["kinds"].tolist(),
        bias=found["bias"].tolist(),
        scale=float(found["scale"]),
        buckets=BUCKETS,
        starts=found["starts"].tolist(),
        of_kind=found["of_kind"].tolist(),
        weights=found["weights"].tolist(),
        told_from=f"{len(examples)} figures of {len(cases)} reports and {len(texts) - len(cases)} sentences",
    )


def main(argv: list[str] | None = None) -> None:
    """Write the weights anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python")
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=OUT)
    told = parser.parse_args(argv)
    weights = learnt(told.python, told.without)
    told.out.write_bytes(written(weights))
    size = told.out.stat().st_size // 1024
    print(f"{told.out.name}: {weights.told_from}, {len(weights.weights)} weights, {size} KiB")  # noqa: T201


if __name__ == "__main__":
    main()
