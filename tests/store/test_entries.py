"""Entries of the stage store: whole or not there, damaged ones computed again, the size kept in bounds."""

import os
from pathlib import Path

import pytest

from tasks.store import StageStore

CONTENT = "全镇粮食播种面积5.27万亩".encode() * 50


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def store(tmp_path, warnings):
    return StageStore(tmp_path / "store", warnings.append)


def test_what_was_kept_is_given_back(store, warnings):
    store.write("parse", "5", "ab12.txt", CONTENT)
    assert store.read("parse", "5", "ab12.txt") == CONTENT
    assert store.read("parse", "6", "ab12.txt") is None
    assert store.path("parse", "5", "ab12.txt").stat().st_size < len(CONTENT) / 4
    assert not warnings


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[:4] + b"\xff" * 8 + data[12:],
        lambda data: b"other program's file",
    ],
    ids=["empty", "cut short", "one bit", "a length beyond reason", "something else"],
)
def test_a_damaged_entry_is_computed_again_with_a_warning(store, warnings, damage):
    store.write("parse", "5", "ab12.txt", CONTENT)
    path = store.path("parse", "5", "ab12.txt")
    path.write_bytes(damage(path.read_bytes()))
    assert store.read("parse", "5", "ab12.txt") is None
    assert len(warnings) == 1
    assert "ab12.txt" in warnings[0].zh
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_cannot_be_written_is_a_warning(store, warnings):
    store.folder.mkdir()
    store.folder.chmod(0o500)
    store.write("parse", "5", "ab12.txt", CONTENT)
    assert len(warnings) == 1


def test_a_file_in_the_place_of_the_store_is_a_warning(store, warnings):
    store.folder.write_text("not a folder")
    store.write("parse", "5", "ab12.txt", CONTENT)
    assert len(warnings) == 1
    assert store.read("parse", "5", "ab12.txt") is None


def test_old_versions_go_first_and_then_the_oldest_entries(store):
    for age, (version, name) in enumerate([("6", "aa-old"), ("6", "bb-new"), ("5", "cc-other")]):
        store.write("parse", version, name, os.urandom(1000))
        os.utime(store.path("parse", version, name), (1_000 + age, 1_000 + age))
    size = store.path("parse", "6", "bb-new").stat().st_size
    assert store.clean({"parse": "6"}, limit=2 * size) == size
    assert store.read("parse", "5", "cc-other") is None
    assert not (store.folder / "parse" / "5").exists()
    store.clean({"parse": "6"}, limit=size)
    assert store.read("parse", "6", "aa-old") is None
    assert store.read("parse", "6", "bb-new") is not None
    assert store.clean({"parse": "6"}) == 0


def test_without_a_limit_what_other_versions_left_is_removed(store):
    store.write("parse", "5", "aa", CONTENT)
    store.write("parse", "6", "aa", CONTENT)
    assert [(one.version, one.entries) for one in store.usage()] == [("5", 1), ("6", 1)]
    assert store.clean({"parse": "6"}) > 0
    assert [one.version for one in store.usage()] == ["6"]


def test_an_empty_store_has_no_usage_and_nothing_to_clean(store):
    assert store.usage() == []
    assert store.clean({"parse": "6"}) == 0


def test_a_folder_that_a_writer_begins_to_use_while_empty_ones_are_removed_stays(store, monkeypatch):
    """Cleaning failed with "directory not empty" after the load where a run kept a result at that moment."""
    store.write("parse", "5", "ab12.txt", CONTENT)
    remove = Path.rmdir

    def rmdir(folder):
        monkeypatch.setattr(Path, "rmdir", remove)
        store.write("parse", "5", "ab34.txt", CONTENT)
        remove(folder)

    monkeypatch.setattr(Path, "rmdir", rmdir)
    assert store.clean({"parse": "6"}) > 0
    assert store.read("parse", "5", "ab34.txt") == CONTENT


def test_a_folder_that_another_process_removes_first_is_no_failure(store, monkeypatch):
    store.write("parse", "5", "ab12.txt", CONTENT)
    remove = Path.rmdir
    monkeypatch.setattr(Path, "rmdir", lambda folder: (remove(folder), remove(folder)))
    assert store.clean({"parse": "6"}) > 0
    assert list(store.folder.iterdir()) == []


def test_what_is_kept_already_is_not_written_again_but_is_young(store, warnings):
    store.write("extract", "1", "one", b"the same")
    path = store.path("extract", "1", "one")
    before = path.stat().st_ino
    os.utime(path, (1, 1))
    store.write("extract", "1", "one", b"the same")
    assert path.stat().st_ino == before
    assert path.stat().st_mtime > 1
    store.write("extract", "1", "one", b"another")
    assert store.read("extract", "1", "one") == b"another"
    assert not warnings
