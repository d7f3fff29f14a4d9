"""The scores on reports with gold: the shared samples (where they are) and the sample county's own."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli.reading import FACT_COLUMNS, fact_rows, read_file, write_csv


def score(shared: Path, report: Path, gold: Path, out: Path, recall: float, precision: float) -> str:
    _, extraction = read_file(report, None)
    write_csv(out, FACT_COLUMNS, fact_rows(report.name, extraction))
    run = subprocess.run(
        [sys.executable, str(shared / "tools" / "score_facts.py"), str(out), str(gold), "--list",
         "--min-recall", str(recall), "--min-precision", str(precision)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [
        ("township-2023", 1.0, 1.0),
        ("reports/mountain-2012", 0.98, 0.98),
        ("reports/poverty-2021", 0.98, 0.98),
        ("reports/street-2022", 0.98, 0.98),
    ],
)
def test_shared_samples(shared: Path, tmp_path: Path, name: str, recall: float, precision: float) -> None:
    samples = shared / "samples"
    score(shared, samples / f"{name}.txt", samples / f"{name}.facts.csv", tmp_path / "f.csv", recall, precision)


def test_own_reports_taken_together(sample_county_source: Path) -> None:
    """Precision and recall over the sample county, by indicator, measure and value: a floor that may only rise."""
    right = read = gold = 0
    for path in sorted((sample_county_source / "sources").glob("*.facts.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            wanted = [
                (row["code"], row["measure"], float(row["value"]) if row["value"] else None)
                for row in csv.DictReader(file)
                if row["bound"] != "corrupt"
            ]
        _, extraction = read_file(path.with_name(path.name.replace(".facts.csv", ".txt")), None)
        found = [(one.indicator, one.measure, one.value) for one in extraction.facts]
        gold, read = gold + len(wanted), read + len(found)
        for fact in found:
            match = next((one for one in wanted if one[:2] == fact[:2] and _same(one[2], fact[2])), None)
            if match is not None:
                wanted.remove(match)
                right += 1
    assert right / gold >= 0.98, f"recall {right / gold:.3f}"
    assert right / read >= 0.97, f"precision {right / read:.3f}"


def _same(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))
