"""The reports with gold: every file is sound, and the engine reads the tuned ones at least as well as it did."""

import re
from pathlib import Path

import pytest
from cases import OPEN_FOLDERS, cases_of, folders
from markup import GoldError, read_gold
from phenomena import FORMS, misses_by_phenomenon
from score import BUCKETS, calibration_of, main, score_folder, with_rows
from scoring import Score, totals_of

from expectations.catalogue import load_catalogue

# Floors of the tuned folder as a whole; they may only rise.
FLOORS = {"recall": 0.978, "precision": 0.985, "quantity_recall": 0.99, "quantity_precision": 0.99}

GOLD = sorted((Path(__file__).parent / "reports").glob("*/*.gold"))
MARK = re.compile(r"\{([^{}|]+)\|[^{}|]*\}")


@pytest.fixture(scope="module")
def tuned() -> list[Score]:
    return score_folder("tuned")


def test_the_tuned_reports_are_read_as_well_as_ever(tuned: list[Score]) -> None:
    totals = totals_of(tuned)
    read = {name: round(getattr(totals, name), 4) for name in FLOORS}
    assert all(read[name] >= floor for name, floor in FLOORS.items()), read


@pytest.mark.parametrize("path", GOLD, ids=[f"{path.parent.name}/{path.stem}" for path in GOLD])
def test_gold_file_parses_and_its_spans_slice_back_to_the_marked_words(path: Path) -> None:
    report = read_gold(path)
    marked = path.read_text(encoding="utf-8")
    assert report.text == MARK.sub(r"\1", marked)
    spans = {(one.start, one.end) for one in report.facts}
    spans |= {(one.start, one.end) for one in report.quantities}
    spans |= {(one.start, one.end) for one in report.non_mentions}
    assert [report.text[start:end] for start, end in sorted(spans)] == [match[1] for match in MARK.finditer(marked)]
    assert all(one.code in load_catalogue() for one in report.facts)


@pytest.mark.parametrize(
    ("gold", "what"),
    [
        ("生猪出栏{9000头|livestock.pigs_out}。", ":1: .*a value belongs to every bound but masked"),
        ("一\n{3个|? three 个}", ":2: .*a quantity is written"),
        ("一\n二\n{3个|! nothing of the kind}", ":3: .*is none of"),
        ("{3个|area.villages:never 3}", ":1: .*is none of level"),
        ("{3—5个|area.villages 3..5}", ":1: .*a range is written"),
        ("{3个|area.villages 3", ":1: a brace that is no mark"),
    ],
)
def test_a_malformed_gold_file_is_named_with_its_line(tmp_path: Path, gold: str, what: str) -> None:
    path = tmp_path / "report.gold"
    path.write_text(gold, encoding="utf-8")
    with pytest.raises(GoldError, match=re.escape(str(path)) + what):
        read_gold(path)


def test_open_folders_come_first_and_hold_reports() -> None:
    names = folders()
    assert names[0] == "tuned"
    assert set(names) - set(OPEN_FOLDERS) == {path.parent.name for path in GOLD} - set(OPEN_FOLDERS)
    assert all(cases_of(name) for name in names)


def test_every_gold_fact_has_a_form_and_every_miss_is_counted(tuned: list[Score]) -> None:
    rows = misses_by_phenomenon(tuned, load_catalogue())
    totals = totals_of(tuned)
    assert {name for kind, name, _, _ in rows if kind == "form"} <= set(FORMS)
    for kind in ("measure", "bound", "group"):
        own = [row for row in rows if row[0] == kind]
        assert sum(row[2] for row in own) == totals.facts - totals.right
        assert sum(row[3] for row in own) == totals.facts


def test_calibration_counts_every_fact_once(tuned: list[Score]) -> None:
    rows, totals = calibration_of(tuned), totals_of(tuned)
    assert [row[0] for row in rows] == [name for _, name in BUCKETS]
    assert sum(row[1] for row in rows) == totals.right + totals.false
    assert sum(row[2] for row in rows) == totals.right


def test_an_unknown_folder_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["nowhere"])
    assert stop.value.code == 2
    assert "tuned" in capsys.readouterr().err


def test_the_documents_table_gets_the_rows_of_today_and_those_of_new_folders(tuned: list[Score]) -> None:
    table = "# How\n| folder | reports |\n|---|---|\n| samples | 4 | 0.000 |\n| held_f, held back | 1 | 0 |\nend"
    lines = with_rows(table, {"held_f": tuned, "tuned": tuned}).split("\n")
    assert lines[3] == "| samples | 4 | 0.000 |"
    assert lines[4].startswith(f"| held_f, held back | {len(tuned)} | {totals_of(tuned).facts:,} | 0.9")
    assert lines[5].startswith(f"| tuned | {len(tuned)} |")
    assert lines[5].count("|") == 9
    assert lines[6] == "end"
    with pytest.raises(ValueError, match="no row of a folder"):
        with_rows("# nothing", {"tuned": tuned})
