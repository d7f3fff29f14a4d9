"""How reports are cut into batches, and how the time of a run is told apart."""

import datetime as dt
import time

import pytest

from tasks.domain.submissions import SourceFile, StoredFile
from tasks.plan import PlannedReport, batch_size, costliest_first, in_batches
from tasks.steps.timing import Stopwatch, at_work, at_work_again, start_stopwatch

NOW = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)


def planned(name: str, size: int = 10_000) -> PlannedReport:
    return PlannedReport(StoredFile(SourceFile("inbox", f"file:///{name}", name, size, NOW, NOW), name, is_new=True))


def names(batches: list[list[PlannedReport]]) -> list[list[str]]:
    return [[one.stored.file_name for one in batch] for batch in batches]


def test_twenty_texts_are_one_batch() -> None:
    assert [len(batch) for batch in in_batches([planned(f"{n}.txt") for n in range(45)])] == [20, 20, 5]


def test_a_scan_is_read_alone_and_order_is_kept() -> None:
    files = ["甲.txt", "乙.jpg", "丙.pdf", "丁.pdf", "戊.pdf", "己.zip"]
    batches = names(in_batches([planned(name) for name in files]))
    assert batches == [["甲.txt"], ["乙.jpg"], ["丙.pdf", "丁.pdf"], ["戊.pdf"], ["己.zip"]]


def test_a_large_file_is_read_alone() -> None:
    assert names(in_batches([planned("甲.docx", 9_000_000), planned("乙.txt")])) == [["甲.docx"], ["乙.txt"]]


def test_what_takes_longest_is_begun_first() -> None:
    files = [planned("甲.txt"), planned("乙.jpg"), planned("丙.docx"), planned("丁.jpg", 900_000)]
    batches = in_batches(files)
    assert names([batches[at] for at in costliest_first(batches)]) == [["丁.jpg"], ["乙.jpg"], ["丙.docx"], ["甲.txt"]]


def test_nothing_planned_is_no_batch() -> None:
    assert in_batches([]) == []


def test_steps_side_by_side_count_once() -> None:
    stopwatch = Stopwatch()
    start = time.monotonic()
    stopwatch.add(start, start + 10)
    stopwatch.add(start + 5, start + 12)
    stopwatch.add(start + 20, start + 21)
    taken = stopwatch.taken()
    assert taken.total - taken.orchestration == pytest.approx(13, abs=0.01)


def test_a_step_reports_its_time_also_when_it_fails() -> None:
    stopwatch = start_stopwatch()

    @at_work
    def fails() -> None:
        time.sleep(0.02)
        raise ValueError

    for _ in range(2):
        try:
            fails()
        except ValueError:
            continue
    taken = stopwatch.taken()
    assert taken.total - taken.orchestration >= 0.04


def test_the_pause_before_a_step_is_tried_again_is_its_own() -> None:
    stopwatch = start_stopwatch()
    attempts: list[str] = []

    @at_work_again
    def comes_back() -> None:
        attempts.append("")
        if len(attempts) == 1:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        comes_back()
    time.sleep(0.05)
    comes_back()
    taken = stopwatch.taken()
    assert taken.total - taken.orchestration >= 0.05


@pytest.mark.parametrize(
    ("files", "processes", "size"),
    [
        (["甲.txt"] * 40, 2, 20),
        (["甲.txt"] * 400, 2, 100),
        (["甲.txt"] * 400, 8, 25),
        (["甲.txt"] * 40_000, 2, 250),
        (["甲.jpg"] * 12, 2, 60),
    ],
)
def test_other_processes_read_larger_batches_and_each_still_gets_two(
    files: list[str], processes: int, size: int
) -> None:
    given = [planned(name) for name in files]
    assert batch_size(given, processes) == size
    assert [one for batch in in_batches(given, size) for one in batch] == given
