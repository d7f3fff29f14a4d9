"""How well the reading engine does on reports with gold: `make score`.

usage: score.py [FOLDER…] [--list] [--calibration] [--document FILE]

FOLDER is a folder of `tests/golden/reports` (tuned, held_a, …) or `samples`; all there are when none is named. Per
report and folder: facts and quantities by the rules of `scoring.py`. What is missed, and by which phenomenon, is shown
for open folders only: a report that was looked at measures nothing any more. `--list` lists what is missed and what is
false, of open folders and of those named. `--calibration` shows how often facts of each confidence are right.
`--document` writes the rows of the folders in the table of `docs/extraction.md` anew.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from cases import OPEN_FOLDERS, cases_of, folders, known_codes
from markup import GoldError
from phenomena import misses_by_phenomenon
from rich.console import Console
from rich.table import Table
from scoring import Score, Totals, score_case, totals_of

from expectations.catalogue import load_catalogue
from tasks.domain.facts import Fact
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

__all__ = ["BUCKETS", "calibration_of", "main", "score_folder", "with_rows"]

# Lower ends of the confidence buckets, and how they are called.
BUCKETS = ((0.95, "≥ 0.95"), (0.9, "0.90–0.95"), (0.85, "0.85–0.90"), (0.8, "0.80–0.85"), (0.0, "< 0.80"))
_COLUMNS = (
    "report", "facts", "right", "false", "recall", "precision", "items",
    "quantities", "found", "false", "recall", "precision", "values",
)  # fmt: skip
out = Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False)


def score_folder(folder: str) -> list[Score]:
    """Return how every report of `folder` is read.

    Raises:
        GoldError: a gold file is malformed; the message names file and line.
    """
    catalogue = load_catalogue()
    reader = build_reader(catalogue, load_lexicon())
    known = known_codes(folder, {one.code for one in catalogue})
    return [
        score_case(case, extract_document(document_from_text(case.text), None, reader), known)
        for case in cases_of(folder)
    ]


def calibration_of(scores: Iterable[Score]) -> list[tuple[str, int, int]]:
    """Return (bucket of confidence, facts, how many of them are right), the surest bucket first."""
    rows = {name: [0, 0] for _, name in BUCKETS}
    for fact, is_right in _judged(scores):
        row = rows[_bucket(fact.confidence)]
        row[0] += 1
        row[1] += is_right
    return [(name, count, right) for name, (count, right) in rows.items()]


def _judged(scores: Iterable[Score]) -> Iterable[tuple[Fact, bool]]:
    for score in scores:
        yield from ((fact, True) for fact, _ in score.hits)
        yield from ((fact, False) for fact in score.false)


def _bucket(confidence: float) -> str:
    # 0.95 may have become 0.9499999 by subtraction.
    return next(name for least, name in BUCKETS if confidence >= least - 1e-9)


# --- printing -------------------------------------------------------------------------------------------------------


def _table(title: str, columns: Sequence[str], left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for position, name in enumerate(columns):
        table.add_column(name, justify="left" if position < left else "right", no_wrap=True)
    return table


def _share(right: int, count: int) -> str:
    return f"{right / count:.4f}" if count else "—"


def _cells(name: str, one: Totals) -> list[str]:
    has_quantities = one.quantities > 0
    return [
        name, str(one.facts), str(one.right), str(one.false), f"{one.recall:.4f}", f"{one.precision:.4f}",
        f"{one.items}/{one.right}",
        *(
            [str(one.quantities), str(one.found), str(one.false_mentions), f"{one.quantity_recall:.4f}",
             f"{one.quantity_precision:.4f}", f"{one.values_right}/{one.values}"]
            if has_quantities
            else ["—"] * 6
        ),
    ]  # fmt: skip


def _print_folder(folder: str, scores: Sequence[Score]) -> None:
    table = _table(folder, _COLUMNS)
    for score in scores:
        table.add_row(*_cells(score.case.name, totals_of([score])))
    table.add_section()
    table.add_row(*_cells(f"{folder}: {len(scores)} reports", totals_of(scores)), style="bold")
    out.print(table)
    out.print()


def _print_misses(folder: str, scores: Sequence[Score]) -> None:
    table = _table(f"{folder}: missed by phenomenon", ("kind", "phenomenon", "missed", "gold facts", "share missed"), 2)
    rows = misses_by_phenomenon(scores, load_catalogue())
    for kind, name, missed, count in rows:
        if missed:
            table.add_row(kind, name, str(missed), str(count), _share(missed, count))
    out.print(table if table.row_count else f"{folder}: nothing missed")
    out.print()


def _print_list(score: Score) -> None:
    name, text = score.case.name, score.case.text
    for gold in score.missed:
        around = text[max(0, gold.start - 24) : gold.end + 12].replace("\n", "⏎")
        out.print(
            "missed ", name, gold.code, gold.measure, gold.value, gold.bound, gold.item, "|", around, soft_wrap=True
        )
    for fact in score.false:
        out.print(
            "false  ", name, fact.indicator, fact.measure, fact.value, fact.bound, fact.item, fact.rule_id,
            f"{fact.confidence:.2f}", "|", fact.evidence, soft_wrap=True,
        )  # fmt: skip
    for words in score.missed_quantities:
        out.print("unfound", name, words, soft_wrap=True)
    for words in score.false_mentions:
        out.print("no quantity", name, words, soft_wrap=True)


def _print_calibration(by_folder: dict[str, list[Score]]) -> None:
    every = [score for scores in by_folder.values() for score in scores]
    for title, scores in ({**by_folder, "all folders": every} if len(by_folder) > 1 else by_folder).items():
        table = _table(f"{title}: confidence", ("confidence", "facts", "right", "share"))
        for name, count, right in calibration_of(scores):
            table.add_row(name, str(count), str(right), _share(right, count))
        out.print(table)
        out.print()
    rules: dict[str, list[tuple[Fact, bool]]] = {}
    for fact, is_right in _judged(every):
        rules.setdefault(fact.rule_id, []).append((fact, is_right))
    table = _table("rules: how many right, and per bucket right/facts", ("rule", "facts", "right", "share",
                                                                        *(name for _, name in BUCKETS)))  # fmt: skip
    for rule, judged in sorted(rules.items(), key=lambda one: (-len(one[1]), one[0])):
        right = sum(is_right for _, is_right in judged)
        buckets = []
        for _, name in BUCKETS:
            own = [is_right for fact, is_right in judged if _bucket(fact.confidence) == name]
            buckets.append(f"{sum(own)}/{len(own)}" if own else "")
        table.add_row(rule, str(len(judged)), str(right), _share(right, len(judged)), *buckets)
    out.print(table)


def with_rows(document: str, by_folder: dict[str, list[Score]]) -> str:
    """Return `document` with the row of each folder (`| new1 | …`, `| held_f, held back | …`) as it is read now.

    A folder that has no row gets one below the last row there is.

    Raises:
        ValueError: `document` holds no row of a folder.
    """
    lines = document.split("\n")
    places = {re.split("[ ,]", line[2:], maxsplit=1)[0]: at for at, line in enumerate(lines) if line.startswith("| ")}
    known = [at for name, at in places.items() if name in folders()]
    if not known:
        raise ValueError("no row of a folder of gold reports in the document")
    last, added = max(known), 0
    for name, scores in by_folder.items():
        at = places.get(name)
        if at is None:
            added += 1
            lines.insert(last + added, _row(name, scores))
        else:
            lines[at] = _row(lines[at][2:].split(" |", 1)[0], scores)
    return "\n".join(lines)


def _row(name: str, scores: Sequence[Score]) -> str:
    one = totals_of(scores)
    found = (one.quantity_recall, one.quantity_precision) if one.quantities else ()
    cells = [
        name, str(len(scores)), f"{one.facts:,}", f"{one.recall:.3f}", f"{one.precision:.3f}",
        f"{one.items}/{one.right}", *([f"{share:.3f}" for share in found] or ["—", "—"]),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> int:
    """Print the scores; return 2 when a folder is unknown or a gold file malformed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--list", action="store_true", help="list what is missed and what is false")
    parser.add_argument("--calibration", action="store_true", help="how often facts of each confidence are right")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the rows of its table anew")
    options = parser.parse_args(arguments)
    known = folders()
    unknown = sorted(set(options.folders) - set(known))
    if unknown:
        parser.error(f"no folder {', '.join(unknown)}; there are {', '.join(known)}")
    try:
        by_folder = {name: score_folder(name) for name in options.folders or known}
    except GoldError as error:
        out.print(str(error), soft_wrap=True)
        return 2
    for folder, scores in by_folder.items():
        _print_folder(folder, scores)
        is_shown = folder in OPEN_FOLDERS or (options.list and folder in options.folders)
        if is_shown:
            _print_misses(folder, scores)
        if is_shown and options.list:
            for score in scores:
                _print_list(score)
            out.print()
    if options.document:
        written = options.document.read_text(encoding="utf-8")
        options.document.write_text(with_rows(written, by_folder), encoding="utf-8")
    if options.calibration:
        _print_calibration(by_folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
