"""Files of old Word and WPS through LibreOffice, and LibreOffice itself: it never outlives the read it is there for."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import psutil
import pytest

from tasks.domain.documents import Document
from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report
from tasks.parse.content import FileKind, recognise
from tasks.parse.office import to_docx
from tasks.parse.workers import WorkerPool
from tests.parse import made_files as made

SOFFICE = shutil.which("soffice")
HAS_WRITER = SOFFICE is not None and any(Path(SOFFICE).resolve().parent.glob("libswlo.*"))
needs_writer = pytest.mark.skipif(not HAS_WRITER, reason="LibreOffice Writer is not here (make office)")
ROWS = [["指标", "单位", "本年", "上年", "增减%"], ["粮食总产量", "吨", "12345", "11800", "4.6%"]]
WORD_XML = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>'


def report() -> bytes:
    """A report in Word: the lines of the made report and a table under them."""
    document = docx.Document(io.BytesIO(made.word()))
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for cells, row in zip(table.rows, ROWS, strict=True):
        for cell, words in zip(cells.cells, row, strict=True):
            cell.text = words
    document.add_paragraph("注：产量为抽样调查数。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def saved_as(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The report as LibreOffice saves it in other formats, by their endings."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "总结.docx").write_bytes(report())
    for to in ("doc", "rtf", "odt", "xml:MS Word 2003 XML"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to,
             "总结.docx"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
    return {one.suffix[1:]: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def shape(document: Document) -> list[tuple[str, int | None, int | None, str]]:
    return [(one.kind, one.row, one.column, document.block_text(one)) for one in document.blocks]


@needs_writer
@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "name", "kind"),
    [
        ("doc", "总结.wps", FileKind.OLD_OFFICE),
        ("xml", "总结.doc", FileKind.OLD_OFFICE),
        ("rtf", "总结.doc", FileKind.RTF),
        ("odt", "总结.doc", FileKind.ODT),
    ],
)
def test_what_libreoffice_saved_reads_as_the_original(
    saved_as: dict[str, bytes], ending: str, name: str, kind: FileKind
) -> None:
    data = saved_as[ending]
    assert recognise(data, name) is kind
    document = parse_report(data, name, ParseLimits(seconds=120))
    assert shape(document) == shape(parse_report(report(), "总结.docx"))


@needs_writer
@pytest.mark.slow
def test_in_a_worker_an_old_file_is_read_within_its_limits_and_keeps_its_places(saved_as: dict[str, bytes]) -> None:
    pool = WorkerPool(ParseLimits(seconds=120), workers=1)
    document = pool.run("总结.doc", parse_report, saved_as["doc"], "总结.doc")
    pool.close()
    start = document.text.index("12345")
    assert document.locate(start, start + 5)[0].paragraph == 3
    assert document.parser == "libreoffice+python-docx"


@needs_writer
@pytest.mark.slow
def test_an_old_file_that_breaks_off_is_refused_or_read(saved_as: dict[str, bytes]) -> None:
    whole = saved_as["doc"]
    for share in (0.3, 0.9):
        try:
            document = parse_report(whole[: int(len(whole) * share)], "断.doc", ParseLimits(seconds=120))
        except SourceMalformed as error:
            assert error.code in {"truncated_file", "damaged_file", "empty_file"}, error  # noqa: PT017
        else:
            assert document.text in parse_report(report(), "总结.docx").text


@pytest.mark.parametrize("installed", ["nothing", "without Writer"])
def test_without_writer_the_message_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: str
) -> None:
    if installed == "without Writer":
        for name in ("soffice", "soffice.bin"):
            (tmp_path / name).write_text("#!/bin/sh\n", encoding="ascii")
            (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceMalformed, match="make office") as caught:
        parse_report(WORD_XML, "总结.doc")
    assert caught.value.code == "office_missing"


def converts_for_ever(folder: str, seconds: float) -> None:
    os.environ["PATH"] = f"{folder}:/usr/bin:/bin"
    to_docx(WORD_XML, "总结.doc", ParseLimits(seconds=seconds))


@pytest.fixture(params=["the program", "a launcher alone"])
def hanging(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with an office that never ends, and notes its process in the file `pid` there."""
    name = "soffice.bin" if request.param == "the program" else "soffice"
    for one in {"soffice", name}:
        (tmp_path / one).write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid.new\nmv {tmp_path}/pid.new {tmp_path}/pid\n"
                                    "exec sleep 300\n", encoding="ascii")  # fmt: skip
        (tmp_path / one).chmod(0o755)
    (tmp_path / "libswlo.so").touch()
    return tmp_path


def wait_for(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def started(folder: Path) -> int:
    assert wait_for((folder / "pid").exists)
    return int((folder / "pid").read_text(encoding="ascii"))


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made_pool = WorkerPool(ParseLimits(seconds=5), workers=1)
    yield made_pool
    made_pool.close()


def leftovers() -> set[str]:
    return {one.name for one in Path(tempfile.gettempdir()).glob("xianbao-*")}


def test_an_office_that_hangs_ends_in_time_and_the_worker_reads_on(pool: WorkerPool, hanging: Path) -> None:
    before = pool.run("好.txt", os.getpid)
    with pytest.raises(SourceMalformed, match=r"LibreOffice did not convert it within 2\.4 seconds"):
        pool.run("总结.doc", converts_for_ever, str(hanging), 3)
    assert has_ended(started(hanging))
    assert pool.run("好.txt", os.getpid) == before


def test_an_office_ends_with_the_worker_that_ran_out_of_time(pool: WorkerPool, hanging: Path) -> None:
    before = leftovers()
    with pytest.raises(SourceMalformed, match="time_limit"):
        pool.run("总结.doc", converts_for_ever, str(hanging), 600)
    assert wait_for(lambda: has_ended(started(hanging)))
    assert leftovers() <= before


def test_an_office_ends_with_a_run_that_is_cancelled(hanging: Path) -> None:
    pool = WorkerPool(ParseLimits(seconds=600), workers=1)
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(pool.run, "总结.doc", converts_for_ever, str(hanging), 600)
        office = started(hanging)
        pool.close()
        with pytest.raises(SourceMalformed, match="reader_crashed"):
            reading.result()
    assert wait_for(lambda: has_ended(office))


def test_an_office_ends_when_the_collecting_process_is_killed(hanging: Path) -> None:
    script = (
        "from tests.parse.test_old_office import *\n"
        f"WorkerPool(ParseLimits(), 1).run('总结.doc', converts_for_ever, {str(hanging)!r}, 600)\n"
    )
    collecting = subprocess.Popen([sys.executable, "-c", script])
    office = started(hanging)
    worker = psutil.Process(office).parent()
    assert worker is not None
    collecting.kill()
    collecting.wait()
    assert wait_for(lambda: has_ended(office))
    assert wait_for(lambda: has_ended(worker.pid))
