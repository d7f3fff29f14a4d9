"""What a worker says is data: a reader that a hostile file has taken over is refused whatever else it sends."""

import os
import pickle
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest
from pydantic import TypeAdapter

from tasks.arrivals import draw_pages, open_container, read_document
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.answers import Forged, packed, unpacked
from tasks.parse.workers import WorkerPool
from tests.parse import made_files as made

LIMITS = ParseLimits(seconds=20, memory_bytes=512 * 2**20)
ODD_NAME = os.fsdecode("总结.txt".encode("gb18030"))  # as the system names a file that Windows sent


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made_pool = WorkerPool(LIMITS, workers=1)
    yield made_pool
    made_pool.close()


def refuses(name: str) -> Document:
    raise SourceMalformed("damaged_file", Place(name, page=3), Text("坏", "bad"), Text("重报", "send again"))


def fails(kind: str) -> Document:
    if kind == "KeyError":
        raise KeyError("甲")
    b"\xff".decode("utf-8")
    raise AssertionError


def own_process() -> int:
    return os.getpid()


class _Planted:
    """Pickled, it makes a file wherever it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path(self.path),)


def sends(answer: bytes) -> Document:
    """Put `answer` on the socket, as code of a file would that has taken the reader over."""
    frame = sys._getframe()
    while frame.f_back is not None and "socket" not in frame.f_locals:
        frame = frame.f_back
    os.write(frame.f_locals["socket"].fileno(), answer)
    os._exit(0)


def framed(answer: bytes) -> bytes:
    return struct.pack("!i", len(answer)) + answer


@pytest.mark.parametrize("name", ["总结.txt", "总结.docx", "总结.pdf", "指标.xlsx"])
def test_a_document_crosses_whole(name: str) -> None:
    data = made.EVERY_KIND.get(name, made.pdf())
    read, failure = unpacked(packed(read_document, (data, name, LIMITS, ()), {}), read_document)
    assert failure is None
    # Edges of characters come back as plain numbers, as they do from the stage store.
    as_data = TypeAdapter(Document).dump_python
    assert isinstance(read, Document)
    assert as_data(read) == as_data(read_document(data, name, LIMITS, ()))


def test_members_of_an_archive_and_pictures_of_pages_cross_whole() -> None:
    archive = made.zipped([("甲.txt", b"\x00\xff\xb1"), ("../乙.txt", b"2"), ("丙.txt", b"3")])
    given = (archive, "报送.zip", LIMITS, ())
    found, _ = unpacked(packed(open_container, given, {}), open_container)
    members = open_container(*given)
    assert [(one.path, one.data, str(one.refused), one.media_type) for one in found] == [  # type: ignore[attr-defined]
        (one.path, one.data, str(one.refused), one.media_type) for one in members
    ]
    drawing = (made.pdf(), "总结.pdf", (1,), LIMITS, ())
    assert unpacked(packed(draw_pages, drawing, {}), draw_pages) == (draw_pages(*drawing), None)


def test_a_refusal_crosses_whole_though_the_name_of_its_file_is_no_unicode() -> None:
    result, refusal = unpacked(packed(refuses, (ODD_NAME,), {}), refuses)
    assert result is None
    assert isinstance(refusal, SourceMalformed)
    assert refusal.args == ("damaged_file", Place(ODD_NAME, page=3), Text("坏", "bad"), Text("重报", "send again"))


@pytest.mark.parametrize(("kind", "comes_as"), [("KeyError", KeyError), ("UnicodeDecodeError", RuntimeError)])
def test_a_defect_comes_as_its_kind_and_says_where(kind: str, comes_as: type[Exception]) -> None:
    _, failure = unpacked(packed(fails, (kind,), {}), fails)
    assert type(failure) is comes_as
    assert "in fails" in "".join(failure.__notes__)


FORGED = {
    "a pickle": pickle.dumps((False, "甲")),
    "no answer at all": b"",
    "another word": msgpack.packb(["done", None]),
    "no text": msgpack.packb(["read", {"text": 7, "blocks": [], "media_type": "", "parser": ""}]),
    "blocks that are none": msgpack.packb(["read", {"text": "", "blocks": ["甲"], "media_type": "", "parser": ""}]),
    "half a refusal": msgpack.packb(["refused", ["damaged_file", {"file": "a"}]]),
    "another answer behind it": msgpack.packb(["read", None]) * 2,
    "a nest of lists": b"\x91" * 100_000,
}


@pytest.mark.parametrize("answer", FORGED.values(), ids=FORGED)
def test_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(Forged):
        unpacked(answer, read_document)


@pytest.mark.parametrize("name", ["SystemExit", "eval", "os.system", "SourceMalformed"])
def test_a_defect_can_only_be_an_exception_of_pythons_own(name: str) -> None:
    _, failure = unpacked(msgpack.packb(["failed", [name, "甲", ""]]), read_document)
    assert type(failure) is RuntimeError


def test_a_forged_answer_costs_its_file_and_its_worker_and_nothing_is_executed(
    pool: WorkerPool, tmp_path: Path
) -> None:
    planted = tmp_path / "planted"
    pickle.loads(pickle.dumps(_Planted(str(planted))))
    assert planted.exists()
    planted.unlink()
    before = pool.run("好.txt", own_process)
    with pytest.raises(SourceMalformed, match="went astray") as caught:
        pool.run("坏.pdf", sends, framed(pickle.dumps((False, _Planted(str(planted))))))
    assert caught.value.code == "reader_crashed"
    assert caught.value.place.file == "坏.pdf"
    assert not planted.exists()
    assert pool.run("好.txt", own_process) != before


def test_an_answer_longer_than_a_reader_can_hold_is_not_waited_for(pool: WorkerPool) -> None:
    with pytest.raises(SourceMalformed, match="reader_crashed"):
        pool.run("坏.pdf", sends, struct.pack("!i", -1) + struct.pack("!Q", 2**40))
