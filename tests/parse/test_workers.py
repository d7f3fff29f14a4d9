"""Worker processes: what a file does to its worker costs that file alone."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tasks.domain.documents import Document
from tasks.domain.errors import ReaderUnavailable, SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report, workers
from tasks.parse.cores import own_cores
from tasks.parse.workers import WorkerPool, shared_pool
from tests.parse import made_files as made

LIMITS = ParseLimits(seconds=3, memory_bytes=256 * 2**20)


def reads(words: str) -> str:
    return words


def hangs() -> None:
    while True:
        time.sleep(1)


def spins() -> None:
    while True:
        pass


def eats_memory() -> int:
    return len(b"x" * (2 * 2**30))


def crashes() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leaves() -> None:
    os._exit(3)


def refuses() -> None:
    parse_report(b"", "空.txt")


def is_wrong() -> None:
    raise ZeroDivisionError("a defect")


def calls_home() -> str:
    found = []
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as one:
                one.connect(("127.0.0.1" if family == socket.AF_INET else "::1", 9))
            found.append("connected")
        except OSError as error:
            found.append(type(error).__name__)
    return " ".join(found)


def opens_many() -> str:
    kept = []
    try:
        for _ in range(5000):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "no limit"


def cannot_be_sent() -> object:
    return threading.Lock()


def has_the_main_module() -> bool:
    return hasattr(sys.modules["__main__"], "__file__")


def own_process() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made_pool = WorkerPool(LIMITS, workers=2)
    yield made_pool
    made_pool.close()


@pytest.mark.parametrize(
    ("work", "code", "words"),
    [
        (hangs, "time_limit", "3 seconds"),
        (spins, "time_limit", "3 秒"),
        (eats_memory, "memory_limit", "256 MiB"),
        (crashes, "reader_crashed", "SIGSEGV"),
        (leaves, "reader_crashed", "exit 3"),
    ],
)
def test_a_worker_that_fails_is_replaced_and_its_file_told_why(
    pool: WorkerPool, work: object, code: str, words: str
) -> None:
    with pytest.raises(SourceMalformed) as caught:
        pool.run("坏.pdf", work)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert words in caught.value.message("zh") + caught.value.message("en")
    assert caught.value.place.file == "坏.pdf"
    assert pool.run("好.txt", reads, "还在") == "还在"


def test_a_refusal_comes_back_as_it_was(pool: WorkerPool) -> None:
    with pytest.raises(SourceMalformed, match="空.txt: empty_file".replace(".", r"\.")):
        pool.run("空.txt", refuses)


def test_a_defect_of_ours_is_not_called_the_files_fault(pool: WorkerPool) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        pool.run("好.txt", is_wrong)
    assert "in is_wrong" in "".join(caught.value.__notes__)  # where it was raised
    with pytest.raises(TypeError, match="cannot be sent"):
        pool.run("好.txt", cannot_be_sent)


def test_a_document_comes_back_whole(pool: WorkerPool) -> None:
    as_data = TypeAdapter(Document).dump_python
    for name, data in made.EVERY_KIND.items():
        assert as_data(pool.run(name, parse_report, data, name)) == as_data(parse_report(data, name))


def test_a_worker_does_not_load_the_program_that_it_reads_for(pool: WorkerPool) -> None:
    assert not pool.run("好.txt", has_the_main_module)


def test_workers_are_reused(pool: WorkerPool) -> None:
    assert len({pool.run("好.txt", own_process) for _ in range(20)}) <= 2


def test_a_worker_that_was_killed_while_it_had_nothing_to_do_is_replaced(pool: WorkerPool) -> None:
    before = pool.run("好.txt", own_process)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.2)
    assert pool.run("好.txt", own_process) != before


def test_a_worker_is_replaced_after_its_share_of_files(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_FILES_PER_WORKER", 3)
    assert len({pool.run("好.txt", own_process) for _ in range(12)}) > 2


def test_a_machine_that_cannot_start_a_reader_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = WorkerPool(LIMITS, 1)

    def full(*_: object) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(workers, "_Worker", full)
        with pytest.raises(ReaderUnavailable, match="Too many open files"):
            pool.run("甲.txt", reads, "甲")
    assert pool.run("甲.txt", reads, "甲") == "甲"
    pool.close()


def test_what_an_ended_worker_held_open_is_given_back() -> None:
    pool = WorkerPool(LIMITS, 1)
    kept, held = [], []
    for _ in range(4):
        with pytest.raises(SourceMalformed) as caught:
            pool.run("坏.pdf", leaves)
        kept.append(caught.value)
        held.append(len(list(Path("/proc/self/fd").iterdir())))
    assert held[-1] <= held[0]
    pool.close()


def test_how_workers_end_is_told_rightly_while_others_start(pool: WorkerPool) -> None:
    def ends(_: int) -> str:
        with pytest.raises(SourceMalformed) as caught:
            pool.run("坏.pdf", leaves)
        return str(caught.value)

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(ends, range(24)))
    assert all("exit 3" in one for one in told), told


def test_an_answer_that_nobody_waits_for_any_more_is_not_the_next_files(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cancelled(BaseException):
        """What Prefect raises in the thread of a run that is cancelled."""

    def cancelled(worker: workers._Worker, work: bytes, limits: ParseLimits) -> bytes:
        worker._socket.send_bytes(work)
        raise Cancelled

    pool.run("先.txt", reads, "先")
    with monkeypatch.context() as patched:
        patched.setattr(workers._Worker, "ask", cancelled)
        with pytest.raises(Cancelled):
            pool.run("甲.txt", reads, "甲")
    assert pool.run("乙.txt", reads, "乙") == "乙"


def test_whoever_waits_for_a_pool_that_is_closed_is_told() -> None:
    pool = WorkerPool(ParseLimits(seconds=60), workers=1)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.run, "报告.txt", hangs)
        while not pool._alive:
            time.sleep(0.05)
        pool.close()
        with pytest.raises(SourceMalformed, match="reader_crashed"):
            waiting.result()


def test_there_is_no_network_and_few_files(pool: WorkerPool) -> None:
    assert pool.run("好.txt", calls_home) == "PermissionError PermissionError"
    assert pool.run("好.txt", opens_many) == "Too many open files"


def test_one_bad_file_among_many_costs_the_others_nothing(pool: WorkerPool) -> None:
    def read(number: int) -> str:
        try:
            if number == 7:
                pool.run("坏.txt", crashes)
            return pool.run("好.txt", reads, str(number))
        except SourceMalformed as error:
            return error.code

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(read, range(40)))
    assert answers == [str(number) if number != 7 else "reader_crashed" for number in range(40)]


def test_all_threads_share_one_pool() -> None:
    pools: list[WorkerPool] = []
    threads = [threading.Thread(target=lambda: pools.append(shared_pool(ParseLimits(seconds=7)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in pools}) == 1


def test_a_closed_pool_starts_again(pool: WorkerPool) -> None:
    pool.close()
    assert pool.run("好.txt", reads, "又来") == "又来"


def test_a_file_that_is_read_alone_has_all_cores_and_shares_them_with_one_begun_before_it() -> None:
    cores = len(os.sched_getaffinity(0))
    pool = WorkerPool(ParseLimits(seconds=60), workers=2)
    try:
        assert pool.run("扫描.pdf", own_cores) == cores
        with ThreadPoolExecutor(1) as threads:
            other = threads.submit(pool.run, "别的.pdf", hangs)
            while pool._free.qsize() == 2:
                time.sleep(0.01)
            assert pool.run("扫描.pdf", own_cores) == max(1, cores // 2)
            pool.close()
            assert isinstance(other.exception(), SourceMalformed)
    finally:
        pool.close()


def test_a_process_that_reads_beside_others_has_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workers.READERS, "2")
    pool = WorkerPool(LIMITS)
    assert pool.workers == max(1, len(os.sched_getaffinity(0)) // 2)
    assert pool.run("扫描.pdf", own_cores) == max(1, len(os.sched_getaffinity(0)) // 2)
    pool.close()
